"""The fake AWS's VPN connections: two tunnels, their options, and the document AWS makes of them."""

import re
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest

from tests.contract.fake_aws import Guide, client, refused

GENUINE = Path(__file__).parent / "genuine"
FAKE_KEY = "lab.fake_key.1"


def masked(document: str) -> str:
    document = re.sub(r'(<vpn_connection id=")[^"]+', r"\1*", document)
    varying = "customer_gateway_id|vpn_gateway_id|ip_address|asn|pre_shared_key"
    return re.sub(rf"(<(?:{varying})>)[^<]+", r"\1*", document)


def values(document: str, name: str) -> list[str]:
    return re.findall(rf"<{name}>([^<]+)</{name}>", document)


def end(example: Guide, connection: dict[str, Any], outside: str) -> Any:
    ends = {str(each.outside): each for each in example.aws.exchange.tunnels()}
    assert len(ends) == 2, connection
    return ends[outside]


def test_the_two_tunnels_differ_in_everything_that_is_their_own(example: Guide) -> None:
    options = example.connect()["Options"]["TunnelOptions"]
    assert len(options) == 2
    for name in ("OutsideIpAddress", "TunnelInsideCidr", "PreSharedKey"):
        assert len({tunnel[name] for tunnel in options}) == 2
    for tunnel in options:
        assert IPv4Network(tunnel["TunnelInsideCidr"]).subnet_of(IPv4Network("169.254.0.0/16"))
        assert re.fullmatch(r"(?!0)[A-Za-z0-9._]{32}", tunnel["PreSharedKey"])


def test_the_bgp_document_has_the_genuine_shape(example: Guide) -> None:
    document = example.connect()["CustomerGatewayConfiguration"]
    assert masked(document) + "\n" == (GENUINE / "bgp.xml").read_text()
    assert set(values(document, "asn")) == {"65001", "64512"}


def test_the_static_document_has_the_genuine_shape(example: Guide) -> None:
    document = example.connect(static=True)["CustomerGatewayConfiguration"]
    assert masked(document) + "\n" == (GENUINE / "static.xml").read_text()


def test_the_document_of_a_transit_gateway_has_the_genuine_shape(example: Guide) -> None:
    transit = example.ec2.create_transit_gateway(Options={"AmazonSideAsn": 64600})["TransitGateway"]
    connection = example.connect(VpnGatewayId="", TransitGatewayId=transit["TransitGatewayId"])
    document = connection["CustomerGatewayConfiguration"]
    assert masked(document) + "\n" == (GENUINE / "transit.xml").read_text()
    assert set(values(document, "asn")) == {"65001", "64600"}


def test_the_document_keeps_the_algorithms_of_2009_but_follows_key_and_inside_cidr(example: Guide) -> None:
    connection = example.connect(
        {
            "TunnelInsideCidr": "169.254.10.0/30",
            "PreSharedKey": FAKE_KEY,
            "Phase1EncryptionAlgorithms": [{"Value": "AES256"}],
            "Phase1DHGroupNumbers": [{"Value": 20}],
        }
    )
    document = connection["CustomerGatewayConfiguration"]
    assert masked(document) + "\n" == (GENUINE / "bgp.xml").read_text()
    assert FAKE_KEY in values(document, "pre_shared_key")
    assert {"169.254.10.1", "169.254.10.2"} <= set(values(document, "ip_address"))


def test_the_document_has_its_tunnels_in_numeric_order_of_the_outside_address(example: Guide) -> None:
    for _ in range(3):
        document = example.connect()["CustomerGatewayConfiguration"]
        outside = [IPv4Address(text) for text in values(document, "ip_address") if text.startswith("198.51.")]
        assert outside == sorted(outside)


def test_aws_promises_no_order_of_its_tunnels(example: Guide) -> None:
    orders = set()
    for _ in range(2):
        first, second = (
            IPv4Address(tunnel["OutsideIpAddress"]) for tunnel in example.connect()["Options"]["TunnelOptions"]
        )
        orders.add(first < second)
    assert orders == {True, False}


def test_a_hundred_connections_have_two_hundred_addresses(example: Guide) -> None:
    for _ in range(100):
        example.connect()
    tunnels = example.aws.exchange.tunnels()
    assert len({each.outside for each in tunnels}) == len({each.inside for each in tunnels}) == 200


