"""What on the router stands in the way of a link without being ours, each with a way around it."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Interface

from .counted import listed
from .layout import destination_of, interface_address, named_peers, peer_of, wan_interfaces
from .mark import Mark
from .nvgen import canonical_asn
from .ownership import Ours
from .plan import Collision
from .state import BGP_KINDS, Ref, Section, Sections, vrf_of

# The first number to suggest, the last that IOS takes in every release, and the input that chooses it.
_NUMBERS = {
    "interface": (1, 2147483647, "tunnel_numbers"),
    "policy": (200, 10000, "isakmp_policies"),
    "sla": (100, 1000, "sla_numbers"),
    "track": (100, 1000, "sla_numbers"),
}
_SUBJECTS = {"sla": "ip sla", "policy": "crypto isakmp policy"}
_ADOPT = "take it over with adopt, or remove it"
# How the lines begin that give an interface an address, with HSRP, VRRP, GLBP or a redundancy group another router's too.
_GIVES = ("ip address ", "standby ", "vrrp ", "address ", "glbp ", "redundancy group ")
_TRANSLATED = "behind NAT set behind_nat and wan_interface, else name the wan_interface that has it, or none"


def find(running: Sections, intended: Sections, ours: Ours) -> list[Collision]:
    """Return the collisions that concern values rather than whole objects."""
    wanted = [s for (kind, name), s in intended.items() if kind == "interface"]
    return [
        *_sources(running, wanted),
        *_ike_addresses(running, intended, wanted),
        *_addresses(running, wanted, ours),
        *_destinations(running, wanted, ours),
        *_bgp(running, intended, ours),
    ]


def taken(running: Sections, ref: Ref, ours: Ours) -> Collision:
    """Return the collision of an object that exists, isn't ours and differs from what is intended."""
    kind, name = ref
    if kind == "interface":
        other = ours.others.get(name)
        if ours.named((running[ref].value("tunnel protection") or "").split(" ")[0]):
            return made_by_hand(ours)
        if other is None:
            return Collision(f"interface {name}", "exists and is not ours", _free(running, "interface"))
        return _of_link(f"interface {name}", other, ours, _free(running, "interface"))
    if kind not in _NUMBERS:
        return Collision(running[ref].header, "exists and was not made by us", _ADOPT)
    subject = f"{_SUBJECTS.get(kind, kind)} {name}"
    return Collision(subject, "exists with other content and is not ours", _free(running, kind))


def made_by_hand(ours: Ours) -> Collision:
    """Return the collision of what somebody configured for this very connection, with AWS's names."""
    return Collision(f"the configuration of {ours.connection_id}", "is on the router and was not made by us", _ADOPT)


def shared_policy(running: Sections, number: str, ours: Ours) -> Collision:
    """Return the collision of a policy of ours that another link of ours negotiates with as well."""
    links = sorted({ours.others[name].link for name in ours.holders(f"p{number}")})
    problem = f"is also used by link {', '.join(links)}, which the change would break"
    return Collision(f"crypto isakmp policy {number}", problem, _free(running, "policy"))


def shared_setting(current: str, wanted: str, holders: Iterable[str], ours: Ours) -> Collision:
    """Return the collision of a global setting on which two links of ours disagree."""
    marks = {(mark.link, mark.connection_id): mark for mark in (ours.others[name] for name in sorted(holders))}
    for mark in marks.values():
        if mark.link == ours.link:
            return _of_link(f"'{current}'", mark, ours, f"give both links '{wanted}'")
    links = ", ".join(f"link {link} ({connection_id})" for link, connection_id in sorted(marks))
    problem = f"is needed by {links}, and this link needs '{wanted}'"
    return Collision(f"'{current}'", problem, "give both links the same value")


def _of_link(subject: str, other: Mark, ours: Ours, way: str) -> Collision:
    """Return the collision with another link of ours, or with what an earlier connection of this one left behind."""
    if other.link == ours.link:
        problem = f"belongs to another connection of link {other.link} ({other.connection_id})"
        left = f"'remove --link {other.link}' takes it away where it is left from before"
        return Collision(subject, problem, f"{left}; else {way}")
    return Collision(subject, f"belongs to link {other.link} ({other.connection_id})", way)


