"""A day's worth of faults in minutes: endpoints, ways, keys, configurations and daemons at random, from a seed."""

import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from lab.wire.day2 import settle
from lab.wire.link import PROFILES, Link
from lab.wire.pair import Pair
from lab.wire.underlay import Fault

_LONGEST_FAULT = 15.0


@dataclass(frozen=True, slots=True)
class Report:
    """What was done, in order, and what came of it; `both_down` counts moments without any tunnel."""

    seed: int
    events: tuple[str, ...]
    both_down: int


class Soak:
    """Faults and changes on one link until the time is over; one tunnel at a time, as AWS does its maintenance."""

    def __init__(self, link: Link, seed: int, tell: Callable[[str], None] = lambda _text: None) -> None:
        self._link = link
        self._seed = seed
        self._random = random.Random(seed)  # noqa: S311  # the same seed gives the same day
        self._tell = tell
        self._events: list[str] = []

    def run(self, seconds: float) -> Report:
        """Do it; at the end everything must be UP and in agreement.

        Raises:
            TimeoutError: After a fault had gone, the link did not come back.
        """
        wire = self._link.bed.wire
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            index = self._random.randrange(2)
            event = self._random.choice(
                (
                    self._endpoint_dies,
                    self._way_is_cut,
                    self._esp_is_lost,
                    self._key,
                    self._profile,
                    self._by_hand,
                    self._reload,
                )
            )
            self._note(f"tunnel {index + 1}: {event.__name__.strip('_').replace('_', ' ')}")
            event(index)
            settle(self._link)
        both_down = sum(1 for sample in wire.history if sample.at > began and not sample.up)
        return Report(self._seed, tuple(self._events), both_down)

    def _note(self, text: str) -> None:
        self._events.append(text)
        self._tell(text)

    def _pair(self, index: int) -> Pair:
        return list(self._link.bed.wire.pairs.values())[index]

    def _last(self) -> None:
        time.sleep(self._random.uniform(0.5, _LONGEST_FAULT))

    def _endpoint_dies(self, index: int) -> None:
        pair = self._pair(index)
        pair.kill_endpoint(is_dead=True)
        try:
            self._last()
        finally:
            pair.kill_endpoint(is_dead=False)

    def _way_is_cut(self, index: int) -> None:
        self._suffer(index, Fault.CUT)

    def _esp_is_lost(self, index: int) -> None:
        self._suffer(index, Fault.ESP_BLOCKED)

    def _suffer(self, index: int, fault: Fault) -> None:
        underlay = self._pair(index).underlay
        underlay.suffer(fault)
        try:
            self._last()
        finally:
            underlay.suffer(Fault.NONE)

    def _key(self, index: int) -> None:
        self._link.set_key(index, f"k{secrets.token_hex(15)}")

    def _profile(self, index: int) -> None:
        self._link.set_profile(index, PROFILES[self._random.choice(sorted(PROFILES))])

    def _by_hand(self, index: int) -> None:
        """Somebody shuts a tunnel on the router; the next run of the agent opens it again."""
        self._link.bed.router.edit([f"interface Tunnel{index + 1}", "shutdown"])
        self._last()
        self._link.apply()

    def _reload(self, _index: int) -> None:
        """The router restarts; what the agent saved must bring the link back by itself."""
        self._link.bed.router.reload()
