"""Would the two ends of a tunnel agree? A pure function of what the router and AWS hold.

What IKE, IPsec and BGP check one after the other is checked in that order here, so that the first
disagreement is the reason an engineer would see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from ipaddress import IPv4Network

from lab.ends import (
    ANY,
    AwsEnd,
    BgpNeighbor,
    Phase1Offer,
    Phase2Offer,
    RouterEnd,
    Sla,
    StaticRoute,
    admitted,
)
from lab.measured import Measured


class Cause(Enum):
    """The first thing the two ends disagree about; the value is the term an engineer would search for."""

    INTERFACE_SHUT = "interface is shut down"
    NOT_CONFIGURED = "tunnel is not configured"
    PEER_ADDRESS = "peer address mismatch"
    IKE_VERSION = "IKE version mismatch"
    PHASE1_PROPOSAL = "no proposal chosen in phase 1"
    AUTHENTICATION = "authentication failed"
    PHASE2_PROPOSAL = "no proposal chosen in phase 2"
    PFS = "PFS group mismatch"
    TRAFFIC_SELECTORS = "traffic selectors mismatch"
    INSIDE_ADDRESS = "inside address mismatch"
    BGP_MISSING = "no BGP neighbor"
    BGP_AS = "BGP AS mismatch"
    BGP_PREFIXES = "BGP maximum number of prefixes reached"
    BGP_LIMIT = "BGP maximum-prefix of the router reached"
    SLA = "IP SLA does not reach AWS"
    STATIC_ROUTE = "no static route in the routing table"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of one tunnel.

    `is_up` is AWS's own word: IPsec up and, with BGP, the session established. `cause` and `reason` name
    the first disagreement; they can be set on a static tunnel that is up, when only the router's routing is
    wrong. `phase1` and `phase2` are what was chosen, None when that phase failed. `bgp_state` is IOS's word
    for the session (`Idle`, `Active`, `Established`), None on a static connection. `measured` is set where
    real daemons carry the tunnel. `local_preference` is what the router
    gives the tunnel's routes, `as_path_length` and `metric` what AWS compares of the router's.
    """

    is_up: bool
    cause: Cause | None = None
    reason: str | None = None
    ike_version: str | None = None
    phase1: Phase1Offer | None = None
    phase2: Phase2Offer | None = None
    pfs: int | None = None
    phase2_lifetime: int | None = None
    bgp_state: str | None = None
    hold: int | None = None
    received_by_router: tuple[IPv4Network, ...] = ()
    received_by_aws: tuple[IPv4Network, ...] = ()
    local_preference: int = 100
    as_path_length: int = 1
    metric: int = 0
    is_sla_up: bool | None = None
    is_behind_nat: bool = False
    measured: Measured | None = None

    @property
    def is_ike_up(self) -> bool:
        """Whether phase 1 is done."""
        return self.phase1 is not None

    @property
    def is_ipsec_up(self) -> bool:
        """Whether phase 2 is done."""
        return self.phase2 is not None


def negotiate(router: RouterEnd, aws: AwsEnd) -> Outcome:
    """Decide what comes of the tunnel between `router` and `aws`."""
    refused = _refused_before_ike(router, aws)
    if refused is not None:
        return _down(aws, *refused)
    outcome = _phase1(router, aws)
    if outcome.cause is None:
        outcome = _phase2(router, aws, outcome)
    if outcome.cause is None:
        return _bgp(router, aws, outcome) if aws.bgp is not None else _static(router, aws, outcome)
    return outcome


def preferred_by_aws(outcomes: Mapping[int, Outcome]) -> frozenset[int]:
    """Return the tunnels that AWS may send through: of those with routes the shortest AS path, then the lowest MED."""
    usable = {n: (o.as_path_length, o.metric) for n, o in outcomes.items() if o.is_up and o.received_by_aws}
    best = min(usable.values(), default=None)
    return frozenset(number for number, rank in usable.items() if rank == best)


def _down(aws: AwsEnd, cause: Cause, reason: str) -> Outcome:
    # With no way to its neighbour IOS keeps the session Idle.
    return Outcome(is_up=False, cause=cause, reason=reason, bgp_state=None if aws.bgp is None else "Idle")


def _refused_before_ike(router: RouterEnd, aws: AwsEnd) -> tuple[Cause, str] | None:
    name = f"Tunnel{router.number}"
    if not router.is_interface_up:
        return Cause.INTERFACE_SHUT, f"{name} is shut down"
    missing = [
        what
        for what, is_there in (
            ("source", router.source is not None),
            ("destination", router.destination is not None),
            ("protection profile", router.has_protection),
        )
        if not is_there
    ]
    if missing:
        return Cause.NOT_CONFIGURED, f"{name} has no tunnel {' and no tunnel '.join(missing)}"
    if router.destination != aws.outside:
        return Cause.PEER_ADDRESS, f"{name} goes to {router.destination}, but AWS's end is {aws.outside}"
    if router.seen_as != aws.customer_outside:
        return Cause.PEER_ADDRESS, (
            f"AWS sees the router as {router.seen_as}, but its customer gateway is {aws.customer_outside}"
        )
    if router.ike_version not in aws.ike_versions:
        return (
            Cause.IKE_VERSION,
            f"the router speaks {router.ike_version}, AWS {' or '.join(aws.ike_versions)}",
        )
    return None


