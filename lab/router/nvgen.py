"""How IOS lays out a running-config: the order of lines and what stands between them.

From captured configurations: IOS 15.2 and 16.4 with AWS tunnels, 15.x with IKEv2.
"""

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address

from .document import Entry

# Top-level lines in the order they are printed. A line belongs to the longest prefix that it starts with.
_TOP = (
    "version", "service", "platform", "hostname", "boot-start-marker", "boot-end-marker", "vrf definition", "ip vrf",
    "logging", "no logging", "enable", "aaa", "no aaa", "clock", "no ip icmp", "ip cef", "no ip cef", "no ip domain",
    "ip domain", "ip dhcp", "no ipv6", "ipv6 unicast-routing", "login", "multilink", "subscriber", "password",
    "crypto pki", "license", "diagnostic", "memory", "spanning-tree", "username", "redundancy", "archive", "track",
    "ip tcp", "no ip ssh", "ip ssh", "crypto ikev2 proposal", "crypto ikev2 policy", "crypto ikev2 keyring",
    "crypto ikev2 profile", "crypto ikev2 dpd", "crypto ikev2 nat", "crypto ikev2 fragmentation", "crypto ikev2 limit",
    "crypto keyring", "crypto isakmp policy", "crypto isakmp key", "crypto isakmp invalid-spi-recovery",
    "crypto isakmp keepalive", "crypto isakmp nat", "crypto isakmp profile", "crypto ipsec security-association lifetime",
    "crypto ipsec security-association replay", "crypto ipsec transform-set", "crypto ipsec fragmentation",
    "crypto ipsec df-bit", "no crypto ipsec nat-transparency", "crypto ipsec profile", "crypto map", "interface",
    "router eigrp", "router ospf", "router bgp", "ip forward-protocol", "ip http", "no ip http", "ip nat", "ip route",
    "ip access-list", "ip sla", "ip prefix-list", "access-list", "snmp-server", "route-map", "control-plane", "banner",
    "alias", "line", "ntp", "end",
)  # fmt: skip

_SECTION: dict[str, tuple[str, ...]] = {
    "crypto isakmp policy": ("encr", "hash", "authentication", "group", "lifetime"),
    "crypto keyring": ("description", "local-address", "pre-shared-key"),
    "crypto isakmp profile": (
        "description", "vrf", "keyring", "self-identity", "match identity", "keepalive", "local-address", "initiate",
    ),
    "crypto ipsec transform-set": ("mode",),
    "crypto ipsec profile": (
        "description", "set security-association lifetime", "set security-association replay",
        "set security-association dfbit", "set transform-set", "set pfs", "set ikev2-profile", "set isakmp-profile",
    ),
    "crypto ikev2 proposal": ("encryption", "prf", "integrity", "group"),
    "crypto ikev2 policy": ("match fvrf", "match address local", "proposal"),
    "crypto ikev2 keyring": ("peer",),
    "peer": ("description", "address", "identity", "pre-shared-key"),
    "crypto ikev2 profile": (
        "description", "match fvrf", "match address local", "match identity remote", "identity local",
        "authentication remote", "authentication local", "keyring local", "lifetime", "dpd", "nat", "ivrf",
        "no config-exchange", "config-exchange",
    ),
    "interface": (
        "description", "vrf forwarding", "ip vrf forwarding", "bandwidth", "ip address", "ip redirects", "ip mtu",
        "ip nat", "ip virtual-reassembly in", "ip tcp adjust-mss", "load-interval", "shutdown", "keepalive",
        "tunnel source", "tunnel mode", "tunnel destination", "tunnel vrf", "tunnel protection", "crypto ipsec df-bit",
        "duplex", "speed", "media-type", "negotiation", "mop", "ip virtual-reassembly",
    ),
    "ip sla": ("icmp-echo", "tag", "threshold", "timeout", "frequency"),
    "icmp-echo": ("tag", "threshold", "timeout", "frequency"),
    "track": ("delay", "default-state"),
    "archive": ("log config", "path", "maximum", "write-memory", "time-period"),
    "router bgp": ("bgp router-id", "bgp", "timers", "network", "redistribute", "neighbor", "address-family"),
    "address-family": ("bgp", "network", "redistribute", "neighbor", "maximum-paths"),
}  # fmt: skip

