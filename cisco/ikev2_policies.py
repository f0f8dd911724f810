"""Which IKEv2 policy IOS takes, where several match: there is one for an address and a VRF, not one per peer.

The best match wins (one that names the local address before one that names none), then the first (Cisco's FlexVPN
guide). So a second policy for our address either goes unused, or takes the address away from whoever used the other:
its proposals, ours included, would never be offered. Ours takes what it displaces along.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address

from .mark import Mark
from .ownership import Ours
from .plan import Collision
from .state import Ref, Section, Sections, entry
from .tree import Config

_KIND = "ikev2-policy"
_PREFIX = "policy-"
# The built-in policy, which serves what no other one matches, has the built-in proposal; guides to hardening take either away.
_DEFAULT = "proposal default"
_NO_DEFAULTS = frozenset({"no crypto ikev2 policy default", "no crypto ikev2 proposal default"})
Offer = tuple[str, str, str]
"""Cipher, integrity (with GCM: PRF) and group, in IOS's words."""


@dataclass(frozen=True, slots=True)
class _Policy:
    section: Section
    fvrf: str
    addresses: frozenset[IPv4Address]
    offers: frozenset[Offer]

    @property
    def rank(self) -> int:
        return bool(self.addresses) + (self.fvrf not in ("", "any"))

    def overlaps(self, other: "_Policy") -> bool:
        """Whether IKE from some address of ours could be served by either."""
        is_same_vrf = self.fvrf == other.fvrf or "any" in (self.fvrf, other.fvrf)
        is_anywhere = not self.addresses or not other.addresses
        return is_same_vrf and (is_anywhere or not self.addresses.isdisjoint(other.addresses))


def with_displaced(config: Config, running: Sections, intended: Sections, ours: Ours) -> Sections:
    """Return the intended objects with our policy offering also what those policies do that it takes the address from.

    It does so from the moment it comes, and as long as they are there: what somebody adds later knows our policy.
    """
    result = dict(intended)
    has_default = _NO_DEFAULTS.isdisjoint(line.text for line in config.lines)
    for ref, section in intended.items():
        if ref[0] == _KIND:
            have = running.get(ref)
            displaced = _displaced(running, intended, ref, ours)
            lines = (entry(section.kind, text) for text in displaced if has_default or text != _DEFAULT)
            taken = {e.slot: e for e in lines if have is None or e.slot in have.entries}
            result[ref] = section.with_entries({**section.entries, **taken}) if taken else section
    return result


def _displaced(running: Sections, intended: Sections, ref: Ref, ours: Ours) -> Iterator[str]:
    mine = _policy(intended[ref], intended)
    matching = [other for other in _others(running, ref, ours) if other.overlaps(mine)]
    for other in matching:
        if mine.rank > other.rank and not other.offers <= mine.offers and _link_of(other, ours.others) is None:
            yield from (slot for slot in other.section.entries if slot.startswith("proposal "))
    if not matching and _is_default_used(running, ours):
        yield _DEFAULT


def _others(running: Sections, ref: Ref, ours: Ours) -> list[_Policy]:
    return [_policy(s, running) for r, s in running.items() if r[0] == _KIND and r != ref and not ours.named(r[1])]


def _is_default_used(running: Sections, ours: Ours) -> bool:
    """Whether there is a VPN that is no link's of ours: without a policy of its own it uses the built-in one."""
    foreign = [name for kind, name in running if kind == "ikev2-profile" and not ours.named(name)]
    return not _are_links(foreign, ours.others)


def judge(running: Sections, intended: Sections, ours: Ours) -> tuple[list[Collision], list[str]]:
    """Return what would be offered the wrong proposals, theirs or ours, once the intended policy is in; and warnings."""
    collisions: list[Collision] = []
    warnings: list[str] = []
    for ref in intended:
        if ref[0] == _KIND and not _is_in(running, intended, ref):
            for collision, warning in _conflicts(running, intended, ref, ours):
                collisions += [collision] if collision is not None else []
                warnings += [warning] if warning is not None else []
    return collisions, warnings


