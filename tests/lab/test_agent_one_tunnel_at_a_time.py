"""A change of a link that is up never takes both its tunnels down: what AWS's end says is watched at every change."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest

from cisco.errors import RolledBackError
from cisco.login import Options
from cisco.model import Bgp, Intent
from lab.ends import AwsEnd, RouterEnd
from lab.exchange import Exchange
from lab.negotiation import Outcome
from tests.lab.agent_bench import GUIDE, KEYS, NEW_KEY, Bench, bench, link


def aws_ends(intent: Intent) -> list[AwsEnd]:
    """Return AWS's side of a link, which agrees with the router's."""
    routing = intent.routing
    assert isinstance(routing, Bgp)
    return [
        AwsEnd(
            connection_id=intent.connection_id,
            outside=tunnel.aws_outside,
            customer_outside=intent.local_address,
            inside=IPv4Interface((tunnel.aws_inside, 30)),
            customer_inside=tunnel.router_inside,
            preshared_key=tunnel.preshared_key.reveal(),
            phase1_encryption=("AES128", "AES256"),
            phase1_integrity=("SHA1", "SHA2-256"),
            phase1_dh_groups=(2, 14, 19, 20),
            phase2_encryption=("AES128", "AES256"),
            phase2_integrity=("SHA1", "SHA2-256"),
            phase2_dh_groups=(2, 14, 19, 20),
            bgp=(routing.aws_asn, routing.router_asn),
            advertised=(IPv4Network("10.0.0.0/16"),),
        )
        for tunnel in intent.tunnels
    ]


class Watch(Exchange):
    """An exchange that notes, whenever the router changes, which of its tunnels are UP."""

    def __init__(self, intent: Intent) -> None:
        self.ends = aws_ends(intent)
        self.seen: list[frozenset[int]] = []
        super().__init__(lambda: self.ends)

    def publish(self, router: str, public_addresses: Sequence[IPv4Address], ends: Sequence[RouterEnd]) -> None:
        super().publish(router, public_addresses, ends)
        self.seen.append(frozenset(n for n, outcome in self.outcomes(router).items() if outcome.is_up))

    def now(self) -> Mapping[int, Outcome]:
        return self.outcomes("router")


@contextmanager
def link_that_is_up(options: Options | None = None) -> Iterator[tuple[Bench, Watch]]:
    watch = Watch(link())
    with bench(options, exchange=watch) as lab:
        lab.apply(link())
        assert {n: o.reason for n, o in watch.now().items() if not o.is_up} == {}
        watch.seen.clear()
        yield lab, watch


def test_both_tunnels_change_their_proposal_one_after_the_other() -> None:
    phase1, phase2 = GUIDE
    stronger = link(phases=(replace(phase1, dh_group=19), replace(phase2, dh_group=20)))
    with link_that_is_up() as (lab, watch):
        result = lab.apply(stronger)

        assert result.changed
        assert frozenset() not in watch.seen
        assert "waiting until Tunnel2 is UP before Tunnel1 is changed" in lab.said
        assert all(outcome.is_up for outcome in watch.now().values())


def test_a_key_that_aws_does_not_know_stops_after_the_first_tunnel_and_rolls_back() -> None:
    with link_that_is_up(Options(wait=30)) as (lab, watch):
        before = lab.running

        with pytest.raises(RolledBackError, match="Tunnel2"):
            lab.apply(link(keys=(NEW_KEY, "yet.another.key.4")))
        assert lab.running == lab.startup == before
        assert all(1 in up for up in watch.seen)
        assert all(outcome.is_up for outcome in watch.now().values())


def test_a_tunnel_whose_key_aws_changed_is_repaired_without_touching_the_other() -> None:
    with link_that_is_up() as (lab, watch):
        watch.ends[1] = replace(watch.ends[1], preshared_key=NEW_KEY)
        watch.seen.clear()

        lab.apply(link(keys=(KEYS[0], NEW_KEY), generation=2))
        assert all(1 in up for up in watch.seen)
        assert all(outcome.is_up for outcome in watch.now().values())


def test_the_only_tunnel_that_is_up_is_announced_before_it_is_changed() -> None:
    with link_that_is_up() as (lab, watch):
        watch.ends[1] = replace(watch.ends[1], preshared_key=NEW_KEY)

        lab.apply(link(mss=1300))
        assert "Tunnel1 is the only tunnel that is UP: the change may interrupt the link" in lab.said


ONLY = "Tunnel1 is the only tunnel that is UP: the change may interrupt the link"


@pytest.mark.parametrize(("keys", "is_said"), [((KEYS[0], NEW_KEY), False), ((NEW_KEY, KEYS[1]), True)])
def test_the_only_tunnel_that_is_up_is_announced_only_where_it_is_changed(
    keys: tuple[str, str], *, is_said: bool
) -> None:
    with link_that_is_up() as (lab, watch):
        watch.ends[1] = replace(watch.ends[1], preshared_key="what.aws.has.now.5")

        # The next generation goes into both descriptions, which interrupts nothing and waits for nothing.
        lab.apply(link(keys=keys, generation=2))
        assert (ONLY in lab.said) is is_said
        assert not any("waiting until" in text for text in lab.said)


@pytest.mark.parametrize(("asked", "armed"), [(1, 2), (5, 5)])
def test_a_timer_that_is_longer_than_asked_for_says_so(asked: int, armed: int) -> None:
    with bench(Options(revert_minutes=asked)) as lab:
        lab.apply(link())

        (said,) = [text for text in lab.said if "goes back by itself" in text]
        assert f"in {armed} min" in said
        assert ("1 min, as asked for, could be too short" in said) is (armed > asked)


def test_a_link_that_is_down_is_changed_without_waiting() -> None:
    with link_that_is_up() as (lab, watch):
        watch.ends.clear()
        start = lab.clock.monotonic()

        lab.apply(link(mss=1300))
        assert lab.clock.monotonic() == start
