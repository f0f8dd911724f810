"""Sending a plan's lines: one by one where a line decides what the next ones mean, else in a window.

A header is waited for, and the mode that it opens is checked, before anything below it is sent: the
lines below a rejected header would land in another section. Leaves of a section travel together, with the next
section's header; so does a header that IOS has taken in this very run; its mode is checked all the same.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import TypeAlias

from .clock import Clock
from .counted import counted
from .errors import AgentError, InputError, RejectedLineError
from .plan import ANY_MODE, Command, Step
from .replies import Verdict, classify, on_one_line, warnings_in
from .secret import Redactor
from .session import Reply
from .terminal import Terminal, Traffic
from .typable import TYPABLE, is_typable

Batch: TypeAlias = tuple[Command, ...]

# AWS's own pusher waits 60 s before IOS lets go of an ISAKMP profile ("Cisco requires waiting 60 seconds").
_IN_USE_PATIENCE = 90.0
_FIRST_PAUSE = 0.5  # a session that was cleared is often gone at once; then twice as long each time

# Never part of a plan; a plan with one of these is a mistake of ours, or an attack on it.
_FORBIDDEN = ("reload", "erase", "write", "boot", "no router", "default", "configure", "delete", "format")
# IOS leaves a probe's two modes with one `exit`; what leaves them one at a time is told a second time.
_INNER_MODE = "config-ip-sla-echo"
_EMPTY_BGP = "no router bgp "  # the one exception: a process that we made


@dataclass(slots=True)
class Pusher:
    """Pushes commands through a terminal in configuration mode."""

    terminal: Terminal
    clock: Clock
    redactor: Redactor
    traffic: Traffic
    window: int = 10
    poll: float = 5
    report: Callable[[str], None] = lambda _text: None
    warnings: list[str] = field(default_factory=list)
    number: int = 0
    stop_at: float = math.inf
    _entered: set[tuple[str, str]] = field(default_factory=set)
    _held: Batch = ()

    def push(self, step: Step) -> None:
        """Send a step, and end the IKE sessions that still live on what it changed.

        Its last lines may be held, to travel with the next step's first header: `settle` sends them.

        Raises:
            RejectedLineError: At the first reply not known to be harmless.
            SessionLostError: The session ended or fell silent.
        """
        for command in step.commands:
            _require_sendable(command.text)
        decided, self._held = batches((*self._held, *step.commands), self._entered)
        for batch in decided:
            self._send(batch, step.clear_sessions)
        if step.clear_sessions or step.refresh:
            self.settle()
        self._clear(step.clear_sessions)
        self._execute(step.refresh)

    def settle(self) -> None:
        """Send what is held: only then is the last step in whole."""
        held, self._held = self._held, ()
        self._send(held, ())

    def undo(self, step: Step) -> None:
        """Send a step's inverse; a line that is refused is passed over: the step may not be in whole."""
        for command in step.inverse:
            reply = self.terminal.run(command.text)
            if classify(command.text, reply.text) is Verdict.IN_USE:
                self._insist(command, step.clear_sessions)
        self._clear(step.clear_sessions)

    def _send(self, batch: Batch, peers: tuple[IPv4Address, ...]) -> None:
        if batch and self.clock.time() > self.stop_at:
            raise AgentError(
                f"after {counted(self.number, 'line')} the router's own timer is about to fire: give it more time (revert_minutes)"
            )
        self.traffic.lines_sent += len(batch)
        replies = self.terminal.pipeline((c.text for c in batch), window=self.window)
        for command, reply in zip(batch, replies, strict=True):
            self.number += 1
            verdict = classify(command.text, reply.text)
            if verdict is Verdict.IN_USE and command.may_be_in_use:
                reply = self._insist(command, peers)
                verdict = classify(command.text, reply.text)
            if verdict in (Verdict.REJECTED, Verdict.IN_USE):
                raise self._rejection(command, reply.text)
            if _leaves_two_modes(command) and reply.prompt.is_in("config-ip-sla"):
                reply = self.terminal.run(command.text)
            self._require_mode(command, reply)
            self._warn(command, reply)

    def _warn(self, command: Command, reply: Reply) -> None:
        """Pass on what the router warns of, once, with the first line that made it."""
        for warning in map(self.redactor.redact, warnings_in(reply.text)):
            if not any(known.startswith(f"{warning} (") for known in self.warnings):
                self.warnings.append(f"{warning} (the router, at {self.redactor.redact(command.text)!r})")

    def _insist(self, command: Command, peers: tuple[IPv4Address, ...]) -> Reply:
        """Send a line again until IOS no longer holds a session on the object."""
        self.report(f"waiting for IOS to let go: {self.redactor.redact(command.text)}")
        end = self.clock.monotonic() + _IN_USE_PATIENCE
        pause = _FIRST_PAUSE
        while True:
            self._clear(peers)
            self.clock.sleep(pause)
            pause = min(2 * pause, self.poll)
            reply = self.terminal.run(command.text)
            if classify(command.text, reply.text) is not Verdict.IN_USE or self.clock.monotonic() >= end:
                return reply

    def _clear(self, peers: tuple[IPv4Address, ...]) -> None:
        self._execute(f"clear crypto session remote {peer}" for peer in peers)

    def _execute(self, lines: Iterable[str]) -> None:
        """Run EXEC lines from within the configuration mode; one that is refused is worth a warning only."""
        for line in (f"do {line}" for line in lines):
            reply = self.terminal.run(line)
            if classify(line, reply.text) is Verdict.REJECTED:
                self.warnings.append(f"{line!r} was not accepted: {self.redactor.redact(reply.text.strip())}")

    def _require_mode(self, command: Command, reply: Reply) -> None:
        expected = command.enters or command.mode
        if expected != ANY_MODE and not reply.prompt.is_in(expected):
            raise self._rejection(command, f"the router is in ({reply.prompt.mode}), not in ({expected})")

    def _rejection(self, command: Command, reply: str) -> RejectedLineError:
        redact = self.redactor.redact
        return RejectedLineError(redact(command.text), redact(on_one_line(reply)), command.mode, self.number)


def batches(commands: Iterable[Command], entered: set[tuple[str, str]]) -> tuple[tuple[Batch, ...], Batch]:
    """Split commands where a reply must be seen first, after a new header, a removal, what may be in use, and a rest.

    `entered` are the headers that were taken before, with the mode they stand in; it is kept up to date.
    """
    decided: list[Batch] = []
    rest: list[Command] = []
    for command in commands:
        rest.append(command)
        if _decides(command, entered):
            decided.append(tuple(rest))
            rest.clear()
    return tuple(decided), tuple(rest)


def _decides(command: Command, entered: set[tuple[str, str]]) -> bool:
    if _removes(command):
        entered.clear()  # a header that went is a new one when it comes again
        return True
    place = (command.mode, command.text)
    is_new_header = command.enters is not None and not command.text.startswith("exit") and place not in entered
    if is_new_header:
        entered.add(place)
    return is_new_header or command.may_be_in_use or _leaves_two_modes(command)


def _leaves_two_modes(command: Command) -> bool:
    return command.text == "exit" and command.mode == _INNER_MODE


def _removes(command: Command) -> bool:
    return command.text.startswith("no ") and command.text != "no shutdown"


def _require_sendable(line: str) -> None:
    if not is_typable(line):
        raise InputError("a configuration line", "***", TYPABLE)
    text = line.strip()
    if text.startswith(_EMPTY_BGP):
        return
    if any(text == verb or text.startswith(f"{verb} ") for verb in _FORBIDDEN):
        raise RejectedLineError(text, "the agent never sends this", "config")
