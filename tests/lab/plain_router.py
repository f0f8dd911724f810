"""A second router, written without a look at the lab's: configuration lines kept as they come, and Cisco's own safety net.

It knows no defaults that IOS hides and few refusals; it shows what was entered. What it must get right is how an IOS
terminal talks, how abruptly it hangs up, and how it goes back to an old configuration by itself.
"""

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from cisco.errors import RouterBusyError, SessionLostError
from cisco.login import Login
from tests.lab.plain_archive import Archive
from tests.lab.plain_config import read
from tests.lab.plain_vty import REFUSED, Vty

_BARE = (
    "hostname plain\n"
    "interface GigabitEthernet0/0\n ip address 203.0.113.100 255.255.255.0\n"
    "ip route 0.0.0.0 0.0.0.0 203.0.113.1\n"
)
DENIED = "Command authorization failed.\n\n"
# Any moment; the years since 1970 are of no importance, but that they have a year.
_START = 1_790_000_000.0


@dataclass(frozen=True)
class Release:
    """What differs between releases: how they call themselves, and what their archive is like."""

    version: str
    headline: str
    flash: str
    has_timer: bool = True
    dates_files: bool = True


RELEASES = {
    release.version: release
    for release in (
        Release(
            "12.4", "Cisco IOS Software, 2800 Software (C2800NM-ADVSECURITYK9-M), Version 12.4(24)T8", "flash:",
            dates_files=False,
        ),
        Release("15.4", "Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.4(3)M2", "flash0:"),
        Release(
            "17.6",
            "Cisco IOS XE Software, Version 17.06.03\n"
            "Cisco IOS Software [Bengaluru], ISR Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 17.6.3",
            "bootflash:",
        ),
    )
}  # fmt: skip


class Accident(Enum):
    """What strikes at one line."""

    CUT_BEFORE = "the connection is cut before the line arrives"
    CUT_DURING = "the connection is cut in the middle of the reply"
    CUT_AFTER = "the connection is cut before anything of the reply is seen"
    REJECTED = "the line is rejected"
    DENIED = "AAA denies the line"
    SILENT = "the line does not arrive, nor does anything after it"
    STUCK = "the line is carried out, and nothing comes back any more"
    RELOADED = "the router reloads"
    KILLED = "the agent is killed"


class Killed(BaseException):
    """Ends the agent as SIGKILL does: nothing of it runs any more."""


