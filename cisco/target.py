"""What the router is to hold: its own state with this link's intended objects laid over, and ours no longer intended
taken away. Whatever stands in the way and isn't ours becomes a collision; nothing foreign changes.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from . import bgp_others, bgp_ours, collisions, ikev2_policies, merge, nvgen, ownership
from .layout import is_neighbor_line, named_peers, probe_interface, route_interface, tracked_probe
from .mark import Mark
from .ownership import USED, Ours, vrf_in_name
from .plan import Collision
from .state import BGP_KINDS, BGP_VRF, GLOBAL, HEADER, KINDS, Entry, Ref, Section, Sections, vrf_of

_NAMED = frozenset(
    {"keyring", "isakmp-profile", "proposal", "ikev2-policy", "ikev2-keyring", "ikev2-profile", "transform-set",
     "ipsec-profile", "prefix-list", "route-map"}
)  # fmt: skip
_TOKEN_PREFIX = {"policy": "p", "sla": "sla", "track": "trk"}


@dataclass(slots=True)
class Target:
    """The wanted state as it is being made. `tokens` are ours by key; `late` are shared objects restored at the end."""

    running: Sections
    ours: Ours
    sections: Sections
    tokens: dict[str, str]
    others: dict[str, Mark]
    collisions: list[Collision] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    late: set[Ref] = field(default_factory=set)


def target(
    running: Sections, intended: Sections, ours: Ours, *, is_other_key: merge.KeyCheck = lambda _: False
) -> Target:
    """Return the wanted state for a link; with nothing intended, the router without the link."""
    stays = dict(running)
    for ref in bgp_ours.renumbered(running, intended, ours):
        del stays[ref]
    result = Target(running, ours, stays, dict(ours.tokens), dict(ours.others))
    result.collisions += collisions.find(stays, intended, ours)
    shadowed, warnings = ikev2_policies.judge(running, intended, ours)
    result.collisions += shadowed
    result.warnings += warnings
    for ref, want in intended.items():
        _LAYERS.get(want.kind.name, _lay_object)(result, ref, want, is_other_key)
    _drop_objects(result, intended)
    _drop_neighbors(result, intended)
    # BGP itself last: it goes only when everything else of ours has left it, a VRF's part before the process.
    for thing in sorted(result.tokens, key=lambda k: (k == "bgp", k.startswith(ownership.FAMILY))):
        if not _is_intended(thing, intended):
            _release(result, thing)
    _describe_others(result)
    return result


def is_mine(ours: Ours, running: Sections, ref: Ref) -> bool:
    """Whether an object on the router is ours to change."""
    kind, name = ref
    if kind in _NAMED:
        # A copy that somebody keeps under another name is in no VRF of that name.
        is_in_its_vrf = kind != "keyring" or (running[ref].value(HEADER) or "").removeprefix("vrf ") == vrf_in_name(
            name
        )
        return ours.is_known and ours.named(name) and is_in_its_vrf
    if kind == "interface":
        return name in ours.tunnels
    if kind == "route":
        return route_interface(name) in ours.tunnels
    if kind in _TOKEN_PREFIX and ours.owns(f"{_TOKEN_PREFIX[kind]}{name}"):
        return True
    if kind == "sla":
        return probe_interface(running[ref]) in ours.tunnels
    if kind == "track":
        probe = ("sla", tracked_probe(running[ref]) or "")
        return probe in running and is_mine(ours, running, probe)
    return False


def _lay_object(result: Target, ref: Ref, want: Section, is_other_key: merge.KeyCheck) -> None:
    have = result.running.get(ref)
    prefix = _TOKEN_PREFIX.get(want.kind.name)
    thing = f"{prefix}{want.name}" if prefix else None
    if have is None:
        result.sections[ref] = want
        if thing:
            result.tokens[thing] = thing
        return
    merged = merge.overlay(have, want, is_other_key=is_other_key)
    if is_mine(result.ours, result.running, ref):
        if want.kind.name == "policy" and merged is not have and result.ours.holders(thing or ""):
            result.collisions.append(collisions.shared_policy(result.running, want.name, result.ours))
            return
        result.sections[ref] = merged
        if thing:
            result.tokens[thing] = thing
    elif want.kind.name in _NAMED:
        result.collisions.append(collisions.made_by_hand(result.ours))
    elif merged is not have:
        result.collisions.append(collisions.taken(result.running, ref, result.ours))
    elif thing and result.ours.holders(thing):
        result.tokens[thing] = USED + thing


def _lay_interface(result: Target, ref: Ref, want: Section, is_other_key: merge.KeyCheck) -> None:
    have = result.running.get(ref)
    if have is None:
        result.sections[ref] = want
    elif is_mine(result.ours, result.running, ref) or have.is_bare:
        result.sections[ref] = merge.overlay(have, want, is_other_key=is_other_key)
    else:
        result.collisions.append(collisions.taken(result.running, ref, result.ours))


def _lay_route(result: Target, ref: Ref, want: Section, is_other_key: merge.KeyCheck) -> None:
    have = result.running.get(ref)
    result.sections[ref] = want if have is None else merge.overlay(have, want, is_other_key=is_other_key)


def _lay_setting(result: Target, ref: Ref, want: Section, _: merge.KeyCheck) -> None:
    setting = nvgen.GLOBALS[want.name]
    have = result.running.get(ref)
    current = setting.default if have is None else have.value(GLOBAL) or setting.default
    wanted = want.value(GLOBAL) or setting.default
    holders = result.ours.holders(setting.code)
    if current == wanted or (setting.serves(current, wanted) and not result.ours.owns(setting.code)):
        if holders and setting.code not in result.tokens:
            result.tokens[setting.code] = USED + setting.code
        return
    if holders:
        result.collisions.append(collisions.shared_setting(setting.entered(current), want.header, holders, result.ours))
        return
    if not result.ours.owns(setting.code):
        result.tokens[setting.code] = ownership.setting_token(setting.code, current)
        if have is not None:
            result.warnings.append(f"'{have.header}' becomes '{want.header}' for the whole router until we leave")
    result.sections[ref] = want


def _lay_bgp(result: Target, ref: Ref, want: Section, _: merge.KeyCheck) -> None:
    have = result.running.get(ref)
    thing = ownership.process_token(vrf_of(want))
    known = want.with_entries({}) if have is None else have
    others = bgp_others.neighbors(known, want, bgp_ours.linked_peers(result.running, result.ours))
    others += bgp_others.provider_edges(result.running, want)
    result.warnings += bgp_others.told(known, want, others)
    announced = bgp_others.without_default(want, others)
    if have is not None:
        _lay_neighbors(result, ref, want)
        _lay_networks(result, ref, have, announced)
        if thing not in result.tokens and result.ours.holders(thing):
            result.tokens[thing] = USED + thing
    elif ref[0] == BGP_VRF or not any(kind == "bgp" for kind, _ in result.sections):
        result.sections[ref] = announced
        networks = (ownership.network_token(s, vrf_of(want)) for s in announced.entries if s.startswith("network "))
        result.tokens.update({token: token for token in (thing, *networks)})
    if any(bgp_ours.is_limit(slot) for slot in want.entries):
        result.tokens[ownership.MAXIMUM_PREFIX] = ownership.MAXIMUM_PREFIX


def _lay_neighbors(result: Target, ref: Ref, want: Section) -> None:
    peers = frozenset(named_peers(want.entries))
    result.collisions += collisions.foreign_policy(result.sections[ref], want)
    section = merge.without(
        result.sections[ref], lambda e: is_neighbor_line(e, peers) and e.is_managed and e.slot not in want.entries
    )
    new = {
        slot: entry
        for slot, entry in want.entries.items()
        if is_neighbor_line(entry, peers) and not merge.is_held(section.entries.get(slot), entry)
    }
    result.sections[ref] = section.with_entries({**section.entries, **new}) if new else section


def _lay_networks(result: Target, ref: Ref, have: Section, want: Section) -> None:
    new = {}
    for slot, entry in want.entries.items():
        token = ownership.network_token(slot, vrf_of(want))
        if not slot.startswith("network "):
            continue
        if slot not in have.entries:
            new[slot] = entry
            result.tokens[token] = token
        elif token not in result.tokens and result.ours.holders(token):
            result.tokens[token] = USED + token
    if new:
        section = result.sections[ref]
        result.sections[ref] = section.with_entries({**section.entries, **new})


def _drop_neighbors(result: Target, intended: Sections) -> None:
    """Take away the neighbours of our tunnels (the whole of them) that aren't intended any more."""
    kept = {
        (vrf_of(section), peer)
        for section in intended.values()
        if section.kind.name in BGP_KINDS
        for peer in named_peers(section.entries)
    }
    gone = bgp_ours.neighbors(result.running, result.ours) - kept
    for ref, section in list(result.sections.items()):
        if ref[0] in BGP_KINDS:
            peers = frozenset(peer for vrf, peer in gone if vrf == vrf_of(section))
            result.sections[ref] = merge.without(section, lambda entry, peers=peers: is_neighbor_line(entry, peers))  # type: ignore[misc]


