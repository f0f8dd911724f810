"""Interfaces: addresses, and what makes a tunnel of one."""

from ipaddress import IPv4Interface

from . import vrf
from .document import Entry
from .grammar import Match
from .line import Context, Line, Mode, Refusal, Reply, only_shown_unless, refuse_at
from .release import Release

_LOGICAL = ("Tunnel", "Loopback", "Null", "Vlan", "BDI", "Port-channel", "Dialer", "VirtualPortGroup", "BVI")


def address_of(entry: Entry) -> IPv4Interface | None:
    """Return the interface's first address, None without one."""
    words = entry.value("ip address").split()
    return IPv4Interface("/".join(words[:2])) if len(words) >= 2 and words[0][0].isdigit() else None


def vrf_of(entry: Entry) -> str:
    """Return the VRF that the interface is in, "" for the global table."""
    return entry.value("vrf forwarding") or entry.value("ip vrf forwarding")


def _open(ctx: Context, match: Match[Line]) -> Reply | None:
    """A logical interface is made by naming it; a physical one is there or not."""
    name = match["interface"]
    if ctx.config.find(f"interface {name}"):
        return None
    is_subinterface = "." in name and ctx.config.find(f"interface {name.partition('.')[0]}") is not None
    if not is_subinterface and not name.startswith(_LOGICAL):
        raise refuse_at(match, 1)
    if name.startswith("Tunnel") and int(name.removeprefix("Tunnel")) > 2147483647:
        raise refuse_at(match, 1)
    return None


def _opened(ctx: Context, match: Match[Line]) -> Reply | None:
    entry = ctx.config.find(f"interface {match['interface']}")
    if entry and not any(entry.entries):
        ctx.router.document.put(entry, "ip address", " no ip address")
    return None


def _remove(ctx: Context, match: Match[Line]) -> Reply | None:
    name = match["interface"]
    entry = ctx.config.find(f"interface {name}")
    if entry is None:
        raise refuse_at(match, 1)
    if not name.startswith(_LOGICAL) and "." not in name:
        raise Refusal("% Removal of physical interfaces is not permitted.")
    return None


def _removed(ctx: Context, match: Match[Line]) -> Reply | None:
    for route in ctx.config.starting("ip route"):
        if match["interface"] in route.key.split():
            route.remove()
    return ("% Not all config may be removed and may reappear after reactivating the logical-interface/sub-interfaces",)


def _default(ctx: Context, match: Match[Line]) -> Reply:
    entry = ctx.config.find(f"interface {match['interface']}")
    if entry is None:
        raise refuse_at(match, 2)
    for child in entry.entries:
        child.remove()
    ctx.router.document.put(entry, "ip address", " no ip address")
    ctx.router.changed(ctx.user)
    return (f"Interface {match['interface']} set to default configuration",)


def _check_address(ctx: Context, match: Match[Line]) -> Reply | None:
    interface = IPv4Interface(f"{match['address']}/{match['mask']}")
    length = interface.network.prefixlen
    edges = (interface.network.network_address, interface.network.broadcast_address)
    if length < 31 and interface.ip in edges:
        raise Refusal(f"Bad mask /{length} for address {interface.ip}")
    for entry in ctx.config.starting("interface"):
        other = address_of(entry)
        if entry is ctx.section or other is None or vrf_of(entry) != vrf_of(ctx.section) or entry.find("shutdown"):
            continue
        if other.network.overlaps(interface.network):
            raise Refusal(f"% {interface.network.network_address} overlaps with {entry.key.removeprefix('interface ')}")
    return None


def _address_exists(ctx: Context, match: Match[Line]) -> Reply | None:
    address = address_of(ctx.section)
    if match["address"] and (address is None or str(address.ip) != match["address"]):
        raise Refusal("% Invalid address")
    return None


def _description(ctx: Context, match: Match[Line]) -> Reply | None:
    if len(match["text"]) > ctx.release.description_limit:
        raise Refusal(f"% Description is too long: {ctx.release.description_limit} characters at most")
    return None


def _tunnel(ctx: Context, match: Match[Line]) -> Reply | None:
    """Tunnel lines are unknown on other interfaces; a source interface must exist."""
    if not ctx.section.key.startswith("interface Tunnel"):
        raise refuse_at(match, 0)
    if match["interface"] and not ctx.config.find(f"interface {match['interface']}"):
        raise refuse_at(match, 2)
    return None


