"""Static routes of somebody else's to the networks that a link routes: IOS takes the shortest distance, and shares among equals."""

import re
from collections.abc import Container, Iterator

from .nvgen import canonical_interface
from .state import Sections
from .tree import Config

_ROUTE = re.compile(
    r"ip route (?P<to>(?:vrf \S+ )?\d\S+ \d\S+) (?P<way>\S+)(?: \d+\.\d+\.\d+\.\d+)?(?: (?P<distance>\d+))?(?: .*)?"
)


def beside(config: Config, intended: Sections, tunnels: Container[str]) -> Iterator[str]:
    """Yield a warning for each foreign route that takes such a network's traffic, or a share of it.

    Args:
        config: The router's running-config.
        intended: What the link is to be.
        tunnels: The interfaces of all links of ours, which may well share a network's traffic.
    """
    distances: dict[str, int] = {}
    for (kind, _), section in intended.items():
        if kind == "route" and (ours := _ROUTE.fullmatch(section.header)) is not None:
            distances[ours["to"]] = min(_distance(ours), distances.get(ours["to"], _distance(ours)))
    for line in config.lines:
        found = _ROUTE.fullmatch(line.text)
        if found is None or found["to"] not in distances or canonical_interface(found["way"]) in tunnels:
            continue
        if _distance(found) <= distances[found["to"]]:
            takes = "a share of" if _distance(found) == distances[found["to"]] else "all of"
            yield (
                f"'{line.text}' is not ours and takes {takes} the traffic to {found['to']} away from the tunnels; "
                f"remove it, or give it a distance above {distances[found['to']]}"
            )


def _distance(route: re.Match[str]) -> int:
    return int(route["distance"] or 1)
