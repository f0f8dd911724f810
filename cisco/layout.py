"""Which tunnel of a link an object belongs to, so that one tunnel can be changed and checked before the other."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface

from .plan import SHARED
from .state import BGP_KINDS, HEADER, Entry, Ref, Section, Sections

# A connection id may be all digits, so that `policy-vpn-12345678` must not be read as the name of a tunnel's object.
_INDEX = re.compile(
    r"(?:keyring(?:-[A-Za-z][A-Za-z0-9_.:-]*)?|isakmp|ikev2|ipsec|ipsec-prop|primary|backup)-vpn-[0-9A-Za-z]+-([01])"
)
_SOURCE = re.compile(r"\S+ (Tunnel\d+)")


@dataclass(frozen=True, slots=True)
class Layout:
    """The tunnel interfaces of a link by index, and the scope of everything that hangs on one of them."""

    interfaces: dict[str, int]
    peers: dict[str, int]
    probes: dict[str, int]
    tracks: dict[str, int]
    policies: dict[str, int]

    def index(self, ref: Ref, slot: str = "") -> int | None:
        """Return the tunnel that an object (in BGP: a line) belongs to, or ``None`` when both share it."""
        kind, name = ref
        if kind in BGP_KINDS:
            words = slot.split(" ")
            return self.peers.get(words[1]) if words[0] == "neighbor" else None
        if kind == "route":
            return self.interfaces.get(route_interface(name))
        by_name = {"interface": self.interfaces, "sla": self.probes, "track": self.tracks, "policy": self.policies}
        if kind in by_name:
            return by_name[kind].get(name)
        found = _INDEX.fullmatch(name) if kind != "global" else None
        return int(found[1]) if found is not None else None

    def scope(self, index: int | None) -> str:
        """Return the name of a scope: the interface's, or ``shared``."""
        names = [name for name, i in self.interfaces.items() if i == index]
        return names[-1] if names else SHARED


def route_interface(name: str) -> str:
    """Return the interface that a static route of this name leaves by."""
    return next(word for word in name.split(" ") if word.startswith("Tunnel"))


def profile_index(interface: Section) -> int | None:
    """Return the tunnel index in the name of the profile that protects an interface."""
    found = _INDEX.fullmatch((interface.value("tunnel protection") or "").split(" ")[0])
    return int(found[1]) if found is not None else None


def peer_of(interface: Section) -> str | None:
    """Return the other host of a tunnel's /30, which is AWS's inside address."""
    address = interface_address(interface)
    if address is None or address.network.prefixlen != 30:
        return None
    return next((str(h) for h in address.network.hosts() if h != address.ip), None)


def interface_address(interface: Section) -> IPv4Interface | None:
    """Return an interface's primary address."""
    value = interface.value("ip address")
    if value is None or value == "none":
        return None
    try:
        return IPv4Interface(value.replace(" ", "/"))
    except ValueError:
        return None


def destination_of(interface: Section) -> IPv4Address | None:
    """Return the address a tunnel goes to."""
    try:
        return IPv4Address(interface.value("tunnel destination") or "")
    except ValueError:
        return None


def source_of(running: Sections, tunnel: Section) -> Section | None:
    """Return the interface that a tunnel leaves by; with an address, only where exactly one interface has it."""
    source = tunnel.value("tunnel source")
    if source is None:
        return None
    named = running.get(("interface", source))
    if named is not None:
        return named
    having = [
        section
        for (kind, _), section in running.items()
        if kind == "interface" and (found := interface_address(section)) and str(found.ip) == source
    ]
    return having[0] if len(having) == 1 else None


def ways_out(running: Sections, intended: Sections) -> Iterator[tuple[Section, Section]]:
    """Yield each tunnel with the interface that it leaves by, where that is known."""
    for (kind, _), tunnel in intended.items():
        source = source_of(running, tunnel) if kind == "interface" else None
        if source is not None:
            yield tunnel, source


def wan_interfaces(running: Sections, intended: Sections) -> tuple[Section, ...]:
    """Return the interfaces that the tunnels leave by, each once."""
    return tuple({source.name: source for _, source in ways_out(running, intended)}.values())


def probe_interface(sla: Section) -> str | None:
    """Return the tunnel that a probe leaves by."""
    found = _SOURCE.fullmatch(sla.value("icmp-echo") or "")
    return found[1] if found is not None else None


def tracked_probe(track: Section) -> str | None:
    """Return the number of the probe that a track watches."""
    words = (track.value(HEADER) or "").split(" ")
    return words[2] if words[:2] == ["ip", "sla"] and len(words) > 2 else None


def layout(tunnels: tuple[str, ...], intended: Sections, running: Sections) -> Layout:
    """Return the layout of a link; where both texts have an object, the intended one says where it belongs."""
    result = Layout({}, {}, {}, {}, {})
    for sections, names in ((running, tunnels), (intended, tuple(n for k, n in intended if k == "interface"))):
        _place_interfaces(result, sections, names)
        for (kind, name), section in sections.items():
            if kind == "sla" and probe_interface(section) in result.interfaces:
                result.probes[name] = result.interfaces[probe_interface(section) or ""]
        for (kind, name), section in sections.items():
            if kind == "track" and tracked_probe(section) in result.probes:
                result.tracks[name] = result.probes[tracked_probe(section) or ""]
    for position, name in enumerate(n for k, n in intended if k == "policy"):
        result.policies[name] = min(position, 1)
    return result


def _place_interfaces(result: Layout, sections: Sections, names: tuple[str, ...]) -> None:
    for name in names:
        section = sections.get(("interface", name))
        if section is None:
            continue
        index = profile_index(section)
        if index is None:
            # A shell, half made or half removed: take the index that its sibling leaves.
            index = result.interfaces.get(name, 1 if 0 in result.interfaces.values() else 0)
        result.interfaces[name] = index
        peer = peer_of(section)
        if peer is not None:
            result.peers[peer] = index


def named_peers(slots: Iterable[str]) -> tuple[str, ...]:
    """Return the neighbours that lines of BGP are about, each once, in their order."""
    return tuple(dict.fromkeys(slot.split(" ", 2)[1] for slot in slots if slot.startswith("neighbor ")))


def is_neighbor_line(entry: Entry, peers: frozenset[str]) -> bool:
    """Whether a BGP line is about one of these neighbours."""
    words = entry.slot.split(" ")
    return words[0] == "neighbor" and words[1] in peers