def _is_gcm(encryption: str) -> bool:
    return "GCM" in encryption


def _choose_phase1(router: RouterEnd, aws: AwsEnd) -> Phase1Offer | None:
    """AWS goes through its own list from the lowest value, whatever the router's order (AWS user guide)."""
    offers = {(offer.encryption, offer.integrity, offer.dh_group): offer for offer in reversed(router.phase1)}
    for encryption in aws.phase1_encryption:
        if router.ike_version == "ikev1" and _is_gcm(encryption):
            continue  # RFC 5282: combined-mode ciphers protect IKEv2 only
        for integrity in aws.phase1_integrity:
            for group in aws.phase1_dh_groups:
                offer = offers.get((encryption, integrity, group))
                if offer is not None:
                    return replace(offer, lifetime=min(offer.lifetime, aws.phase1_lifetime))
    return None


def _phase1(router: RouterEnd, aws: AwsEnd) -> Outcome:
    chosen = _choose_phase1(router, aws)
    if chosen is None:
        offered = ", ".join(f"{o.encryption}/{o.integrity}/group {o.dh_group}" for o in router.phase1) or "nothing"
        return _down(
            aws,
            Cause.PHASE1_PROPOSAL,
            f"no proposal chosen in phase 1: the router offers {offered}; AWS accepts "
            f"{_words(aws.phase1_encryption)}, {_words(aws.phase1_integrity)}, "
            f"group {_words(aws.phase1_dh_groups)}",
        )
    if not router.matches_peer:
        return _down(aws, Cause.AUTHENTICATION, f"no profile of the router matches the identity {aws.outside}")
    if router.preshared_key is None:
        return _down(aws, Cause.AUTHENTICATION, f"the router has no pre-shared key for {aws.outside}")
    if router.preshared_key != aws.preshared_key:
        return _down(aws, Cause.AUTHENTICATION, "authentication failed: the two ends hold different pre-shared keys")
    return replace(
        _down(aws, Cause.PHASE2_PROPOSAL, ""),
        cause=None,
        reason=None,
        ike_version=router.ike_version,
        phase1=chosen,
        is_behind_nat=router.seen_as != router.source,
    )


def _words(values: tuple[str, ...] | tuple[int, ...]) -> str:
    return " or ".join(str(value) for value in values)


def _choose_phase2(router: RouterEnd, aws: AwsEnd) -> Phase2Offer | None:
    for encryption in aws.phase2_encryption:
        for offer in router.phase2:
            if offer.encryption != encryption:
                continue
            if _is_gcm(encryption):
                return Phase2Offer(encryption, "")
            if offer.integrity in aws.phase2_integrity:
                return offer
    return None


def _phase2(router: RouterEnd, aws: AwsEnd, outcome: Outcome) -> Outcome:
    if router.mode != "ipsec ipv4":
        return replace(
            outcome,
            cause=Cause.TRAFFIC_SELECTORS,
            reason=f"the router's tunnel mode is {router.mode}; AWS's is route-based IPsec (ipsec ipv4)",
        )
    chosen = _choose_phase2(router, aws)
    if chosen is None:
        offered = ", ".join(f"{o.encryption}/{o.integrity}".rstrip("/") for o in router.phase2) or "nothing"
        return replace(
            outcome,
            cause=Cause.PHASE2_PROPOSAL,
            reason=f"no proposal chosen in phase 2: the router offers {offered}; AWS accepts "
            f"{_words(aws.phase2_encryption)}, {_words(aws.phase2_integrity)}",
        )
    if router.pfs not in aws.phase2_dh_groups:
        # With IKEv2 the first child SA takes the IKE SA's group and this shows only at the first rekey: no
        # link to rely on.
        has = "no PFS" if router.pfs is None else f"PFS group {router.pfs}"
        return replace(
            outcome,
            cause=Cause.PFS,
            reason=f"the router has {has}; AWS requires group {_words(aws.phase2_dh_groups)}",
        )
    if (aws.local_cidr, aws.remote_cidr) != (ANY, ANY):
        return replace(
            outcome,
            cause=Cause.TRAFFIC_SELECTORS,
            reason=f"a route-based tunnel proposes {ANY} both ways; AWS allows only "
            f"{aws.local_cidr} on-premises and {aws.remote_cidr} in AWS",
        )
    return replace(
        outcome,
        is_up=aws.bgp is None,
        phase2=chosen,
        pfs=router.pfs,
        phase2_lifetime=min(router.phase2_lifetime, aws.phase2_lifetime),
    )


def _wrong_inside(router: RouterEnd, aws: AwsEnd) -> str | None:
    if router.inside == aws.customer_inside:
        return None
    return f"Tunnel{router.number} has the inside address {router.inside}, but AWS expects {aws.customer_inside}"


