"""Static routes as IOS shows them, whoever's they are."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from ..nvgen import canonical_interface
from ..tree import Config

_ROUTE = re.compile(
    r"ip route (?:vrf (?P<vrf>\S+) )?(?P<network>\d\S+ \d\S+) (?P<way>\S+)(?: \d+\.\d+\.\d+\.\d+)?(?: (?P<distance>\d+))?(?: .*)?"
)


@dataclass(frozen=True, slots=True)
class Route:
    """One route: `way` is an interface or the next hop, `vrf` empty for the global table, `line` as shown."""

    vrf: str
    network: IPv4Network
    way: str
    distance: int
    line: str

    @property
    def to(self) -> str:
        """The network in IOS's words."""
        vrf = f"vrf {self.vrf} " if self.vrf else ""
        return f"{vrf}{self.network.network_address} {self.network.netmask}"


def static_routes(config: Config) -> tuple[Route, ...]:
    """Return the static routes of a configuration."""
    return tuple(read_routes(line.text for line in config.lines if line.text.startswith("ip route ")))


def read_routes(lines: Iterable[str]) -> Iterator[Route]:
    """Yield the route of each line that is one."""
    for line in lines:
        found = _ROUTE.fullmatch(line)
        if found is None:
            continue
        try:
            network = IPv4Network(found["network"].replace(" ", "/"))
        except ValueError:  # no mask that a route can have
            continue
        yield Route(found["vrf"] or "", network, canonical_interface(found["way"]), int(found["distance"] or 1), line)
