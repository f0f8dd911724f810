"""Transit gateways: the gateway, its route tables, and what is attached to them."""

from collections.abc import Callable, Mapping
from typing import Final

from lab.providers.aws.session import Session
from lab.providers.aws.table import ID, Call, Item, Row, Update, described
from lab.providers.values import Properties

_OPTIONS: Final[Mapping[str, str]] = {
    "Options.AmazonSideAsn": "amazonSideAsn",
    "Options.AutoAcceptSharedAttachments": "autoAcceptSharedAttachments",
    "Options.DefaultRouteTableAssociation": "defaultRouteTableAssociation",
    "Options.DefaultRouteTablePropagation": "defaultRouteTablePropagation",
    "Options.DnsSupport": "dnsSupport",
    "Options.MulticastSupport": "multicastSupport",
    "Options.VpnEcmpSupport": "vpnEcmpSupport",
}

TRANSIT_GATEWAY: Final = Row(
    resource="aws:ec2transitgateway/transitGateway:TransitGateway",
    create=Call(
        operation="create_transit_gateway",
        arguments={"Description": "description", **_OPTIONS},
        numbers=frozenset({"Options.AmazonSideAsn"}),
    ),
    identity="TransitGateway.TransitGatewayId",
    tagged="transit-gateway",
    find=described("describe_transit_gateways", "TransitGatewayIds", "TransitGateways", ("deleted", "deleting")),
    ready=lambda item: bool(item["State"] == "available"),
    fields={
        **{name: path for path, name in _OPTIONS.items()},
        "amazonSideAsn": lambda item: int(item["Options"]["AmazonSideAsn"]),
        "arn": "TransitGatewayArn",
        "associationDefaultRouteTableId": "Options.AssociationDefaultRouteTableId",
        "description": "Description",
        "ownerId": "OwnerId",
        "propagationDefaultRouteTableId": "Options.PropagationDefaultRouteTableId",
    },
    updates=(
        Update(
            properties=("description", *_OPTIONS.values()),
            call=Call(
                operation="modify_transit_gateway",
                arguments={
                    "TransitGatewayId": ID,
                    "Description": "description",
                    "Options.VpnEcmpSupport": "vpnEcmpSupport",
                    "Options.DnsSupport": "dnsSupport",
                    "Options.AutoAcceptSharedAttachments": "autoAcceptSharedAttachments",
                },
            ),
        ),
    ),
    delete=Call(operation="delete_transit_gateway", arguments={"TransitGatewayId": ID}),
    replaces=frozenset({"amazonSideAsn", "multicastSupport"}),
    computed=frozenset({"description"}),
    defaults={
        "amazonSideAsn": 64512,
        "autoAcceptSharedAttachments": "disable",
        "defaultRouteTableAssociation": "enable",
        "defaultRouteTablePropagation": "enable",
        "dnsSupport": "enable",
        "multicastSupport": "disable",
        "vpnEcmpSupport": "enable",
    },
    unsupported=frozenset({"encryptionSupport", "securityGroupReferencingSupport", "transitGatewayCidrBlocks"}),
    absent=("InvalidTransitGatewayID.NotFound",),
)

ROUTE_TABLE: Final = Row(
    resource="aws:ec2transitgateway/routeTable:RouteTable",
    create=Call(operation="create_transit_gateway_route_table", arguments={"TransitGatewayId": "transitGatewayId"}),
    identity="TransitGatewayRouteTable.TransitGatewayRouteTableId",
    find=described(
        "describe_transit_gateway_route_tables",
        "TransitGatewayRouteTableIds",
        "TransitGatewayRouteTables",
        ("deleted", "deleting"),
    ),
    tagged="transit-gateway-route-table",
    arn="transit-gateway-route-table/",
    ready=lambda item: bool(item["State"] == "available"),
    fields={
        "transitGatewayId": "TransitGatewayId",
        "defaultAssociationRouteTable": "DefaultAssociationRouteTable",
        "defaultPropagationRouteTable": "DefaultPropagationRouteTable",
    },
    delete=Call(operation="delete_transit_gateway_route_table", arguments={"TransitGatewayRouteTableId": ID}),
    replaces=frozenset({"transitGatewayId"}),
    absent=("InvalidRouteTableID.NotFound",),
)