@dataclass
class PlainClock:
    """Time that passes while somebody waits; see `cisco.clock.Clock`."""

    seconds: float = _START
    passed: Callable[[], None] = lambda: None

    def monotonic(self) -> float:
        return self.seconds

    def time(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        self.passed()


def _unchanged(answer: str, end: str) -> str:
    return answer + end


def _whole(text: str) -> Iterator[str]:
    yield text


def _plainly(_prompt: str, line: str) -> str:
    return line


@dataclass
class PlainRouter:
    """One router. What it does at some line is its `accident`; how it talks is in the fields below `banner`."""

    release: Release = RELEASES["15.4"]
    has_archive: bool = False
    accident: tuple[Accident, int] | None = None
    lock_owner: str = ""
    level: int = 15
    enable_password: str = ""
    lines: int = 5
    seconds_a_line: float = 0.05
    banner: str = ""
    echo: Callable[[str, str], str] = _plainly
    noise: Callable[[str, str], str] = _unchanged
    pieces: Callable[[str], Iterator[str]] = _whole
    refuses: dict[str, str] = field(default_factory=dict)
    asks_before_saving: tuple[str, ...] = ()
    save_fails: str = ""
    user: str = "admin"
    password: str = "plainly-fake-password"  # fake, as it says

    def __post_init__(self) -> None:
        self.clock = PlainClock(passed=self.tick)
        self.config = read(_BARE)
        self.archive = Archive(
            self.running, lambda: self.config, self._replace, self.clock.time, dates_files=self.release.dates_files
        )
        if self.has_archive:
            self.config.enter("archive").enter(f"path {self.release.flash}backup")
        self.changed_at = self.saved_at = self.clock.time()
        self.startup = self.running()
        self.terminals: list[Vty] = []
        self.heard: list[str] = []

    @property
    def hostname(self) -> str:
        """What it calls itself in its prompts."""
        return self.config.value("hostname")

    def running(self) -> str:
        """Return the running-config."""
        return "\n".join((f"version {self.release.version}", *self.config.shown(), "end"))

    def tick(self) -> None:
        """Let time have passed."""
        self.archive.tick()

    def drop_all(self) -> None:
        """End every session."""
        for vty in self.terminals:
            vty.is_open = False
        self.terminals.clear()

    def reload(self) -> None:
        """Restart: what was not saved is forgotten."""
        self.drop_all()
        self.archive.timer = None
        self.config = read(self.startup)

    def greet(self) -> Vty:
        """Open a terminal.

        Raises:
            RouterBusyError: No line is free.
        """
        self.terminals = [vty for vty in self.terminals if vty.is_open]
        if len(self.terminals) >= self.lines:
            raise RouterBusyError("no free VTY line")
        self.terminals.append(Vty(self))
        return self.terminals[-1]

    def hear(self, vty: Vty, line: str) -> None:
        """Have a terminal carry out a line, unless this is where the accident happens."""
        self.clock.sleep(self.seconds_a_line)
        self.heard.append(line)
        before = self.running()
        what, number = self.accident or (None, 0)
        if what is not None and number == len(self.heard):
            _HAPPENS[what](self, vty, line)
        else:
            vty.carry_out(line, self._refusal(line))
        if self.running() != before:
            self.changed_at = self.clock.time()

    def shown(self, line: str, vty: Vty) -> str:
        """Answer an EXEC line that shows something."""
        shown = {
            "show version": self._version(),
            "show privilege": f"Current privilege level is {vty.level}\n",
            "show running-config": f"Building configuration...\n\n{self._head()}{self.running()}\n\n",
            "show startup-config": f"Using {len(self.startup)} out of 262136 bytes\n{self.startup}\n\n",
            "show archive": self.archive.show(),
            "show archive config rollback timer": self.archive.show_timer(),
            "show users": self._users(vty),
        }
        return shown.get(line, REFUSED)

    def save(self) -> str:
        """Answer `write memory`."""
        if self.save_fails:
            return self.save_fails
        self.startup, self.saved_at = self.running(), self.clock.time()
        return "Building configuration...\n[OK]\n"

    def open_channel(self, _login: Login, _timeout: float) -> "_Channel":
        """Let in, without SSH; what `cisco.connection.Connection` takes."""
        return _Channel(self, self.greet())

    def _replace(self, text: str) -> None:
        self.config = read(text)

    def _refusal(self, line: str) -> str | None:
        return next((said for pattern, said in self.refuses.items() if re.fullmatch(pattern, line.strip())), None)

    def _head(self) -> str:
        def at(moment: float) -> str:
            return f"{datetime.datetime.fromtimestamp(moment, datetime.timezone.utc):%H:%M:%S UTC %a %b %d %Y}"

        return (
            f"Current configuration : {len(self.running())} bytes\n!\n"
            f"! Last configuration change at {at(self.changed_at)} by {self.user}\n"
            f"! NVRAM config last updated at {at(self.saved_at)} by {self.user}\n!\n"
        )

    def _version(self) -> str:
        return (
            f"{self.release.headline}, RELEASE SOFTWARE (fc2)\nTechnical Support: http://www.cisco.com/techsupport\n\n"
            f"{self.hostname} uptime is 1 week, 2 days\n\n"
            "Cisco ISR4331/K9 (1RU) processor with 1795979K/6147K bytes of memory.\nConfiguration register is 0x2102\n"
        )

    def _users(self, own: Vty) -> str:
        rows = [
            f"{'*' if vty is own else ' '}{388 + n} vty {n}     {self.user}      idle                 00:00:00 192.0.2.9\n"
            for n, vty in enumerate(self.terminals)
            if vty.is_open
        ]
        return "    Line       User       Host(s)              Idle       Location\n" + "".join(rows)


class _Channel:
    """A session without SSH; see `cisco.terminal.Channel`."""

    def __init__(self, router: PlainRouter, vty: Vty) -> None:
        self._router = router
        self._vty = vty
        self._coming: Iterator[str] = iter(())

    def write(self, text: str) -> None:
        if not self._vty.is_open:
            raise SessionLostError("the SSH session ended")
        self._vty.type(text)

    def read(self, timeout: float) -> str:
        piece = next(self._coming, None)
        if piece is None:
            text, self._vty.text = self._vty.text, ""
            self._coming = self._router.pieces(text)
            piece = next(self._coming, "") if text else ""
        if piece:
            return piece
        if not self._vty.is_open:
            raise SessionLostError("the router closed the SSH session")
        self._router.clock.sleep(timeout)
        return ""

    def close(self) -> None:
        self._vty.is_open = False


def _cut_before(_router: PlainRouter, vty: Vty, _line: str) -> None:
    vty.is_open = False


def _cut_during(_router: PlainRouter, vty: Vty, line: str) -> None:
    seen = len(vty.text)
    vty.carry_out(line)
    vty.text = vty.text[: (seen + len(vty.text)) // 2]
    vty.is_open = False


def _unseen(vty: Vty, line: str) -> None:
    seen = vty.text
    vty.carry_out(line)
    vty.text = seen


def _cut_after(_router: PlainRouter, vty: Vty, line: str) -> None:
    _unseen(vty, line)
    vty.is_open = False


def _silent(_router: PlainRouter, vty: Vty, _line: str) -> None:
    vty.is_deaf = True


def _stuck(_router: PlainRouter, vty: Vty, line: str) -> None:
    _unseen(vty, line)
    vty.is_deaf = True


def _reloaded(router: PlainRouter, _vty: Vty, _line: str) -> None:
    router.reload()


def _killed(router: PlainRouter, _vty: Vty, _line: str) -> None:
    router.drop_all()
    raise Killed


_HAPPENS: dict[Accident, Callable[[PlainRouter, Vty, str], None]] = {
    Accident.CUT_BEFORE: _cut_before,
    Accident.CUT_DURING: _cut_during,
    Accident.CUT_AFTER: _cut_after,
    Accident.REJECTED: lambda _router, vty, line: vty.carry_out(line, REFUSED),
    Accident.DENIED: lambda _router, vty, line: vty.carry_out(line, DENIED),
    Accident.SILENT: _silent,
    Accident.STUCK: _stuck,
    Accident.RELOADED: _reloaded,
    Accident.KILLED: _killed,
}
