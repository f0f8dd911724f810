"""Data sources: what a program asks of AWS without making anything."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from lab.providers.aws.session import AWS_PARTITION, Session
from lab.providers.aws.vpn_connection import telemetry
from lab.providers.plugin import ProviderError
from lab.providers.values import Properties


def answer(session: Session, token: str, arguments: Properties) -> Properties:
    """Answer a data source; one that the table lacks, or an argument that it does not take, is refused."""
    if token not in _FUNCTIONS:
        raise ProviderError(f"the lab's aws plugin has no function {token}")
    permitted, function = _FUNCTIONS[token]
    unknown = sorted(name for name, value in arguments.items() if name not in permitted and value is not None)
    if unknown:
        raise ProviderError(f"{token}: the lab's aws plugin does not support {unknown[0]}")
    try:
        return function(session, arguments)
    except ProviderError as error:
        # So the bridge to Terraform's provider says it.
        raise ProviderError(f"invoking {token}: 1 error occurred:\n\t* {error}\n\n") from None


def _filters(arguments: Properties) -> list[dict[str, Any]]:
    return [{"Name": entry["name"], "Values": entry["values"]} for entry in arguments.get("filters") or []]


def _vpn_connection(session: Session, arguments: Properties) -> Properties:
    request: dict[str, Any] = {}
    if arguments.get("vpnConnectionId"):
        request["VpnConnectionIds"] = [arguments["vpnConnectionId"]]
    if _filters(arguments):
        request["Filters"] = _filters(arguments)
    found = session.call("ec2", "describe_vpn_connections", request)["VpnConnections"]
    found = [item for item in found if item.get("State") != "deleted"]
    if len(found) != 1:
        raise ProviderError(f"reading EC2 VPN Connection: expected one result, found {len(found)}")
    item = found[0]
    described = {
        "category": item.get("Category", "VPN"),
        "coreNetworkArn": item.get("CoreNetworkArn", ""),
        "coreNetworkAttachmentArn": item.get("CoreNetworkAttachmentArn", ""),
        "customerGatewayConfiguration": item.get("CustomerGatewayConfiguration", ""),
        "customerGatewayId": item.get("CustomerGatewayId", ""),
        "gatewayAssociationState": item.get("GatewayAssociationState", ""),
        "preSharedKeyArn": item.get("PreSharedKeyArn", ""),
        "state": item.get("State", ""),
        "transitGatewayId": item.get("TransitGatewayId", ""),
        "type": item.get("Type", ""),
        "vpnConcentratorId": item.get("VpnConcentratorId", ""),
        "vpnConnectionId": item["VpnConnectionId"],
        "vpnGatewayId": item.get("VpnGatewayId", ""),
    }
    telemetries = [telemetry(entry) for entry in item.get("VgwTelemetry", [])]
    return {
        **described,
        "id": item["VpnConnectionId"],
        "filters": arguments.get("filters"),
        "region": session.region,
        "routes": [
            {
                "destinationCidrBlock": r["DestinationCidrBlock"],
                "source": r.get("Source", ""),
                "state": r.get("State", ""),
            }
            for r in item.get("Routes", [])
        ],
        "tags": _tags(item),
        "vgwTelemetries": [{k: v for k, v in entry.items() if k != "certificateArn"} for entry in telemetries],
    }


def _one_of(session: Session, operation: str, items: str, request: dict[str, Any], what: str) -> dict[str, Any]:
    """Describe one thing that must exist, and be one."""
    found = [item for item in session.call("ec2", operation, request)[items] if item.get("State") != "deleted"]
    if len(found) != 1:
        raise ProviderError(f"reading EC2 {what}: expected one result, found {len(found)}")
    return dict(found[0])


def _vpc(session: Session, arguments: Properties) -> Properties:
    request = {"VpcIds": [arguments["id"]]} if arguments.get("id") else {"Filters": _filters(arguments)}
    item = _one_of(session, "describe_vpcs", "Vpcs", request, "VPC")
    return {
        "arn": session.arn("ec2", f"vpc/{item['VpcId']}"),
        "cidrBlock": item["CidrBlock"],
        "cidrBlockAssociations": [
            {"associationId": a["AssociationId"], "cidrBlock": a["CidrBlock"], "state": a["CidrBlockState"]["State"]}
            for a in item.get("CidrBlockAssociationSet", [])
        ],
        "default": item.get("IsDefault", False),
        "id": item["VpcId"],
        "instanceTenancy": item.get("InstanceTenancy", ""),
        "ownerId": item.get("OwnerId", ""),
        "region": session.region,
        "state": item.get("State", ""),
        "tags": _tags(item),
    }


def _customer_gateway(session: Session, arguments: Properties) -> Properties:
    request = {"CustomerGatewayIds": [arguments["id"]]} if arguments.get("id") else {"Filters": _filters(arguments)}
    item = _one_of(session, "describe_customer_gateways", "CustomerGateways", request, "Customer Gateway")
    return {
        "arn": session.arn("ec2", f"customer-gateway/{item['CustomerGatewayId']}"),
        "bgpAsn": int(item["BgpAsn"]) if item.get("BgpAsn") else 0,
        "bgpAsnExtended": int(item["BgpAsnExtended"]) if item.get("BgpAsnExtended") else 0,
        "certificateArn": item.get("CertificateArn", ""),
        "deviceName": item.get("DeviceName", ""),
        "id": item["CustomerGatewayId"],
        "ipAddress": item.get("IpAddress", ""),
        "region": session.region,
        "tags": _tags(item),
        "type": item.get("Type", ""),
    }


def _vpn_gateway(session: Session, arguments: Properties) -> Properties:
    request = {"VpnGatewayIds": [arguments["id"]]} if arguments.get("id") else {"Filters": _filters(arguments)}
    item = _one_of(session, "describe_vpn_gateways", "VpnGateways", request, "VPN Gateway")
    attached = [entry["VpcId"] for entry in item.get("VpcAttachments", []) if entry["State"] == "attached"]
    return {
        "amazonSideAsn": str(item.get("AmazonSideAsn", "")),
        "arn": session.arn("ec2", f"vpn-gateway/{item['VpnGatewayId']}"),
        "attachedVpcId": (attached or [""])[0],
        "availabilityZone": item.get("AvailabilityZone", ""),
        "id": item["VpnGatewayId"],
        "region": session.region,
        "state": item.get("State", ""),
        "tags": _tags(item),
    }


def _transit_gateway(session: Session, arguments: Properties) -> Properties:
    request = {"TransitGatewayIds": [arguments["id"]]} if arguments.get("id") else {"Filters": _filters(arguments)}
    item = _one_of(session, "describe_transit_gateways", "TransitGateways", request, "Transit Gateway")
    options = item["Options"]
    return {
        "amazonSideAsn": int(options["AmazonSideAsn"]),
        "arn": item["TransitGatewayArn"],
        "associationDefaultRouteTableId": options.get("AssociationDefaultRouteTableId", ""),
        "defaultRouteTableAssociation": options["DefaultRouteTableAssociation"],
        "defaultRouteTablePropagation": options["DefaultRouteTablePropagation"],
        "description": item.get("Description", ""),
        "dnsSupport": options["DnsSupport"],
        "id": item["TransitGatewayId"],
        "multicastSupport": options.get("MulticastSupport", "disable"),
        "ownerId": item.get("OwnerId", ""),
        "propagationDefaultRouteTableId": options.get("PropagationDefaultRouteTableId", ""),
        "region": session.region,
        "tags": _tags(item),
        "vpnEcmpSupport": options["VpnEcmpSupport"],
    }


def _tags(item: Mapping[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in item.get("Tags", [])}


def _availability_zones(session: Session, arguments: Properties) -> Properties:
    filters = _filters(arguments)
    if arguments.get("state"):
        filters.append({"Name": "state", "Values": [arguments["state"]]})
    zones = session.call("ec2", "describe_availability_zones", {"Filters": filters})["AvailabilityZones"]
    excluded = {*(arguments.get("excludeNames") or []), *(arguments.get("excludeZoneIds") or [])}
    kept = sorted(
        (zone for zone in zones if not {zone["ZoneName"], zone["ZoneId"]} & excluded), key=lambda zone: zone["ZoneName"]
    )
    return {
        **arguments,
        "id": session.region,
        "region": session.region,
        "names": [zone["ZoneName"] for zone in kept],
        "zoneIds": [zone["ZoneId"] for zone in kept],
        "groupNames": sorted({zone.get("GroupName", session.region) for zone in kept}),
    }


def _caller_identity(session: Session, _: Properties) -> Properties:
    identity = session.call("sts", "get_caller_identity", {})
    return {
        "accountId": identity["Account"],
        "arn": identity["Arn"],
        "id": identity["Account"],
        "userId": identity["UserId"],
    }


def _region(session: Session, _: Properties) -> Properties:
    return {
        "description": session.region,
        "endpoint": f"ec2.{session.region}.amazonaws.com",
        "id": session.region,
        "name": session.region,
        "region": session.region,
    }


def _partition(_: Session, __: Properties) -> Properties:
    return {
        "dnsSuffix": "amazonaws.com",
        "id": AWS_PARTITION,
        "partition": AWS_PARTITION,
        "reverseDnsPrefix": "com.amazonaws",
    }


_FUNCTIONS: Final[Mapping[str, tuple[frozenset[str], Callable[[Session, Properties], Properties]]]] = {
    "aws:ec2/getVpnConnection:getVpnConnection": (
        frozenset({"filters", "region", "vpnConnectionId"}),
        _vpn_connection,
    ),
    "aws:ec2/getVpc:getVpc": (frozenset({"filters", "id", "region"}), _vpc),
    "aws:ec2/getCustomerGateway:getCustomerGateway": (frozenset({"filters", "id", "region"}), _customer_gateway),
    "aws:ec2/getVpnGateway:getVpnGateway": (frozenset({"filters", "id", "region"}), _vpn_gateway),
    "aws:ec2transitgateway/getTransitGateway:getTransitGateway": (
        frozenset({"filters", "id", "region"}),
        _transit_gateway,
    ),
    "aws:index/getAvailabilityZones:getAvailabilityZones": (
        frozenset({"excludeNames", "excludeZoneIds", "filters", "region", "state"}),
        _availability_zones,
    ),
    "aws:index/getCallerIdentity:getCallerIdentity": (frozenset({"id"}), _caller_identity),
    "aws:index/getRegion:getRegion": (frozenset({"id", "name", "region"}), _region),
    "aws:index/getPartition:getPartition": (frozenset({"id"}), _partition),
}
"""Token to the arguments that it takes here and what answers it."""