VPC_ATTACHMENT: Final = Row(
    resource="aws:ec2transitgateway/vpcAttachment:VpcAttachment",
    create=Call(
        operation="create_transit_gateway_vpc_attachment",
        arguments={"TransitGatewayId": "transitGatewayId", "VpcId": "vpcId", "SubnetIds": "subnetIds"},
    ),
    identity="TransitGatewayVpcAttachment.TransitGatewayAttachmentId",
    tagged="transit-gateway-attachment",
    arn="transit-gateway-attachment/",
    find=described(
        "describe_transit_gateway_vpc_attachments",
        "TransitGatewayAttachmentIds",
        "TransitGatewayVpcAttachments",
        ("deleted", "deleting"),
    ),
    ready=lambda item: bool(item["State"] == "available"),
    fields={
        "subnetIds": "SubnetIds",
        "transitGatewayId": "TransitGatewayId",
        "vpcId": "VpcId",
        "vpcOwnerId": "VpcOwnerId",
    },
    delete=Call(operation="delete_transit_gateway_vpc_attachment", arguments={"TransitGatewayAttachmentId": ID}),
    # AWS changes the subnets in place; the lab's does not.
    replaces=frozenset({"subnetIds", "transitGatewayId", "vpcId"}),
    unsupported=frozenset(
        {
            "applianceModeSupport",
            "dnsSupport",
            "ipv6Support",
            "securityGroupReferencingSupport",
            "transitGatewayDefaultRouteTableAssociation",
            "transitGatewayDefaultRouteTablePropagation",
        }
    ),
    absent=("InvalidTransitGatewayAttachmentID.NotFound",),
)

_PAIR: Final[Mapping[str, str]] = {
    "TransitGatewayAttachmentId": "transitGatewayAttachmentId",
    "TransitGatewayRouteTableId": "transitGatewayRouteTableId",
}


def _find_member(operation: str, items: str) -> Callable[[Session, str, Properties], Item | None]:
    """Find an attachment among those that a route table lists."""

    def find(session: Session, _: str, properties: Properties) -> Item | None:
        found = session.call("ec2", operation, {"TransitGatewayRouteTableId": properties["transitGatewayRouteTableId"]})
        attachment = properties["transitGatewayAttachmentId"]
        return next((item for item in found[items] if item["TransitGatewayAttachmentId"] == attachment), None)

    return find


def _membership(name: str, create: str, delete: str, list_operation: str, items: str) -> Row:
    return Row(
        resource=f"aws:ec2transitgateway/routeTable{name}:RouteTable{name}",
        create=Call(operation=create, arguments=_PAIR),
        identity=lambda inputs: "{transitGatewayRouteTableId}_{transitGatewayAttachmentId}".format_map(inputs),
        find=_find_member(list_operation, items),
        ready=lambda item: item.get("State") in ("associated", "enabled"),
        fields={"resourceId": "ResourceId", "resourceType": "ResourceType"},
        delete=Call(operation=delete, arguments=_PAIR),
        replaces=frozenset(_PAIR.values()),
        unsupported=frozenset({"replaceExistingAssociation"} if name == "Association" else ()),
        absent=(
            "InvalidRouteTableID.NotFound",
            "InvalidAssociation.NotFound",
            "TransitGatewayRouteTablePropagation.NotFound",
        ),
    )


ROUTE_TABLE_ASSOCIATION: Final = _membership(
    "Association",
    "associate_transit_gateway_route_table",
    "disassociate_transit_gateway_route_table",
    "get_transit_gateway_route_table_associations",
    "Associations",
)
ROUTE_TABLE_PROPAGATION: Final = _membership(
    "Propagation",
    "enable_transit_gateway_route_table_propagation",
    "disable_transit_gateway_route_table_propagation",
    "get_transit_gateway_route_table_propagations",
    "TransitGatewayRouteTablePropagations",
)


def _find_route(session: Session, _: str, properties: Properties) -> Item | None:
    routes = session.call(
        "ec2",
        "search_transit_gateway_routes",
        {
            "TransitGatewayRouteTableId": properties["transitGatewayRouteTableId"],
            "Filters": [{"Name": "type", "Values": ["static"]}],
        },
    )["Routes"]
    wanted = properties["destinationCidrBlock"]
    return next(
        (r for r in routes if r["DestinationCidrBlock"] == wanted and r.get("State") not in ("deleting", "deleted")),
        None,
    )


ROUTE: Final = Row(
    resource="aws:ec2transitgateway/route:Route",
    create=Call(
        operation="create_transit_gateway_route",
        arguments={"DestinationCidrBlock": "destinationCidrBlock", "Blackhole": "blackhole", **_PAIR},
    ),
    identity=lambda inputs: "{transitGatewayRouteTableId}_{destinationCidrBlock}".format_map(inputs),
    find=_find_route,
    fields={"destinationCidrBlock": "DestinationCidrBlock"},
    delete=Call(
        operation="delete_transit_gateway_route",
        arguments={
            "DestinationCidrBlock": "destinationCidrBlock",
            "TransitGatewayRouteTableId": "transitGatewayRouteTableId",
        },
    ),
    replaces=frozenset({"destinationCidrBlock", "blackhole", *_PAIR.values()}),
    defaults={"blackhole": False},
    absent=("InvalidRouteTableID.NotFound", "InvalidRoute.NotFound"),
)

ROWS: Final = (
    TRANSIT_GATEWAY,
    ROUTE_TABLE,
    VPC_ATTACHMENT,
    ROUTE_TABLE_ASSOCIATION,
    ROUTE_TABLE_PROPAGATION,
    ROUTE,
)
