"""The wire lab: follows what the two ends hold, and answers from what the daemons really do."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path

from lab.ends import AwsEnd, RouterEnd
from lab.negotiation import Outcome
from lab.wire.bgp import aws_bgp, router_bgp
from lab.wire.pair import Pair
from lab.wire.site import Site
from lab.wire.sla import Probe

POLL_SECONDS = 0.2
LAN = IPv4Interface("192.168.10.1/24"), IPv4Interface("192.168.10.10/24")
SUBNET = IPv4Interface("10.0.0.1/24"), IPv4Interface("10.0.0.10/24")


@dataclass(frozen=True, slots=True)
class Sample:
    """Which tunnels are up from a moment on (seconds of the monotonic clock), by AWS's outside address."""

    at: float
    up: frozenset[IPv4Address]


class Wire:
    """All namespaces and daemons of one link. `ends` is asked again and again for what both sides hold."""

    def __init__(
        self,
        ends: Callable[[], tuple[Sequence[RouterEnd], Sequence[AwsEnd]]],
        folder: Path,
        prefix: str = "wire-",
    ) -> None:
        self._ends = ends
        self._folder, self._prefix = folder, prefix
        self.branch = Site(prefix, "branch", *LAN, folder / "branch")
        self.vpc = Site(prefix, "vpc", *SUBNET, folder / "vpc")
        self.pairs: dict[IPv4Address, Pair] = {}
        self.probes: dict[int, Probe] = {}
        self.history: list[Sample] = []
        self.error: str | None = None
        self._lock = threading.RLock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wire", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
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
                    slot = len(self.pairs) + 1
                    self.pairs[end.outside] = Pair(self._prefix, slot, end, self.branch, self.vpc, self._folder)
                self.pairs[end.outside].hold(_router_end(routers, end), end)
            up = frozenset(outside for outside, pair in self.pairs.items() if pair.observe())
            # Only what differs is kept: the lab may stay up for days.
            if not self.history or self.history[-1].up != up:
                self.history.append(Sample(time.monotonic(), up))
            self._route(routers, aws, up)

    def _route(self, routers: Sequence[RouterEnd], aws: Sequence[AwsEnd], up: frozenset[IPv4Address]) -> None:
        bgp = next((end.bgp for end in routers if end.bgp), None)
        self.branch.frr.configure(router_bgp(bgp, self.branch.router_id) if bgp else ())
        self.vpc.frr.configure(aws_bgp(tuple(aws), self.vpc.router_id))
        self._probe(routers)
        self.branch.route(self._router_routes(routers, aws, up))
        self.vpc.route(self._aws_routes(aws, up))

    def _probe(self, routers: Sequence[RouterEnd]) -> None:
        wanted = {end.sla.number: end for end in routers if end.sla and end.sla.is_scheduled}
        for number in [n for n, p in self.probes.items() if n not in wanted or wanted[n].sla != p.sla]:
            self.probes.pop(number).stop()
        for number, end in wanted.items():
            if number not in self.probes and end.sla is not None:
                self.probes[number] = Probe(end.sla, self.branch, f"Tunnel{end.number}")

    def _router_routes(
        self, routers: Sequence[RouterEnd], aws: Sequence[AwsEnd], up: frozenset[IPv4Address]
    ) -> list[tuple[IPv4Network, tuple[str, ...]]]:
        devices: dict[IPv4Network, list[str]] = {}
        known = {end.outside for end in aws}
        for end in routers:
            if end.destination not in up or end.destination not in known:
                continue
            tracked_up = end.sla is None or self.is_track_up(end.sla.number)
            for route in end.static_routes:
                if route.track is None or tracked_up:
                    devices.setdefault(route.network, []).append(f"Tunnel{end.number}")
        return [(network, tuple(names)) for network, names in devices.items()]

    def _aws_routes(
        self, aws: Sequence[AwsEnd], up: frozenset[IPv4Address]
    ) -> list[tuple[IPv4Network, tuple[str, ...]]]:
        # A virtual private gateway sends through one tunnel of a static connection at a time.
        active = next((end for end in aws if end.outside in up and end.bgp is None), None)
        if active is None:
            return []
        return [(network, (self.pairs[active.outside].aws_device,)) for network in active.static_routes]

    def is_track_up(self, sla_number: int) -> bool:
        """Whether the track that watches this IP SLA is up."""
        probe = self.probes.get(sla_number)
        return probe is not None and probe.is_up

    def outcome(self, outside: IPv4Address) -> Outcome:
        """Say what came of the tunnel to `outside`, from the daemons."""
        routers, aws = self._ends()
        with self._lock:
            if self.error:
                return Outcome(is_up=False, reason=self.error)
            end = next((end for end in aws if end.outside == outside), None)
            if end is None or outside not in self.pairs:
                return Outcome(is_up=False, reason="AWS has no such tunnel")
            router = _router_end(routers, end)
            is_track_up = self.is_track_up(router.sla.number) if router and router.sla else None
            return self.pairs[outside].outcome(router, end, is_track_up=is_track_up)

    def outcomes(self) -> Mapping[IPv4Address, Outcome]:
        """Say what came of every tunnel."""
        return {outside: self.outcome(outside) for outside in tuple(self.pairs)}

    def stop(self) -> None:
        """Stop following, end every daemon and remove every namespace."""
        self._stopped.set()
        self._thread.join(timeout=30)
        for probe in self.probes.values():
            probe.stop()
        for pair in self.pairs.values():
            pair.delete()
        self.branch.delete()
        self.vpc.delete()


def _router_end(routers: Sequence[RouterEnd], aws: AwsEnd) -> RouterEnd | None:
    """Return the router's end of a tunnel: by destination, else by inside network, never by position."""
    for end in routers:
        if end.destination == aws.outside:
            return end
    return next((end for end in routers if end.inside and end.inside.network == aws.inside.network), None)
