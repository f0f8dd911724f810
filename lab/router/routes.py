"""The static routes of a configuration, as far as they name a network: ``ip route profile`` and the like are no routes."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from .document import Entry
from .grammar import is_mask


@dataclass(frozen=True, slots=True)
class Route:
    """A static route: its VRF ("" is the global table), network, way out (an interface or a next hop), distance and track."""

    vrf: str
    network: IPv4Network
    way: str
    distance: int
    track: int | None


def static_routes(root: Entry) -> Iterator[Route]:
    """Return the static routes."""
    for entry in root.starting("ip route"):
        words = entry.text.split()[2:]
        vrf, words = (words[1], words[2:]) if words[:1] == ["vrf"] else ("", words)
        if len(words) < 3 or not words[0][0].isdigit() or not is_mask(words[1]):
            continue
        track = int(words[words.index("track") + 1]) if "track" in words else None
        rest = words[4:] if len(words) > 3 and "." in words[3] else words[3:]
        distance = int(rest[0]) if rest and rest[0].isdigit() else 1
        yield Route(vrf, IPv4Network((words[0], words[1])), words[2], distance, track)
