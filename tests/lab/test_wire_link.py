"""The whole path on the wire: AWS's API and the agent over SSH configure, real daemons carry, both ends report.

A class is a kind of link: its tests share one, and leave it as they found it.
"""

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import closing
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import ClassVar

import pytest

from lab.negotiation import Cause
from lab.wire.capture import Capture
from lab.wire.link import VPC_HOST, Link, Profile
from lab.wire.traffic import MARKER, stream
from lab.wire.underlay import UDP_HEADER
from tests.lab.wire_bench import GUIDE, MODERN, WIRE, KeptLink, carries, is_whole, running_link, wait_until

pytestmark = WIRE
# AWS's table of segment sizes without NAT traversal, for phase 2 of either profile.
SEGMENT = {GUIDE: 1398, MODERN: 1406}
TIMESTAMPS = 12  # bytes of TCP options in every segment


@pytest.fixture(scope="module")
def kept() -> Iterator[KeptLink]:
    with closing(KeptLink()) as kept:
        yield kept


class OfEachKind:
    """What holds for both profiles, with BGP and static."""

    profile: ClassVar[Profile]
    is_static: ClassVar[bool]

    @pytest.fixture
    def link(self, kept: KeptLink, request: pytest.FixtureRequest) -> Link:
        return kept.of(self.profile, is_static=self.is_static, failures=request.session.testsfailed)

    def test_what_the_agent_pushed_is_negotiated_and_up_on_both_ends(self, link: Link) -> None:
        profile, wire = self.profile, link.bed.wire
        verified = link.agent("verify", "--json", "--wait", "60")
        assert verified.returncode == 0, (verified.stdout, wire.error)
        assert link.telemetry() == [("UP", "" if self.is_static else "1 BGP ROUTES")] * 2
        # Read back from the daemons of both ends.
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
                if not self.is_static:
                    assert outcome.received_by_aws == (IPv4Network("192.168.10.0/24"),)
                    assert outcome.received_by_router == (IPv4Network("10.0.0.0/16"),)

    def test_segments_as_large_as_the_clamp_allows_pass_encrypted_and_whole(self, link: Link, tmp_path: Path) -> None:
        wire = link.bed.wire
        captures = captured(link, tmp_path)
        sent = stream(wire.branch.host, wire.vpc.host, VPC_HOST)
        packets = [packet for capture in captures for packet in capture.stop()]
        assert sent.received == sent.sent
        assert sent.segment == SEGMENT[self.profile] - TIMESTAMPS
        assert sum(len(packet.payload) for packet in packets if packet.is_esp) > sent.sent
        assert all(packet.is_ike_or_esp for packet in packets)
        assert not any(MARKER in packet.payload for packet in packets)
        assert not any(packet.is_fragment for packet in packets)
        assert 1450 < max(packet.length for packet in packets) <= 1500 + UDP_HEADER


def another_key() -> dict[str, object]:
    """Return tunnel options with a key that nobody has."""
    return {"PreSharedKey": f"k{secrets.token_hex(15)}"}


def captured(link: Link, folder: Path) -> list[Capture]:
    """Begin to capture what leaves the router."""
    pairs = link.bed.wire.pairs.items()
    return [Capture(pair.underlay.customer, "wan0", folder / f"{outside}.pcap") for outside, pair in pairs]


class Shown(OfEachKind):
    """The router's show commands, which print more of IKEv1."""

    def test_the_show_commands_answer_from_the_daemons(self, link: Link) -> None:
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
        if self.is_static:
            assert re.search(r"Number of successes: [1-9]", console.send("show ip sla statistics"))
            assert console.send("show track").count("Reachability is Up") == 2
        else:
            assert len(re.findall(r"^169\.254\.255\.\d.* 1$", console.send("show ip bgp summary"), re.MULTILINE)) == 2
        # And the other way: what the daemons lose, the commands say.
        link.modify(1, another_key())
        assert wait_until(lambda: console.send("show crypto session").count("UP-ACTIVE") == 1)
        assert console.send("show crypto isakmp sa").count("QM_IDLE") == 1
        link.apply()
        assert wait_until(lambda: is_whole(wire))


