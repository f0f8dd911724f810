"""How IOS rewrites what it is told: tables that give the entered and the displayed form of a line one value.

A rule names the *slot* that a line fills in its section and the line's canonical value: two lines with the same
slot and value mean the same; with the same slot and another value, the later one replaces the earlier.
Sources: A02 (15.2), A03 and A04 (16.4), R05 to R07 (IKEv2), facts/ios_xe_syntax.md sections 2 to 7.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv4Network


class Replace(Enum):
    """What it takes to put another value into a slot."""

    OVERWRITE = "the new line alone"
    CLEAR_FIRST = "the old line's no form, then the new line"


@dataclass(frozen=True, slots=True)
class Rule:
    """One form of line: `slot` and `value` are expanded with the match's groups.

    `default` is the canonical value that IOS may hide and `reset` the line that takes another away (else the ``no``
    form of the whole line). A line that `is_optional` may be dropped by the release without harm. One that is not
    `is_managed` stays where it is when it isn't intended. `enters` is the mode that the line opens for those after it.
    """

    pattern: re.Pattern[str]
    slot: str | Callable[[re.Match[str]], str]
    value: str | Callable[[re.Match[str]], str]
    default: str | None = None
    reset: str | None = None
    replace: Replace = Replace.OVERWRITE
    is_optional: bool = False
    is_managed: bool = True
    enters: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A line as a rule reads it."""

    slot: str
    value: str
    rule: Rule | None


def read(rules: tuple[Rule, ...], text: str) -> Reading:
    """Return slot and value of a line; one that no rule knows is its own slot and value."""
    squeezed = " ".join(text.split())
    for rule in rules:
        found = rule.pattern.fullmatch(squeezed)
        if found is not None:
            return Reading(_filled(rule.slot, found), _filled(rule.value, found), rule)
    return Reading(f"?{squeezed}", squeezed, None)


_GROUP = re.compile(r"\\(\d)")


def _filled(template: str | Callable[[re.Match[str]], str], found: re.Match[str]) -> str:
    if not isinstance(template, str):
        return template(found)
    # Match.expand() parses its template each time, which is most of the time that a large BGP process takes.
    return _GROUP.sub(lambda group: found[int(group[1])] or "", template) if "\\" in template else template


# Names as IOS displays them; it accepts any unambiguous beginning, in any case, with or without a blank.
_INTERFACE_TYPES = (
    "GigabitEthernet", "TenGigabitEthernet", "TwentyFiveGigE", "TwoGigabitEthernet", "FiveGigabitEthernet",
    "FortyGigabitEthernet", "HundredGigE", "FastEthernet", "Ethernet", "Tunnel", "Loopback", "Vlan", "BDI",
    "Port-channel", "Serial", "Dialer", "Cellular", "Multilink", "ATM", "BVI", "Virtual-Template", "Null",
    "VirtualPortGroup", "AppGigabitEthernet", "Virtual-Access", "NVI", "Async", "Embedded-Service-Engine",
)  # fmt: skip
_INTERFACE = re.compile(r"([A-Za-z][A-Za-z-]*) ?(\d[\d/.:]*)")


def canonical_interface(name: str) -> str:
    """Return an interface's name as IOS displays it: ``gi 0/0/1`` is ``GigabitEthernet0/0/1``."""
    found = _INTERFACE.fullmatch(name.strip())
    if found is None:
        return name.strip()
    short = found[1].lower()
    for full in _INTERFACE_TYPES:
        if full.lower().startswith(short):
            return f"{full}{found[2]}"
    return f"{found[1]}{found[2]}"


def _with_interface(template: str) -> Callable[[re.Match[str]], str]:
    """Expand `template`, whose ``{}`` is the interface (or address) in the match's last group."""
    return lambda found: found.expand(template).format(canonical_interface(found[found.re.groups]))


def canonical_asn(text: str) -> str:
    """Return an AS number as one number: after ``bgp asnotation dot`` IOS shows 4200000001 as ``64086.59905``."""
    high, dot, low = text.partition(".")
    is_dotted = dot and high.isdecimal() and low.isdecimal()
    return str(int(high) * 65536 + int(low)) if is_dotted else text