def _free(running: Sections, kind: str) -> str:
    first, last, option = _NUMBERS[kind]
    kinds = ("sla", "track") if kind in ("sla", "track") else (kind,)
    used = {name.removeprefix("Tunnel") for k, name in running if k in kinds}
    step = 100 if kind in ("sla", "track") else 1
    numbers = (n for start in (first, 1) for n in range(start, last + 1, step) if str(n) not in used)
    free = [n for n, _ in zip(numbers, range(2), strict=False)]
    return f"{option} {free} are free" if len(free) == 2 else f"choose other {option}"


def _sources(running: Sections, wanted: list[Section]) -> Iterator[Collision]:
    """A tunnel leaves by an interface that must be there: a running-config shows every interface of a router."""
    present = [name for kind, name in running if kind == "interface"]
    named = {tunnel.value("tunnel source") or "" for tunnel in wanted}
    for name in sorted(named - {"", *present}):
        if present and name[0].isalpha():
            others = [other for other in present if not other.startswith("Tunnel")]
            yield Collision(f"wan_interface {name}", "is not on this router", f"it has {', '.join(others) or 'none'}")
        elif not name[0].isalpha() and not _may_be_local(running, name):
            yield Collision(f"the tunnels' source {name}", "is on no interface of this router", _TRANSLATED)
    for name in sorted(named.intersection(present)):
        if running["interface", name].value("ip address") == "none":
            # The port of a PPPoE dialer, of subinterfaces, a bridge or a port-channel.
            having = [other for other in present if other != name and _has_address(running["interface", other])]
            yield Collision(f"wan_interface {name}", "has no address", f"name one that has: {listed(having) or 'none'}")


def _has_address(interface: Section) -> bool:
    gives = ("ip address", "?ip address", "?ip unnumbered")
    return any(slot.startswith(gives) and entry.value != "none" for slot, entry in interface.entries.items())


def _may_be_local(running: Sections, address: str) -> bool:
    """Whether an interface has the address, alone or with another router (HSRP, VRRP), or could get it from a server."""
    lines = _interface_lines(running)
    own = [line for line in lines if line.startswith("ip address ")]
    is_known = own and all(line.split(" ")[2][0].isdigit() for line in own)
    return not is_known or any(address in line.split(" ") for line in lines)


def _ike_addresses(running: Sections, intended: Sections, wanted: list[Section]) -> Iterator[Collision]:
    """IKEv2 takes its proposals from the policy for the address that it speaks from, which is the interface's own."""
    local = next((s.value("match address local") for (kind, _), s in intended.items() if kind == "ikev2-policy"), None)
    for name in sorted({tunnel.value("tunnel source") or "" for tunnel in wanted} if local else ()):
        source = running.get(("interface", name))
        own = interface_address(source) if source is not None else None
        if own is not None and local is not None and str(own.ip) != local and not _is_held(running, local):
            yield Collision(
                f"the address of {name}, {own.ip},", f"is not {local}, from which IKE is to speak", _TRANSLATED
            )


def other_source(running: Sections, intended: Sections, known_as: IPv4Address) -> Iterator[Collision]:
    """Yield the collision of each way out that has not the address by which AWS knows the router, where another place on the router has it.

    With another router's (HSRP, VRRP) or as a second one of the interface: IOS speaks from the interface's first address.
    """
    if not _is_held(running, str(known_as)):
        return
    for name, own in _other_addresses(running, intended, known_as):
        yield Collision(
            f"the address of {name}, {own},",
            f"is not {known_as}, by which AWS knows this router, and which it has besides",
            f"leave wan_interface out, so that the tunnels have {known_as}, or make {own} the customer gateway's",
        )


def unknown_source(running: Sections, intended: Sections, known_as: IPv4Address) -> Iterator[str]:
    """Yield a warning for each way out with a public address, where nothing on the router has the one by which AWS knows it.

    IKEv2's is refused. A private one is NAT's business, which IKEv1 gets through untold.
    """
    if _is_held(running, str(known_as)):
        return
    for name, own in _other_addresses(running, intended, known_as):
        if own.is_global:
            yield (
                f"{name} has {own}, and AWS knows this router by {known_as}: unless NAT makes the one of the other (set behind_nat), "
                f"the tunnels do not come up"
            )


def _other_addresses(running: Sections, intended: Sections, known_as: IPv4Address) -> Iterator[tuple[str, IPv4Address]]:
    """Yield each way out with its own address, where that is not the one by which AWS knows the router."""
    for source in wan_interfaces(running, intended):
        own = interface_address(source)
        if own is not None and own.ip != known_as:
            yield source.name, own.ip


