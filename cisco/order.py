"""The lines that lead from one state to another, in an order that IOS accepts.

Create and change in order of reference (a profile after the transform set that it names), delete in the reverse
order, after every change that drops a reference: create before use, delete after unuse.
"""

from collections.abc import Callable, Iterator

from . import bgp_lines, nvgen
from .layout import route_interface
from .lines import inside, is_same, leaves_of, nested_leaves, off, under
from .plan import Command
from .state import (
    BGP_KINDS,
    BGP_VRF,
    GLOBAL,
    HEADER,
    SCHEDULE,
    Ref,
    Section,
    Sections,
    vrf_of,
)

# What two interfaces can't hold at once: the one that gives it up goes first.
EXCLUSIVE = ("ip address", "tunnel destination")


def transition(before: Sections, after: Sections) -> tuple[Command, ...]:
    """Return the lines that lead from one state to the other; states share the objects that don't differ."""
    changed = [ref for ref, section in after.items() if before.get(ref) is not section]
    changed.sort(key=lambda ref: after[ref].kind.rank)
    removed = [ref for ref in before if ref not in after]
    removed.sort(key=lambda ref: -before[ref].kind.rank)
    commands: list[Command] = []
    for section, slot in tuple(_given_up(before, after)):
        commands += inside(section, [Command(off(section.entries[slot]), section.kind.mode or "config")])
        held = before[section.ref]
        freed = held.with_entries({s: e for s, e in held.entries.items() if s != slot})
        before = {**before, section.ref: freed}
    # A static route can't lead through an interface that has left the route's VRF.
    stranded = [ref for ref in removed if ref[0] == "route" and _is_moved(before, after, route_interface(ref[1]))]
    for ref in stranded:
        commands += _removed(before[ref])
    # IOS has one BGP process: the old one goes before one of another number comes.
    renumbered = gone_bgp(before, after)
    for ref in (ref for ref in removed if ref in renumbered):
        commands += _removed(before[ref])
    removed = [ref for ref in removed if ref not in (*stranded, *renumbered)]
    falling = [ref for ref in changed if _goes_down(before.get(ref), after[ref])]
    for ref in changed:
        commands += _changed(before.get(ref), after[ref]) if ref not in falling else ()
    # Lines leave BGP before the tunnels that they lead to go down.
    for ref in changed:
        commands += bgp_lines.leave(before[ref], after[ref]) if ref in before else ()
    for ref in falling:
        commands += _changed(before.get(ref), after[ref])
    for ref in removed:
        commands += _removed(before[ref])
    return tuple(commands)


def gone_bgp(before: Sections, after: Sections) -> frozenset[Ref]:
    """Return all of the old state's BGP where the new one has a process of another number, else nothing."""
    numbers = [{name for kind, name in state if kind == "bgp"} for state in (before, after)]
    if not all(numbers) or numbers[0] == numbers[1]:
        return frozenset()
    return frozenset(ref for ref in before if ref[0] in BGP_KINDS)


def _is_moved(before: Sections, after: Sections, interface: str) -> bool:
    """Whether an interface that stays goes to another VRF."""
    old, new = before.get(("interface", interface)), after.get(("interface", interface))
    return old is not None and new is not None and vrf_of(old) != vrf_of(new)


def _changed(old: Section | None, new: Section) -> list[Command]:
    return _WRITERS.get(new.kind.name, _write_section)(old, new)


def _write_prefix_list(old: Section | None, new: Section) -> list[Command]:
    """Add before taking away: a list without lines permits everything."""
    known = old.entries if old is not None else {}
    come = [Command(entry.line) for slot, entry in new.entries.items() if slot not in known]
    return come + [Command(off(entry)) for slot, entry in known.items() if slot not in new.entries]


def _erase_whole(old: Section) -> list[Command]:
    return [Command(f"no {old.header}")]


def _removed(old: Section) -> list[Command]:
    return _ERASERS.get(old.kind.name, _erase_section)(old)


def _goes_down(old: Section | None, new: Section) -> bool:
    return old is not None and new.value("shutdown") == "yes" != old.value("shutdown")


def _given_up(before: Sections, after: Sections) -> Iterator[tuple[Section, str]]:
    """Yield the interface values that another interface is about to take."""
    for slot in EXCLUSIVE:
        holders: dict[str, Ref] = {}
        for (kind, name), section in before.items():
            value = section.value(slot) if kind == "interface" else None
            if value is not None and value != "none":
                holders[value] = (kind, name)
        for (kind, name), section in after.items():
            if kind != "interface" or before.get((kind, name)) is section:
                continue
            holder = holders.get(section.value(slot) or "")
            if holder is None or holder == (kind, name):
                continue
            still = after.get(holder)
            if still is None or still.value(slot) != section.value(slot):
                yield before[holder], slot


