"""VPN connections: create with every option checked, describe with live telemetry, modify in place, delete."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import (
    EC2ClientError,
    InvalidTransitGatewayID,
    InvalidVpnConnectionIdError,
    InvalidVpnGatewayIdError,
)
from moto.ec2.responses.vpn_connections import VPNConnections
from moto.ec2.utils import add_tag_specification, random_vpn_connection_id

from lab.aws.allocation import free_inside_cidr, new_preshared_key, outside_pair
from lab.aws.connection import Connection
from lab.aws.outcomes import connections, outcomes_of, outside_addresses
from lab.aws.refusal import incorrect_state, invalid_combination, invalid_value, missing_parameter
from lab.aws.transit_gateways import attach, detach
from lab.aws.tunnel_options import Tunnel
from lab.exchange import Exchange

_MAXIMUM_STATIC_ROUTES = 100  # AWS quota: static routes on a virtual private gateway's connection


class VpnConnectionCalls(VPNConnections):
    """The calls that concern a connection and its tunnels."""

    exchange: Exchange

    def create_vpn_connection(self) -> ActionResult:
        """Create a connection with two tunnels of its own, available at once."""
        # An empty id is none: boto3 sends it as it comes.
        request = {name: value for name, value in self._get_params().items() if value != ""}
        _require_target(request)
        self._require_gateways(request)
        tags = add_tag_specification(self._get_param("TagSpecifications", []))
        tunnels = self._new_tunnels(request)
        connection = Connection(self.ec2_backend, random_vpn_connection_id(), request, tunnels, tags)
        self.ec2_backend.vpn_connections[connection.id] = connection
        if connection.transit_gateway_id:
            attach(connection)
        return self._answer(connection)

    def delete_vpn_connection(self) -> ActionResult:
        """Delete a connection; it stays listed as deleted."""
        connection_id = self._get_param("VpnConnectionId")
        connection = self.ec2_backend.delete_vpn_connection(connection_id)
        detach(connection)
        return EmptyResult()

    def describe_vpn_connections(self) -> ActionResult:
        """Return the connections asked for, their telemetry computed from what both ends hold now."""
        found = self.ec2_backend.describe_vpn_connections(
            self._get_param("VpnConnectionIds", []), self._filters_from_querystring()
        )
        return ActionResult({"VpnConnections": [self._describe(connection) for connection in found]})

    def modify_vpn_tunnel_options(self) -> ActionResult:
        """Change the given options of one tunnel, in place."""
        connection, tunnel = self._connection_and_tunnel()
        request = self._get_param("TunnelOptions", {})
        if not request:
            raise missing_parameter("tunnelOptions")
        modified = tunnel.modified(request)
        if modified.inside != tunnel.inside:
            self._require_free(modified.inside, connection.vpn_gateway_id, connection, except_for=tunnel)
        connection.replace_tunnel(modified)
        if self._get_param("PreSharedKeyStorage"):
            # AWS's call names a tunnel, and the storage is the connection's.
            connection.keeps_keys_elsewhere = self._get_param("PreSharedKeyStorage") == "SecretsManager"
        return self._answer(connection)

    def modify_vpn_connection(self) -> ActionResult:
        """Move the connection to another customer gateway or another gateway of AWS."""
        connection = self._connection()
        request = dict(self._get_params())
        changed: dict[str, Any] = {
            "CustomerGatewayId": request.get("CustomerGatewayId") or connection.customer_gateway_id,
            "VpnGatewayId": request.get("VpnGatewayId"),
            "TransitGatewayId": request.get("TransitGatewayId"),
        }
        if not changed["VpnGatewayId"] and not changed["TransitGatewayId"]:
            changed["VpnGatewayId"] = connection.vpn_gateway_id
            changed["TransitGatewayId"] = connection.transit_gateway_id
        _require_target(changed)
        self._require_gateways({**changed, "Options": connection.connection_options})
        if changed["TransitGatewayId"] and connection.static_cidrs:
            # EC2 API reference, ModifyVpnConnection: a transit gateway has them in its tables. The code is our guess.
            raise incorrect_state(f"The static routes of {connection.id} must be deleted first.")
        detach(connection)
        connection.customer_gateway_id = changed["CustomerGatewayId"]
        connection.vpn_gateway_id = changed["VpnGatewayId"]
        connection.transit_gateway_id = changed["TransitGatewayId"]
        if connection.transit_gateway_id:
            attach(connection)
        return self._answer(connection)

    def modify_vpn_connection_options(self) -> ActionResult:
        """Change the networks that may talk through the tunnels, or the bandwidth."""
        connection = self._connection()
        for name in ("LocalIpv4NetworkCidr", "RemoteIpv4NetworkCidr"):
            if self._get_param(name):
                connection.connection_options[name] = str(_cidr(name, self._get_param(name)))
        for name in ("LocalIpv6NetworkCidr", "RemoteIpv6NetworkCidr", "TunnelBandwidth"):
            if self._get_param(name):
                connection.connection_options[name] = self._get_param(name)
        return self._answer(connection)

    def get_active_vpn_tunnel_status(self) -> ActionResult:
        """Return what one tunnel's ends agreed on."""
        connection, tunnel = self._connection_and_tunnel()
        outcome = outcomes_of(connection, self.exchange)[tunnel.outside]
        status: dict[str, object] = {"ProvisioningStatus": "available", "IkeVersion": outcome.ike_version}
        if outcome.phase1 is not None:
            status |= {
                "Phase1EncryptionAlgorithm": outcome.phase1.encryption,
                "Phase1IntegrityAlgorithm": outcome.phase1.integrity,
                "Phase1DHGroup": outcome.phase1.dh_group,
            }
        if outcome.phase2 is not None:
            status |= {
                "Phase2EncryptionAlgorithm": outcome.phase2.encryption,
                "Phase2IntegrityAlgorithm": outcome.phase2.integrity or None,
                "Phase2DHGroup": outcome.pfs,
            }
        return ActionResult({"ActiveVpnTunnelStatus": status})

    def create_vpn_connection_route(self) -> ActionResult:
        """Add a static route; one that is there already is no error."""
        connection = self._connection()
        destination = _cidr("destinationCidrBlock", self._get_param("DestinationCidrBlock"))
        if not connection.is_static:
            raise EC2ClientError(
                "InvalidVpnConnection.InvalidType", "The VPN connection does not support static routes."
            )
        if destination in connection.static_cidrs:
            return EmptyResult()
        if len(connection.static_cidrs) >= _MAXIMUM_STATIC_ROUTES:
            raise EC2ClientError(
                "VpnConnectionRouteLimitExceeded", f"{connection.id} has {_MAXIMUM_STATIC_ROUTES} static routes."
            )
        connection.static_cidrs = (*connection.static_cidrs, destination)
        return EmptyResult()

    def delete_vpn_connection_route(self) -> ActionResult:
        """Remove a static route."""
        connection = self._connection()
        destination = _cidr("destinationCidrBlock", self._get_param("DestinationCidrBlock"))
        if destination not in connection.static_cidrs:
            raise EC2ClientError("InvalidRoute.NotFound", f"{connection.id} has no route to {destination}.")
        connection.static_cidrs = tuple(cidr for cidr in connection.static_cidrs if cidr != destination)
        return EmptyResult()

    def _describe(self, connection: Connection) -> Mapping[str, object]:
        if connection.state == "deleted":
            return connection.describe({})
        return connection.describe(outcomes_of(connection, self.exchange))

    def _answer(self, connection: Connection) -> ActionResult:
        return ActionResult({"VpnConnection": self._describe(connection)})

    def _connection(self) -> Connection:
        connection_id = self._get_param("VpnConnectionId")
        connection: Connection | None = self.ec2_backend.vpn_connections.get(connection_id)
        if connection is None:
            raise InvalidVpnConnectionIdError(connection_id)
        if connection.state != "available":
            raise EC2ClientError(
                "InvalidVpnConnection.InvalidState", f"{connection_id} is {connection.state}, not available."
            )
        return connection

    def _connection_and_tunnel(self) -> tuple[Connection, Tunnel]:
        connection = self._connection()
        outside = self._get_param("VpnTunnelOutsideIpAddress")
        tunnel = connection.tunnel_at(outside)
        if tunnel is None:
            raise invalid_value(
                "vpnTunnelOutsideIpAddress", outside, f"{connection.id} has no tunnel with this address."
            )
        return connection, tunnel

    def _require_gateways(self, request: Mapping[str, Any]) -> None:
        customer = self.ec2_backend.get_customer_gateway(request["CustomerGatewayId"])
        if customer.state == "deleted":
            raise EC2ClientError("InvalidCustomerGateway.NotFound", f"{customer.id} is deleted.")
        gateway_id, transit_id = request.get("VpnGatewayId"), request.get("TransitGatewayId")
        if transit_id and transit_id not in self.ec2_backend.transit_gateways:
            raise InvalidTransitGatewayID(transit_id)
        if not gateway_id:
            return
        gateway = self.ec2_backend.get_vpn_gateway(gateway_id)
        if gateway.state == "deleted":
            raise InvalidVpnGatewayIdError(gateway_id)
        if int(gateway.amazon_side_asn) == customer.asn:
            raise invalid_combination(
                "The ASN of the specified customer gateway and virtual private gateway are the same."
            )
        _require_fit_for_vpn_gateway(request.get("Options") or {})

    def _new_tunnels(self, request: Mapping[str, Any]) -> tuple[Tunnel, Tunnel]:
        asked = list((request.get("Options") or {}).get("TunnelOptions") or [])
        if len(asked) > 2:
            raise invalid_value("tunnelOptions", len(asked), "A VPN connection has two tunnels.")
        addresses = outside_addresses()
        outside = outside_pair(addresses)
        if len(addresses) % 4:
            # AWS promises no order of its tunnels: every other connection has its first one at the higher address.
            outside = (outside[1], outside[0])
        taken = self._inside_cidrs(request.get("VpnGatewayId"))
        wishes = (*asked, {}, {})[:2]
        first = self._new_tunnel(outside[0], wishes[0], taken, wishes[1])
        second = self._new_tunnel(outside[1], wishes[1], {*taken, first.inside}, {})
        return first, second

    def _new_tunnel(
        self, outside: IPv4Address, wish: Mapping[str, Any], taken: set[IPv4Network], other: Mapping[str, Any]
    ) -> Tunnel:
        wanted_by_other = (
            {IPv4Network(other["TunnelInsideCidr"], strict=False)} if other.get("TunnelInsideCidr") else set()
        )
        picked = Tunnel(outside, free_inside_cidr(taken | wanted_by_other), new_preshared_key())
        tunnel = picked.modified(wish)
        if tunnel.inside in taken:
            raise _in_use(tunnel.inside)
        return tunnel

    def _inside_cidrs(self, gateway: str | None) -> set[IPv4Network]:
        """Inside CIDRs are unique on a virtual private gateway, not on a transit gateway (AWS user guide)."""
        return {
            tunnel.inside
            for connection in connections(self.ec2_backend)
            if gateway is not None and connection.vpn_gateway_id == gateway
            for tunnel in connection.tunnel_pair
        }

    def _require_free(
        self, inside: IPv4Network, gateway: str | None, connection: Connection, *, except_for: Tunnel
    ) -> None:
        others = {tunnel.inside for tunnel in connection.tunnel_pair if tunnel is not except_for}
        if inside in others | (self._inside_cidrs(gateway) - {except_for.inside}):
            raise _in_use(inside)


