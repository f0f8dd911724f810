"""What else on the router speaks IKEv1: with AWS's own addresses, or by grace of the built-in policies, which ours displace."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address

from ..counted import listed
from ..layout import destination_of
from ..ownership import Ours
from ..plan import Collision
from ..state import Sections
from ..tree import Config

# The key itself is not for a message. Without a mask it is one host's, but 0.0.0.0 stands for everybody. IOS fills the address up with blanks.
_KEY = re.compile(
    r"crypto isakmp key .+ (?P<of>address (?P<address>\d+\.\d+\.\d+\.\d+)(?: +(?P<mask>\d+\.\d+\.\d+\.\d+))?)\b.*"
)
_NO_DEFAULTS = "no crypto isakmp default policy"
_CRYPTO_MAP = re.compile(r"crypto map \S+ \d+ ipsec-isakmp\b.*")
_FOREIGN_KINDS = ("keyring", "isakmp-profile")


def same_peers(config: Config, intended: Sections) -> Iterator[Collision]:
    """Yield the collision of each crypto map that encrypts to one of AWS's addresses: two VPNs with one peer are one too many."""
    peers = _peers(intended)
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
    peers = [int(IPv4Address(peer)) for peer in _peers(intended)]
    for line in config.lines:
        found = _KEY.fullmatch(line.text)
        if found is None:
            continue
        address = int(IPv4Address(found["address"]))
        mask = int(IPv4Address(found["mask"] or ("255.255.255.255" if address else "0.0.0.0")))  # noqa: S104  # a mask
        if any((peer ^ address) & mask == 0 for peer in peers):
            yield (
                f"'crypto isakmp key … {found['of']}' fits AWS's addresses too, and IOS may take it instead of the tunnels' own keys: "
                f"move it into a keyring with a profile of its own"
            )


def displaced(config: Config, running: Sections, intended: Sections, ours: Ours) -> Iterator[Collision]:
    """Yield the collision with who negotiates by the built-in policies, which IOS has while none is configured (12.4(20)T and later).

    Its next negotiation would find ours alone, and fail.
    """
    has_policies = any(kind == "policy" for kind, _ in running)
    mine = next((section.header for (kind, _), section in intended.items() if kind == "policy"), None)
    if mine is None or has_policies or any(line.text == _NO_DEFAULTS for line in config.lines):
        return
    users = [s.header for (kind, name), s in running.items() if kind in _FOREIGN_KINDS and not ours.named(name)]
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


def _speaks_ikev1(intended: Sections) -> bool:
    return any(kind == "policy" for kind, _ in intended)


def _peers(intended: Sections) -> set[str]:
    found = (destination_of(section) for (kind, _), section in intended.items() if kind == "interface")
    return {str(peer) for peer in found if peer is not None}