def _write_section(old: Section | None, new: Section) -> list[Command]:
    mode = new.kind.mode or "config"
    if old is not None and old.kind.name == "track" and old.value(HEADER) != new.value(HEADER):
        # A track can't be turned into one of another object.
        return [*_erase_section(old), *_write_section(None, new)]
    leaves = [*leaves_of(under(old, ()), under(new, ()), mode), *nested_leaves(old, new, mode)]
    leaves += _up_again(new, leaves)
    is_header_same = old is not None and old.value(HEADER) == new.value(HEADER)
    return [] if is_header_same and not leaves else inside(new, leaves)


def _up_again(new: Section, leaves: list[Command]) -> list[Command]:
    """IOS-XE (17.15, 26.2) shuts a tunnel down whose protection changes, and says so."""
    sent = [leaf.text for leaf in leaves]
    is_protected = any(text.startswith("tunnel protection ") for text in sent)
    is_up = new.value("shutdown") != "yes" and "no shutdown" not in sent
    return [Command("no shutdown", "config-if")] if is_protected and is_up else []


def _write_setting(old: Section | None, new: Section) -> list[Command]:
    return [] if old is not None and old.value(GLOBAL) == new.value(GLOBAL) else [Command(new.header)]


def _write_route(old: Section | None, new: Section) -> list[Command]:
    if old is not None and old.value(HEADER) == new.value(HEADER):
        return []
    return [*(_erase_section(old) if old is not None else ()), Command(new.header)]


def _write_sla(old: Section | None, new: Section) -> list[Command]:
    elsewhere = [Command(e.line) for e in under(new, ("global",)).values()]
    body = under(new, ())
    if old is not None and all(is_same(under(old, ()).get(s), body.get(s)) for s in {*under(old, ()), *body}):
        known = under(old, ("global",))
        gone = [Command(off(e)) for s, e in known.items() if s not in new.entries]
        return [*(Command(e.line) for s, e in under(new, ("global",)).items() if known.get(s) != e), *gone]
    # A scheduled probe can't be edited; deleting it deletes its schedule, the track stays.
    replaced = [Command(f"no {_name_only(old)}")] if old is not None else []
    return [*replaced, *inside(new, leaves_of({}, body, "config-ip-sla")), *elsewhere]


def _name_only(section: Section) -> str:
    """Return the words that name a section, without what it says beside the name."""
    words = section.header.split(" ")
    return " ".join(words[: words.index(section.name) + 1]) if section.name in words else section.header


def _erase_section(old: Section) -> list[Command]:
    return [Command(f"no {_name_only(old)}", may_be_in_use=old.kind.is_held_by_sessions)]


def _erase_setting(old: Section) -> list[Command]:
    setting = nvgen.GLOBALS[old.name]
    if setting.default == "none":
        return [Command(f"no {old.header}")]
    return [Command(setting.entered(setting.default))]


def _erase_sla(old: Section) -> list[Command]:
    schedule = old.entries.get(SCHEDULE)
    # `ip sla monitor schedule` before 12.4(4)T
    words = "" if schedule is None else schedule.line.partition(f" {old.name} ")[0]
    scheduled = [] if schedule is None else [Command(f"no {words} {old.name}")]
    return [*scheduled, Command(f"no {old.header}")]


def _erase_interface(old: Section) -> list[Command]:
    detach: list[Command] = []
    protection = old.entries.get("tunnel protection")
    if protection is not None:
        down = [] if old.value("shutdown") == "yes" else [Command("shutdown", "config-if")]
        detach = inside(old, [*down, Command(off(protection), "config-if")])
    return [*detach, Command(f"no {old.header}")]


_Writer = Callable[[Section | None, Section], list[Command]]
_WRITERS: dict[str, _Writer] = {
    "global": _write_setting,
    "route": _write_route,
    "sla": _write_sla,
    "bgp": bgp_lines.write_process,
    BGP_VRF: bgp_lines.write_vrf_family,
    "prefix-list": _write_prefix_list,
}
_ERASERS: dict[str, Callable[[Section], list[Command]]] = {
    "global": _erase_setting,
    "route": _erase_whole,
    "sla": _erase_sla,
    "interface": _erase_interface,
    "keyring": _erase_whole,
    "prefix-list": _erase_whole,
    "route-map": _erase_whole,
    BGP_VRF: bgp_lines.erase_vrf_family,
}
