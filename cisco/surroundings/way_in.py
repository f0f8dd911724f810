"""What keeps AWS's packets from the router itself: the access list where they come in, and what NAT forwards to a host inside."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address

from ..layout import destination_of, interface_address, ways_out
from ..nvgen import canonical_interface
from ..state import Section, Sections
from ..tree import Config

_FILTER = re.compile(r"\?ip access-group (\S+) in")
# CBAC lets answers in beside the list, to the router itself only where its rule says `router-traffic` (Cisco, "Inspection of
# Router-Generated Traffic").
_INSPECTED = re.compile(r"\?ip inspect (\S+) out")
# NAT comes before routing for what arrives outside, so that the router itself never sees it. The last group is the address
# or the interface that is given away whole, or for IKE or ESP.
_FORWARDS = (
    re.compile(r"ip nat inside source static udp \S+ 500 (?:interface )?(\S+) 500\b.*"),
    re.compile(r"ip nat inside source static esp \S+ (?:interface )?(\S+)\b.*"),
    re.compile(r"ip nat inside source static \d\S+ (?:interface )?(\S+)\b(?!.* route-map ).*"),
)


def closed(config: Config, running: Sections, intended: Sections) -> Iterator[str]:
    """Yield a warning for each way out of tunnels by which what AWS sends would not reach the router."""
    peers: dict[str, list[IPv4Address]] = {}
    for tunnel, source in ways_out(running, intended):
        if (peer := destination_of(tunnel)) is not None:
            peers.setdefault(source.name, []).append(peer)
    for name, addresses in peers.items():
        yield from _filtered(config, running["interface", name], addresses)
        yield from _forwarded(config, running["interface", name])


def _filtered(config: Config, source: Section, peers: list[IPv4Address]) -> Iterator[str]:
    names = [found[1] for slot in source.entries if (found := _FILTER.fullmatch(slot))]
    if not names or any(_is_inspected(config, slot) for slot in source.entries):
        return
    # Imported when first used: most interfaces have no list.
    from .access_lists import Packet, access_list, may_pass

    rules = access_list(config, names[0])
    own = interface_address(source)
    for peer in peers:
        ike, esp, behind_nat = (
            may_pass(rules, Packet(protocol, peer, own.ip if own is not None else None, port))
            for protocol, port in (("udp", 500), ("esp", None), ("udp", 4500))
        )
        lacking = ([] if ike else ["IKE"]) + ([] if esp or behind_nat else ["ESP"])
        if lacking:
            wanted = [f"'permit udp host {peer} any eq isakmp'"] if not ike else []
            wanted += [f"'permit esp host {peer} any'"] if "ESP" in lacking else []
            yield (
                f"access list {names[0]} of {source.name} keeps {' and '.join(lacking)} of {peer} out, so that its tunnel "
                f"would not come up: add {' and '.join(wanted)}, and behind NAT UDP 4500"
            )


def _is_inspected(config: Config, slot: str) -> bool:
    found = _INSPECTED.fullmatch(slot)
    rule = f"ip inspect name {found[1]} " if found is not None else ""
    return bool(rule) and any(line.text.startswith(rule) and "router-traffic" in line.text for line in config.lines)


def _forwarded(config: Config, source: Section) -> Iterator[str]:
    own = interface_address(source)
    ours = {source.name, *([str(own.ip)] if own is not None else [])}
    for line in config.lines:
        found = next((match for pattern in _FORWARDS if (match := pattern.fullmatch(line.text))), None)
        if found is not None and canonical_interface(found[1]) in ours:
            yield (
                f"'{line.text}' sends what AWS sends to {source.name} on to a host inside, so that the tunnels would not come up: "
                f"forward single ports other than UDP 500 and 4500, and no ESP, or let the tunnels have another address"
            )
