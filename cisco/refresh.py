"""Which BGP sessions must apply a changed policy to the routes that they have already: IOS does it for new ones only."""

from .state import BGP_KINDS, Section, Sections, vrf_of

_Policies = dict[str, dict[str, object]]


def refreshes(before: Sections, after: Sections) -> tuple[str, ...]:
    """Return the EXEC lines; a soft clear leaves the session up and loses no packet."""
    lines: list[str] = []
    for ref, section in after.items():
        old = before.get(ref)
        if ref[0] not in BGP_KINDS or old is None:
            continue
        was, is_now = _policies(before, old), _policies(after, section)
        changed = (peer for peer in {**was, **is_now} if was.get(peer) != is_now.get(peer))
        # A session that comes or goes has nothing to be refreshed.
        lines += [_line(section, peer) for peer in changed if _has(old, peer) and _has(section, peer)]
    return tuple(dict.fromkeys(lines))


def _has(process: Section, peer: str) -> bool:
    return f"neighbor {peer} remote-as" in process.entries


def _policies(sections: Sections, process: Section) -> _Policies:
    """Return what filters each neighbour, by way and with what it says; a hub has many neighbours, so in one pass."""
    found: _Policies = {}
    for slot, entry in process.entries.items():
        words = slot.split(" ")
        if words[0] == "neighbor" and len(words) == 4 and words[2] in ("prefix-list", "route-map"):
            filtered = sections.get((words[2], entry.value))
            content = {} if filtered is None else {s: e.value for s, e in filtered.entries.items()}
            found.setdefault(words[1], {})[slot] = (entry.value, content)
    return found


def _line(process: Section, peer: str) -> str:
    if not vrf_of(process):
        return f"clear ip bgp {peer} soft"
    # In a VRF IOS takes no neighbour here, but an AS.
    return f"clear ip bgp vrf {vrf_of(process)} ipv4 unicast {process.value(f'neighbor {peer} remote-as')} soft"
