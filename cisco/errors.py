"""The agent's error tree; each carries the exit code the command line ends with.

AgentError                1  a fault in the agent itself
├── InputError            2  the input is wrong; nothing was touched
├── PreflightError        2  the router can't take this change; nothing was touched
├── VerificationError     3  the change is in, but a tunnel is not UP
├── RolledBackError       4  the change failed and the router is as it was before, proven by comparison
├── NotRolledBackError    5  the change failed and something is left on the router; the text says what
├── SessionLostError      6  the session ended or the router fell silent, where that was only asked something
└── ConnectError          6  the router could not be reached or would not let us in; nothing was touched
    └── RouterBusyError      …for now: no free VTY, connection refused or timed out; worth another try

A message never holds a secret: replies and lines are redacted before they get here.
"""

_LONGEST_VALUE = 120  # of a value that is quoted: the sentence stays one that is read


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


class Words(str):
    """What is said of a value in its place, such as ``absent``: a message quotes values, and not these."""

    __slots__ = ()
    __repr__ = str.__str__


class AgentError(Exception):
    """Root of every error this package raises on purpose."""

    exit_code = 1


class InputError(AgentError):
    """A field of the input is wrong: names the field, the value (never a secret) and what is allowed."""

    exit_code = 2

    def __init__(self, field: str, value: object, allowed: str) -> None:
        super().__init__(f"{field} is {_short(repr(value))}, but must be {allowed}")
        self.field = field
        self.value = value
        self.allowed = allowed


class PreflightError(AgentError):
    """The router refuses, or would suffer from, the change; found before anything was touched."""

    exit_code = 2

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class VerificationError(AgentError):
    """A tunnel is not UP within the time limit; `reasons` has one sentence per tunnel."""

    exit_code = 3

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class RejectedLineError(AgentError):
    """The router answered a line with something not known to be harmless (both already redacted)."""

    def __init__(self, line: str, reply: str, mode: str, number: int = 0) -> None:
        where = f"line {number}, {line!r}," if number else repr(line)
        super().__init__(f"the router rejected {where} in ({mode}): {reply}")
        self.number = number
        self.line = line
        self.reply = reply
        self.mode = mode


class SessionLostError(AgentError):
    """The SSH session ended or fell silent in the middle of the work; a change turns it into what became of that."""

    exit_code = 6


class RolledBackError(AgentError):
    """The change failed; the running-config was compared and is the one from before."""

    exit_code = 4


class NotRolledBackError(AgentError):
    """The change failed and is not undone; the text says what is left and when the revert timer fires."""

    exit_code = 5


class ConnectError(AgentError):
    """No session: unreachable, unknown host key, refused login, or no common SSH algorithm."""

    exit_code = 6


class RouterBusyError(ConnectError):
    """No session for now: no VTY line is free, or the connection was refused or timed out."""
