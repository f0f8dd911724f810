"""VPCs, subnets, route tables and routes."""

import ipaddress
import zlib
from collections.abc import Mapping
from typing import Any, Final

from lab.providers.aws.session import Session
from lab.providers.aws.table import ID, Call, Item, Row, Update, described
from lab.providers.values import Properties


def hashcode(text: str) -> int:
    """Terraform's `StringHashcode`, of which the provider makes ids for things that AWS gives none."""
    return zlib.crc32(text.encode())


def _vpc_details(session: Session, item: Item, _: Properties) -> Properties:
    """Read what `DescribeVpcs` leaves out: the DNS attributes and the things that come with every VPC."""
    vpc = item["VpcId"]
    by_vpc = [{"Name": "vpc-id", "Values": [vpc]}]

    def attribute(name: str, key: str) -> bool:
        answer = session.call("ec2", "describe_vpc_attribute", {"VpcId": vpc, "Attribute": name})
        return bool(answer[key]["Value"])

    tables = session.call(
        "ec2", "describe_route_tables", {"Filters": [*by_vpc, {"Name": "association.main", "Values": ["true"]}]}
    )["RouteTables"]
    groups = session.call(
        "ec2", "describe_security_groups", {"Filters": [*by_vpc, {"Name": "group-name", "Values": ["default"]}]}
    )["SecurityGroups"]
    lists = session.call(
        "ec2", "describe_network_acls", {"Filters": [*by_vpc, {"Name": "default", "Values": ["true"]}]}
    )["NetworkAcls"]
    main = tables[0]["RouteTableId"] if tables else None
    return {
        "enableDnsSupport": attribute("enableDnsSupport", "EnableDnsSupport"),
        "enableDnsHostnames": attribute("enableDnsHostnames", "EnableDnsHostnames"),
        "mainRouteTableId": main,
        "defaultRouteTableId": main,
        "defaultSecurityGroupId": groups[0]["GroupId"] if groups else None,
        "defaultNetworkAclId": lists[0]["NetworkAclId"] if lists else None,
    }


VPC: Final = Row(
    resource="aws:ec2/vpc:Vpc",
    create=Call(
        operation="create_vpc",
        arguments={
            "CidrBlock": "cidrBlock",
            "InstanceTenancy": "instanceTenancy",
            "AmazonProvidedIpv6CidrBlock": "assignGeneratedIpv6CidrBlock",
        },
    ),
    identity="Vpc.VpcId",
    tagged="vpc",
    arn="vpc/",
    find=described("describe_vpcs", "VpcIds", "Vpcs"),
    ready=lambda item: item.get("State") == "available",
    fields={
        "cidrBlock": "CidrBlock",
        "instanceTenancy": "InstanceTenancy",
        "dhcpOptionsId": "DhcpOptionsId",
        "ownerId": "OwnerId",
    },
    read=_vpc_details,
    updates=(
        Update(
            properties=("enableDnsSupport",),
            call=Call(
                operation="modify_vpc_attribute",
                arguments={"VpcId": ID, "EnableDnsSupport.Value": "enableDnsSupport"},
            ),
        ),
        Update(
            properties=("enableDnsHostnames",),
            call=Call(
                operation="modify_vpc_attribute",
                arguments={"VpcId": ID, "EnableDnsHostnames.Value": "enableDnsHostnames"},
            ),
            at_create=True,
        ),
    ),
    delete=Call(operation="delete_vpc", arguments={"VpcId": ID}),
    replaces=frozenset({"cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"}),
    computed=frozenset({"cidrBlock", "enableDnsHostnames", "enableNetworkAddressUsageMetrics", "ipv6CidrBlock"}),
    defaults={"enableDnsSupport": True, "instanceTenancy": "default"},
    unsupported=frozenset({"ipv4IpamPoolId", "ipv4NetmaskLength", "ipv6IpamPoolId", "ipv6NetmaskLength"}),
    absent=("InvalidVpcID.NotFound",),
)

