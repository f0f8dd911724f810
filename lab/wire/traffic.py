"""Traffic between the two hosts and what was lost of it."""

import json
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import pairwise

from lab.wire.netns import Namespace, WireError

INTERVAL = 0.01  # seconds between two echoes
_ON_THE_WAY = 5
_REPLY = re.compile(r"^\[(\d+\.\d+)\] .*icmp_seq=(\d+) .*time=")


@dataclass(frozen=True, slots=True)
class Loss:
    """What a run of echoes lost: `longest_gap` is the longest time without an answer, in seconds."""

    sent: int
    answered: int
    longest_gap: float

    @property
    def lost(self) -> int:
        """How many echoes had no answer."""
        return self.sent - self.answered


class Echoes:
    """Timestamped echoes from one host to another, every 10 ms, until stopped."""

    def __init__(self, host: Namespace, target: str, seconds: float = 120) -> None:
        # A file: a pipe that nobody empties would hold the echoes up once it is full.
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  # closed by stop
        self._process = subprocess.Popen(  # noqa: S603  # fixed program; bounded by -c
            [  # noqa: S607  # `ip` is found on PATH as everywhere
                "ip",
                "netns",
                "exec",
                host.name,
                "ping",
                "-D",
                "-O",
                "-i",
                str(INTERVAL),
                # A count bounds the run. With a deadline (-w), ping would end at the first ICMP error.
                "-c",
                f"{seconds / INTERVAL:.0f}",
                target,
            ],
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )

    def stop(self) -> Loss:
        """End the run and count."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=30)
        with self._output as output:
            output.seek(0)
            return count(output.read().decode())


def count(output: str) -> Loss:
    """Count what `ping -D` printed."""
    replies = [(float(m[1]), int(m[2])) for m in map(_REPLY.match, output.splitlines()) if m]
    summary = re.search(r"(\d+) packets transmitted", output)
    sent = int(summary[1]) if summary else max((sequence for _, sequence in replies), default=0)
    times = [at for at, _ in replies]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    # What was sent in the last moment may be on its way when the run is stopped, and is not lost by that.
    last = max((sequence for _, sequence in replies), default=0)
    if sent - last <= _ON_THE_WAY:
        sent = last
    return Loss(sent=sent, answered=len({sequence for _, sequence in replies}), longest_gap=max(gaps, default=0.0))


MARKER = b"NOT-ENCRYPTED-" * 8
_PORT = 5001
_RECEIVER = """
import json, socket, sys
server = socket.create_server((sys.argv[1], int(sys.argv[2])))
server.settimeout(60)
print("ready", flush=True)
connection, _ = server.accept()
connection.settimeout(60)
received = 0
while part := connection.recv(65536):
    received += len(part)
print(json.dumps(received))
"""
_SENDER = """
import json, socket, sys
data = bytes.fromhex(sys.argv[3])
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])), 60)
for _ in range(int(sys.argv[4])):
    connection.sendall(data)
mss = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
connection.shutdown(socket.SHUT_WR)
connection.recv(1)
print(json.dumps(mss))
"""


@dataclass(frozen=True, slots=True)
class Stream:
    """A TCP stream that went through: bytes sent and received, and the data in one full segment."""

    sent: int
    received: int
    segment: int


def stream(sender: Namespace, receiver: Namespace, address: str, repeats: int = 10000) -> Stream:
    """Send `repeats` times a marker that a capture would show, as fast as TCP goes, and wait until all has arrived."""
    program = ["ip", "netns", "exec"]
    listening = subprocess.Popen(  # noqa: S603  # our own interpreter and program
        [*program, receiver.name, sys.executable, "-c", _RECEIVER, address, str(_PORT)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if listening.stdout is None or listening.stdout.readline().strip() != "ready":
            raise WireError(f"nobody listens at {address}")
        sent = sender.run(sys.executable, "-c", _SENDER, address, str(_PORT), MARKER.hex(), str(repeats))
        receiver_said, _ = listening.communicate(timeout=60)
    finally:
        listening.kill()
        listening.wait(timeout=10)
    return Stream(sent=len(MARKER) * repeats, received=json.loads(receiver_said), segment=json.loads(sent))
