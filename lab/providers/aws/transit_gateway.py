"""Transit gateways: the gateway, its route tables, and what is attached to them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Default:
    """One default table of a gateway, and the calls that put an attachment into it and take it out."""

    flag: str
    option: str
    enter: str
    leave: str
    listing: str
    items: str

    def holds(self, session: Session, table: str, attachment: str) -> bool:
        """Whether the attachment is in it now."""
        found = session.call("ec2", self.listing, {"TransitGatewayRouteTableId": table})[self.items]
        return any(item["TransitGatewayAttachmentId"] == attachment for item in found)


_DEFAULTS: Final = (
    _Default(
        "transitGatewayDefaultRouteTableAssociation",
        "AssociationDefaultRouteTableId",
        "associate_transit_gateway_route_table",
        "disassociate_transit_gateway_route_table",
        "get_transit_gateway_route_table_associations",
        "Associations",
    ),
    _Default(
        "transitGatewayDefaultRouteTablePropagation",
        "PropagationDefaultRouteTableId",
        "enable_transit_gateway_route_table_propagation",
        "disable_transit_gateway_route_table_propagation",
        "get_transit_gateway_route_table_propagations",
        "TransitGatewayRouteTablePropagations",
    ),
)


def _options(session: Session, gateway: str) -> Item:
    (found,) = session.call("ec2", "describe_transit_gateways", {"TransitGatewayIds": [gateway]})["TransitGateways"]
    return dict(found["Options"])


def _use_default_tables(session: Session, identity: str, _: Properties, news: Properties) -> None:
    """Put a VPC's attachment into the gateway's default tables or out of them, as the provider does after a create."""
    options = _options(session, news["transitGatewayId"])
    for default in _DEFAULTS:
        table = options.get(default.option)
        wanted = news.get(default.flag, True)
        if table and default.holds(session, table, identity) != wanted:
            pair = {"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": identity}
            session.call("ec2", default.enter if wanted else default.leave, pair)


def _change_attachment(session: Session, identity: str, state: Properties, news: Properties) -> None:
    old, new = set(state["subnetIds"]), set(news["subnetIds"])
    if old != new:
        request = {"AddSubnetIds": sorted(new - old), "RemoveSubnetIds": sorted(old - new)}
        given = {name: subnets for name, subnets in request.items() if subnets}
        session.call("ec2", "modify_transit_gateway_vpc_attachment", {"TransitGatewayAttachmentId": identity, **given})
    _use_default_tables(session, identity, state, news)


def _in_default_tables(session: Session, item: Item) -> Properties:
    options = _options(session, item["TransitGatewayId"])
    return {
        default.flag: bool(options.get(default.option))
        and default.holds(session, options[default.option], item["TransitGatewayAttachmentId"])
        for default in _DEFAULTS
    }


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
    after_create=lambda session, identity, inputs: _use_default_tables(session, identity, {}, inputs),
    update=_change_attachment,
    read=lambda session, item, _: _in_default_tables(session, item),
    delete=Call(operation="delete_transit_gateway_vpc_attachment", arguments={"TransitGatewayAttachmentId": ID}),
    replaces=frozenset({"transitGatewayId", "vpcId"}),
    goes_first=True,
    unsupported=frozenset(
        {
            "applianceModeSupport",
            "dnsSupport",
            "ipv6Support",
            "securityGroupReferencingSupport",
        }
    ),
    computed=frozenset({"transitGatewayDefaultRouteTableAssociation", "transitGatewayDefaultRouteTablePropagation"}),
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


def _associate(session: Session, inputs: Properties) -> str:
    """Associate, after undoing the association that is there if the program says so."""
    pair = {api: inputs[name] for api, name in _PAIR.items()}
    if inputs.get("replaceExistingAssociation"):
        request = {"TransitGatewayAttachmentIds": [pair["TransitGatewayAttachmentId"]]}
        (found,) = session.call("ec2", "describe_transit_gateway_attachments", request)["TransitGatewayAttachments"]
        held = found.get("Association")
        if held:
            old = {**pair, "TransitGatewayRouteTableId": held["TransitGatewayRouteTableId"]}
            session.call("ec2", "disassociate_transit_gateway_route_table", old)
    session.call("ec2", "associate_transit_gateway_route_table", pair)
    return _pair_id(inputs)


def _propagate(session: Session, inputs: Properties) -> str:
    pair = {api: inputs[name] for api, name in _PAIR.items()}
    session.call("ec2", "enable_transit_gateway_route_table_propagation", pair)
    return _pair_id(inputs)


def _pair_id(inputs: Properties) -> str:
    return "{transitGatewayRouteTableId}_{transitGatewayAttachmentId}".format_map(inputs)


def _membership(
    name: str, create: Callable[[Session, Properties], str], delete: str, list_operation: str, items: str
) -> Row:
    return Row(
        resource=f"aws:ec2transitgateway/routeTable{name}:RouteTable{name}",
        create=create,
        find=_find_member(list_operation, items),
        ready=lambda item: item.get("State") in ("associated", "enabled"),
        fields={"resourceId": "ResourceId", "resourceType": "ResourceType"},
        delete=Call(operation=delete, arguments=_PAIR),
        replaces=frozenset(_PAIR.values()),
        # Not an association that is gone: that the provider does not let pass.
        absent=("InvalidRouteTableID.NotFound", "TransitGatewayRouteTablePropagation.NotFound"),
    )


ROUTE_TABLE_ASSOCIATION: Final = _membership(
    "Association",
    _associate,
    "disassociate_transit_gateway_route_table",
    "get_transit_gateway_route_table_associations",
    "Associations",
)
ROUTE_TABLE_PROPAGATION: Final = _membership(
    "Propagation",
    _propagate,
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
