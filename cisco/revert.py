"""IOS's own safety net: ``configure terminal revert timer`` undoes the change unless it is confirmed.

IOS 12.4(20)T and later, with ``archive`` and its ``path`` configured. Only the user who armed it may
confirm or revert. Going back is a ``configure replace``, so it also undoes what somebody else changed
meanwhile.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from .clock import Clock, Deadline
from .errors import AgentError, PreflightError
from .replies import ARCHIVE_OFF, LOCKED, matches, on_one_line, without_benign
from .session import Reply
from .terminal import Terminal

SHOW_PENDING = "show archive config rollback timer"
_NONE_PENDING = re.compile(r"no rollback confirmed change pending", re.IGNORECASE)
_USER = re.compile(r"^\s*User\s*:\s*(\S+)", re.MULTILINE | re.IGNORECASE)
_VALUE = re.compile(r"^\s*Timer value\s*:\s*(.+?)\s*$", re.MULTILINE | re.IGNORECASE)
_SAYS_ARMED = re.compile(r"^Rollback Confirmed Change: Backing up", re.MULTILINE)
_SHOW_USERS = "show users"
# `*  4 vty 2     pulumi`, `*868 vty 0/1/0 pulumi`, and in 12.4 `* vty 322      pulumi`.
_SESSION = re.compile(r"^ *(?P<own>\*?) *(?:\d+ +)?vty +[\d/]+ +(?P<user>\S+)", re.MULTILINE)
_UNSUPPORTED = re.compile(r"invalid input|incomplete command|unknown command", re.IGNORECASE)

# unicon, Cisco's own test library, tries a locked configuration three times at this distance.
LOCK_TRIES = 3
LOCK_PAUSE = 10.0

# What a push may take, beside waiting for tunnels, before the timer fires (seconds): generous for old CPUs. An AAA server that is asked
# about each line, or does not answer, takes longer, so that a router's own pace counts, with some reserve.
MARGIN = 60.0
_SECONDS_A_LINE = 0.5
_RESERVE = 1.25
_LONGEST_TIMER = 120  # minutes, IOS's own limit


@dataclass(frozen=True, slots=True)
class Pending:
    """An armed revert timer: who armed it, and what IOS says of its time."""

    user: str
    value: str


def read_pending(text: str) -> Pending | None:
    """Read ``show archive config rollback timer``; ``None`` when nothing is pending."""
    user = _USER.search(text)
    if user is None or _NONE_PENDING.search(text):
        return None
    value = _VALUE.search(text)
    return Pending(user[1], value[1] if value else "unknown")


def tells_pending(text: str) -> bool:
    """Return whether ``show archive config rollback timer`` was answered: not denied, nor unknown to the release."""
    return _USER.search(text) is not None or _NONE_PENDING.search(text) is not None


def pending(terminal: Terminal) -> Pending | None:
    """Ask the router for an armed timer."""
    return read_pending(terminal.run(SHOW_PENDING).text)


def is_settled(terminal: Terminal) -> bool:
    """Return whether the router says that no timer is armed; an answer that can't be read says nothing."""
    return _NONE_PENDING.search(terminal.run(SHOW_PENDING).text) is not None


def timer_minutes(lines: int, waits: float, asked: int, pace: float) -> int:
    """Return the minutes to arm: those `asked` for, or more where so many lines, at `pace` seconds each, and seconds of `waits` may need them."""
    needed = MARGIN + lines * max(_SECONDS_A_LINE, pace * _RESERVE) + waits
    return min(_LONGEST_TIMER, max(asked, math.ceil(needed / 60)))


def told_armed(minutes: int, asked: int) -> str:
    """Return what the user is told of an armed timer."""
    more = f" ({asked} min, as asked for, could be too short for this change)" if minutes > asked else ""
    return f"the router goes back by itself in {minutes} min unless the change is confirmed{more}"


def arm(terminal: Terminal, minutes: int, clock: Clock) -> bool:
    """Enter configuration mode with the timer armed; ``False``, in exec mode, where the router has none.

    A router that lets us in without a word of its backup is asked whether it has armed anything.

    Raises:
        PreflightError: The configuration is locked, or the rollback file can't be written (flash full).
    """
    reply = _enter(terminal, f"configure terminal revert timer {minutes}", clock)
    if terminal.prompt.mode == "config" and not without_benign(reply.text):
        return _SAYS_ARMED.search(reply.text) is not None or _is_armed_all_the_same(terminal, clock)
    terminal.leave_configuration()
    if matches(ARCHIVE_OFF, reply.text) or _UNSUPPORTED.search(reply.text):
        return False
    if pending(terminal) is not None:
        revert_now(terminal)
    raise PreflightError((f"the router cannot prepare its rollback: {on_one_line(reply.text)}",))


def _is_armed_all_the_same(terminal: Terminal, clock: Clock) -> bool:
    terminal.leave_configuration()
    if pending(terminal) is None:
        return False
    enter_configuration(terminal, clock)
    return True


def enter_configuration(terminal: Terminal, clock: Clock) -> None:
    """Enter configuration mode, without a timer or under one that is armed.

    Raises:
        PreflightError: The configuration is locked, or the router refuses.
    """
    reply = _enter(terminal, "configure terminal", clock)
    if terminal.prompt.mode != "config":
        raise PreflightError((f"the router does not enter configuration mode: {on_one_line(reply.text)}",))


def confirm(terminal: Terminal) -> bool:
    """Keep the change; return whether nothing is pending any more (also because the timer has fired)."""
    terminal.run("configure confirm", is_slow=True)
    return is_settled(terminal)


def revert_now(terminal: Terminal) -> None:
    """Go back to the old configuration at once.

    Raises:
        AgentError: The timer is still armed afterwards.
    """
    reply = terminal.run("configure revert now", is_slow=True)
    if pending(terminal) is not None:
        raise AgentError(f"'configure revert now' did not end the rollback: {on_one_line(reply.text)}")


def settle_earlier(
    terminal: Terminal, user: str, clock: Clock, deadline: Deadline, pause: float, report: Callable[[str], None]
) -> None:
    """End a rollback that an earlier run of ours left pending: revert now, unless that run may still be alive.

    Raises:
        PreflightError: A session of the same user goes on with it until the deadline.
    """
    report("an earlier run left its change unconfirmed: undoing it")
    has_told = False
    while _is_at_work(terminal.run(_SHOW_USERS).text, user):
        if deadline.remaining <= pause:
            raise PreflightError((f"another session of {user} has a rollback pending and is still logged in",))
        if not has_told:
            report(f"another session of {user} is still logged in: waiting for it, or for its timer")
        has_told = True
        clock.sleep(pause)
        if pending(terminal) is None:
            return
    revert_now(terminal)


def _is_at_work(show_users: str, user: str) -> bool:
    """Tell from ``show users`` whether the user has another session; ours is the line with the asterisk."""
    names = (found["user"] for found in _SESSION.finditer(show_users) if not found["own"])
    # The column is ten characters wide: a longer name may be cut short there.
    return any(name == user or (len(name) >= 10 and user.startswith(name)) for name in names)


def _enter(terminal: Terminal, line: str, clock: Clock) -> Reply:
    for tries_left in range(LOCK_TRIES - 1, -1, -1):
        reply = terminal.run(line, is_slow=True)
        if not matches(LOCKED, reply.text):
            return reply
        if tries_left:
            clock.sleep(LOCK_PAUSE)
    raise PreflightError((f"the configuration is locked: {on_one_line(reply.text)}",))
