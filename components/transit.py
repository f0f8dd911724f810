"""A transit gateway as the connection's end: what is attached to it, and the routes of its table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from ._asn import require_different
from ._names import part
from ._transit import DefaultTables, require_table
from .existing import existing
from .inputs import checked, resolved
from .owner import Owner


@dataclass(frozen=True, slots=True)
class TransitGateway:
    """A transit gateway that exists, with the route table that the link uses."""

    id: pulumi.Output[str]
    asn: pulumi.Output[int]
    table: pulumi.Output[str]
    """The table that is named, else the gateway's default one, where AWS puts attachments by itself."""
    is_default: bool
    """Whether it is the default one."""


def transit_gateway(
    owner: Owner, gateway: pulumi.Input[str], table: pulumi.Input[str] | None, router_asn: pulumi.Output[int]
) -> TransitGateway:
    """Ask AWS about the gateway; refuse the router's own AS number, and a table where the connection can't be put."""
    found = existing("transit_gateway_id", gateway, owner)

    def check(known: Mapping[str, Any]) -> None:
        require_different("bgp_asn", int(known["router_asn"]), int(known["asn"]))
        require_table(known["table"], _defaults(known))

    fit: pulumi.Output[Mapping[str, Any]] = checked(
        owner.name,
        resolved(
            {
                "id": found["id"],
                "asn": found["amazonSideAsn"],
                "router_asn": router_asn,
                "table": table,
                "associates": found["defaultRouteTableAssociation"],
                "association": found["associationDefaultRouteTableId"],
                "propagates": found["defaultRouteTablePropagation"],
                "propagation": found["propagationDefaultRouteTableId"],
            }
        ),
        check,
    )
    # Whatever uses the id waits for the check, so that nothing is made when it fails.
    return TransitGateway(
        id=fit.apply(lambda known: str(known["id"])),
        asn=fit.apply(lambda known: int(known["asn"])),
        table=fit.apply(lambda known: str(known["table"] or known["association"])),
        is_default=table is None,
    )


def _defaults(known: Mapping[str, Any]) -> DefaultTables:
    return DefaultTables(
        association=known["association"] if known["associates"] == "enable" else None,
        propagation=known["propagation"] if known["propagates"] == "enable" else None,
    )


def attach_vpc(
    owner: Owner,
    gateway: TransitGateway,
    vpc: pulumi.Input[str],
    subnets: pulumi.Input[Sequence[pulumi.Input[str]]],
) -> pulumi.Resource:  # its class by name would load the SDK's part for transit gateways into every link
    """Attach the VPC, so that its packets find the gateway and the gateway's find it."""
    name = f"{owner.name}-vpc"
    attachment = aws.ec2transitgateway.VpcAttachment(
        name,
        transit_gateway_id=gateway.id,
        vpc_id=vpc,
        subnet_ids=subnets,
        transit_gateway_default_route_table_association=gateway.is_default,
        transit_gateway_default_route_table_propagation=gateway.is_default,
        tags=owner.tagged(name),
        opts=owner.child(),
    )
    if not gateway.is_default:
        _join(owner, name, gateway, attachment.id, after=attachment, propagates=True)
    return attachment


def attach_connection(
    owner: Owner,
    gateway: TransitGateway,
    connection: aws.ec2.VpnConnection,
    static_routes: Sequence[str] | None,
) -> None:
    """Put the connection's attachment into the table: what the router announces, or the static routes."""
    attachment = connection.transit_gateway_attachment_id
    if not gateway.is_default:
        _join(owner, owner.name, gateway, attachment, after=connection, propagates=static_routes is None)
    for cidr in static_routes or ():
        aws.ec2transitgateway.Route(
            f"{owner.name}-{part(cidr)}",
            destination_cidr_block=cidr,
            **_pair(gateway, attachment),
            # To another attachment the old one goes first: a table has one route to a network.
            opts=owner.child(depends_on=[connection], delete_before_replace=True),
        )


def _join(
    owner: Owner,
    name: str,
    gateway: TransitGateway,
    attachment: pulumi.Output[str],
    *,
    after: pulumi.Resource,
    propagates: bool,
) -> None:
    aws.ec2transitgateway.RouteTableAssociation(
        f"{name}-association",
        # AWS has put it into the default table already, if the gateway has one; an attachment has one association.
        replace_existing_association=True,
        **_pair(gateway, attachment),
        # For another table the old one goes first: taken away later, it would not be found, which the provider calls an error.
        opts=owner.child(depends_on=[after], delete_before_replace=True),
    )
    if propagates:
        aws.ec2transitgateway.RouteTablePropagation(
            f"{name}-propagation", **_pair(gateway, attachment), opts=owner.child(depends_on=[after])
        )


def _pair(gateway: TransitGateway, attachment: pulumi.Output[str]) -> Mapping[str, Any]:
    return {"transit_gateway_attachment_id": attachment, "transit_gateway_route_table_id": gateway.table}
