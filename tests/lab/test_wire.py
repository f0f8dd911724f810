"""What real daemons make of the two ends: strongSwan negotiates, FRR routes, packets pass or don't."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from lab.wire.netns import ip
from lab.wire.underlay import Fault
from lab.wire.wire import Wire
from tests.lab.wire_bench import WIRE, carries, is_whole, wait_until
from tests.lab.wire_ends import GUIDE, MODERN, Ends

pytestmark = WIRE
TUNNEL1, TUNNEL2 = IPv4Address("198.51.100.10"), IPv4Address("198.51.100.11")

Start = Callable[[Ends], Wire]


@pytest.fixture
def start() -> Iterator[Start]:
    # Short, for the daemons' sockets (108 bytes at most), and open, for FRR, which runs as its own user.
    folder = Path(tempfile.mkdtemp(prefix="wire-"))
    folder.chmod(0o711)
    running: list[Wire] = []

    def begin(ends: Ends) -> Wire:
        running.append(Wire(ends, folder))
        return running[-1]

    yield begin
    for wire in running:
        wire.stop()
    shutil.rmtree(folder)


def whole(start: Start, ends: Ends) -> Wire:
    wire = start(ends)
    assert wait_until(lambda: is_whole(wire)), (wire.error, wire.outcomes())
    return wire


def impatient(is_static: bool, profile: tuple[str, str, str, int]) -> Ends:
    """Ends that notice soon: how long the agent's own timers take is measured in docs/wire.md."""
    return Ends(is_static, [profile, profile], bgp_timers=(2, 6), sla_every=1)


def reason(wire: Wire, outside: IPv4Address) -> str:
    return wire.router_outcome(outside).reason or ""


@pytest.mark.parametrize("is_static", [False, True], ids=["bgp", "static"])
def test_traffic_moves_to_the_other_tunnel_when_an_endpoint_dies_and_comes_back(start: Start, is_static: bool) -> None:
    wire = whole(start, impatient(is_static, GUIDE))
    active = wire.active()
    active.kill_endpoint(is_dead=True)
    try:
        assert wait_until(lambda: carries(wire))
        assert not wire.are_up()
    finally:
        active.kill_endpoint(is_dead=False)
    assert wait_until(lambda: is_whole(wire))


@pytest.mark.parametrize("version", ["ikev1", "ikev2"])
def test_rekeying_ike_and_ipsec_under_load_loses_nothing_but_what_overtakes_quick_mode(
    start: Start, version: str
) -> None:
    # AWS's shortest lifetime is 15 minutes: what is proven is the exchange, so it may come every few seconds. The margin is
    # long: had a busy machine no time for the exchange before the old SA's end, that would be an expiry, not a rekeying.
    ends = Ends(
        False, [GUIDE if version == "ikev1" else MODERN] * 2, lifetimes=(20, 16), rekey_margin=12, rekey_fuzz=10
    )
    wire = whole(start, ends)
    began = len(wire.history)
    children: set[tuple[IPv4Address, int]] = set()
    ikes: set[tuple[IPv4Address, str]] = set()

    def has_rekeyed() -> bool:
        for outside, pair in wire.pairs.items():
            association = pair.router.charon.current()
            if association is not None and association.esp:
                children.add((outside, association.spi_in))
                ikes.add((outside, association.ike_spi))
        return all(
            sum(at == outside for at, _ in children) >= 3 and sum(at == outside for at, _ in ikes) >= 2
            for outside in wire.pairs
        )

    daemons = [side.charon for pair in wire.pairs.values() for side in (pair.router, pair.aws)]
    for daemon in daemons:
        daemon.tell_refusals()
    echoes = wire.echoes(180)
    has_all = wait_until(has_rekeyed, 120)
    loss = echoes.stop()
    assert has_all, (children, ikes)
    assert loss.sent > 100
    # IKEv1's initiator sends with the new SA once it has sent Quick Mode's last message. What overtakes that, the other end
    # refuses, and says so; IKEv2's waits for an answer.
    refused = sum(daemon.refusals() for daemon in daemons) if version == "ikev1" else 0
    assert len(wire.history) == began, wire.history[began - 1 :]
    assert loss.by_the_tunnels <= refused, (loss, refused)


@pytest.mark.parametrize("is_static", [False, True], ids=["bgp", "static"])
def test_where_only_esp_is_blocked_ipsec_is_up_and_traffic_is_not(start: Start, is_static: bool) -> None:
    wire = whole(start, impatient(is_static, MODERN))
    wire.pairs[TUNNEL1].underlay.suffer(Fault.ESP_BLOCKED)
    if is_static:
        assert wait_until(lambda: "no answer" in reason(wire, TUNNEL1)), wire.outcomes()
        outcome = wire.router_outcome(TUNNEL1)
        assert outcome.is_ipsec_up
        assert outcome.is_sla_up is False
    else:
        assert wait_until(lambda: "BGP" in reason(wire, TUNNEL1)), wire.outcomes()
        assert wait_until(lambda: not wire.aws_outcome(TUNNEL1).is_up)
        assert wire.aws_outcome(TUNNEL1).is_ipsec_up
    assert wait_until(lambda: carries(wire) or is_static)  # static: AWS does not know, and goes on sending into it
    wire.pairs[TUNNEL1].underlay.suffer(Fault.NONE)
    assert wait_until(lambda: is_whole(wire))


def test_aws_begins_where_its_startup_action_is_start_though_nobody_inside_may(start: Start) -> None:
    ends = Ends(False, [MODERN, MODERN])
    wire = whole(start, ends)
    pair = wire.pairs[TUNNEL1]
    loaded = [side.charon for side in (pair.router, pair.aws)]
    pair.underlay.suffer(Fault.INWARD_ONLY)
    ends.keys[0] = "another.plainly.fake.key"  # of both sides: it reaches the daemons, and the tunnel must come up anew
    assert wait_until(lambda: all(charon.holds_key() == ends.keys[0] for charon in loaded))
    assert wait_until(lambda: not wire.router_outcome(TUNNEL1).is_ipsec_up)
    ends.aws_initiates = True
    assert wait_until(lambda: is_whole(wire)), wire.outcomes()
    association = pair.aws.charon.current()
    assert association is not None
    assert association.is_initiator


def test_nothing_of_the_lab_is_left_when_it_cannot_start(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    before = ip("netns", "list")
    with pytest.raises(OSError, match="file"):
        Wire(Ends(False, [GUIDE, GUIDE]), blocked)
    assert ip("netns", "list").split() == before.split()
