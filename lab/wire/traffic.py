"""Traffic between the two hosts and what was lost of it."""

import re
import subprocess
from dataclasses import dataclass
from itertools import pairwise

from lab.wire.netns import Namespace

INTERVAL = 0.01  # seconds between two echoes
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
        self._process = subprocess.Popen(  # noqa: S603  # fixed program; bounded by -w
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
                "-w",
                f"{seconds:.0f}",
                target,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def stop(self) -> Loss:
        """End the run and count."""
        self._process.send_signal(2)
        output, _ = self._process.communicate(timeout=10)
        return count(output)


def count(output: str) -> Loss:
    """Count what `ping -D` printed."""
    replies = [(float(m[1]), int(m[2])) for m in map(_REPLY.match, output.splitlines()) if m]
    summary = re.search(r"(\d+) packets transmitted", output)
    sent = int(summary[1]) if summary else max((sequence for _, sequence in replies), default=0)
    times = [at for at, _ in replies]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    # The last echo is still on its way when the run is stopped: it is not lost.
    sent = min(sent, max((sequence for _, sequence in replies), default=0) + 1) if replies else sent
    return Loss(sent=sent, answered=len({sequence for _, sequence in replies}), longest_gap=max(gaps, default=0.0))
