"""A VPN connection as the fake AWS keeps it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from moto.ec2.models.vpn_connections import VPNConnection

from lab.aws.connection_xml import Document, customer_gateway_configuration
from lab.aws.tunnel_options import Tunnel
from lab.ends import MAXIMUM_PREFIXES_VGW, AwsEnd
from lab.negotiation import Outcome

_MAXIMUM_PREFIXES_TGW = 1000  # AWS quota: routes from a customer gateway to a transit gateway
_DEFAULT_OPTIONS = {
    "EnableAcceleration": False,
    "StaticRoutesOnly": False,
    "LocalIpv4NetworkCidr": "0.0.0.0/0",
    "RemoteIpv4NetworkCidr": "0.0.0.0/0",
    "OutsideIpAddressType": "PublicIpv4",
    "TunnelInsideIpVersion": "ipv4",
}


@dataclass(slots=True)
class _Seen:
    """A tunnel's status when it was last looked at, and since when."""

    is_up: bool
    since: datetime


class Connection(VPNConnection):
    """A VPN connection with what moto's lacks: two tunnels of its own, options, routes and telemetry."""

    def __init__(
        self,
        ec2_backend: Any,  # noqa: ANN401  # moto's own annotation
        vpn_connection_id: str,
        request: Mapping[str, Any],
        tunnels: tuple[Tunnel, Tunnel],
        tags: dict[str, str] | None,
    ) -> None:
        super().__init__(
            ec2_backend,
            vpn_connection_id,
            request["Type"],
            request["CustomerGatewayId"],
            vpn_gateway_id=request.get("VpnGatewayId"),
            transit_gateway_id=request.get("TransitGatewayId"),
            tags=tags,
        )
        given = request.get("Options") or {}
        self.connection_options: dict[str, Any] = {
            **_DEFAULT_OPTIONS,
            **{name: value for name, value in given.items() if name != "TunnelOptions" and value is not None},
        }
        self.tunnel_pair = tunnels
        self.keeps_keys_elsewhere = request.get("PreSharedKeyStorage") == "SecretsManager"
        self.static_cidrs: tuple[IPv4Network, ...] = ()
        now = datetime.now(timezone.utc)
        self._seen = {tunnel.outside: _Seen(is_up=False, since=now) for tunnel in tunnels}

    @property
    def is_static(self) -> bool:
        """Whether the connection has static routes only."""
        return bool(self.connection_options["StaticRoutesOnly"])

    @property
    def customer_gateway(self) -> Any:  # noqa: ANN401  # moto's class with attributes added
        """The customer gateway."""
        return self.ec2_backend.get_customer_gateway(self.customer_gateway_id)

    @property
    def aws_asn(self) -> int:
        """The AS number of the AWS side."""
        if self.vpn_gateway_id:
            return int(self.ec2_backend.vpn_gateways[self.vpn_gateway_id].amazon_side_asn)
        if self.transit_gateway_id:
            return int(self.ec2_backend.transit_gateways[self.transit_gateway_id].options["AmazonSideAsn"])
        return 64512

    @property
    def bgp(self) -> tuple[int, int] | None:
        """AWS's AS and the customer gateway's, None on a static connection."""
        return None if self.is_static else (self.aws_asn, self.customer_gateway.asn)

    @property
    def customer_gateway_configuration(self) -> str:
        """The XML document that describes both tunnels."""
        document = Document(
            connection_id=self.id,
            customer_gateway_id=self.customer_gateway_id,
            vpn_gateway_id=self.vpn_gateway_id or "",
            customer_outside=IPv4Address(self.customer_gateway.ip_address),
            bgp=self.bgp,
        )
        return customer_gateway_configuration(document, self._shown_tunnels)

    @property
    def _shown_tunnels(self) -> tuple[Tunnel, Tunnel]:
        """The tunnels as AWS shows them: what Secrets Manager keeps is not told here."""
        if not self.keeps_keys_elsewhere:
            return self.tunnel_pair
        one, two = (replace(tunnel, preshared_key="REDACTED") for tunnel in self.tunnel_pair)
        return one, two

    def get_filter_value(self, filter_name: str, method_name: str | None = None) -> Any:  # noqa: ANN401  # moto's own annotation
        """Return what a filter of DescribeVpnConnections compares with."""
        find = _FILTERS.get(filter_name)
        return super().get_filter_value(filter_name, method_name) if find is None else find(self)

    def tunnel_at(self, outside: str) -> Tunnel | None:
        """Return the tunnel with this outside address."""
        return next((tunnel for tunnel in self.tunnel_pair if str(tunnel.outside) == outside), None)

    def replace_tunnel(self, tunnel: Tunnel) -> None:
        """Put `tunnel` in the place of the one with the same outside address."""
        first, second = (tunnel if each.outside == tunnel.outside else each for each in self.tunnel_pair)
        self.tunnel_pair = (first, second)

    def end_of(self, tunnel: Tunnel, advertised: tuple[IPv4Network, ...], static: tuple[IPv4Network, ...]) -> AwsEnd:
        """Return AWS's end of `tunnel`: what its gateway tells the router, and the static routes that lead to it."""
        return AwsEnd(
            connection_id=self.id,
            outside=tunnel.outside,
            customer_outside=IPv4Address(self.customer_gateway.ip_address),
            inside=tunnel.aws_inside,
            customer_inside=tunnel.customer_inside,
            preshared_key=tunnel.preshared_key,
            ike_versions=tunnel.value("IkeVersions"),
            phase1_encryption=_in_order(tunnel, "Phase1EncryptionAlgorithms"),
            phase1_integrity=_in_order(tunnel, "Phase1IntegrityAlgorithms"),
            phase1_dh_groups=_in_order(tunnel, "Phase1DHGroupNumbers"),
            phase1_lifetime=tunnel.value("Phase1LifetimeSeconds"),
            phase2_encryption=_in_order(tunnel, "Phase2EncryptionAlgorithms"),
            phase2_integrity=_in_order(tunnel, "Phase2IntegrityAlgorithms"),
            phase2_dh_groups=_in_order(tunnel, "Phase2DHGroupNumbers"),
            phase2_lifetime=tunnel.value("Phase2LifetimeSeconds"),
            bgp=self.bgp,
            advertised=advertised,
            static_routes=static,
            local_cidr=IPv4Network(self.connection_options["LocalIpv4NetworkCidr"]),
            remote_cidr=IPv4Network(self.connection_options["RemoteIpv4NetworkCidr"]),
            dpd_timeout=tunnel.value("DpdTimeoutSeconds"),
            rekey_margin=tunnel.value("RekeyMarginTimeSeconds"),
            rekey_fuzz=tunnel.value("RekeyFuzzPercentage"),
            initiates=tunnel.value("StartupAction") == "start",
            restarts=tunnel.value("DpdTimeoutAction") == "restart",
            maximum_prefixes=_MAXIMUM_PREFIXES_TGW if self.transit_gateway_id else MAXIMUM_PREFIXES_VGW,
        )

    def describe(self, outcomes: Mapping[IPv4Address, Outcome]) -> dict[str, object]:
        """Return what DescribeVpnConnections says; `outcomes` are the tunnels' by outside address."""
        shown: dict[str, object] = {
            "VpnConnectionId": self.id,
            "State": self.state,
            "Type": self.type,
            "Category": "VPN",
            "CustomerGatewayId": self.customer_gateway_id,
            "VpnGatewayId": self.vpn_gateway_id,
            "TransitGatewayId": self.transit_gateway_id,
            "GatewayAssociationState": "associated",
            "Tags": self.get_tags(),
        }
        if self.state == "deleted":
            return shown  # AWS shows the configuration only while pending or available (EC2 API reference)
        shown |= self._key_arn()
        return shown | {
            "CustomerGatewayConfiguration": self.customer_gateway_configuration,
            "Options": {
                **self.connection_options,
                "TunnelOptions": [tunnel.describe() for tunnel in self._shown_tunnels],
            },
            "Routes": [{"DestinationCidrBlock": str(cidr), "State": "available"} for cidr in self.static_cidrs],
            "VgwTelemetry": [
                self._telemetry(tunnel, outcomes[tunnel.outside])
                for tunnel in sorted(self.tunnel_pair, key=lambda each: each.outside)
            ],
        }

    def _key_arn(self) -> dict[str, str]:
        if not self.keeps_keys_elsewhere:
            return {}
        backend = self.ec2_backend
        name = f"s2svpn!{self.id}/{backend.account_id}"
        return {"PreSharedKeyArn": f"arn:aws:secretsmanager:{backend.region_name}:{backend.account_id}:secret:{name}"}

    def _telemetry(self, tunnel: Tunnel, outcome: Outcome) -> dict[str, object]:
        seen = self._seen[tunnel.outside]
        if outcome.is_up != seen.is_up:
            seen.is_up, seen.since = outcome.is_up, datetime.now(timezone.utc)
        return {
            "OutsideIpAddress": str(tunnel.outside),
            "Status": "UP" if outcome.is_up else "DOWN",
            "StatusMessage": _status_message(outcome, is_static=self.is_static),
            "AcceptedRouteCount": len(self.static_cidrs if self.is_static else outcome.received_by_aws),
            "LastStatusChange": seen.since,
        }


