"""How IOS reads a line: keyword tables, abbreviations, and where it says a line went wrong.

A pattern is words: ``crypto isakmp policy number:<1-10000>``. Lower-case words are keywords, ``name:KIND`` takes a value,
``[ ]`` is optional, ``( | )`` a choice, a trailing ``+`` repeats a value. What follows ``/`` may be left out after ``no``.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from ipaddress import AddressValueError, IPv4Address
from typing import Generic, NamedTuple, TypeVar

from . import asn

Row = TypeVar("Row")

_TOKEN = re.compile(r"\S+")
_PATTERN_TOKEN = re.compile(r"[\[\]()|/]|[^\s\[\]()|/]+")
_RANGE = re.compile(r"^<(\d+)-(\d+)>$")
_INTERFACE = re.compile(r"^([A-Za-z][A-Za-z-]*)\s*(\d[\d/.:]*)?$")

# The interface types of the routers we play, in IOS's order of completion.
INTERFACE_TYPES = (
    "GigabitEthernet", "FastEthernet", "TenGigabitEthernet", "Ethernet", "Loopback", "Tunnel", "Null", "Vlan",
    "Serial", "Port-channel", "BDI", "VirtualPortGroup", "Dialer", "Cellular", "BVI", "ATM", "Multilink", "Async",
    "Virtual-Template", "TwoGigabitEthernet", "FiveGigabitEthernet", "TwentyFiveGigE", "FortyGigabitEthernet", "HundredGigE",
)  # fmt: skip


class Rejection(Exception):  # noqa: N818 - IOS's refusal of a line is an answer, not an error of this program
    """A line that IOS does not take; `position` is the column of the caret when it prints one."""

    def __init__(self, kind: str, position: int = 0, depth: int = 0) -> None:
        super().__init__(kind)
        self.kind = kind
        self.position = position
        self.depth = depth


@dataclass(frozen=True, slots=True)
class Match(Generic[Row]):
    """A line that a row took: its words in full and its values by name."""

    row: Row
    words: tuple[str, ...]
    starts: tuple[int, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    is_negated: bool = False

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def text(self) -> str:
        """The line with its keywords in full."""
        return " ".join(self.words)


@dataclass(slots=True)
class _State:
    edges: list[tuple["_Word", int]] = field(default_factory=list)
    jumps: list[int] = field(default_factory=list)
    is_mark: bool = False


@dataclass(frozen=True, slots=True)
class _Word:
    keyword: str = ""
    name: str = ""
    kind: str = ""


class _Thread(NamedTuple):
    """A reading of the words so far. A tuple, because a router that boots makes a hundred thousand of them."""

    pattern: int
    state: int
    is_past_mark: bool
    words: tuple[str, ...]
    starts: tuple[int, ...]
    values: tuple[tuple[str, str], ...]


class _Compiler:
    """Pattern text -> states with edges; state 0 is the start, the last one the end."""

    def __init__(self, text: str) -> None:
        self.states: list[_State] = [_State()]
        self._tokens = _PATTERN_TOKEN.findall(text)
        self._at = 0
        self.final = self._sequence(0)

    def _new(self) -> int:
        self.states.append(_State())
        return len(self.states) - 1

    def _sequence(self, start: int) -> int:
        state = start
        while self._at < len(self._tokens) and self._tokens[self._at] not in ("]", ")", "|"):
            token = self._tokens[self._at]
            self._at += 1
            state = self._element(token, state)
        return state

    def _element(self, token: str, state: int) -> int:
        if token == "[":  # noqa: S105 - a bracket, not a password
            return self._choice(state, "]", is_optional=True)
        if token == "(":  # noqa: S105 - a bracket, not a password
            return self._choice(state, ")", is_optional=False)
        if token == "/":  # noqa: S105 - a separator, not a password
            after = self._new()
            self.states[after].is_mark = True
            self.states[state].jumps.append(after)
            return after
        after = self._new()
        is_repeated = token.endswith("+") and ":" in token
        self.states[state].edges.append((_word(token.rstrip("+") if is_repeated else token), after))
        if is_repeated:
            self.states[after].jumps.append(state)
        return after

    def _choice(self, start: int, closing: str, *, is_optional: bool) -> int:
        end = self._new()
        while True:
            branch = self._new()
            self.states[start].jumps.append(branch)
            self.states[self._sequence(branch)].jumps.append(end)
            token = self._tokens[self._at]
            self._at += 1
            if token == closing:
                break
        if is_optional:
            self.states[start].jumps.append(end)
        return end


_Edge = tuple[_Thread, _Word, int]


def _word(token: str) -> _Word:
    name, colon, kind = token.partition(":")
    return _Word(name=name, kind=kind) if colon else _Word(keyword=token)


class Grammar(Generic[Row]):
    """The lines one mode knows."""

    def __init__(self, rows: Iterable[tuple[str, Row]]) -> None:
        self._rows = tuple(rows)
        self._compiled = tuple(_Compiler(pattern) for pattern, _ in self._rows)
        self._closures: dict[tuple[int, int, bool], tuple[tuple[int, bool], ...]] = {}
        # A router prints and reads the same lines over and over.
        self._taken = lru_cache(maxsize=4096)(self._take)

    def match(self, line: str, *, is_negatable: bool = True) -> Match[Row]:
        """Take a line.

        Raises:
            Rejection: The line is unknown, ambiguous or incomplete.
        """
        return self._taken(line, is_negatable)

    def _take(self, line: str, is_negatable: bool) -> Match[Row]:  # noqa: FBT001 - the cache's key
        tokens = [(found.group(), found.start()) for found in _TOKEN.finditer(line)]
        is_negated = bool(is_negatable and tokens and tokens[0][0].lower() == "no")
        if is_negated:
            tokens = tokens[1:]
        threads, edges = self._first
        at = 0
        while at < len(tokens):
            word, position = tokens[at]
            following = tokens[at + 1][0] if at + 1 < len(tokens) else ""
            threads, taken = self._step(edges, line, word, position, following, depth=at)
            edges = self._edges(threads)
            at = len(tokens) if taken < 0 else at + taken
        return self._finish(threads, is_negated=is_negated, position=len(line), depth=at)

    @cached_property
    def _first(self) -> tuple[list[_Thread], list[_Edge]]:
        """Where every line begins: the same for each, so worked out once."""
        starts = (_Thread(n, 0, is_past_mark=False, words=(), starts=(), values=()) for n in range(len(self._rows)))
        threads = [thread for start in starts for thread in self._closure(start)]
        return threads, self._edges(threads)

    def _edges(self, threads: list[_Thread]) -> list[_Edge]:
        return [
            (thread, edge, target)
            for thread in threads
            for edge, target in self._compiled[thread.pattern].states[thread.state].edges
        ]

    def _closure(self, thread: _Thread) -> list[_Thread]:
        pattern, state, is_past_mark, words, starts, values = thread
        reached = self._closures.get((pattern, state, is_past_mark))
        if reached is None:
            reached = self._closures[pattern, state, is_past_mark] = self._reached(pattern, state, is_past_mark)
        return [_Thread(pattern, there, is_past, words, starts, values) for there, is_past in reached]

    def _reached(self, pattern: int, state: int, is_past_mark: bool) -> tuple[tuple[int, bool], ...]:  # noqa: FBT001  # as it stands in a thread
        """Return the states that take no word to get to, and whether the mark lies before them."""
        states = self._compiled[pattern].states
        reached: dict[tuple[int, bool], None] = {}
        waiting = [(state, is_past_mark)]
        while waiting:
            state, is_past_mark = waiting.pop()
            is_past_mark = is_past_mark or states[state].is_mark
            if (state, is_past_mark) in reached:
                continue
            reached[state, is_past_mark] = None
            waiting.extend((jump, is_past_mark) for jump in states[state].jumps)
        return tuple(reached)

    def _step(
        self, edges: list[_Edge], line: str, word: str, position: int, following: str, *, depth: int
    ) -> tuple[list[_Thread], int]:
        keyword = _complete(word, {edge.keyword for _, edge, _ in edges if edge.keyword}, position, depth)
        moved: list[_Thread] = []
        taken = 1
        for thread, edge, target in edges:
            if edge.keyword:
                if edge.keyword != keyword:
                    continue
                text, named = keyword, thread.values
            elif keyword is None and (value := _value(edge.kind, line, word, position, following)) is not None:
                text, used = value
                taken = -1 if used < 0 else max(taken, used)
                named = (*thread.values, (edge.name, text))
            else:
                continue
            words, starts = (*thread.words, text), (*thread.starts, position)
            moved.extend(self._closure(_Thread(thread.pattern, target, thread.is_past_mark, words, starts, named)))
        if not moved:
            raise Rejection("invalid", position, depth)
        return moved, taken

    def _finish(self, threads: list[_Thread], *, is_negated: bool, position: int, depth: int) -> Match[Row]:
        for thread in threads:
            is_whole = thread.state == self._compiled[thread.pattern].final
            if is_whole or (is_negated and thread.is_past_mark):
                values: dict[str, str] = {}
                for name, value in thread.values:
                    values[name] = f"{values[name]} {value}" if name in values else value
                return Match(self._rows[thread.pattern][1], thread.words, thread.starts, values, is_negated)
        raise Rejection("incomplete", position, depth)


def _complete(word: str, keywords: set[str], position: int, depth: int) -> str | None:
    lowered = word.lower()
    found = sorted(keyword for keyword in keywords if keyword.lower().startswith(lowered))
    if (whole := next((keyword for keyword in found if keyword.lower() == lowered), None)) is not None:
        return whole
    if len(found) > 1:
        raise Rejection("ambiguous", position, depth)
    return found[0] if found else None


def _value(kind: str, line: str, word: str, position: int, following: str) -> tuple[str, int] | None:
    """Return the value as IOS keeps it and how many words it took (-1: the rest of the line)."""
    if kind == "LINE":
        return line[position:].rstrip(), -1
    if kind == "IFACE":
        return _interface(word, following)
    if kind == "MASK":
        return (word, 1) if is_mask(word) else None
    if bounds := _RANGE.match(kind):
        low, high = (int(bound) for bound in bounds.groups())
        return (str(int(word)), 1) if word.isascii() and word.isdigit() and low <= int(word) <= high else None
    read = _KINDS[kind](word)
    return None if read is None else (read, 1)


def _address(word: str) -> str | None:
    try:
        return str(IPv4Address(word))
    except AddressValueError:
        return None


def is_mask(word: str) -> bool:
    """Return whether the word is a contiguous IPv4 netmask."""
    text = _address(word)
    if text is None:
        return False
    inverted = ~int(IPv4Address(text)) & 0xFFFFFFFF
    return inverted & (inverted + 1) == 0


def _prefix(word: str) -> str | None:
    address, slash, length = word.partition("/")
    is_length = bool(slash) and length.isdigit() and int(length) <= 32
    return word if is_length and _address(address) else None


_KINDS: dict[str, Callable[[str], str | None]] = {
    "WORD": lambda word: word,
    # The positional VRF name of `match identity address A M V` is no address.
    "NAME": lambda word: word if _address(word) is None else None,
    "ACTION": lambda word: next((full for full in ("permit", "deny") if full == word.lower()), None),
    "A.B.C.D": _address,
    "PREFIX": _prefix,
    "ASN": asn.plain,
}


def _interface(word: str, following: str) -> tuple[str, int] | None:
    found = _INTERFACE.match(word)
    if found is None:
        return None
    kind, number = found.groups()
    name = next((name for name in INTERFACE_TYPES if name.lower() == kind.lower()), None) or next(
        (name for name in INTERFACE_TYPES if name.lower().startswith(kind.lower())), None
    )
    if name is None:
        return None
    if number is not None:
        return f"{name}{number}", 1
    return (f"{name}{following}", 2) if re.match(r"^\d[\d/.:]*$", following) else None


def report(rejection: Rejection, line: str, prompt: str) -> Sequence[str]:
    """Word a rejection as IOS does; the caret stands under the word as echoed behind the prompt."""
    if rejection.kind == "ambiguous":
        return (f'% Ambiguous command:  "{line.strip()}"',)
    if rejection.kind == "incomplete":
        return ("% Incomplete command.", "")
    return (" " * (len(prompt) + rejection.position) + "^", "% Invalid input detected at '^' marker.", "")