def _conflicts(
    running: Sections, intended: Sections, ref: Ref, ours: Ours
) -> Iterator[tuple[Collision | None, str | None]]:
    mine = _policy(intended[ref], {**running, **intended})
    order = list(running)
    matching = [other for other in _others(running, ref, ours) if other.overlaps(mine)]
    for other in matching:
        is_first = ref in running and order.index(ref) < order.index(other.section.ref)
        is_ours_taken = mine.rank > other.rank or (mine.rank == other.rank and is_first)
        if not is_ours_taken and not mine.offers <= other.offers:
            yield _unused(mine, other, ours.others), None
        elif is_ours_taken and not other.offers <= mine.offers:
            link = _link_of(other, ours.others)
            yield (_taken_away(mine, other, link), None) if link else (None, _takes(mine, other))


def _is_in(running: Sections, intended: Sections, ref: Ref) -> bool:
    """Whether the router offers exactly this already."""
    have = running.get(ref)
    return have is not None and _policy(have, running).offers == _policy(intended[ref], {**running, **intended}).offers


def _policy(section: Section, sections: Sections) -> _Policy:
    words = [entry.line.split() for entry in section.entries.values()]
    names = [w[1] for w in words if w[0] == "proposal" and len(w) > 1]
    return _Policy(
        section,
        next((w[2] for w in words if w[:2] == ["match", "fvrf"] and len(w) > 2), ""),
        frozenset(_addresses(words)),
        frozenset(offer for name in names for offer in _offers(sections.get(("proposal", name)))),
    )


def _addresses(words: Iterable[list[str]]) -> Iterator[IPv4Address]:
    for line in words:
        if line[:3] == ["match", "address", "local"]:
            for word in line[3:]:
                with suppress(ValueError):  # the word `interface`, or an IPv6 address
                    yield IPv4Address(word)


def _offers(proposal: Section | None) -> Iterator[Offer]:
    if proposal is None:  # the built-in one, whose content differs between releases
        return
    values = {slot: (proposal.value(slot) or "").split() for slot in ("encryption", "integrity", "prf", "group")}
    for cipher in values["encryption"]:
        hashes = values["prf"] if "gcm" in cipher else values["integrity"]
        yield from ((cipher, digest, group) for digest in hashes for group in values["group"])


def _link_of(other: _Policy, marks: Mapping[str, Mark]) -> str | None:
    connection_id = other.section.name.removeprefix(_PREFIX)
    return next((mark.link for mark in marks.values() if mark.connection_id == connection_id), None)


def _are_links(profiles: Iterable[str], marks: Mapping[str, Mark]) -> bool:
    ids = {mark.connection_id for mark in marks.values()}
    return all(any(connection_id in profile for connection_id in ids) for profile in profiles)


def _where(policy: _Policy) -> str:
    return ", ".join(map(str, sorted(policy.addresses))) or "any local address"


def _shown(offers: Iterable[Offer]) -> str:
    return ", ".join(f"{cipher} {digest} group {group}" for cipher, digest, group in sorted(offers))


def _unused(mine: _Policy, other: _Policy, marks: Mapping[str, Mark]) -> Collision:
    link = _link_of(other, marks)
    owner = f" of link {link}" if link else ""
    way = f"give both links the same phase 1 ({_shown(other.offers) or 'the default'})" if link else "add it there"
    return Collision(
        mine.section.header,
        f"would not be used: IOS takes one policy for {_where(mine)}, '{other.section.header}'{owner}, and that does "
        f"not offer {_shown(mine.offers - other.offers)}",
        f"{way}, or let one of them speak from another local address",
    )


def _taken_away(mine: _Policy, other: _Policy, link: str) -> Collision:
    return Collision(
        mine.section.header,
        f"also serves link {link}, which negotiates {_shown(other.offers - mine.offers)} through it from {_where(mine)}",
        f"give both links the same phase 1, or let one of them speak from another local address, or remove {link} first",
    )


def _takes(mine: _Policy, other: _Policy) -> str:
    return (
        f"'{mine.section.header}' takes {_where(mine)} over from '{other.section.header}': whatever else negotiates IKEv2 from there "
        f"is offered only {_shown(mine.offers)} from now on"
    )
