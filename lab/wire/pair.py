"""One tunnel on the wire: two daemons, the underlay between them, and a device in each of the two routers."""

import time
from ipaddress import IPv4Interface
from pathlib import Path

from lab.ends import AwsEnd, RouterEnd
from lab.negotiation import Outcome, negotiate
from lab.wire.charon import Charon
from lab.wire.ike import aws_peering, router_peering
from lab.wire.netns import Namespace, join
from lab.wire.readback import phase1_of, phase2_of
from lab.wire.reason import reason_from_log
from lab.wire.site import Site

RETRY_SECONDS = 1.0


class Pair:
    """The two ends of one tunnel and what lies between them."""

    def __init__(self, prefix: str, slot: int, aws: AwsEnd, branch: Site, vpc: Site, folder: Path) -> None:
        self.aws_device = f"vpn{slot}"
        self.router_device = f"Tunnel-{slot}"
        self.branch, self.vpc = branch, vpc
        self._customer = Namespace(f"{prefix}cgw{slot}")
        self._provider = Namespace(f"{prefix}aws{slot}")
        join(self._customer, "wan0", self._provider, "wan0")
        self._provider.ip("addr", "add", f"{aws.outside}/32", "dev", "wan0")
        self._outside = str(aws.outside)
        self._source: str | None = None
        self.customer = Charon(self._customer, folder / f"cgw{slot}")
        self.provider = Charon(self._provider, folder / f"aws{slot}")
        self.customer.lend_device(branch.router, self.router_device)
        self.provider.lend_device(vpc.router, self.aws_device)
        self._inside: dict[str, IPv4Interface | None] = {}
        self._is_up = False
        self._tried_at = 0.0
        self._log_mark = (0, 0)

    def hold(self, router: RouterEnd | None, aws: AwsEnd) -> None:
        """Make the daemons hold what the two ends were told; a side that did not change is not touched."""
        self._lay_underlay(router, aws)
        if router is not None:
            self._name_device(f"Tunnel{router.number}")
        changed = self.provider.load(aws_peering(aws))
        changed = self.customer.load(router_peering(router) if router else None) or changed
        if changed:
            self._log_mark = (len(self.customer.log()), len(self.provider.log()))
            self._tried_at = 0.0
        self._address(self.branch, self.router_device, router.inside if router else None)
        self._address(self.vpc, self.aws_device, aws.inside)

    def _address(self, site: Site, device: str, inside: IPv4Interface | None) -> None:
        if self._inside.get(device, "unset") != inside:
            site.address(device, inside)
            self._inside[device] = inside

    def _name_device(self, name: str) -> None:
        if name != self.router_device:
            self.branch.set_link(self.router_device, is_up=False)
            self.branch.router.ip("link", "set", self.router_device, "name", name)
            self._inside.pop(self.router_device, None)
            self.router_device = name
            self._is_up = False

    def _lay_underlay(self, router: RouterEnd | None, aws: AwsEnd) -> None:
        source = str(router.source) if router and router.source else str(aws.customer_outside)
        if source == self._source:
            return
        if self._source is not None:
            self._customer.ip("addr", "flush", "dev", "wan0")
            self._provider.ip("route", "flush", "dev", "wan0")
        self._customer.ip("addr", "add", f"{source}/32", "dev", "wan0")
        self._customer.ip("route", "replace", self._outside, "dev", "wan0", "src", source)
        self._provider.ip("route", "replace", source, "dev", "wan0", "src", self._outside)
        self._source = source

    def observe(self) -> bool:
        """Look at the daemons, raise or drop both line protocols accordingly, and try again where the tunnel is down."""
        is_up = self.customer.is_up()
        if is_up != self._is_up:
            self.branch.set_link(self.router_device, is_up=is_up)
            self.vpc.set_link(self.aws_device, is_up=is_up)
            if not is_up:
                self.branch.forget_routes_over(self.router_device)
                self.vpc.forget_routes_over(self.aws_device)
            self._is_up = is_up
        if not is_up and time.monotonic() - self._tried_at > RETRY_SECONDS:
            self._tried_at = time.monotonic()
            self.customer.initiate()
        return is_up

    def outcome(self, router: RouterEnd | None, aws: AwsEnd, *, is_track_up: bool | None = None) -> Outcome:
        """Say what came of the tunnel: its state from the daemons, the reason from their logs or, failing that, the settings."""
        if router is None:
            return Outcome(is_up=False, reason="the router has no tunnel to this address")
        expected = negotiate(router, aws)
        established = [sa for sa in self.customer.associations() if sa.is_established]
        if not established or established[-1].esp is None:
            return Outcome(is_up=False, cause=expected.cause, reason=self._reason() or expected.reason)
        phase2, pfs = phase2_of(established[-1])
        sessions = self.branch.frr.sessions() if aws.bgp else {}
        session = sessions.get(str(aws.inside.ip))
        has_bgp = session is not None and session.state == "Established"
        return Outcome(
            is_up=has_bgp if aws.bgp else True,
            cause=None if has_bgp or not aws.bgp else expected.cause,
            reason=None if has_bgp or not aws.bgp else expected.reason or "BGP is not established",
            ike_version=f"ikev{established[-1].version}",
            phase1=phase1_of(established[-1], router.phase1[0].lifetime),
            phase2=phase2,
            pfs=pfs,
            phase2_lifetime=router.phase2_lifetime,
            bgp_state=(session.state if session else "Idle") if aws.bgp else None,
            hold=expected.hold,
            received_by_router=expected.received_by_router if has_bgp or not aws.bgp else (),
            received_by_aws=expected.received_by_aws if has_bgp or not aws.bgp else (),
            is_sla_up=is_track_up,
        )

    def _reason(self) -> str | None:
        ours, theirs = self._log_mark
        return reason_from_log(self.customer.log()[ours:]) or reason_from_log(self.provider.log()[theirs:])

    def delete(self) -> None:
        """Take the pair away."""
        self._customer.delete()
        self._provider.delete()