def _drop_objects(result: Target, intended: Sections) -> None:
    for ref in result.running:
        kind = ref[0]
        if ref in intended or not is_mine(result.ours, result.running, ref):
            continue
        if kind in _NAMED or kind == "interface" or (kind == "route" and _is_our_route(result, ref)):
            del result.sections[ref]


def _is_our_route(result: Target, ref: Ref) -> bool:
    """Of the routes through our tunnel, ours hang on our track; others somebody added by hand."""
    words = (result.running[ref].value(HEADER) or "").split(" ")
    at = words.index("track") if "track" in words[:-1] else None
    return at is not None and f"trk{words[at + 1]}" in result.ours.tokens


def _is_intended(thing: str, intended: Sections) -> bool:
    """Whether what a token is about is still wanted."""
    ref = _ref_of(thing)
    if ref is not None:
        return ref in intended
    processes = [section for section in intended.values() if section.kind.name in BGP_KINDS]
    if thing == ownership.MAXIMUM_PREFIX:
        return any(bgp_ours.is_limit(slot) for process in processes for slot in process.entries)
    if not thing.startswith("net"):
        return thing in {ownership.process_token(vrf_of(process)) for process in processes}
    vrf, slot = ownership.network_place(thing)
    return any(vrf_of(process) == vrf and slot in process.entries for process in processes)