def _bgp(router: RouterEnd, aws: AwsEnd, outcome: Outcome) -> Outcome:
    assert aws.bgp is not None  # noqa: S101  # the caller asked before
    refused = _refused_by_bgp(router, aws, aws.bgp)
    if refused is not None:
        cause, reason, state = refused
        return replace(outcome, cause=cause, reason=reason, bgp_state=state)
    neighbor = _neighbor(router, aws)
    sent = _originated(router, neighbor)
    taken = admitted(neighbor.takes, aws.advertised)
    if neighbor.maximum_prefix is not None and len(taken) > neighbor.maximum_prefix:
        return replace(
            outcome,
            cause=Cause.BGP_LIMIT,
            reason=f"AWS sends {len(taken)} prefixes; the router takes {neighbor.maximum_prefix}, then ends the session",
            bgp_state="Idle (PfxCt)",
        )
    if len(sent) > aws.maximum_prefixes:
        return replace(
            outcome,
            cause=Cause.BGP_PREFIXES,
            reason=f"the router advertises {len(sent)} prefixes; AWS takes {aws.maximum_prefixes}, then ends the "
            "session",
            bgp_state="Idle",
        )
    return replace(
        outcome,
        is_up=True,
        bgp_state="Established",
        hold=min(neighbor.hold, 30),  # AWS proposes 30 s
        received_by_router=taken,
        received_by_aws=sent,
        local_preference=neighbor.local_preference,
        as_path_length=1 + neighbor.prepended,
        metric=neighbor.metric,
    )


def _neighbor(router: RouterEnd, aws: AwsEnd) -> BgpNeighbor:
    neighbors = router.bgp.neighbors if router.bgp is not None else ()
    return next(neighbor for neighbor in neighbors if neighbor.address == aws.inside.ip)


def _originated(router: RouterEnd, neighbor: BgpNeighbor) -> tuple[IPv4Network, ...]:
    networks = admitted(neighbor.tells, router.bgp.networks if router.bgp is not None else ())
    # IOS lets the default that it originates for a neighbor pass every filter.
    return tuple(sorted({*networks, *((ANY,) if neighbor.default_originate else ())}))


def _refused_by_bgp(router: RouterEnd, aws: AwsEnd, numbers: tuple[int, int]) -> tuple[Cause, str, str] | None:
    aws_as, customer_as = numbers
    if router.bgp is None:
        return Cause.BGP_MISSING, "the router has no BGP process", "Idle"
    if all(neighbor.address != aws.inside.ip for neighbor in router.bgp.neighbors):
        return Cause.BGP_MISSING, f"the router's BGP has no neighbor {aws.inside.ip}", "Idle"
    neighbor = _neighbor(router, aws)
    if not neighbor.is_active:
        return (
            Cause.BGP_MISSING,
            f"neighbor {aws.inside.ip} is shut down or not activated for IPv4 unicast",
            "Idle",
        )
    wrong_inside = _wrong_inside(router, aws)
    if wrong_inside is not None:
        return Cause.INSIDE_ADDRESS, wrong_inside, "Active"
    if neighbor.remote_as != aws_as:
        return (
            Cause.BGP_AS,
            f"the router expects AS {neighbor.remote_as} of {aws.inside.ip}, but AWS is AS {aws_as}",
            "Idle",
        )
    if router.bgp.local_as != customer_as:
        return (
            Cause.BGP_AS,
            f"the router is AS {router.bgp.local_as}, but its customer gateway says AS {customer_as}",
            "Idle",
        )
    return None


def _static(router: RouterEnd, aws: AwsEnd, outcome: Outcome) -> Outcome:
    """AWS calls a static tunnel UP with IPsec; what can still be wrong is the router's own way into it."""
    outcome = replace(outcome, received_by_aws=aws.static_routes)
    wrong_inside = _wrong_inside(router, aws)
    sla = router.sla
    is_sla_up = None
    if sla is not None:
        is_sla_up = wrong_inside is None and sla.is_scheduled and sla.target == aws.inside.ip
        outcome = replace(outcome, is_sla_up=is_sla_up)
    if wrong_inside is not None:
        return replace(outcome, cause=Cause.INSIDE_ADDRESS, reason=wrong_inside)
    if sla is not None and not is_sla_up:
        why = f"goes to {sla.target}, not {aws.inside.ip}" if sla.is_scheduled else "is not scheduled"
        return replace(outcome, cause=Cause.SLA, reason=f"IP SLA {sla.number} {why}")
    if not any(_is_installed(route, sla) for route in router.static_routes):
        return replace(
            outcome,
            cause=Cause.STATIC_ROUTE,
            reason=f"the router has no route in force over Tunnel{router.number}",
        )
    return outcome


def _is_installed(route: StaticRoute, sla: Sla | None) -> bool:
    # A route that depends on a track which watches nothing of ours stays out: its track is down.
    return route.track is None or (sla is not None and sla.track == route.track)
