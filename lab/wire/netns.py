"""Network namespaces and the links between them; every name carries the lab's prefix and goes with the lab."""

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

_OWNED = re.compile(r"^wire(\d+)-")


class WireError(RuntimeError):
    """A system command of the wire lab failed; the text is its own."""


def ip(*words: str) -> str:
    """Run one `ip` command."""
    return run(["ip", *words])


def run(command: Sequence[str], *, stdin: str | None = None) -> str:
    """Run a command to its end and return what it printed."""
    try:
        done = subprocess.run(  # noqa: S603  # fixed programs, arguments from our own configuration
            command, input=stdin, capture_output=True, text=True, timeout=60, check=False
        )
    except subprocess.TimeoutExpired:
        raise WireError(f"{' '.join(command)}: no end within 60 s") from None
    if done.returncode:
        raise WireError(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


class Namespace:
    """One host or router of the lab."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._started: list[subprocess.Popen[bytes]] = []
        ip("netns", "add", name)
        self.ip("link", "set", "lo", "up")

    def ip(self, *words: str) -> str:
        """Run one `ip` command inside."""
        return ip("-n", self.name, *words)

    def run(self, *command: str, stdin: str | None = None) -> str:
        """Run a program inside, to its end."""
        return run(["ip", "netns", "exec", self.name, *command], stdin=stdin)

    def start(self, command: Sequence[str], log: Path, env: dict[str, str] | None = None) -> "subprocess.Popen[bytes]":
        """Start a program inside and leave it running."""
        with log.open("ab") as sink:
            process = subprocess.Popen(  # noqa: S603  # fixed programs
                ["ip", "netns", "exec", self.name, *command],  # noqa: S607  # `ip` is found on PATH as everywhere
                stdout=sink,
                stderr=sink,
                stdin=subprocess.DEVNULL,
                env=env,
            )
        self._started.append(process)
        return process

    def filter(self, rules: str) -> None:
        """Hold exactly these nftables rules, the body of one table; none lets everything pass."""
        table = f"table inet lab\ndelete table inet lab\ntable inet lab {{\n{rules}\n}}\n"
        self.run("nft", "-f", "-", stdin=table)

    def allow_forwarding(self) -> None:
        """Make a router of it; reverse-path filtering off, since the two tunnels may carry traffic asymmetrically."""
        for key in (
            "net.ipv4.ip_forward=1",
            "net.ipv4.conf.all.rp_filter=0",
            "net.ipv4.conf.default.rp_filter=0",
        ):
            self.run("sysctl", "-q", "-w", key)

    def delete(self) -> None:
        """End every process inside and remove it."""
        _remove(self.name)
        for process in self._started:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)


def _remove(name: str) -> None:
    for pid in ip("netns", "pids", name).split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    ip("netns", "delete", name)


def own_prefix() -> str:
    """Return the prefix of this process's namespaces: it names the process, so that what it leaves can be known."""
    return f"wire{os.getpid()}-"


def remove_abandoned() -> None:
    """Remove the namespaces of labs whose process has gone without its own clean-up (killed, say)."""
    for line in ip("netns", "list").splitlines():
        owner = _OWNED.match(line)
        if owner and not Path(f"/proc/{owner[1]}").exists():
            with contextlib.suppress(WireError):  # another lab may be removing the same one
                _remove(line.split()[0])


def join(left: Namespace, left_device: str, right: Namespace, right_device: str, mtu: int = 1500) -> None:
    """Lay a cable between two namespaces."""
    ends = f"{left_device} netns {left.name} mtu {mtu} type veth peer name {right_device} netns {right.name} mtu {mtu}"
    ip("link", "add", *ends.split())
    left.ip("link", "set", left_device, "up")
    right.ip("link", "set", right_device, "up")
