"""Transit gateways as EC2 has them: attachments, one association each, propagation, and the routes of their tables."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, InvalidTransitGatewayID
from moto.ec2.models.transit_gateway_route_tables import RouteTablePropagation
from moto.ec2.responses.subnets import Subnets
from moto.ec2.responses.transit_gateway_attachments import TransitGatewayAttachment
from moto.ec2.responses.transit_gateway_route_tables import TransitGatewayRouteTable
from moto.ec2.responses.transit_gateways import TransitGateways
from moto.ec2.utils import add_tag_specification

from lab.aws.connection import Connection
from lab.aws.outcomes import outcomes_of
from lab.aws.refusal import incorrect_state, invalid_combination
from lab.aws.transit_tables import (
    Routes,
    Through,
    associated_table,
    attachment_of,
    propagates,
    static_routes,
    vpc_routes,
)
from lab.exchange import Exchange


class TransitGatewayCalls(Subnets, TransitGateways, TransitGatewayRouteTable, TransitGatewayAttachment):
    """The calls that moto answers without EC2's refusals, or without the routes that VPNs and VPCs bring."""

    exchange: Exchange

    def delete_transit_gateway(self) -> ActionResult:
        """Delete a gateway that nothing is attached to."""
        gateway_id = self._get_param("TransitGatewayId")
        if gateway_id not in self.ec2_backend.transit_gateways:
            raise InvalidTransitGatewayID(gateway_id)
        attached = [
            attachment.id
            for attachment in self.ec2_backend.transit_gateway_attachments.values()
            if attachment.transit_gateway_id == gateway_id and attachment.state != "deleted"
        ]
        if attached:
            raise incorrect_state(f"{gateway_id} has non-deleted attachments: {', '.join(attached)}.")
        return super().delete_transit_gateway()

    def create_transit_gateway_vpc_attachment(self) -> ActionResult:
        """Attach a VPC by one subnet per zone; the gateway's options decide about its default table."""
        backend = self.ec2_backend
        vpc, held = self._get_param("VpcId"), backend.transit_gateway_attachments
        for gone in [each for each in held.values() if each.resource_id == vpc and each.state == "deleted"]:
            del held[gone.id]  # AWS shows it for hours; for moto this VPC would be attached twice
        attachment = backend.create_transit_gateway_vpc_attachment(
            transit_gateway_id=self._get_param("TransitGatewayId"),
            vpc_id=vpc,
            subnet_ids=self._one_a_zone(self._get_param("SubnetIds", [])),
            tags=add_tag_specification(self._get_param("TagSpecifications", [])),
            options=self._get_param("Options", {}),
        )
        _join_default_table(backend, attachment)
        return ActionResult({"TransitGatewayVpcAttachment": attachment})

    def modify_transit_gateway_vpc_attachment(self) -> ActionResult:
        """Let a VPC's attachment have other subnets: its id and its place in the tables stay."""
        attachment = self._attachment()
        dropped = self._get_param("RemoveSubnetIds", [])
        kept = [each for each in attachment.subnet_ids if each not in dropped]
        attachment.subnet_ids = self._one_a_zone([*kept, *self._get_param("AddSubnetIds", [])])
        return ActionResult({"TransitGatewayVpcAttachment": attachment})

    def delete_subnet(self) -> ActionResult:
        """Delete a subnet that no attachment has its interface in."""
        subnet = self._get_param("SubnetId")
        for attachment in self.ec2_backend.transit_gateway_attachments.values():
            if attachment.state != "deleted" and subnet in getattr(attachment, "subnet_ids", ()):
                raise EC2ClientError(
                    "DependencyViolation", f"The subnet '{subnet}' has dependencies and cannot be deleted."
                )
        return super().delete_subnet()

    def delete_transit_gateway_vpc_attachment(self) -> ActionResult:
        """Take a VPC's attachment away, and out of every route table."""
        attachment = self._attachment()
        _leave_tables(self.ec2_backend, attachment)
        return ActionResult({"TransitGatewayVpcAttachment": attachment})

    def describe_transit_gateway_vpc_attachments(self) -> ActionResult:
        """Return the attachments of VPCs alone: moto's answer has every other kind too."""
        found = self.ec2_backend.describe_transit_gateway_vpc_attachments(
            transit_gateways_attachment_ids=self._get_param("TransitGatewayAttachmentIds", []),
            filters=self._filters_from_querystring(),
        )
        return ActionResult({"TransitGatewayVpcAttachments": [a for a in found if a.resource_type == "vpc"]})

    def associate_transit_gateway_route_table(self) -> ActionResult:
        """Let a table decide where an attachment's packets go; an attachment has one."""
        attachment, table = self._attachment(), self._table()
        held = associated_table(self.ec2_backend, attachment.id)
        if held is not None:
            raise EC2ClientError(
                "Resource.AlreadyAssociated",
                f"Transit Gateway Attachment {attachment.id} is already associated to a route table.",
            )
        self.ec2_backend.set_route_table_association(attachment.id, table.id)
        attachment.transit_gateway_route_table = table
        return ActionResult({"Association": _relation(attachment, table, "associating")})

    def disassociate_transit_gateway_route_table(self) -> ActionResult:
        """Undo it; without a table, an attachment's packets are dropped."""
        attachment, table = self._attachment(), self._table()
        if attachment.id not in table.route_table_associations:
            raise EC2ClientError("InvalidAssociation.NotFound", f"{attachment.id} is not associated with {table.id}.")
        table.route_table_associations.pop(attachment.id)
        attachment.transit_gateway_route_table = None
        return ActionResult({"Association": _relation(attachment, table, "disassociating")})

    def enable_transit_gateway_route_table_propagation(self) -> ActionResult:
        """Let an attachment bring its networks into a table, once."""
        attachment, table = self._attachment(), self._table()
        if propagates(table, attachment.id):
            raise EC2ClientError(
                "TransitGatewayRouteTablePropagation.Duplicate",
                f"Propagation of {attachment.id} to {table.id} is enabled already.",
            )
        _propagate(table, attachment)
        return ActionResult({"Propagation": _relation(attachment, table, "enabled")})

    def disable_transit_gateway_route_table_propagation(self) -> ActionResult:
        """Undo it."""
        attachment, table = self._attachment(), self._table()
        if not propagates(table, attachment.id):
            raise EC2ClientError(
                "TransitGatewayRouteTablePropagation.NotFound", f"{attachment.id} does not propagate to {table.id}."
            )
        self.ec2_backend.disable_route_table_propagation(attachment.id, table.id)
        return ActionResult({"Propagation": _relation(attachment, table, "disabled")})

    def delete_transit_gateway_route_table(self) -> ActionResult:
        """Delete a table that no attachment is associated with."""
        table = self._table()
        if table.route_table_associations:
            raise incorrect_state(f"{table.id} has associations: {', '.join(table.route_table_associations)}.")
        return super().delete_transit_gateway_route_table()

    def create_transit_gateway_route(self) -> ActionResult:
        """Write a route to an attachment, or to nowhere, into a table."""
        table = self._table()
        network = str(IPv4Network(self._get_param("DestinationCidrBlock")))
        if network in table.routes:
            raise EC2ClientError("RouteAlreadyExists", f"Route {network} already exists in {table.id}.")
        is_blackhole = bool(self._get_param("Blackhole"))
        if is_blackhole == bool(self._get_param("TransitGatewayAttachmentId")):
            raise invalid_combination("Exactly one of Blackhole and TransitGatewayAttachmentId is needed.")
        table.routes[network] = {"attachment": None if is_blackhole else self._attachment().id}
        ways = static_routes(self.ec2_backend, table)[IPv4Network(network)]
        return ActionResult({"Route": _route(IPv4Network(network), ways, "static")})

    def delete_transit_gateway_route(self) -> ActionResult:
        """Take a static route out of a table."""
        table, network = self._table(), self._get_param("DestinationCidrBlock")
        if table.routes.pop(network, None) is None:
            raise EC2ClientError("InvalidRoute.NotFound", f"{table.id} has no route to {network}.")
        return ActionResult({"Route": {**_route(IPv4Network(network), (), "static"), "State": "deleted"}})

    def search_transit_gateway_routes(self) -> ActionResult:
        """Return the routes of this moment: static, of the VPCs, and what the tunnels that are UP brought."""
        table = self._table()
        backend = self.ec2_backend
        static = static_routes(backend, table)
        propagated = {**self._vpn_routes(table), **vpc_routes(backend, table)}
        routes = [_route(network, ways, "static") for network, ways in static.items()]
        routes += [_route(network, ways, "propagated") for network, ways in propagated.items() if network not in static]
        found = [route for route in routes if _is_asked_for(route, self._filters_from_querystring())]
        return ActionResult({"Routes": found, "AdditionalRoutesAvailable": False})

    def _vpn_routes(self, table: Any) -> Routes:  # noqa: ANN401  # moto's class
        backend = self.ec2_backend
        found: dict[IPv4Network, tuple[Through, ...]] = {}
        for connection in backend.vpn_connections.values():
            attachment = attachment_of(backend, connection.id)
            if attachment is None or connection.is_static or not propagates(table, attachment.id):
                continue
            is_ecmp = backend.transit_gateways[connection.transit_gateway_id].options["VpnEcmpSupport"] == "enable"
            for outside, outcome in outcomes_of(connection, self.exchange).items():
                through = Through(attachment.id, f"{connection.id}({outside})", "vpn")
                for network in outcome.received_by_aws if outcome.is_up else ():
                    held = found.get(network, ())
                    found[network] = (*held, through) if is_ecmp else held or (through,)
        return found

    def _one_a_zone(self, subnets: list[str]) -> list[str]:
        zones = [self.ec2_backend.get_subnet(each).availability_zone for each in subnets]
        if len(set(zones)) != len(zones):
            raise EC2ClientError("DuplicateSubnetsInSameZone", "Duplicate Subnets for same AZ")
        return subnets

    def _attachment(self) -> Any:  # noqa: ANN401  # moto's class
        attachment_id = self._get_param("TransitGatewayAttachmentId")
        attachment = self.ec2_backend.transit_gateway_attachments.get(attachment_id)
        if attachment is None or attachment.state == "deleted":
            raise EC2ClientError(
                "InvalidTransitGatewayAttachmentID.NotFound",
                f"Transit Gateway Attachment {attachment_id} was deleted or does not exist.",
            )
        return attachment

    def _table(self) -> Any:  # noqa: ANN401  # moto's class
        table_id = self._get_param("TransitGatewayRouteTableId")
        table = self.ec2_backend.transit_gateways_route_tables.get(table_id)
        if table is None or table.state == "deleted":
            raise EC2ClientError(
                "InvalidRouteTableID.NotFound", f"Transit Gateway Route Table {table_id} was deleted or does not exist."
            )
        return table