_NEIGHBOR = (
    "peer-group", "remote-as", "local-as", "description", "ebgp-multihop", "password", "shutdown", "update-source",
    "fall-over", "timers", "activate", "next-hop-self", "allowas-in", "send-community", "default-originate",
    "soft-reconfiguration", "prefix-list", "route-map", "filter-list", "maximum-prefix", "weight",
)  # fmt: skip

# These stand in the order of their numbers; all others of one kind stand in the order they were entered.
_NUMBERED = re.compile(r"^(?:crypto isakmp policy|ip sla(?: schedule)?|track|interface (?:Loopback|Tunnel)) ?(\d+)")
_POLICY = "crypto isakmp policy"
_VIRTUAL = ("interface Loopback", "interface Port-channel", "interface Tunnel")

# Lines that IOS prints directly one below the other, one group per row.
_UNSEPARATED: tuple[tuple[str, ...], ...] = (
    ("crypto keyring",), ("crypto isakmp",), ("crypto ipsec transform-set", "crypto ipsec df-bit", "crypto ipsec fragmentation"),
    ("crypto ipsec security-association",), ("ip route", "no ip http", "ip http"), ("ip sla",), ("ip prefix-list",),
    ("line",), ("username",), ("logging",), ("ntp",), ("snmp-server",), ("service",), ("ip ssh",),
)  # fmt: skip


@lru_cache(maxsize=4096)
def placing(container: str, key: str) -> tuple[int, tuple[object, ...]] | None:
    """Return where a line stands in its container, comparable with its siblings; None for lines we do not know."""
    table = _table(container)
    bare = key.removeprefix("no ") if container else key
    prefix = max((p for p in table if f"{bare} ".startswith(f"{p} ")), key=len, default=None)
    if prefix is None:
        return None
    return table.index(prefix), _detail(container, key)


def _table(container: str) -> tuple[str, ...]:
    if not container:
        return _TOP
    prefix = max((p for p in _SECTION if f"{container} ".startswith(f"{p} ")), key=len, default=None)
    return _SECTION[prefix] if prefix else ()


def _detail(container: str, key: str) -> tuple[object, ...]:
    if not container:
        return _top_detail(key)
    words = key.removeprefix("no ").split()
    if words[0] == "neighbor" and len(words) > 2:
        return (_address_order(words[1]), _NEIGHBOR.index(words[2]) if words[2] in _NEIGHBOR else len(_NEIGHBOR))
    if words[0] == "network":
        return (_address_order(words[1]), 0)
    return (0,)


def _top_detail(key: str) -> tuple[object, ...]:
    if key.startswith("interface "):
        kind = next((i for i, prefix in enumerate(_VIRTUAL) if key.startswith(prefix)), len(_VIRTUAL))
        number = _NUMBERED.match(key)
        return (kind, int(number[1]) if number else 0)
    number = _NUMBERED.match(key)
    return (0, int(number[1]) if number else 0, key.startswith("ip sla schedule"))


def _address_order(word: str) -> tuple[int, int]:
    """Peer groups come before addresses, addresses by number."""
    try:
        return (1, int(IPv4Address(word.partition("/")[0])))
    except AddressValueError:
        return (0, 0)


def separator(container: Entry, previous: Entry | None, following: Entry) -> str:
    """Return the filler between two lines, "" for none."""
    if container.key.startswith("router bgp"):
        return " !" if following.key.startswith("address-family") else ""
    if container.key or previous is None:
        return ""
    if previous.key.startswith(_POLICY) and following.key.startswith(_POLICY):
        return "!"
    is_together = any(previous.key.startswith(group) and following.key.startswith(group) for group in _UNSEPARATED)
    return "" if is_together else "!"


def indentation(container: Entry, depth: int) -> str:
    """Return the blanks before a line: IOS indents these two sections its own way."""
    if container.key.startswith("crypto keyring"):
        return "  "
    return "   " if container.key.startswith("crypto isakmp profile") else " " * depth
