"""What else on the router speaks IKE: with AWS's own addresses, or by grace of IKEv1's built-in policies, which ours displace."""

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address

from ..counted import listed
from ..layout import destination_of, interface_address
from ..ownership import Ours
from ..plan import Collision
from ..state import HEADER, Section, Sections
from ..tree import Config

# The key itself is not for a message. Without a mask it is one host's, but 0.0.0.0 stands for everybody. IOS fills the address up with blanks.
_KEY = re.compile(
    r"crypto isakmp key .+ (?P<of>address (?P<address>\d+\.\d+\.\d+\.\d+)(?: +(?P<mask>\d+\.\d+\.\d+\.\d+))?)\b.*"
)
# `match identity remote any`, `… address 0.0.0.0`, `… address 52.0.0.0 255.0.0.0`; other kinds of identity are not AWS's.
_IDENTITY = re.compile(
    r"match identity remote (?:any|address (?P<address>\d+\.\d+\.\d+\.\d+)(?: (?P<mask>\d+\.\d+\.\d+\.\d+))?)"
)
_NO_DEFAULTS = "no crypto isakmp default policy"
_CRYPTO_MAP = re.compile(r"crypto map \S+ \d+ ipsec-isakmp\b.*")
_FOREIGN_KINDS = ("keyring", "isakmp-profile")


def same_peers(config: Config, intended: Sections) -> Iterator[Collision]:
    """Yield the collision of each crypto map that encrypts to one of AWS's addresses: two VPNs with one peer are one too many."""
    peers = set(map(str, _peers(intended)))
    for line in config.lines:
        if _CRYPTO_MAP.fullmatch(line.text):
            for child in line.children:
                words = child.text.split(" ")
                if words[:2] == ["set", "peer"] and words[2] in peers:
                    yield Collision(
                        f"'{line.text}'", f"encrypts to {words[2]} as well", f"take '{child.text}' away first"
                    )


def shared_keys(config: Config, intended: Sections) -> Iterator[str]:
    """Yield a warning for each global key that fits AWS's addresses.

    Cisco's guide on keyrings and profiles (document 117259) advises against a global key beside a keyring for one peer: IOS may take either.
    """
    if not _speaks_ikev1(intended):
        return
    peers = _peers(intended)
    for line in config.lines:
        found = _KEY.fullmatch(line.text)
        if found is not None and _fits(found, peers):
            yield (
                f"'crypto isakmp key … {found['of']}' fits AWS's addresses too, and IOS may take it instead of the tunnels' own keys: "
                f"move it into a keyring with a profile of its own"
            )


def shared_keyrings(running: Sections, intended: Sections, ours: Ours) -> Iterator[str]:
    """Yield a warning for each keyring of somebody else's with a key for one of AWS's addresses, such as an adopted link's own ones were.

    The same guide: of two keyrings for one peer, who answers takes one without regard to the profile, and then fails.
    """
    mine = next((section for (kind, _), section in intended.items() if kind == "keyring"), None)
    if mine is None:
        return
    for (kind, name), theirs in running.items():
        if kind != "keyring" or ours.named(name) or theirs.value(HEADER) != mine.value(HEADER):
            continue
        for peer in sorted(_peers(intended)):
            if f"pre-shared-key address {peer}" in theirs.entries:
                yield (
                    f"'{theirs.header}' has a key for {peer} too, and where AWS negotiates IOS may take it instead of the tunnel's own: "
                    f"take it away, with the profile that uses it"
                )


