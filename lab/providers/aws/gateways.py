"""Gateways and what ties them to a VPC: attachments, route propagation, a connection's static routes."""

from collections.abc import Callable, Mapping
from typing import Final

from lab.providers.aws.network import hashcode
from lab.providers.aws.session import Session
from lab.providers.aws.table import ID, Call, Item, Row, described
from lab.providers.values import Properties

_LARGEST_TWO_BYTE_FIELD: Final = 2147483647
"""AWS takes an ASN up to here as BgpAsn and above it as BgpAsnExtended."""


def _asn_problems(inputs: Properties) -> Mapping[str, str]:
    given = [name for name in ("bgpAsn", "bgpAsnExtended") if inputs.get(name)]
    if len(given) > 1:
        return {"bgpAsn": "conflicts with bgpAsnExtended"}
    for name in given:
        lowest, highest = (1, _LARGEST_TWO_BYTE_FIELD) if name == "bgpAsn" else (2147483648, 4294967295)
        if not str(inputs[name]).isdigit() or not lowest <= int(inputs[name]) <= highest:
            return {name: f"expected {name} to be in the range ({lowest} - {highest}), got {inputs[name]}"}
    return {}


def _text(key: str) -> Callable[[Item], str | None]:
    """A number that pulumi-aws has as text."""
    return lambda item: str(item[key]) if item.get(key) else None


CUSTOMER_GATEWAY: Final = Row(
    resource="aws:ec2/customerGateway:CustomerGateway",
    create=Call(
        operation="create_customer_gateway",
        arguments={
            "Type": "type",
            "BgpAsn": "bgpAsn",
            "BgpAsnExtended": "bgpAsnExtended",
            "IpAddress": "ipAddress",
            "DeviceName": "deviceName",
            "CertificateArn": "certificateArn",
        },
        numbers=frozenset({"BgpAsn", "BgpAsnExtended"}),
    ),
    identity="CustomerGateway.CustomerGatewayId",
    tagged="customer-gateway",
    arn="customer-gateway/",
    find=described("describe_customer_gateways", "CustomerGatewayIds", "CustomerGateways", ("deleted", "deleting")),
    ready=lambda item: item.get("State") == "available",
    fields={
        "bgpAsn": _text("BgpAsn"),
        "bgpAsnExtended": _text("BgpAsnExtended"),
        "ipAddress": "IpAddress",
        "deviceName": "DeviceName",
        "certificateArn": "CertificateArn",
        "type": "Type",
    },
    delete=Call(operation="delete_customer_gateway", arguments={"CustomerGatewayId": ID}),
    # AWS can change nothing of a customer gateway but its tags.
    replaces=frozenset({"bgpAsn", "bgpAsnExtended", "ipAddress", "deviceName", "certificateArn", "type"}),
    check=_asn_problems,
    absent=("InvalidCustomerGatewayID.NotFound",),
)


def _attached(item: Item) -> Item | None:
    """The attachment of a gateway that AWS lists, leaving out those that have ended."""
    attachments = [entry for entry in item.get("VpcAttachments", []) if entry["State"] not in ("detached",)]
    return attachments[0] if attachments else None


_find_vpn_gateway = described("describe_vpn_gateways", "VpnGatewayIds", "VpnGateways", ("deleted", "deleting"))


def _attach_named_vpc(session: Session, identity: str, inputs: Properties) -> None:
    if inputs.get("vpcId"):
        session.call("ec2", "attach_vpn_gateway", {"VpnGatewayId": identity, "VpcId": inputs["vpcId"]})


def _detach(session: Session, identity: str, _: Properties) -> None:
    """Detach what is still attached: AWS deletes no attached gateway."""
    item = _find_vpn_gateway(session, identity, {})
    attachment = _attached(item) if item else None
    if attachment:
        session.call("ec2", "detach_vpn_gateway", {"VpnGatewayId": identity, "VpcId": attachment["VpcId"]})


def _move(session: Session, identity: str, state: Properties, news: Properties) -> None:
    if news.get("vpcId") and news["vpcId"] != state.get("vpcId"):
        _detach(session, identity, state)
        _attach_named_vpc(session, identity, news)


VPN_GATEWAY: Final = Row(
    resource="aws:ec2/vpnGateway:VpnGateway",
    create=Call(
        operation="create_vpn_gateway",
        arguments={"AmazonSideAsn": "amazonSideAsn", "AvailabilityZone": "availabilityZone"},
        constants={"Type": "ipsec.1"},
        numbers=frozenset({"AmazonSideAsn"}),
    ),
    identity="VpnGateway.VpnGatewayId",
    tagged="vpn-gateway",
    arn="vpn-gateway/",
    find=_find_vpn_gateway,
    ready=lambda item: item.get("State") in (None, "available"),
    fields={
        "amazonSideAsn": _text("AmazonSideAsn"),
        "vpcId": lambda item: (_attached(item) or {}).get("VpcId"),
        "availabilityZone": lambda item: item.get("AvailabilityZone") or None,
    },
    after_create=_attach_named_vpc,
    update=_move,
    before_delete=lambda session, identity, state: _detach(session, identity, state) if state.get("vpcId") else None,
    delete=Call(operation="delete_vpn_gateway", arguments={"VpnGatewayId": ID}),
    replaces=frozenset({"amazonSideAsn", "availabilityZone"}),
    computed=frozenset({"amazonSideAsn", "vpcId"}),
    absent=("InvalidVpnGatewayID.NotFound",),
)


