"""The running-config as the router keeps it: entries in display order, each exactly as it will be printed.

What was loaded and never changed prints byte for byte as it came. A deleted entry leaves its place behind, so that
entering it again puts it back where it was.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_FREE_TEXT = re.compile(r"^(?:(?:banner \S+|menu \S+ (?:title|prompt)) (\^C|\S)|macro name \S+$)")
_CLOSINGS = ("exit-address-family",)  # printed at its opener's own indentation
_HEADERS = re.compile(r"^(Building configuration\.\.\.|Current configuration ?:|Using \d+ out of)")

Placing = Callable[[str, str], tuple[int, tuple[object, ...]] | None]
KeyOf = Callable[["Entry", str], str]


@dataclass(slots=True)
class Entry:
    """One displayed line with what stands below it; a `str` among the children is filler (``!`` and blank lines)."""

    text: str
    key: str
    children: list["Entry | str"] = field(default_factory=list)
    closing: str = ""
    is_present: bool = True
    is_created: bool = False

    @property
    def entries(self) -> Iterator["Entry"]:
        """The lines below that are there."""
        return (child for child in self.children if isinstance(child, Entry) and child.is_present)

    def find(self, key: str) -> "Entry | None":
        """Return the line with this key, if it is there."""
        for child in self.children:
            if isinstance(child, Entry) and child.key == key and child.is_present:
                return child
        return None

    def value(self, key: str) -> str:
        """Return what a line says after its key, "" when it is not there."""
        entry = self.find(key)
        # Some releases show the whole of a word that others cut short (`encr`, `encryption`).
        return entry.text.strip()[len(key) :].partition(" ")[2].strip() if entry else ""

    def starting(self, prefix: str) -> list["Entry"]:
        """Return the lines whose keys begin with these words."""
        longer = f"{prefix} "
        return [
            child
            for child in self.children
            if isinstance(child, Entry)
            and child.key.startswith(prefix)
            and (child.key == prefix or child.key.startswith(longer))
            and child.is_present
        ]

    def copied(self) -> "Entry":
        """Return a copy of it and of all below it."""
        children = [child.copied() if isinstance(child, Entry) else child for child in self.children]
        return Entry(self.text, self.key, children, self.closing, self.is_present, self.is_created)

    def remove(self) -> None:
        """Take the line out, with all below it."""
        self.is_present = False
        for entry in self.entries:
            entry.remove()


class Document:
    """A configuration that can be read, changed and printed."""

    def __init__(self, text: str, key_of: KeyOf, placing: Placing) -> None:
        self._placing = placing
        self.root = Entry("", "")
        _load(self.root, text.removeprefix("\ufeff").replace("\r\n", "\n"), key_of)

    def put(self, container: Entry, key: str, text: str) -> tuple[Entry, bool]:
        """Set a line; return it and whether that changed anything."""
        kept = next((c for c in container.children if isinstance(c, Entry) and c.key == key), None)
        if kept is None:
            entry = Entry(text, key, is_created=True)
            container.children.insert(self._place(container, key), entry)
            return entry, True
        is_changed = not kept.is_present or kept.text.strip() != text.strip()
        if kept.text.strip() != text.strip():
            kept.text = text
        kept.is_present = True
        return kept, is_changed

    def _place(self, container: Entry, key: str) -> int:
        wanted = self._placing(container.key, key)
        after = len(container.children)
        before = 0
        for index, child in enumerate(container.children):
            if not isinstance(child, Entry) or wanted is None:
                continue
            rank = self._placing(container.key, child.key)
            if rank is None:
                continue
            if rank <= wanted:
                before = index + 1
            else:
                after = min(after, index)
        if before:
            return before
        return after if after < len(container.children) else _end(container)

    def snapshot(self) -> Entry:
        """Return a copy of everything, for `restore`."""
        return self.root.copied()

    def restore(self, snapshot: Entry) -> None:
        """Put everything back as it was."""
        self.root = snapshot.copied()

    def text(self, separator: Callable[[Entry, Entry | None, Entry], str]) -> str:
        """Print it. `separator` gives the filler that IOS puts between two lines of a container."""
        return "".join(f"{line}\n" for line in _print(self.root, separator))


def _end(container: Entry) -> int:
    """New top-level lines stay above `end`; others go last."""
    for index, child in enumerate(container.children):
        if isinstance(child, Entry) and child.key == "end":
            return index
    return len(container.children)


def _load(root: Entry, text: str, key_of: KeyOf) -> None:
    stack: list[tuple[int, Entry]] = [(-1, root)]
    lines = iter(text.removesuffix("\n").split("\n"))
    for line in lines:
        indent = len(line) - len(line.lstrip())
        stripped = line.strip()
        if len(stack) == 1 and _HEADERS.match(line):
            continue
        while stack[-1][0] >= indent and len(stack) > 1:
            stack.pop()
        container = stack[-1][1]
        if not stripped or stripped.startswith("!"):
            (root if not stripped else container).children.append(line)
        elif stripped in _CLOSINGS and container.children and isinstance(container.children[-1], Entry):
            container.children[-1].closing = line
        else:
            entry = Entry(_with_free_text(line, lines), "")
            entry.key = _unique(container, key_of(container, stripped), stripped)
            container.children.append(entry)
            stack.append((indent, entry))


def _with_free_text(line: str, lines: Iterator[str]) -> str:
    """A banner's text is no configuration, nor a macro's: keep it whole, up to its closing delimiter."""
    opening = _FREE_TEXT.match(line)
    delimiter = (opening[1] or "@") if opening is not None else ""
    if opening is None or delimiter in line[opening.end() :]:
        return line
    parts = [line]
    for following in lines:
        parts.append(following)
        if delimiter in following:
            break
    return "\n".join(parts)


def _unique(container: Entry, key: str, text: str) -> str:
    """Lines that only look alike to us keep apart by their text, and their number when even that is equal."""
    taken = {entry.key for entry in container.entries}
    candidate, count = key, 1
    while candidate in taken:
        candidate = text if count == 1 else f"{text} #{count}"
        count += 1
    return candidate


def _print(container: Entry, separator: Callable[[Entry, Entry | None, Entry], str]) -> Iterator[str]:
    previous: Entry | None = None
    is_filled = False
    for index, child in enumerate(container.children):
        if isinstance(child, str):
            if container.key == "" or _is_tied(container, index):
                is_filled = True
                yield child
            continue
        if not child.is_present:
            continue
        if previous is not None and not is_filled and (child.is_created or previous.is_created):
            filler = separator(container, previous, child)
            if filler:
                yield filler
        yield child.text
        yield from _print(child, separator)
        if child.closing:
            yield child.closing
        previous, is_filled = child, False


def _is_tied(container: Entry, index: int) -> bool:
    """Filler inside a section belongs to the line it introduces (BGP's families) or closes (a keyring's peers)."""
    is_leading = container.key.startswith("router bgp")
    others = container.children[index + 1 :] if is_leading else reversed(container.children[:index])
    return next((other.is_present for other in others if isinstance(other, Entry)), True)
