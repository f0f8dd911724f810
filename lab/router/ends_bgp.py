"""The router's BGP process as its neighbors see it, and the routing table that decides what it originates."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from lab.ends import BgpNeighbor, RouterBgp

from . import bgp
from .document import Entry
from .interface import address_of, vrf_of


def process(root: Entry) -> RouterBgp | None:
    """Return the BGP process of the global table, None when there is none."""
    section = bgp.process(root)
    if section is None:
        return None
    table = frozenset(routing_table(root))
    wanted = (IPv4Network(entry.key.split()[1]) for entry in bgp.family(section).starting("network"))
    return RouterBgp(
        local_as=int(section.key.split()[2]),
        neighbors=tuple(_neighbors(section)),
        networks=tuple(network for network in wanted if network in table),
    )


def routing_table(root: Entry) -> Iterator[IPv4Network]:
    """Return the connected and static networks of the global table."""
    for entry in root.starting("interface"):
        address = address_of(entry)
        if address and not entry.find("shutdown") and not vrf_of(entry):
            yield address.network
    for entry in root.starting("ip route"):
        words = entry.text.split()[2:]
        if words[0] != "vrf":
            yield IPv4Network((words[0], words[1]))


def _neighbors(section: Entry) -> Iterator[BgpNeighbor]:
    ipv4 = section.find(bgp.FAMILY)
    for entry in section.starting("neighbor"):
        words = entry.key.split()
        if len(words) != 3 or words[2] != "remote-as" or not words[1][0].isdigit():
            continue
        key = f"neighbor {words[1]}"
        remote_as = int(entry.text.split()[3])
        timers = section.value(f"{key} timers").split() or section.value("timers bgp").split() or ["60", "180"]
        activate = ipv4.find(f"{key} activate") if ipv4 else None
        is_active = ipv4 is None or (activate is not None and not activate.text.strip().startswith("no "))
        yield BgpNeighbor(
            address=IPv4Address(words[1]),
            remote_as=remote_as,
            is_active=is_active and section.find(f"{key} shutdown") is None,
            default_originate=bgp.family(section).find(f"{key} default-originate") is not None,
            keepalive=int(timers[0]),
            hold=int(timers[1]),
        )
