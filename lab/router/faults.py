"""Things that go wrong, to be handed to a router: each says where it strikes and what it does there."""

import re
from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True, slots=True)
class Where:
    """Which received lines a fault strikes at: those that match `pattern`, from the `line`-th of them on (from 1).

    With `only_configuration` just the lines entered in configuration mode are looked at. `times` is how often it strikes.
    """

    pattern: str = ""
    line: int = 0
    only_configuration: bool = False
    times: int = 1


_ALWAYS = 10**9


class Moment(Enum):
    """When in a line's life a connection is cut."""

    BEFORE = "before the router carries the line out"
    DURING = "after half of the reply"
    AFTER = "after the line is carried out, before its reply"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that strikes at certain lines; a bare pattern means every line that matches it."""

    where: Where | str = field(default_factory=Where)

    @property
    def place(self) -> Where:
        """Where it strikes."""
        return Where(self.where, times=_ALWAYS) if isinstance(self.where, str) else self.where


@dataclass(frozen=True, slots=True)
class Cut(Fault):
    """The connection goes away without a word."""

    moment: Moment = Moment.BEFORE


@dataclass(frozen=True, slots=True)
class Reject(Fault):
    """The router answers so, and does not carry the line out."""

    reply: tuple[str, ...] = ("% Invalid input detected at '^' marker.", "")


@dataclass(frozen=True, slots=True)
class Silence(Fault):
    """The line is echoed, and nothing comes back any more."""


@dataclass(frozen=True, slots=True)
class Deny(Fault):
    """AAA command authorization says no."""


@dataclass(frozen=True, slots=True)
class Reload(Fault):
    """The router restarts: every session goes, and what was not saved; it is away for so many seconds."""

    downtime: float = 0.0


@dataclass(frozen=True, slots=True)
class Log(Fault):
    """A syslog line appears in the middle of the reply."""

    text: str = "*Nov 24 08:00:01.123: %LINEPROTO-5-UPDOWN: Line protocol on Interface Tunnel1, changed state to up"


@dataclass(frozen=True, slots=True)
class Slow(Fault):
    """The reply takes its time."""

    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Truncate(Fault):
    """Only so much of the reply arrives, then the prompt."""

    characters: int = 400


@dataclass(frozen=True, slots=True)
class SaveFailure(Fault):
    """`write memory` fails."""

    where: Where | str = Where(pattern=r"^\s*(wr|copy )")
    reply: str = "startup-config file open failed (Device or resource busy)"


@dataclass(frozen=True, slots=True)
class FullVty(Fault):
    """No VTY is free: so many logins are turned away."""

    logins: int = 1


@dataclass(slots=True)
class _Armed:
    fault: Fault
    seen: int = 0
    struck: int = 0


class Faults:
    """The faults a router still has before it."""

    def __init__(self, faults: tuple[Fault, ...] = ()) -> None:
        self._armed = [_Armed(fault) for fault in faults]

    def add(self, fault: Fault) -> None:
        """Put one more before it."""
        self._armed.append(_Armed(fault))

    def remove(self, fault: Fault) -> None:
        """Take one away."""
        self._armed = [armed for armed in self._armed if armed.fault != fault]

    def striking(self, line: str, *, in_configuration: bool) -> list[Fault]:
        """Return the faults that strike at this line."""
        found = []
        for armed in self._armed:
            where = armed.fault.place
            if isinstance(armed.fault, FullVty) or (where.only_configuration and not in_configuration):
                continue
            if re.search(where.pattern, line) is None:
                continue
            armed.seen += 1
            is_there = armed.seen >= where.line if where.line else bool(where.pattern)
            if is_there and armed.struck < where.times:
                armed.struck += 1
                found.append(armed.fault)
        return found

    def turns_away(self) -> bool:
        """Return whether a login finds no free VTY, and count it."""
        for armed in self._armed:
            if isinstance(armed.fault, FullVty) and armed.struck < armed.fault.logins:
                armed.struck += 1
                return True
        return False
