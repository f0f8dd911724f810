"""A second router, written without a look at the lab's: Paramiko's server, and configuration lines kept as they come.

It knows no archive, no defaults that IOS hides and no refusals; it shows what was entered. What it must get right is
how an IOS terminal talks, and how abruptly it hangs up.
"""

import base64
import hashlib
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import paramiko  # type: ignore[import-untyped]  # Paramiko has no type hints

_VERSION = """\
Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.4(3)M2, RELEASE SOFTWARE (fc2)
Technical Support: http://www.cisco.com/techsupport

plain uptime is 1 week, 2 days
System image file is "flash0:c2900-universalk9-mz.SPA.154-3.M2.bin"

Cisco CISCO2911/K9 (revision 1.0) with 483328K/40960K bytes of memory.
Configuration register is 0x2102
"""
_REFUSED = "% Invalid input detected at '^' marker.\n"
_PROMPT = "plain"

# The lines that open a section, the mode that they open, and the mode in which they stand.
_SECTIONS = tuple(
    (above, re.compile(pattern), mode)
    for above, pattern, mode in (
        ("config", r"interface \S+", "config-if"),
        ("config", r"crypto isakmp policy \d+", "config-isakmp"),
        ("config", r"crypto keyring \S+", "conf-keyring"),
        ("config", r"crypto isakmp profile \S+", "conf-isa-prof"),
        ("config", r"crypto ipsec transform-set .+", "cfg-crypto-trans"),
        ("config", r"crypto ipsec profile \S+", "ipsec-profile"),
        ("config", r"crypto ikev2 proposal \S+", "config-ikev2-proposal"),
        ("config", r"crypto ikev2 policy \S+", "config-ikev2-policy"),
        ("config", r"crypto ikev2 keyring \S+", "config-ikev2-keyring"),
        ("config", r"crypto ikev2 profile \S+", "config-ikev2-profile"),
        ("config", r"router bgp \d+", "config-router"),
        ("config", r"ip sla \d+", "config-ip-sla"),
        ("config", r"track \d+ .+", "config-track"),
        ("config-router", r"address-family ipv4", "config-router-af"),
        ("config-ikev2-keyring", r"peer \S+", "config-ikev2-keyring-peer"),
        ("config-ip-sla", r"icmp-echo .+", "config-ip-sla-echo"),
    )
)
# `exit` leaves a section; of a probe it leaves both (Cisco's own examples).
_LEAVES_ALL = "config-ip-sla-echo"
# Settings of which there is one: another value takes the place of the first.
_SINGLE = re.compile(
    r"crypto ipsec (?:df-bit|security-association replay window-size)|crypto isakmp keepalive|description|ip address"
    r"|ip mtu|ip tcp adjust-mss|tunnel (?:source|destination|mode|protection)|encryption|hash|authentication(?: local| remote)?|group|lifetime"
)


@dataclass
class Section:
    """Lines in the order in which they came, each with the section that it opens."""

    lines: dict[str, "Section"] = field(default_factory=dict)

    def enter(self, line: str) -> "Section":
        """Take a line, and return the section below it."""
        single = _SINGLE.match(line)
        if single and line not in self.lines:
            self.lines = {other: below for other, below in self.lines.items() if not other.startswith(f"{single[0]} ")}
        return self.lines.setdefault(line, Section())

    def take_out(self, line: str) -> None:
        """Take out a line, or those that begin so."""
        self.lines = {
            other: below for other, below in self.lines.items() if other != line and not other.startswith(f"{line} ")
        }

    def shown(self, blanks: str = "") -> Iterator[str]:
        """Yield the lines as `show running-config` has them."""
        for line, below in self.lines.items():
            yield f"{blanks}{line}"
            yield from below.shown(f"{blanks} ")


