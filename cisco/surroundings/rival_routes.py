"""Static routes beside a link's: somebody else's to its networks, and the link's own that hold the way to AWS itself."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from ..layout import destination_of
from ..plan import Collision
from ..state import Sections, vrf_of
from .static_routes import Route, read_routes

_ADMITTED = re.compile(r"permit (\S+)")
_EBGP = 20
# A VPC's networks are /16 to /28 (AWS): what is shorter is more than one VPC, and may hold networks of the site.
_SHORTEST_OF_A_VPC = 16


def beside(routes: Sequence[Route], intended: Sections, tunnels: Container[str]) -> Iterator[str]:
    """Yield a warning for each foreign route that takes such a network's traffic, or a share of it.

    Args:
        routes: The router's static routes.
        intended: What the link is to be.
        tunnels: The interfaces of all links of ours, which may well share a network's traffic.
    """
    ours = _ours(intended)
    for route in routes if ours else ():
        if route.way in tunnels:
            continue
        distance = ours.get((route.vrf, route.network))
        if distance is None:
            if any(vrf == route.vrf and _is_part(route.network, network) for vrf, network in ours):
                yield (
                    f"'{route.line}' is not ours and takes all of the traffic to {route.to} away from the tunnels: "
                    f"the longer prefix wins; remove it"
                )
        elif route.distance < distance or (route.distance == distance != _EBGP):
            takes = "a share of" if route.distance == distance else "all of"
            yield (
                f"'{route.line}' is not ours and takes {takes} the traffic to {route.to} away from the tunnels; "
                f"remove it, or give it a distance above {distance}"
            )


def swallowed(routes: Sequence[Route], intended: Sections, tunnels: Container[str]) -> Iterator[Collision]:
    """Yield the collision of each network of the link that holds AWS's own addresses: IOS takes a tunnel down whose way leads through itself."""
    ours = [route for ref, section in intended.items() if ref[0] == "route" for route in read_routes((section.header,))]
    others = [route for route in routes if route.way not in tunnels] if ours else []
    for (kind, name), tunnel in intended.items():
        peer, vrf = destination_of(tunnel), tunnel.value("tunnel vrf") or ""
        if kind != "interface" or peer is None or vrf != vrf_of(tunnel):
            continue
        inside = next((route for route in ours if route.vrf == vrf and peer in route.network), None)
        if inside is not None and not _leads_out(peer, inside, others):
            yield Collision(
                f"ip route {inside.to}",
                f"holds {peer} too, the other end of {name}, so that the tunnel's own packets would go through it, "
                f"and IOS takes such a tunnel down",
                f"enter 'ip route {f'vrf {vrf} ' if vrf else ''}{peer} 255.255.255.255' out of the WAN, or put the WAN into a VRF of its own",
            )


def _leads_out(peer: IPv4Address, inside: Route, others: list[Route]) -> bool:
    longer = (route for route in others if route.vrf == inside.vrf and peer in route.network)
    return any(route.network.prefixlen > inside.network.prefixlen for route in longer)


def _ours(intended: Sections) -> Mapping[tuple[str, IPv4Network], int]:
    """Return the distance of each network of the link by its VRF: of its routes, or, with BGP, of what its prefix list admits."""
    distances: dict[tuple[str, IPv4Network], int] = {}
    vrf = next((vrf_of(section) for (kind, _), section in intended.items() if kind == "interface"), "")
    for (kind, name), section in intended.items():
        if kind == "route":
            for route in read_routes((section.header,)):
                at = (route.vrf, route.network)
                distances[at] = min(route.distance, distances.get(at, route.distance))
        elif kind == "prefix-list" and name.startswith("from-aws-"):
            admitted = (_ADMITTED.fullmatch(slot) for slot in section.entries)
            distances |= {(vrf, IPv4Network(found[1])): _EBGP for found in admitted if found is not None}
    return distances


def _is_part(network: IPv4Network, of: IPv4Network) -> bool:
    # Not subnet_of(), which takes ten times as long: a router may have thousands of routes.
    return of.prefixlen >= _SHORTEST_OF_A_VPC and network.prefixlen > of.prefixlen and network.network_address in of
