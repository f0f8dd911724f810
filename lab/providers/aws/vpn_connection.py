"""The VPN connection: two tunnels under flat names, and the provider's own idea of which is the first."""

import ipaddress
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree

from lab.providers.aws import tunnel_options
from lab.providers.aws.difference import all_tags, same
from lab.providers.aws.session import Session
from lab.providers.aws.table import ID, Call, Item, Row, described, tag_list
from lab.providers.values import Properties

_find = described("describe_vpn_connections", "VpnConnectionIds", "VpnConnections", ("deleted", "deleting"))

_OPTIONS: Final[Mapping[str, str]] = {
    "EnableAcceleration": "enableAcceleration",
    "StaticRoutesOnly": "staticRoutesOnly",
    "TunnelInsideIpVersion": "tunnelInsideIpVersion",
    "LocalIpv4NetworkCidr": "localIpv4NetworkCidr",
    "RemoteIpv4NetworkCidr": "remoteIpv4NetworkCidr",
    "LocalIpv6NetworkCidr": "localIpv6NetworkCidr",
    "RemoteIpv6NetworkCidr": "remoteIpv6NetworkCidr",
    "OutsideIpAddressType": "outsideIpAddressType",
    "TransportTransitGatewayAttachmentId": "transportTransitGatewayAttachmentId",
    "TunnelBandwidth": "tunnelBandwidth",
}
"""The options of the connection, AWS's name to pulumi-aws's."""

_ENDS: Final[Mapping[str, str]] = {
    "CustomerGatewayId": "customerGatewayId",
    "TransitGatewayId": "transitGatewayId",
    "VpnGatewayId": "vpnGatewayId",
}


@dataclass(frozen=True, slots=True)
class Tunnel:
    """One tunnel as the connection's XML has it."""

    outside_address: str
    preshared_key: str
    bgp_asn: str
    bgp_holdtime: int
    cgw_inside_address: str
    vgw_inside_address: str


def tunnels(configuration: str) -> list[Tunnel]:
    """Read the two tunnels of a connection's XML."""
    root = ElementTree.fromstring(configuration)  # noqa: S314 - made by the lab's own AWS, whose XML has no entities

    def text(element: ElementTree.Element, path: str) -> str:
        return element.findtext(path, "").strip()

    return [
        Tunnel(
            outside_address=text(element, "vpn_gateway/tunnel_outside_address/ip_address"),
            preshared_key=text(element, "ike/pre_shared_key"),
            bgp_asn=text(element, "vpn_gateway/bgp/asn"),
            bgp_holdtime=int(text(element, "vpn_gateway/bgp/hold_time") or 0),
            cgw_inside_address=text(element, "customer_gateway/tunnel_inside_address/ip_address"),
            vgw_inside_address=text(element, "vpn_gateway/tunnel_inside_address/ip_address"),
        )
        for element in root.findall("ipsec_tunnel")
    ]


def in_provider_order(found: Sequence[Tunnel], key: str | None, inside_cidr: str | None) -> list[Tunnel]:
    """Put two tunnels in the provider's order.

    By the first tunnel's key, else by its inside CIDR, else by the outside address compared as text: the provider's
    own rule, which is why nothing but the inside CIDR or the outside address tells the tunnels apart for certain.
    """
    first, second = found
    if key:
        swap = key == second.preshared_key != first.preshared_key
    elif inside_cidr:
        network = ipaddress.ip_network(inside_cidr)
        swap = _inside(second, network) and not _inside(first, network)
    else:
        swap = second.outside_address < first.outside_address
    return [second, first] if swap else [first, second]


