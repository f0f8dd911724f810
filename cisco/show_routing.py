"""``show ip bgp summary`` and ``rib-failure``, ``show ip sla statistics``, ``show track``, ``show ip route``: which way it is."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from .nvgen import canonical_asn
from .show import address, blocks, first, lines


@dataclass(frozen=True, slots=True)
class Neighbor:
    """One IPv4 BGP neighbour; `state` is the FSM's word, `prefixes` those received once it is Established."""

    address: IPv4Address
    remote_as: int
    state: str
    prefixes: int | None
    uptime: str

    @property
    def is_established(self) -> bool:
        """Whether routes for IPv4 unicast are exchanged."""
        return self.state == "Established" and self.prefixes is not None


@dataclass(frozen=True, slots=True)
class RibFailure:
    """A network of which BGP's best route is not in the routing table, since another one goes first."""

    network: str
    """As shown: without a mask where it has its class's own length."""
    next_hop: IPv4Address


_RIB_FAILURE = re.compile(r"^(?P<network>\d+\.\d+\.\d+\.\d+(?:/\d+)?) +(?P<next_hop>\d+\.\d+\.\d+\.\d+) +[A-Za-z]")


def rib_failures(text: str) -> tuple[RibFailure, ...]:
    """Read ``show ip bgp rib-failure``."""
    rows = (_RIB_FAILURE.match(line) for line in lines(text))
    read = ((row["network"], address(row["next_hop"])) for row in rows if row is not None)
    return tuple(RibFailure(network, next_hop) for network, next_hop in read if next_hop is not None)


# Neighbor V AS MsgRcvd MsgSent TblVer InQ OutQ Up/Down State/PfxRcd. `*` marks a dynamic neighbour; the AS
# may be dotted.
_NEIGHBOR = re.compile(
    r"^\*?(?P<address>\d+\.\d+\.\d+\.\d+) +4 +(?P<as>\d{1,10}(?:\.\d{1,5})?)(?: +\d+){5} +(?P<uptime>[\w:.]+)"
    r" +(?P<state>\d{1,10}|[A-Za-z]+(?: ?\([A-Za-z]+\))?|\([A-Za-z]+\))$"
)
_FAMILY = re.compile(r"^For address family: (.+)$")
# The columns before State/PfxRcd may fill the line; what is left comes on the next one.
_NEIGHBOR_START = re.compile(r"^\*?\d+\.\d+\.\d+\.\d+(?: +4(?: +[\d.]+){0,6}(?: +[\w:.]+)?)?$")
_STATES = frozenset({"idle", "connect", "active", "opensent", "openconfirm", "closing"})


def bgp_neighbors(text: str) -> tuple[Neighbor, ...]:
    """Read ``show ip bgp summary`` (or ``show bgp all summary``): the IPv4 unicast neighbours."""
    found: list[Neighbor] = []
    is_unicast, start = True, ""
    for line in lines(text):
        if (family := _FAMILY.match(line)) is not None:
            is_unicast, start = family[1].lower() == "ipv4 unicast", ""
            continue
        match = _NEIGHBOR.match(line) or (_NEIGHBOR.match(f"{start} {line}") if start else None)
        if match is not None:
            start = ""
            if is_unicast and (neighbor := _neighbor(match)) is not None:
                found.append(neighbor)
            continue
        start = line if _NEIGHBOR_START.match(line) else ""
    return tuple(found)


def _neighbor(match: re.Match[str]) -> Neighbor | None:
    neighbor = address(match["address"])
    if neighbor is None:
        return None
    state, prefixes = match["state"], None
    if state.isdigit():
        state, prefixes = "Established", int(state)
    elif state.split("(")[0].strip().lower() not in _STATES and not state.startswith("("):
        state = "unknown"
    return Neighbor(neighbor, int(canonical_asn(match["as"])), state, prefixes, match["uptime"])


@dataclass(frozen=True, slots=True)
class Sla:
    """One IP SLA operation's latest result, in IOS's words."""

    number: int
    return_code: str
    rtt: str = ""


# `IPSLA operation id: 100`; 12.4: `Round Trip Time (RTT) for Index 100`, `Entry number: 100`.
_SLA = re.compile(
    r"^(?:IPSLA operation id: *|Round [Tt]rip [Tt]ime \(RTT\) +(?:for +)?Index +|Entry number: *)(\d{1,10})$"
)
_SLA_CODE = re.compile(r"^Latest operation return code: *(\S.*)$")
_SLA_RTT = re.compile(r"^Latest RTT: *(\S.*)$")


def slas(text: str) -> tuple[Sla, ...]:
    """Read ``show ip sla statistics [N]``."""
    return tuple(
        Sla(int(header[1]), first(_SLA_CODE, block) or "unknown", first(_SLA_RTT, block) or "")
        for header, block in blocks(_SLA, lines(text))
    )


