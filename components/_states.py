"""The two ends' words on each tunnel, joined: by address, never by position."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ._addresses import InsidePair
from ._typed import TypedDict
from .remedies import with_remedy

UP, DOWN, UNKNOWN = "UP", "DOWN", "UNKNOWN"


class TunnelState(TypedDict):
    """One tunnel of the link, as both ends see it. Nothing in it is secret."""

    name: str
    """tunnel1 or tunnel2, as in the arguments."""
    interface: str
    """The router's interface, such as Tunnel1; empty when the router was not asked."""
    inside_cidr: str
    """The /30 inside the tunnel."""
    aws_outside: str
    """AWS's public address."""
    aws_inside: str
    """AWS's address inside the tunnel."""
    router_inside: str
    """The router's address inside the tunnel."""
    aws_asn: str
    """AWS's autonomous system number; empty with static routing."""
    router_asn: int
    """The router's autonomous system number."""
    state: str
    """UP when both ends say so, DOWN when one says otherwise, UNKNOWN when one was not asked."""
    aws_state: str
    """What AWS says: UP, DOWN, or UNKNOWN."""
    aws_message: str
    """What AWS adds, such as "2 BGP ROUTES"."""
    aws_accepted_routes: int
    """How many routes AWS accepted from the router."""
    router_state: str
    """What the router says: UP, DOWN, or UNKNOWN."""
    bgp_state: str
    """The router's BGP session, such as Established; empty with static routing."""
    bgp_prefixes: int
    """How many prefixes the router received over BGP."""
    sla_state: str
    """The router's track object, up or down; empty with BGP."""
    sla_return_code: str
    """The IP SLA's last return code, such as OK; empty with BGP."""
    reason: str
    """Why it is not UP, and at which end; empty when it is."""


@dataclass(frozen=True, slots=True)
class TunnelEnds:
    """Where one tunnel runs, in AWS's words."""

    name: str
    pair: InsidePair
    aws_outside: str
    aws_asn: str


@dataclass(frozen=True, slots=True)
class Telemetry:
    """What AWS says of one tunnel (`VgwTelemetry`)."""

    status: str
    message: str
    accepted_routes: int


class UnknownTunnelError(LookupError):
    """AWS handed out no tunnel with an inside CIDR that was asked for."""

    def __init__(self, cidr: str, found: Sequence[str]) -> None:
        super().__init__(f"the VPN connection has no tunnel in {cidr}; it has AWS inside addresses {', '.join(found)}")
        self.cidr = cidr


def tunnel_ends(
    pairs: Sequence[InsidePair], elements: Sequence[tuple[str | None, str | None, str | None]]
) -> tuple[TunnelEnds, ...]:
    """Return both tunnels in our order.

    Args:
        pairs: The inside pairs asked for, tunnel 1 first.
        elements: AWS's (inside address, outside address, ASN), in whatever order it has them.

    Raises:
        UnknownTunnelError: AWS has another inside CIDR.
    """
    by_inside = {inside: (outside, asn) for inside, outside, asn in elements}
    ends = []
    for number, pair in enumerate(pairs, 1):
        if str(pair.aws) not in by_inside:
            raise UnknownTunnelError(str(pair.network), [str(inside) for inside in by_inside])
        outside, asn = by_inside[str(pair.aws)]
        ends.append(TunnelEnds(f"tunnel{number}", pair, outside or "", asn or ""))
    return tuple(ends)


def tunnel_keys(pairs: Sequence[InsidePair], elements: Sequence[tuple[str | None, str | None]]) -> tuple[str, str]:
    """Return both tunnels' keys in our order, from AWS's (inside address, key) in whatever order it has them.

    Raises:
        UnknownTunnelError: AWS has another inside CIDR.
    """
    one, two = tunnel_ends(pairs, [(inside, key, None) for inside, key in elements])
    return one.aws_outside, two.aws_outside


