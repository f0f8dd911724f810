"""Which routes the two routers hold that are not BGP's, and which ends belong together."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from lab.ends import AwsEnd, RouterEnd

Routes = list[tuple[IPv4Network, tuple[str, ...]]]


def router_end(routers: Sequence[RouterEnd], aws: AwsEnd) -> RouterEnd | None:
    """Return the router's end of a tunnel: by destination, else by inside network, never by position."""
    for end in routers:
        if end.destination == aws.outside:
            return end
    return next((end for end in routers if end.inside and end.inside.network == aws.inside.network), None)


def router_routes(
    routers: Iterable[RouterEnd], up: Iterable[IPv4Address], is_track_up: Callable[[int], bool]
) -> Routes:
    """Return the router's static routes in force: over tunnels that are up and, where a track is named, answered.

    Of those to one network the ones with the shortest distance.
    """
    ways: dict[IPv4Network, list[tuple[int, str]]] = {}
    reachable = frozenset(up)
    for end in routers:
        if end.destination not in reachable:
            continue
        for route in end.static_routes:
            is_watched = end.sla is not None and end.sla.track == route.track
            if route.track is None or (is_watched and end.sla is not None and is_track_up(end.sla.number)):
                ways.setdefault(route.network, []).append((route.distance, f"Tunnel{end.number}"))
    return [
        (network, tuple(device for distance, device in found if distance == min(found)[0]))
        for network, found in ways.items()
    ]


def aws_routes(aws: Iterable[AwsEnd], devices: Mapping[IPv4Address, str]) -> Routes:
    """Return AWS's routes of a static connection: a virtual private gateway sends through one tunnel at a time."""
    active = next((end for end in aws if end.outside in devices and end.bgp is None), None)
    return [] if active is None else [(network, (devices[active.outside],)) for network in active.static_routes]
