"""What the router does besides the link: a file for each thing that has kept links from working."""

from ..ownership import Ours
from ..plan import Collision
from ..state import Sections
from ..tree import Config
from . import rival_ike, rival_routes, switched_off, way_in, way_out, zones
from .static_routes import static_routes


def look_around(config: Config, before: Sections, want: Sections, ours: Ours) -> tuple[list[Collision], list[str]]:
    """Return what a link does not get along with, and, as warnings, what may keep it from working."""
    tunnels = {name for kind, name in want if kind == "interface"}.union(ours.tunnels, ours.others)
    routes = static_routes(config)
    collisions = [
        *switched_off.in_the_way(config, want),
        *rival_ike.same_peers(config, want),
        *rival_ike.displaced(config, before, want, ours),
        *rival_routes.swallowed(routes, want, tunnels),
    ]
    warnings = [
        *switched_off.shut_down(before, want),
        *rival_ike.shared_keys(config, want),
        *rival_ike.shared_keyrings(before, want, ours),
        *rival_ike.shared_profiles(before, want, ours),
        *way_in.closed(config, before, want),
        *way_out.elsewhere(config, routes, before, want),
        *zones.outside(config, before, want),
        *rival_routes.beside(routes, want, tunnels),
    ]
    return collisions, warnings