def test_an_option_that_was_never_set_is_not_shown_and_takes_the_default(example: Guide) -> None:
    connection = example.connect()
    shown = connection["Options"]["TunnelOptions"][0]
    assert set(shown) == {"OutsideIpAddress", "TunnelInsideCidr", "PreSharedKey"}
    default = end(example, connection, shown["OutsideIpAddress"])
    assert default.ike_versions == ("ikev1", "ikev2")
    assert default.phase1_encryption == ("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16")
    assert default.phase1_dh_groups == (2, *range(14, 25))
    assert default.phase2_dh_groups == (2, 5, *range(14, 25))
    assert (default.phase1_lifetime, default.phase2_lifetime) == (28800, 3600)
    assert (default.rekey_margin, default.rekey_fuzz) == (270, 100)
    assert not (default.initiates or default.restarts)


def test_an_option_that_was_set_is_shown_and_in_force(example: Guide) -> None:
    asked: dict[str, Any] = {
        "Phase1LifetimeSeconds": 3600,
        "Phase2LifetimeSeconds": 1800,
        "DPDTimeoutAction": "restart",
        "DPDTimeoutSeconds": 40,
        "ReplayWindowSize": 128,
        "StartupAction": "start",
        "RekeyMarginTimeSeconds": 120,
        "RekeyFuzzPercentage": 0,
        "IKEVersions": [{"Value": "ikev2"}],
        "Phase2EncryptionAlgorithms": [{"Value": "AES256-GCM-16"}],
        "LogOptions": {"CloudWatchLogOptions": {"LogEnabled": False}},
    }
    connection = example.connect(asked)
    shown = example.describe(connection)["Options"]["TunnelOptions"][0]
    renamed = {"DPDTimeoutAction": "DpdTimeoutAction", "DPDTimeoutSeconds": "DpdTimeoutSeconds"}
    renamed["IKEVersions"] = "IkeVersions"
    for name, value in asked.items():
        assert shown[renamed.get(name, name)] == value
    held = end(example, connection, shown["OutsideIpAddress"])
    assert (held.ike_versions, held.phase2_encryption) == (("ikev2",), ("AES256-GCM-16",))
    assert (held.rekey_margin, held.rekey_fuzz) == (120, 0)
    assert held.initiates
    assert held.restarts


@pytest.mark.parametrize(
    "wish",
    [
        {"TunnelInsideCidr": "169.254.5.0/30"},
        {"TunnelInsideCidr": "169.254.169.252/30"},
        {"TunnelInsideCidr": "169.254.10.0/29"},
        {"TunnelInsideCidr": "169.254.10.1/30"},
        {"TunnelInsideCidr": "10.0.0.0/30"},
        {"PreSharedKey": "short"},
        {"PreSharedKey": "0leading.zero"},
        {"PreSharedKey": "not/permitted"},
        {"PreSharedKey": "x" * 65},
        {"Phase1LifetimeSeconds": 899},
        {"Phase1LifetimeSeconds": 28801},
        {"Phase2LifetimeSeconds": 3601},
        {"Phase1LifetimeSeconds": 1800, "Phase2LifetimeSeconds": 1800},
        {"RekeyMarginTimeSeconds": 59},
        {"Phase2LifetimeSeconds": 900, "RekeyMarginTimeSeconds": 451},
        {"RekeyFuzzPercentage": 101},
        {"ReplayWindowSize": 63},
        {"ReplayWindowSize": 2049},
        {"DPDTimeoutSeconds": 29},
        {"DPDTimeoutAction": "hold"},
        {"StartupAction": "stop"},
        {"StartupAction": "start", "IKEVersions": [{"Value": "ikev1"}]},
        {"IKEVersions": [{"Value": "ikev3"}]},
        {"Phase1EncryptionAlgorithms": [{"Value": "3DES"}]},
        {"Phase2IntegrityAlgorithms": [{"Value": "MD5"}]},
        {"Phase1DHGroupNumbers": [{"Value": 5}]},
        {"Phase2DHGroupNumbers": [{"Value": 1}]},
    ],
    ids=str,
)
def test_what_aws_does_not_permit_is_refused_and_no_key_is_repeated(example: Guide, wish: dict[str, Any]) -> None:
    with refused("InvalidParameterValue") as raised:
        example.connect(wish)
    assert wish.get("PreSharedKey", "no key") not in str(raised.value)
    assert example.aws.exchange.tunnels() == ()


def test_more_than_two_tunnels_are_refused(example: Guide) -> None:
    with refused("InvalidParameterValue"):
        example.connect(*[{"ReplayWindowSize": 128}] * 3)


