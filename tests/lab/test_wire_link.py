"""The whole path on the wire: AWS's API and the agent over SSH configure, real daemons carry, both ends report."""

import json
import re
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from lab.negotiation import Cause
from lab.wire.capture import Capture
from lab.wire.link import PROFILES, VPC_HOST
from lab.wire.traffic import MARKER, stream
from lab.wire.underlay import UDP_HEADER, Fault
from tests.lab.wire_bench import WIRE, carries, is_whole, running_link, wait_until

pytestmark = WIRE
# AWS's table of segment sizes without NAT traversal, for phase 2 of either profile.
SEGMENT = {"guide-2015": 1398, "modern": 1406}
TIMESTAMPS = 12  # bytes of TCP options in every segment


@pytest.mark.parametrize("is_static", [False, True], ids=["bgp", "static"])
@pytest.mark.parametrize("name", list(PROFILES))
def test_what_the_agent_pushed_is_negotiated_carries_full_segments_encrypted_and_is_up_on_both_ends(
    name: str, is_static: bool, tmp_path: Path
) -> None:
    profile = PROFILES[name]
    with running_link(profile, is_static=is_static) as link:
        wire = link.bed.wire
        verified = link.agent("verify", "--json", "--wait", "60")
        assert verified.returncode == 0, (verified.stdout, wire.error)
        message = "" if is_static else "1 BGP ROUTES"
        assert link.telemetry() == [("UP", message)] * 2

        # What was negotiated, read back from the daemons of both ends.
        for outside in wire.pairs:
            for outcome in (wire.router_outcome(outside), wire.aws_outcome(outside)):
                assert outcome.ike_version == profile.version
                assert outcome.phase1 is not None
                assert outcome.phase2 is not None
                assert (outcome.phase1.encryption, outcome.phase1.integrity) == (profile.cipher, profile.digest)
                assert outcome.phase1.dh_group == profile.group
                assert outcome.phase2.encryption == profile.cipher
                assert outcome.phase2.integrity == ("" if "GCM" in profile.cipher else profile.digest)
                assert outcome.pfs == profile.group
                assert outcome.measured is not None
                assert 0 < outcome.measured.phase1_remaining <= profile.lifetimes[0]
                assert 0 < outcome.measured.phase2_remaining <= profile.lifetimes[1]
                if not is_static:
                    assert outcome.received_by_aws == (IPv4Network("192.168.10.0/24"),)
                    assert outcome.received_by_router == (IPv4Network("10.0.0.0/16"),)

        # A stream of segments as large as the clamp allows: nothing of it in clear, nothing of it in fragments.
        captures = [
            Capture(pair.underlay.customer, "wan0", tmp_path / f"{outside}.pcap")
            for outside, pair in wire.pairs.items()
        ]
        sent = stream(wire.branch.host, wire.vpc.host, VPC_HOST)
        packets = [packet for capture in captures for packet in capture.stop()]
        assert sent.received == sent.sent
        assert sent.segment == SEGMENT[name] - TIMESTAMPS
        assert sum(len(packet.payload) for packet in packets if packet.is_esp) > sent.sent
        assert all(packet.is_ike_or_esp for packet in packets)
        assert not any(MARKER in packet.payload for packet in packets)
        assert not any(packet.is_fragment for packet in packets)
        assert 1450 < max(packet.length for packet in packets) <= 1500 + UDP_HEADER


def test_without_the_clamp_full_segments_do_not_fit_the_way(tmp_path: Path) -> None:
    """What the test above sees is the clamp's doing."""
    with running_link(PROFILES["modern"]) as link:
        wire = link.bed.wire
        for number in (1, 2):
            link.bed.router.edit([f"interface Tunnel{number}", "no ip tcp adjust-mss"])
        assert wait_until(lambda: all(end.mss is None for end in link.bed.aws.exchange.router_ends()))
        assert wait_until(lambda: "1406" not in wire.branch.router.run("nft", "list", "ruleset"))
        captures = [
            Capture(pair.underlay.customer, "wan0", tmp_path / f"{outside}.pcap")
            for outside, pair in wire.pairs.items()
        ]
        sent = stream(wire.branch.host, wire.vpc.host, VPC_HOST, repeats=200)
        packets = [packet for capture in captures for packet in capture.stop()]
        assert sent.segment > 1406 - TIMESTAMPS
        assert any(packet.is_fragment for packet in packets) or max(p.length for p in packets) > 1500 + UDP_HEADER


def test_a_key_changed_on_one_side_only_is_down_on_both_ends_with_the_reason() -> None:
    with running_link(PROFILES["guide-2015"]) as link:
        link.modify(1, {"PreSharedKey": "another.fake.key.1"})
        assert wait_until(lambda: [status for status, _ in link.telemetry()] == ["UP", "DOWN"])
        shown = link.agent("status")
        assert shown.returncode == 3
        assert link.outside(1) in shown.stdout
        assert carries(link.bed.wire)  # over the other tunnel
        link.apply()
        assert link.agent("verify", "--wait", "60").returncode == 0


