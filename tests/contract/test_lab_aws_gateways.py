"""The fake AWS's gateways, routes and in-place changes, and what it refuses as EC2 does."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from lab.aws.server import FakeAws
from tests.contract.agreeing_router import agreeing_router
from tests.contract.fake_aws import REGION, Guide, client, guide, refused


def bring_up(example: Guide) -> None:
    ends = tuple(agreeing_router(aws, number) for number, aws in enumerate(example.aws.exchange.tunnels(), 1))
    example.aws.exchange.publish("office", (IPv4Address("203.0.113.100"),), ends)


def main_table(example: Guide) -> dict[str, Any]:
    filters = [{"Name": "vpc-id", "Values": [example.vpc]}, {"Name": "association.main", "Values": ["true"]}]
    (table,) = example.ec2.describe_route_tables(Filters=filters)["RouteTables"]
    return dict(table)


def propagated(example: Guide) -> list[str]:
    return [
        route["DestinationCidrBlock"]
        for route in main_table(example)["Routes"]
        if route["Origin"] == "EnableVgwRoutePropagation"
    ]


def customer_gateway(example: Guide, **request: Any) -> dict[str, Any]:
    request = {"Type": "ipsec.1", "PublicIp": "203.0.113.7"} | request
    return dict(example.ec2.create_customer_gateway(**request)["CustomerGateway"])


def test_the_same_device_gives_the_same_customer_gateway(example: Guide) -> None:
    first = customer_gateway(example, BgpAsn=65010, DeviceName="office")
    assert customer_gateway(example, BgpAsn=65010, DeviceName="office") == first
    others = [
        customer_gateway(example, BgpAsn=65010, DeviceName="other"),
        customer_gateway(example, BgpAsn=65011, DeviceName="office"),
        customer_gateway(example, BgpAsn=65010, DeviceName="office", PublicIp="203.0.113.8"),
        customer_gateway(example, BgpAsn=65010),
    ]
    assert len({each["CustomerGatewayId"] for each in (first, *others)}) == 5


def test_a_deleted_customer_gateway_is_not_given_again(example: Guide) -> None:
    first = customer_gateway(example, BgpAsn=65010)
    example.ec2.delete_customer_gateway(CustomerGatewayId=first["CustomerGatewayId"])
    assert customer_gateway(example, BgpAsn=65010)["CustomerGatewayId"] != first["CustomerGatewayId"]


def test_a_four_byte_as_number_has_a_field_of_its_own(example: Guide) -> None:
    shown = customer_gateway(example, BgpAsnExtended=4200000001)
    assert (shown["BgpAsnExtended"], "BgpAsn" in shown) == ("4200000001", False)
    connection = replace(example, cgw=shown["CustomerGatewayId"]).connect()
    assert "<asn>4200000001</asn>" in connection["CustomerGatewayConfiguration"]


def test_a_customer_gateway_without_as_number_takes_65000(example: Guide) -> None:
    assert customer_gateway(example)["BgpAsn"] == "65000"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"BgpAsn": 0}, "InvalidParameterValue"),
        ({"BgpAsn": 7224}, "InvalidParameterValue"),
        ({"BgpAsn": 10124}, "InvalidParameterValue"),
        ({"BgpAsnExtended": 65001}, "InvalidParameterValue"),
        ({"BgpAsn": 65001, "BgpAsnExtended": 4200000001}, "InvalidParameterCombination"),
        ({"PublicIp": "not an address"}, "InvalidParameterValue"),
        ({"PublicIp": "127.0.0.1"}, "InvalidParameterValue"),
        ({"PublicIp": ""}, "MissingParameter"),
    ],
)
def test_a_customer_gateway_that_aws_does_not_permit_is_refused(
    example: Guide, request_: dict[str, Any], code: str
) -> None:
    with refused(code):
        customer_gateway(example, **request_)


def test_a_customer_gateway_in_use_is_not_deleted(example: Guide) -> None:
    connection = example.connect()
    with refused("IncorrectState"):
        example.ec2.delete_customer_gateway(CustomerGatewayId=example.cgw)
    example.ec2.delete_vpn_connection(VpnConnectionId=connection["VpnConnectionId"])
    example.ec2.delete_customer_gateway(CustomerGatewayId=example.cgw)
    answer = example.ec2.describe_customer_gateways(CustomerGatewayIds=[example.cgw])
    assert [each["State"] for each in answer["CustomerGateways"]] == ["deleted"]


def test_an_unknown_id_is_not_found(example: Guide) -> None:
    with refused("InvalidCustomerGatewayID.NotFound"):
        example.ec2.describe_customer_gateways(CustomerGatewayIds=["cgw-0123456789abcdef0"])
    with refused("InvalidVpnGatewayID.NotFound"):
        example.ec2.describe_vpn_gateways(VpnGatewayIds=["vgw-0123456789abcdef0"])
    with refused("InvalidVpnConnectionID.NotFound"):
        example.ec2.describe_vpn_connections(VpnConnectionIds=["vpn-0123456789abcdef0"])


def test_a_gateway_has_amazons_as_number_unless_told(example: Guide) -> None:
    (shown,) = example.ec2.describe_vpn_gateways(VpnGatewayIds=[example.vgw])["VpnGateways"]
    assert shown["AmazonSideAsn"] == 64512
    with refused("InvalidParameterValue"):
        example.ec2.create_vpn_gateway(Type="ipsec.1", AmazonSideAsn=7224)


def test_a_vpc_takes_one_gateway_and_a_gateway_one_vpc(example: Guide) -> None:
    other = example.ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    with refused("VpnGatewayAttachmentLimitExceeded"):
        example.ec2.attach_vpn_gateway(VpnGatewayId=other, VpcId=example.vpc)
    vpc = example.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    with refused("VpnGatewayAttachmentLimitExceeded"):
        example.ec2.attach_vpn_gateway(VpnGatewayId=example.vgw, VpcId=vpc)


def test_what_hangs_on_a_gateway_goes_first(example: Guide) -> None:
    connection = example.connect()
    with refused("DependencyViolation"):
        example.ec2.delete_vpc(VpcId=example.vpc)
    with refused("IncorrectState"):
        example.ec2.delete_vpn_gateway(VpnGatewayId=example.vgw)
    example.ec2.detach_vpn_gateway(VpnGatewayId=example.vgw, VpcId=example.vpc)
    with refused("IncorrectState"):
        example.ec2.delete_vpn_gateway(VpnGatewayId=example.vgw)
    example.ec2.delete_vpn_connection(VpnConnectionId=connection["VpnConnectionId"])
    example.ec2.delete_vpn_gateway(VpnGatewayId=example.vgw)
    example.ec2.delete_vpc(VpcId=example.vpc)
    example.ec2.delete_customer_gateway(CustomerGatewayId=example.cgw)
    assert example.aws.inventory() == ()


def test_propagated_routes_are_there_while_a_tunnel_is_up(example: Guide) -> None:
    example.connect()
    table = main_table(example)["RouteTableId"]
    example.ec2.enable_vgw_route_propagation(RouteTableId=table, GatewayId=example.vgw)
    assert main_table(example)["PropagatingVgws"] == [{"GatewayId": example.vgw}]
    assert propagated(example) == []
    bring_up(example)
    assert propagated(example) == ["192.168.10.0/24"]
    example.ec2.disable_vgw_route_propagation(RouteTableId=table, GatewayId=example.vgw)
    assert (propagated(example), main_table(example)["PropagatingVgws"]) == ([], [])


def test_a_route_of_the_tables_own_wins_over_a_propagated_one(example: Guide) -> None:
    example.connect()
    table = main_table(example)["RouteTableId"]
    example.ec2.enable_vgw_route_propagation(RouteTableId=table, GatewayId=example.vgw)
    example.ec2.create_route(RouteTableId=table, DestinationCidrBlock="192.168.10.0/24", GatewayId=example.vgw)
    bring_up(example)
    routes = {each["DestinationCidrBlock"]: each["Origin"] for each in main_table(example)["Routes"]}
    assert routes == {"10.0.0.0/16": "CreateRouteTable", "192.168.10.0/24": "CreateRoute"}


def test_propagation_and_routes_need_an_attached_gateway(example: Guide) -> None:
    table = main_table(example)["RouteTableId"]
    loose = example.ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    with refused("Gateway.NotAttached"):
        example.ec2.enable_vgw_route_propagation(RouteTableId=table, GatewayId=loose)
    route = {"RouteTableId": table, "DestinationCidrBlock": "192.168.10.0/24"}
    with refused("InvalidParameterValue"):
        example.ec2.create_route(GatewayId=loose, **route)
    example.ec2.create_route(GatewayId=example.vgw, **route)
    with refused("InvalidParameterValue"):
        example.ec2.replace_route(GatewayId=loose, **route)


def test_a_subnet_has_one_route_table(example: Guide) -> None:
    ec2 = example.ec2
    subnet = ec2.create_subnet(VpcId=example.vpc, CidrBlock="10.0.77.0/24")["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=example.vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    for each in (table, main_table(example)["RouteTableId"]):
        with refused("Resource.AlreadyAssociated"):
            ec2.associate_route_table(RouteTableId=each, SubnetId=subnet)


def test_static_routes_come_and_go(example: Guide) -> None:
    connection = example.connect(static=True)
    route = {"VpnConnectionId": connection["VpnConnectionId"], "DestinationCidrBlock": "192.168.10.0/24"}
    example.ec2.create_vpn_connection_route(**route)
    example.ec2.create_vpn_connection_route(**route)  # AWS takes a repetition without a word
    shown = example.describe(connection)["Routes"]
    assert shown == [{"DestinationCidrBlock": "192.168.10.0/24", "State": "available"}]
    example.ec2.delete_vpn_connection_route(**route)
    assert example.describe(connection)["Routes"] == []
    with refused("InvalidRoute.NotFound"):
        example.ec2.delete_vpn_connection_route(**route)


def test_a_bgp_connection_takes_no_static_route(example: Guide) -> None:
    connection = example.connect()
    with refused("InvalidVpnConnection.InvalidType"):
        example.ec2.create_vpn_connection_route(
            VpnConnectionId=connection["VpnConnectionId"], DestinationCidrBlock="192.168.10.0/24"
        )


def test_a_static_route_with_host_bits_is_refused(example: Guide) -> None:
    connection = example.connect(static=True)
    with refused("InvalidParameterValue"):
        example.ec2.create_vpn_connection_route(
            VpnConnectionId=connection["VpnConnectionId"], DestinationCidrBlock="192.168.10.1/24"
        )


def test_tunnel_options_change_in_place_and_one_tunnel_at_a_time(example: Guide) -> None:
    connection = example.connect({"Phase1DHGroupNumbers": [{"Value": 14}]})
    first, second = connection["Options"]["TunnelOptions"]
    example.ec2.modify_vpn_tunnel_options(
        VpnConnectionId=connection["VpnConnectionId"],
        VpnTunnelOutsideIpAddress=first["OutsideIpAddress"],
        TunnelOptions={"PreSharedKey": "lab.fake_key.2", "Phase1LifetimeSeconds": 7200},
    )
    changed = example.describe(connection)
    new_first, new_second = changed["Options"]["TunnelOptions"]
    assert new_first == first | {"PreSharedKey": "lab.fake_key.2", "Phase1LifetimeSeconds": 7200}
    assert new_second == second
    assert "lab.fake_key.2" in changed["CustomerGatewayConfiguration"]


def test_a_change_that_aws_does_not_permit_changes_nothing(example: Guide) -> None:
    connection = example.connect({"TunnelInsideCidr": "169.254.10.0/30"})
    first, second = connection["Options"]["TunnelOptions"]
    target = {"VpnConnectionId": connection["VpnConnectionId"]}
    with refused("InvalidParameterValue"):
        example.ec2.modify_vpn_tunnel_options(
            **target,
            VpnTunnelOutsideIpAddress=second["OutsideIpAddress"],
            TunnelOptions={"TunnelInsideCidr": first["TunnelInsideCidr"]},
        )
    with refused("InvalidParameterValue"):
        example.ec2.modify_vpn_tunnel_options(
            **target, VpnTunnelOutsideIpAddress="198.51.100.254", TunnelOptions={"ReplayWindowSize": 128}
        )
    assert example.describe(connection)["Options"] == connection["Options"]


def test_a_connection_moves_to_another_customer_gateway(example: Guide) -> None:
    connection = example.connect()
    other = customer_gateway(example, BgpAsn=65020)
    example.ec2.modify_vpn_connection(
        VpnConnectionId=connection["VpnConnectionId"], CustomerGatewayId=other["CustomerGatewayId"]
    )
    shown = example.describe(connection)
    assert shown["CustomerGatewayId"] == other["CustomerGatewayId"]
    assert shown["Options"] == connection["Options"]
    assert "<ip_address>203.0.113.7</ip_address>" in shown["CustomerGatewayConfiguration"]
    assert "<asn>65020</asn>" in shown["CustomerGatewayConfiguration"]


def test_a_connection_moves_to_a_transit_gateway(example: Guide) -> None:
    connection = example.connect()
    transit = example.ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    example.ec2.modify_vpn_connection(VpnConnectionId=connection["VpnConnectionId"], TransitGatewayId=transit)
    shown = example.describe(connection)
    assert (shown["TransitGatewayId"], "VpnGatewayId" in shown) == (transit, False)
    assert "<vpn_gateway_id></vpn_gateway_id>" in shown["CustomerGatewayConfiguration"]
    static = example.connect(static=True)["VpnConnectionId"]
    example.ec2.create_vpn_connection_route(VpnConnectionId=static, DestinationCidrBlock="192.168.10.0/24")
    with refused("IncorrectState"):
        example.ec2.modify_vpn_connection(VpnConnectionId=static, TransitGatewayId=transit)


def test_the_networks_that_may_talk_change_in_place(example: Guide) -> None:
    connection = example.connect()
    example.ec2.modify_vpn_connection_options(
        VpnConnectionId=connection["VpnConnectionId"], LocalIpv4NetworkCidr="192.168.10.0/24"
    )
    assert example.describe(connection)["Options"]["LocalIpv4NetworkCidr"] == "192.168.10.0/24"
    (one, _) = example.aws.exchange.tunnels()
    assert one.local_cidr == IPv4Network("192.168.10.0/24")


def test_a_transit_gateway_associates_and_propagates_its_vpn(example: Guide) -> None:
    gateway = example.ec2.create_transit_gateway()["TransitGateway"]
    connection = example.connect(VpnGatewayId="", TransitGatewayId=gateway["TransitGatewayId"])
    table = gateway["Options"]["AssociationDefaultRouteTableId"]
    filters = [{"Name": "resource-id", "Values": [connection["VpnConnectionId"]]}]
    (attachment,) = example.ec2.describe_transit_gateway_attachments(Filters=filters)["TransitGatewayAttachments"]
    assert (attachment["ResourceType"], attachment["State"]) == ("vpn", "available")
    associations = example.ec2.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=table)
    propagations = example.ec2.get_transit_gateway_route_table_propagations(TransitGatewayRouteTableId=table)
    for rows in (associations["Associations"], propagations["TransitGatewayRouteTablePropagations"]):
        assert [row["ResourceId"] for row in rows] == [connection["VpnConnectionId"]]


def test_a_transit_gateway_forgets_a_deleted_vpn_and_can_then_go(example: Guide) -> None:
    gateway = example.ec2.create_transit_gateway()["TransitGateway"]
    connection = example.connect(VpnGatewayId="", TransitGatewayId=gateway["TransitGatewayId"])
    with refused("IncorrectState"):
        example.ec2.delete_transit_gateway(TransitGatewayId=gateway["TransitGatewayId"])
    example.ec2.delete_vpn_connection(VpnConnectionId=connection["VpnConnectionId"])
    table = gateway["Options"]["AssociationDefaultRouteTableId"]
    associations = example.ec2.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=table)
    propagations = example.ec2.get_transit_gateway_route_table_propagations(TransitGatewayRouteTableId=table)
    assert associations["Associations"] == propagations["TransitGatewayRouteTablePropagations"] == []
    example.ec2.delete_transit_gateway(TransitGatewayId=gateway["TransitGatewayId"])


def test_a_transit_gateway_that_associates_nothing_leaves_its_vpn_alone(example: Guide) -> None:
    manual = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}
    gateway = example.ec2.create_transit_gateway(Options=manual)["TransitGateway"]
    example.connect(VpnGatewayId="", TransitGatewayId=gateway["TransitGatewayId"])
    table = gateway["Options"]["AssociationDefaultRouteTableId"]
    associations = example.ec2.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=table)
    assert associations["Associations"] == []


def test_an_unknown_call_is_refused_at_once(example: Guide) -> None:
    with refused("InvalidAction"):
        example.ec2.describe_vpn_concentrators()


def test_an_unknown_filter_is_refused_by_name(example: Guide) -> None:
    example.connect()
    with refused("InvalidParameterValue") as raised:
        example.ec2.describe_vpn_connections(Filters=[{"Name": "colour", "Values": ["red"]}])
    assert "colour" in str(raised.value)


@pytest.mark.parametrize(
    ("service", "call"),
    [
        ("sts", "get_caller_identity"),
        ("s3", "list_buckets"),
        ("logs", "describe_log_groups"),
        ("cloudwatch", "describe_alarms"),
    ],
)
def test_the_services_beside_ec2_answer(aws: FakeAws, service: str, call: str) -> None:
    answer = getattr(client(aws, service), call)()
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_each_fake_aws_starts_empty() -> None:
    with FakeAws() as first:
        guide(first).connect()
        assert first.inventory()
    with FakeAws() as second:
        assert second.inventory() == ()
        assert second.exchange.tunnels() == ()


def test_the_environment_sends_every_tool_to_the_fake_aws_only(aws: FakeAws) -> None:
    environment = aws.environment(REGION)
    assert environment["AWS_ENDPOINT_URL"] == aws.endpoint
    assert environment["AWS_CONFIG_FILE"] == environment["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
