"""One change to one router, as a transaction: it is in and proven, or the router is as it was.

lock, connect, preflight, snapshot, plan, arm, push, read again, log in afresh, confirm, save; or roll back.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from . import archive
from .backup import keep
from .clock import Deadline
from .connection import Connection
from .counted import counted
from .errors import (
    AgentError,
    ConnectError,
    NotRolledBackError,
    PreflightError,
    RolledBackError,
    SessionLostError,
)
from .interrupt import stoppable, unstoppable
from .lent_archive import LentArchive
from .lock import router_lock
from .login import ArchivePolicy, Options
from .model import Intent
from .plan import Plan
from .preflight import (
    RouterState,
    examine,
    no_room,
    obstacles,
    read_running,
    require_no_problem,
    without_timer,
)
from .push import Pusher
from .result import Tier
from .revert import (
    LOCK_PAUSE,
    LOCK_TRIES,
    MARGIN,
    arm,
    confirm,
    enter_configuration,
    is_settled,
    settle_earlier,
    timer_minutes,
    told_armed,
)
from .rollback import Undo, left_over
from .saving import NOT_SHOWN, may_be_unsaved, read_startup, save
from .secret import Redactor
from .terminal import Terminal
from .turns import Turns, interrupted

# What is undone before it goes on its way: our own errors, a fault that nobody foresaw, Ctrl-C, and a plain exit.
_FAILURES = (Exception, KeyboardInterrupt, SystemExit)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a change."""

    plan: Plan
    tier: Tier
    is_saved: bool
    warnings: tuple[str, ...] = ()
    archive_path: str | None = None


