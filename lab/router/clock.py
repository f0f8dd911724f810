"""Time as the router sees it: the computer's, or one that a test moves by hand."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Protocol


class Timer(Protocol):
    """Something that will happen unless it is cancelled."""

    def cancel(self) -> None:
        """Let it not happen."""


class Clock(Protocol):
    """What the router needs of time."""

    def now(self) -> datetime:
        """Return the time of day, UTC."""

    def monotonic(self) -> float:
        """Return seconds since some fixed moment."""

    def call_later(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Do something once the seconds have passed."""


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """Return the time of day, UTC."""
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        """Return seconds since some fixed moment."""
        return time.monotonic()

    def call_later(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Do something once the seconds have passed."""
        timer = threading.Timer(seconds, action)
        timer.daemon = True
        timer.start()
        return timer


class _Planned:
    def __init__(self, due: float, action: Callable[[], None]) -> None:
        self.due = due
        self.action = action
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


class FakeClock:
    """A clock that stands still until `advance` moves it; what falls due happens inside that call."""

    def __init__(self, start: datetime = datetime(2026, 11, 24, 8, 0, tzinfo=timezone.utc)) -> None:
        self._start = start
        self._seconds = 0.0
        self._planned: list[_Planned] = []
        self._lock = threading.RLock()

    def now(self) -> datetime:
        """Return the time of day, UTC."""
        return self._start + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        """Return seconds since the clock was made."""
        return self._seconds

    def call_later(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Do something once `advance` has moved the clock so far."""
        planned = _Planned(self._seconds + seconds, action)
        with self._lock:
            self._planned.append(planned)
        return planned

    def advance(self, seconds: float) -> None:
        """Move on, and let happen what falls due, in order."""
        end = self._seconds + seconds
        while (planned := self._next(end)) is not None:
            self._seconds = max(self._seconds, planned.due)
            planned.action()
        self._seconds = end

    def _next(self, end: float) -> _Planned | None:
        with self._lock:
            self._planned = [planned for planned in self._planned if not planned.is_cancelled]
            due = [planned for planned in self._planned if planned.due <= end]
            if not due:
                return None
            first = min(due, key=lambda planned: planned.due)
            self._planned.remove(first)
            return first
