"""The progress of a fleet: a table that is drawn anew on a terminal, and elsewhere a line for each change."""

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock

from .terminal import BOLD, DIM, GREEN, RED, YELLOW, Terminal, clock, columns

WAITING, RUNNING, DONE, UNCHANGED, FAILED, STOPPED = "waiting", "running", "done", "unchanged", "FAILED", "not begun"
_COLOURS = {RUNNING: YELLOW, DONE: GREEN, UNCHANGED: GREEN, FAILED: RED, STOPPED: RED, WAITING: DIM}
# What needs an eye comes first where the terminal has not enough lines for all.
_ORDER = (FAILED, RUNNING, WAITING, STOPPED, DONE, UNCHANGED)
_HEADINGS = ("SITE", "STATE", "TIME", "")
_KEPT_LINES = 4
_REDRAW_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Row:
    """One site as it stands."""

    site: str
    state: str = WAITING
    detail: str = ""
    began: float | None = None
    ended: float | None = None


class Board:
    """Keeps one row per site; may be told from any thread."""

    def __init__(self, sites: Sequence[str], terminal: Terminal, now: Callable[[], float] = time.monotonic) -> None:
        self._terminal = terminal
        self._now = now
        self._lock = Lock()
        self._rows: dict[str, Row] = {site: Row(site) for site in sites}
        self._drawn = 0
        self._drawn_at = float("-inf")

    def begin(self, site: str) -> None:
        """Say that a site's turn has come."""
        with self._lock:
            self._rows[site] = replace(self._rows[site], state=RUNNING, began=self._now())
            self._line(site, RUNNING)
            self._draw()

    def progress(self, site: str, detail: str) -> None:
        """Say how far a site is."""
        with self._lock:
            self._rows[site] = replace(self._rows[site], detail=detail)
            self._line(site, detail)
            self._draw()

    def end(self, site: str, state: str, detail: str) -> None:
        """Say what became of a site."""
        with self._lock:
            self._rows[site] = replace(self._rows[site], state=state, detail=detail, ended=self._now())
            self._line(site, f"{state}: {detail}", _COLOURS[state])
            self._draw()

    def tick(self) -> None:
        """Draw the times anew."""
        with self._lock:
            self._draw()

    def close(self) -> None:
        """Draw it for the last time, whole."""
        with self._lock:
            if self._terminal.is_live:
                self._erase()
                self._write(list(self._rows.values()))

    def _line(self, site: str, text: str, colour: str = "") -> None:
        if not self._terminal.is_live:
            self._terminal.progress(f"{site}: {text}", colour)

    def _draw(self) -> None:
        if not self._terminal.is_live or self._now() - self._drawn_at < _REDRAW_SECONDS:
            return
        self._drawn_at = self._now()
        self._erase()
        size = shutil.get_terminal_size()
        rows = sorted(self._rows.values(), key=lambda row: _ORDER.index(row.state))
        self._write(rows[: max(size.lines - _KEPT_LINES, 1)])

    def _erase(self) -> None:
        if self._drawn:
            self._terminal.stream.write(f"\x1b[{self._drawn}F\x1b[J")

    def _write(self, rows: Sequence[Row]) -> None:
        width = shutil.get_terminal_size().columns - 1
        cells = [_HEADINGS, *((row.site, row.state, self._time(row), row.detail) for row in rows)]
        lines = [line[:width] for line in columns(cells)]
        colours = [BOLD, *(_COLOURS[row.state] for row in rows)]
        for line, colour in zip(lines, colours, strict=True):
            self._terminal.say(line, colour)
        self._terminal.say(summary([row.state for row in self._rows.values()])[:width], BOLD)
        self._drawn = len(lines) + 1

    def _time(self, row: Row) -> str:
        if row.began is None:
            return ""
        return clock((self._now() if row.ended is None else row.ended) - row.began)


def summary(states: Sequence[str]) -> str:
    """Count the sites by what became of them."""
    counts: Mapping[str, int] = {state: list(states).count(state) for state in _ORDER}
    return ", ".join(f"{count} {state}" for state, count in counts.items() if count)
