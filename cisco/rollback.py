"""Undoing a change that failed, and proving that it is undone.

On a router with its timer armed, ``configure revert now`` undoes; else, or where that leaves something, the inverse of
every step that was begun. The proof is the same: the running-config, read again, is the one from before. A lost session
is no end: the router is asked again, with growing pauses, until well after its timer has fired.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .clock import Deadline
from .connection import Connection
from .counted import listed
from .errors import AgentError, NotRolledBackError, RolledBackError, SessionLostError
from .login import Options
from .nvgen import is_default_setting
from .plan import Step
from .preflight import read_running
from .push import Pusher
from .replies import Verdict, classify
from .result import Tier
from .revert import enter_configuration, pending, revert_now
from .secret import Redactor
from .terminal import Terminal
from .tree import Line, parse

# How much longer than its timer a router may take: the replace itself, or a reload.
_GRACE = 180.0
_ATTEMPTS = 3
_SHOWN = 20


@dataclass(slots=True)
class Undo:
    """What it takes to undo a change: filled in as the change goes on."""

    connection: Connection
    options: Options
    redactor: Redactor
    snapshot: str
    terminal: Terminal
    tier: Tier = Tier.SOFTWARE
    begun: list[Step] = field(default_factory=list)
    refresh: tuple[str, ...] = ()
    fires_at: float | None = None

    def roll_back(self, failure: BaseException) -> AgentError:
        """Undo, and return the error that says what came of it."""
        what = str(failure) or type(failure).__name__
        clock = self.connection.clock
        timer = max(0.0, (self.fires_at or clock.time()) - clock.time())
        deadline = Deadline(clock, timer + _GRACE)
        try:
            left = self._until_undone(deadline, is_lost=isinstance(failure, SessionLostError))
        except AgentError as problem:
            return NotRolledBackError(f"{what}; not undone: {problem}. {self._outlook()}")
        if left:
            shown = listed([self.redactor.redact(line) for line in left], _SHOWN, "; ")
            return NotRolledBackError(f"{what}; this differs from before: {shown}. {self._outlook()}")
        return RolledBackError(
            f"{what}; the router is as it was before (its running-config was compared){self._refreshed()}"
        )

    def _refreshed(self) -> str:
        """Have BGP apply the old policies again to the routes that it has; say so where the router would not.

        IOS does it by itself neither when lines undo a change nor when its own timer does.
        """
        refused: list[str] = []
        for line in self.refresh if self.begun else ():
            try:
                reply = self.terminal.run(line).text
            except AgentError as problem:
                reply = str(problem)
            if classify(line, reply) is Verdict.REJECTED:
                refused.append(line)
        return f"; enter {' and '.join(map(repr, refused))}, so that BGP applies the old policies" if refused else ""

    def _until_undone(self, deadline: Deadline, *, is_lost: bool) -> tuple[str, ...]:
        """Undo, logging in again as often as the session is lost; return what still differs."""
        if is_lost:
            self.terminal.close()
        else:
            self.terminal.deadline = deadline
        left: tuple[str, ...] = ()
        attempt = 0
        while attempt < _ATTEMPTS:
            try:
                if is_lost:
                    self.terminal = self.connection.reopen(deadline)
                    is_lost = False
                left = self._undo_once()
            except SessionLostError:
                self.terminal.close()
                is_lost = True
                if deadline.remaining <= 0:
                    raise
                continue
            if not left:
                return ()
            attempt += 1
            self.connection.clock.sleep(self.connection.timing.poll)
        return left

    def _undo_once(self) -> tuple[str, ...]:
        self.terminal.leave_configuration()
        if pending(self.terminal) is not None:
            revert_now(self.terminal)
        left = left_over(self.snapshot, read_running(self.terminal))
        # Also under a timer: it may have fired in the middle, and what was sent after that is still in.
        if left and self.begun:
            self._send_inverse()
            running = read_running(self.terminal)
            left = left_over(self.snapshot, running)
            if left and self._take_out(_additions(self.snapshot, running)):
                left = left_over(self.snapshot, read_running(self.terminal))
        return left

    def _take_out(self, paths: Sequence[tuple[str, ...]]) -> bool:
        """Take out lines that are still too many in sections that we entered: a step was in only in part."""
        sent = [command for step in self.begun for command in step.commands]
        entered, lines = {command.text for command in sent if command.enters}, {command.text for command in sent}
        # BGP is everybody's: a line that we did not send is somebody else's, entered meanwhile.
        ours = [
            path
            for path in paths
            if len(path) == 2 and path[0] in entered and (path[1] in lines or not path[0].startswith("router bgp "))
        ]
        if not ours:
            return False
        enter_configuration(self.terminal, self.connection.clock)
        for header, line in ours:
            self.terminal.run(header)
            self.terminal.run(line.removeprefix("no ") if line.startswith("no ") else f"no {line}")
        self.terminal.leave_configuration()
        return True

    def _send_inverse(self) -> None:
        enter_configuration(self.terminal, self.connection.clock)
        pusher = Pusher(
            self.terminal,
            self.connection.clock,
            self.redactor,
            self.connection.traffic,
            poll=self.connection.timing.poll,
        )
        for step in reversed(self.begun):
            pusher.undo(step)
        self.terminal.leave_configuration()

    def _outlook(self) -> str:
        if self.tier is Tier.DEVICE_TIMER and self.fires_at is not None:
            moment = datetime.datetime.fromtimestamp(self.fires_at, datetime.timezone.utc)
            if self.fires_at > self.connection.clock.time():
                return f"The router's own timer goes back to the old configuration at {moment:%H:%M:%S} UTC"
            return f"The router's own timer was to go back at {moment:%H:%M:%S} UTC: look at its running-config"
        scopes = ", ".join(step.scope for step in self.begun) or "nothing"
        return f"Without archive the router has no timer; begun were: {scopes}. Run the same command again"


def left_over(before: str, after: str) -> tuple[str, ...]:
    """Return what differs between two running-configs, as lines with ``-`` (gone) and ``+`` (new).

    Sections are compared as sets: what was taken out and put back may come in another place. A default that the router
    did not show before it was entered is no difference.
    """
    gone = [f"- {' / '.join(path)}" for path in _additions(after, before)]
    return (*gone, *(f"+ {' / '.join(path)}" for path in _additions(before, after)))


def _additions(before: str, after: str) -> tuple[tuple[str, ...], ...]:
    """Return the lines, with their sections, that `after` has and `before` has not."""
    more = Counter(_paths(parse(after).lines)) - Counter(_paths(parse(before).lines))
    return tuple(path for path in more if not is_default_setting(path[-1]))


def _paths(lines: tuple[Line, ...], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for line in lines:
        path = (*above, line.text)
        yield path
        yield from _paths(line.children, path)
