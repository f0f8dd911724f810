"""A transit gateway's attachments, tables and routes in the fake AWS, as EC2 has them."""

from dataclasses import dataclass
from typing import Any

import pytest

from lab.aws.server import FakeAws
from tests.contract.agreeing_router import OFFICE, agreeing_router
from tests.contract.fake_aws import Guide, guide, refused

MANUAL = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}


@dataclass(frozen=True)
class Transit:
    """A connection and a VPC on one transit gateway that puts nothing into a table by itself."""

    example: Guide
    gateway: str
    table: str
    vpn: str
    vpc: str

    @property
    def ec2(self) -> Any:
        return self.example.ec2

    def associate(self, attachment: str, table: str = "") -> None:
        table = table or self.table
        self.ec2.associate_transit_gateway_route_table(
            TransitGatewayAttachmentId=attachment, TransitGatewayRouteTableId=table
        )

    def propagate(self, attachment: str) -> None:
        self.ec2.enable_transit_gateway_route_table_propagation(
            TransitGatewayAttachmentId=attachment, TransitGatewayRouteTableId=self.table
        )

    def routes(self, kind: str) -> list[dict[str, Any]]:
        filters = [{"Name": "type", "Values": [kind]}]
        found = self.ec2.search_transit_gateway_routes(TransitGatewayRouteTableId=self.table, Filters=filters)
        return list(found["Routes"])

    def told(self) -> set[str]:
        return {str(network) for end in self.example.aws.exchange.tunnels() for network in end.advertised}


def made(aws: FakeAws, *, static: bool = False, **options: str) -> Transit:
    example = guide(aws)
    ec2 = example.ec2
    gateway = ec2.create_transit_gateway(Options={**MANUAL, **options})["TransitGateway"]["TransitGatewayId"]
    table = ec2.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"]
    connection = example.connect(VpnGatewayId="", TransitGatewayId=gateway, static=static)
    filters = [{"Name": "resource-id", "Values": [connection["VpnConnectionId"]]}]
    (vpn,) = ec2.describe_transit_gateway_attachments(Filters=filters)["TransitGatewayAttachments"]
    subnet = ec2.create_subnet(VpcId=example.vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    vpc = ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=example.vpc, SubnetIds=[subnet])
    return Transit(
        example,
        gateway,
        table["TransitGatewayRouteTableId"],
        vpn["TransitGatewayAttachmentId"],
        vpc["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"],
    )


@pytest.fixture
def transit(aws: FakeAws) -> Transit:
    return made(aws)


def test_an_attachment_has_one_association(transit: Transit) -> None:
    transit.associate(transit.vpn)
    other = transit.ec2.create_transit_gateway_route_table(TransitGatewayId=transit.gateway)["TransitGatewayRouteTable"]
    with refused("Resource.AlreadyAssociated"):
        transit.associate(transit.vpn, other["TransitGatewayRouteTableId"])
    with refused("IncorrectState"):
        transit.ec2.delete_transit_gateway_route_table(TransitGatewayRouteTableId=transit.table)
    pair = {"TransitGatewayAttachmentId": transit.vpn, "TransitGatewayRouteTableId": transit.table}
    transit.ec2.disassociate_transit_gateway_route_table(**pair)
    with refused("InvalidAssociation.NotFound"):
        transit.ec2.disassociate_transit_gateway_route_table(**pair)
    transit.associate(transit.vpn, other["TransitGatewayRouteTableId"])


def test_an_attachment_propagates_to_a_table_once_and_to_several(transit: Transit) -> None:
    other = transit.ec2.create_transit_gateway_route_table(TransitGatewayId=transit.gateway)["TransitGatewayRouteTable"]
    tables = (transit.table, other["TransitGatewayRouteTableId"])
    for table in tables:
        pair = {"TransitGatewayAttachmentId": transit.vpc, "TransitGatewayRouteTableId": table}
        transit.ec2.enable_transit_gateway_route_table_propagation(**pair)
        with refused("TransitGatewayRouteTablePropagation.Duplicate"):
            transit.ec2.enable_transit_gateway_route_table_propagation(**pair)
    for table in tables:
        pair = {"TransitGatewayAttachmentId": transit.vpc, "TransitGatewayRouteTableId": table}
        transit.ec2.disable_transit_gateway_route_table_propagation(**pair)
        with refused("TransitGatewayRouteTablePropagation.NotFound"):
            transit.ec2.disable_transit_gateway_route_table_propagation(**pair)


