"""The other neighbours of a router's BGP: what a link announces they are told as well, and AWS what they announce."""

import re
from collections.abc import Container, Iterator

from .counted import listed
from .layout import named_peers
from .state import BGP_VRF, Section, Sections

_DEFAULT = "network 0.0.0.0/0"
_VPNV4 = re.compile(r"address-family vpnv4(?: unicast)?/\?neighbor (\d\S+) activate")
_SOURCES = ("?redistribute ", "?aggregate-address ")


def neighbors(have: Section, want: Section, links: Container[str]) -> tuple[str, ...]:
    """Return the neighbours in this table that are no link's of ours."""
    ours = _peers(want)
    return tuple(p for p in named_peers(have.entries) if p not in ours and p not in links and _is_told(have, p))


def provider_edges(running: Sections, want: Section) -> tuple[str, ...]:
    """Return the VPNv4 neighbours, who are told, for the other sites, of what BGP has in a VRF."""
    if want.kind.name != BGP_VRF:
        return ()
    slots = (slot for (kind, _), process in running.items() if kind == "bgp" for slot in process.entries)
    return tuple(found[1] for slot in slots if (found := _VPNV4.fullmatch(slot)))


def without_default(want: Section, others: tuple[str, ...]) -> Section:
    """Return what is wanted of BGP without ``network 0.0.0.0`` where that would tell the router's other neighbours of a default route.

    AWS's text has it beside ``default-originate``, which tells AWS's end alone and needs no route (Cisco's command reference). A
    backup whose announcements are steered has nothing else, so that there it stays.
    """
    is_originated = all(f"neighbor {peer} default-originate" in want.entries for peer in _peers(want))
    if not others or not is_originated:
        return want
    return want.with_entries({slot: entry for slot, entry in want.entries.items() if slot != _DEFAULT})


def told(have: Section, want: Section, others: tuple[str, ...]) -> Iterator[str]:
    """Yield a warning of who is told what once the link's neighbours come to others."""
    if _DEFAULT in without_default(want, others).entries and _DEFAULT not in have.entries and others:
        yield (
            f"'network 0.0.0.0' announces the router's default route to {listed(others)} as well, unless their own filters keep it "
            f"back: name the networks to announce instead (advertise)"
        )
    new = [peer for peer in _peers(want) if f"neighbor {peer} remote-as" not in have.entries]
    is_filtered = all(f"neighbor {peer} prefix-list out" in want.entries for peer in new)
    sources = [slot.removeprefix("?") for slot in have.entries if slot.startswith(_SOURCES)]
    if new and not is_filtered and (others or sources):
        yield (
            f"AWS is told of all that this router's BGP has of {listed((*others, *sources))}, and ends the session beyond 100 networks "
            f"(1000 with a transit gateway): prefix lists let out only what the link announces"
        )


def _is_told(have: Section, peer: str) -> bool:
    """Whether IPv4 routes go to this neighbour: with address families only to those that are activated there."""
    if ":" in peer or not (peer[0].isdigit() or _is_listened_for(have, peer)):  # IPv6, or a peer group's name
        return False
    default = "no" if have.has_families else "yes"
    return (have.value(f"neighbor {peer} activate") or default) == "yes"


def _is_listened_for(have: Section, group: str) -> bool:
    """Whether neighbours of this peer group come by themselves, as the spokes of a DMVPN do."""
    return any(slot.startswith("?bgp listen range ") and slot.endswith(f" peer-group {group}") for slot in have.entries)


def _peers(section: Section) -> tuple[str, ...]:
    return named_peers(slot for slot in section.entries if slot.endswith(" remote-as"))