@dataclass(frozen=True, slots=True)
class Track:
    """One tracked object. `subject` is what it watches; `state` is ``Up``, ``Down`` or ``unknown``."""

    number: int
    subject: str
    state: str
    detail: str = ""
    return_code: str | None = None
    last_change: str | None = None
    sla: int | None = None


_TRACK = re.compile(r"^Track (\d{1,10})(?: \(.*\))?$")
# `Reachability is Down (no ip route), delayed Up (1 sec remaining)`: the word after `is` counts.
_TRACK_STATE = re.compile(
    r"^(?:Reachability|State|Line protocol|IP routing|Metric threshold) is (?P<state>Up|Down)\b,? *"
    r"(?P<detail>.*)$"
)
_TRACK_CHANGE = re.compile(r"^\d+ changes?, last change (\S+)$")
# 12.4 calls IP SLA `Response Time Reporter`.
_TRACK_SLA = re.compile(r"^(?:IP SLA|Response Time Reporter) (\d{1,10}) (?:reachability|state)$", re.I)


def tracks(text: str) -> tuple[Track, ...]:
    """Read ``show track [N]``."""
    return tuple(_track(int(header[1]), block) for header, block in blocks(_TRACK, lines(text)))


def _track(number: int, block: list[str]) -> Track:
    state = next((match for line in block if (match := _TRACK_STATE.match(line)) is not None), None)
    sla = first(_TRACK_SLA, block)
    return Track(
        number,
        block[0] if block and _TRACK_STATE.match(block[0]) is None else "",
        state["state"] if state is not None else "unknown",
        state["detail"] if state is not None else "",
        first(_SLA_CODE, block),
        first(_TRACK_CHANGE, block),
        None if sla is None else int(sla),
    )


@dataclass(frozen=True, slots=True)
class Route:
    """One way to a network in the routing table; `code` is ``B``, ``S``, …; a network may have several."""

    code: str
    network: IPv4Network
    next_hop: IPv4Address | None = None
    interface: str | None = None


_CODE = re.compile(
    # Flags (candidate default, next hop override, replicated) stand behind the code or in a column of their own.
    r"^(?P<code>[A-Za-z])[* ]?(?: ?[A-Za-z0-9]{2})?(?: {0,5}[*%+&p])? +"
    r"(?P<network>\d+\.\d+\.\d+\.\d+)(?:/(?P<length>\d+))?\b(?P<way>.*)$"
)
_VIA = re.compile(r"\bvia (\d+\.\d+\.\d+\.\d+)\b")
_ROUTE_INTERFACE = re.compile(r"(?:, |connected, )([A-Z][A-Za-z-]+\d[\d/.:]*)$")
# IOS up to 15.0 writes the mask once for subnets of one size: `10.0.0.0/16 is subnetted, 1 subnets`.
_SUBNETTED = re.compile(r"^\d+\.\d+\.\d+\.\d+/(\d+) is subnetted\b")
_VARIABLY = re.compile(r"^\d+\.\d+\.\d+\.\d+(?:/\d+)? is variably subnetted\b")


def is_route_table(text: str) -> bool:
    """Whether the text is a routing table, with routes or without."""
    # The first stands above the routes, and alone where there are none; the other is all that a device shows which does not route.
    heads = ("Gateway of last resort ", "Default gateway is ")
    return any(line.startswith(heads) for line in lines(text)) or bool(routes(text))


def routes(text: str) -> tuple[Route, ...]:
    """Read ``show ip route`` (or one protocol of it): every next hop of every IPv4 prefix."""
    found: list[Route] = []
    length, current = "", None
    for line in lines(text):
        if (match := _SUBNETTED.match(line)) is not None:
            length = match[1]
        elif _VARIABLY.match(line) is not None:
            length = ""
        elif (match := _CODE.match(line)) is not None:
            current = _network(match["network"], match["length"] or length)
            if current is not None:
                found.append(_route(match["code"], current, match["way"]))
        elif current is not None and (line.startswith(("[", "is directly connected"))):
            found.append(_route(found[-1].code, current, line))
        else:
            current = None  # what follows a line that is not known belongs to that line
    return tuple(found)


def _network(text: str, length: str) -> IPv4Network | None:
    try:
        return IPv4Network(f"{text}/{length}") if length else None
    except ValueError:
        return None


def _route(code: str, network: IPv4Network, way: str) -> Route:
    via, interface = _VIA.search(way), _ROUTE_INTERFACE.search(way)
    return Route(code, network, address(via[1]) if via else None, interface[1] if interface else None)
