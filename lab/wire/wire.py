"""The wire lab: follows what the two ends hold, and answers from what the daemons really do."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path

from lab.ends import AwsEnd, RouterEnd
from lab.negotiation import Outcome
from lab.wire.bgp import aws_bgp, router_bgp, router_policy
from lab.wire.echoes import Echoes
from lab.wire.frr import NOTHING
from lab.wire.netns import own_prefix, remove_abandoned
from lab.wire.pair import Pair
from lab.wire.routes import aws_routes, router_end, router_routes
from lab.wire.site import Site
from lab.wire.sla import Probe
from lab.wire.verdict import View, outcome_of

POLL_SECONDS = 0.2
LAN = IPv4Interface("192.168.10.1/24"), IPv4Interface("192.168.10.10/24")
SUBNET = IPv4Interface("10.0.0.1/24"), IPv4Interface("10.0.0.10/24")
Ends = Callable[[], tuple[Sequence[RouterEnd], Sequence[AwsEnd]]]


@dataclass(frozen=True, slots=True)
class Sample:
    """Which tunnels are up from a moment on (seconds of the monotonic clock), by AWS's outside address."""

    at: float
    up: frozenset[IPv4Address]


class Wire:
    """All namespaces and daemons of one link.

    `ends` is asked again and again for what both sides hold; `check` is called before and raises where that must not be
    taken for the truth (a line of the router's that nobody translates, say).
    """

    def __init__(self, ends: Ends, folder: Path, *, check: Callable[[], None] = lambda: None) -> None:
        self._ends, self._check = ends, check
        self._folder, self._prefix = folder, own_prefix()
        self.pairs: dict[IPv4Address, Pair] = {}
        self.probes: dict[int, Probe] = {}
        self.history: list[Sample] = []
        self.error: str | None = None
        self._slots = 0
        self._lock = threading.RLock()
        self._stopped = threading.Event()
        remove_abandoned()
        self.branch = Site(self._prefix, "branch", *LAN, folder / "branch")
        try:
            self.vpc = Site(self._prefix, "vpc", *SUBNET, folder / "vpc")
        except Exception:
            self.branch.delete()
            raise
        self._thread = threading.Thread(target=self._run, name="wire", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._check()
                self.follow()
                self.error = None
            except Exception as error:  # noqa: BLE001  # shown to whoever asks for a state; the lab goes on following
                self.error = str(error)
            self._stopped.wait(POLL_SECONDS)

    def follow(self) -> None:
        """Bring the daemons to what both ends hold now."""
        routers, aws = self._ends()
        with self._lock:
            for outside in [o for o in self.pairs if o not in {end.outside for end in aws}]:
                self.pairs.pop(outside).delete()
            for end in aws:
                if end.outside not in self.pairs:
                    self._slots += 1
                    self.pairs[end.outside] = Pair(self._prefix, self._slots, end, self.branch, self.vpc, self._folder)
                self.pairs[end.outside].hold(router_end(routers, end), end)
            up = frozenset(outside for outside, pair in self.pairs.items() if pair.observe())
            # Only what differs is kept: the lab may stay up for days.
            if not self.history or self.history[-1].up != up:
                self.history.append(Sample(time.monotonic(), up))
            self._route(routers, aws)

    def _route(self, routers: Sequence[RouterEnd], aws: Sequence[AwsEnd]) -> None:
        bgp = next((end.bgp for end in routers if end.bgp), None)
        self.branch.frr.configure(
            router_bgp(bgp, self.branch.router_id) if bgp else (), router_policy(bgp) if bgp else ()
        )
        self.vpc.frr.configure(aws_bgp(tuple(aws), self.vpc.router_id))
        self.branch.clamp({f"Tunnel{end.number}": end.mss for end in routers if end.mss})
        self._probe(routers)
        up = {outside for outside, pair in self.pairs.items() if pair.router.is_up}
        self.branch.route(router_routes(routers, up, self.is_track_up))
        devices = {outside: pair.aws.device for outside, pair in self.pairs.items() if pair.aws.is_up}
        self.vpc.route(aws_routes(aws, devices))

    def _probe(self, routers: Sequence[RouterEnd]) -> None:
        wanted = {end.sla.number: end for end in routers if end.sla and end.sla.is_scheduled}
        for number, probe in list(self.probes.items()):
            end = wanted.get(number)
            if end is None or end.sla != probe.sla or f"Tunnel{end.number}" != probe.device:
                self.probes.pop(number).stop()
        for number, end in wanted.items():
            if number not in self.probes and end.sla is not None:
                self.probes[number] = Probe(end.sla, self.branch, f"Tunnel{end.number}")

    def is_track_up(self, sla_number: int) -> bool:
        """Whether the track that watches this IP SLA is up."""
        probe = self.probes.get(sla_number)
        return probe is not None and probe.is_up

    def active(self) -> Pair:
        """Return the tunnel that the router sends the two hosts' traffic through now."""
        return self._way(self.branch, LAN, SUBNET, lambda pair: pair.router.device)

    def active_of_aws(self) -> Pair:
        """Return the tunnel that AWS answers through now."""
        return self._way(self.vpc, SUBNET, LAN, lambda pair: pair.aws.device)

    def _way(
        self, site: Site, near: Sequence[IPv4Interface], far: Sequence[IPv4Interface], device: Callable[[Pair], str]
    ) -> Pair:
        way = site.router.ip("route", "get", str(far[1].ip), "from", str(near[1].ip), "iif", "lan0")
        return next(pair for pair in self.pairs.values() if f" dev {device(pair)} " in way)

    def echoes(self, seconds: float = 120) -> Echoes:
        """Begin to send echoes from the branch's host to the VPC's, until stopped or for so many seconds."""
        daemons = [side.charon.namespace for pair in self.pairs.values() for side in (pair.router, pair.aws)]
        return Echoes(self.branch.host, str(SUBNET[1].ip), seconds, through=daemons)

    def router_outcome(self, outside: IPv4Address) -> Outcome:
        """Say what the router sees of the tunnel to `outside`."""
        return self._outcome(outside, is_aws=False)

    def aws_outcome(self, outside: IPv4Address) -> Outcome:
        """Say what AWS sees of it."""
        return self._outcome(outside, is_aws=True)

    def _outcome(self, outside: IPv4Address, *, is_aws: bool) -> Outcome:
        routers, aws = self._ends()
        with self._lock:
            if self.error:
                return Outcome(is_up=False, reason=self.error)
            end = next((end for end in aws if end.outside == outside), None)
            if end is None or outside not in self.pairs:
                return Outcome(is_up=False, reason=f"the tunnel to {outside} is not on the wire yet")
            router = router_end(routers, end)
            view = self._view(self.pairs[outside], router, end, is_aws=is_aws)
            return outcome_of(view, router, end)

    def _view(self, pair: Pair, router: RouterEnd | None, aws: AwsEnd, *, is_aws: bool) -> View:
        side = pair.aws if is_aws else pair.router
        theirs = aws.customer_inside.ip if is_aws else aws.inside.ip
        return View(
            association=side.charon.current(),
            session=side.site.frr.session(str(theirs)) if aws.bgp else None,
            received_by_router=self.branch.frr.received(str(aws.inside.ip)) if aws.bgp else NOTHING,
            received_by_aws=self.vpc.frr.received(str(aws.customer_inside.ip)) if aws.bgp else NOTHING,
            probe=self.probes.get(router.sla.number) if router and router.sla and not is_aws else None,
            routes=self._routes_of(router) if router else (),
            log_reason=pair.reason(),
        )

    def _routes_of(self, router: RouterEnd) -> tuple[IPv4Network, ...]:
        """Return the static routes over a tunnel: in force, or standing by for one with a shorter distance that is."""
        standing_by = (route.network for route in router.static_routes if route.distance > 1)
        return (
            *self.branch.routes_over(f"Tunnel{router.number}"),
            *(network for network in standing_by if self.branch.has_route(network)),
        )

    def outcomes(self) -> Mapping[IPv4Address, Outcome]:
        """Say what the router sees of every tunnel."""
        return {outside: self.router_outcome(outside) for outside in tuple(self.pairs)}

    def are_up(self) -> bool:
        """Whether there are two tunnels, both of them UP on both ends, and each end has the routes that it needs."""
        both = [(self.router_outcome(outside), self.aws_outcome(outside)) for outside in tuple(self.pairs)]
        return len(both) == 2 and all(_is_whole(outcome) for pair in both for outcome in pair)

    def stop(self) -> None:
        """Stop following, end every daemon and remove every namespace."""
        self._stopped.set()
        self._thread.join(timeout=90)
        for probe in self.probes.values():
            probe.stop()
        for pair in self.pairs.values():
            pair.delete()
        self.branch.delete()
        self.vpc.delete()


def _is_whole(outcome: Outcome) -> bool:
    """Whether an end sees the tunnel UP and has the routes that it needs: a session that has just begun has told none yet."""
    has_told = outcome.bgp_state is None or bool(outcome.received_by_router and outcome.received_by_aws)
    return outcome.is_up and outcome.cause is None and has_told
