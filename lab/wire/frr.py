"""FRR's zebra and bgpd in one namespace, configured line by line through vtysh."""

import json
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.wire.netns import Namespace, WireError, run

PROGRAMS = Path("/usr/lib/frr")


@dataclass(frozen=True, slots=True)
class Session:
    """A BGP session as the daemon sees it; `uptime` in seconds."""

    state: str
    prefixes_received: int
    uptime: int


class Frr:
    """The routing daemons of one router."""

    def __init__(self, namespace: Namespace, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.chown(folder, "frr", "frr")
        self.namespace = namespace
        self.folder = folder
        self._configured: tuple[str, ...] = ()
        zserv = folder / "zserv.api"
        for name, extra in (
            ("zebra", ["--vty_addr", "127.0.0.1", "-P", "0"]),
            ("bgpd", ["-p", "179", "-P", "0"]),
        ):
            (folder / f"{name}.conf").write_text("")
            namespace.start(
                [
                    str(PROGRAMS / name),
                    "-f", str(folder / f"{name}.conf"),
                    "-i", str(folder / f"{name}.pid"),
                    "-z", str(zserv),
                    "--vty_socket", str(folder),
                    "--log", "stdout",
                    *extra,
                ],
                folder / f"{name}.log",
                dict(os.environ),
            )  # fmt: skip
            self._wait_for(folder / f"{name}.vty")

    def _wait_for(self, path: Path) -> None:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            if path.exists():
                return
            time.sleep(0.05)
        log = (self.folder / f"{path.stem}.log").read_text(errors="replace")
        raise WireError(f"{path.stem} did not start: {log[-500:]}")

    def vtysh(self, *commands: str) -> str:
        """Run commands one after the other in one shell."""
        words = [word for command in commands for word in ("-c", command)]
        return run(["vtysh", "--vty_socket", str(self.folder), *words])

    def configure(self, section: tuple[str, ...]) -> bool:
        """Hold exactly this `router bgp` section; sessions that it does not change stay up. Say whether it changed."""
        if section == self._configured:
            return False
        commands = ["configure terminal"]
        if self._configured and (not section or section[0] != self._configured[0]):
            commands.append(f"no {self._configured[0]}")
        elif self._configured:
            commands += [section[0], *removals(self._configured, section), "exit"]
        self.vtysh(*commands, *section, "end")
        self._configured = section
        return True

    def sessions(self) -> Mapping[str, Session]:
        """Return every neighbor's session."""
        answer = json.loads(self.vtysh("show bgp ipv4 unicast summary json") or "{}")
        peers = answer.get("peers") or answer.get("ipv4Unicast", {}).get("peers", {})
        return {
            address: Session(
                state=str(peer["state"]),
                prefixes_received=int(peer.get("pfxRcd", 0)),
                uptime=int(peer.get("peerUptimeMsec", 0)) // 1000,
            )
            for address, peer in peers.items()
        }

    def received(self, neighbor: str) -> tuple[str, ...]:
        """Return the prefixes that `neighbor` announces."""
        answer = json.loads(self.vtysh(f"show bgp ipv4 unicast neighbors {neighbor} routes json") or "{}")
        return tuple(sorted(answer.get("routes", {})))


def removals(before: tuple[str, ...], after: tuple[str, ...]) -> list[str]:
    """Return the `no` lines for what is in `before` only; a neighbor that is gone goes with one line."""
    kept = {line.split()[1] for line in after if line.startswith("neighbor ")}
    lines: list[str] = []
    for line in before:
        if line in after or line in lines:
            continue
        words = line.split()
        if words[0] == "neighbor" and words[1] not in kept:
            removal = f"no neighbor {words[1]}"
        elif words[0] in ("neighbor", "network"):
            removal = f"no {line}"
        else:
            continue
        if removal not in lines:
            lines.append(removal)
    return _in_address_family(lines)


def _in_address_family(lines: list[str]) -> list[str]:
    def belongs(line: str) -> bool:
        words = line.split()
        return words[1] == "network" or words[-1] in ("activate", "default-originate")

    inner = [line for line in lines if belongs(line)]
    outer = [line for line in lines if not belongs(line)]
    if inner:
        inner = ["address-family ipv4 unicast", *inner, "exit-address-family"]
    return inner + outer