def test_the_router_is_told_what_the_table_of_its_connection_holds(transit: Transit) -> None:
    transit.propagate(transit.vpc)
    assert transit.told() == set(), "the connection is associated with no table"
    transit.associate(transit.vpn)
    assert transit.told() == {"10.0.0.0/16"}
    route = {"TransitGatewayRouteTableId": transit.table, "TransitGatewayAttachmentId": transit.vpc}
    transit.ec2.create_transit_gateway_route(DestinationCidrBlock="10.9.0.0/16", **route)
    assert transit.told() == {"10.0.0.0/16", "10.9.0.0/16"}
    with refused("RouteAlreadyExists"):
        transit.ec2.create_transit_gateway_route(DestinationCidrBlock="10.9.0.0/16", **route)


@pytest.mark.parametrize(("ecmp", "ways"), [("enable", 2), ("disable", 1)])
def test_a_learned_route_leads_through_both_tunnels_where_ecmp_is_on(aws: FakeAws, ecmp: str, ways: int) -> None:
    transit = made(aws, VpnEcmpSupport=ecmp)
    transit.associate(transit.vpn)
    transit.propagate(transit.vpn)
    transit.propagate(transit.vpc)
    assert [route["DestinationCidrBlock"] for route in transit.routes("propagated")] == ["10.0.0.0/16"]
    ends = [agreeing_router(end, number) for number, end in enumerate(aws.exchange.tunnels(), 1)]
    aws.exchange.publish("office", (ends[0].source,) if ends[0].source else (), ends)
    (learned,) = (r for r in transit.routes("propagated") if r["DestinationCidrBlock"] == str(OFFICE))
    assert {way["TransitGatewayAttachmentId"] for way in learned["TransitGatewayAttachments"]} == {transit.vpn}
    assert len(learned["TransitGatewayAttachments"]) == ways


def test_a_static_connection_has_the_routes_of_the_tables(aws: FakeAws) -> None:
    transit = made(aws, static=True)
    transit.ec2.create_transit_gateway_route(
        DestinationCidrBlock=str(OFFICE),
        TransitGatewayRouteTableId=transit.table,
        TransitGatewayAttachmentId=transit.vpn,
    )
    assert {end.static_routes for end in aws.exchange.tunnels()} == {(OFFICE,)}
    pair = {"DestinationCidrBlock": str(OFFICE), "TransitGatewayRouteTableId": transit.table}
    transit.ec2.delete_transit_gateway_route(**pair)
    with refused("InvalidRoute.NotFound"):
        transit.ec2.delete_transit_gateway_route(**pair)


def test_a_vpc_routes_to_a_transit_gateway_only_when_it_is_attached(transit: Transit) -> None:
    table = transit.ec2.create_route_table(VpcId=transit.example.vpc)["RouteTable"]["RouteTableId"]
    other = transit.ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": str(OFFICE)}
    with refused("InvalidTransitGatewayID.NotFound"):
        transit.ec2.create_route(TransitGatewayId=other, **route)
    transit.ec2.create_route(TransitGatewayId=transit.gateway, **route)


def test_a_vpc_is_attached_by_one_subnet_a_zone(transit: Transit) -> None:
    ec2 = transit.ec2
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    zone = {"VpcId": vpc, "AvailabilityZone": "ap-northeast-1a"}
    subnets = [ec2.create_subnet(CidrBlock=f"10.1.{n}.0/24", **zone)["Subnet"]["SubnetId"] for n in range(2)]
    with refused("DuplicateSubnetsInSameZone"):
        ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=transit.gateway, VpcId=vpc, SubnetIds=subnets)


def test_a_subnet_that_an_attachment_has_is_not_deleted(transit: Transit) -> None:
    ec2 = transit.ec2
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    one, two = (
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{n}.0/24", AvailabilityZone=f"ap-northeast-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate("ac")
    )
    made = ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=transit.gateway, VpcId=vpc, SubnetIds=[one])
    attachment = made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    with refused("DependencyViolation"):
        ec2.delete_subnet(SubnetId=one)
    ec2.modify_transit_gateway_vpc_attachment(
        TransitGatewayAttachmentId=attachment, AddSubnetIds=[two], RemoveSubnetIds=[one]
    )
    ec2.delete_subnet(SubnetId=one)
    with refused("DependencyViolation"):
        ec2.delete_subnet(SubnetId=two)
    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    ec2.delete_subnet(SubnetId=two)