SUBNET: Final = Row(
    resource="aws:ec2/subnet:Subnet",
    create=Call(
        operation="create_subnet",
        arguments={
            "VpcId": "vpcId",
            "CidrBlock": "cidrBlock",
            "AvailabilityZone": "availabilityZone",
            "AvailabilityZoneId": "availabilityZoneId",
        },
    ),
    identity="Subnet.SubnetId",
    tagged="subnet",
    arn="subnet/",
    find=described("describe_subnets", "SubnetIds", "Subnets"),
    ready=lambda item: item.get("State") == "available",
    fields={
        "vpcId": "VpcId",
        "cidrBlock": "CidrBlock",
        "availabilityZone": "AvailabilityZone",
        "availabilityZoneId": "AvailabilityZoneId",
        "mapPublicIpOnLaunch": "MapPublicIpOnLaunch",
        "assignIpv6AddressOnCreation": "AssignIpv6AddressOnCreation",
        "ownerId": "OwnerId",
    },
    updates=(
        Update(
            properties=("mapPublicIpOnLaunch",),
            call=Call(
                operation="modify_subnet_attribute",
                arguments={"SubnetId": ID, "MapPublicIpOnLaunch.Value": "mapPublicIpOnLaunch"},
            ),
            at_create=True,
        ),
    ),
    delete=Call(operation="delete_subnet", arguments={"SubnetId": ID}),
    replaces=frozenset({"vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId"}),
    computed=frozenset({"availabilityZone", "availabilityZoneId", "privateDnsHostnameTypeOnLaunch"}),
    absent=("InvalidSubnetID.NotFound",),
)

ROUTE_TABLE: Final = Row(
    resource="aws:ec2/routeTable:RouteTable",
    create=Call(operation="create_route_table", arguments={"VpcId": "vpcId"}),
    identity="RouteTable.RouteTableId",
    tagged="route-table",
    arn="route-table/",
    find=described("describe_route_tables", "RouteTableIds", "RouteTables"),
    fields={
        "vpcId": "VpcId",
        "ownerId": "OwnerId",
        "propagatingVgws": lambda item: [entry["GatewayId"] for entry in item.get("PropagatingVgws", [])],
        "routes": lambda item: [_inline_route(route) for route in item["Routes"] if _is_own(route)],
    },
    delete=Call(operation="delete_route_table", arguments={"RouteTableId": ID}),
    replaces=frozenset({"vpcId"}),
    computed=frozenset({"propagatingVgws", "routes"}),
    unsupported=frozenset({"propagatingVgws", "routes"}),
    absent=("InvalidRouteTableID.NotFound",),
)

_TARGETS: Final[Mapping[str, str]] = {
    "GatewayId": "gatewayId",
    "TransitGatewayId": "transitGatewayId",
    "NatGatewayId": "natGatewayId",
    "NetworkInterfaceId": "networkInterfaceId",
    "VpcPeeringConnectionId": "vpcPeeringConnectionId",
    "EgressOnlyInternetGatewayId": "egressOnlyGatewayId",
}
"""AWS's argument to Pulumi's property, for what a route can point to."""

_DESTINATIONS: Final[Mapping[str, str]] = {
    "DestinationCidrBlock": "destinationCidrBlock",
    "DestinationIpv6CidrBlock": "destinationIpv6CidrBlock",
    "DestinationPrefixListId": "destinationPrefixListId",
}


def _is_own(route: Item) -> bool:
    """Tell whether a route is one that the provider lists in its table: not the local one, not a propagated one."""
    return route.get("GatewayId") != "local" and route.get("Origin") != "EnableVgwRoutePropagation"


def _inline_route(route: Item) -> dict[str, Any]:
    return {
        "cidrBlock": route.get("DestinationCidrBlock", ""),
        **{name: route.get(key, "") for key, name in _TARGETS.items()},
    }


def _destination(properties: Properties) -> str:
    return str(next(properties[name] for name in _DESTINATIONS.values() if properties.get(name)))


