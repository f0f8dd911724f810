"""The lines that lead one object from what it holds to what it is to hold."""

from . import nvgen
from .plan import ANY_MODE, Command
from .state import HEADER, Entries, Entry, Section

FAMILY_MODE = "config-router-af"
# The sub-modes below a section, by the first word of the line that opens them.
_NESTED_MODES = {"peer": "config-ikev2-keyring-peer", "address-family": FAMILY_MODE}


def is_same(old: Entry | None, new: Entry | None) -> bool:
    """Whether two lines in a slot mean the same to IOS; absent is the same as a default that IOS hides."""
    if old is None or new is None:
        present = old or new
        return present is None or present.is_default
    return old.value == new.value


def inside(section: Section, leaves: list[Command]) -> list[Command]:
    """Return the lines between the section's header and its exit."""
    mode = section.kind.mode or "config"
    last = mode
    for leaf in leaves:
        last = leaf.enters or last
    return [Command(section.header, "config", mode), *leaves, Command("exit", last, "config")]


def off(entry: Entry) -> str:
    """Return the line that takes an entry away."""
    if entry.rule is not None and entry.rule.reset is not None:
        return entry.rule.reset
    return entry.line[3:] if entry.line.startswith("no ") else f"no {entry.line}"


def leaves_of(old: Entries, new: Entries, mode: str) -> list[Command]:
    """Return the lines that change the entries of one sub-mode."""
    leaves: list[Command] = []
    # A new object gets its defaults spelled out: they differ between releases.
    is_new = not any(slot != "description" for slot in old)
    if _vrf_in(old) != _vrf_in(new):
        # Whose the interface is comes first: killed after this line, the next run must know it as ours.
        marked = {s: e for s, e in new.items() if s == "description" and not is_same(old.get(s), e)}
        leaves += [Command(entry.line, mode) for entry in marked.values()]
        leaves += _vrf_change(old, new, mode)
        # IOS takes an interface's addresses away when its VRF changes, and the VRF's line is done.
        old = {s: e for s, e in old.items() if not e.line.startswith("ip address ") and s != _VRF} | marked
        new = {s: e for s, e in new.items() if s != _VRF}
    for slot, entry in new.items():
        known = old.get(slot)
        if is_same(known, entry) and (known is not None or not is_new):
            continue
        if known is not None and entry.rule is not None and entry.rule.replace is nvgen.Replace.CLEAR_FIRST:
            leaves.append(Command(off(known), mode))
        enters = entry.rule.enters if entry.rule is not None else None
        leaves.append(Command(entry.line, mode, enters))
        mode = enters or mode
    gone = [entry for slot, entry in old.items() if slot not in new and not entry.is_default]
    return leaves + [Command(off(entry), mode) for entry in reversed(gone)]


_VRF = "vrf forwarding"


def _vrf_in(entries: Entries) -> str:
    return entries[_VRF].value if _VRF in entries else ""


def _vrf_change(old: Entries, new: Entries, mode: str) -> list[Command]:
    """Return the line that puts an interface into another VRF; from one into the next IOS needs no detour."""
    if _VRF in new:
        return [Command(new[_VRF].line, mode)]
    return [Command(f"no {old[_VRF].line}", mode)]


def under(section: Section | None, path: tuple[str, ...]) -> Entries:
    """Return the entries that stand at this place in a section; of no section, none."""
    if section is None:
        return {}
    return {s: e for s, e in section.entries.items() if e.path == path and s != HEADER and not e.opens}


def _blocks(section: Section | None) -> dict[tuple[str, ...], Entry]:
    if section is None:
        return {}
    return {(*e.path, e.line): e for e in section.entries.values() if e.opens}


def _nested_mode(line: str) -> str:
    return _NESTED_MODES.get(line.partition(" ")[0], ANY_MODE)


def nested_leaves(old: Section | None, new: Section, mode: str) -> list[Command]:
    """Return the lines for blocks inside a section, such as a keyring's peers."""
    leaves: list[Command] = []
    blocks = _blocks(new)
    for path, opening in blocks.items():
        inner = _nested_mode(opening.line)
        body = leaves_of(under(old, path), under(new, path), inner)
        if body or path not in _blocks(old):
            leaves += [Command(opening.line, mode, inner), *body, Command("exit", inner, mode)]
    leaves += [Command(f"no {opening.line}", mode) for path, opening in _blocks(old).items() if path not in blocks]
    return leaves