def _find_attachment(session: Session, _: str, properties: Properties) -> Item | None:
    gateway = _find_vpn_gateway(session, properties["vpnGatewayId"], {})
    attachment = _attached(gateway) if gateway else None
    return attachment if attachment and attachment["VpcId"] == properties["vpcId"] else None


VPN_GATEWAY_ATTACHMENT: Final = Row(
    resource="aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment",
    create=Call(operation="attach_vpn_gateway", arguments={"VpcId": "vpcId", "VpnGatewayId": "vpnGatewayId"}),
    identity=lambda inputs: f"vpn-attachment-{hashcode('{vpcId}-{vpnGatewayId}'.format_map(inputs)):x}",
    find=_find_attachment,
    ready=lambda item: bool(item["State"] == "attached"),
    fields={"vpcId": "VpcId"},
    delete=Call(operation="detach_vpn_gateway", arguments={"VpcId": "vpcId", "VpnGatewayId": "vpnGatewayId"}),
    replaces=frozenset({"vpcId", "vpnGatewayId"}),
    absent=("InvalidVpnGatewayID.NotFound", "InvalidVpnGatewayAttachment.NotFound"),
)


def _find_propagation(session: Session, _: str, properties: Properties) -> Item | None:
    tables = session.call("ec2", "describe_route_tables", {"RouteTableIds": [properties["routeTableId"]]})[
        "RouteTables"
    ]
    entries = tables[0].get("PropagatingVgws", []) if tables else []
    return next((entry for entry in entries if entry["GatewayId"] == properties["vpnGatewayId"]), None)


VPN_GATEWAY_ROUTE_PROPAGATION: Final = Row(
    resource="aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation",
    create=Call(
        operation="enable_vgw_route_propagation",
        arguments={"GatewayId": "vpnGatewayId", "RouteTableId": "routeTableId"},
    ),
    identity=lambda inputs: "{routeTableId}_{vpnGatewayId}".format_map(inputs),
    find=_find_propagation,
    delete=Call(
        operation="disable_vgw_route_propagation",
        arguments={"GatewayId": "vpnGatewayId", "RouteTableId": "routeTableId"},
    ),
    replaces=frozenset({"vpnGatewayId", "routeTableId"}),
    absent=("InvalidRouteTableID.NotFound",),
)


def _find_connection_route(session: Session, _: str, properties: Properties) -> Item | None:
    connections = session.call(
        "ec2", "describe_vpn_connections", {"VpnConnectionIds": [properties["vpnConnectionId"]]}
    )["VpnConnections"]
    routes = connections[0].get("Routes", []) if connections else []
    return next(
        (
            route
            for route in routes
            if route["DestinationCidrBlock"] == properties["destinationCidrBlock"]
            and route.get("State") not in ("deleting", "deleted")
        ),
        None,
    )


VPN_CONNECTION_ROUTE: Final = Row(
    resource="aws:ec2/vpnConnectionRoute:VpnConnectionRoute",
    create=Call(
        operation="create_vpn_connection_route",
        arguments={"DestinationCidrBlock": "destinationCidrBlock", "VpnConnectionId": "vpnConnectionId"},
    ),
    identity=lambda inputs: "{destinationCidrBlock}:{vpnConnectionId}".format_map(inputs),
    find=_find_connection_route,
    ready=lambda item: item.get("State") in (None, "available"),
    fields={"destinationCidrBlock": "DestinationCidrBlock"},
    delete=Call(
        operation="delete_vpn_connection_route",
        arguments={"DestinationCidrBlock": "destinationCidrBlock", "VpnConnectionId": "vpnConnectionId"},
    ),
    replaces=frozenset({"destinationCidrBlock", "vpnConnectionId"}),
    absent=("InvalidVpnConnectionID.NotFound", "InvalidRoute.NotFound"),
)


def _attach_internet(session: Session, identity: str, inputs: Properties) -> None:
    if inputs.get("vpcId"):
        session.call("ec2", "attach_internet_gateway", {"InternetGatewayId": identity, "VpcId": inputs["vpcId"]})


def _detach_internet(session: Session, identity: str, state: Properties) -> None:
    if state.get("vpcId"):
        session.call("ec2", "detach_internet_gateway", {"InternetGatewayId": identity, "VpcId": state["vpcId"]})


def _move_internet(session: Session, identity: str, state: Properties, news: Properties) -> None:
    if news.get("vpcId") != state.get("vpcId"):
        _detach_internet(session, identity, state)
        _attach_internet(session, identity, news)


INTERNET_GATEWAY: Final = Row(
    resource="aws:ec2/internetGateway:InternetGateway",
    create=Call(operation="create_internet_gateway"),
    identity="InternetGateway.InternetGatewayId",
    tagged="internet-gateway",
    arn="internet-gateway/",
    find=described("describe_internet_gateways", "InternetGatewayIds", "InternetGateways"),
    fields={
        "ownerId": "OwnerId",
        "vpcId": lambda item: item["Attachments"][0]["VpcId"] if item.get("Attachments") else None,
    },
    after_create=_attach_internet,
    update=_move_internet,
    before_delete=_detach_internet,
    delete=Call(operation="delete_internet_gateway", arguments={"InternetGatewayId": ID}),
    computed=frozenset({"vpcId"}),
    absent=("InvalidInternetGatewayID.NotFound",),
)

ROWS: Final = (
    CUSTOMER_GATEWAY,
    VPN_GATEWAY,
    VPN_GATEWAY_ATTACHMENT,
    VPN_GATEWAY_ROUTE_PROPAGATION,
    VPN_CONNECTION_ROUTE,
    INTERNET_GATEWAY,
)