def test_an_inside_cidr_is_unique_on_a_virtual_private_gateway(example: Guide) -> None:
    example.connect({"TunnelInsideCidr": "169.254.10.0/30"})
    with refused("InvalidParameterValue"):
        example.connect({"ReplayWindowSize": 128}, {"TunnelInsideCidr": "169.254.10.0/30"})
    with refused("InvalidParameterValue"):
        example.connect({"TunnelInsideCidr": "169.254.20.0/30"}, {"TunnelInsideCidr": "169.254.20.0/30"})


def test_an_inside_cidr_may_come_again_on_a_transit_gateway(example: Guide) -> None:
    transit = example.ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    wish = {"TunnelInsideCidr": "169.254.10.0/30"}
    for _ in range(2):
        connection = example.connect(wish, VpnGatewayId="", TransitGatewayId=transit)
        assert connection["Options"]["TunnelOptions"][0]["TunnelInsideCidr"] == "169.254.10.0/30"


def test_equal_as_numbers_on_both_sides_are_refused(example: Guide) -> None:
    same = example.ec2.create_customer_gateway(Type="ipsec.1", PublicIp="203.0.113.9", BgpAsn=64512)
    with refused("InvalidParameterCombination"):
        example.ec2.create_vpn_connection(
            Type="ipsec.1",
            CustomerGatewayId=same["CustomerGateway"]["CustomerGatewayId"],
            VpnGatewayId=example.vgw,
        )


@pytest.mark.parametrize(
    "options", [{"EnableAcceleration": True}, {"TunnelInsideIpVersion": "ipv6"}, {"TunnelBandwidth": "large"}]
)
def test_what_a_virtual_private_gateway_cannot_do_is_refused(example: Guide, options: dict[str, Any]) -> None:
    with refused("InvalidParameterCombination"):
        example.connect(Options=options)


def test_a_deleted_connection_is_still_listed_without_its_document(example: Guide) -> None:
    connection = example.connect()
    example.ec2.delete_vpn_connection(VpnConnectionId=connection["VpnConnectionId"])
    shown = example.describe(connection)
    assert shown["State"] == "deleted"
    assert "CustomerGatewayConfiguration" not in shown
    assert example.aws.exchange.tunnels() == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vpn-connection-id", "{VpnConnectionId}"),
        ("customer-gateway-id", "{CustomerGatewayId}"),
        ("vpn-gateway-id", "{VpnGatewayId}"),
        ("state", "available"),
        ("type", "ipsec.1"),
        ("bgp-asn", "65001"),
        ("option.static-routes-only", "true"),
        ("route.destination-cidr-block", "192.168.10.0/24"),
        ("tag:Name", "office"),
    ],
)
def test_connections_are_found_by_filter(example: Guide, name: str, value: str) -> None:
    tags = [{"ResourceType": "vpn-connection", "Tags": [{"Key": "Name", "Value": "office"}]}]
    connection = example.connect(static=True, TagSpecifications=tags)
    example.ec2.create_vpn_connection_route(
        VpnConnectionId=connection["VpnConnectionId"], DestinationCidrBlock="192.168.10.0/24"
    )

    def found(wanted: str) -> list[str]:
        answer = example.ec2.describe_vpn_connections(Filters=[{"Name": name, "Values": [wanted]}])
        return [each["VpnConnectionId"] for each in answer["VpnConnections"]]

    assert found(value.format(**connection)) == [connection["VpnConnectionId"]]
    assert found("something-else") == []


def test_the_outside_addresses_of_a_deleted_connection_are_not_handed_out_again(example: Guide) -> None:
    first = example.connect()
    before = {each.outside for each in example.aws.exchange.tunnels()}
    example.ec2.delete_vpn_connection(VpnConnectionId=first["VpnConnectionId"])
    example.connect()
    assert not before & {each.outside for each in example.aws.exchange.tunnels()}


def test_connections_of_two_regions_have_different_outside_addresses(example: Guide) -> None:
    example.connect()
    other = client(example.aws, region="us-east-1")
    cgw = other.create_customer_gateway(Type="ipsec.1", PublicIp="203.0.113.100", BgpAsn=65001)
    other.create_vpn_connection(Type="ipsec.1", CustomerGatewayId=cgw["CustomerGateway"]["CustomerGatewayId"])
    assert len({each.outside for each in example.aws.exchange.tunnels()}) == 4
