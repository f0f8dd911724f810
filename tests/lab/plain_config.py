"""A configuration as the plain router keeps it: the lines that were entered, each in its section, nothing hidden."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# The lines that open a section, the mode that they open, and the mode in which they stand.
SECTIONS = tuple(
    (above, re.compile(pattern), mode)
    for above, pattern, mode in (
        ("config", r"interface \S+", "config-if"),
        ("config", r"crypto isakmp policy \d+", "config-isakmp"),
        ("config", r"crypto keyring \S+", "conf-keyring"),
        ("config", r"crypto isakmp profile \S+", "conf-isa-prof"),
        ("config", r"crypto ipsec transform-set .+", "cfg-crypto-trans"),
        ("config", r"crypto ipsec profile \S+", "ipsec-profile"),
        ("config", r"crypto ikev2 proposal \S+", "config-ikev2-proposal"),
        ("config", r"crypto ikev2 policy \S+", "config-ikev2-policy"),
        ("config", r"crypto ikev2 keyring \S+", "config-ikev2-keyring"),
        ("config", r"crypto ikev2 profile \S+", "config-ikev2-profile"),
        ("config", r"router bgp \d+", "config-router"),
        ("config", r"ip sla \d+", "config-ip-sla"),
        ("config", r"track \d+ .+", "config-track"),
        ("config", r"archive", "config-archive"),
        ("config-router", r"address-family ipv4", "config-router-af"),
        ("config-ikev2-keyring", r"peer \S+", "config-ikev2-keyring-peer"),
        ("config-ip-sla", r"icmp-echo .+", "config-ip-sla-echo"),
    )
)
# What is heard at the top from every section, and what alone some sections take.
_GLOBAL = re.compile(
    r"(?:crypto|interface|router|track|hostname|route-map|ip (?:route|sla|prefix-list|access-list)) .+|archive"
)
_LEAVES = {
    "config": _GLOBAL,
    "config-if": re.compile(r"description .+|ip (?:address|mtu|tcp|virtual-reassembly)\b.*|tunnel .+|shutdown"),
    "config-isakmp": re.compile(r"(?:encryption|authentication|group|lifetime|hash) .+"),
    "config-archive": re.compile(r"(?:path|maximum|time-period) .+|write-memory"),
}
# Settings of which there is one: another value takes the place of the first.
_SINGLE = re.compile(
    r"crypto ipsec (?:df-bit|security-association replay window-size)|crypto isakmp keepalive|description|ip address"
    r"|ip mtu|ip tcp adjust-mss|tunnel (?:source|destination|mode|protection)|encryption|hash|authentication(?: local| remote)?|group|lifetime"
    r"|hostname|path|maximum"
)


@dataclass
class Section:
    """Lines in the order in which they came, each with the section that it opens."""

    lines: dict[str, "Section"] = field(default_factory=dict)

    def enter(self, line: str) -> "Section":
        """Take a line, and return the section below it."""
        single = _SINGLE.match(line)
        if single and line not in self.lines:
            self.lines = {other: below for other, below in self.lines.items() if not other.startswith(f"{single[0]} ")}
        return self.lines.setdefault(line, Section())

    def take_out(self, line: str) -> None:
        """Take out a line, or those that begin so; of a neighbour, also what its address families say."""
        if re.fullmatch(r"neighbor \S+", line):
            for family in self.lines.values():
                family.take_out(line)
        self.lines = {
            other: below for other, below in self.lines.items() if other != line and not other.startswith(f"{line} ")
        }

    def value(self, word: str) -> str:
        """Return what follows a word, empty without such a line."""
        return next((line[len(word) + 1 :] for line in self.lines if line.startswith(f"{word} ")), "")

    def shown(self, blanks: str = "") -> Iterator[str]:
        """Yield the lines as `show running-config` has them."""
        for line, below in self.lines.items():
            yield f"{blanks}{line}"
            yield from below.shown(f"{blanks} ")


def is_global(line: str) -> bool:
    """Return whether a line is heard at the top wherever it is entered, and ends the section that one is in."""
    return _GLOBAL.fullmatch(line) is not None


def belongs(line: str, mode: str) -> bool:
    """Return whether a line, without its `no`, means something in a mode; of most sections we know too little to refuse."""
    leaves = _LEAVES.get(mode)
    return leaves is None or leaves.fullmatch(line) is not None


def read(text: str) -> Section:
    """Return the configuration that was shown so: each blank is a level."""
    top = Section()
    path = [top]
    for line in text.splitlines():
        depth = len(line) - len(line.lstrip(" "))
        if line.strip() and line.strip() != "end" and not line.startswith("version "):
            del path[depth + 1 :]
            path.append(path[depth].enter(line.strip()))
    return top
