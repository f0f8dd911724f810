"""The verdict on a simulated router, over SSH: UP when both ends agree, and otherwise the cause that an engineer needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest

from cisco.aws import intent_from_aws
from cisco.clock import Deadline
from cisco.connection import Connection
from cisco.login import Login, Options
from cisco.model import Intent
from cisco.report import Report
from cisco.request import RouterSettings
from cisco.secret import Secret
from cisco.terminal import Terminal, Timing
from cisco.transaction import apply
from cisco.watch import observe
from lab.ends import AwsEnd
from lab.exchange import Exchange
from lab.router.server import Router

KEYS = ("plainly.fake.key.one", "plainly.fake.key.two")
OUTSIDE = ("72.21.209.193", "72.21.209.225")
VPC = IPv4Network("10.0.0.0/16")
MODERN = ("ikev2", "AES256-GCM-16", "SHA2-384", 20)
GUIDE = ("ikev1", "AES128", "SHA1", 2)


@dataclass
class Link:
    """A configured router, AWS's two ends of its link, and a session to ask on."""

    intent: Intent
    aws: list[AwsEnd]
    terminal: Terminal

    def report(self) -> Report:
        return observe(self.terminal, self.intent, has_uptime=True)

    def reason_after(self, **changes: object) -> str | None:
        """Change AWS's end of the second tunnel, and return why it is down on the router."""
        self.aws[1] = replace(self.aws[1], **changes)  # type: ignore[arg-type]  # AwsEnd's fields
        report = self.report()
        assert report.tunnels[0].is_up
        return report.tunnels[1].reason


def aws_end(index: int, profile: tuple[str, str, str, int], *, is_static: bool) -> AwsEnd:
    version, encryption, integrity, group = profile
    aws, customer = (IPv4Interface(f"169.254.255.{4 * index + host}/30") for host in (1, 2))
    return AwsEnd(
        "vpn-0123456789abcdef0",
        IPv4Address(OUTSIDE[index]),
        IPv4Address("203.0.113.100"),
        aws,
        customer,
        KEYS[index],
        ike_versions=(version,),
        phase1_encryption=(encryption,),
        phase1_integrity=(integrity,),
        phase1_dh_groups=(group,),
        phase2_encryption=(encryption,),
        phase2_integrity=(integrity,),
        phase2_dh_groups=(group,),
        bgp=None if is_static else (64512, 65001),
        advertised=(VPC,),
        static_routes=(IPv4Network("192.168.10.0/24"),) if is_static else (),
    )


def link_intent(profile: tuple[str, str, str, int], *, is_static: bool) -> Intent:
    version, encryption, integrity, group = profile
    options = [
        {
            "OutsideIpAddress": OUTSIDE[index],
            "TunnelInsideCidr": f"169.254.255.{4 * index}/30",
            "PreSharedKey": KEYS[index],
            "IkeVersions": [version],
            **{f"Phase{phase}EncryptionAlgorithms": [encryption] for phase in (1, 2)},
            **{f"Phase{phase}IntegrityAlgorithms": [integrity] for phase in (1, 2)},
            **{f"Phase{phase}DHGroupNumbers": [group] for phase in (1, 2)},
        }
        for index in (0, 1)
    ]
    attributes = {
        "vpn_connection_id": "vpn-0123456789abcdef0",
        "customer_gateway_address": "203.0.113.100",
        "customer_gateway_bgp_asn": 65001,
        "vgw_bgp_asn": 64512,
        "static_routes_only": is_static,
    }
    vpn = {"attributes": attributes, "tunnel_options": options, "vpc_cidrs": [str(VPC)]}
    return intent_from_aws(vpn, RouterSettings(), "tokyo")


@contextmanager
def link(release: str, profile: tuple[str, str, str, int] = GUIDE, *, is_static: bool = False) -> Iterator[Link]:
    aws = [aws_end(index, profile, is_static=is_static) for index in (0, 1)]
    intent = link_intent(profile, is_static=is_static)
    with Router(release=release, password="plainly-fake", exchange=Exchange(lambda: aws)) as router:
        login = Login(router.host, "admin", router.host_key, port=router.port, password=Secret("plainly-fake"))
        connection = Connection(login, timing=Timing(settle=0.1, poll=0.1))
        apply(intent, connection, Options())
        terminal = connection.open(Deadline(connection.clock, 60))
        yield Link(intent, aws, terminal)
        terminal.log_out()


@pytest.mark.parametrize(
    ("release", "profile", "routing"),
    [
        ("ios12", GUIDE, "bgp"),
        ("ios15", GUIDE, "static"),
        ("xe16", GUIDE, "bgp"),
        ("xe16", MODERN, "static"),
        ("xe17", MODERN, "bgp"),
    ],
)
def test_a_link_whose_ends_agree_is_up(release: str, profile: tuple[str, str, str, int], routing: str) -> None:
    with link(release, profile, is_static=routing == "static") as lab:
        report = lab.report()
        assert report.reasons == ()
        for tunnel in report.tunnels:
            assert (tunnel.ike, tunnel.ipsec, tunnel.line_protocol, tunnel.note) == ("up", "up", "up", None)
            assert tunnel.uptime is not None


@pytest.mark.parametrize(("release", "profile"), [("ios12", GUIDE), ("ios15", GUIDE), ("xe17", MODERN)])
def test_the_cause_of_a_tunnel_that_is_down_is_named(release: str, profile: tuple[str, str, str, int]) -> None:
    group = (profile[3],)
    with link(release, profile) as lab:
        for changes in ({"preshared_key": "another.fake.key"}, {"preshared_key": KEYS[1], "phase1_dh_groups": (24,)}):
            assert str(lab.reason_after(**changes)).startswith("IKE: ")
        reason = lab.reason_after(phase1_dh_groups=group, phase2_dh_groups=(24,))
        assert reason == f"no IPsec SA with {OUTSIDE[1]}: phase 2 proposal or PFS group not agreed"
        assert str(lab.reason_after(phase2_dh_groups=group, bgp=(64999, 65001))).startswith("BGP ")
        assert "no prefix from AWS" in str(lab.reason_after(bgp=(64512, 65001), advertised=()))
        assert lab.reason_after(advertised=(VPC,)) is None


def test_a_shut_tunnel_of_a_static_link_is_named() -> None:
    with link("ios15", is_static=True) as lab:
        for line in ("configure terminal", "interface Tunnel2", "shutdown", "end"):
            lab.terminal.run(line)
        report = lab.report()
        assert [t.is_up for t in report.tunnels] == [True, False]
        assert report.tunnels[1].reason == "interface administratively down"
        assert report.tunnels[1].sla is not None
        assert report.tunnels[1].sla.state == "down"


def test_a_router_that_knows_nothing_of_the_link_says_so() -> None:
    intent = link_intent(GUIDE, is_static=False)
    with Router(release="xe17", password="plainly-fake") as router:
        login = Login(router.host, "admin", router.host_key, port=router.port, password=Secret("plainly-fake"))
        connection = Connection(login, timing=Timing(settle=0.1))
        terminal = connection.open(Deadline(connection.clock, 60))
        report = observe(terminal, intent)
        assert [t.reason for t in report.tunnels] == [
            f"no interface Tunnel{number}: the link is not configured" for number in (1, 2)
        ]
