"""A router's terminal: lines in, replies out, over any channel that carries text."""

import contextlib
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from .clock import Deadline
from .errors import ConnectError, SessionLostError
from .interrupt import raise_if_asked
from .secret import Secret
from .session import Dialogue, Prompt, Reply, cleaned, prompt_in

# After login: the first command tells the hostname, because its echo stands behind the real prompt.
_FIRST = "terminal length 0"
# A message may stand amid the echo; it is taken out, the new lines around it are not.
_FIRST_ECHO = r"\n*".join(map(re.escape, _FIRST))
_FIRST_REPLY = re.compile(
    rf"^(?P<host>\S.{{0,79}}?)(?P<level>[>#]) ?{_FIRST_ECHO} *\n(?:.*\n)*?(?P=host)(?P=level) ?$", re.MULTILINE
)
WIDTH = "terminal width 511"  # a line longer than the terminal is wide is echoed in pieces
_PASSWORD = re.compile(r"[Pp]ass(?:word|code):")
_PAGED = (
    "the replies come page by page, although 'terminal length 0' was entered: AAA denies that line "
    "('length 0' below line vty does as well), or this is no IOS router"
)
# `end` is enough, unless AAA denies it, or could not ask its server just then; no mode of ours is deeper than four.
_WAYS_OUT = ("end", "end", "exit", "exit", "exit", "exit")
_INTERRUPT = "\x03"
_LOOKS = ("show ", "terminal ")  # to ask one of these twice changes nothing
_BANNER_END = 10_000  # of a longer banner only the end matters
_SHOWN = 60  # characters of a line that is quoted


class Channel(Protocol):
    """A shell on the router."""

    def write(self, text: str) -> None:
        """Send text; raise `SessionLostError` when the session has ended."""

    def read(self, timeout: float) -> str:
        """Return what arrives in `timeout` seconds, or nothing; raise `SessionLostError` at the end."""

    def close(self) -> None:
        """End the session."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long silence may last, in seconds, before the session counts as lost.

    `slow` is for what takes a router long: the running-config, saving, rolling back. `settle` is how long a
    router is quiet when it is done after all. `retry` is the pause before another try to get in, `poll` the one between
    two looks at what takes its time.
    """

    reply: float = 30
    slow: float = 180
    settle: float = 1
    retry: float = 2
    poll: float = 5


@dataclass(slots=True)
class Traffic:
    """What one run cost, over all its sessions."""

    round_trips: int = 0
    lines_sent: int = 0


class _EchoedAheadError(SessionLostError):
    """The terminal echoes what is typed ahead at once, so that nothing tells where one reply ends."""


