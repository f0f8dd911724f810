"""A transit gateway's route tables: who is associated, who propagates, and the routes that come of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

Backend = Any
"""moto's EC2Backend, whose classes have no types of their own."""


@dataclass(frozen=True, slots=True)
class Through:
    """One attachment that a route leads to; a VPN connection has one for each of its tunnels."""

    attachment: str
    resource: str
    kind: str

    def describe(self) -> dict[str, str]:
        """Return it as SearchTransitGatewayRoutes shows it."""
        return {
            "TransitGatewayAttachmentId": self.attachment,
            "ResourceId": self.resource,
            "ResourceType": self.kind,
        }


Routes = Mapping[IPv4Network, tuple[Through, ...]]


def attachment_of(backend: Backend, resource: str) -> Any | None:  # noqa: ANN401  # moto's class
    """Return the living attachment of a VPC or a connection."""
    return next(
        (a for a in backend.transit_gateway_attachments.values() if a.resource_id == resource and a.state != "deleted"),
        None,
    )


def associated_table(backend: Backend, attachment: str) -> Any | None:  # noqa: ANN401  # moto's class
    """Return the table that decides where an attachment's packets go."""
    return next(
        (t for t in backend.transit_gateways_route_tables.values() if attachment in t.route_table_associations), None
    )


def propagates(table: Any, attachment: str) -> bool:  # noqa: ANN401  # moto's class
    """Whether an attachment's networks come into a table."""
    return any(each.transitGatewayAttachmentId == attachment for each in table.route_table_propagation)


def static_routes(backend: Backend, table: Any) -> Routes:  # noqa: ANN401  # moto's class
    """Return the routes that somebody wrote into a table; one to nowhere is a black hole."""
    return {IPv4Network(cidr): tuple(_through(backend, route)) for cidr, route in table.routes.items()}


def vpc_routes(backend: Backend, table: Any) -> Routes:  # noqa: ANN401  # moto's class
    """Return the networks of the VPCs that propagate to a table."""
    found: dict[IPv4Network, tuple[Through, ...]] = {}
    for attachment in backend.transit_gateway_attachments.values():
        if attachment.resource_type != "vpc" or attachment.state != "available":
            continue
        if propagates(table, attachment.id) and attachment.resource_id in backend.vpcs:
            through = Through(attachment.id, attachment.resource_id, "vpc")
            for association in backend.vpcs[attachment.resource_id].get_cidr_block_association_set():
                found.setdefault(IPv4Network(association["cidr_block"]), (through,))
    return found


def told_to(backend: Backend, connection: str) -> tuple[IPv4Network, ...]:
    """Return what a transit gateway announces to a connection's router: the routes of the table it is associated with.

    What other connections learned is left out: it would make one connection's state depend on the others'.
    """
    attachment = attachment_of(backend, connection)
    table = associated_table(backend, attachment.id) if attachment is not None else None
    if attachment is None or table is None:
        return ()
    routes = {**vpc_routes(backend, table), **static_routes(backend, table)}
    return tuple(sorted(network for network, ways in routes.items() if {w.attachment for w in ways} != {attachment.id}))


def static_routes_to(backend: Backend, connection: str) -> tuple[IPv4Network, ...]:
    """Return the networks that any table sends to a connection because somebody wrote it there."""
    attachment = attachment_of(backend, connection)
    if attachment is None:
        return ()
    return tuple(
        sorted(
            {
                network
                for table in backend.transit_gateways_route_tables.values()
                for network, ways in static_routes(backend, table).items()
                if attachment.id in {way.attachment for way in ways}
            }
        )
    )


def _through(backend: Backend, route: Mapping[str, Any]) -> Iterator[Through]:
    attachment = backend.transit_gateway_attachments.get(route.get("attachment"))
    if attachment is not None and attachment.state != "deleted":
        yield Through(attachment.id, attachment.resource_id, attachment.resource_type)
