"""Two ways to the Internet: a tunnel's packets leave by the better route, whatever interface the tunnel has as its source."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address

from ..layout import destination_of, interface_address, ways_out
from ..state import Sections, vrf_of
from ..tree import Config
from .static_routes import Route


def elsewhere(config: Config, routes: Sequence[Route], running: Sections, intended: Sections) -> Iterator[str]:
    """Yield a warning for each way out of tunnels that has a route to AWS, and another one goes before it or beside it.

    The provider there drops what has the other one's address. An interface without a route to AWS (a loopback, say) is another matter, and
    `ip local policy` may well send the packets the right way.
    """
    if any(line.text.startswith("ip local policy ") for line in config.lines):
        return
    seen: set[str] = set()
    for tunnel, source in ways_out(running, intended):
        peer = destination_of(tunnel)
        if peer is None or source.name in seen:
            continue
        ways = {r: _way_out(running, r) for r in routes if r.vrf == vrf_of(source) and peer in r.network}
        if source.name not in ways.values():
            continue
        best = min(map(_rank, ways))
        rival = next((r for r, way in ways.items() if _rank(r) == best and way not in (None, source.name)), None)
        if rival is not None:
            seen.add(source.name)
            vrf = f"vrf {rival.vrf} " if rival.vrf else ""
            yield (
                f"'{rival.line}' leads to AWS out of {ways[rival]}, and the tunnels have the address of {source.name}, so that they may not "
                f"come up: enter 'ip route {vrf}{peer} 255.255.255.255' out of {source.name}, and the same for the other tunnel"
            )


def _rank(route: Route) -> tuple[int, int]:
    return -route.network.prefixlen, route.distance


def _way_out(running: Sections, route: Route) -> str | None:
    """Return the interface that a route leaves by: the one it names, or that of its next hop's network."""
    if ("interface", route.way) in running:
        return route.way
    try:
        next_hop = IPv4Address(route.way)
    except ValueError:
        return None
    for (kind, name), section in running.items():
        own = interface_address(section) if kind == "interface" and vrf_of(section) == route.vrf else None
        if own is not None and next_hop in own.network:
            return name
    return None
