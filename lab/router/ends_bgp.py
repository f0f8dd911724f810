"""The router's BGP process as its neighbors see it, and the routing table that decides what it originates."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from lab.ends import BgpNeighbor, RouterBgp

from . import asn, bgp, policy
from .document import Entry
from .interface import address_of, vrf_of
from .routes import static_routes


def process(root: Entry, vrf: str = "") -> RouterBgp | None:
    """Return BGP as it is in a VRF ("" is the global table), None when there is none."""
    section = bgp.process(root)
    held = bgp.vrf_family(section, vrf) if section else None
    if section is None or held is None:
        return None
    table = frozenset(routing_table(root, vrf))
    wanted = (IPv4Network(entry.key.split()[1]) for entry in held.starting("network"))
    return RouterBgp(
        local_as=int(section.key.split()[2]),
        neighbors=tuple(_neighbors(root, section, held if vrf else None)),
        networks=tuple(network for network in wanted if network in table),
    )


def routing_table(root: Entry, vrf: str = "") -> Iterator[IPv4Network]:
    """Return the connected and static networks of a VRF's table; "" is the global one."""
    for entry in root.starting("interface"):
        address = address_of(entry)
        if address and not entry.find("shutdown") and vrf_of(entry) == vrf:
            yield address.network
    yield from (route.network for route in static_routes(root) if route.vrf == vrf)


def _neighbors(root: Entry, process: Entry, in_vrf: Entry | None) -> Iterator[BgpNeighbor]:
    """In a VRF all of a neighbor's lines are in its family."""
    section = in_vrf or process
    ipv4 = in_vrf or process.find(bgp.FAMILY)
    policy_lines = in_vrf or bgp.family(process)
    for entry in section.starting("neighbor"):
        words = entry.key.split()
        if len(words) != 3 or words[2] != "remote-as" or not words[1][0].isdigit():
            continue
        key = f"neighbor {words[1]}"
        remote_as = int(asn.plain(entry.text.split()[3]) or 0)
        timers = section.value(f"{key} timers").split() or process.value("timers bgp").split() or ["60", "180"]
        activate = ipv4.find(f"{key} activate") if ipv4 else None
        is_active = ipv4 is None or (activate is not None and not activate.text.strip().startswith("no "))
        yield BgpNeighbor(
            address=IPv4Address(words[1]),
            remote_as=remote_as,
            is_active=is_active and section.find(f"{key} shutdown") is None,
            default_originate=policy_lines.find(f"{key} default-originate") is not None,
            keepalive=int(timers[0]),
            hold=int(timers[1]),
            **_policy(root, policy_lines, key),
        )


def _policy(root: Entry, lines: Entry, key: str) -> dict[str, Any]:
    """What the neighbor's filters say; one that names what is not there filters nothing."""
    into, out = (policy.settings(root, _name(lines, f"{key} route-map {way}")) for way in ("in", "out"))
    limit = lines.value(f"{key} maximum-prefix").split()
    return {
        "takes": policy.rules(root, _name(lines, f"{key} prefix-list in")),
        "tells": policy.rules(root, _name(lines, f"{key} prefix-list out")),
        "maximum_prefix": int(limit[0]) if limit and "warning-only" not in limit else None,
        "restart": int(limit[-1]) if "restart" in limit else None,
        "local_preference": int(into.get("set local-preference", 100)),
        "prepended": len(out.get("set as-path prepend", "").split()),
        "metric": int(out.get("set metric", 0)),
    }


def _name(lines: Entry, key: str) -> str:
    """Return the filter's name: it stands between the words that make the line's key."""
    entry = lines.find(key)
    return entry.text.split()[3] if entry else ""