def _require_target(request: Mapping[str, Any]) -> None:
    if request.get("VpnGatewayId") and request.get("TransitGatewayId"):
        raise invalid_combination("The request must not contain both parameter vpnGatewayId and transitGatewayId")


def _require_fit_for_vpn_gateway(options: Mapping[str, Any]) -> None:
    # AWS user guide: a virtual private gateway has no acceleration, no IPv6 inside and no large tunnels.
    if options.get("EnableAcceleration"):
        raise invalid_combination("Acceleration is not supported on a virtual private gateway.")
    if options.get("TunnelInsideIpVersion") == "ipv6":
        raise invalid_combination("IPv6 inside tunnels is not supported on a virtual private gateway.")
    if options.get("TunnelBandwidth") == "large":
        raise invalid_combination("Large bandwidth tunnels are not supported on a virtual private gateway.")


def _in_use(inside: IPv4Network) -> EC2ClientError:
    return invalid_value("tunnelInsideCidr", inside, "The CIDR block is already in use by a tunnel.")


def _cidr(parameter: str, text: str | None) -> IPv4Network:
    if not text:
        raise missing_parameter(parameter)
    try:
        return IPv4Network(text)
    except ValueError as error:
        raise invalid_value(parameter, text, "This is not a valid CIDR block.") from error