class TestTheGuidesProfileWithBgp(Shown):
    profile, is_static = GUIDE, False

    def test_a_key_changed_on_one_side_only_is_down_on_both_ends_and_the_check_says_why(self, link: Link) -> None:
        link.modify(1, another_key())
        self.is_down_with_the_reason(
            link, "authentication failed: the pre-shared keys differ", "authentication failed or no proposal chosen"
        )
        link.apply()
        assert wait_until(lambda: is_whole(link.bed.wire))

    def test_a_proposal_that_aws_does_not_permit_is_refused_by_name_and_the_check_says_so(self, link: Link) -> None:
        link.modify(1, {"Phase1EncryptionAlgorithms": [{"Value": "AES256"}]})
        self.is_down_with_the_reason(link, "no proposal chosen", "authentication failed or no proposal chosen")
        link.modify(1, self.profile.options())
        assert wait_until(lambda: is_whole(link.bed.wire))

    def test_a_wrong_peer_address_is_down_and_the_check_names_both_addresses(self, link: Link) -> None:
        link.bed.router.edit(["interface Tunnel2", "tunnel destination 198.51.100.99"])
        wrong = f"the tunnel goes to 198.51.100.99, not to {link.outside(1)}"
        self.is_down_with_the_reason(link, f"198.51.100.99, but AWS's end is {link.outside(1)}", wrong)
        link.apply()
        assert wait_until(lambda: is_whole(link.bed.wire))

    @staticmethod
    def is_down_with_the_reason(link: Link, logged: str, said: str) -> None:
        """Tunnel 2 is down on both ends, `logged` is the daemons' reason and `said` the agent's; traffic goes by tunnel 1."""
        wire, outside = link.bed.wire, IPv4Address(link.outside(1))
        outcomes = wire.router_outcome, wire.aws_outcome
        assert wait_until(lambda: all(logged in (outcome(outside).reason or "") for outcome in outcomes)), (
            wire.outcomes()
        )
        assert not any(outcome(outside).is_up for outcome in outcomes)
        assert [status for status, _ in link.telemetry()] == ["UP", "DOWN"]
        verified = link.agent("verify", "--wait", "0")
        assert verified.returncode == 3
        assert re.search(rf"^Tunnel2 is DOWN: .*{re.escape(said)}", verified.stdout, re.MULTILINE), verified.stdout
        assert "Tunnel1 is DOWN" not in verified.stdout
        assert wait_until(lambda: carries(wire))


class TestTheGuidesProfileStatic(Shown):
    profile, is_static = GUIDE, True


class TestTheModernProfileWithBgp(OfEachKind):
    profile, is_static = MODERN, False

    def test_without_the_clamp_full_segments_do_not_fit_the_way(self, link: Link, tmp_path: Path) -> None:
        """What passes above is the clamp's doing."""
        wire = link.bed.wire
        for number in (1, 2):
            link.bed.router.edit([f"interface Tunnel{number}", "no ip tcp adjust-mss"])
        assert wait_until(lambda: all(end.mss is None for end in link.bed.aws.exchange.router_ends()))
        assert wait_until(lambda: "1406" not in wire.branch.router.run("nft", "list", "ruleset"))
        captures = captured(link, tmp_path)
        sent = stream(wire.branch.host, wire.vpc.host, VPC_HOST, repeats=200)
        packets = [packet for capture in captures for packet in capture.stop()]
        assert sent.segment > 1406 - TIMESTAMPS
        assert any(packet.is_fragment for packet in packets) or max(p.length for p in packets) > 1500 + UDP_HEADER
        link.apply()

    def test_a_line_that_the_wire_does_not_understand_takes_the_tunnels_down_and_is_named(self, link: Link) -> None:
        wire = link.bed.wire
        link.bed.router.edit(["interface Tunnel1", "tunnel path-mtu-discovery"])
        assert wait_until(lambda: not wire.are_up())
        assert "Tunnel1 / tunnel path-mtu-discovery" in (wire.router_outcome(next(iter(wire.pairs))).reason or "")
        link.bed.router.edit(["interface Tunnel1", "no tunnel path-mtu-discovery"])
        assert wait_until(lambda: is_whole(wire))


class TestTheModernProfileStatic(OfEachKind):
    profile, is_static = MODERN, True

    def test_a_missing_route_is_found_by_the_check_though_ipsec_is_up(self, link: Link) -> None:
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


def test_a_router_behind_nat_comes_up_with_nat_traversal(kept: KeptLink, tmp_path: Path) -> None:
    kept.close()  # there is one fake AWS at a time
    inner = "192.168.77.2"
    with running_link(
        MODERN,
        flags=("--nat", "--local-address", inner),
        running_config=_behind_nat(inner),
        public_addresses=(IPv4Address("203.0.113.100"),),
    ) as link:
        wire = link.bed.wire
        verified = link.agent("verify", "--json", "--wait", "60")
        assert verified.returncode == 0, verified.stdout
        assert json.loads(verified.stdout)
        pairs = wire.pairs.items()
        captures = [Capture(pair.underlay.provider, "wan0", tmp_path / f"{outside}.pcap") for outside, pair in pairs]
        wire.branch.host.run("ping", "-c", "20", "-i", "0.01", VPC_HOST)
        packets = [packet for capture in captures for packet in capture.stop()]
        assert len(packets) >= 40
        assert {str(packet.source) for packet in packets} <= {"203.0.113.100", *map(str, wire.pairs)}
        assert "Tunnel UDP-Encaps" in link.bed.router.console().send("show crypto ipsec sa")
        sent = stream(wire.branch.host, wire.vpc.host, VPC_HOST, repeats=1000)
        assert sent.received == sent.sent
        assert sent.segment == 1398 - TIMESTAMPS  # AWS's table, with NAT traversal


def _behind_nat(inner: str) -> str:
    from lab.router.default_config import default_running_config
    from lab.router.release import RELEASES

    return default_running_config(RELEASES["ios15"], "pulumi").replace("203.0.113.100", inner)