def _is_held(running: Sections, address: str) -> bool:
    """Whether a line gives an interface that address, alone or with another router."""
    return any(line.startswith(_GIVES) and address in line.split(" ") for line in _interface_lines(running))


def _interface_lines(running: Sections) -> list[str]:
    others = (s for (kind, name), s in running.items() if kind == "interface" and not name.startswith("Tunnel"))
    return [entry.line for section in others for entry in section.entries.values()]


def _foreign(running: Sections, ours: Ours) -> Iterator[Section]:
    for (kind, name), section in running.items():
        if kind == "interface" and name not in ours.tunnels:
            yield section


def _all_addresses(section: Section) -> Iterator[IPv4Interface]:
    primary = interface_address(section)
    if primary is not None:
        yield primary
    for slot in section.entries:
        words = slot.split(" ")
        if words[:2] == ["?ip", "address"] and words[-1] == "secondary" and len(words) == 5:
            try:
                yield IPv4Interface(f"{words[2]}/{words[3]}")
            except ValueError:
                continue


def _addresses(running: Sections, wanted: list[Section], ours: Ours) -> Iterator[Collision]:
    # In another VRF the same addresses are no conflict.
    needed = [(s.name, vrf_of(s), a) for s in wanted if (a := interface_address(s)) is not None]
    for section in _foreign(running, ours):
        if any(section.name == name for name, *_ in needed):
            continue
        for address in _all_addresses(section):
            for name, vrf, mine in needed:
                if vrf == vrf_of(section) and address.network.overlaps(mine.network):
                    yield Collision(
                        f"inside address {mine} of {name}",
                        f"overlaps with {address} of {section.name}",
                        "choose another inside CIDR for the tunnel, or free that address",
                    )


def _destinations(running: Sections, wanted: list[Section], ours: Ours) -> Iterator[Collision]:
    needed = {destination_of(s): s.name for s in wanted if destination_of(s) is not None}
    for section in _foreign(running, ours):
        name = needed.get(destination_of(section))
        if name is not None and section.name != name:
            yield Collision(
                f"tunnel destination {destination_of(section)}", f"is already that of {section.name}", _ADOPT
            )


def _bgp(running: Sections, intended: Sections, ours: Ours) -> Iterator[Collision]:
    process = next((s for (kind, _), s in running.items() if kind == "bgp"), None)
    wanted = next((s for (kind, _), s in intended.items() if kind == "bgp"), None)
    if process is None or wanted is None:
        return
    if (shown := _confederation(process)) is not None and not shown == wanted.name == process.name:
        yield Collision(
            f"router bgp {process.name}",
            f"shows itself to AWS as AS {shown} (bgp confederation identifier), and a link knows one number",
            "route statically, or take another router",
        )
        return
    if process.name != wanted.name:
        yield Collision(
            f"router bgp {wanted.name}",
            f"is not possible: the router runs BGP with AS {process.name}",
            f"make the customer gateway's ASN {process.name}",
        )
        return
    if ours.is_known:
        return
    theirs = {
        (vrf_of(tunnel), peer_of(tunnel)): mark
        for name, mark in ours.others.items()
        if (tunnel := running.get(("interface", name))) is not None
    }
    for ref, section in intended.items():
        if ref[0] in BGP_KINDS and ref in running:
            for peer in sorted({*named_peers(section.entries)} & {*named_peers(running[ref].entries)}):
                if (other := theirs.get((vrf_of(section), peer))) is not None:
                    yield _of_link(f"neighbor {peer}", other, ours, "choose other inside_cidrs")
                    continue
                where = f"router bgp {process.name}" + (f" vrf {vrf_of(section)}" if vrf_of(section) else "")
                yield Collision(f"neighbor {peer}", f"exists in {where} and was not made by us", _ADOPT)


def _confederation(process: Section) -> str | None:
    """Return the AS number that neighbours outside of a confederation see."""
    prefix = "?bgp confederation identifier "
    return next((canonical_asn(slot.removeprefix(prefix)) for slot in process.entries if slot.startswith(prefix)), None)


def foreign_policy(have: Section, want: Section) -> Iterator[Collision]:
    """Yield the filters of our neighbours that somebody else set where one of ours is to be."""
    for slot, entry in want.entries.items():
        held = have.entries.get(slot)
        if held is not None and entry.is_managed and not held.is_managed and held.value != entry.value:
            yield Collision(f"'{held.line}'", "is not ours", f"remove it, or leave out what makes '{entry.line}'")
