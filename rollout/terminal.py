"""What the person at the terminal sees: lines with the time since the start, in colour where that is wanted."""

import signal
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TextIO

GREEN, RED, YELLOW, BOLD, DIM, PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[1m", "\x1b[2m", "\x1b[0m"


class Terminal:
    """Writes to one stream."""

    def __init__(self, stream: TextIO, environment: Mapping[str, str]) -> None:
        self.is_live = stream.isatty() and environment.get("TERM") != "dumb"
        self.has_colour = self.is_live and not environment.get("NO_COLOR")
        self.stream = stream
        self._began = time.monotonic()

    def painted(self, text: str, colour: str) -> str:
        """Return the text in a colour, where colours are wanted."""
        return f"{colour}{text}{PLAIN}" if self.has_colour and colour and text else text

    def say(self, text: str = "", colour: str = "") -> None:
        """Write a line."""
        self.stream.write(self.painted(text, colour) + "\n")
        self.stream.flush()

    def progress(self, text: str, colour: str = "") -> None:
        """Write a line with the time since the start."""
        self.say(f"[{clock(time.monotonic() - self._began)}] {text}", colour)

    def detail(self, text: str) -> None:
        """Write a line that only shows that something moves."""
        self.progress(f"  {text}", DIM)


def confirms(question: str) -> bool:
    """Ask, and take nothing but yes for a yes; without a person to ask, the answer is no."""
    if not sys.stdin.isatty():
        return False
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return sys.stdin.readline().strip().lower() in ("y", "yes")
    except KeyboardInterrupt:
        return False
    finally:
        signal.signal(signal.SIGINT, before)


def clock(seconds: float) -> str:
    """Say a time as minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of cells as lines, each column as wide as its widest cell."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
