"""What a configuration holds of the kinds of object a VPN is made of, in a form that can be compared.

The entered and the displayed form of the same configuration give the same state: nvgen.py says what IOS hides and
rewrites, this file which lines belong to which object (IOS spreads some: ``ip sla schedule``, address families).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from . import nvgen
from .tree import Config, Line

Ref = tuple[str, str]
"""Kind and name of an object, such as ``("keyring", "keyring-vpn-0a-0")``."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object: how its header reads, the sub-mode it opens and the rules for the lines there.

    Group 1 of `header` is the object's name; group 2, where there is one, words of the header that are a value
    of their own (a transform set's algorithms). `rank` orders kinds so that a reference points to a lower rank. An object
    that is scattered has no header: it is the global lines with its name.
    """

    name: str
    header: re.Pattern[str]
    mode: str | None
    rules: tuple[nvgen.Rule, ...]
    rank: int
    words: Callable[[str], str] | None = None
    is_held_by_sessions: bool = False
    is_scattered: bool = False


BGP_VRF = "bgp-vrf"
BGP_KINDS = ("bgp", BGP_VRF)

_ROWS: tuple[tuple[str, str, str | None, tuple[nvgen.Rule, ...], dict[str, Any]], ...] = (
    ("policy", r"crypto isakmp policy (\d+)", "config-isakmp", nvgen.POLICY, {}),
    ("proposal", r"crypto ikev2 proposal (\S+)", "config-ikev2-proposal", nvgen.PROPOSAL, {}),
    ("ikev2-policy", r"crypto ikev2 policy (\S+)", "config-ikev2-policy", nvgen.IKEV2_POLICY, {}),
    ("keyring", r"crypto keyring (\S+)( vrf \S+)?", "conf-keyring", nvgen.KEYRING, {"words": str.strip}),
    ("ikev2-keyring", r"crypto ikev2 keyring (\S+)", "config-ikev2-keyring", (), {}),
    (
        "isakmp-profile", r"crypto isakmp profile (\S+)", "conf-isa-prof", nvgen.ISAKMP_PROFILE,
        {"is_held_by_sessions": True},
    ),
    (
        "ikev2-profile", r"crypto ikev2 profile (\S+)", "config-ikev2-profile", nvgen.IKEV2_PROFILE,
        {"is_held_by_sessions": True},
    ),
    (
        "transform-set", r"crypto ipsec transform-set (\S+) (.+)", "cfg-crypto-trans", nvgen.TRANSFORM_SET,
        {"words": nvgen.canonical_transforms},
    ),
    ("ipsec-profile", r"crypto ipsec profile (\S+)", "ipsec-profile", nvgen.IPSEC_PROFILE, {}),
    ("global", r"(?!)()", None, (), {}),
    ("interface", r"interface (\S+(?: \d\S*)?)( .+)?", "config-if", nvgen.INTERFACE, {"words": str.strip}),
    ("sla", r"ip sla (?:monitor )?(\d+)", "config-ip-sla", nvgen.SLA, {}),
    ("track", r"track (\d+) (.+)", "config-track", (), {"words": nvgen.canonical_tracked}),
    ("prefix-list", r"(?!)()", "config", nvgen.PREFIX_LIST, {"is_scattered": True}),
    ("route-map", r"route-map (\S+) permit 10", "config-route-map", nvgen.ROUTE_MAP, {}),
    ("bgp", r"router bgp (\S+)", "config-router", nvgen.BGP, {}),
    # BGP in a VRF is an object of its own, "ASN VRF", although it stands inside `router bgp`.
    (BGP_VRF, r"(?!)()", "config-router-af", nvgen.BGP, {}),
    (
        "route", r"ip route ((?:vrf \S+ )?\d\S+ \d\S+ Tunnel ?\d+(?: \d+\.\d+\.\d+\.\d+)?)((?: .+)?)", None, (),
        {"words": nvgen.canonical_route},
    ),
)  # fmt: skip
_RANKED = tuple(
    Kind(name, re.compile(header), mode, rules, rank, **options)
    for rank, (name, header, mode, rules, options) in enumerate(_ROWS)
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _RANKED}

_BY_FIRST_WORD: Mapping[str, tuple[Kind, ...]] = {
    word: tuple(kind for kind in _RANKED if kind.header.pattern.startswith(word + " "))
    for word in ("crypto", "interface", "ip", "track", "router", "route-map")
}
_SLA_ELSEWHERE = re.compile(r"ip sla (?:monitor )?(schedule|reaction-configuration|reaction-trigger) (\d+) ?(.*)")
_PREFIX_LIST = re.compile(r"ip prefix-list (\S+) (?:seq \d+ )?(?:permit|deny) .+")
_VRF_FAMILY = re.compile(r"address-family ipv4 vrf (\S+)")
_UNICAST = re.compile(r"address-family ipv4(?: unicast)?")
IPV4_FAMILY = "address-family ipv4"
_NO_DEFAULT = "no bgp default ipv4-unicast"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an object. `line` is what to type; equal `value` in the same slot means the same to IOS."""

    slot: str
    value: str
    line: str
    rule: nvgen.Rule | None = None
    path: tuple[str, ...] = ()
    opens: bool = False

    @property
    def is_default(self) -> bool:
        """Whether IOS may hide the line."""
        return self.rule is not None and self.rule.default == self.value

    @property
    def is_preshared_key(self) -> bool:
        """Whether the line is a pre-shared key; its value is ``0 KEY`` in clear, and ``6`` where it is encrypted."""
        return self.slot.split("/")[-1].startswith("pre-shared-key")

    @property
    def is_managed(self) -> bool:
        """Whether a line of this form is ours to take away from an object of ours."""
        return self.rule is not None and self.rule.is_managed


Entries = dict[str, Entry]


@dataclass(frozen=True, slots=True)
class Section:
    """An object and its lines. `header` opens it; `has_families` tells BGP's two display styles apart."""

    kind: Kind
    name: str
    header: str
    entries: Entries = field(default_factory=dict)
    has_families: bool = False

    @property
    def ref(self) -> Ref:
        """Kind and name."""
        return (self.kind.name, self.name)

    def value(self, slot: str) -> str | None:
        """Return the canonical value in a slot, or ``None``."""
        entry = self.entries.get(slot)
        return None if entry is None else entry.value

    @property
    def is_bare(self) -> bool:
        """Whether the object holds nothing that IOS wouldn't hide."""
        return all(entry.is_default for entry in self.entries.values())

    def with_entries(self, entries: Entries) -> "Section":
        """Return the section with other lines."""
        return replace(self, entries=entries)


Sections = dict[Ref, Section]


@dataclass(frozen=True, slots=True)
class State:
    """The objects of a configuration, and the global lines that belong to none of our kinds."""

    sections: Sections
    unknown: tuple[str, ...] = ()


HEADER = "header"
SCHEDULE = "schedule"
GLOBAL = "value"


def read(config: Config, *, keep_unknown: bool = False) -> State:
    """Return the state of a configuration; `keep_unknown` lists the lines of no known kind."""
    sections: Sections = {}
    unread = (line.text for line in config.lines if not _read_global(line, sections))
    unknown = [text for text in unread if keep_unknown]
    for ref, section in list(sections.items()):
        if section.kind.name == "bgp" and not section.has_families:
            sections[ref] = _with_implied_activation(section)
    return State(sections, tuple(unknown))


def _read_global(line: Line, sections: Sections) -> bool:
    first = line.text.partition(" ")[0]
    if first not in _BY_FIRST_WORD:
        return False
    text = " ".join(line.text.split())
    elsewhere = _SLA_ELSEWHERE.fullmatch(text) if first == "ip" else None
    if elsewhere is not None:
        _add(sections, "sla", elsewhere[2], f"ip sla {elsewhere[2]}", (_sla_entry(elsewhere, text),))
        return True
    listed = _PREFIX_LIST.fullmatch(text) if first == "ip" else None
    if listed is not None:
        lines = (_entry(nvgen.PREFIX_LIST, text, ("global",)),)
        _add(sections, "prefix-list", listed[1], f"ip prefix-list {listed[1]}", lines)
        return True
    for kind in _BY_FIRST_WORD[first]:
        found = kind.header.fullmatch(text)
        if found is not None:
            _read_section(kind, found, line, text, sections)
            return True
    return first == "crypto" and _read_setting(text, sections)


def _sla_entry(found: re.Match[str], text: str) -> Entry:
    if found[1] == SCHEDULE:
        return Entry(SCHEDULE, found[3], text, path=("global",))
    return Entry(f"?{text}", text, text, path=("global",))


def _read_section(kind: Kind, found: re.Match[str], line: Line, text: str, sections: Sections) -> None:
    name, children = found[1], line.children
    if kind.name == "interface":
        name = nvgen.canonical_interface(name)
        text = f"interface {name}{found[2] or ''}"
    elif kind.name == "route":
        name = re.sub(r"Tunnel (\d)", r"Tunnel\1", name)
        text = f"ip route {name}{found[2]}"
    elif kind.name == "bgp":
        # IOS takes either notation, whichever it shows.
        name = nvgen.canonical_asn(name)
        text = f"router bgp {name}"
        children = tuple(child for child in children if not _read_vrf_family(name, child, sections))
    entries = list(_entries(kind, children, ()))
    if kind.words is not None and found[2] is not None:
        entries.insert(0, Entry(HEADER, kind.words(found[2]), text))
    # VPNv4 and IPv6 have families in either style: only that of IPv4 takes the neighbours' lines out of the process. Where a neighbour
    # is active only if told so, it is told there.
    has_families = kind.name == "bgp" and any(_is_unicast(c) or c.text == _NO_DEFAULT for c in children)
    _add(sections, kind.name, name, text, entries, has_families=has_families)


def _is_unicast(line: Line) -> bool:
    return _UNICAST.fullmatch(" ".join(line.text.split())) is not None


def _read_vrf_family(asn: str, line: Line, sections: Sections) -> bool:
    found = _VRF_FAMILY.fullmatch(" ".join(line.text.split()))
    if found is None:
        return False
    _add(sections, BGP_VRF, f"{asn} {found[1]}", found[0], _entries(KINDS[BGP_VRF], line.children, ()))
    return True


def vrf_of(section: Section) -> str:
    """Return the VRF of an interface, or of BGP in one; "" is the global table."""
    if section.kind.name == BGP_VRF:
        return section.name.partition(" ")[2]
    return section.value("vrf forwarding") or ""


def _read_setting(text: str, sections: Sections) -> bool:
    found = nvgen.read_setting(text)
    if found is None:
        return False
    setting, value = found
    _add(sections, "global", setting.code, text, (Entry(GLOBAL, value, text),))
    return True


def _add(
    sections: Sections, kind: str, name: str, header: str, entries: Iterable[Entry], *, has_families: bool = False
) -> None:
    known = sections.get((kind, name))
    if known is None:
        known = sections[(kind, name)] = Section(KINDS[kind], name, header)
    for entry in entries:
        # Sent twice (AWS's text does, inside and outside the address family), the last one counts.
        known.entries[entry.slot] = entry
    if (has_families and not known.has_families) or (known.header != header and kind != "sla"):
        sections[(kind, name)] = replace(known, header=header, has_families=known.has_families or has_families)


def _entries(kind: Kind, lines: Iterable[Line], path: tuple[str, ...]) -> Iterable[Entry]:
    """Yield the lines of a section, each with the sub-headers it stands under."""
    for line in lines:
        if kind.name == "sla":
            # IOS-XE shows what follows `icmp-echo` one level deeper than IOS 15; it is the same mode.
            yield _entry(kind.rules, line.text, ())
            yield from _entries(kind, line.children, ())
        elif kind.name == "bgp" and _is_unicast(line):
            yield from _entries(kind, line.children, (IPV4_FAMILY,))
        elif line.children or line.text.startswith(("address-family", "peer ")):
            text = " ".join(line.text.split())
            rule = nvgen.PEER_BLOCK if kind.name == "ikev2-keyring" else None
            yield Entry("/".join((*path, text)), "", text, rule, path, opens=True)
            yield from _entries(kind, line.children, (*path, text))
        else:
            yield _entry(_rules(kind, path), line.text, path)


def _rules(kind: Kind, path: tuple[str, ...]) -> tuple[nvgen.Rule, ...]:
    if kind.name == "ikev2-keyring":
        return nvgen.PEER if path else ()
    if kind.name == "bgp" and path not in ((), (IPV4_FAMILY,)):
        return ()
    return () if path and kind.name != "bgp" else kind.rules


def _entry(rules: tuple[nvgen.Rule, ...], text: str, path: tuple[str, ...]) -> Entry:
    reading = nvgen.read(rules, text)
    # BGP shows the same neighbour line with and without a family: a merged view knows it by its words alone.
    merged = path in ((IPV4_FAMILY,), ("global",)) and reading.rule is not None
    slot = reading.slot if merged or not path else "/".join((*path, reading.slot))
    return Entry(slot, reading.value, text, reading.rule, path)


def entry(kind: Kind, text: str) -> Entry:
    """Return a line of an object of this kind."""
    return _entry(kind.rules, text, ())


def _with_implied_activation(section: Section) -> Section:
    """Without a family IOS hides ``activate``: every neighbour is, unless told not to."""
    entries = dict(section.entries)
    for slot in section.entries:
        words = slot.split(" ")
        if words[0] == "neighbor" and words[2:] in (["remote-as"], ["?peer-group"]):
            implied = f"neighbor {words[1]} activate"
            if implied not in entries:
                entries[implied] = _entry(nvgen.BGP, implied, ())
    return section.with_entries(entries)
