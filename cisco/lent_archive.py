"""Archive, lent to a router for its changes: turned on where that was asked for, off again where it failed or nobody needs it."""

from collections.abc import Callable
from dataclasses import dataclass

from . import archive
from .connection import Connection
from .errors import AgentError, ConnectError, NotRolledBackError, PreflightError, SessionLostError
from .mark import has_marks
from .preflight import RouterState, examine
from .rollback import Undo
from .terminal import Terminal


@dataclass(slots=True)
class LentArchive:
    """What one change turns on, and off: `path` is where, once it has been turned on."""

    connection: Connection
    report: Callable[[str], None]
    warnings: list[str]
    path: str | None = None

    def turn_on(self, terminal: Terminal, state: RouterState) -> RouterState:
        """Turn it on, and return what the router is like then.

        Raises:
            PreflightError, ConnectError: The router refused, or the session ended; it is off again.
            NotRolledBackError: It may be on.
        """
        self.path = archive.archive_path(state)
        self.report(f"configuring archive ({self.path}), so that the router can undo the change")
        try:
            archive.turn_on(terminal, self.path, self.connection.clock)
            changed = examine(terminal)
        except (PreflightError, SessionLostError) as failure:
            raise self._taken_back(terminal, state, failure) from None
        self.warnings.append(f"archive keeps copies of the configuration, keys included, under {self.path}")
        return changed

    def _taken_back(self, terminal: Terminal, state: RouterState, failure: AgentError) -> AgentError:
        """Turn it off where it was refused, or the session ended, half-way; return what became of it."""
        is_lost = isinstance(failure, SessionLostError)
        try:
            if is_lost:
                terminal.close()
                terminal = self.connection.reopen(terminal.deadline)
            is_back = archive.take_back(terminal, state.running, self.connection.clock)
        except AgentError:
            is_back = False
        finally:
            terminal.log_out()
        if not is_back:
            return NotRolledBackError(f"{failure}; archive may be on now ({self.path})")
        return ConnectError(f"{failure}; archive is off again, and nothing else was touched") if is_lost else failure

    def taken_back_after(self, outcome: AgentError, undo: Undo) -> AgentError:
        """Turn off what was turned on for a change that failed, and return what became of both."""
        if self.path is None or isinstance(outcome, NotRolledBackError):
            return outcome
        try:
            archive.turn_off(undo.terminal, undo.snapshot, self.connection.clock)
        except AgentError as problem:
            return NotRolledBackError(f"{outcome}; but archive is still on ({self.path}): {problem}")
        return outcome

    def give_up(self, terminal: Terminal, running: str) -> None:
        """Turn off, once the last link has gone, what an earlier run turned on; where that fails it is a warning."""
        if has_marks(running):
            return
        try:
            archive.turn_off(terminal, running, self.connection.clock)
        except AgentError as problem:
            self.warnings.append(f"archive, which an earlier run turned on, is still on: {problem}")
