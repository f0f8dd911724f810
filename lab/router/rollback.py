"""`configure terminal revert`: a change that undoes itself unless it is confirmed in time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from .archive import Archive
from .clock import Timer
from .document import Entry
from .line import Refusal, Reply
from .surroundings import Surroundings

NONE_PENDING = "%No Rollback Confirmed Change pending"
ARCHIVE_OFF = "%Turn config archive on before using Rollback Confirmed Change"
_WARNING = (
    "Rollback Confirmed Change: Rollback will begin in one minute.",
    'Enter "configure confirm" if you wish to keep what you\'ve configured',
)


@dataclass(slots=True)
class Pending:
    """A rollback that will happen: to what, when, and whose it is."""

    user: str
    file: str
    snapshot: Entry = field(repr=False)
    is_idle: bool
    minutes: int
    configured: datetime
    timers: tuple[Timer, ...] = ()


class Rollback:
    """The one rollback that a router can have pending."""

    def __init__(self, router: Surroundings, archive: Archive) -> None:
        self._router = router
        self._archive = archive
        self.pending: Pending | None = None

    def arm(self, user: str, minutes: int, *, is_idle: bool) -> Reply:
        """Back up the running-config and start the timer.

        Raises:
            Refusal: No archive path, or a rollback is pending already.
        """
        if self._archive.path is None:
            raise Refusal(ARCHIVE_OFF)
        if self.pending is not None:
            raise Refusal("%Rollback Confirmed Change already in progress. Please confirm or revert it first")
        file = self._archive.save()
        snapshot = self._router.document.snapshot()
        self.pending = Pending(user, file, snapshot, is_idle, minutes, self._router.clock.now())
        self._start(minutes)
        said = (f"Rollback Confirmed Change: Backing up current running config to {file}", "")
        return (*said, *_WARNING) if minutes == 1 else said

    def pretend(self, user: str, minutes: int) -> None:
        """Let somebody else's rollback be pending."""
        snapshot = self._router.document.snapshot()
        self.pending = Pending(
            user, "flash:other-1", snapshot, is_idle=False, minutes=minutes, configured=self._router.clock.now()
        )
        self._start(minutes)

    def confirm(self, user: str) -> Reply:
        """Keep the change."""
        pending = self._own(user)
        for timer in pending.timers:
            timer.cancel()
        self.pending = None
        return ()

    def revert_now(self, user: str) -> Reply:
        """Undo the change at once."""
        self._own(user)
        return self._roll_back()

    def reset_timer(self, user: str, minutes: int, *, is_idle: bool) -> Reply:
        """Start the timer anew."""
        pending = self._own(user)
        for timer in pending.timers:
            timer.cancel()
        pending.minutes, pending.is_idle, pending.configured = minutes, is_idle, self._router.clock.now()
        self._start(minutes)
        return ()

    def touch(self, user: str) -> None:
        """Input of the user restarts an idle timer."""
        if self.pending and self.pending.is_idle and self.pending.user == user:
            self.reset_timer(user, self.pending.minutes, is_idle=True)

    def forget(self) -> None:
        """Lose it, as a reload does."""
        for timer in self.pending.timers if self.pending else ():
            timer.cancel()
        self.pending = None

    def _own(self, user: str) -> Pending:
        if self.pending is None:
            raise Refusal(NONE_PENDING)
        if self.pending.user != user:
            raise Refusal(f"%Only user {self.pending.user} who enabled the Rollback Confirmed Change can do this")
        return self.pending

    def _start(self, minutes: int) -> None:
        if self.pending is None:
            return
        clock = self._router.clock
        timers = [clock.call_later(minutes * 60, self._locked(self._expire))]
        if minutes > 1:
            timers.append(clock.call_later((minutes - 1) * 60, self._locked(self._warn)))
        self.pending.timers = tuple(timers)

    def _locked(self, action: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            with self._router.lock:
                action()

        return run

    def _warn(self) -> None:
        if self.pending is not None:
            self._router.announce(self.pending.user, _WARNING)

    def _expire(self) -> None:
        if self.pending is not None:
            self._router.announce(self.pending.user, self._roll_back())

    def _roll_back(self) -> Reply:
        if self.pending is None:
            return (NONE_PENDING,)
        pending, self.pending = self.pending, None
        for timer in pending.timers:
            timer.cancel()
        self._router.document.restore(pending.snapshot)
        self._router.changed(pending.user)
        return (
            f"Rollback Confirmed Change: rolling to:{pending.file}",
            "",
            "!Pass 1",
            "",
            "Total number of passes: 1",
            "Rollback Done",
            "",
        )
