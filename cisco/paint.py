"""Colour for people: in a diff, green for what comes, red for what goes, bold for the sections they are in.

Colour only on a terminal, and never when ``NO_COLOR`` is set (no-color.org).
"""

from collections.abc import Mapping
from typing import TextIO

GREEN, RED, YELLOW, BOLD, _RESET = "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[1m", "\x1b[0m"


def wants_colour(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Return whether to colour what goes to `stream`."""
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def painted(text: str, colour: str, *, is_on: bool) -> str:
    """Return the text in a colour, or as it is."""
    return f"{colour}{text}{_RESET}" if is_on and text else text


def paint_diff(text: str, *, is_on: bool) -> str:
    """Return an IOS diff with its signed lines coloured and section headers in bold."""
    return "\n".join(_paint_line(line, is_on=is_on) for line in text.split("\n"))


def _paint_line(line: str, *, is_on: bool) -> str:
    if line.startswith("+"):
        return painted(line, GREEN, is_on=is_on)
    if line.startswith("-"):
        return painted(line, RED, is_on=is_on)
    return painted(line, BOLD, is_on=is_on) if line.strip() else line
