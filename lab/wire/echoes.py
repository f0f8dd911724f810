"""Echoes between the two hosts, and what was lost of them: by the tunnels, or by the machine itself."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from lab.wire.netns import Namespace, WireError

INTERVAL = 0.01  # seconds between two echoes
_SENDER = Path(__file__).with_name("echo_sender.py")
_MOST = 0xFFFF  # sequence numbers


@dataclass(frozen=True, slots=True)
class Loss:
    """What a run of echoes lost. `longest_gap` is the longest time without an answer, in seconds.

    `lost_at` are the lost echoes' times since the first one. `dropped` counts the packets for which the daemons' sockets had no
    room meanwhile: a machine too busy to read them lost those, whatever the tunnels did.
    """

    sent: int
    answered: int
    longest_gap: float
    lost_at: tuple[float, ...] = ()
    dropped: int = 0

    @property
    def lost(self) -> int:
        """How many echoes had no answer."""
        return self.sent - self.answered

    @property
    def by_the_tunnels(self) -> int:
        """How many of them are not the machine's own loss."""
        return max(0, self.lost - self.dropped)


class Echoes:
    """An echo from one host to another every 10 ms, until stopped; `through` are the namespaces whose sockets carry them."""

    def __init__(self, host: Namespace, target: str, seconds: float = 120, through: Iterable[Namespace] = ()) -> None:
        self._through = tuple(through)
        self._dropped = dropped(self._through)
        most = min(_MOST, round(seconds / INTERVAL))
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and program
            ["ip", "netns", "exec", host.name, sys.executable, "-I", str(_SENDER), target, str(INTERVAL), str(most)],  # noqa: S607  # `ip` is found on PATH as everywhere
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )  # fmt: skip

    def stop(self) -> Loss:
        """Send no more, wait for what is on its way, and count."""
        said, _ = self._process.communicate(timeout=60)
        if self._process.returncode:
            raise WireError(f"the echoes' sender ended with {self._process.returncode}")
        run = json.loads(said)
        return loss_of(run["sent"], dict(run["answered"]), dropped(self._through) - self._dropped)


def loss_of(sent: Sequence[float], answered: Mapping[int, float], dropped_meanwhile: int = 0) -> Loss:
    """Say what was lost of the echoes `sent`, of which those `answered` (place in `sent`) came back; times in seconds."""
    if not sent:
        return Loss(0, 0, 0.0)
    # From the first echo on, and until the last: no answer at all is a gap too.
    times = [sent[0], *sorted(answered.values())]
    if times[-1] < sent[-1]:
        times.append(sent[-1])
    lost = [at for place, at in enumerate(sent) if place not in answered]
    return Loss(
        sent=len(sent),
        answered=len(answered),
        longest_gap=max((later - earlier for earlier, later in pairwise(times)), default=0.0),
        lost_at=tuple(round(at - sent[0], 2) for at in lost),
        dropped=dropped_meanwhile,
    )


def dropped(namespaces: Iterable[Namespace]) -> int:
    """Return how many UDP packets (IKE and ESP of the lab) found a full buffer in these namespaces so far."""
    return sum(_full_buffers(namespace.run("cat", "/proc/net/snmp")) for namespace in namespaces)


def _full_buffers(snmp: str) -> int:
    names, values = re.findall(r"^Udp: (.+)$", snmp, re.MULTILINE)
    counters: dict[str, int] = dict(zip(names.split(), map(int, values.split()), strict=True))
    return counters["RcvbufErrors"] + counters["SndbufErrors"]
