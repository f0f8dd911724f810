"""Running-config and intended text to a plan: the least to send, its order, and its undoing.

The plan is computed between states, so what IOS rewrites, hides or reorders never counts; its inverse is the same
computation the other way round.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from . import dependents, ikev2_policies, ownership, state, vrf, wan_mtu
from .collisions import other_source, unknown_source
from .errors import AgentError, PreflightError
from .fingerprint import check, fingerprint_peer, fingerprints, unseen
from .layout import Layout, destination_of, layout
from .lines import is_same
from .mark import Mark, read_mark
from .merge import described
from .order import gone_bgp
from .plan import SHARED, Difference, Owned, Plan, Step
from .refresh import refreshes
from .secret import Redactor
from .stages import Stage, Way, stages
from .state import BGP_KINDS, BGP_VRF, HEADER, IPV4_FAMILY, Entry, Ref, Section, Sections, State
from .surroundings import look_around
from .target import Target, ordered_tokens, target
from .tree import Config, parse, require_complete
from .typable import is_typable

_NO_OWNERSHIP = Owned()


@dataclass(frozen=True, slots=True)
class _Link:
    """Whose text it is."""

    link: str
    connection_id: str
    generation: int


def plan(running: str, intended: str, *, owned: Owned = _NO_OWNERSHIP, known_as: IPv4Address | None = None) -> Plan:
    """Return what makes the router hold the intended text, touching nothing that isn't ours.

    Args:
        running: The running-config.
        intended: What the router is to hold.
        owned: What the manifest says that we own.
        known_as: The address from which AWS expects the tunnels, where the text may name an interface and no NAT changes its own.

    Raises:
        PreflightError: The running-config is incomplete, or a line to be undone can't be typed again.
    """
    config = _config(running)
    before = state.read(config)
    known_vrfs = vrf.vrfs(config)
    want = _intended(intended)
    want = replace(want, sections=wan_mtu.fitted(vrf.worded(want.sections, known_vrfs), before.sections))
    link = _link(want.sections, owned)
    ours = ownership.ours(before, link.link, link.connection_id, owned, _tunnels_like(before, want, owned))
    want = replace(want, sections=ikev2_policies.with_displaced(config, before.sections, want.sections, ours))
    keys = fingerprints(want.sections, link.connection_id)
    result = target(before.sections, want.sections, ours, is_other_key=check(owned.tokens, keys))
    if encrypted := unseen(before.sections, want.sections, owned.tokens):
        result.warnings.append(
            f"the router shows the key for {', '.join(encrypted)} encrypted (type 6), and there is no manifest to tell "
            f"which one it is: a key that changed meanwhile is not seen (a stack's up has its manifest; --manifest names another's); "
            f"without one enter it by hand, or remove the link and apply it"
        )
        # What was not sent is not known to be there either.
        keys = tuple(token for token in keys if fingerprint_peer(token) not in encrypted)
    result.collisions += vrf.missing(before.sections, want.sections, known_vrfs)
    collisions, warnings = look_around(config, before.sections, want.sections, ours)
    result.collisions += collisions
    if known_as is not None:
        result.collisions += other_source(before.sections, want.sections, known_as)
        result.warnings += unknown_source(before.sections, want.sections, known_as)
    result.warnings += warnings
    if owned.adopt:
        result.warnings += _renumbered(before, want, ours)
    result.collisions += dependents.in_use(config, before.sections, result.sections)
    result.warnings += dependents.taken_along(before.sections, result.sections)
    places = layout(ours.tunnels, want.sections, before.sections)
    if result.collisions:
        return Plan(
            collisions=tuple(dict.fromkeys(result.collisions)),
            differences=differences(before.sections, result.sections),
            warnings=tuple(result.warnings),
            owned=replace(owned, link=link.link, connection_id=link.connection_id),
        )
    first_mark, marker = _describe(result, link, places, want.sections)
    made = _assembled(before.sections, result, places, marker, first_mark)
    tokens = (*ordered_tokens(result.tokens.values()), *keys)
    return replace(made, owned=replace(owned, link=link.link, connection_id=link.connection_id, tokens=tokens))


def removal(running: str, owned: Owned, neighbors: frozenset[tuple[str, str]] = frozenset()) -> Plan:
    """Return what takes the link away and puts back what was there before it.

    Args:
        running: The running-config.
        owned: What the manifest says that we own.
        neighbors: VRF and peer of its BGP neighbours, where they are known: nothing on a router whose tunnels were deleted
            by hand tells them.

    Raises:
        PreflightError: The running-config is incomplete, or `owned` names no link.
    """
    config = _config(running)
    before = state.read(config)
    connection_id = owned.connection_id or ownership.connection_of(before, owned.link)
    if connection_id is None:
        held = sorted({(m.link, m.connection_id) for m in ownership.marks(before.sections).values()})
        links = ", ".join(f"{link} ({connection})" for link, connection in held) or "none"
        raise PreflightError(
            (f"the router's tunnels name no single connection of link {owned.link}: its links are {links}",)
        )
    link = _Link(owned.link or "link", connection_id, ownership.generation(before, connection_id) or 0)
    # An id alone proves nothing: somebody may have configured AWS's text by hand.
    proven = replace(owned, connection_id=connection_id if owned.tokens else None)
    ours = ownership.ours(before, link.link, connection_id, proven, frozenset())
    if ours.is_known:
        ours = replace(ours, neighbors=neighbors)
    result = target(before.sections, {}, ours)
    if not ours.is_known and any(ours.named(name) for _, name in before.sections):
        result.warnings.append(f"what is named after {connection_id} was not made by us and stays")
    owned = replace(owned, link=link.link, connection_id=connection_id)
    if in_use := tuple(dependents.in_use(config, before.sections, result.sections)):
        return Plan(collisions=in_use, differences=differences(before.sections, result.sections), owned=owned)
    result.warnings += dependents.taken_along(before.sections, result.sections)
    places = layout(ours.tunnels, {}, before.sections)
    marker = next((name for name, index in places.interfaces.items() if index == 0), None)
    made = _assembled(before.sections, result, places, marker, None)
    # The marks go with the tunnels: only what they said tells afterwards whether something of ours is left.
    return replace(made, owned=replace(owned, tokens=ordered_tokens(ours.tokens.values())))


def differences(before: Sections, after: Sections) -> tuple[Difference, ...]:
    """Return the lines in which two states differ, object by object."""
    found: list[Difference] = []
    for ref in sorted({**before, **after}, key=lambda r: state.KINDS[r[0]].rank):
        old, new = before.get(ref), after.get(ref)
        if old is not new:
            found += _section_differences(old, new)
    return tuple(found)


def _section_differences(old: Section | None, new: Section | None) -> list[Difference]:
    model = new or old
    if model is None:
        return []
    found: list[Difference] = []
    header = new.header if new is not None and model.kind.name != "global" else model.header
    above = (f"router bgp {model.name.partition(' ')[0]}",) if model.kind.name == BGP_VRF else ()
    is_headed = not model.kind.is_scattered
    if is_headed and (old is None or new is None or old.value(HEADER) != new.value(HEADER) or model.kind.mode is None):
        found += [Difference(above, "-", old.header)] if old is not None else []
        found += [Difference(above, "+", new.header)] if new is not None else []
    if model.kind.mode is None:
        return found
    lines: list[tuple[tuple[str, ...], str, str]] = []
    gone = old.entries if old is not None else {}
    come = new.entries if new is not None else {}
    for slot in {**gone, **come}:
        a, b = gone.get(slot), come.get(slot)
        if slot == HEADER or (old is not None and new is not None and is_same(a, b)):
            continue
        lines += [(_path(e, model), sign, e.line) for sign, e in (("-", a), ("+", b)) if e is not None and not e.opens]
    for path, sign, text in sorted(lines, key=lambda line: line[0]):
        found.append(Difference(() if path == ("global",) else (*above, header, *path), sign, text))
    return found


def _path(entry: Entry, section: Section) -> tuple[str, ...]:
    if section.kind.name == "bgp" and entry.path in ((), (IPV4_FAMILY,)) and not section.has_families:
        return ()
    return entry.path


def _config(running: str) -> Config:
    require_complete(running)
    return parse(running)


def _intended(text: str) -> State:
    want = state.read(parse(text), keep_unknown=True)
    if want.unknown:
        raise AgentError(f"no rule of the diff knows the intended line {Redactor().redact(want.unknown[0])!r}")
    return want


def _link(want: Sections, owned: Owned) -> _Link:
    """Return whose text it is: our description says so, or, in AWS's own text, the objects' names."""
    mark = next(iter(ownership.marks(want).values()), None)
    if mark is not None:
        return _Link(mark.link, mark.connection_id, mark.generation)
    for kind, name in want:
        if kind == "ipsec-profile" and name.startswith("ipsec-vpn-"):
            return _Link(owned.link or "link", name.removeprefix("ipsec-").rpartition("-")[0], 1)
    raise AgentError("the intended text names no VPN connection")


def _tunnels_like(running: State, want: State, owned: Owned) -> frozenset[str]:
    """Return the interfaces that already lead where a tunnel of this number is to lead; only adoption takes them."""
    if not owned.adopt:
        return frozenset()
    return frozenset(
        name
        for (kind, name), section in want.sections.items()
        if kind == "interface"
        and (have := running.sections.get((kind, name))) is not None
        and destination_of(have) == destination_of(section)
    )


def _renumbered(running: State, want: State, ours: ownership.Ours) -> Iterator[str]:
    """Yield a warning for each tunnel that is taken over under another number, for which it goes down."""
    intended = {destination_of(section): name for (kind, name), section in want.sections.items() if kind == "interface"}
    for name in ours.tunnels:
        destination = destination_of(running.sections["interface", name])
        becomes = intended.get(destination)
        if becomes not in (None, name):
            yield f"{name} leads to {destination} already, and goes down to become {becomes}: tunnel_numbers let it stay"


def _describe(result: Target, link: _Link, places: Layout, intended: Sections) -> tuple[str | None, str | None]:
    """Write our marks into the wanted state; return the first description to write, and on which interface."""
    names = sorted((n for k, n in intended if k == "interface"), key=lambda n: places.interfaces.get(n, 0))
    base = Mark(link.link, link.connection_id, link.generation)
    result.tokens.update((t, t) for t in (name.replace("Tunnel", "t") for name in names[1:]))
    wanted = ordered_tokens(result.tokens.values())
    final = ownership.spread(base, wanted)
    if final[2]:
        result.warnings.append(f"the descriptions have no room for {' '.join(final[2])}: keep the manifest")
    for name, mark in zip(names, final[:2], strict=False):
        ref = ("interface", name)
        result.sections[ref] = described(result.sections[ref], mark.text)
    if not names:
        return None, None
    # Until the last stage is done, what was ours and what is to be ours both are.
    marked = [t for n in result.ours.tunnels for t in _tokens_on(result, n)]
    both = ordered_tokens({**{ownership.key(t): t for t in marked}, **result.tokens}.values())
    first = ownership.spread(base, both)[0].text
    is_needed = set(wanted) != set(marked)
    return (first if is_needed else None), names[0]


def _tokens_on(result: Target, name: str) -> tuple[str, ...]:
    section = result.running.get(("interface", name))
    mark = read_mark(section.value("description") or "") if section is not None else None
    return mark.tokens if mark is not None else ()


def _assembled(
    before: Sections,
    result: Target,
    places: Layout,
    marker: str | None,
    first_mark: str | None,
) -> Plan:
    after = result.sections
    order = tuple(sorted(set(places.interfaces.values()), reverse=True))
    late = frozenset(result.late)
    early = frozenset(
        ref for ref in after if ref in before and before[ref] is not after[ref] and ref not in late
        and places.index(ref) is None and ref[0] not in BGP_KINDS
    )  # fmt: skip
    # The old process goes first and comes back last, so that each step's undoing finds the process that the step had.
    renumbered = gone_bgp(before, after)
    forward = stages(Way(before, after, places, order, late, marker, first_mark, renumbered))
    back_mark = _old_mark(before, after, marker) or first_mark
    backward = stages(Way(after, before, places, tuple(reversed(order)), early | renumbered, marker, back_mark))
    steps = tuple(
        _step(there, back, before, after, places)
        for there, back in zip(forward, reversed(backward), strict=True)
        if there.commands or back.commands
    )
    if steps:
        steps = (*steps[:-1], replace(steps[-1], refresh=refreshes(before, after)))
    return Plan(
        steps=steps,
        differences=differences(before, after),
        warnings=tuple(result.warnings),
    )


def _old_mark(before: Sections, after: Sections, marker: str | None) -> str | None:
    """Return the description to write first when undoing a removal."""
    ref = ("interface", marker or "")
    return before[ref].value("description") if ref in before and ref not in after else None


def _step(there: Stage, back: Stage, before: Sections, after: Sections, places: Layout) -> Step:
    for command in (*there.commands, *back.commands):
        _require_typable(command.text)
    scope = SHARED if there.index is None else places.scope(there.index)
    return Step(scope, there.commands, back.commands, _sessions(there.index, before, after, places))


def _sessions(index: int | None, before: Sections, after: Sections, places: Layout) -> tuple[IPv4Address, ...]:
    """Return the peers whose sessions live on what a step changes or removes."""
    if index is None:
        return ()
    is_touched = any(
        places.index(ref) == index and after.get(ref) is not section and _is_crypto(ref)
        for ref, section in before.items()
    )
    ends = (
        destination_of(before[("interface", name)])
        for name, i in places.interfaces.items()
        if i == index and ("interface", name) in before
    )
    return tuple(dict.fromkeys(end for end in ends if end is not None)) if is_touched else ()


def _is_crypto(ref: Ref) -> bool:
    return ref[0] not in (*BGP_KINDS, "interface", "route", "sla", "track", "global", "prefix-list", "route-map")


def _require_typable(line: str) -> None:
    """Refuse a line that can't be sent, such as one of the customer's that would have to be put back."""
    if not is_typable(line):
        shown = Redactor().redact(line).encode("ascii", "backslashreplace").decode()
        raise PreflightError((f"a line in our objects can't be typed again if it had to be put back: {shown!r}",))
