"""Every route that leads to the connection: its own, a transit gateway's, and the VPC's. Each is gone before the connection is."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from ._names import part
from .gateways import Gateway
from .owner import Owner
from .transit import attach_connection, attach_vpc
from .vpn_args import SiteToSiteVpnArgs


def make_routes(owner: Owner, args: SiteToSiteVpnArgs, gateway: Gateway, connection: aws.ec2.VpnConnection) -> None:
    """Make them."""
    after: list[pulumi.Resource] = [connection]
    if gateway.transit is None:
        _make_static_routes(owner, args.get("static_routes") or (), connection)
    else:
        attach_connection(owner, gateway.transit, connection, args.get("static_routes"))
        if args.get("transit_gateway_subnet_ids") is not None:
            # The VPC's own routes need its attachment.
            after.append(attach_vpc(owner, gateway.transit, args["vpc_id"], args["transit_gateway_subnet_ids"]))
    _make_vpc_routes(owner, args, gateway, after)


def _make_static_routes(owner: Owner, cidrs: Sequence[str], connection: aws.ec2.VpnConnection) -> None:
    for cidr in cidrs:
        aws.ec2.VpnConnectionRoute(
            f"{owner.name}-{part(cidr)}",
            destination_cidr_block=cidr,
            vpn_connection_id=connection.id,
            # Its create does nothing where the route exists, so that the old one must go first.
            opts=owner.child(depends_on=[connection], delete_before_replace=True),
        )


def _make_vpc_routes(owner: Owner, args: SiteToSiteVpnArgs, gateway: Gateway, after: Sequence[pulumi.Resource]) -> None:
    is_transit, end = gateway.transit is not None, gateway.attached
    opts = owner.child(depends_on=after)
    for key, table in (args.get("route_table_ids") or {}).items():
        if args.get("propagate_routes", not is_transit):
            aws.ec2.VpnGatewayRoutePropagation(
                f"{owner.name}-{key}", vpn_gateway_id=end, route_table_id=table, opts=opts
            )
        for cidr in args.get("gateway_routes") or ():
            aws.ec2.Route(
                f"{owner.name}-{key}-{part(cidr)}",
                route_table_id=table,
                destination_cidr_block=cidr,
                gateway_id=None if is_transit else end,
                transit_gateway_id=end if is_transit else None,
                opts=opts,
            )
