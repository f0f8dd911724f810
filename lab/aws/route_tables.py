"""Route tables: propagation of a virtual private gateway's routes, and the routes it brings."""

from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError, InvalidTransitGatewayID
from moto.ec2.responses.route_tables import RouteTables

from lab.aws.outcomes import connections, outcomes_of
from lab.aws.refusal import invalid_value
from lab.aws.transit_tables import attachment_of
from lab.exchange import Exchange


class RouteTableView:
    """A route table as EC2 shows it: moto's, with its propagating gateways and the routes they bring."""

    def __init__(self, table: Any, gateways: Iterable[str], propagated: Iterable[tuple[IPv4Network, str]]) -> None:  # noqa: ANN401  # moto's class
        self._table = table
        self.propagating_vgws = [{"GatewayId": gateway} for gateway in gateways]
        held = {route.destination_cidr_block for route in table.routes}
        # A route of the table's own wins over a propagated one to the same prefix.
        self.routes = list(table.routes) + [
            {
                "DestinationCidrBlock": str(network),
                "GatewayId": gateway,
                "Origin": "EnableVgwRoutePropagation",
                "State": "active",
            }
            for network, gateway in propagated
            if str(network) not in held
        ]

    def __getattr__(self, name: str) -> object:
        return getattr(self._table, name)


class RouteTableCalls(RouteTables):
    """Propagation and the routes that it brings, one table a subnet, no route to a gateway that the VPC does not touch."""

    exchange: Exchange

    def enable_vgw_route_propagation(self) -> ActionResult:
        """Let an attached gateway put its routes into a table of its VPC."""
        table, gateway = self._table_and_gateway()
        attached = self._vpcs_of(gateway)
        if not attached:
            raise EC2ClientError("Gateway.NotAttached", f"resource {gateway.id} is not attached to a VPC.")
        if table.vpc_id not in attached:
            raise invalid_value(
                "gatewayId", gateway.id, f"The route table {table.id} and the gateway belong to different networks."
            )
        propagating(table).add(gateway.id)
        return EmptyResult()

    def disable_vgw_route_propagation(self) -> ActionResult:
        """Take a gateway's routes out of a table again; what is not there is no error."""
        table, gateway = self._table_and_gateway()
        propagating(table).discard(gateway.id)
        return EmptyResult()

    def create_route(self) -> ActionResult:
        """Add a route; one to a gateway needs the VPC's attachment to it."""
        self._require_attached()
        return super().create_route()

    def replace_route(self) -> ActionResult:
        """Lead a route elsewhere."""
        self._require_attached()
        return super().replace_route()

    def associate_route_table(self) -> ActionResult:
        """Give a subnet a table, once (https://github.com/pulumi/pulumi-aws/issues/3911); moto answers with what is there."""
        subnet = self._get_param("SubnetId")
        if subnet and self.ec2_backend.describe_route_tables(filters={"association.subnet-id": [subnet]}):
            table = self._get_param("RouteTableId")
            raise EC2ClientError(
                "Resource.AlreadyAssociated",
                f"the specified association for route table {table} conflicts with an existing association",
            )
        return super().associate_route_table()

    def describe_route_tables(self) -> ActionResult:
        """Return the tables asked for, each with its propagated routes of this moment."""
        tables = self.ec2_backend.describe_route_tables(
            self._get_param("RouteTableIds", []), self._filters_from_querystring()
        )
        return ActionResult({"RouteTables": [self._view(table) for table in tables]})

    def _require_attached(self) -> None:
        table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
        transit, gateway_id = self._get_param("TransitGatewayId"), self._get_param("GatewayId") or ""
        attachment = attachment_of(self.ec2_backend, table.vpc_id)
        if transit and (attachment is None or attachment.transit_gateway_id != transit):
            raise InvalidTransitGatewayID(transit)
        if gateway_id.startswith("vgw-") and table.vpc_id not in self._vpcs_of(
            self.ec2_backend.get_vpn_gateway(gateway_id)
        ):
            raise EC2ClientError(
                "InvalidParameterValue",
                f"route table {table.id} and network gateway {gateway_id} belong to different networks",
            )

    def _vpcs_of(self, gateway: Any) -> set[str]:  # noqa: ANN401  # moto's class
        return {each.vpc_id for each in gateway.vpc_attachments if each.state == "attached"}

    def _table_and_gateway(self) -> tuple[Any, Any]:
        table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
        return table, self.ec2_backend.get_vpn_gateway(self._get_param("GatewayId"))

    def _view(self, table: Any) -> RouteTableView:  # noqa: ANN401  # moto's class
        gateways = sorted(
            gateway
            for gateway in propagating(table)
            if table.vpc_id in self._vpcs_of(self.ec2_backend.vpn_gateways[gateway])
        )
        propagated = {(network, gateway) for gateway in gateways for network in self._learned_by(gateway)}
        return RouteTableView(table, gateways, sorted(propagated))

    def _learned_by(self, gateway: str) -> Iterable[IPv4Network]:
        """A gateway propagates static and learned prefixes alike only while a tunnel is UP (AWS user guide)."""
        for connection in connections(self.ec2_backend):
            if connection.vpn_gateway_id == gateway:
                for outcome in outcomes_of(connection, self.exchange).values():
                    if outcome.is_up:
                        yield from outcome.received_by_aws


def propagating(table: Any) -> set[str]:  # noqa: ANN401  # moto's class
    """Return the gateways whose routes `table` takes; kept with the table, so that it goes when the table goes."""
    held: set[str] = table.__dict__.setdefault("propagating_gateways", set())
    return held