def joined(
    ends: Sequence[TunnelEnds],
    router_asn: int,
    telemetry: Mapping[str, Telemetry],
    report: Mapping[str, object],
    *,
    unknown: str = "",
    unheard: str = "",
) -> list[TunnelState]:
    """Return what both ends say of each tunnel.

    Args:
        ends: The tunnels.
        router_asn: The router's ASN.
        telemetry: AWS's word, by outside address; empty when AWS was not asked.
        report: The result of the agent's `verify`; empty when the router was not asked or did not answer.
        unknown: Why the router's word is missing.
        unheard: Why AWS's is.
    """
    tunnels = report.get("tunnels")
    by_outside = {t.get("aws_outside"): t for t in tunnels} if isinstance(tunnels, list) else {}
    return [
        _joined(end, router_asn, telemetry.get(end.aws_outside), by_outside.get(end.aws_outside), (unknown, unheard))
        for end in ends
    ]


def _joined(
    end: TunnelEnds,
    router_asn: int,
    aws: Telemetry | None,
    router: Mapping[str, object] | None,
    missing: tuple[str, str],
) -> TunnelState:
    aws_state = UNKNOWN if aws is None else aws.status
    router_state = UNKNOWN if router is None else str(router.get("state"))
    bgp, sla = _part(router, "bgp"), _part(router, "sla")
    prefixes = bgp.get("prefixes")
    return TunnelState(
        name=end.name,
        interface="" if router is None else str(router.get("name")),
        inside_cidr=str(end.pair.network),
        aws_outside=end.aws_outside,
        aws_inside=str(end.pair.aws),
        router_inside=str(end.pair.router),
        aws_asn=end.aws_asn,
        router_asn=router_asn,
        state=_overall(aws_state, router_state),
        aws_state=aws_state,
        aws_message="" if aws is None else aws.message,
        aws_accepted_routes=0 if aws is None else aws.accepted_routes,
        router_state=router_state,
        bgp_state=str(bgp.get("state") or ""),
        bgp_prefixes=prefixes if isinstance(prefixes, int) else 0,
        sla_state=str(sla.get("state") or ""),
        sla_return_code=str(sla.get("return_code") or ""),
        reason=_reason(aws, router, *missing),
    )


def _part(router: Mapping[str, object] | None, name: str) -> Mapping[str, object]:
    part = None if router is None else router.get(name)
    return part if isinstance(part, Mapping) else {}


def _overall(aws_state: str, router_state: str) -> str:
    states = {aws_state, router_state}
    if states == {UP}:
        return UP
    return DOWN if DOWN in states else UNKNOWN


def _reason(aws: Telemetry | None, router: Mapping[str, object] | None, unknown: str, unheard: str) -> str:
    parts = []
    if aws is None and unheard:
        parts.append(f"AWS did not say: {unheard}")
    if aws is not None and aws.status != UP:
        parts.append(f"AWS says {aws.status}" + (f" ({aws.message})" if aws.message else ""))
    if router is None and unknown:
        parts.append(f"the router did not say: {unknown}")
    if router is not None and router.get("state") != UP:
        parts.append(f"the router says {router.get('state')}: {router.get('reason') or 'no reason given'}")
    text = "; ".join(parts)
    if router is None or router.get("state") == UP or (aws is None and unheard):
        return with_remedy(text)
    anchor = router.get("remedy")  # the agent knows what its own words mean
    return with_remedy(text, str(anchor)) if anchor else text


def are_up(states: Sequence[TunnelState]) -> bool:
    """Return whether both ends say UP of every tunnel."""
    return all(state["state"] == UP for state in states)


def failure(states: Sequence[TunnelState]) -> str:
    """Return one sentence for each tunnel that is not UP, with the end that says so and why."""
    return "\n".join(
        f"{s['name']} ({s['aws_outside']}, inside {s['inside_cidr']}) is {s['state']}: {s['reason']}"
        for s in states
        if s["state"] != UP
    )
