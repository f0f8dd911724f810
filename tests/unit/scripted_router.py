"""A channel that follows a script: no SSH, no router, no waiting."""

from dataclasses import dataclass, field

from cisco.clock import Deadline
from cisco.errors import SessionLostError
from cisco.terminal import Terminal, Timing, Traffic

TIMING = Timing(reply=3, slow=9, settle=1, retry=1, poll=5)


@dataclass
class FakeClock:
    """A clock that passes only while somebody sleeps or waits."""

    now: float = 0.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return 1_000_000 + self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class ScriptedRouter:
    """Answers each line with what `answers` says, else with a prompt; an answer that is `None` ends the session."""

    clock: FakeClock
    answers: dict[str, str | None] = field(default_factory=dict)
    greeting: str = "\r\nR1#"
    prompt: str = "R1#"
    received: list[str] = field(default_factory=list)
    waiting: str = ""
    is_closed: bool = False
    largest_burst: int = 0

    def __post_init__(self) -> None:
        self.waiting = self.greeting
        self.answers.setdefault("terminal length 0", f"terminal length 0\r\n{self.greeting.split()[-1]}")

    def write(self, text: str) -> None:
        if self.is_closed:
            raise SessionLostError("closed")
        lines = text.split("\n")[:-1] if text != "\x03" else [text]
        self.largest_burst = max(self.largest_burst, len(lines))
        for line in lines:
            self.received.append(line)
            answer = self.answers.get(line, f"{line}\r\n{self.prompt}")
            if answer is None:
                self.is_closed = True
                return
            self.waiting += answer

    def read(self, timeout: float) -> str:
        if self.waiting:
            text, self.waiting = self.waiting, ""
            return text
        if self.is_closed:
            raise SessionLostError("the router closed the SSH session")
        self.clock.sleep(timeout)
        return ""

    def close(self) -> None:
        self.is_closed = True


def terminal_on(router: ScriptedRouter, deadline: float = 1000) -> Terminal:
    return Terminal(router, Deadline(router.clock, deadline), TIMING, Traffic())