class PlainRouter:
    """One router. `hangs_up_at` is the configuration line, counted from 1, at which it drops the connection once."""

    user, password = "admin", "plainly-fake-password"

    def __init__(self, hangs_up_at: int = 0) -> None:
        self.config = Section()
        for line in ("hostname plain", "ip route 0.0.0.0 0.0.0.0 203.0.113.1"):
            self.config.enter(line)
        wan = self.config.enter("interface GigabitEthernet0/0")
        wan.enter("ip address 203.0.113.100 255.255.255.0")
        self.startup = ""
        self.hangs_up_at = hangs_up_at
        self.key = paramiko.RSAKey.generate(2048)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]

    @property
    def host_key(self) -> str:
        """The fingerprint of its key."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.key.asbytes()).digest()).decode().rstrip("=")

    def running(self) -> str:
        """Return the running-config."""
        return "\n".join(("version 15.4", *self.config.shown(), "end"))

    def serve(self) -> None:
        """Answer every connection until the socket is closed."""
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._session, args=(client,), daemon=True).start()

    def close(self) -> None:
        """Answer nobody any more."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _session(self, client: socket.socket) -> None:
        transport = paramiko.Transport(client)
        transport.add_server_key(self.key)
        transport.start_server(server=_Door(self))
        channel = transport.accept(20)
        try:
            if channel is not None:
                _Vty(self, channel).talk()
        finally:
            transport.close()


class _Door(paramiko.ServerInterface):  # type: ignore[misc]  # Paramiko has no type hints
    """Lets in the one user, to a shell."""

    def __init__(self, router: PlainRouter) -> None:
        self._router = router

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002 - Paramiko's signature
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        is_right = (username, password) == (self._router.user, self._router.password)
        return int(paramiko.AUTH_SUCCESSFUL if is_right else paramiko.AUTH_FAILED)

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002 - Paramiko's signature
        return int(paramiko.OPEN_SUCCEEDED)

    def check_channel_pty_request(self, *_request: object) -> bool:
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:  # noqa: ARG002 - Paramiko's signature
        return True


class _Vty:
    """One user's terminal. It echoes line by line, which looks the same from afar."""

    def __init__(self, router: PlainRouter, channel: paramiko.Channel) -> None:
        self._router = router
        self._channel = channel
        self._modes: list[str] = []
        self._sections = [router.config]

    def talk(self) -> None:
        """Answer lines until the user leaves, or is thrown out."""
        stream = self._channel.makefile("r")
        self._say("")
        while raw := stream.readline():
            line = raw.strip()
            if not self._modes and line == "exit":
                return
            if self._modes and self._is_thrown_out():
                return
            answer = self._configured(line) if self._modes else self._executed(line)
            self._say(f"{line}\n{answer}")

    def _say(self, text: str) -> None:
        mode = f"({self._modes[-1]})" if self._modes else ""
        self._channel.sendall(f"{text}\n{_PROMPT}{mode}#".replace("\n\n", "\n").replace("\n", "\r\n"))

    def _is_thrown_out(self) -> bool:
        self._router.hangs_up_at -= 1
        return self._router.hangs_up_at == 0

    def _executed(self, line: str) -> str:
        router = self._router
        if line == "configure terminal":
            self._modes = ["config"]
            return "Enter configuration commands, one per line.  End with CNTL/Z.\n"
        if line in ("write memory", "copy running-config startup-config"):
            router.startup = router.running()
            return "Building configuration...\n[OK]\n"
        shown = {
            "show version": _VERSION,
            "show running-config": router.running(),
            "show startup-config": router.startup,
        }
        return shown.get(line, "" if not line or line.startswith("terminal ") else _REFUSED)

    def _configured(self, line: str) -> str:
        if line == "end":
            self._leave(len(self._modes))
        elif line in ("exit", "exit-address-family"):
            self._leave(2 if self._modes[-1] == _LEAVES_ALL else 1)
        elif line.startswith("do "):
            return _REFUSED
        elif line:
            self._take(line)
        return ""

    def _leave(self, levels: int) -> None:
        depth = len(self._modes) - levels
        del self._modes[depth:]
        del self._sections[max(1, depth) :]

    def _take(self, line: str) -> None:
        """Take a line where it belongs: a section's header is heard in other sections too, as IOS does."""
        words = line.removeprefix("no ")
        for above, pattern, mode in _SECTIONS:
            if above in (self._modes[-1], "config") and pattern.fullmatch(words):
                if above == "config":
                    self._leave(len(self._modes) - 1)
                if line == words:
                    self._sections.append(self._sections[-1].enter(line))
                    self._modes.append(mode)
                    return
        if words.startswith(("ip route ", "ip sla schedule ")):
            self._leave(len(self._modes) - 1)
        if line == words:
            self._sections[-1].enter(line)
        else:
            self._sections[-1].take_out(words)


@contextmanager
def plain_router(hangs_up_at: int = 0) -> Iterator[PlainRouter]:
    """Run one."""
    router = PlainRouter(hangs_up_at)
    threading.Thread(target=router.serve, daemon=True).start()
    try:
        yield router
    finally:
        router.close()
