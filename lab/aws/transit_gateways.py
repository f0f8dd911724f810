"""A VPN connection's attachment to a transit gateway, and no deletion of a gateway that has attachments."""

from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidTransitGatewayID
from moto.ec2.responses.transit_gateways import TransitGateways

from lab.aws.connection import Connection
from lab.aws.refusal import incorrect_state


class TransitGatewayCalls(TransitGateways):
    """DeleteTransitGateway as EC2 does it."""

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


def attach(connection: Connection) -> None:
    """Attach a connection; its gateway associates and propagates it when the gateway's options say so."""
    backend = connection.ec2_backend
    attachment = backend.create_transit_gateway_vpn_attachment(connection.id, connection.transit_gateway_id)
    gateway = backend.transit_gateways[connection.transit_gateway_id]
    table = gateway.default_route_table.id
    if gateway.options["DefaultRouteTableAssociation"] == "enable":
        backend.associate_transit_gateway_route_table(attachment.id, table)
    else:
        attachment.transit_gateway_route_table = None
    if gateway.options["DefaultRouteTablePropagation"] == "enable":
        backend.enable_transit_gateway_route_table_propagation(attachment.id, table)


def detach(connection: Connection) -> None:
    """Take a connection's attachment away, and out of every route table."""
    backend = connection.ec2_backend
    for attachment in backend.transit_gateway_attachments.values():
        if attachment.resource_id != connection.id or attachment.state == "deleted":
            continue
        attachment.state = "deleted"
        for table in backend.transit_gateways_route_tables.values():
            table.route_table_associations.pop(attachment.id, None)
            backend.disable_route_table_propagation(attachment.id, table.id)
