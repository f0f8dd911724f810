"""The lines that lead from one state to another, in an order that IOS accepts.

Create and change in order of reference (a profile after the transform set that it names), delete in the reverse
order, after every change that drops a reference: create before use, delete after unuse.
"""

from collections.abc import Callable, Iterable, Iterator

from . import nvgen
from .layout import route_interface
from .plan import Command
from .state import (
    BGP_KINDS,
    BGP_VRF,
    GLOBAL,
    HEADER,
    IPV4_FAMILY,
    SCHEDULE,
    Entries,
    Entry,
    Ref,
    Section,
    Sections,
    vrf_of,
)

_ROUTER_MODE = "config-router"
_FAMILY_MODE = "config-router-af"
# The sub-modes below a section, by the first word of the line that opens them; "*" is one we never need to know.
_NESTED_MODES = {"peer": "config-ikev2-keyring-peer", "address-family": _FAMILY_MODE}
ANY_MODE = "*"

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
        commands += _inside(section, [Command(_off(section.entries[slot]), section.kind.mode or "config")])
        held = before[section.ref]
        freed = held.with_entries({s: e for s, e in held.entries.items() if s != slot})
        before = {**before, section.ref: freed}
    # A static route can't lead through an interface that has left the route's VRF.
    stranded = [ref for ref in removed if ref[0] == "route" and _is_moved(before, after, route_interface(ref[1]))]
    for ref in stranded:
        commands += _removed(before[ref])
    falling = [ref for ref in changed if _goes_down(before.get(ref), after[ref])]
    for ref in changed:
        commands += _changed(before.get(ref), after[ref]) if ref not in falling else ()
    # Lines leave BGP before the tunnels that they lead to go down.
    for ref in changed:
        commands += _left_bgp(before[ref], after[ref]) if ref in before else ()
    for ref in falling:
        commands += _changed(before.get(ref), after[ref])
    for ref in removed:
        commands += _removed(before[ref]) if ref not in stranded else ()
    return tuple(commands)


def _is_moved(before: Sections, after: Sections, interface: str) -> bool:
    """Whether an interface that stays goes to another VRF."""
    old, new = before.get(("interface", interface)), after.get(("interface", interface))
    return old is not None and new is not None and vrf_of(old) != vrf_of(new)


def is_same(old: Entry | None, new: Entry | None) -> bool:
    """Whether two lines in a slot mean the same to IOS; absent is the same as a default that IOS hides."""
    if old is None or new is None:
        present = old or new
        return present is None or present.is_default
    return old.value == new.value


def _changed(old: Section | None, new: Section) -> list[Command]:
    return _WRITERS.get(new.kind.name, _write_section)(old, new)


def _write_prefix_list(old: Section | None, new: Section) -> list[Command]:
    """Add before taking away: a list without lines permits everything."""
    known = old.entries if old is not None else {}
    come = [Command(entry.line) for slot, entry in new.entries.items() if slot not in known]
    return come + [Command(_off(entry)) for slot, entry in known.items() if slot not in new.entries]


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


def _inside(section: Section, leaves: list[Command]) -> list[Command]:
    """Return the lines between the section's header and its exit."""
    mode = section.kind.mode or "config"
    last = mode
    for leaf in leaves:
        last = leaf.enters or last
    return [Command(section.header, "config", mode), *leaves, Command("exit", last, "config")]


def _off(entry: Entry) -> str:
    """Return the line that takes an entry away."""
    rule = entry.rule
    if rule is not None and rule.off is not None:
        found = rule.pattern.fullmatch(" ".join(entry.line.split()))
        if found is not None:
            return found.expand(rule.off)
    if rule is not None and rule.reset is not None:
        return rule.reset
    return entry.line[3:] if entry.line.startswith("no ") else f"no {entry.line}"


def _leaves(old: Entries, new: Entries, mode: str) -> list[Command]:
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
            leaves.append(Command(_off(known), mode))
        enters = entry.rule.enters if entry.rule is not None else None
        leaves.append(Command(entry.line, mode, enters))
        mode = enters or mode
    gone = [entry for slot, entry in old.items() if slot not in new and not entry.is_default]
    return leaves + [Command(_off(entry), mode) for entry in reversed(gone)]


_VRF = "vrf forwarding"


def _vrf_in(entries: Entries) -> str:
    return entries[_VRF].value if _VRF in entries else ""