def _inside(tunnel: Tunnel, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    return ipaddress.ip_address(tunnel.vgw_inside_address) in network


def _create(session: Session, inputs: Properties) -> str:
    options = {api: inputs[name] for api, name in _OPTIONS.items() if inputs.get(name)}
    options["TunnelOptions"] = [tunnel_options.specification(inputs, prefix) for prefix in tunnel_options.PREFIXES]
    request: dict[str, Any] = {
        "Type": inputs["type"],
        "Options": options,
        **{api: inputs[name] for api, name in _ENDS.items() if inputs.get(name)},
    }
    if inputs.get("presharedKeyStorage"):
        request["PreSharedKeyStorage"] = inputs["presharedKeyStorage"]
    tags = all_tags(session.settings.default_tags, inputs.get("tags"))
    if tags:
        request["TagSpecifications"] = [{"ResourceType": "vpn-connection", "Tags": tag_list(tags)}]
    answer = session.call("ec2", "create_vpn_connection", request)
    return str(answer["VpnConnection"]["VpnConnectionId"])


def _read(session: Session, item: Item, before: Properties) -> Properties:
    configuration = item.get("CustomerGatewayConfiguration")
    options = item.get("Options") or {}
    result: Properties = {
        **{name: options.get(api) for api, name in _OPTIONS.items()},
        **{name: item.get(api) for api, name in _ENDS.items()},
        "customerGatewayConfiguration": configuration,
        "type": item.get("Type"),
        "coreNetworkArn": item.get("CoreNetworkArn", ""),
        "coreNetworkAttachmentArn": item.get("CoreNetworkAttachmentArn", ""),
        "presharedKeyArn": item.get("PreSharedKeyArn", ""),
        "routes": [
            {"destinationCidrBlock": r.get("DestinationCidrBlock"), "source": r.get("Source"), "state": r.get("State")}
            for r in item.get("Routes", [])
        ],
        "vgwTelemetries": [telemetry(entry) for entry in item.get("VgwTelemetry", [])],
        "transitGatewayAttachmentId": _attachment(session, item),
    }
    for prefix, described_options in zip(tunnel_options.PREFIXES, options.get("TunnelOptions", []), strict=False):
        result.update(tunnel_options.properties(described_options, prefix))
    cidr = before.get("tunnel1InsideCidr") or result.get("tunnel1InsideCidr")
    ordered = (
        in_provider_order(tunnels(configuration), before.get("tunnel1PresharedKey"), cidr) if configuration else []
    )
    for prefix, tunnel in zip(tunnel_options.PREFIXES, ordered, strict=False):
        result.update(
            {
                f"{prefix}Address": tunnel.outside_address,
                f"{prefix}BgpAsn": tunnel.bgp_asn,
                f"{prefix}BgpHoldtime": tunnel.bgp_holdtime,
                f"{prefix}CgwInsideAddress": tunnel.cgw_inside_address,
                f"{prefix}PresharedKey": tunnel.preshared_key,
                f"{prefix}VgwInsideAddress": tunnel.vgw_inside_address,
            }
        )
    return result


def _attachment(session: Session, item: Item) -> str:
    if not item.get("TransitGatewayId"):
        return ""
    filters = {
        "resource-id": item["VpnConnectionId"],
        "resource-type": "vpn",
        "transit-gateway-id": item["TransitGatewayId"],
    }
    found = session.call(
        "ec2",
        "describe_transit_gateway_attachments",
        {"Filters": [{"Name": name, "Values": [value]} for name, value in filters.items()]},
    )["TransitGatewayAttachments"]
    return str(found[0]["TransitGatewayAttachmentId"]) if found else ""


def telemetry(entry: Item) -> Properties:
    """One tunnel's state as AWS sees it."""
    changed = entry.get("LastStatusChange")
    return {
        "acceptedRouteCount": entry.get("AcceptedRouteCount", 0),
        "certificateArn": entry.get("CertificateArn", ""),
        "lastStatusChange": changed.strftime("%Y-%m-%dT%H:%M:%SZ") if changed else "",
        "outsideIpAddress": entry.get("OutsideIpAddress", ""),
        "status": entry.get("Status", ""),
        "statusMessage": entry.get("StatusMessage", ""),
    }


def _update(session: Session, identity: str, state: Properties, news: Properties) -> None:
    """Change a connection step by step, waiting after each: its ends, its CIDRs, tunnel 1, tunnel 2."""
    ends = {api: news[name] for api, name in _ENDS.items() if news.get(name) and news[name] != state.get(name)}
    if ends:
        session.call("ec2", "modify_vpn_connection", {"VpnConnectionId": identity, **ends})
        _settle(session, identity)
    cidrs = {
        api: news[name]
        for api, name in _OPTIONS.items()
        if api.endswith("NetworkCidr") and news.get(name) and not same(news[name], state.get(name))
    }
    if cidrs:
        session.call("ec2", "modify_vpn_connection_options", {"VpnConnectionId": identity, **cidrs})
        _settle(session, identity)
    for prefix in tunnel_options.PREFIXES:
        options = tunnel_options.modification(state, news, prefix)
        if options and state.get(f"{prefix}Address"):
            session.call(
                "ec2",
                "modify_vpn_tunnel_options",
                {
                    "VpnConnectionId": identity,
                    "VpnTunnelOutsideIpAddress": state[f"{prefix}Address"],
                    "TunnelOptions": options,
                },
            )
            _settle(session, identity)


def _settle(session: Session, identity: str) -> None:
    while (item := _find(session, identity, {})) is not None and item["State"] != "available":
        time.sleep(0.1)


def _problems(inputs: Properties) -> Mapping[str, str]:
    result = tunnel_options.problems(inputs)
    if inputs.get("vpnGatewayId") and inputs.get("transitGatewayId"):
        result["transitGatewayId"] = "conflicts with vpnGatewayId"
    if inputs.get("enableAcceleration") and "transitGatewayId" not in inputs:
        result["enableAcceleration"] = "all of `enableAcceleration,transitGatewayId` must be specified"
    return result


_PER_TUNNEL_COMPUTED = ("EnableTunnelLifecycleControl", "InsideCidr", "InsideIpv6Cidr", "LogOptions", "PresharedKey")

VPN_CONNECTION: Final = Row(
    resource="aws:ec2/vpnConnection:VpnConnection",
    create=_create,
    find=_find,
    ready=lambda item: bool(item["State"] == "available"),
    tagged="vpn-connection",
    arn="vpn-connection/",
    read=_read,
    update=_update,
    delete=Call(operation="delete_vpn_connection", arguments={"VpnConnectionId": ID}),
    replaces=frozenset(
        {
            "enableAcceleration",
            "outsideIpAddressType",
            "staticRoutesOnly",
            "transportTransitGatewayAttachmentId",
            "tunnelBandwidth",
            "tunnelInsideIpVersion",
            "type",
        }
    ),
    computed=frozenset(
        {
            *(set(_OPTIONS.values()) - {"transportTransitGatewayAttachmentId"}),
            "presharedKeyStorage",
            *(f"{prefix}{name}" for prefix in tunnel_options.PREFIXES for name in _PER_TUNNEL_COMPUTED),
        }
    ),
    suppressed=tunnel_options.suppressed(),
    unsupported=frozenset({"vpnConcentratorId"}),
    check=_problems,
    absent=("InvalidVpnConnectionID.NotFound",),
)

ROWS: Final = (VPN_CONNECTION,)
