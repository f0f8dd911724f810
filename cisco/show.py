"""What IOS says of an interface, and the ground all show parsers stand on.

A parser takes the text of one show command (IOS 12.4 to IOS-XE 17, whatever its indentation, column widths
and line breaks) and returns what it recognised. What it doesn't recognise it leaves out, so that an unknown
form can make a tunnel unknown, never up.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface

# No line of a show output we read is longer; what is, is cut, so that a pattern's work is bounded.
_LONGEST_LINE = 512

_REFUSAL = re.compile(
    r"^(?:% ?(?:Invalid|Incomplete|Ambiguous|Unknown)\b.*"
    r"|(?:% ?)?(?:Command )?authorization failed.*|.*\bnot (?:authorized|supported on this)\b.*)$",
    re.IGNORECASE,
)


def lines(text: str) -> tuple[str, ...]:
    """Return the text's lines without indentation, trailing blanks and empty ones."""
    stripped = (line[:_LONGEST_LINE].strip() for line in text.expandtabs().splitlines())
    return tuple(line for line in stripped if line)


def refusal(text: str) -> str | None:
    """Return the line in which IOS refuses the command itself, ``None`` when it ran."""
    return next((line for line in lines(text)[:10] if _REFUSAL.match(line)), None)


def address(text: str) -> IPv4Address | None:
    """Read an IPv4 address, ``None`` for anything else."""
    try:
        return IPv4Address(text)
    except ValueError:
        return None


def blocks(header: re.Pattern[str], rows: Iterable[str]) -> list[tuple[re.Match[str], list[str]]]:
    """Return each line that matches, and those below it up to the next one that does."""
    found: list[tuple[re.Match[str], list[str]]] = []
    for row in rows:
        if (match := header.match(row)) is not None:
            found.append((match, []))
        elif found:
            found[-1][1].append(row)
    return found


def first(pattern: re.Pattern[str], block: Iterable[str]) -> str | None:
    """Return the first group of the first line that matches."""
    return next((match[1] for row in block if (match := pattern.match(row)) is not None), None)


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface of ``show interfaces``: IOS's own words, and the addresses of a tunnel."""

    name: str
    status: str
    line_protocol: str
    inside: IPv4Interface | None = None
    destination: IPv4Address | None = None
    has_no_address: bool = False
    """Whether IOS says so, or that the interface borrows another one's."""

    @property
    def is_up(self) -> bool:
        """Whether it can carry traffic."""
        return self.status == "up" and self.line_protocol == "up"

    @property
    def is_shut_down(self) -> bool:
        """Whether somebody has shut it down, or it was deleted."""
        return self.status in ("administratively down", "deleted")


# `Tunnel1 is up, line protocol is up`, `… is administratively down, line protocol is down (disabled)`.
_HEADER = re.compile(
    r"^(?P<name>[A-Za-z][\w./:-]*) is (?P<status>[a-z][a-z -]*), line protocol is (?P<protocol>[a-z]+)\b"
)
_INSIDE = re.compile(r"^Internet address is (\d+\.\d+\.\d+\.\d+/\d+)$")
_NO_ADDRESS = re.compile(r"^(?:Internet protocol processing disabled|Interface is unnumbered\b.*)$")
# `Tunnel source 192.0.2.1 (GigabitEthernet1), destination 72.21.209.225`
_DESTINATION = re.compile(r"^Tunnel .*\bdestination (\d+\.\d+\.\d+\.\d+)")


def interfaces(text: str) -> tuple[Interface, ...]:
    """Read ``show interfaces [NAME]``."""
    return tuple(_interface(header, block) for header, block in blocks(_HEADER, lines(text)))


def _interface(header: re.Match[str], block: list[str]) -> Interface:
    return Interface(
        header["name"],
        header["status"].strip(),
        header["protocol"],
        _interface_address(first(_INSIDE, block) or ""),
        address(first(_DESTINATION, block) or ""),
        any(_NO_ADDRESS.match(line) for line in block),
    )


def _interface_address(text: str) -> IPv4Interface | None:
    try:
        return IPv4Interface(text)
    except ValueError:
        return None
