"""Phase 1 of a tunnel with an IKEv2 profile: which proposals are offered, with which key."""

from ipaddress import IPv4Address, IPv4Network
from itertools import product

from lab.ends import Phase1Offer

from .algorithms import PHASE1_V2
from .document import Entry
from .ikev2 import is_complete_proposal
from .interface import address_of
from .surroundings import Surroundings

_Proposal = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]  # ciphers, integrities or PRFs, groups

# The built-in `default` proposal of recent IOS-XE: `show crypto ikev2 proposal`.
_DEFAULT: _Proposal = (("aes-cbc-256",), ("sha512", "sha384"), ("19", "14", "21", "5"))


def phase1(
    router: Surroundings, name: str, fvrf: str, source: IPv4Address | None, destination: IPv4Address | None
) -> tuple[tuple[Phase1Offer, ...], str | None, bool]:
    """Return what is offered, the key for the peer, and whether the profile accepts the peer.

    `fvrf` is the VRF of the tunnel's outside, "" for the global table.
    """
    root = router.document.root
    profile = root.find(f"crypto ikev2 profile {name}")
    if profile is None or source is None or destination is None:
        return (), None, False
    lifetime = int(profile.value("lifetime") or 86400)
    offers = tuple(offer for proposal in _proposals(root, source, fvrf) for offer in _offers(proposal, lifetime))
    is_authenticated = bool(profile.starting("authentication local")) and bool(
        profile.starting("authentication remote")
    )
    is_accepted = is_authenticated and _is_in(profile, fvrf) and _accepts(root, profile, source, destination)
    return offers, _key(router, profile, destination), is_accepted


def dpd(root: Entry, name: str) -> tuple[int, int] | None:
    """Return the seconds between probes and between retries: the profile's own, else the whole router's."""
    profile = root.find(f"crypto ikev2 profile {name}")
    words = ((profile.value("dpd") if profile else "") or root.value("crypto ikev2 dpd")).split()
    return (int(words[0]), int(words[1])) if len(words) > 1 else None


def _is_in(entry: Entry, fvrf: str) -> bool:
    """Without `match fvrf` a policy or profile serves the global table only."""
    return entry.value("match fvrf") in ("any", fvrf)


def _accepts(root: Entry, profile: Entry, source: IPv4Address, destination: IPv4Address) -> bool:
    local = profile.starting("match address local")
    if local and not any(_is_local(root, entry, source) for entry in local):
        return False
    if profile.find("match identity remote any"):
        return True
    identities = (entry.key.split()[4:6] for entry in profile.starting("match identity remote address"))
    return any(destination in IPv4Network((address, mask), strict=False) for address, mask in identities)


def _is_local(root: Entry, entry: Entry, source: IPv4Address) -> bool:
    words = entry.text.split()[3:]
    if words[0] != "interface":
        return words[0] == str(source)
    interface = root.find(f"interface {words[1]}")
    address = address_of(interface) if interface else None
    return address is not None and address.ip == source


def _proposals(root: Entry, source: IPv4Address, fvrf: str) -> list[_Proposal]:
    """The policy that names our address goes before one that names none; without any the built-in default serves."""
    fitting = [
        (bool(local), policy)
        for policy in root.starting("crypto ikev2 policy")
        if _is_in(policy, fvrf)
        for local in [[entry.key.split()[3] for entry in policy.starting("match address local")]]
        if not local or str(source) in local
    ]
    if not fitting:
        return [_DEFAULT]
    _, policy = max(fitting, key=lambda candidate: candidate[0])
    found = []
    for entry in policy.starting("proposal"):
        proposal = root.find(f"crypto ikev2 proposal {entry.key.split()[1]}")
        if proposal and is_complete_proposal(proposal):
            ciphers = tuple(proposal.value("encryption").split())
            is_gcm = all("gcm" in cipher for cipher in ciphers)
            hashes = tuple(proposal.value("prf" if is_gcm else "integrity").split())
            found.append((ciphers, hashes, tuple(proposal.value("group").split())))
        elif proposal is None and entry.key == "proposal default":
            found.append(_DEFAULT)
    return found


def _offers(proposal: _Proposal, lifetime: int) -> list[Phase1Offer]:
    return [
        Phase1Offer(PHASE1_V2[cipher], PHASE1_V2[digest], int(group), lifetime)
        for cipher, digest, group in product(*proposal)
    ]


def _key(router: Surroundings, profile: Entry, destination: IPv4Address) -> str | None:
    if own := profile.value("authentication local").removeprefix("pre-share").strip():
        return router.clear_secret(own.removeprefix("key ").strip())
    ring = router.document.root.find(f"crypto ikev2 keyring {profile.value('keyring local')}")
    if ring is None:
        return None
    for peer in ring.starting("peer"):
        words = peer.value("address").split()
        if not words:
            continue
        mask = words[1] if len(words) > 1 else "255.255.255.255"
        if destination in IPv4Network((words[0], mask), strict=False):
            key = peer.value("pre-shared-key") or peer.value("pre-shared-key local")
            return router.clear_secret(key) if key else None
    return None
