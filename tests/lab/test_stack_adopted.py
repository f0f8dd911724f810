"""A connection and a router that were made by hand become the stack's, without a change to either."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from pulumi.automation import CommandError

from tests.contract.fake_aws import guide
from tests.lab.stack_lab import LINKS, StackLab, name_of, stack_lab

# AWS's text for IOS (2020), a tunnel; what it says twice is left out.
GLOBAL = ["crypto ipsec df-bit clear", "crypto isakmp keepalive 10 10 on-demand",
          "crypto ipsec security-association replay window-size 128", "crypto ipsec fragmentation before-encryption"]  # fmt: skip
TUNNEL = """\
crypto isakmp policy 20{n}
encryption aes 128
authentication pre-share
group 2
lifetime 28800
hash sha
crypto keyring keyring-{vpn}-{n}
local-address 203.0.113.100
pre-shared-key address {outside} key {key}
crypto isakmp profile isakmp-{vpn}-{n}
local-address 203.0.113.100
match identity address {outside}
keyring keyring-{vpn}-{n}
crypto ipsec transform-set ipsec-prop-{vpn}-{n} esp-aes 128 esp-sha-hmac
mode tunnel
crypto ipsec profile ipsec-{vpn}-{n}
set pfs group2
set security-association lifetime seconds 3600
set transform-set ipsec-prop-{vpn}-{n}
interface Tunnel{number}
ip address {inside} 255.255.255.252
ip virtual-reassembly
tunnel source 203.0.113.100
tunnel destination {outside}
tunnel mode ipsec ipv4
tunnel protection ipsec profile ipsec-{vpn}-{n}
ip tcp adjust-mss 1387
no shutdown
router bgp 65001
neighbor {aws} remote-as 64512
neighbor {aws} timers 10 30 30
address-family ipv4 unicast
neighbor {aws} default-originate
neighbor {aws} activate
neighbor {aws} soft-reconfiguration inbound
network 0.0.0.0
"""


def from_document(connection: Mapping[str, Any]) -> list[str]:
    """Write what AWS's text says for this connection."""
    lines = list(GLOBAL)
    root = ElementTree.fromstring(connection["CustomerGatewayConfiguration"])
    for n, element in enumerate(root.findall("ipsec_tunnel")):
        found = {
            name: element.findtext(path, "").strip()
            for name, path in {
                "outside": "vpn_gateway/tunnel_outside_address/ip_address",
                "aws": "vpn_gateway/tunnel_inside_address/ip_address",
                "inside": "customer_gateway/tunnel_inside_address/ip_address",
                "key": "ike/pre_shared_key",
            }.items()
        }
        lines += TUNNEL.format(vpn=connection["VpnConnectionId"], n=n, number=n + 1, **found).splitlines()
    return lines


def test_what_was_made_by_hand_is_taken_over_and_only_marked(tmp_path: Path) -> None:
    with stack_lab(tmp_path / "lab", program=LINKS) as lab:
        by_hand = guide(lab.aws)
        connection = by_hand.connect(TagSpecifications=[
            {"ResourceType": "vpn-connection", "Tags": [{"Key": "Owner", "Value": "somebody"}]}
        ])  # fmt: skip
        lab.router.edit(from_document(connection))
        configured, made = lab.router.running_config().splitlines(), as_made(by_hand.describe(connection))
        assert [t["Status"] for t in by_hand.describe(connection)["VgwTelemetry"]] == ["UP", "UP"]
        link = adopted(by_hand.vpc, by_hand.vgw, connection)
        lab.set_links(tokyo={name: value for name, value in link.items() if name != "inside_cidrs"})
        with pytest.raises(CommandError, match=re.escape(f"but must be {link['inside_cidrs']}: so AWS has them")):
            lab.preview()
        lab.set_links(tokyo=link)
        lab.up()
        tunnels = lab.links()["tokyo"]["tunnels"]
        assert {(t["state"], t["reason"]) for t in tunnels} == {("UP", "")}
        assert as_made(by_hand.describe(connection)) == made, "AWS's side was changed"
        assert changed(configured, lab.router.running_config().splitlines()) == {"description", "ip tcp adjust-mss"}
        assert steps(lab, "aws:ec2/vpnConnection:VpnConnection") == {"import"}
        assert steps(lab, "aws:ec2/customerGateway:CustomerGateway") == {"import"}
        assert lab.preview()[0] == {}, "a preview after the import foresees a change"
        keys = {end.preshared_key for end in lab.aws.exchange.tunnels()}
        assert not [key for key in keys if key in "".join(lab.said)]


def adopted(vpc: str, gateway: str, connection: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "vpc_id": vpc,
        "vpn_gateway_id": gateway,
        "import_ids": {
            "vpn_connection": connection["VpnConnectionId"],
            "customer_gateway": connection["CustomerGatewayId"],
        },
        "public_ip": "203.0.113.100",
        "bgp_asn": 65001,
        "onprem_cidrs": ["192.168.10.0/24"],
        "advertise": "default",
        "inside_cidrs": [t["TunnelInsideCidr"] for t in connection["Options"]["TunnelOptions"]],
        "profile": "guide-2015",
        "options": {"adopt": True},
    }


def as_made(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name != "VgwTelemetry"}


def changed(before: list[str], after: list[str]) -> set[str]:
    """Return what the lines are about that are on one side only."""
    different = {line.strip() for line in before} ^ {line.strip() for line in after}
    return {"description" if line.startswith("description ") else line.rpartition(" ")[0] for line in different}


def steps(lab: StackLab, kind: str) -> set[str]:
    return {
        name_of(event.resource_pre_event.metadata.op)
        for event in lab.events
        if event.resource_pre_event and event.resource_pre_event.metadata.type == kind
    }
