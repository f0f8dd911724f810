"""FRR's zebra and bgpd in one namespace, configured line by line through vtysh."""

import json
import os
import shutil
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from lab.wire.netns import Namespace, WireError, run

PROGRAMS = Path("/usr/lib/frr")
_ZSERV = "zserv.api"
_IN_FAMILY = frozenset({"activate", "default-originate", "prefix-list", "route-map", "maximum-prefix"})


@dataclass(frozen=True, slots=True)
class Session:
    """A BGP session as the daemon sees it; `uptime` and the negotiated `hold` time in seconds."""

    state: str
    uptime: int
    hold: int = 30


class Frr:
    """The routing daemons of one router."""

    def __init__(self, namespace: Namespace, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.chown(folder, "frr", "frr")
        self.namespace = namespace
        self.folder = folder
        self._configured: tuple[str, ...] = ()
        self._policy: tuple[str, ...] = ()
        self._start("zebra", "--vty_addr", "127.0.0.1", "-P", "0")

    def _start(self, name: str, *more: str) -> None:
        (self.folder / f"{name}.conf").write_text("")
        self.namespace.start(
            [
                str(PROGRAMS / name),
                "-f", str(self.folder / f"{name}.conf"),
                "-i", str(self.folder / f"{name}.pid"),
                "-z", str(self.folder / _ZSERV),
                "--vty_socket", str(self.folder),
                "--log", "stdout",
                *more,
            ],
            self.folder / f"{name}.log",
            dict(os.environ),
        )  # fmt: skip

    def wait_until_ready(self) -> None:
        """Wait until both daemons take commands."""
        # A bgpd that finds no zebra looks again 10 s later, and has no routes until then.
        self._wait_for("zebra", _ZSERV)
        self._start("bgpd", "-p", "179", "-P", "0")
        self._wait_for("zebra", "zebra.vty")
        self._wait_for("bgpd", "bgpd.vty")

    def _wait_for(self, daemon: str, file: str) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if (self.folder / file).exists():
                return
            time.sleep(0.02)
        log = (self.folder / f"{daemon}.log").read_text(errors="replace")
        raise WireError(f"{daemon} did not start: {log[-500:]}")

    def vtysh(self, *commands: str) -> str:
        """Run commands one after the other in one shell."""
        words = [word for command in commands for word in ("-c", command)]
        return run(["vtysh", "--vty_socket", str(self.folder), *words])

    def show(self, command: str) -> Mapping[str, Any]:
        """Ask bgpd itself, over the socket that vtysh uses: a shell a question would cost more than the answer."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(self.folder / "bgpd.vty"))
            for line in ("enable", command):
                connection.sendall(line.encode() + b"\0")
                answer = _answer(connection)
        try:
            found = json.loads(answer or b"{}")
        except ValueError as error:
            raise WireError(f"bgpd's answer to {command!r} is {answer[:100]!r}, not JSON") from error
        return found if isinstance(found, dict) else {}

    def configure(self, section: tuple[str, ...], policy: tuple[str, ...] = ()) -> bool:
        """Hold exactly this `router bgp` section and these prefix lists and route maps; say whether that was a change.

        Sessions that it does not change stay up.
        """
        if (section, policy) == (self._configured, self._policy):
            return False
        commands = ["configure terminal"]
        # A filter that is named but not there lets nothing pass: it comes before what names it, and goes after.
        commands += policy
        if self._configured and (not section or section[0] != self._configured[0]):
            commands.append(f"no {self._configured[0]}")
        elif self._configured:
            commands += [section[0], *removals(self._configured, section), "exit"]
        self.vtysh(*commands, *section, *policy_removals(self._policy, policy), "end")
        self._configured, self._policy = section, policy
        return True

    def session(self, neighbor: str) -> Session | None:
        """Return the session with a neighbor, None without one."""
        peer = self.show(f"show bgp neighbors {neighbor} json").get(neighbor)
        if peer is None:
            return None
        return Session(
            state=str(peer["bgpState"]),
            uptime=int(peer.get("bgpTimerUpMsec", 0)) // 1000,
            hold=int(peer.get("bgpTimerHoldTimeMsecs", 0)) // 1000,
        )

    def received(self, neighbor: str) -> "Received":
        """Return what `neighbor` announces, as far as it is let in."""
        answer = self.show(f"show bgp ipv4 unicast neighbors {neighbor} routes json")
        return received_of(answer.get("routes", {}))


@dataclass(frozen=True, slots=True)
class Received:
    """What a neighbor announces, and what its routes are compared by."""

    networks: tuple[IPv4Network, ...] = ()
    local_preference: int = 100
    as_path_length: int = 1
    metric: int = 0


NOTHING = Received()


def received_of(routes: Mapping[str, Any]) -> Received:
    """Read bgpd's JSON of a neighbor's routes; all of a neighbor's have the same preference, path length and metric here."""
    if not routes:
        return NOTHING
    way = next(iter(routes.values()))[0]
    return Received(
        networks=tuple(sorted(IPv4Network(prefix) for prefix in routes)),
        local_preference=int(way.get("locPrf", 100)),
        as_path_length=len(str(way.get("path", "")).split()),
        metric=int(way.get("metric", 0)),
    )


def _answer(connection: socket.socket) -> bytes:
    """Read up to three zero bytes and the status after them, as vtysh does."""
    received = b""
    while not (len(received) >= 4 and received[-4:-1] == b"\0\0\0"):
        part = connection.recv(65536)
        if not part:
            raise WireError("bgpd hung up")
        received += part
    return received[:-4]


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


def policy_removals(before: tuple[str, ...], after: tuple[str, ...]) -> list[str]:
    """Return what takes away the prefix lists' lines and the route maps that are in `before` only, and what maps no longer set."""
    kept = {_seat(line) for line in after if line.startswith("ip prefix-list ")}
    lines = [f"no {line}" for line in before if line.startswith("ip prefix-list ") and _seat(line) not in kept]
    now = _maps(after)
    for name, sets in _maps(before).items():
        gone = [line for line in sets if line.split()[1] not in {kept.split()[1] for kept in now.get(name, ())}]
        if name not in now:
            lines.append(f"no {name}")
        elif gone:
            lines += [name, *(f"no {line}" for line in gone), "exit"]
    return lines


def _seat(line: str) -> str:
    """A line that takes another's number replaces it."""
    return " ".join(line.split()[:5])


def _maps(policy: tuple[str, ...]) -> Mapping[str, list[str]]:
    maps: dict[str, list[str]] = {}
    for line in policy:
        if line.startswith("route-map "):
            maps[line] = []
        elif line.startswith("set "):
            list(maps.values())[-1].append(line)
    return maps


def _in_address_family(lines: list[str]) -> list[str]:
    def belongs(line: str) -> bool:
        words = line.split()
        return words[1] == "network" or bool(_IN_FAMILY.intersection(words))

    inner = [line for line in lines if belongs(line)]
    outer = [line for line in lines if not belongs(line)]
    if inner:
        inner = ["address-family ipv4 unicast", *inner, "exit-address-family"]
    return inner + outer
