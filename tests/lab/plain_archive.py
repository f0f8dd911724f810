"""The plain router's archive and its rollback confirmed change, as Cisco's guides and captures of real routers have them.

From Cisco's "Configuration Rollback Confirmed Change" and command reference, and from captures that people have published
(IOS 12.4, 15 and IOS-XE). Where no capture is known, the words are ours and say so: the agent has to take the unknown for a failure.
"""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.lab.plain_config import Section

OFF = "Archive feature not enabled\n"
TURN_ON = "%Turn config archive on before using Rollback Confirmed Change\n"
NONE_PENDING = "%No Rollback Confirmed Change pending\n"
# Ours: no capture shows what IOS says here.
ALREADY_PENDING = "%A Rollback Confirmed Change is already pending\n"
NOT_YOURS = "%Only the user who set the timer may do this\n"
LAST_MINUTE = (
    "Rollback Confirmed Change: Rollback will begin in one minute.\n"
    'Enter "configure confirm" if you wish to keep what you\'ve configured\n\n'
)
_COMMAND = re.compile(r"configure (?:terminal revert timer (?P<minutes>\d+)|(?P<verb>confirm|revert now))")


@dataclass(frozen=True)
class Kept:
    """A file of the archive."""

    name: str
    text: str


@dataclass
class Timer:
    """An armed timer: `tell` prints on the terminal of the one who armed it."""

    user: str
    minutes: int
    since: float
    backup: Kept
    tell: Callable[[str], None]
    has_warned: bool = False

    @property
    def end(self) -> float:
        """When it fires."""
        return self.since + self.minutes * 60


@dataclass
class Archive:
    """What stands below `archive`, and what IOS does with it. `replace` makes a text the running-config."""

    running: Callable[[], str]
    config: Callable[[], Section]
    replace: Callable[[str], None]
    now: Callable[[], float]
    dates_files: bool = True
    is_full: bool = False
    files: list[Kept] = field(default_factory=list)
    timer: Timer | None = None
    count: int = 0

    @property
    def _path(self) -> str:
        section = self.config().lines.get("archive")
        return section.value("path") if section else ""

    def show(self) -> str:
        """Answer `show archive`."""
        if not self._path:
            return OFF
        stamp = "-<timestamp>" if self.dates_files else ""
        rows = [f"   {n}        {kept.name}" for n, kept in enumerate(self.files, 1)]
        rows[-1:] = [f"{row} <- Most Recent" for row in rows[-1:]]
        return (
            f"The maximum archive configurations allowed is {self._maximum}.\n"
            f"There are currently {len(self.files)} archive configurations saved.\n"
            f"The next archive file will be named {self._path}{stamp}-{self.count}\n"
            f" Archive #  Name\n" + "".join(f"{row}\n" for row in rows)
        )

    def show_timer(self) -> str:
        """Answer `show archive config rollback timer`."""
        if self.timer is None:
            return NONE_PENDING
        return (
            f"Time configured: {self._date():%H:%M:%S UTC %a %b %d %Y}\nTimer type: absolute timer\n"
            f"Timer value: {self.timer.minutes} min\nUser: {self.timer.user}\n"
        )

    def answer(self, line: str, user: str, tell: Callable[[str], None]) -> str | None:
        """Answer a `configure` line that is about a timer: to arm it means to go on into configuration mode."""
        found = _COMMAND.fullmatch(line)
        if found is None:
            return None
        if found["minutes"]:
            return self._arm(int(found["minutes"]), user, tell)
        if self.timer is None:
            return NONE_PENDING
        if self.timer.user != user:
            return NOT_YOURS
        timer, self.timer = self.timer, None
        return "" if found["verb"] == "confirm" else self._go_back(timer)

    def tick(self) -> None:
        """Let time have passed."""
        timer = self.timer
        if timer is None:
            return
        if not timer.has_warned and self.now() >= timer.end - 60:
            timer.has_warned = True
            timer.tell(LAST_MINUTE)
        if self.now() >= timer.end:
            self.timer = None
            timer.tell(self._go_back(timer))

    @property
    def _maximum(self) -> int:
        return int(self.config().lines["archive"].value("maximum") or 10)

    def _date(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self.timer.since if self.timer else self.now(), datetime.timezone.utc)

    def _arm(self, minutes: int, user: str, tell: Callable[[str], None]) -> str:
        if not self._path:
            return TURN_ON
        if self.timer is not None:
            return ALREADY_PENDING
        stamp = f"-{self._date():%b-%d-%H-%M-%S}.000" if self.dates_files else ""
        kept = Kept(f"{self._path}{stamp}-{self.count}", self.running())
        said = f"Rollback Confirmed Change: Backing up current running config to {kept.name}\n\n"
        if self.is_full:
            return f"{said}%Error opening {kept.name} (No space left on device)\n"
        self.count += 1
        self.files = [*self.files, kept][-self._maximum :]
        self.timer = Timer(user, minutes, self.now(), kept, tell)
        return said

    def _go_back(self, timer: Timer) -> str:
        self.replace(timer.backup.text)
        return (
            f"Rollback Confirmed Change: rolling to:{timer.backup.name}\n\n!Pass 1\n\n!List of Rollback Commands:\n"
            f"no interface Tunnel1\nend\n\n\nTotal number of passes: 1\nRollback Done\n\n"
        )