def _protection(ctx: Context, match: Match[Line]) -> Reply | None:
    _tunnel(ctx, match)
    if not ctx.config.find(f"crypto ipsec profile {match['profile']}"):
        raise Refusal(f"% IPsec profile {match['profile']} does not exist")
    return None


def _front_door(ctx: Context, match: Match[Line]) -> Reply | None:
    _tunnel(ctx, match)
    if not vrf.has_ipv4(ctx.config, match["vrf"]):
        raise Refusal(f"% VRF {match['vrf']} does not exist or does not have IPv4 enabled")
    return None


def _has_input_word(release: Release) -> bool:
    return release.virtual_reassembly.endswith(" in")


def _shown_reassembly(_match: Match[Line], release: Release) -> str:
    return release.virtual_reassembly


INTERFACE = Mode(
    "config-if",
    (
        Line("description / text:LINE", key="description", check=_description),
        Line("vrf forwarding / vrf:WORD", key="vrf forwarding", check=vrf.forwarding, check_no=vrf.leave,
             when=lambda release: release.name != "ios12"),
        Line("ip vrf forwarding / vrf:WORD", key="ip vrf forwarding", check=vrf.forwarding, check_no=vrf.leave),
        Line("ip address / address:A.B.C.D mask:MASK", key="ip address", check=_check_address,
             check_no=_address_exists, negated="no ip address"),
        Line("ip address dhcp", key="ip address", negated="no ip address"),
        Line("ip address address:A.B.C.D mask:MASK secondary", check=_check_address),
        Line("ip mtu / bytes:<68-18000>", key="ip mtu"),
        Line("mtu / bytes:<64-18000>", key="mtu"),
        Line("ip tcp adjust-mss / bytes:<500-1460>", key="ip tcp adjust-mss"),
        Line("ip virtual-reassembly / [in]", key="ip virtual-reassembly in", shown=_shown_reassembly, when=_has_input_word),
        Line("ip virtual-reassembly / [in]", key="ip virtual-reassembly", shown=_shown_reassembly,
             when=lambda release: not _has_input_word(release)),
        Line("ip nat (inside|outside)"),
        Line("ip access-group name:WORD (in|out)", key=lambda match: f"ip access-group {match.words[-1]}"),
        Line("ip redirects", shown=lambda _match, _release: None, negated="no ip redirects"),
        Line("ip proxy-arp", shown=lambda _match, _release: None, negated="no ip proxy-arp"),
        Line("bandwidth / kilobits:<1-10000000>", key="bandwidth"),
        Line("load-interval / seconds:<30-600>", key="load-interval"),
        Line("keepalive / seconds:<0-32767> [retries:<1-255>]", key="keepalive"),
        Line("shutdown"),
        Line("duplex / (auto|full|half)", key="duplex"),
        Line("speed / (auto|10|100|1000)", key="speed"),
        Line("negotiation auto"),
        Line("tunnel source / (address:A.B.C.D|interface:IFACE)", key="tunnel source", check=_tunnel),
        Line("tunnel destination / (address:A.B.C.D|dynamic)", key="tunnel destination", check=_tunnel),
        Line("tunnel mode / (gre ip|ipip|ipsec ipv4 [v6-overlay]|ipsec ipv6 [v4-overlay]|ipsec dual-overlay)",
             key="tunnel mode", shown=only_shown_unless("tunnel mode gre ip"), check=_tunnel),
        Line("tunnel vrf / vrf:WORD", key="tunnel vrf", check=_front_door),
        Line("tunnel protection ipsec profile / profile:WORD [(shared|ikev2-profile ike:WORD|isakmp-profile ike:WORD)]",
             key="tunnel protection", check=_protection),
        Line("tunnel path-mtu-discovery"),
        Line("crypto ipsec df-bit / (clear|copy|set)", key="crypto ipsec df-bit"),
        Line("crypto ipsec fragmentation / (before-encryption|after-encryption)", key="crypto ipsec fragmentation"),
    ),
)  # fmt: skip

SUBINTERFACE = Mode("config-subif", INTERFACE.lines)

MODES = (INTERFACE, SUBINTERFACE)

GLOBAL = (
    Line(
        "interface interface:IFACE / [(point-to-point|multipoint)]",
        key="interface {interface}",
        opens=INTERFACE.name,
        check=_open,
        after=_opened,
        check_no=_remove,
        after_no=_removed,
    ),
    Line("default interface interface:IFACE", is_negatable=False, run=_default),
)
