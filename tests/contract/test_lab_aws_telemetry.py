"""The fake AWS reports a tunnel UP only when the router would really agree with it."""

import json
import time
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from lab.ends import RouterEnd
from lab.exchange import HttpExchange, RouterExchange
from lab.exchange_json import encode_ends
from tests.contract.agreeing_router import agreeing_router
from tests.contract.fake_aws import Guide

PUBLIC = IPv4Address("203.0.113.100")


def office(example: Guide, **spoilt: Any) -> tuple[RouterEnd, ...]:
    """Return a router that agrees with every tunnel of AWS but for what is `spoilt` in its first."""
    ends = [agreeing_router(aws, number) for number, aws in enumerate(example.aws.exchange.tunnels(), 1)]
    return (replace(ends[0], **spoilt), *ends[1:])


def telemetry(example: Guide, connection: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Return status, message and route count of the tunnels in the order they were asked for."""
    shown = example.describe(connection)
    order = [tunnel["OutsideIpAddress"] for tunnel in shown["Options"]["TunnelOptions"]]
    rows = {row["OutsideIpAddress"]: row for row in shown["VgwTelemetry"]}
    return [(rows[a]["Status"], rows[a]["StatusMessage"], rows[a]["AcceptedRouteCount"]) for a in order]


def test_a_tunnel_that_nobody_answers_is_down(example: Guide) -> None:
    assert telemetry(example, example.connect()) == [("DOWN", "IPSEC IS DOWN", 0)] * 2


def test_a_router_that_agrees_brings_both_tunnels_up_with_its_routes(example: Guide) -> None:
    connection = example.connect()
    example.aws.exchange.publish("office", (PUBLIC,), office(example))
    assert telemetry(example, connection) == [("UP", "1 BGP ROUTES", 1)] * 2


def test_with_bgp_ipsec_alone_is_not_up(example: Guide) -> None:
    connection = example.connect()
    example.aws.exchange.publish("office", (PUBLIC,), office(example, bgp=None))
    assert telemetry(example, connection) == [("DOWN", "IPSEC IS UP", 0), ("UP", "1 BGP ROUTES", 1)]


def test_one_wrong_key_takes_one_tunnel_down(example: Guide) -> None:
    connection = example.connect()
    example.aws.exchange.publish("office", (PUBLIC,), office(example, preshared_key="other.key"))
    assert telemetry(example, connection) == [("DOWN", "IPSEC IS DOWN", 0), ("UP", "1 BGP ROUTES", 1)]


def test_a_static_tunnel_counts_the_connections_own_routes(example: Guide) -> None:
    connection = example.connect(static=True)
    example.ec2.create_vpn_connection_route(
        VpnConnectionId=connection["VpnConnectionId"], DestinationCidrBlock="192.168.10.0/24"
    )
    assert telemetry(example, connection) == [("DOWN", "", 1)] * 2
    example.aws.exchange.publish("office", (PUBLIC,), office(example))
    assert telemetry(example, connection) == [("UP", "", 1)] * 2


def test_the_time_of_the_last_change_moves_only_with_the_status(example: Guide) -> None:
    connection = example.connect()

    def since() -> list[Any]:
        return [row["LastStatusChange"] for row in example.describe(connection)["VgwTelemetry"]]

    before = since()
    assert since() == before
    time.sleep(1.1)  # AWS tells the time in seconds
    example.aws.exchange.publish("office", (PUBLIC,), office(example))
    after = since()
    assert all(new > old for new, old in zip(after, before, strict=True))
    assert since() == after


def test_the_status_follows_a_change_on_aws_side(example: Guide) -> None:
    connection = example.connect()
    example.aws.exchange.publish("office", (PUBLIC,), office(example))
    example.ec2.modify_vpn_tunnel_options(
        VpnConnectionId=connection["VpnConnectionId"],
        VpnTunnelOutsideIpAddress=connection["Options"]["TunnelOptions"][1]["OutsideIpAddress"],
        TunnelOptions={"PreSharedKey": "lab.fake_key.2"},
    )
    assert [status for status, _, _ in telemetry(example, connection)] == ["UP", "DOWN"]


def test_what_a_tunnel_agreed_on_can_be_asked_for(example: Guide) -> None:
    connection = example.connect()
    example.aws.exchange.publish("office", (PUBLIC,), office(example))
    answer = example.ec2.get_active_vpn_tunnel_status(
        VpnConnectionId=connection["VpnConnectionId"],
        VpnTunnelOutsideIpAddress=connection["Options"]["TunnelOptions"][0]["OutsideIpAddress"],
    )
    assert answer["ActiveVpnTunnelStatus"] == {
        "IkeVersion": "ikev1",
        "Phase1EncryptionAlgorithm": "AES128",
        "Phase1IntegrityAlgorithm": "SHA1",
        "Phase1DHGroup": 2,
        "Phase2EncryptionAlgorithm": "AES128",
        "Phase2IntegrityAlgorithm": "SHA1",
        "Phase2DHGroup": 2,
        "ProvisioningStatus": "available",
    }


def test_aws_tells_the_router_the_networks_of_the_vpc(example: Guide) -> None:
    example.connect()
    example.ec2.associate_vpc_cidr_block(VpcId=example.vpc, CidrBlock="10.1.0.0/16")
    example.aws.exchange.publish("office", (PUBLIC,), office(example))
    received = example.aws.exchange.outcomes("office")[1].received_by_router
    assert [str(network) for network in received] == ["10.0.0.0/16", "10.1.0.0/16"]


def test_a_transit_gateway_tells_the_router_the_networks_of_its_vpcs(example: Guide) -> None:
    transit = example.ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    subnet = example.ec2.create_subnet(VpcId=example.vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    example.ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=transit, VpcId=example.vpc, SubnetIds=[subnet])
    connection = example.connect(VpnGatewayId="", TransitGatewayId=transit)
    example.aws.exchange.publish("office", (PUBLIC,), office(example))
    assert telemetry(example, connection) == [("UP", "1 BGP ROUTES", 1)] * 2
    received = example.aws.exchange.outcomes("office")[1].received_by_router
    assert [str(network) for network in received] == ["10.0.0.0/16"]


def test_a_router_of_another_process_takes_part_over_http(example: Guide) -> None:
    connection = example.connect()
    elsewhere: RouterExchange = HttpExchange(example.aws.endpoint)
    elsewhere.publish("office 1", (PUBLIC,), office(example))
    assert telemetry(example, connection) == [("UP", "1 BGP ROUTES", 1)] * 2
    outcomes = elsewhere.outcomes("office 1")
    assert sorted((number, outcome.is_up) for number, outcome in outcomes.items()) == [(1, True), (2, True)]
    elsewhere.withdraw("office 1")
    assert telemetry(example, connection) == [("DOWN", "IPSEC IS DOWN", 0)] * 2


def test_the_tunnels_are_served_with_what_a_wire_needs(example: Guide) -> None:
    connection = example.connect()
    with urlopen(f"{example.aws.endpoint}/lab/tunnels") as reply:
        tunnels = json.load(reply)
    assert {tunnel["preshared_key"] for tunnel in tunnels} == {
        tunnel["PreSharedKey"] for tunnel in connection["Options"]["TunnelOptions"]
    }
    assert {tunnel["customer_outside"] for tunnel in tunnels} == {str(PUBLIC)}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/lab/routers/office", {"public_addresses": []}, 400),
        ("PUT", "/lab/routers/office", {"public_addresses": ["x"], "ends": []}, 400),
        ("PUT", "/lab/routers/office", {"public_addresses": [], "ends": [{"number": 1}]}, 400),
        ("POST", "/lab/routers/office", {}, 405),
        ("GET", "/lab/elsewhere", None, 404),
    ],
)
def test_a_wrong_request_to_the_exchange_is_refused(
    example: Guide, method: str, path: str, body: object, status: int
) -> None:
    data = None if body is None else json.dumps(body).encode()
    request = Request(example.aws.endpoint + path, data, {"Content-Type": "application/json"}, method=method)
    with pytest.raises(HTTPError) as raised:
        urlopen(request)
    assert raised.value.code == status


def test_the_exchange_lies_on_loopback_only() -> None:
    with pytest.raises(ValueError, match="loopback"):
        HttpExchange("http://192.0.2.1:5000")


def test_a_published_router_is_no_secret_to_the_reader_of_its_repr(example: Guide) -> None:
    connection = example.connect()
    key = connection["Options"]["TunnelOptions"][0]["PreSharedKey"]
    ends = office(example)
    assert key in json.dumps(encode_ends(ends))
    assert key not in repr(ends)
