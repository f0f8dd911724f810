"""What came of a tunnel as one end sees it: states from the daemons, reasons from their logs or the settings."""

from dataclasses import dataclass, replace
from ipaddress import IPv4Network

from lab.ends import AwsEnd, RouterEnd
from lab.measured import Measured
from lab.negotiation import Cause, Outcome, negotiate
from lab.wire.charon import SecurityAssociation
from lab.wire.frr import NOTHING, Received, Session
from lab.wire.readback import phase1_of, phase2_of
from lab.wire.sla import Probe


@dataclass(frozen=True, slots=True)
class View:
    """All that one end knows of a tunnel. `session` is the BGP session with the other end, `routes` the static ones in force."""

    association: SecurityAssociation | None
    session: Session | None = None
    received_by_router: Received = NOTHING
    received_by_aws: Received = NOTHING
    probe: Probe | None = None
    routes: tuple[IPv4Network, ...] = ()
    log_reason: str | None = None


def outcome_of(view: View, router: RouterEnd | None, aws: AwsEnd) -> Outcome:
    """Say what came of the tunnel."""
    if router is None:
        return Outcome(is_up=False, cause=Cause.NOT_CONFIGURED, reason="the router has no tunnel to this address")
    expected = negotiate(router, aws)
    sa = view.association
    if sa is None:
        reason = view.log_reason or expected.reason or "the peer does not answer"
        return Outcome(is_up=False, cause=expected.cause, reason=reason, bgp_state="Idle" if aws.bgp else None)
    phase2, pfs = phase2_of(sa) if sa.esp else (None, None)
    outcome = Outcome(
        is_up=phase2 is not None and aws.bgp is None,
        cause=None if phase2 else expected.cause,
        reason=None if phase2 else view.log_reason or expected.reason,
        ike_version=f"ikev{sa.version}",
        phase1=phase1_of(sa, min(router.phase1[0].lifetime, aws.phase1_lifetime)),
        phase2=phase2,
        # IKEv2's first child has no exchange of its own: PFS shows with the first rekey.
        pfs=pfs or (router.pfs if phase2 and sa.version == 2 else None),
        phase2_lifetime=min(router.phase2_lifetime, aws.phase2_lifetime),
        bgp_state="Idle" if aws.bgp else None,
        is_behind_nat=router.seen_as != router.source,
        measured=_measured(view, sa),
    )
    if phase2 is None:
        return outcome
    return _bgp(outcome, view, expected) if aws.bgp else _static(outcome, view, expected, router, aws)


def _bgp(outcome: Outcome, view: View, expected: Outcome) -> Outcome:
    session = view.session
    if session is None or session.state != "Established":
        state = session.state if session else "Idle"
        reason = expected.reason or f"IPsec is up, but BGP is {state}: nothing comes through the tunnel"
        return replace(outcome, cause=expected.cause, reason=reason, bgp_state=state)
    return replace(
        outcome,
        is_up=True,
        bgp_state="Established",
        hold=session.hold,
        received_by_router=view.received_by_router.networks,
        received_by_aws=view.received_by_aws.networks,
        local_preference=view.received_by_router.local_preference,
        as_path_length=view.received_by_aws.as_path_length,
        metric=view.received_by_aws.metric,
    )


def _static(outcome: Outcome, view: View, expected: Outcome, router: RouterEnd, aws: AwsEnd) -> Outcome:
    cause, reason = expected.cause, expected.reason
    is_sla_up = view.probe.is_up if view.probe else None
    if cause is None and view.probe is not None and not view.probe.is_up:
        cause = Cause.SLA
        reason = f"IP SLA {view.probe.sla.number} has no answer from {view.probe.sla.target}"
    elif cause is None and not view.routes:
        cause, reason = Cause.STATIC_ROUTE, f"the router has no route in force over Tunnel{router.number}"
    return replace(outcome, cause=cause, reason=reason, is_sla_up=is_sla_up, received_by_aws=aws.static_routes)


def _measured(view: View, sa: SecurityAssociation) -> Measured:
    probe = view.probe
    return Measured(
        ike_age=sa.age,
        ipsec_age=sa.esp_age,
        phase1_remaining=sa.remaining,
        phase2_remaining=sa.esp_remaining,
        packets_in=sa.packets_in,
        packets_out=sa.packets_out,
        spi_in=sa.spi_in,
        spi_out=sa.spi_out,
        bgp_age=view.session.uptime if view.session and view.session.state == "Established" else None,
        sla_successes=probe.successes if probe else None,
        sla_failures=probe.failures if probe else None,
        track_changes=probe.changes if probe else None,
    )
