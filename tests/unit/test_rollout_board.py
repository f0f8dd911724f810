"""The progress of a fleet on a terminal, and where there is none."""

import io

import pytest

from rollout.board import DONE, FAILED, Board, summary
from rollout.terminal import Terminal


class Screen(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def run(stream: io.StringIO, *, colour: bool = False) -> Clock:
    clock = Clock()
    board = Board(["tokyo", "osaka"], Terminal(stream, {} if colour else {"NO_COLOR": "1"}), clock)
    board.begin("tokyo")
    clock.now = 65
    board.progress("tokyo", "aws:VpnConnection tokyo: created")
    clock.now = 70
    board.end("tokyo", DONE, "tunnel1 UP, tunnel2 UP")
    board.begin("osaka")
    clock.now = 71
    board.end("osaka", FAILED, "the router does not answer")
    board.close()
    return clock


def last_table(text: str) -> list[str]:
    return text.rpartition("\x1b[J")[2].splitlines()


def test_without_a_terminal_each_change_is_a_plain_line() -> None:
    stream = io.StringIO()
    run(stream)
    lines = [line.partition("] ")[2] for line in stream.getvalue().splitlines()]
    assert lines == [
        "tokyo: running",
        "tokyo: aws:VpnConnection tokyo: created",
        "tokyo: done: tunnel1 UP, tunnel2 UP",
        "osaka: running",
        "osaka: FAILED: the router does not answer",
    ]
    assert "\x1b" not in stream.getvalue()


def test_on_a_terminal_the_table_is_drawn_over_itself_and_ends_whole() -> None:
    screen = Screen()
    run(screen)
    assert last_table(screen.getvalue()) == [
        "SITE   STATE   TIME",
        "tokyo  done    1:10  tunnel1 UP, tunnel2 UP",
        "osaka  FAILED  0:01  the router does not answer",
        "1 FAILED, 1 done",
    ]
    assert screen.getvalue().count("\x1b[J") == screen.getvalue().count("SITE") - 1


def test_a_terminal_with_few_lines_shows_what_needs_an_eye(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINES", "6")
    monkeypatch.setenv("COLUMNS", "40")
    screen, clock = Screen(), Clock()
    board = Board([f"site{n}" for n in range(100)], Terminal(screen, {"NO_COLOR": "1"}), clock)
    board.begin("site50")
    clock.now = 1
    board.end("site99", FAILED, "x" * 100)
    shown = last_table(screen.getvalue())
    assert [line.split()[0] for line in shown[1:3]] == ["site99", "site50"]
    assert shown[3] == "1 FAILED, 1 running, 98 waiting"
    assert {len(line) <= 39 for line in shown} == {True}


def test_a_table_that_changes_fast_is_not_drawn_at_every_change() -> None:
    screen = Screen()
    board = Board(["tokyo"], Terminal(screen, {}), Clock())
    for number in range(1000):
        board.progress("tokyo", str(number))
    assert screen.getvalue().count("SITE") == 1


def test_colour_is_for_terminals_that_want_it() -> None:
    coloured, plain = Screen(), Screen()
    run(coloured, colour=True)
    run(plain)
    assert "\x1b[31m" in coloured.getvalue()
    assert "\x1b[31m" not in plain.getvalue()


def test_states_are_counted_worst_first() -> None:
    assert summary([DONE, FAILED, DONE]) == "1 FAILED, 2 done"
