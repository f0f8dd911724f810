"""Who changed a router's configuration last, and when: the head of a running-config tells it, at no cost."""

import re
from dataclasses import dataclass

# `! Last configuration change at 10:00:00 UTC Tue Nov 24 2026 by alice`; without a user where the line asks for none.
_CHANGE = re.compile(r"^! Last configuration change at (?P<at>.*?\d{4})(?: by (?P<by>\S+))?\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class LastChange:
    """The moment in the router's own words and zone, and the user, where it names one."""

    at: str
    by: str | None


def last_change(running: str) -> LastChange | None:
    """Return the last change since the router's start, or ``None`` where it tells of none."""
    found = _CHANGE.search(running)
    return LastChange(found["at"], found["by"]) if found is not None else None