def _ref_of(thing: str) -> Ref | None:
    found = re.fullmatch(r"(sla|trk|p|t)(\d+)", thing)
    if found is not None:
        kind = {"sla": "sla", "trk": "track", "p": "policy", "t": "interface"}[found[1]]
        return (kind, f"Tunnel{found[2]}" if kind == "interface" else found[2])
    return ("global", thing) if thing in nvgen.GLOBALS else None


def _release(result: Target, thing: str) -> None:
    """Give up a thing that isn't intended any more: to the link that still uses it, else undo it."""
    token = result.tokens.pop(thing)
    if token.startswith(USED):
        return
    heir = next((n for n, m in sorted(result.others.items()) if USED + thing in m.tokens), None)
    if heir is not None:
        mark = result.others[heir]
        handed = tuple(token if t == USED + thing else t for t in mark.tokens)
        result.others[heir] = replace(mark, tokens=handed)
        return
    _undo(result, thing, token)


def _undo(result: Target, thing: str, token: str) -> None:
    ref = _ref_of(thing)
    if ref is None:
        _undo_bgp(result, thing)
    elif ref[0] == "global":
        setting = nvgen.GLOBALS[thing]
        value, have = ownership.previous(token), result.sections.get(ref)
        result.late.add(ref)
        if value == (setting.default if have is None else have.value(GLOBAL)):
            return
        if value == setting.default:
            result.sections.pop(ref, None)
        else:
            line = setting.entered(value)
            result.sections[ref] = Section(KINDS["global"], thing, line, {GLOBAL: Entry(GLOBAL, value, line)})
    elif ref[0] != "interface":
        result.sections.pop(ref, None)


def _undo_bgp(result: Target, thing: str) -> None:
    for ref, section in list(result.sections.items()):
        if ref[0] not in BGP_KINDS:
            continue
        vrf = vrf_of(section)
        if thing == ownership.MAXIMUM_PREFIX:
            peers = frozenset(peer for where, peer in bgp_ours.neighbors(result.running, result.ours) if where == vrf)
            result.sections[ref] = _without_limits(section, peers)
        elif thing.startswith("net"):
            if ownership.network_place(thing)[0] == vrf:
                slot = ownership.network_place(thing)[1]
                result.sections[ref] = merge.without(section, lambda entry, slot=slot: entry.slot == slot)  # type: ignore[misc]
        elif thing == ownership.process_token(vrf) and _is_empty(result, section):
            del result.sections[ref]


def _without_limits(section: Section, peers: frozenset[str]) -> Section:
    return merge.without(section, lambda entry: bgp_ours.is_limit(entry.slot) and is_neighbor_line(entry, peers))


def _is_empty(result: Target, section: Section) -> bool:
    """Whether nothing is left of BGP; the process is in use while a VRF's part of it is there."""
    has_vrfs = section.kind.name == "bgp" and any(kind == BGP_VRF for kind, _ in result.sections)
    return not has_vrfs and all(map(bgp_ours.comes_by_itself, section.entries.values()))


def _describe_others(result: Target) -> None:
    for name, mark in result.others.items():
        section = result.sections.get(("interface", name))
        if section is not None:
            result.sections[("interface", name)] = merge.described(section, mark.text)


_Layer = Callable[[Target, Ref, Section, merge.KeyCheck], None]
_LAYERS: dict[str, _Layer] = {
    "interface": _lay_interface,
    "route": _lay_route,
    "global": _lay_setting,
    "bgp": _lay_bgp,
    BGP_VRF: _lay_bgp,
}


def ordered_tokens(tokens: Iterable[str]) -> tuple[str, ...]:
    """Return tokens in the order in which a description keeps them: what can't be guessed again comes first."""
    return tuple(sorted(tokens, key=lambda t: (ownership.key(t).startswith("net="), t.startswith(USED))))
