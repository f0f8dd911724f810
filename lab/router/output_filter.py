"""What stands behind a pipe: `| include`, `| exclude`, `| begin`, `| section`, `| count`."""

import re
from collections.abc import Callable

from .grammar import Rejection
from .line import Reply

OutputFilter = Callable[[Reply], Reply]


def split(line: str, offset: int = 0) -> tuple[str, OutputFilter | None]:
    """Part a command from its filter.

    Raises:
        Rejection: The filter is unknown or incomplete.
    """
    command, pipe, rest = line.partition("|")
    if not pipe:
        return line, None
    position = offset + len(command) + 2
    word, _, pattern = rest.strip().partition(" ")
    kinds = [kind for kind in _FILTERS if word and kind.startswith(word.lower())]
    if len(kinds) != 1:
        raise Rejection("invalid" if word else "incomplete", position, 1)
    if not pattern:
        raise Rejection("incomplete", position, 2)
    found = re.compile(pattern.strip())
    return command, lambda lines: _FILTERS[kinds[0]](lines, found)


def _include(lines: Reply, pattern: re.Pattern[str]) -> Reply:
    return tuple(line for line in lines if pattern.search(line))


def _exclude(lines: Reply, pattern: re.Pattern[str]) -> Reply:
    return tuple(line for line in lines if not pattern.search(line))


def _begin(lines: Reply, pattern: re.Pattern[str]) -> Reply:
    start = next((at for at, line in enumerate(lines) if pattern.search(line)), len(lines))
    return lines[start:]


def _count(lines: Reply, pattern: re.Pattern[str]) -> Reply:
    return (f"Number of lines which match regexp = {len(_include(lines, pattern))}",)


def _section(lines: Reply, pattern: re.Pattern[str]) -> Reply:
    """Print the lines that match with all that is indented below them."""
    kept: list[str] = []
    level: int | None = None
    for line in lines:
        indent = len(line) - len(line.lstrip())
        is_below = level is not None and indent > level and bool(line.strip())
        if not is_below:
            level = indent if pattern.search(line) else None
        if level is not None:
            kept.append(line)
    return tuple(kept)


_FILTERS: dict[str, Callable[[Reply, re.Pattern[str]], Reply]] = {
    "include": _include,
    "exclude": _exclude,
    "begin": _begin,
    "section": _section,
    "count": _count,
}