def _remote_as(found: re.Match[str]) -> str:
    return canonical_asn(found[2])


def _prepended(found: re.Match[str]) -> str:
    return " ".join(canonical_asn(word) for word in found[1].split())


def _classful_length(address: IPv4Address) -> int:
    first = int(address) >> 24
    return 0 if int(address) == 0 else 8 if first < 128 else 16 if first < 192 else 24


def _network_slot(found: re.Match[str]) -> str:
    """IOS hides the mask of a network that has its class's own length."""
    try:
        address = IPv4Address(found[1])
        network = IPv4Network((found[1], found[2] or _classful_length(address)))
    except ValueError:
        return f"?{found[0]}"
    return f"network {network}"


def _keepalive(found: re.Match[str]) -> str:
    # The retry interval is 2 s unless told, on-demand is the default and hidden.
    mode = " periodic" if found[3] == "periodic" else ""
    return f"{found[1]} {found[2] or '2'}{mode}"


def _rule(
    pattern: str,
    slot: str | Callable[[re.Match[str]], str],
    value: str | Callable[[re.Match[str]], str],
    **options: object,
) -> Rule:
    return Rule(re.compile(pattern), slot, value, **options)  # type: ignore[arg-type]  # checked by the dataclass


_IP = r"\d+\.\d+\.\d+\.\d+"
_HOST = r"(?: 255\.255\.255\.255)?"
_PLAIN_KEY = r"(?:0 )?(\S+)"

