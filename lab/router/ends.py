"""What the router holds, seen from its tunnels: the ends that a negotiation would use.

It is as strict as the router is: a key counts only where IOS would look for it, a `network` only when the routing table
has it, a source only when it is an address of the router's own.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from lab.ends import Phase1Offer, Phase2Offer, RouterEnd, Sla, StaticRoute

from . import ends_bgp, ends_ikev2, sla
from .algorithms import PHASE1_V1, PHASE2_ENCRYPTION, PHASE2_INTEGRITY
from .document import Entry
from .interface import address_of, vrf_of
from .routes import static_routes
from .surroundings import Surroundings

_EVERYBODY = "0.0.0.0"  # noqa: S104  # no address to bind
# IOS fills the address up with blanks to 15 characters.
_GLOBAL_KEY = re.compile(
    r"crypto isakmp key (?P<key>.+) address (?P<address>[\d.]+)(?: +(?P<mask>\d[\d.]+))?(?: +no-xauth)? *$"
)


def router_ends(router: Surroundings) -> tuple[RouterEnd, ...]:
    """Return the end of every Tunnel interface, in the order of their numbers."""
    tunnels = router.document.root.starting("interface")
    return tuple(_end(router, tunnel) for tunnel in tunnels if tunnel.key.startswith("interface Tunnel"))


def _end(router: Surroundings, tunnel: Entry) -> RouterEnd:
    root = router.document.root
    number = int(tunnel.key.removeprefix("interface Tunnel"))
    source, destination = _source(root, tunnel), _address(tunnel.value("tunnel destination"))
    protection = tunnel.value("tunnel protection").split()
    profile = root.find(f"crypto ipsec profile {protection[2]}") if len(protection) > 2 else None
    named = protection[protection.index("ikev2-profile") + 1] if "ikev2-profile" in protection else ""
    ikev2 = named or (profile.value("set ikev2-profile") if profile else "")
    pfs = profile.value("set pfs") if profile else ""
    if ikev2:
        phase1, key, is_accepted = ends_ikev2.phase1(router, ikev2, tunnel.value("tunnel vrf"), source, destination)
    else:
        phase1, key, is_accepted = _ikev1(router, profile, tunnel.value("tunnel vrf"), source, destination)
    return RouterEnd(
        number=number,
        is_interface_up=tunnel.find("shutdown") is None,
        source=source,
        destination=destination,
        inside=address_of(tunnel),
        mode=tunnel.value("tunnel mode") or "gre ip",
        has_protection=profile is not None,
        ike_version="ikev2" if ikev2 else "ikev1",
        phase1=phase1,
        preshared_key=key,
        matches_peer=is_accepted,
        phase2=tuple(_transforms(root, profile)) if profile else (),
        pfs=int(pfs.split()[0].removeprefix("group")) if pfs else None,
        phase2_lifetime=_lifetime(root, profile),
        bgp=ends_bgp.process(root, vrf_of(tunnel)),
        static_routes=tuple(_routes(root, tunnel)),
        sla=_sla(root, tunnel),
        public_address=next(iter(router.public_addresses), None),
        mss=int(words) if (words := tunnel.value("ip tcp adjust-mss")) else None,
        dpd=ends_ikev2.dpd(root, ikev2) if ikev2 else _keepalive(root),
    )


def _keepalive(root: Entry) -> tuple[int, int] | None:
    """IKEv1's dead peer detection is the whole router's; its retries follow every 2 s unless told otherwise."""
    words = root.value("crypto isakmp keepalive").split()
    numbers = [int(word) for word in words if word.isdigit()]
    return (numbers[0], numbers[1] if len(numbers) > 1 else 2) if numbers else None


def _address(text: str) -> IPv4Address | None:
    return IPv4Address(text) if text and text[0].isdigit() else None


def _source(root: Entry, tunnel: Entry) -> IPv4Address | None:
    """A source that is no address of an interface that is up leaves the tunnel down."""
    words = tunnel.value("tunnel source")
    for entry in root.starting("interface"):
        address = address_of(entry)
        if address is None or entry.find("shutdown") or vrf_of(entry) != tunnel.value("tunnel vrf"):
            continue
        if words in (str(address.ip), entry.key.removeprefix("interface ")):
            return address.ip
    return None


def _ikev1(
    router: Surroundings,
    profile: Entry | None,
    fvrf: str,
    source: IPv4Address | None,
    destination: IPv4Address | None,
) -> tuple[tuple[Phase1Offer, ...], str | None, bool]:
    """What is offered, the key for the peer, and whether a profile accepts it, all in the VRF of the tunnel's outside."""
    root = router.document.root
    policies = sorted(root.starting("crypto isakmp policy"), key=lambda policy: int(policy.key.split()[3]))
    offers = tuple(_offer(policy) for policy in policies if policy.value("authentication") == "pre-share")
    if source is None or destination is None:
        return offers, None, False
    wanted = profile.value("set isakmp-profile") if profile else ""
    accepting = [
        entry
        for entry in root.starting("crypto isakmp profile")
        if _accepts(root, entry, fvrf, source, destination) and wanted in ("", entry.key.split()[3])
    ]
    keyrings = {ring.key.split()[1] for entry in accepting for ring in entry.starting("keyring")}
    key = _keyring_key(router, keyrings, fvrf, source, destination)
    if key is None and not wanted and not fvrf:
        key = _global_key(router, destination)
        return offers, key, key is not None
    return offers, key, bool(accepting)