def _vrf_change(old: Entries, new: Entries, mode: str) -> list[Command]:
    """Return the line that puts an interface into another VRF; from one into the next IOS needs no detour."""
    if _VRF in new:
        return [Command(new[_VRF].line, mode)]
    return [Command(f"no {old[_VRF].line}", mode)]


def _under(section: Section | None, path: tuple[str, ...]) -> Entries:
    if section is None:
        return {}
    return {s: e for s, e in section.entries.items() if e.path == path and s != HEADER and not e.opens}


def _blocks(section: Section | None) -> dict[tuple[str, ...], Entry]:
    if section is None:
        return {}
    return {(*e.path, e.line): e for e in section.entries.values() if e.opens}


def _nested_mode(line: str) -> str:
    return _NESTED_MODES.get(line.partition(" ")[0], ANY_MODE)


def _nested_leaves(old: Section | None, new: Section, mode: str) -> list[Command]:
    """Return the lines for blocks inside a section, such as a keyring's peers."""
    leaves: list[Command] = []
    blocks = _blocks(new)
    for path, opening in blocks.items():
        inner = _nested_mode(opening.line)
        body = _leaves(_under(old, path), _under(new, path), inner)
        if body or path not in _blocks(old):
            leaves += [Command(opening.line, mode, inner), *body, Command("exit", inner, mode)]
    leaves += [Command(f"no {opening.line}", mode) for path, opening in _blocks(old).items() if path not in blocks]
    return leaves


def _write_section(old: Section | None, new: Section) -> list[Command]:
    mode = new.kind.mode or "config"
    if old is not None and old.kind.name == "track" and old.value(HEADER) != new.value(HEADER):
        # A track can't be turned into one of another object.
        return [*_erase_section(old), *_write_section(None, new)]
    leaves = [*_leaves(_under(old, ()), _under(new, ()), mode), *_nested_leaves(old, new, mode)]
    is_header_same = old is not None and old.value(HEADER) == new.value(HEADER)
    return [] if is_header_same and not leaves else _inside(new, leaves)


def _write_setting(old: Section | None, new: Section) -> list[Command]:
    return [] if old is not None and old.value(GLOBAL) == new.value(GLOBAL) else [Command(new.header)]


def _write_route(old: Section | None, new: Section) -> list[Command]:
    if old is not None and old.value(HEADER) == new.value(HEADER):
        return []
    return [*(_erase_section(old) if old is not None else ()), Command(new.header)]


def _write_sla(old: Section | None, new: Section) -> list[Command]:
    elsewhere = [Command(e.line) for e in _under(new, ("global",)).values()]
    body = _under(new, ())
    if old is not None and all(is_same(_under(old, ()).get(s), body.get(s)) for s in {*_under(old, ()), *body}):
        known = _under(old, ("global",))
        gone = [Command(_off(e)) for s, e in known.items() if s not in new.entries]
        return [*(Command(e.line) for s, e in _under(new, ("global",)).items() if known.get(s) != e), *gone]
    # A scheduled probe can't be edited; deleting it deletes its schedule, the track stays.
    replaced = [Command(f"no {_name_only(old)}")] if old is not None else []
    return [*replaced, *_inside(new, _leaves({}, body, "config-ip-sla")), *elsewhere]


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
        detach = _inside(old, [*down, Command(_off(protection), "config-if")])
    return [*detach, Command(f"no {old.header}")]


def _family_of(entry: Entry, *, has_families: bool) -> tuple[str, ...]:
    """Return where a BGP line lives in the display style of its process."""
    if entry.path not in ((), (IPV4_FAMILY,)):
        return entry.path
    words = entry.line.removeprefix("no ").split(" ")
    if words[0] == "neighbor":
        is_session = len(words) > 2 and words[2] in nvgen.SESSION_WORDS and words[3:4] != ["in"]
        return () if is_session or not has_families else (IPV4_FAMILY,)
    if words[0] == "network":
        return (IPV4_FAMILY,) if has_families else ()
    return entry.path if has_families else ()


def _peers(slots: Iterable[str]) -> set[str]:
    return {slot.split(" ", 2)[1] for slot in slots if slot.startswith("neighbor ")}


def _is_implied(section: Section, entry: Entry) -> bool:
    """Without address families a neighbour is active by itself, and typing it could bring the families in."""
    return (
        not section.has_families
        and entry.slot.endswith(" activate")
        and entry.value == "yes"
        and "?no bgp default ipv4-unicast" not in section.entries
    )


