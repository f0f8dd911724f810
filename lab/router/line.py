"""What one configuration line is: how it is entered, kept, shown and refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .document import Entry
from .grammar import Grammar, Match, Rejection
from .release import Release
from .surroundings import Surroundings

Reply = tuple[str, ...]


class Refusal(Exception):  # noqa: N818 - IOS's refusal of a line is an answer, not an error of this program
    """A line that IOS understands and does not carry out, with what it says."""

    def __init__(self, *lines: str) -> None:
        super().__init__(lines[0] if lines else "")
        self.lines = lines


@dataclass(slots=True)
class Context:
    """Where a line is entered: on which router, in which section, by whom."""

    router: Surroundings
    section: Entry
    user: str = ""
    is_new: bool = False

    @property
    def release(self) -> Release:
        """The software the router runs."""
        return self.router.release

    @property
    def config(self) -> Entry:
        """The whole running-config."""
        return self.router.document.root


Hook = Callable[[Context, "Match[Line]"], Reply | None]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a mode's table.

    `key` identifies the line among its siblings: the entered words when empty, with ``{name}`` for the pattern's values.
    `shown` gives the displayed form, None when the line is a default and so hidden. `check` may refuse before anything
    changes, `after` follows it up; the `_no` hooks do the same for the negated line. `negated` is what ``no`` leaves
    displayed. `run` replaces all of that.
    """

    pattern: str
    key: "str | Callable[[Match[Line]], str]" = ""
    opens: str = ""
    shown: "Callable[[Match[Line], Release], str | None] | None" = None
    check: Hook | None = None
    after: Hook | None = None
    check_no: Hook | None = None
    after_no: Hook | None = None
    negated: str = ""
    is_negatable: bool = True
    is_only_negated: bool = False
    run: Hook | None = None
    when: Callable[[Release], bool] | None = None

    def key_of(self, match: "Match[Line]") -> str:
        """Return what identifies the line among its siblings."""
        if callable(self.key):
            return self.key(match)
        return self.key.format_map(match.values) if self.key else match.text


@dataclass(frozen=True, slots=True)
class Mode:
    """A configuration mode: the words of its prompt and the lines it takes."""

    name: str
    lines: tuple[Line, ...]
    parent: str = "config"


def grammars(modes: Mapping[str, Mode], release: Release) -> dict[str, Grammar[Line]]:
    """Compile the modes' tables as the release knows them."""
    return {
        name: Grammar((line.pattern, line) for line in mode.lines if line.when is None or line.when(release))
        for name, mode in modes.items()
    }


def refuse_at(match: "Match[Line]", word: int) -> Rejection:
    """Return the rejection that points at a word of the line."""
    return Rejection("invalid", match.starts[word], word)


def reject_weak(ctx: Context, match: "Match[Line]", weak: frozenset[str]) -> Reply | None:
    """Treat weak words as the release does (FN72510: accept, warn from 17.6.1, refuse from 17.11.1a)."""
    found = next((at for at, word in enumerate(match.words) if at and word in weak), None)
    if found is None or ctx.router.weak == "accept":
        return None
    if ctx.router.weak == "refuse":
        raise refuse_at(match, found)
    return ("%Warning: weaker encryption algorithm is deprecated",)


def only_shown_unless(default: str) -> "Callable[[Match[Line], Release], str | None]":
    """Show the line as entered, unless it says the default."""
    return lambda match, _release: None if match.text == default else match.text
