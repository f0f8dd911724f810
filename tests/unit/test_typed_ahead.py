"""Terminals that echo what is typed ahead at once, as line editors of simulators and of jump hosts do and IOS never does."""

from dataclasses import dataclass

import pytest

from cisco.errors import SessionLostError
from tests.unit.scripted_router import FakeClock, ScriptedRouter, terminal_on


@dataclass
class Cooked(ScriptedRouter):
    """Echoes all lines of a burst first; then come their replies, each with a prompt behind it."""

    def write(self, text: str) -> None:
        lines = text.split("\n")[:-1]
        self.largest_burst = max(self.largest_burst, len(lines))
        self.received += lines
        self.waiting += "".join(f"{line}\r\n" for line in lines)
        self.waiting += "".join(f"{self.said(line)}{self.prompt}" for line in lines)

    def said(self, line: str) -> str:
        return f"this is {line}\r\n" if line.startswith("show ") else ""


def test_each_reply_is_that_of_its_own_line() -> None:
    router = Cooked(FakeClock())
    asked = ("terminal width 511", "show version", "show privilege", "show archive")

    replies = list(terminal_on(router).pipeline(asked))
    assert [(reply.line, reply.text) for reply in replies] == [
        ("terminal width 511", ""), *((line, f"this is {line}") for line in asked[1:])
    ]  # fmt: skip
    assert router.clock.now < 3  # no silence was waited out


def test_lines_that_have_no_reply_are_told_apart_as_well() -> None:
    router = Cooked(FakeClock())
    terminal = terminal_on(router)

    assert [reply.text for reply in terminal.pipeline(("show clock", "terminal width 511", "terminal width 511"))] == [
        "this is show clock", "", "",
    ]  # fmt: skip


def test_nothing_is_typed_ahead_again() -> None:
    router = Cooked(FakeClock())
    terminal = terminal_on(router)
    list(terminal.pipeline(("show version", "show privilege")))
    router.largest_burst = 0

    lines = ("interface Tunnel1", "ip mtu 1436", "exit", "exit")
    assert [reply.line for reply in terminal.pipeline(lines)] == list(lines)
    assert router.largest_burst == 1
    assert router.received[-4:] == list(lines)


def test_what_is_no_question_is_never_sent_twice() -> None:
    router = Cooked(FakeClock())
    terminal = terminal_on(router)

    with pytest.raises(SessionLostError, match="echoes lines before"):
        list(terminal.pipeline(("interface Tunnel1", "ip mtu 1436")))
    assert router.received[-2:] == ["interface Tunnel1", "ip mtu 1436"]
    assert router.is_closed