POLICY = (
    _rule(r"encr(?:yption)? aes(?: 128)?", "encryption", "aes 128", reset="no encryption"),
    _rule(r"encr(?:yption)? (.+)", "encryption", r"\1", reset="no encryption"),
    _rule(r"hash (\S+)", "hash", r"\1", default="sha", reset="hash sha"),
    _rule(r"authentication (\S+)", "authentication", r"\1", default="rsa-sig", reset="authentication rsa-sig"),
    _rule(r"group (\d+)", "group", r"\1", reset="no group"),
    _rule(r"lifetime (\d+)", "lifetime", r"\1", default="86400", reset="lifetime 86400"),
)
_LOCAL_ADDRESS = (
    # Beside an address its VRF, where it is not in the global table; an interface's own VRF counts.
    _rule(rf"local-address ({_IP}) ([A-Za-z]\S*)", "local-address", r"\1 \2"),
    _rule(r"local-address (\S+(?: \d\S*)?)", "local-address", _with_interface("{}")),
)
KEYRING = (
    *_LOCAL_ADDRESS,
    # The whole line takes it away: Cisco's reference has the key in the `no` form too.
    _rule(
        rf"pre-shared-key address ({_IP}){_HOST} key 6 (\S+)", r"pre-shared-key address \1", "6",
        replace=Replace.CLEAR_FIRST,
    ),
    _rule(
        rf"pre-shared-key address ({_IP}){_HOST} key {_PLAIN_KEY}", r"pre-shared-key address \1", r"0 \2",
        replace=Replace.CLEAR_FIRST,
    ),
)  # fmt: skip
ISAKMP_PROFILE = (
    _rule(r"keyring (\S+)", r"keyring \1", ""),
    # The VRF is positional: several identities may stand beside each other, so that it is part of the slot.
    _rule(rf"match identity address ({_IP}){_HOST}( [A-Za-z]\S*)?", r"match identity address \1\2", ""),
    *_LOCAL_ADDRESS,
)
PROPOSAL = (
    _rule(r"encryption (.+)", "encryption", r"\1", reset="no encryption"),
    _rule(r"integrity (.+)", "integrity", r"\1", reset="no integrity"),
    _rule(r"prf (.+)", "prf", r"\1", reset="no prf"),
    _rule(r"group (.+)", "group", r"\1", reset="no group"),
)
IKEV2_POLICY = (
    _rule(r"match fvrf (\S+)", "match fvrf", r"\1"),
    # One line before 17.6, several after: an added second one is refused or kept, so clear first.
    _rule(rf"match address local ({_IP})", "match address local", r"\1", replace=Replace.CLEAR_FIRST),
    _rule(r"proposal (\S+)", r"proposal \1", ""),
)
PEER = (
    _rule(rf"address ({_IP}){_HOST}", "address", r"\1"),
    _rule(rf"identity address ({_IP})", "identity", r"address \1"),
    _rule(
        r"pre-shared-key(?: (local|remote))? 6 (\S+)", r"pre-shared-key \1", "6", replace=Replace.CLEAR_FIRST
    ),
    _rule(
        rf"pre-shared-key(?: (local|remote))? {_PLAIN_KEY}", r"pre-shared-key \1", r"0 \2",
        replace=Replace.CLEAR_FIRST,
    ),
)  # fmt: skip
PEER_BLOCK = _rule(r"peer (\S+)", r"peer \1", "")
IKEV2_PROFILE = (
    _rule(r"match fvrf (\S+)", "match fvrf", r"\1"),
    _rule(
        rf"match address local ({_IP})", "match address local", r"\1", replace=Replace.CLEAR_FIRST
    ),
    _rule(
        r"match address local interface (\S+(?: \d\S*)?)", "match address local", _with_interface("interface {}"),
        replace=Replace.CLEAR_FIRST,
    ),
    _rule(rf"match identity remote address ({_IP}){_HOST}", r"match identity remote address \1", ""),
    _rule(rf"identity local address ({_IP})", "identity local", r"address \1"),
    _rule(r"authentication (local|remote) pre-share", r"authentication \1", "pre-share"),
    # 15.1 and earlier lack the word `local`.
    _rule(r"keyring (?:local )?(\S+)", "keyring", r"\1"),
    _rule(r"lifetime (\d+)", "lifetime", r"\1", default="86400", reset="lifetime 86400"),
    _rule(r"dpd (\d+ \d+ \S+)", "dpd", r"\1"),
    _rule(r"(no )?config-exchange request", "config-exchange request", r"\1", default=""),
)  # fmt: skip
TRANSFORM_SET = (_rule(r"mode (tunnel|transport.*)", "mode", r"\1", default="tunnel", reset="mode tunnel"),)
IPSEC_PROFILE = (
    _rule(r"set transform-set (.+)", "set transform-set", r"\1"),
    _rule(r"set pfs (\S+)", "set pfs", r"\1"),
    _rule(
        r"set security-association lifetime seconds (\d+)", "set security-association lifetime seconds", r"\1",
        default="3600",
    ),
    _rule(
        r"set security-association replay (?:window-size )?(\S+)", "set security-association replay", r"\1"
    ),
    _rule(r"set security-association dfbit (\S+)", "set security-association dfbit", r"\1"),
    # The two exclude each other: whichever there is goes before the new one comes.
    _rule(r"set (isakmp|ikev2)-profile (\S+)", "set ike-profile", r"\1 \2", replace=Replace.CLEAR_FIRST),
)  # fmt: skip
INTERFACE = (
    _rule(r"description (.*)", "description", r"\1", reset="no description"),
    # Which of the two words IOS wants depends on how the VRF was defined; they mean the same.
    _rule(r"(?:ip )?vrf forwarding (\S+)", "vrf forwarding", r"\1"),
    _rule(rf"ip address ({_IP}) ({_IP})", "ip address", r"\1 \2"),
    _rule(r"no ip address", "ip address", "none", default="none"),
    _rule(r"ip virtual-reassembly(?: in)?", "ip virtual-reassembly", "in", is_optional=True, is_managed=False),
    _rule(r"ip tcp adjust-mss (\d+)", "ip tcp adjust-mss", r"\1"),
    _rule(r"ip mtu (\d+)", "ip mtu", r"\1", is_managed=False),
    _rule(r"tunnel source (\S+(?: \d\S*)?)", "tunnel source", _with_interface("{}")),
    _rule(r"tunnel mode (.+)", "tunnel mode", r"\1", default="gre ip"),
    _rule(r"tunnel destination (\S+)", "tunnel destination", r"\1"),
    _rule(r"tunnel vrf (\S+)", "tunnel vrf", r"\1"),
    _rule(r"tunnel protection ipsec profile (.+)", "tunnel protection", r"\1", replace=Replace.CLEAR_FIRST),
    _rule(r"no shutdown", "shutdown", "no", default="no", reset="no shutdown"),
    _rule(r"shutdown", "shutdown", "yes", default="no", reset="no shutdown"),
)
# The names of our prefix lists and route maps. A neighbour holds one of each a way; one that isn't ours stays.
_OUR_POLICY = r"(?:from-aws|to-aws|primary|backup)-vpn-\S+"


