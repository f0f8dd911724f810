"""Laying intended lines over what an object holds: ours replace ours, everybody else's stay."""

from collections.abc import Callable

from . import nvgen
from .lines import is_same
from .state import HEADER, Entries, Entry, Section

KeyCheck = Callable[[str], bool]
"""Says of a peer's address whether the encrypted key on the router is known to be another one than intended."""


def overlay(have: Section, want: Section, *, is_other_key: KeyCheck = lambda _: False) -> Section:
    """Return the object with the intended lines; the very same object when nothing differs."""
    entries: Entries = {}
    is_changed = False
    for slot, entry in want.entries.items():
        known = have.entries.get(slot)
        if _is_equal(known, entry, is_other_key) or (known is None and _may_be_dropped(have, entry)):
            if known is not None:
                entries[slot] = known
        else:
            entries[slot] = entry
            is_changed = True
    for slot, entry in have.entries.items():
        if slot in want.entries:
            continue
        if entry.is_default or not entry.is_managed:
            entries[slot] = entry
        else:
            is_changed = True
    if not is_changed:
        return have
    has_new_header = have.value(HEADER) != want.value(HEADER) and HEADER in want.entries
    merged = want if has_new_header else have
    return Section(have.kind, have.name, merged.header, entries, have.has_families)


def _is_equal(known: Entry | None, entry: Entry, is_other_key: KeyCheck) -> bool:
    if is_same(known, entry):
        return True
    # `key 6` is encrypted with the router's own master key: only the address can be compared.
    is_encrypted = known is not None and known.is_preshared_key and known.value == "6"
    return is_encrypted and not is_other_key(peer(entry))


def peer(entry: Entry) -> str:
    """Return the peer of a key: IKEv1 has it in the line, IKEv2 names its block by it."""
    return (entry.path[0] if entry.path else entry.slot).split(" ")[-1]


def _may_be_dropped(have: Section, entry: Entry) -> bool:
    return entry.rule is not None and entry.rule.is_optional and not is_shell(have)


def is_shell(interface: Section) -> bool:
    """Whether an interface holds nothing but its description."""
    return all(slot == "description" or entry.is_default for slot, entry in interface.entries.items())


def described(section: Section, text: str) -> Section:
    """Return the interface with this description; the same object when it has it."""
    if section.value("description") == text:
        return section
    entry = Entry("description", text, f"description {text}", _DESCRIPTION)
    others = {slot: e for slot, e in section.entries.items() if slot != "description"}
    return section.with_entries({"description": entry, **others})


_DESCRIPTION = next(rule for rule in nvgen.INTERFACE if rule.slot == "description")


def without(section: Section, leaves: Callable[[Entry], bool]) -> Section:
    """Return the section without the lines for which `leaves` is true; the same object when there are none."""
    kept = {slot: entry for slot, entry in section.entries.items() if not leaves(entry)}
    return section if len(kept) == len(section.entries) else section.with_entries(kept)


def is_held(known: Entry | None, entry: Entry) -> bool:
    """Whether the line is there already, in whatever form."""
    return known is not None and known.value == entry.value