def _offer(policy: Entry) -> Phase1Offer:
    return Phase1Offer(
        encryption=PHASE1_V1[policy.value("encr") or "des"],
        integrity=PHASE1_V1[policy.value("hash") or "sha"],
        dh_group=int(policy.value("group") or 1),
        lifetime=int(policy.value("lifetime") or 86400),
    )


def _is_local(root: Entry, words: str, fvrf: str, source: IPv4Address) -> bool:
    """`local-address` names an address, beside it its VRF, or an interface; none means any."""
    if not words:
        return True
    named, _, vrf = words.partition(" ")
    if named == str(source):
        return vrf == fvrf
    entry = root.find(f"interface {words}")
    address = address_of(entry) if entry else None
    return address is not None and address.ip == source


def _accepts(root: Entry, profile: Entry, fvrf: str, source: IPv4Address, destination: IPv4Address) -> bool:
    identities = (entry.key.split()[3:6] for entry in profile.starting("match identity address"))
    is_matched = any(
        destination in IPv4Network((words[0], words[1]), strict=False) and (words[2:] or [""])[0] == fvrf
        for words in identities
    )
    return is_matched and _is_local(root, profile.value("local-address"), fvrf, source)


def _keyring_key(
    router: Surroundings, names: Iterable[str], fvrf: str, source: IPv4Address, destination: IPv4Address
) -> str | None:
    root = router.document.root
    for ring in root.starting("crypto keyring"):
        if ring.key.split()[2] not in names or (ring.text.split()[4:] or [""])[0] != fvrf:
            continue
        if not _is_local(root, ring.value("local-address"), fvrf, source):
            continue
        for entry in ring.starting("pre-shared-key address"):
            words = entry.key.split()
            mask = words[3] if len(words) > 3 else "255.255.255.255"
            if destination in IPv4Network((words[2], mask), strict=False):
                return router.clear_secret(ring.value(entry.key).removeprefix("key "))
    return None


def _global_key(router: Surroundings, destination: IPv4Address) -> str | None:
    for entry in router.document.root.starting("crypto isakmp key"):
        found = _GLOBAL_KEY.match(entry.text)  # others are a host name's, or IPv6's
        if found is None:
            continue
        mask = found["mask"] or ("255.255.255.255" if found["address"] != _EVERYBODY else _EVERYBODY)
        if destination in IPv4Network((found["address"], mask), strict=False):
            return router.clear_secret(found["key"])
    return None


def _transforms(root: Entry, profile: Entry) -> Iterable[Phase2Offer]:
    for name in profile.value("set transform-set").split():
        transform = root.find(f"crypto ipsec transform-set {name}")
        if transform is None:
            continue
        words = transform.text.split()[4:]
        hashes = [PHASE2_INTEGRITY[word] for word in words if word in PHASE2_INTEGRITY]
        cipher = " ".join(word for word in words if word not in PHASE2_INTEGRITY)
        yield Phase2Offer(PHASE2_ENCRYPTION.get(cipher, cipher.upper()), hashes[0] if hashes else "")


def _lifetime(root: Entry, profile: Entry | None) -> int:
    own = profile.value("set security-association lifetime seconds") if profile else ""
    return int(own or root.value("crypto ipsec security-association lifetime seconds") or 3600)


def _routes(root: Entry, tunnel: Entry) -> Iterable[StaticRoute]:
    name, inside = tunnel.key.removeprefix("interface "), address_of(tunnel)
    for route in static_routes(root):
        hop = _address(route.way)
        is_through = route.way == name or (inside is not None and hop is not None and hop in inside.network)
        if route.vrf == vrf_of(tunnel) and is_through:
            yield StaticRoute(route.network, route.track, route.distance)


def _sla(root: Entry, tunnel: Entry) -> Sla | None:
    name, inside = tunnel.key.removeprefix("interface "), address_of(tunnel)
    for operation in root.starting("ip sla"):
        words = operation.key.split()
        echo = sla.echo_of(operation)
        if len(words) != 3 or echo is None or not _goes_through(echo, name, inside):
            continue
        if next((place.value("vrf") for place in (operation, echo) if place.find("vrf")), "") != vrf_of(tunnel):
            continue
        schedule = root.find(f"ip sla schedule {words[2]}")
        is_running = schedule is not None and "start-time now" in schedule.text
        track = _track(root, words[2])
        return Sla(
            number=int(words[2]),
            target=IPv4Address(echo.text.split()[1]),
            is_scheduled=is_running,
            track=track,
            frequency=sla.setting(operation, "frequency", sla.DEFAULT_FREQUENCY_S),
            timeout=sla.setting(operation, "timeout", sla.DEFAULT_TIMER_MS) / 1000,
            up_delay=_delay(root, track, "up"),
            down_delay=_delay(root, track, "down"),
        )
    return None


def _delay(root: Entry, track: int | None, way: str) -> int:
    """Return by how many seconds a track's change is put off."""
    entry = root.find(f"track {track}")
    words = entry.value("delay").split() if entry else []
    return int(words[words.index(way) + 1]) if way in words else 0


def _goes_through(echo: Entry, name: str, inside: IPv4Interface | None) -> bool:
    words = echo.text.split()
    if "source-interface" in words:
        return words[words.index("source-interface") + 1] == name
    return inside is not None and IPv4Address(words[1]) in inside.network


def _track(root: Entry, operation: str) -> int | None:
    for entry in root.starting("track"):
        if entry.text.split()[2:5] == ["ip", "sla", operation]:
            return int(entry.key.split()[1])
    return None
