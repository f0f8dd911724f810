"""What the small IOS knows of its lines: tables, and how words are taken apart."""

import ipaddress
import re
from dataclasses import dataclass, field

# Lines of which a section holds one, by their first words; any other line is there or isn't.
SINGLE = {
    "interface": ("description", "vrf forwarding", "ip vrf forwarding", "ip address", "ip tcp adjust-mss", "ip mtu",
                  "ip virtual-reassembly", "tunnel source", "tunnel destination", "tunnel mode", "tunnel vrf",
                  "tunnel protection ipsec profile", "shutdown"),
    "crypto isakmp policy": ("encryption", "hash", "authentication", "group", "lifetime"),
    "crypto keyring": ("local-address",),
    "crypto isakmp profile": ("local-address",),
    "crypto ikev2 proposal": ("encryption", "integrity", "prf", "group"),
    "crypto ikev2 policy": ("match fvrf",),
    "crypto ikev2 profile": ("match fvrf", "match address local", "identity local", "authentication local", "authentication remote",
                             "keyring local", "lifetime", "dpd"),
    "crypto ipsec transform-set": ("mode",),
    "crypto ipsec profile": ("set transform-set", "set pfs", "set ikev2-profile", "set isakmp-profile",
                             "set security-association lifetime seconds"),
    "peer": ("address", "pre-shared-key"),
    "ip sla": ("icmp-echo", "vrf", "threshold", "timeout", "frequency"),
    "route-map": ("set local-preference", "set metric", "set as-path prepend"),
}  # fmt: skip
MODES = {
    "interface": "config-if", "crypto isakmp policy": "config-isakmp", "crypto keyring": "conf-keyring",
    "crypto isakmp profile": "conf-isa-prof", "crypto ikev2 proposal": "config-ikev2-proposal",
    "crypto ikev2 policy": "config-ikev2-policy", "crypto ikev2 keyring": "config-ikev2-keyring",
    "crypto ikev2 profile": "config-ikev2-profile", "crypto ipsec transform-set": "cfg-crypto-trans",
    "crypto ipsec profile": "ipsec-profile", "router bgp": "config-router", "ip sla": "config-ip-sla",
    "track": "config-track", "route-map": "config-route-map",
}  # fmt: skip
SETTINGS = {
    "crypto ipsec df-bit": "copy",
    "crypto isakmp keepalive": None,
    "crypto ipsec security-association replay window-size": "64",
    "crypto ipsec fragmentation": "before-encryption",
}
HIDDEN = {
    "interface": {"shutdown no"},
    "crypto isakmp policy": {"hash sha", "lifetime 86400"},
    "crypto ikev2 profile": {"lifetime 86400"},
    "crypto ipsec profile": {"set security-association lifetime seconds 3600"},
    "ip sla": {"threshold 5000", "timeout 5000", "frequency 60"},
}
SESSION = ("remote-as", "timers", "description", "update-source", "ebgp-multihop")
# What an object's lines refer to: line pattern -> header of the object.
REFERENCES = (
    (r"set transform-set (\S+)", "crypto ipsec transform-set"),
    (r"set ikev2-profile (\S+)", "crypto ikev2 profile"),
    (r"set isakmp-profile (\S+)", "crypto isakmp profile"),
    (r"tunnel protection ipsec profile (\S+)", "crypto ipsec profile"),
    (r"keyring local (\S+)", "crypto ikev2 keyring"),
    (r"keyring (?!local)(\S+)", "crypto keyring"),
    (r"proposal (\S+)", "crypto ikev2 proposal"),
)


# Of a neighbor's lines these exist once; a filter exists once each way.
ONCE = ("remote-as", "timers", "description", "maximum-prefix")
VRF_FAMILY = "address-family ipv4 vrf "


class RefusedError(AssertionError):
    """IOS would answer this line with an error."""


@dataclass
class Section:
    kind: str
    name: str
    words: str = ""
    lines: dict[str, str] = field(default_factory=dict)
    blocks: dict[str, dict[str, str]] = field(default_factory=dict)


def masked(line: str) -> str:
    """Write an address's /32 mask out where IOS does, and drop it where IOS does."""
    if re.fullmatch(r"match identity (remote )?address \S+", line):
        return f"{line} 255.255.255.255"
    return line


def vrf_in(interface: Section) -> str:
    line = interface.lines.get("vrf forwarding") or interface.lines.get("ip vrf forwarding") or ""
    return line.rpartition(" ")[2]


def route_words(line: str) -> tuple[str, str, list[str]]:
    """Return the VRF of a static route, its interface, and what tells it from others."""
    words = line.split(" ")[2:]
    vrf, rest = (words[1], words[2:]) if words[0] == "vrf" else ("", words)
    return vrf, rest[2], [vrf, *rest[:3]]


def list_words(line: str) -> tuple[str, int, str]:
    """Return a prefix list's name, the number of the line (0: none), and its content."""
    found = re.fullmatch(r"ip prefix-list (\S+)(?: seq (\d+))?(?: ((?:permit|deny) .+))?", line)
    assert found, line
    return found[1], int(found[2] or 0), found[3] or ""


def classful(address: str) -> int:
    first = int(address.split(".")[0])
    return 0 if address == "0.0.0.0" else 8 if first < 128 else 16 if first < 192 else 24


def shown_network(words: list[str]) -> str:
    natural = classful(words[1])
    net = ipaddress.ip_network(f"{words[1]}/{words[3] if len(words) > 3 else natural}")
    return f"network {net.network_address}" + ("" if net.prefixlen == natural else f" mask {net.netmask}")
