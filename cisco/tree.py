"""IOS text, as entered or as displayed, as a tree of lines.

Only the indentation carries structure: IOS indents sub-lines by 1, 2 or 3 blanks depending on the section
and the release, AWS's text by 2 to 4. ``!``, ``exit`` and the display's preamble carry nothing and are dropped.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .counted import counted
from .errors import PreflightError

# Deeper than any IOS section; a hostile text can't make the tree deeper.
MAX_DEPTH = 8

_CLOSING = frozenset({"exit", "exit-address-family"})

# What `show running-config` prints before the configuration itself, and the clock's drift, which is none; amid it, what
# `password encryption aes` without a master key says at each key (Cisco, "Encrypted Preshared Key").
_NO_CONFIGURATION = re.compile(
    r"Building configuration\.\.\.|Current configuration *: \d+ bytes|Using \d+ out of \d+ bytes|ntp clock-period "
    r"|Can ?not encrypt password\b"
)

# Sections of free text: nothing inside is configuration, whatever it looks like. Group 1 is the delimiter.
_FREE_TEXT = re.compile(
    r"(?:banner(?: \S+)?|menu \S+ (?:title|prompt)|aaa authentication (?:banner|fail-message)"
    r"|ip (?:admission|auth-proxy) auth-proxy-banner \S+(?= \^C)"
    r"|(?:vacant|refuse|busy)-message(?: \S+)?) (\^C|\S)"
)
_MACRO = re.compile(r"macro name \S+$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line without indentation and trailing blanks, and the lines of its sub-mode."""

    text: str
    children: tuple["Line", ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration: its global lines."""

    lines: tuple[Line, ...]


@dataclass(slots=True)
class _Open:
    """A line whose sub-lines are still being read."""

    indent: int
    text: str
    children: list[Line]

    def close(self) -> Line:
        return Line(self.text, tuple(self.children))


def parse(text: str) -> Config:
    """Return the tree of an IOS configuration; free text (banners, macros) stays one opaque line.

    Raises:
        PreflightError: A banner or macro has no end, so what follows can't be told from it.
    """
    root = _Open(-1, "", [])
    stack = [root]
    for indent, content in _contents(text):
        while stack[-1].indent >= indent or len(stack) > MAX_DEPTH:
            closed = stack.pop()
            stack[-1].children.append(closed.close())
        if content not in _CLOSING:
            stack.append(_Open(indent, content, []))
    while len(stack) > 1:
        closed = stack.pop()
        stack[-1].children.append(closed.close())
    return Config(tuple(root.children))


def is_complete(text: str) -> bool:
    """Return whether a configuration finishes with ``end``."""
    return re.search(r"(?:^|\n)end$", text.rstrip()) is not None


def require_complete(text: str) -> None:
    """Refuse a running-config that does not finish with ``end``: one cut short would plan false removals.

    Raises:
        PreflightError: The final ``end`` is missing.
    """
    if not is_complete(text):
        tail = text.rstrip()
        seen = tail.count("\n") + 1 if tail else 0
        raise PreflightError(
            (f"the running-config is incomplete: no final 'end' after {counted(seen, 'line')} (cut short in transit?)",)
        )


def _contents(text: str) -> Iterator[tuple[int, str]]:
    """Yield indentation and content of every line that means something."""
    # Only LF and CR LF end a line: splitlines() would also split at form feeds and Unicode separators.
    lines = iter(text.lstrip("\ufeff").replace("\r\n", "\n").split("\n"))
    for raw in lines:
        content = raw.strip(" \t\r")
        if not content or content[0] == "!" or _NO_CONFIGURATION.match(content):
            continue
        if content == "end" and raw[0] == "e":
            continue
        end = _free_text_end(content)
        yield len(raw) - len(raw.lstrip(" \t")), (_with_free_text(content, end, lines) if end else content)


def _free_text_end(content: str) -> str | None:
    """Return what ends the free text that `content` opens, or ``None`` where it opens none."""
    if _MACRO.match(content):
        return "@"
    found = _FREE_TEXT.match(content)
    if found is None or found[1] in content[found.end() :]:
        return None
    return found[1]


def _with_free_text(content: str, end: str, lines: Iterator[str]) -> str:
    body = [content]
    for raw in lines:
        body.append(raw)
        if end in raw:
            return "\n".join(body)
    raise PreflightError((f"the running-config is incomplete: {content!r} has no closing {end!r}",))
