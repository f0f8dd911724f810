"""What of the router's BGP is ours: the neighbours, and where everything in it is, the process."""

from . import ownership
from .layout import is_neighbor_line, peer_of
from .order import gone_bgp
from .ownership import Ours
from .state import Entry, Ref, Section, Sections, vrf_of


def renumbered(running: Sections, intended: Sections, ours: Ours) -> frozenset[Ref]:
    """Return what runs BGP under another number than is intended, where all of it is ours: IOS has one process."""
    gone = gone_bgp(running, intended)
    return gone if all(_is_all_ours(running[ref], running, ours) for ref in gone) else frozenset()


def _is_all_ours(process: Section, running: Sections, ours: Ours) -> bool:
    thing, vrf = ownership.process_token(vrf_of(process)), vrf_of(process)
    if not ours.owns(thing) or ours.holders(thing):
        return False
    peers = frozenset(peer for where, peer in neighbors(running, ours) if where == vrf)
    return all(
        is_neighbor_line(entry, peers)
        or (slot.startswith("network ") and ours.owns(ownership.key(ownership.network_token(slot, vrf))))
        or comes_by_itself(entry)
        for slot, entry in process.entries.items()
    )


def neighbors(running: Sections, ours: Ours) -> set[tuple[str, str]]:
    """Return VRF and peer of the neighbours that our tunnels have; in another VRF the same peer is somebody else's."""
    tunnels = [running[("interface", n)] for n in ours.tunnels if ("interface", n) in running]
    # A tunnel whose VRF was changed by hand leaves its neighbour where our mark says that we were.
    families = {t.removeprefix(ownership.FAMILY) for t in ours.tokens if t.startswith(ownership.FAMILY)}
    pairs = {(vrf, peer_of(tunnel)) for tunnel in tunnels for vrf in {vrf_of(tunnel), *families}}
    # Of a tunnel that was deleted by hand, unless another interface leads there by now.
    elsewhere = {
        (vrf_of(other), peer_of(other))
        for (kind, n), other in running.items()
        if kind == "interface" and n not in ours.tunnels
    }
    return {(vrf, peer) for vrf, peer in pairs if peer is not None} | (ours.neighbors - elsewhere)


def linked_peers(running: Sections, ours: Ours) -> set[str]:
    """Return the neighbours of all links of ours on this router."""
    others = (peer_of(running["interface", name]) for name in ours.others if ("interface", name) in running)
    return {peer for peer in others if peer is not None} | {peer for _, peer in neighbors(running, ours)}


def comes_by_itself(entry: Entry) -> bool:
    """Whether any process has the line, whoever made it."""
    return entry.is_default or entry.slot == "bgp log-neighbor-changes"


def is_limit(slot: str) -> bool:
    """Whether the line guards a session by ``maximum-prefix``."""
    return slot.startswith("neighbor ") and slot.endswith(" maximum-prefix")
