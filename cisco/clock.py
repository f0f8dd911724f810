"""Time, as something a test can replace."""

import time
from typing import Protocol

from .errors import SessionLostError


class Clock(Protocol):
    """What the agent needs of time."""

    def monotonic(self) -> float:
        """Return seconds since some fixed moment."""

    def time(self) -> float:
        """Return seconds since 1970, for messages to people."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The computer's own clock."""

    def monotonic(self) -> float:
        """Return seconds since some fixed moment."""
        return time.monotonic()

    def time(self) -> float:
        """Return seconds since 1970, for messages to people."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class Deadline:
    """A moment after which work stops: shared by every wait of one run."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._end = clock.monotonic() + seconds
        self._seconds = seconds

    @property
    def remaining(self) -> float:
        """Seconds left; 0 once it has passed."""
        return max(0.0, self._end - self._clock.monotonic())

    def check(self) -> None:
        """Stop when the time is up.

        Raises:
            SessionLostError: It is; the caller then undoes what was begun.
        """
        if self.remaining <= 0:
            raise SessionLostError(f"the time limit of {self._seconds:g} s is over")
