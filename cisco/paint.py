"""Colour for people: in a diff, green for what comes, red for what goes, bold for the sections they are in.

Colour only on a terminal, and never when ``NO_COLOR`` is set (no-color.org).
"""

from collections.abc import Mapping
from typing import TextIO

from .counted import counted

GREEN, RED, YELLOW, BOLD, _RESET = "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[1m", "\x1b[0m"


def wants_colour(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Return whether to colour what goes to `stream`."""
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def painted(text: str, colour: str, *, is_on: bool) -> str:
    """Return the text in a colour, or as it is."""
    return f"{colour}{text}{_RESET}" if is_on and text else text


def paint_diff(text: str, *, is_on: bool) -> str:
    """Return an IOS diff for people: signed lines coloured, section headers in bold, ``!`` between sections, a count."""
    lines = text.split("\n")
    shown: list[str] = []
    for above, line, below in zip(["", *lines], lines, [*lines[1:], ""], strict=False):
        is_header = _is_inside(below) and not _is_inside(line)
        # Sections stand apart, as in a running-config; settings of one line follow each other.
        if shown and not _is_inside(line) and (_is_inside(above) or is_header):
            shown.append("  !")
        shown.append(_paint_line(line, is_header=is_header, is_on=is_on))
    signs = [line[:1] for line in lines]
    count = f"{counted(signs.count('+'), 'line')} to add, {signs.count('-')} to remove"
    return "\n".join((*shown, "", painted(count, BOLD, is_on=is_on)))


def _is_inside(line: str) -> bool:
    """Whether a line stands inside a section: two columns are the sign's."""
    return line[2:3] == " "


def _paint_line(line: str, *, is_header: bool, is_on: bool) -> str:
    weight = BOLD if is_header else ""
    if line.startswith("+"):
        return painted(line, weight + GREEN, is_on=is_on)
    if line.startswith("-"):
        return painted(line, weight + RED, is_on=is_on)
    if line.startswith("!"):
        return painted(line, YELLOW, is_on=is_on)
    return painted(line, BOLD, is_on=is_on) if line.strip() else line