def test_a_missing_route_is_found_by_the_check_though_ipsec_is_up() -> None:
    with running_link(PROFILES["modern"], is_static=True) as link:
        wire = link.bed.wire
        link.bed.router.edit([f"no ip route 10.0.0.0 255.255.0.0 Tunnel{number}" for number in (1, 2)])
        assert wait_until(lambda: all(o.cause is Cause.STATIC_ROUTE for o in wire.outcomes().values()))
        assert wait_until(lambda: not carries(wire))
        assert [status for status, _ in link.telemetry()] == ["UP", "UP"]  # AWS calls IPsec UP, and cannot know
        verified = link.agent("verify", "--wait", "0")
        assert verified.returncode == 3
        assert verified.stdout.count("no route to 10.0.0.0/16 through either tunnel") == 2
        assert not link.is_in_sync()
        link.apply()
        assert link.is_in_sync()
        assert wait_until(lambda: is_whole(wire))


@pytest.mark.parametrize("is_static", [False, True], ids=["bgp", "static"])
def test_the_show_commands_answer_from_the_daemons(is_static: bool) -> None:
    with running_link(PROFILES["guide-2015"], is_static=is_static) as link:
        wire, console = link.bed.wire, link.bed.router.console()
        stream(wire.branch.host, wire.vpc.host, VPC_HOST, repeats=200)
        held = [pair.router.charon.current() for pair in wire.pairs.values()]
        shown = console.send("terminal length 0") + console.send("show crypto ipsec sa")
        for association in held:
            assert association is not None
            assert f"0x{association.spi_in:X}(" in shown
            assert f"0x{association.spi_out:X}(" in shown
        encapsulated = [int(found) for found in re.findall(r"#pkts encaps: (\d+)", shown)]
        assert sum(encapsulated) > 10
        assert max(encapsulated) >= max(association.packets_out for association in held if association)
        assert console.send("show crypto isakmp sa").count("QM_IDLE") == 2
        assert console.send("show crypto session").count("UP-ACTIVE") == 2
        assert "10.0.0.0/16" in console.send("show ip route")
        if is_static:
            assert re.search(r"Number of successes: [1-9]", console.send("show ip sla statistics"))
            assert console.send("show track").count("Reachability is Up") == 2
        else:
            assert len(re.findall(r"^169\.254\.255\.\d.* 1$", console.send("show ip bgp summary"), re.MULTILINE)) == 2
        # And the other way: what the daemons lose, the commands say.
        pair = wire.pairs[IPv4Address(link.outside(0))]
        pair.underlay.suffer(Fault.CUT)
        assert wait_until(lambda: console.send("show crypto session").count("UP-ACTIVE") == 1, 120)
        assert console.send("show crypto isakmp sa").count("QM_IDLE") == 1


def test_a_line_that_the_wire_does_not_understand_takes_the_tunnels_down_and_is_named() -> None:
    with running_link(PROFILES["modern"]) as link:
        link.bed.router.edit(["interface Tunnel1", "tunnel path-mtu-discovery"])
        wire = link.bed.wire
        assert wait_until(lambda: not wire.are_up())
        assert "Tunnel1 / tunnel path-mtu-discovery" in (wire.router_outcome(next(iter(wire.pairs))).reason or "")
        link.bed.router.edit(["interface Tunnel1", "no tunnel path-mtu-discovery"])
        assert wait_until(lambda: is_whole(wire))


def test_a_router_behind_nat_comes_up_with_nat_traversal(tmp_path: Path) -> None:
    inner = "192.168.77.2"
    with running_link(
        PROFILES["modern"],
        flags=("--nat", "--local-address", inner),
        running_config=_behind_nat(inner),
        public_addresses=(IPv4Address("203.0.113.100"),),
    ) as link:
        wire = link.bed.wire
        verified = link.agent("verify", "--json", "--wait", "60")
        assert verified.returncode == 0, verified.stdout
        assert json.loads(verified.stdout)
        capture = Capture(next(iter(wire.pairs.values())).underlay.provider, "wan0", tmp_path / "nat.pcap")
        assert carries(wire)
        wait_until(lambda: (tmp_path / "nat.pcap").stat().st_size > 2000)
        packets = capture.stop()
        assert {str(packet.source) for packet in packets} <= {"203.0.113.100", *map(str, wire.pairs)}
        assert "Tunnel UDP-Encaps" in link.bed.router.console().send("show crypto ipsec sa")
        sent = stream(wire.branch.host, wire.vpc.host, VPC_HOST, repeats=1000)
        assert sent.received == sent.sent
        assert sent.segment == 1398 - TIMESTAMPS  # AWS's table, with NAT traversal


def _behind_nat(inner: str) -> str:
    from lab.router.default_config import default_running_config
    from lab.router.release import RELEASES

    return default_running_config(RELEASES["ios15"], "pulumi").replace("203.0.113.100", inner)
