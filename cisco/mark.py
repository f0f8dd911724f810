"""The mark in the description of a tunnel interface of ours: whose it is, its generation, and what else is ours."""

import re
from dataclasses import dataclass

_MARK = re.compile(r"aws-cisco-vpn (?P<link>\S+) (?P<id>vpn-\S+) gen (?P<generation>\d+)(?: own (?P<own>.+))?")
_MARKED_LINE = re.compile(r"^ *description aws-cisco-vpn ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mark:
    """What the description says; ownership.py tells what the tokens mean."""

    link: str
    connection_id: str
    generation: int
    tokens: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The description."""
        base = f"aws-cisco-vpn {self.link} {self.connection_id} gen {self.generation}"
        return f"{base} own {' '.join(self.tokens)}" if self.tokens else base


def read_mark(description: str) -> Mark | None:
    """Return the mark in a description, or ``None`` where it isn't one of ours."""
    found = _MARK.fullmatch(description.strip())
    if found is None:
        return None
    return Mark(found["link"], found["id"], int(found["generation"]), tuple((found["own"] or "").split()))


def has_marks(running: str) -> bool:
    """Whether a running-config holds a mark of any link."""
    return _MARKED_LINE.search(running) is not None