def _find_route(session: Session, _: str, properties: Properties) -> Item | None:
    tables = session.call("ec2", "describe_route_tables", {"RouteTableIds": [properties["routeTableId"]]})
    for route in tables["RouteTables"][0]["Routes"]:
        if _destination(properties) in (route.get(key) for key in _DESTINATIONS):
            return route if route.get("Origin") != "EnableVgwRoutePropagation" else None
    return None


def _route_problems(inputs: Properties) -> Mapping[str, str]:
    cidr = inputs.get("destinationCidrBlock")
    if cidr is not None:
        try:
            ipaddress.IPv4Network(cidr)
        except ValueError as error:
            return {"destinationCidrBlock": f'"{cidr}" is not a valid IPv4 CIDR block: {error}'}
    return {}


ROUTE: Final = Row(
    resource="aws:ec2/route:Route",
    create=Call(operation="create_route", arguments={"RouteTableId": "routeTableId", **_DESTINATIONS, **_TARGETS}),
    identity=lambda inputs: f"r-{inputs['routeTableId']}{hashcode(_destination(inputs))}",
    find=_find_route,
    ready=lambda item: item.get("State") in ("active", "blackhole"),
    fields={
        **{name: key for key, name in _DESTINATIONS.items()},
        **{name: key for key, name in _TARGETS.items()},
        "origin": "Origin",
        "state": "State",
        "instanceId": "InstanceId",
        "instanceOwnerId": "InstanceOwnerId",
    },
    updates=(
        Update(
            properties=tuple(_TARGETS.values()),
            call=Call(
                operation="replace_route", arguments={"RouteTableId": "routeTableId", **_DESTINATIONS, **_TARGETS}
            ),
        ),
    ),
    delete=Call(operation="delete_route", arguments={"RouteTableId": "routeTableId", **_DESTINATIONS}),
    replaces=frozenset({"routeTableId", *_DESTINATIONS.values()}),
    computed=frozenset({"networkInterfaceId"}),
    check=_route_problems,
    absent=("InvalidRoute.NotFound", "InvalidRouteTableID.NotFound"),
)


def _find_association(session: Session, identity: str, _: Properties) -> Item | None:
    by_id = [{"Name": "association.route-table-association-id", "Values": [identity]}]
    tables = session.call("ec2", "describe_route_tables", {"Filters": by_id})["RouteTables"]
    associations: list[Item] = [entry for table in tables for entry in table["Associations"]]
    return next((entry for entry in associations if entry["RouteTableAssociationId"] == identity), None)


def _move_association(session: Session, identity: str, _: Properties, news: Properties) -> str:
    """Give a subnet another table, which gives the association another id: one that Pulumi does not keep.

    https://github.com/pulumi/pulumi/issues/3729, https://github.com/hashicorp/terraform-provider-aws/issues/43844
    """
    request = {"AssociationId": identity, "RouteTableId": news["routeTableId"]}
    return str(session.call("ec2", "replace_route_table_association", request)["NewAssociationId"])


ROUTE_TABLE_ASSOCIATION: Final = Row(
    resource="aws:ec2/routeTableAssociation:RouteTableAssociation",
    create=Call(
        operation="associate_route_table",
        arguments={"RouteTableId": "routeTableId", "SubnetId": "subnetId", "GatewayId": "gatewayId"},
    ),
    identity="AssociationId",
    find=_find_association,
    fields={"subnetId": "SubnetId", "gatewayId": "GatewayId", "routeTableId": "RouteTableId"},
    update=_move_association,
    delete=Call(operation="disassociate_route_table", arguments={"AssociationId": ID}),
    replaces=frozenset({"subnetId", "gatewayId"}),
    absent=("InvalidAssociationID.NotFound", "InvalidRouteTableID.NotFound"),
)

ROWS: Final = (VPC, SUBNET, ROUTE_TABLE, ROUTE, ROUTE_TABLE_ASSOCIATION)
