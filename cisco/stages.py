"""The way from one state to another in stages: what is shared first, then a tunnel at a time, then what nobody needs
any more. Each stage is complete in itself, so that a caller can check a tunnel before the next stage touches the other.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import merge
from .layout import Layout
from .lines import is_same
from .order import EXCLUSIVE, transition
from .plan import Command
from .state import BGP_KINDS, Entries, Entry, Ref, Section, Sections
from .state import entry as entry_of


@dataclass(frozen=True, slots=True)
class Way:
    """Two states and what is known of the way between them.

    `late` are the shared objects that change back only at the end. `marker` is the tunnel interface whose
    description tells what is ours: it is written first (`first_mark`) and goes last. `leads` is what goes before
    anything comes: BGP of another number.
    """

    before: Sections
    after: Sections
    layout: Layout
    tunnels: tuple[int, ...]
    late: frozenset[Ref]
    marker: str | None = None
    first_mark: str | None = None
    leads: frozenset[Ref] = frozenset()


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the way: its scope's index (``None`` for what is shared) and its lines."""

    index: int | None
    commands: tuple[Command, ...]


def stages(way: Way) -> tuple[Stage, ...]:
    """Return the stages of a way, empty ones included: shared, a tunnel each, shared."""
    result = []
    state = way.before
    for index, wanted in _states(way):
        commands: list[Command] = []
        for step in wanted:
            commands += transition(state, step)
            state = step
        result.append(Stage(index, tuple(commands)))
    return tuple(result)


def _states(way: Way) -> Iterator[tuple[int | None, tuple[Sections, ...]]]:
    marked = _marked(way, way.before)
    marked = {ref: section for ref, section in marked.items() if ref not in way.leads}
    moved = _moved(marked, way.after, lambda ref, slot: _is_early(way, ref, slot))
    state = _vacated(way, _with_marker_of(way, marked, moved))
    yield None, (marked, state)
    for index in way.tunnels:
        state = _moved(state, way.after, lambda ref, slot, i=index: way.layout.index(ref, slot) == i)  # type: ignore[misc]
        state = _kept_marker(way, state)
        yield index, (state,)
    yield None, (_with_marker_of(way, state, way.after), way.after)


def _with_marker_of(way: Way, old: Sections, new: Sections) -> Sections:
    """Return the new state with the marker's interface as it still is in the old one."""
    ref = ("interface", way.marker or "")
    return {**new, ref: old[ref]} if ref in old else new


def _vacated(way: Way, state: Sections) -> Sections:
    """Return the state without what one tunnel holds and the other is to hold, as when two numbers are swapped."""
    result = dict(state)
    for ref, section in way.after.items():
        if ref[0] != "interface" or way.before.get(ref) is section or way.layout.index(ref) is None:
            continue
        for holder in way.layout.interfaces:
            held = result.get(("interface", holder))
            if held is None or way.layout.index(held.ref) == way.layout.index(ref):
                continue
            result[held.ref] = merge.without(held, lambda e, s=section: _is_taken(e, s))  # type: ignore[misc]
    return result


def _is_taken(entry: Entry, taker: Section) -> bool:
    return entry.slot in EXCLUSIVE and entry.value != "none" and taker.value(entry.slot) == entry.value


def _is_early(way: Way, ref: Ref, slot: str) -> bool:
    if way.layout.index(ref, slot) is not None or ref in way.late:
        return False
    known = way.after.get(ref)
    return known is not None and (not slot or slot in known.entries)


def _moved(state: Sections, after: Sections, is_due: Callable[[Ref, str], bool]) -> Sections:
    """Return the state with everything that is due as it is in `after`."""
    result = dict(state)
    for ref in {**state, **after}:
        old, new = state.get(ref), after.get(ref)
        if old is new:
            continue
        if ref[0] in BGP_KINDS:
            moved = _moved_lines(ref, old, new, is_due)
        elif is_due(ref, ""):
            moved = _with_both_proposals(old, new)
        else:
            continue
        if moved is None:
            result.pop(ref, None)
        else:
            result[ref] = moved
    return result


def _with_both_proposals(old: Section | None, new: Section | None) -> Section | None:
    """Let an IKEv2 policy offer what both tunnels speak while one is changed and the other isn't yet."""
    if old is None or new is None or new.kind.name != "ikev2-policy":
        return new
    leaving = {s: e for s, e in old.entries.items() if s not in new.entries and s.startswith("proposal ")}
    return new.with_entries({**new.entries, **leaving}) if leaving else new


def _moved_lines(
    ref: Ref, old: Section | None, new: Section | None, is_due: Callable[[Ref, str], bool]
) -> Section | None:
    """Return a BGP process with the lines that are due; it comes and goes with the shared stages."""
    model = new or old
    if model is None or (old is None and not is_due(ref, "")):
        return old
    theirs: Entries = {} if new is None else new.entries
    entries: Entries = {}
    is_changed = old is None
    for slot, entry in (old.entries if old is not None else {}).items():
        wanted = theirs.get(slot)
        if wanted is not entry and not is_due(ref, slot):
            wanted = entry
        if wanted is not None:
            entries[slot] = wanted
        is_changed = is_changed or not is_same(wanted, entry)
    for slot, entry in theirs.items():
        if slot not in entries and (old is None or slot not in old.entries) and is_due(ref, slot):
            entries[slot] = entry
            is_changed = True
    return model.with_entries(entries) if is_changed else old


def _marked(way: Way, state: Sections) -> Sections:
    """Return the state with the description that names everything which is about to be ours."""
    if way.marker is None or way.first_mark is None:
        return state
    ref = ("interface", way.marker)
    section = state.get(ref)
    if section is None:
        model = way.after[ref]
        section = Section(model.kind, model.name, model.header)
    return {ref: merge.described(section, way.first_mark), **{k: v for k, v in state.items() if k != ref}}


def _kept_marker(way: Way, state: Sections) -> Sections:
    """Return the state with the marker's interface, detached, until the last stage removes it."""
    if way.marker is None:
        return state
    ref = ("interface", way.marker)
    section = way.before.get(ref)
    if ref in way.after or section is None or ref in state:
        return _with_first_mark(way, state)
    tunnels = [state[("interface", n)] for n in way.layout.interfaces if ("interface", n) in state]
    detached = {
        s: e
        for s, e in section.entries.items()
        if s not in ("tunnel protection", "shutdown") and not any(_is_taken(e, taker) for taker in tunnels)
    }
    down = entry_of(section.kind, "shutdown")
    return {**state, ref: section.with_entries({**detached, "shutdown": down})}


def _with_first_mark(way: Way, state: Sections) -> Sections:
    if way.first_mark is None or way.marker is None:
        return state
    section = state.get(("interface", way.marker))
    if section is None:
        return state
    return {**state, section.ref: merge.described(section, way.first_mark)}
