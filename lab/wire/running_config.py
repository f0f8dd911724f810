"""Which lines of a running-config the wire carries out or may leave out; any other is an error, never ignored.

What `lab.router.ends` reads of these lines becomes the daemons' settings. This table is the list of what that reading
covers, kept apart from it: a new kind of line fails here until somebody has decided what it means on the wire.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from lab.wire.ike import UntranslatableError

_IP = r"\d+\.\d+\.\d+\.\d+"
# Section -> the lines below it that the daemons, the devices and the routes are made of.
CARRIED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"interface Tunnel\d+",
        (
            rf"ip address {_IP} {_IP}",
            r"no ip address",
            r"tunnel source \S+",
            rf"tunnel destination {_IP}",
            r"tunnel mode ipsec ipv4",
            r"tunnel protection ipsec profile \S+( (ikev2|isakmp)-profile \S+)?",
            r"ip tcp adjust-mss \d+",
            r"shutdown",
        ),
    ),
    (r"interface (?!Tunnel)\S+", (rf"ip address {_IP} {_IP}", r"no ip address", r"shutdown")),
    (
        r"crypto isakmp policy \d+",
        (r"encr .+", r"hash \S+", r"authentication pre-share", r"group \d+", r"lifetime \d+"),
    ),
    (r"crypto keyring \S+", (r"local-address \S+", rf"pre-shared-key address {_IP}( {_IP})? key .+")),
    (r"crypto isakmp profile \S+", (r"local-address \S+", r"match identity address .+", r"keyring \S+")),
    (r"crypto isakmp key .+ address .+", ()),
    (r"crypto isakmp keepalive .+", ()),
    (r"crypto ikev2 proposal \S+", (r"encryption .+", r"prf .+", r"integrity .+", r"group .+")),
    (r"crypto ikev2 policy \S+", (r"match address local .+", r"match fvrf any", r"proposal \S+")),
    (
        r"crypto ikev2 keyring \S+",
        (r"peer \S+", rf"address {_IP}( {_IP})?", r"pre-shared-key (local |remote )?.+"),
    ),
    (
        r"crypto ikev2 profile \S+",
        (
            r"match address local .+",
            r"match identity remote (any|address .+)",
            r"match fvrf any",
            r"authentication (local|remote) pre-share.*",
            r"keyring local \S+",
            r"lifetime \d+",
            r"dpd \d+ \d+ (on-demand|periodic)",
        ),
    ),
    (r"crypto ikev2 dpd .+", ()),
    (r"crypto ipsec transform-set .+", (r"mode tunnel",)),
    (
        r"crypto ipsec profile \S+",
        (
            r"set pfs group\d+",
            r"set security-association lifetime seconds \d+",
            r"set transform-set .+",
            r"set (ikev2|isakmp)-profile \S+",
        ),
    ),
    (r"crypto ipsec security-association lifetime seconds \d+", ()),
    (
        r"router bgp \d+",
        (
            r"bgp (log-neighbor-changes|router-id .+)",
            r"timers bgp \d+ \d+",
            rf"neighbor {_IP} (remote-as \d+|timers \d+ \d+( \d+)?|activate|default-originate|shutdown)",
            rf"neighbor {_IP} (prefix-list|route-map) \S+ (in|out)",
            rf"neighbor {_IP} maximum-prefix \d+( \d+)?( restart \d+| warning-only)?",
            rf"no neighbor {_IP} activate",
            r"address-family ipv4( unicast)?",
            rf"network {_IP}( mask {_IP})?",
        ),
    ),
    (rf"ip prefix-list \S+ seq \d+ (permit|deny) {_IP}/\d+( ge \d+)?( le \d+)?", ()),
    # What a part sets is carried in the direction that it has a meaning in: see `_used_otherwise`.
    (r"route-map \S+ permit \d+", (r"set local-preference \d+", r"set metric \d+", r"set as-path prepend( \d+)+")),
    (rf"ip route {_IP} {_IP} (Tunnel\d+|{_IP})( \d+)?( track \d+)?", ()),
    (
        r"ip sla \d+",
        (rf"icmp-echo {_IP} source-interface Tunnel\d+", r"threshold \d+", r"timeout \d+", r"frequency \d+"),
    ),
    (r"ip sla schedule \d+ life forever start-time now", ()),
    (r"track \d+ ip sla \d+( reachability| state)?", (r"delay .+",)),
)
# Pattern -> why nothing between the two ends depends on it, or how the wire does it anyway.
LEFT_OUT: tuple[tuple[str, str], ...] = (
    (r"(no )?(version|hostname|boot-\S+|service|platform|username|enable|redundancy|end)\b.*", "the router itself"),
    (
        r"(no )?(aaa|ip domain|ip domain-lookup|ip http|ip ssh|ip scp|ip forward-protocol|ip cef|ipv6 cef)\b.*",
        "management",
    ),
    (
        r"(no )?(multilink|control-plane|license|memory|spanning-tree|diagnostic|call-home|subscriber)\b.*",
        "the platform",
    ),
    (r"(logging|ntp|snmp-server|clock|banner|file prompt|login)\b.*", "management"),
    (r"(configuration mode|password encryption|parser|ip name-server)\b.*", "management"),
    (r"crypto engine compliance shield disable", "which words the router takes"),
    (r"crypto ipsec df-bit clear", "kernel-libipsec never copies the DF bit"),
    (r"crypto ipsec fragmentation before-encryption", "the clamp leaves nothing to be fragmented"),
    (r"crypto ipsec security-association replay window-size \d+", "kernel-libipsec has a window of its own"),
)
# Sections none of whose lines matters, and lines below carried ones that do not.
_LEFT_SECTIONS = r"(archive|line (con|aux|vty)|redundancy|control-plane|ip access-list|banner)\b.*"
_LEFT_BELOW: tuple[tuple[str, str], ...] = (
    (r"description .*", "a name"),
    (r"(duplex|speed|negotiation|load-interval|bandwidth|keepalive)\b.*", "the cable"),
    (r"no (keepalive|mop|cdp|ip redirects|ip proxy-arp|shutdown)\b.*", "the cable"),
    (r"(no )?ip virtual-reassembly( in)?", "nothing arrives in fragments that is to be inspected"),
    (rf"neighbor {_IP} (description .*|soft-reconfiguration inbound)", "how the router keeps what it was sent"),
    (r"exit-address-family|exit", "a closing line"),
    (r"set security-association replay window-size \d+", "kernel-libipsec has a window of its own"),
)


@lru_cache(maxsize=8)
def untranslatable(running_config: str) -> tuple[str, ...]:
    """Return the lines that nobody translates, each with its section."""
    return (*_untranslatable(running_config), *_used_otherwise(running_config))


def require_translatable(running_config: str) -> None:
    """Accept a running-config whose every line is carried or knowingly left out.

    Raises:
        UntranslatableError: There is another line; the message names it.
    """
    lines = untranslatable(running_config)
    if lines:
        raise UntranslatableError(
            f"the wire does not understand {lines[0]!r} of the running-config, and ignores nothing"
            + (f" (nor {len(lines) - 1} more)" if len(lines) > 1 else "")
        )


def _untranslatable(running_config: str) -> Iterator[str]:
    section, is_left = "", False
    below: tuple[str, ...] = ()
    for line in running_config.splitlines():
        text = line.strip()
        if not text or text.startswith("!"):
            continue
        if not line.startswith(" "):
            section, is_left = text, _matches(text, (_LEFT_SECTIONS,))
            found = [children for opener, children in CARRIED if re.fullmatch(opener, text)]
            below = found[0] if found else ()
            if not (is_left or found or _matches(text, (pattern for pattern, _ in LEFT_OUT))):
                yield text
                is_left = True  # what stands below goes with it
        elif not (is_left or _matches(text, below) or _matches(text, (pattern for pattern, _ in _LEFT_BELOW))):
            yield f"{section} / {text}"


# What a route map may set for it to be carried, by the direction that a neighbor uses it in.
_SETS = {"in": ("local-preference",), "out": ("metric", "as-path")}


def _used_otherwise(running_config: str) -> Iterator[str]:
    """Route maps of one permitting part are carried, and of them what changes a choice of tunnel; name what is more."""
    parts: dict[str, list[str]] = {}
    for name, part, body in re.findall(r"^route-map (\S+) (\S+ \d+)\n((?: .*\n?)*)", running_config, re.MULTILINE):
        if name in parts:
            yield f"route-map {name} {part}"
        parts[name] = re.findall(r"^ +set (\S+)", body, re.MULTILINE)
    for name, way in re.findall(rf"^ +neighbor {_IP} route-map (\S+) (in|out)$", running_config, re.MULTILINE):
        for word in parts.get(name, ()):
            if word not in _SETS[way]:
                yield f"route-map {name} / set {word}, {way}"


def _matches(text: str, patterns: Iterable[str]) -> bool:
    return any(re.fullmatch(pattern, text) for pattern in patterns)