def _maximum_prefix(found: re.Match[str]) -> str:
    # IOS warns at 75 % unless told, and hides that.
    return " ".join((found[2], found[3] or "75", found[4] or "")).strip()


BGP = (
    _rule(r"neighbor (\S+) remote-as (\S+)", r"neighbor \1 remote-as", _remote_as),
    _rule(r"neighbor (\S+) timers (.+)", r"neighbor \1 timers", r"\2"),
    _rule(r"neighbor (\S+) activate", r"neighbor \1 activate", "yes"),
    _rule(r"no neighbor (\S+) activate", r"neighbor \1 activate", "no"),
    _rule(r"neighbor (\S+) default-originate", r"neighbor \1 default-originate", ""),
    _rule(r"neighbor (\S+) soft-reconfiguration inbound", r"neighbor \1 soft-reconfiguration", ""),
    _rule(rf"neighbor (\S+) (prefix-list|route-map) ({_OUR_POLICY}) (in|out)", r"neighbor \1 \2 \4", r"\3"),
    _rule(
        r"neighbor (\S+) (prefix-list|route-map) (\S+) (in|out)", r"neighbor \1 \2 \4", r"\3", is_managed=False
    ),
    # Ours only where our mark says so (ownership.py): anybody may have set one by hand.
    _rule(
        r"neighbor (\S+) maximum-prefix (\d+)(?: (\d+))?(?: (restart \d+|warning-only))?",
        r"neighbor \1 maximum-prefix", _maximum_prefix, is_managed=False,
    ),
    _rule(r"(?:no )?neighbor (\S+) (.+)", r"neighbor \1 ?\2", "", is_managed=False),
    _rule(rf"network ({_IP})(?: mask ({_IP}))?((?: .+)?)", _network_slot, r"\3"),
    _rule(r"bgp log-neighbor-changes", "bgp log-neighbor-changes", "yes", is_managed=False),
    # Shown of every process by IOS 12.4 to 15.1.
    _rule(r"no (synchronization|auto-summary)", r"\1", "no", default="no", is_managed=False),
)  # fmt: skip
# IOS numbers what has no number, and refuses a number that is taken: the content alone tells the lines apart, as all permit.
PREFIX_LIST = (_rule(r"ip prefix-list \S+ (?:seq \d+ )?((?:permit|deny) .+)", r"\1", ""),)
ROUTE_MAP = (
    _rule(r"match ip address prefix-list (\S+)", r"match prefix-list \1", ""),
    _rule(r"set local-preference (\d+)", "set local-preference", r"\1"),
    _rule(r"set metric (\d+)", "set metric", r"\1"),
    # IOS may take a second one for an addition.
    _rule(r"set as-path prepend (.+)", "set as-path prepend", _prepended, replace=Replace.CLEAR_FIRST),
)
SLA = (
    _rule(
        rf"icmp-echo ({_IP}) source-interface (\S+(?: \d\S*)?)", "icmp-echo", _with_interface(r"\1 {}"),
        enters="config-ip-sla-echo",
    ),
    _rule(
        rf"type echo protocol ipIcmpEcho ({_IP}) source-interface (\S+(?: \d\S*)?)", "icmp-echo",
        _with_interface(r"\1 {}"), enters="config-sla-monitor-echo",
    ),
    _rule(r"threshold (\d+)", "threshold", r"\1", default="5000"),
    _rule(r"timeout (\d+)", "timeout", r"\1", default="5000"),
    _rule(r"frequency (\d+)", "frequency", r"\1", default="60"),
    _rule(r"vrf (\S+)", "vrf", r"\1"),
)  # fmt: skip

