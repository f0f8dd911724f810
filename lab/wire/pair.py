"""One tunnel on the wire: two daemons, the underlay between them, and a device in each of the two routers."""

import time
from dataclasses import dataclass, field
from ipaddress import IPv4Interface
from pathlib import Path

from lab.ends import AwsEnd, RouterEnd
from lab.wire.charon import AWS_RETRIES, ROUTER_RETRIES, Charon, SecurityAssociation
from lab.wire.ike import Peering, aws_peering, router_peering
from lab.wire.reason import reason_from_log
from lab.wire.site import Site
from lab.wire.underlay import Underlay, Way

RETRY_SECONDS = 1.0
_NEVER = IPv4Interface("0.0.0.0/32")


@dataclass(slots=True)
class Side:
    """One end: the daemon, the router its device stands in, and what is known of them."""

    charon: Charon
    site: Site
    device: str
    association: SecurityAssociation | None = None
    inside: IPv4Interface | None = _NEVER
    is_line_up: bool = False
    log_mark: int = field(default=0)

    @property
    def is_up(self) -> bool:
        """Whether this end holds an IKE SA with a child."""
        return self.association is not None and self.association.esp is not None

    def look(self) -> None:
        """Ask the daemon, and let the line protocol of the tunnel follow."""
        self.association = self.charon.current()
        if self.is_up != self.is_line_up:
            self.site.set_link(self.device, is_up=self.is_up)
            if not self.is_up:
                self.site.forget_routes_over(self.device)
            self.is_line_up = self.is_up

    def hold(self, peering: Peering | None) -> bool:
        """Make the daemon hold this; say whether that was a change."""
        return self.charon.load(peering)

    def address(self, inside: IPv4Interface | None) -> None:
        """Give the tunnel's device this address."""
        if inside != self.inside:
            self.site.address(self.device, inside)
            self.inside = inside

    def new_log(self) -> str:
        """Return what the daemon has said since the last change."""
        return self.charon.log()[self.log_mark :]


class Pair:
    """The two ends of one tunnel and what lies between them."""

    def __init__(self, prefix: str, slot: int, aws: AwsEnd, branch: Site, vpc: Site, folder: Path) -> None:
        self.underlay = Underlay(prefix, slot, aws.outside)
        try:
            customer = Charon(self.underlay.customer, folder / f"cgw{slot}", ROUTER_RETRIES)
            provider = Charon(self.underlay.provider, folder / f"aws{slot}", AWS_RETRIES)
            self.router = Side(customer, branch, f"Tunnel-{slot}")
            self.aws = Side(provider, vpc, f"vpn{slot}")
            for side in (self.router, self.aws):
                side.charon.wait_until_ready()
                side.charon.lend_device(side.site.router, side.device)
        except Exception:
            self.underlay.delete()
            raise
        self._tried_at = 0.0
        self._initiates = self._aws_begins = False

    def hold(self, router: RouterEnd | None, aws: AwsEnd) -> None:
        """Make the daemons hold what the two ends were told; a side that did not change is not touched."""
        source = router.source if router and router.source else aws.customer_outside
        translated = router.public_address if router and router.public_address != source else None
        self.underlay.lay(Way(source, aws.outside, translated))
        if router is not None:
            self._name_device(f"Tunnel{router.number}")
        changed = self.aws.hold(aws_peering(aws))
        changed = self.router.hold(router_peering(router) if router else None) or changed
        if changed:
            for side in (self.router, self.aws):
                side.log_mark = len(side.charon.log())
            self._tried_at = 0.0
        # AWS begins when it is told to and when its tunnel has changed; when a peer has died is its DPD's matter.
        if changed or aws.initiates != self._initiates:
            self._initiates = self._aws_begins = aws.initiates
        self.router.address(router.inside if router else None)
        self.aws.address(aws.inside)

    def _name_device(self, name: str) -> None:
        if name != self.router.device:
            self.router.site.set_link(self.router.device, is_up=False)
            self.router.site.router.ip("link", "set", self.router.device, "name", name)
            self.router.device, self.router.inside, self.router.is_line_up = name, _NEVER, False

    def observe(self) -> bool:
        """Look at the daemons, and try again where the tunnel is down; say whether both ends hold it up."""
        self.router.look()
        self.aws.look()
        if self.aws.is_up:
            self._aws_begins = False
        if not self.router.is_up and time.monotonic() - self._tried_at > RETRY_SECONDS:
            self._tried_at = time.monotonic()
            self.router.charon.initiate()
            if self._aws_begins:
                self.aws.charon.initiate()
        return self.router.is_up and self.aws.is_up

    def kill_endpoint(self, *, is_dead: bool) -> None:
        """Let AWS's endpoint fall silent, or come back."""
        self.aws.charon.pause(is_stopped=is_dead)

    def reason(self) -> str | None:
        """Say why the tunnel is down, from what the daemons logged since the last change."""
        return reason_from_log(self.router.new_log()) or reason_from_log(self.aws.new_log())

    def delete(self) -> None:
        """Take the pair away."""
        self.underlay.delete()