# Filter name -> what it compares with (EC2 API reference, DescribeVpnConnections); moto knows those about tags.
_FILTERS: Mapping[str, Callable[[Connection], object]] = {
    "vpn-connection-id": lambda connection: connection.id,
    "customer-gateway-id": lambda connection: connection.customer_gateway_id,
    "customer-gateway-configuration": lambda connection: connection.customer_gateway_configuration,
    "vpn-gateway-id": lambda connection: connection.vpn_gateway_id or "",
    "transit-gateway-id": lambda connection: connection.transit_gateway_id or "",
    "state": lambda connection: connection.state,
    "type": lambda connection: connection.type,
    "option.static-routes-only": lambda connection: str(connection.is_static).lower(),
    "route.destination-cidr-block": lambda connection: [str(cidr) for cidr in connection.static_cidrs],
    "bgp-asn": lambda connection: str(connection.customer_gateway.asn),
}


def _status_message(outcome: Outcome, *, is_static: bool) -> str:
    # The words are those of genuine answers; on a static connection the message is empty, up or down.
    if is_static:
        return ""
    if outcome.is_up:
        return f"{len(outcome.received_by_aws)} BGP ROUTES"
    return "IPSEC IS UP" if outcome.is_ipsec_up else "IPSEC IS DOWN"


def _in_order(tunnel: Tunnel, name: str) -> tuple[Any, ...]:
    """AWS tries its values from the lowest, whatever order they were given in."""
    return tuple(sorted(tunnel.value(name), key=lambda value: (str(value).endswith("GCM-16"), value)))