# Where a neighbour's words live once IOS displays address families (facts/ios_xe_syntax.md section 6).
SESSION_WORDS = frozenset(
    {
        "remote-as", "description", "timers", "local-as", "ebgp-multihop", "update-source", "password", "fall-over",
        "shutdown", "transport", "ttl-security", "disable-connected-check", "version", "peer-group",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Global:
    """A global setting with one value: `code` names it in our marks, `default` is the value when not displayed.

    `serves` tells of a value that somebody else has set whether it will do where another one is wanted.
    """

    code: str
    rule: Rule
    line: str
    default: str
    serves: Callable[[str, str], bool] = operator.eq

    def entered(self, value: str) -> str:
        """Return the line that gives the setting this value."""
        return self.line.format(value)


_SETTINGS = (
    Global("df", _rule(r"crypto ipsec df-bit (\S+)", "", r"\1"), "crypto ipsec df-bit {}", "copy"),
    Global(
        "ka", _rule(r"crypto isakmp keepalive (\d+)(?: (\d+))?(?: (on-demand|periodic))?", "", _keepalive),
        "crypto isakmp keepalive {}", "none",
        # Any will do for us, and on demand, as in AWS's text, other VPNs would notice a dead peer later than periodically (Cisco,
        # "IPsec Dead Peer Detection Periodic Message Option").
        serves=lambda current, _: current != "none",
    ),
    Global(
        "rw", _rule(r"crypto ipsec security-association replay (?:window-size (\d+)|(disable))", "", r"\1\2"),
        "crypto ipsec security-association replay window-size {}", "64",
        # A larger window accepts all that a smaller one would, and none at all everything; IOS takes the one line or the other.
        serves=lambda current, wanted: current == "disable" or int(current) >= int(wanted),
    ),
    Global(
        "fr", _rule(r"crypto ipsec fragmentation (\S+)", "", r"\1"),
        "crypto ipsec fragmentation {}", "before-encryption",
    ),
    Global(
        "v2fr", _rule(r"crypto ikev2 fragmentation mtu (\d+)", "", r"\1"),
        "crypto ikev2 fragmentation mtu {}", "none",
    ),
    Global("v2ka", _rule(r"crypto ikev2 dpd (\d+ \d+ \S+)", "", r"\1"), "crypto ikev2 dpd {}", "none"),
    Global("nk", _rule(r"crypto isakmp nat keepalive (\d+)", "", r"\1"), "crypto isakmp nat keepalive {}", "none"),
    Global("v2nk", _rule(r"crypto ikev2 nat keepalive (\d+)", "", r"\1"), "crypto ikev2 nat keepalive {}", "none"),
)  # fmt: skip
GLOBALS: Mapping[str, Global] = {setting.code: setting for setting in _SETTINGS}


def read_setting(line: str) -> tuple[Global, str] | None:
    """Return the global setting that a line gives a value, and the value."""
    if not line.startswith("crypto "):
        return None
    for setting in _SETTINGS:
        reading = read((setting.rule,), line)
        if reading.rule is not None:
            return setting, reading.value
    return None


def is_default_setting(line: str) -> bool:
    """Whether a global line says what holds without it: a release may hide it, or show it once it was entered."""
    found = read_setting(line)
    return found is not None and found[1] == found[0].default


_TRANSFORM_SIZES = re.compile(r"\b(esp-aes|esp-gcm) 128\b")


def canonical_transforms(words: str) -> str:
    """Return a transform set's words as IOS displays them: 128 is the hidden size."""
    return _TRANSFORM_SIZES.sub(r"\1", " ".join(words.split()))


def canonical_tracked(words: str) -> str:
    """Return what a track watches; ``rtr`` is the word of releases before 12.4(20)T."""
    return re.sub(r"^rtr ", "ip sla ", " ".join(words.split()))


def canonical_route(words: str) -> str:
    """Return what follows a static route's way out as IOS displays it: 1 is the hidden distance."""
    return re.sub(r"^1(?: |$)", "", " ".join(words.split()))