def _write_bgp(old: Section | None, new: Section) -> list[Command]:
    """Write what is added or changed; what leaves is `_left_bgp`'s."""
    known = old.entries if old is not None else {}
    wanted = {s: e for s, e in new.entries.items() if known.get(s) is not e and not _is_implied(new, e)}
    wanted = {s: e for s, e in wanted.items() if not is_same(known.get(s), e)}
    plain = {s: e for s, e in wanted.items() if not _family_of(e, has_families=new.has_families)}
    family = {s: e for s, e in wanted.items() if _family_of(e, has_families=new.has_families) == (IPV4_FAMILY,)}
    return _bgp_lines(
        new,
        _leaves({s: e for s, e in known.items() if s in plain}, plain, "config-router"),
        _leaves({s: e for s, e in known.items() if s in family}, family, _FAMILY_MODE),
        is_new=old is None,
    )


def _bgp_lines(section: Section, plain: list[Command], family: list[Command], *, is_new: bool = False) -> list[Command]:
    # A family that holds nothing is displayed all the same, once it has been opened.
    if family or (is_new and section.has_families):
        opening = Command(IPV4_FAMILY, "config-router", _FAMILY_MODE)
        closing = Command("exit-address-family", _FAMILY_MODE, "config-router")
        family = [opening, *family, closing]
    return _inside(section, [*plain, *family]) if plain or family or is_new else []


def _write_vrf_family(old: Section | None, new: Section) -> list[Command]:
    """Write what is added or changed of BGP in a VRF; what leaves is `_left_bgp`'s."""
    known = old.entries if old is not None else {}
    wanted = {s: e for s, e in new.entries.items() if not is_same(known.get(s), e)}
    leaves = _leaves({s: e for s, e in known.items() if s in wanted}, wanted, _FAMILY_MODE)
    return _in_vrf_family(new, leaves) if leaves or old is None else []


def _in_vrf_family(section: Section, leaves: list[Command]) -> list[Command]:
    return [
        Command(_process_of(section), "config", _ROUTER_MODE),
        Command(section.header, _ROUTER_MODE, _FAMILY_MODE),
        *leaves,
        Command("exit-address-family", _FAMILY_MODE, _ROUTER_MODE),
        Command("exit", _ROUTER_MODE, "config"),
    ]


def _process_of(family: Section) -> str:
    return f"router bgp {family.name.partition(' ')[0]}"


def _erase_vrf_family(old: Section) -> list[Command]:
    return [
        Command(_process_of(old), "config", _ROUTER_MODE),
        Command(f"no {old.header}", _ROUTER_MODE),
        Command("exit", _ROUTER_MODE, "config"),
    ]


def _left_bgp(old: Section, new: Section) -> list[Command]:
    """Take lines out of a BGP process, or a VRF's family of it, that stays."""
    if old.kind.name not in BGP_KINDS:
        return []
    gone = [entry for slot, entry in old.entries.items() if slot not in new.entries]
    if not gone:
        return []
    gone_peers = _peers(entry.slot for entry in gone) - _peers(new.entries)
    if old.kind.name == BGP_VRF:
        rest = [entry for entry in gone if _peers((entry.slot,)).isdisjoint(gone_peers)]
        forgotten = [Command(f"no neighbor {peer}", _FAMILY_MODE) for peer in sorted(gone_peers)]
        return _in_vrf_family(old, [*forgotten, *(Command(_off(entry), _FAMILY_MODE) for entry in rest)])
    plain = [Command(f"no neighbor {peer}", "config-router") for peer in sorted(gone_peers)]
    family: list[Command] = []
    for entry in gone:
        if not _peers((entry.slot,)).isdisjoint(gone_peers) or _is_implied(old, entry):
            continue
        if _family_of(entry, has_families=old.has_families):
            family.append(Command(_off(entry), _FAMILY_MODE))
        else:
            plain.append(Command(_off(entry), "config-router"))
    return _bgp_lines(old, plain, family)


_Writer = Callable[[Section | None, Section], list[Command]]
_WRITERS: dict[str, _Writer] = {
    "global": _write_setting,
    "route": _write_route,
    "sla": _write_sla,
    "bgp": _write_bgp,
    BGP_VRF: _write_vrf_family,
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
    BGP_VRF: _erase_vrf_family,
}