def shared_profiles(running: Sections, intended: Sections, ours: Ours) -> Iterator[str]:
    """Yield a warning for each IKEv2 profile of somebody else's that AWS's addresses fit as well.

    Cisco's FlexVPN guide calls profiles that overlap a misconfiguration, of which none is selected. Who initiates has the profile that its
    tunnel names.
    """
    peers = _peers(intended)
    mine = next((section for (kind, _), section in intended.items() if kind == "ikev2-profile"), None)
    if mine is None:
        return
    for (kind, name), theirs in running.items():
        if kind != "ikev2-profile" or ours.named(name) or _is_elsewhere(running, theirs, mine):
            continue
        lines = (" ".join(entry.line.split()) for entry in theirs.entries.values())
        fitting = next((line for line in lines if (found := _IDENTITY.fullmatch(line)) and _fits(found, peers)), None)
        if fitting is not None:
            yield (
                f"'{fitting}' of '{theirs.header}' fits AWS's addresses too, and of two profiles that fit IOS may take none, so that a "
                f"tunnel that AWS negotiates may not come up: name that profile's own peers there"
            )


def _is_elsewhere(running: Sections, theirs: Section, mine: Section) -> bool:
    """Whether the two profiles are for different front-door VRFs, or different addresses of the router."""
    vrfs = {theirs.value("match fvrf") or "", mine.value("match fvrf") or ""}
    local = {_local_address(running, theirs), _local_address(running, mine)} - {None}
    return (len(vrfs) == 2 and "any" not in vrfs) or len(local) == 2


def _local_address(running: Sections, profile: Section) -> str | None:
    """Return where a profile is for, an interface by its address: the one profile names that, the other the interface."""
    named = profile.value("match address local")
    interface = running.get(("interface", (named or "").removeprefix("interface ")))
    own = interface_address(interface) if interface is not None else None
    return str(own.ip) if own is not None else named


def _fits(found: re.Match[str], peers: Iterable[IPv4Address]) -> bool:
    """Whether one of the peers is in the network that a line names; without an address it is everybody's, as 0.0.0.0 is."""
    address = int(IPv4Address(found["address"] or 0))
    mask = int(IPv4Address(found["mask"] or ("255.255.255.255" if address else "0.0.0.0")))  # noqa: S104  # a mask
    return any((int(peer) ^ address) & mask == 0 for peer in peers)


def displaced(config: Config, running: Sections, intended: Sections, ours: Ours) -> Iterator[Collision]:
    """Yield the collision with who negotiates by the built-in policies, which IOS has while none is configured (12.4(20)T and later).

    Its next negotiation would find ours alone, and fail.
    """
    has_policies = any(kind == "policy" for kind, _ in running)
    mine = next((section.header for (kind, _), section in intended.items() if kind == "policy"), None)
    if mine is None or has_policies or any(line.text == _NO_DEFAULTS for line in config.lines):
        return
    users = [s.header for (kind, name), s in running.items() if kind in _FOREIGN_KINDS and not ours.named(name)]
    users += _by_certificate(running, ours)
    for line in config.lines:
        key = _KEY.fullmatch(line.text)
        if key is not None:
            users.append(f"crypto isakmp key … {key['of']}")
        elif _CRYPTO_MAP.fullmatch(line.text) and not any("ikev2-profile" in child.text for child in line.children):
            users.append(line.text)
    if users:
        yield Collision(
            f"'{mine}'",
            f"takes the place of IOS's built-in policies, by which '{listed(users)}' negotiates",
            "give that a 'crypto isakmp policy' of its own first (show crypto isakmp policy), or take it away",
        )


def _by_certificate(running: Sections, ours: Ours) -> Iterator[str]:
    """Yield each tunnel that speaks IKEv1 with neither keyring nor profile, as a DMVPN with certificates may."""
    for (kind, interface), section in running.items():
        name = (section.value("tunnel protection") or "").split(" ")[0]
        profile = running.get(("ipsec-profile", name)) if kind == "interface" else None
        is_ours = ours.named(name) or interface in ours.others
        if profile is not None and not is_ours and profile.value("set ike-profile") is None:
            yield section.header


def _speaks_ikev1(intended: Sections) -> bool:
    return any(kind == "policy" for kind, _ in intended)


def _peers(intended: Sections) -> frozenset[IPv4Address]:
    found = (destination_of(section) for (kind, _), section in intended.items() if kind == "interface")
    return frozenset(peer for peer in found if peer is not None)
