"""A link's life on the wire under traffic: changes, a push that goes wrong, and a day's worth of faults in a minute."""

import os
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Network

from lab.router.clock import FakeClock
from lab.router.faults import Cut, Moment, Where
from lab.router.server import Router
from lab.router.shell import Shell
from lab.router.state import User
from lab.wire.day2 import CHANGES, LED_AWAY
from lab.wire.link import VPC_HOST
from lab.wire.measure import measured_change
from lab.wire.pair import Pair
from lab.wire.soak import Soak
from lab.wire.wire import Wire
from tests.lab.wire_bench import GUIDE, MODERN, WIRE, carries, is_whole, running_link

pytestmark = WIRE


TOUCH_NO_TUNNEL = ("add a prefix", "rename the link", "prefer the other tunnel")


def test_changes_under_traffic_never_take_both_tunnels_down_and_lose_nothing_where_they_touch_none() -> None:
    """How much a change of a tunnel costs is in docs/wire.md: a busy machine is slower, but never takes down both."""
    with running_link(GUIDE) as link:
        wire = link.bed.wire
        vpc = link.ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.0.0.0/16"]}])["Vpcs"][0]["VpcId"]
        link.ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.1.0.0/16")
        for name, change in CHANGES.items():
            first, began = wire.active(), len(wire.history)
            loss, both_down = measured_change(link, change)
            assert both_down == 0, name
            if name in TOUCH_NO_TUNNEL:
                assert (loss.by_the_tunnels, len(wire.history)) == (0, began), (name, loss)
            elif name == LED_AWAY:
                assert loss.by_the_tunnels == 0, loss
            else:
                assert loss.answered > loss.sent / 2, (name, loss)
        outcomes = wire.outcomes().values()
        assert all(outcome.ike_version == "ikev2" for outcome in outcomes)
        assert IPv4Network("192.168.20.0/24") in wire.vpc.frr.received("169.254.255.2").networks
        assert "osaka" in link.bed.router.running_config()
        # AWS announces two networks. What the last change preferred, carries both ways; the network that was named, alone, is believed.
        assert len(link.bed.aws.exchange.tunnels()[0].advertised) == 2
        assert [outcome.received_by_router for outcome in outcomes] == [(IPv4Network("10.0.0.0/16"),)] * 2
        assert wire.active() is not first
        before = packets_out(wire)
        wire.branch.host.run("ping", "-c", "100", "-i", "0.01", VPC_HOST)
        carried = {
            pair: [after - sent for after, sent in zip(packets_out(wire)[pair], before[pair], strict=True)]
            for pair in before
        }
        assert all(count >= 100 for count in carried.pop(wire.active())), carried
        assert all(count < 50 for counts in carried.values() for count in counts), carried  # BGP's own


def packets_out(wire: Wire) -> dict[Pair, list[int]]:
    """How many packets each end has sent through each tunnel."""
    return {
        pair: [held.packets_out for side in (pair.router, pair.aws) if (held := side.charon.current())]
        for pair in wire.pairs.values()
    }


def test_a_push_that_cuts_the_routers_own_management_is_undone_by_its_timer_and_traffic_never_stops() -> None:
    clock = FakeClock()  # the router's: its timer of two minutes fires when the test says so
    with running_link(MODERN, clock=clock) as link:
        wire, router = link.bed.wire, link.bed.router
        router.edit(["interface Loopback20", "ip address 192.168.20.1 255.255.255.0"])
        before, began = router.running_config(), len(wire.history)
        pushed = Where("network 192.168.20.0", only_configuration=True)
        router.add_fault(Cut(pushed, Moment.AFTER))
        with locked_out(router, "network 192.168.20.0") as is_cut:
            timer = threading.Thread(target=fire_timer, args=(is_cut, router, clock))
            timer.start()
            echoes = wire.echoes(240)
            link.advertised = (*link.advertised, "192.168.20.0/24")
            failed = link.agent("apply", "--revert-minutes", "2")
            timer.join()
        assert failed.returncode in (4, 5), failed.stderr
        assert "configure revert now" not in router.received
        assert router.running_config() == before
        assert carries(wire)
        loss = echoes.stop()
        assert loss.by_the_tunnels == 0, loss
        assert len(wire.history) == began
        link.apply()  # and then it goes through
        assert "network 192.168.20.0" in router.running_config()
        assert is_whole(wire)


@contextmanager
def locked_out(router: Router, line: str) -> Iterator[threading.Event]:
    """From the moment that `line` arrives nobody can log in, until the timer has put the configuration back."""
    is_cut, open_shell = threading.Event(), router.open_shell

    def open_unless_cut(user: User) -> Shell | None:
        has_arrived = any(line in received for received in router.received)
        if has_arrived and router.state.rollback.pending is not None:
            is_cut.set()
            return None
        return open_shell(user)

    router.open_shell = open_unless_cut  # type: ignore[method-assign]  # what a lost management path does
    try:
        yield is_cut
    finally:
        router.open_shell = open_shell  # type: ignore[method-assign]


def fire_timer(is_cut: threading.Event, router: Router, clock: FakeClock) -> None:
    """Let the minutes pass once the agent has found that it cannot come back."""
    if is_cut.wait(120):
        with router.state.lock:
            clock.advance(121)


def test_a_days_worth_of_faults_ends_with_everything_up_and_in_agreement() -> None:
    """Twenty seconds in CI; five with `make soak`, or WIRE_SOAK_SECONDS."""
    seconds = float(os.environ.get("WIRE_SOAK_SECONDS", "20"))
    seed = int(os.environ.get("WIRE_SOAK_SEED", str(random.randrange(10**6))))
    with running_link(MODERN) as link:
        report = Soak(link, seed).run(seconds)
        assert report.events, report
        assert is_whole(link.bed.wire), report
        assert link.agent("verify", "--wait", "60").returncode == 0, report
        assert link.is_in_sync(), report
        assert [status for status, _ in link.telemetry()] == ["UP", "UP"], report
