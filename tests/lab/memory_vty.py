"""The simulated router without SSH: a channel straight into its shell, fast enough for a thousand accidents.

What SSH adds is attacked in test_agent_failures.py. Time passes only while somebody waits.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache

from cisco.connection import Connection
from cisco.errors import ConnectError, SessionLostError
from cisco.login import Login
from cisco.secret import Secret
from lab.router.clock import FakeClock
from lab.router.console import commands
from lab.router.grammar import Grammar
from lab.router.release import RELEASES
from lab.router.shell import Dialog, ExecLine, Output, Shell
from lab.router.state import RouterState, User
from tests.lab.agent_bench import PASSWORD, TIMING, USER, SharedClock, default_running

_RELEASE = RELEASES["xe17"]


@cache
def _commands() -> Grammar[ExecLine]:
    return commands(RouterState(default_running(), _RELEASE, FakeClock()))


class Accident(Enum):
    """What strikes at one line."""

    CUT_BEFORE = "the connection is cut before the line is carried out"
    CUT_DURING = "the connection is cut in the middle of its reply"
    CUT_AFTER = "the connection is cut after the line is carried out"
    REJECTED = "the line is rejected"
    SILENT = "nothing comes back any more"
    DENIED = "AAA denies the line"
    SWALLOWED = "the line has no effect, and the router says nothing of it"
    RELOADED = "the router reloads"
    KILLED = "the agent is killed"


class Killed(BaseException):
    """Ends the agent as SIGKILL does: nothing of it runs any more."""


@dataclass(slots=True)
class Strike:
    """An accident at the n-th line entered in configuration mode; it happens once."""

    accident: Accident
    number: int
    seen: int = 0

    def at(self, *, in_configuration: bool) -> Accident | None:
        """Return what happens at the line that is entered now."""
        if not in_configuration:
            return None
        self.seen += 1
        return self.accident if self.seen == self.number else None


class MemoryRouter:
    """A simulated router that is reached without SSH."""

    def __init__(self, running_config: str) -> None:
        clock = FakeClock()
        self.state = RouterState(running_config, _RELEASE, clock)
        self.clock = SharedClock(clock)
        self.strike: Strike | None = None
        self.channels: list[_Channel] = []
        self.lets_in = True

    @property
    def running(self) -> str:
        return self.state.running_config()

    @property
    def startup(self) -> str:
        return self.state.startup

    def connection(self) -> Connection:
        """Return a way to it."""
        # The lock is the host's: parallel test processes each have their own.
        login = Login(f"router-{os.getpid()}.invalid", USER, "insecure-accept-any", password=Secret(PASSWORD))
        return Connection(login, timing=TIMING, clock=self.clock, open_channel=self._open)

    def drop_all(self) -> None:
        """End every session, as the end of the agent's process does."""
        for channel in self.channels:
            channel.close()
        self.channels.clear()

    def reload(self) -> None:
        """Restart the router."""
        self.drop_all()
        self.state.reload()

    def _open(self, _login: Login, _timeout: float) -> "_Channel":
        if not self.lets_in:
            raise ConnectError("the router refused the login of 'pulumi'")
        channel = _Channel(self)
        self.channels.append(channel)
        return channel


class _Channel:
    """A session; see `cisco.terminal.Channel`."""

    def __init__(self, memory: MemoryRouter) -> None:
        self._memory = memory
        self._shell = shell = Shell(memory.state, User(USER, PASSWORD), _commands())
        self._typed = ""
        self._arrived = f"\r\n{shell.prompt}"
        self._dialog: Dialog | None = None
        self._is_open = True
        self._is_silent = False

    def write(self, text: str) -> None:
        if not self._is_open:
            raise SessionLostError("the SSH session ended")
        *lines, self._typed = (self._typed + text).split("\n")
        for line in lines:
            if self._is_open and not self._is_silent:
                self._enter(line)

    def read(self, timeout: float) -> str:
        if self._arrived:
            text, self._arrived = self._arrived, ""
            return text
        if not self._is_open:
            raise SessionLostError("the router closed the SSH session")
        self._memory.clock.sleep(timeout)
        return ""

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._shell.leave_configuration()

    def _enter(self, line: str) -> None:
        strike = self._memory.strike
        accident = strike.at(in_configuration=bool(self._shell.mode)) if strike else None
        happens = _BEFORE.get(accident) if accident else None
        if happens is not None:
            happens(self)
            return
        self._arrived += f"{line}\r\n"
        said = _INSTEAD.get(accident) if accident else None
        output = Output(said) if said is not None else self._carried_out(line)
        text = "".join(f"{part}\r\n" for part in output.lines)
        if accident in (Accident.CUT_DURING, Accident.CUT_AFTER):
            self._arrived += text[: len(text) // 2] if accident is Accident.CUT_DURING else ""
            self.close()
            return
        self._dialog = output.dialog
        self._arrived += text + (self._dialog.question if self._dialog else self._shell.prompt)
        if output.closes:
            self.close()

    def _carried_out(self, line: str) -> Output:
        with self._memory.state.lock:
            self._shell.check_modes()
            return self._shell.execute(line) if self._dialog is None else self._dialog.answer(line)

    def fall_silent(self) -> None:
        self._is_silent = True

    def restart_router(self) -> None:
        self._memory.reload()

    def kill_agent(self) -> None:
        self._memory.drop_all()
        raise Killed


_BEFORE: dict[Accident, Callable[[_Channel], None]] = {
    Accident.CUT_BEFORE: _Channel.close,
    Accident.SILENT: _Channel.fall_silent,
    Accident.RELOADED: _Channel.restart_router,
    Accident.KILLED: _Channel.kill_agent,
}
_INSTEAD = {
    Accident.REJECTED: ("        ^", "% Invalid input detected at '^' marker.", ""),
    Accident.DENIED: ("Command authorization failed.", ""),
    Accident.SWALLOWED: (),
}