def attach(connection: Connection) -> None:
    """Attach a connection; its gateway associates and propagates it when the gateway's options say so."""
    backend = connection.ec2_backend
    attachment = backend.create_transit_gateway_vpn_attachment(connection.id, connection.transit_gateway_id)
    _join_default_table(backend, attachment)


def detach(connection: Connection) -> None:
    """Take a connection's attachment away, and out of every route table."""
    attachment = attachment_of(connection.ec2_backend, connection.id)
    if attachment is not None:
        _leave_tables(connection.ec2_backend, attachment)


def _join_default_table(backend: Any, attachment: Any) -> None:  # noqa: ANN401  # moto's classes
    gateway = backend.transit_gateways[attachment.transit_gateway_id]
    table = gateway.default_route_table
    table.route_table_associations.pop(attachment.id, None)  # moto associates a VPC whatever the options say
    if gateway.options["DefaultRouteTableAssociation"] == "enable":
        backend.set_route_table_association(attachment.id, table.id)
    else:
        attachment.transit_gateway_route_table = None
    if gateway.options["DefaultRouteTablePropagation"] == "enable":
        _propagate(table, attachment)


def _propagate(table: Any, attachment: Any) -> None:  # noqa: ANN401  # moto's classes
    table.route_table_propagation.append(
        RouteTablePropagation(attachment.resource_id, attachment.resource_type, "enabled", attachment.id)
    )


