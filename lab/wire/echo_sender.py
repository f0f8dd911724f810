"""A program for one host: an ICMP echo every few milliseconds until standard input ends; then, as JSON, when which went and came back.

`ping` will not do: it ends at once when told, so that what is on its way counts as lost, and it is late where the machine is busy.
It runs in a namespace of its own, by itself: the standard library is all that it needs.
"""

import contextlib
import json
import os
import select
import socket
import struct
import sys
import time
from collections.abc import Sequence
from typing import TextIO

_ECHO, _ECHO_REPLY = 8, 0
_PADDING = b"echo" * 14
# As much as a busy machine may leave unread: minutes of answers. (SO_RCVBUFFORCE, for root, has no name in Python.)
_SO_RCVBUFFORCE, _ROOM = 33, 8 << 20
# How long an answer may take; and how much longer than the last echo's the one of an earlier, on another way.
_LATEST, _OVERTAKEN = 5.0, 0.3


def checksum(message: bytes) -> int:
    """Return the Internet checksum (RFC 1071) of a message of even length."""
    total: int = sum(struct.unpack(f"!{len(message) // 2}H", message))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def echo(identifier: int, sequence: int) -> bytes:
    """Return one echo request."""
    rest = struct.pack("!HH", identifier, sequence) + _PADDING
    return struct.pack("!BBH", _ECHO, 0, checksum(struct.pack("!BBH", _ECHO, 0, 0) + rest)) + rest


class Sender:
    """The echoes of one run: when each was sent, and when its answer came."""

    def __init__(self, target: str, interval: float, most: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _ROOM)
        self._socket.settimeout(0)
        self._target, self._interval, self._most = target, interval, most
        self._identifier = os.getpid() & 0xFFFF
        self.sent: list[float] = []
        self.answered: dict[int, float] = {}

    def run(self) -> None:
        """Send until standard input ends, then wait for what is on its way."""
        due = time.monotonic()
        while len(self.sent) < self._most:
            now = time.monotonic()
            if now >= due:
                self._send(now)
                # Late is late: what was missed is not made up for in a burst.
                due = max(due + self._interval, now)
            if self._wait(max(0.0, due - time.monotonic()), watched=[self._socket, sys.stdin]):
                break
        latest, last = time.monotonic() + _LATEST, len(self.sent) - 1
        while len(self.answered) < len(self.sent) and time.monotonic() < latest:
            self._wait(0.1, watched=[self._socket])
            if last in self.answered:
                latest = min(latest, self.answered[last] + _OVERTAKEN)

    def _send(self, now: float) -> None:
        # Where there is no route at this moment, it is an echo that nobody answers, and counts as such.
        with contextlib.suppress(OSError):
            self._socket.sendto(echo(self._identifier, len(self.sent)), (self._target, 0))
        self.sent.append(now)

    def _wait(self, seconds: float, watched: Sequence[socket.socket | TextIO]) -> bool:
        """Take the answers that come within this time; say whether standard input has ended."""
        readable, _, _ = select.select(watched, [], [], seconds)
        if self._socket in readable:
            self._take(self._socket.recv(2048))
        return sys.stdin in readable

    def _take(self, packet: bytes) -> None:
        message = packet[(packet[0] & 0x0F) * 4 :]
        kind, _, _, identifier, sequence = struct.unpack_from("!BBHHH", message)
        if (kind, identifier) == (_ECHO_REPLY, self._identifier):
            self.answered.setdefault(sequence, time.monotonic())


def main() -> None:
    """Run one sender: target, seconds between two echoes, and how many at most."""
    target, interval, most = sys.argv[1:]
    sender = Sender(target, float(interval), int(most))
    sender.run()
    json.dump({"sent": sender.sent, "answered": sorted(sender.answered.items())}, sys.stdout)


if __name__ == "__main__":
    main()
