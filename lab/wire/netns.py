"""Network namespaces and the links between them; every name carries the lab's prefix and goes with the lab."""

import subprocess
from collections.abc import Sequence
from pathlib import Path


class WireError(RuntimeError):
    """A system command of the wire lab failed; the text is its own."""


def ip(*words: str) -> str:
    """Run one `ip` command."""
    return run(["ip", *words])


def run(command: Sequence[str], *, stdin: str | None = None) -> str:
    """Run a command to its end and return what it printed."""
    done = subprocess.run(  # noqa: S603  # fixed programs, arguments from our own configuration
        command, input=stdin, capture_output=True, text=True, timeout=30, check=False
    )
    if done.returncode:
        raise WireError(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


class Namespace:
    """One host or router of the lab."""

    def __init__(self, name: str) -> None:
        self.name = name
        ip("netns", "add", name)
        self.ip("link", "set", "lo", "up")

    def ip(self, *words: str) -> str:
        """Run one `ip` command inside."""
        return ip("-n", self.name, *words)

    def run(self, *command: str) -> str:
        """Run a program inside, to its end."""
        return run(["ip", "netns", "exec", self.name, *command])

    def start(self, command: Sequence[str], log: Path, env: dict[str, str] | None = None) -> "subprocess.Popen[bytes]":
        """Start a program inside and leave it running."""
        with log.open("ab") as sink:
            return subprocess.Popen(  # noqa: S603  # fixed programs
                ["ip", "netns", "exec", self.name, *command],  # noqa: S607  # `ip` is found on PATH as everywhere
                stdout=sink,
                stderr=sink,
                stdin=subprocess.DEVNULL,
                env=env,
            )

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
        pids = ip("netns", "pids", self.name).split()
        if pids:
            subprocess.run(["kill", "-9", *pids], check=False, capture_output=True)  # noqa: S603, S607  # our own processes
        ip("netns", "delete", self.name)


def join(left: Namespace, left_device: str, right: Namespace, right_device: str) -> None:
    """Lay a cable between two namespaces."""
    ip(
        "link",
        "add",
        left_device,
        "netns",
        left.name,
        "type",
        "veth",
        "peer",
        "name",
        right_device,
        "netns",
        right.name,
    )
    left.ip("link", "set", left_device, "up")
    right.ip("link", "set", right_device, "up")