def _leave_tables(backend: Any, attachment: Any) -> None:  # noqa: ANN401  # moto's classes
    attachment.state = "deleted"
    for table in backend.transit_gateways_route_tables.values():
        table.route_table_associations.pop(attachment.id, None)
        backend.disable_route_table_propagation(attachment.id, table.id)


def _relation(attachment: Any, table: Any, state: str) -> dict[str, str]:  # noqa: ANN401  # moto's classes
    return {
        "TransitGatewayAttachmentId": attachment.id,
        "TransitGatewayRouteTableId": table.id,
        "ResourceId": attachment.resource_id,
        "ResourceType": attachment.resource_type,
        "State": state,
    }


def _route(network: IPv4Network, ways: tuple[Through, ...], kind: str) -> dict[str, Any]:
    return {
        "DestinationCidrBlock": str(network),
        "Type": kind,
        "State": "active" if ways else "blackhole",
        "TransitGatewayAttachments": [way.describe() for way in ways],
    }


# Filter name -> what of a route it compares with (EC2 API reference, SearchTransitGatewayRoutes).
_FILTERS = {"type": "Type", "state": "State", "route-search.exact-match": "DestinationCidrBlock"}


def _is_asked_for(route: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
    unknown = sorted(filters.keys() - _FILTERS.keys())
    if unknown:
        raise EC2ClientError(
            "InvalidParameterValue", f"The lab's SearchTransitGatewayRoutes has no filter {unknown[0]}"
        )
    return all(route[_FILTERS[name]] in values for name, values in filters.items())