@dataclass(slots=True)
class Change:
    """A change under way. `decide` plans from a running-config, `judge` names what the release refuses, and `remaining`
    plans what is missing once a plan is in (what it sent is known then, also where the router shows it encrypted).

    With `intent`, the tunnels of a link that is up are changed one after the other, never both at once.
    """

    connection: Connection
    options: Options
    redactor: Redactor
    decide: Callable[[str], Plan]
    remaining: Callable[[str, Plan], Plan]
    judge: Callable[[RouterState], tuple[str, ...]]
    report: Callable[[str], None]
    intent: Intent | None = None
    gives_up_archive: bool = False
    warnings: list[str] = field(default_factory=list)
    after: str = ""
    _lent: LentArchive = field(init=False)

    def __post_init__(self) -> None:
        """Have the archive's own warnings among ours."""
        self._lent = LentArchive(self.connection, self.report, self.warnings)

    def run(self) -> Outcome:
        """Carry it out.

        Raises:
            PreflightError, ConnectError: Nothing was touched.
            RolledBackError: It failed, and the router is as before.
            NotRolledBackError: It failed, and something is left.
        """
        clock = self.connection.clock
        deadline = Deadline(clock, self.options.deadline)
        with router_lock(self.connection.login, deadline, clock, self.report), stoppable():
            terminal = self.connection.open(deadline)
            try:
                state = self._examine(terminal)
                plan = self._plan(state)
                if plan.is_empty:
                    return self._nothing_to_do(terminal, state, plan)
                require_no_problem(no_room(state, self.options, plan, archive.archive_path(state)))
                if self.options.backup is not None:
                    keep(state.running, self.options.backup)
                    self.report(f"the configuration from before, keys included, is kept in {self.options.backup}")
                if self.options.archive is ArchivePolicy.CONFIGURE and not state.has_archive:
                    state = self._lent.turn_on(terminal, state)
            except SessionLostError as lost:
                terminal.close()
                raise ConnectError(f"{lost}; nothing was touched") from None
            except AgentError:
                terminal.log_out()
                raise
            return self._change(terminal, deadline, state, plan)

    def _examine(self, terminal: Terminal) -> RouterState:
        state = self._unlocked(terminal)
        self.report(f"logged in to {self.connection.login.address}: {state.release}")
        if state.pending is not None and state.pending.user == self.connection.login.username:
            settle_earlier(
                terminal, state.pending.user, self.connection.clock, terminal.deadline,
                self.connection.timing.poll, self.report,
            )  # fmt: skip
            state = examine(terminal)
        return state

    def _unlocked(self, terminal: Terminal) -> RouterState:
        """Examine the router; somebody in configuration mode gets a while to finish."""
        state = examine(terminal)
        for _ in range(LOCK_TRIES - 1):
            if state.lock_owner is None:
                break
            self.report(f"the configuration is locked by {state.lock_owner}: waiting")
            self.connection.clock.sleep(LOCK_PAUSE)
            state = examine(terminal)
        return state

    def _plan(self, state: RouterState) -> Plan:
        require_no_problem(obstacles(state, self.options), self.judge(state))
        plan = self.decide(state.running)
        require_no_problem(plan.collisions)
        self.warnings += plan.warnings
        # Before anything is sent: what may break is of use to who can still stop it.
        for warning in plan.warnings if not plan.is_empty else ():
            self.report(f"warning: {warning}")
        return plan

    def _nothing_to_do(self, terminal: Terminal, state: RouterState, plan: Plan) -> Outcome:
        is_saved = False
        undo = Undo(self.connection, self.options, self.redactor, state.running, terminal)
        # An earlier run may have been killed between its proof and its save: then a reload would undo it.
        if self.options.save and may_be_unsaved(state.running):
            startup = read_startup(terminal)
            if startup is None:
                self.warnings.append(NOT_SHOWN)
            elif not self.decide(startup).is_empty:
                self._save(undo, plan)
                self.warnings.append("an earlier run's change had not been saved; it is now")
                is_saved = True
        undo.terminal.log_out()
        return Outcome(plan, Tier.NONE, is_saved, tuple(self.warnings))

    def _change(self, terminal: Terminal, deadline: Deadline, state: RouterState, plan: Plan) -> Outcome:
        undo = Undo(self.connection, self.options, self.redactor, state.running, terminal)
        try:
            self._arm(undo, state, plan)
        except PreflightError as refusal:
            outcome = self._lent.taken_back_after(refusal, undo)
            undo.terminal.log_out()
            raise outcome from None
        except _FAILURES as failure:
            raise self._undone(undo, failure) from None
        try:
            self._push(undo, plan)
            self._prove(undo, plan, deadline)
            self._confirm(undo, plan)
        except _FAILURES as failure:
            raise self._undone(undo, failure) from None
        # Confirmed: to stop now would leave a change that a reload forgets.
        with unstoppable():
            if self.gives_up_archive:
                self._lent.give_up(undo.terminal, self.after)
            is_saved = self.options.save and self._save(undo, plan)
            undo.terminal.log_out()
        return Outcome(plan, undo.tier, is_saved, tuple(self.warnings), self._lent.path)

    def _undone(self, undo: Undo, failure: BaseException) -> AgentError:
        if isinstance(failure, Exception) and not isinstance(failure, AgentError):
            failure = self._told(failure, undo)
        self.report("undoing the change")
        with unstoppable():
            outcome = self._lent.taken_back_after(undo.roll_back(failure), undo)
            undo.terminal.log_out()
        return outcome

    def _told(self, fault: Exception, undo: Undo) -> AgentError:
        """Tell a fault of ours in full, but for the secrets, and return it as an error of the agent."""
        from traceback import format_exception

        self.report(undo.redactor.redact("".join(format_exception(fault)).rstrip()))
        return AgentError(f"a fault of the agent itself ({type(fault).__name__}, told above)")

    def _arm(self, undo: Undo, state: RouterState, plan: Plan) -> None:
        clock = self.connection.clock
        if state.has_timer:
            minutes = self._timer_minutes(plan, state)
            # Set first: a session lost while arming may leave the timer armed.
            undo.fires_at = clock.time() + minutes * 60
            undo.tier = Tier.DEVICE_TIMER
            if arm(undo.terminal, minutes, clock):
                self.report(told_armed(minutes, self.options.revert_minutes))
                return
            undo.fires_at, undo.tier = None, Tier.SOFTWARE
            if self.options.archive is ArchivePolicy.REQUIRE:
                raise PreflightError(("the router has no 'configure terminal revert timer'",))
        elif state.has_archive:
            self.warnings.append(f"the router's own timer was not used: {without_timer()}")
        self.report(
            "the router has no timer: a failure is undone with inverse lines, but nothing undoes the change of an agent that is killed"
        )
        enter_configuration(undo.terminal, clock)

    def _timer_minutes(self, plan: Plan, state: RouterState) -> int:
        tunnels = len(interrupted(plan, state.running)) if self.intent is not None else 0
        waits = self.options.wait * max(0, tunnels - 1)
        return timer_minutes(len(plan.commands), waits, self.options.revert_minutes, state.pace)

    def _push(self, undo: Undo, plan: Plan) -> None:
        connection = self.connection
        pusher = Pusher(
            undo.terminal, connection.clock, self.redactor, connection.traffic, self.options.window,
            connection.timing.poll, self.report, self.warnings,
            stop_at=undo.fires_at - MARGIN if undo.fires_at is not None else math.inf,
        )  # fmt: skip
        undo.refresh = tuple(line for step in plan.steps for line in step.refresh)
        turns = Turns(undo, self.intent, self.report)
        turns.look(plan)
        self.report(f"sending {counted(len(plan.commands), 'line')}")
        for step in plan.steps:
            if others := turns.take_turn(step):
                pusher.settle()
                turns.wait(step, others)
            undo.begun.append(step)
            pusher.push(step)
        pusher.settle()

    def _prove(self, undo: Undo, plan: Plan, deadline: Deadline) -> None:
        """Read the running-config again, and log in afresh: the change must not lock us out."""
        undo.terminal.leave_configuration()
        self.after = read_running(undo.terminal)
        rest = self.remaining(self.after, plan)
        if not rest.is_empty:
            lines = [f"{d.sign} {' / '.join((*d.section, d.line))}" for d in rest.differences]
            shown = "; ".join(self.redactor.redact(line) for line in lines[:10]) or "more to do"
            raise AgentError(f"the running-config is not what was sent: {shown}")
        self.report("reading the configuration again shows exactly the change; logging in afresh")
        try:
            self.connection.open(deadline).log_out()
        except ConnectError as failure:
            raise type(failure)(
                f"a second session, which the change has to prove possible, failed: {failure}"
            ) from None

    def _confirm(self, undo: Undo, plan: Plan) -> None:
        if undo.tier is not Tier.DEVICE_TIMER or undo.fires_at is None:
            return
        try:
            is_confirmed = confirm(undo.terminal)
            is_sure = self.connection.clock.time() < undo.fires_at - MARGIN / 4
        except SessionLostError:
            undo.terminal.close()
            undo.terminal = self.connection.reopen(Deadline(self.connection.clock, self.options.deadline))
            is_confirmed, is_sure = is_settled(undo.terminal), False
        if not is_confirmed:
            raise AgentError("the router did not take 'configure confirm'")
        # Nothing pending can also mean that the timer was faster.
        if not is_sure and not self.remaining(read_running(undo.terminal), plan).is_empty:
            raise AgentError("the revert timer fired before the change was confirmed")
        self.report("confirmed")

    def _save(self, undo: Undo, plan: Plan) -> bool:
        """Save; when the session is lost meanwhile, log in again and save, if there is still something to be saved."""
        clock, pause = self.connection.clock, self.connection.timing.poll
        try:
            try:
                save(undo.terminal, clock, pause)
            except SessionLostError:
                undo.terminal.close()
                undo.terminal = self.connection.reopen(Deadline(clock, self.options.deadline))
                self._require_kept(undo, plan)
                save(undo.terminal, clock, pause)
        except (RolledBackError, NotRolledBackError):
            raise
        except AgentError as failure:
            raise NotRolledBackError(
                f"the change is in the running-config and confirmed, but not saved: {failure}. "
                f"A reload would bring back the old; run the same command again to save"
            ) from None
        self.report("saved")
        return True

    def _require_kept(self, undo: Undo, plan: Plan) -> None:
        """A router that restarted before it saved has forgotten the change, however well it was confirmed.

        Raises:
            RolledBackError: It is as it was before.
            NotRolledBackError: It is neither as it was before nor as it was to be.
        """
        running = read_running(undo.terminal)
        if self.remaining(running, plan).is_empty:
            return
        lost = "the router restarted before the change was saved, and has lost it"
        if left_over(undo.snapshot, running):
            raise NotRolledBackError(f"{lost}: run the same command again")
        raise RolledBackError(f"{lost}; it is as it was before (its running-config was compared)")