class Terminal:
    """A session at the exec prompt or in a configuration mode."""

    def __init__(self, channel: Channel, deadline: Deadline, timing: Timing, traffic: Traffic) -> None:
        self._channel = channel
        self.deadline = deadline
        self._timing = timing
        self._traffic = traffic
        self._may_type_ahead = True
        self.prompt = self._first_prompt()
        self._dialogue = Dialogue(self.prompt.hostname)

    def run(
        self,
        line: str,
        *,
        is_slow: bool = False,
        answers: Mapping[str, Secret | str] | None = None,
    ) -> Reply:
        """Send one line and wait for its reply; `answers` are for questions (a regex each) on the way.

        Raises:
            SessionLostError: The session ended, fell silent, or the deadline passed.
        """
        self._write([line])
        return next(iter(self._replies(is_slow=is_slow, answers=answers or {})))

    def pipeline(self, lines: Iterable[str], *, window: int = 10, is_slow: bool = False) -> Iterator[Reply]:
        """Send lines, at most `window` of them unanswered, and yield the replies as they come.

        IOS echoes a line when it comes to it. A terminal that echoes at once is asked again, and one by one from then on.
        """
        queue = deque(lines)
        while queue or self._dialogue.outstanding:
            room = (window if self._may_type_ahead else 1) - self._dialogue.outstanding
            self._write([queue.popleft() for _ in range(min(room, len(queue)))])
            try:
                replies = self._replies(is_slow=is_slow, answers={})
            except _EchoedAheadError:
                queue.extendleft(reversed(self._take_back()))
            else:
                yield from replies

    def drain(self) -> None:
        """Wait for the replies to lines that are already on their way."""
        while self._dialogue.outstanding:
            for _ in self._replies(is_slow=False, answers={}):
                continue

    def enable(self, secret: Secret | None) -> None:
        """Enter privileged mode.

        Raises:
            ConnectError: The router refuses, or there is no secret to give.
        """
        if secret is None:
            if self.prompt.is_privileged:
                return
            raise ConnectError(
                "the login ends in user mode ('>'): give enable_password, or a username with privilege 15"
            )
        # Also a level between 1 and 15 has the prompt of privileged mode; on 15 nothing is asked.
        reply = self.run("enable", answers={_PASSWORD.pattern: secret})
        if not reply.prompt.is_privileged:
            raise ConnectError("the router refused the enable password")

    def know(self, hostname: str) -> None:
        """Take this name in a prompt as well as the one seen after login."""
        self._dialogue.know(hostname)

    def widen(self) -> None:
        """Have long lines echoed whole; never fails: a router that refuses is understood as well."""
        with contextlib.suppress(SessionLostError):
            self.run(WIDTH)

    def leave_configuration(self) -> None:
        """Come back to the exec prompt from wherever the session is."""
        if self._dialogue.outstanding:
            self.drain()
        for line in _WAYS_OUT:
            if not self.prompt.mode:
                return
            self.run(line)
        if self.prompt.mode:
            self._channel.close()
            raise SessionLostError(
                f"the router does not let us out of ({self.prompt.mode}): it refuses 'end' and 'exit'"
            )

    def log_out(self) -> None:
        """End the session politely, so that the VTY line is free at once; never fails."""
        with contextlib.suppress(SessionLostError):
            self._channel.write("exit\n")
            while self._channel.read(self._timing.settle):
                self.deadline.check()
        self._channel.close()

    def close(self) -> None:
        """Drop the session."""
        self._channel.close()

    def _take_back(self) -> tuple[str, ...]:
        """Wait until every line on its way has been answered, whatever was said, and return the lines."""
        self._may_type_ahead = False
        lines, arrived = self._dialogue.take_back()
        if not all(line.startswith(_LOOKS) for line in lines):
            self._channel.close()
            raise SessionLostError("the terminal echoes lines before it has answered those before them")
        self.prompt = self._await_prompt(arrived)
        return lines

    def _write(self, lines: list[str]) -> None:
        if not lines:
            return
        raise_if_asked()
        self.deadline.check()
        if not self._dialogue.outstanding:
            self._traffic.round_trips += 1
        for line in lines:
            self._dialogue.sent(line)
        self._channel.write("".join(f"{line}\n" for line in lines))

    def _replies(self, *, is_slow: bool, answers: Mapping[str, Secret | str]) -> tuple[Reply, ...]:
        """Wait until at least one reply is there."""
        patience = self._timing.slow if is_slow else self._timing.reply
        quiet = 0.0
        while True:
            raise_if_asked()
            self.deadline.check()
            pause = min(self._timing.settle, patience, max(self.deadline.remaining, 0.01))
            text = self._channel.read(pause)
            quiet = 0.0 if text else quiet + pause
            replies = self._dialogue.feed(text, is_quiet=not text)
            if replies:
                self.prompt = replies[-1].prompt
                return replies
            if self._dialogue.is_echoed_ahead:
                raise _EchoedAheadError
            if not text and self._dialogue.is_paged:
                self._channel.close()
                raise SessionLostError(_PAGED)
            question = self._dialogue.question() if answers or not text else None
            if question is not None and (answered := self._answer(question, answers, is_quiet=not text)):
                return answered
            if quiet >= patience:
                self._channel.close()
                raise SessionLostError(f"no answer from the router for {patience:g} s")

    def _answer(
        self, question: str, answers: Mapping[str, Secret | str], *, is_quiet: bool
    ) -> tuple[Reply, ...] | None:
        for pattern, answer in answers.items():
            if re.search(pattern, question):
                self._dialogue.answered()
                self._channel.write((answer.reveal() if isinstance(answer, Secret) else answer) + "\n")
                return None
        return self._refuse_question(question) if is_quiet else None

    def _refuse_question(self, question: str) -> tuple[Reply, ...]:
        """Break off a line that asks something nobody expected; the question is its reply."""
        line, partial = self._dialogue.unanswered, self._dialogue.partial
        self._dialogue.forget()
        self._channel.write(_INTERRUPT)
        self.prompt = self._await_prompt()
        return (Reply(line, partial.strip() or question, self.prompt),)

    def _await_prompt(self, arrived: str = "") -> Prompt:
        quiet = 0.0
        while True:
            self.deadline.check()
            text = self._channel.read(self._timing.settle)
            arrived += text
            prompt = self._dialogue.prompt_at_the_end(cleaned(arrived).rstrip())
            if prompt is not None and not text:
                return prompt
            quiet = 0.0 if text else quiet + self._timing.settle
            if quiet >= self._timing.reply:
                raise SessionLostError("no prompt after an interrupt")

    def _first_prompt(self) -> Prompt:
        """Learn the hostname, whatever banners come first."""
        arrived, asked, quiet = "", False, 0.0
        while True:
            self.deadline.check()
            text = self._channel.read(self._timing.settle)
            arrived = cleaned(arrived + text)[-_BANNER_END:]
            if not asked and (prompt_in(arrived.rstrip(" \n")) is not None or not text):
                self._traffic.round_trips += 1
                self._channel.write(f"{_FIRST}\n")
                asked = True
            found = _FIRST_REPLY.search(arrived.rstrip())
            if found is not None:
                return Prompt(found["host"], "", found["level"] == "#")
            quiet = 0.0 if text else quiet + self._timing.settle
            if quiet >= self._timing.reply:
                self._channel.close()
                last = arrived.rstrip().rpartition("\n")[2].strip()[-_SHOWN:]
                seen = f"; it shows {last!r}" if last else ""
                raise SessionLostError(f"no prompt from the router for {self._timing.reply:g} s after login{seen}")
