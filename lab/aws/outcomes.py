"""AWS's ends of all tunnels, and what comes of each."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from moto.ec2.models import ec2_backends

from lab.aws.connection import Connection
from lab.aws.transit_tables import static_routes_to, told_to
from lab.ends import AwsEnd
from lab.exchange import Exchange
from lab.negotiation import Outcome


def connections(backend: Any) -> Iterator[Connection]:  # noqa: ANN401  # moto's EC2Backend, without types of its own
    """Return the connections of one account and Region that exist."""
    return (connection for connection in _made(backend) if connection.state != "deleted")


def all_connections() -> Iterator[Connection]:
    """Return the connections of every account and Region: outside addresses are the world's."""
    for backend in _backends():
        yield from connections(backend)


def outside_addresses() -> set[IPv4Address]:
    """Return every outside address that was handed out: a deleted connection's goes to nobody else soon."""
    made = (connection for backend in _backends() for connection in _made(backend))
    return {tunnel.outside for connection in made for tunnel in connection.tunnel_pair}


def _made(backend: Any) -> Iterator[Connection]:  # noqa: ANN401  # moto's EC2Backend, without types of its own
    """Return the connections of one account and Region, those that stay listed as deleted included."""
    yield from backend.vpn_connections.values()


def _backends() -> Iterator[object]:
    for account in list(ec2_backends.values()):
        yield from list(account.values())


def all_ends() -> tuple[AwsEnd, ...]:
    """Return AWS's ends of all tunnels."""
    return tuple(end for connection in all_connections() for end in ends_of(connection))


def ends_of(connection: Connection) -> tuple[AwsEnd, ...]:
    """Return AWS's ends of one connection's tunnels."""
    advertised = _advertised(connection)
    static = connection.static_cidrs
    if connection.transit_gateway_id:
        # With a transit gateway the static routes are its tables', not the connection's.
        static = static_routes_to(connection.ec2_backend, connection.id)
    return tuple(connection.end_of(tunnel, advertised, static) for tunnel in connection.tunnel_pair)


def outcomes_of(connection: Connection, exchange: Exchange) -> Mapping[IPv4Address, Outcome]:
    """Return what comes of each of a connection's tunnels, by outside address."""
    return {end.outside: exchange.outcome_at(end) for end in ends_of(connection)}


def _advertised(connection: Connection) -> tuple[IPv4Network, ...]:
    """A virtual private gateway tells the router its VPC's networks, a transit gateway what its route table holds."""
    if connection.is_static:
        return ()
    backend = connection.ec2_backend
    if connection.transit_gateway_id:
        return told_to(backend, connection.id)
    gateway = backend.vpn_gateways.get(connection.vpn_gateway_id)
    attachments = gateway.vpc_attachments if gateway is not None else []
    networks = {
        IPv4Network(association["cidr_block"])
        for attachment in attachments
        if attachment.state == "attached" and attachment.vpc_id in backend.vpcs
        for association in backend.vpcs[attachment.vpc_id].get_cidr_block_association_set()
    }
    return tuple(sorted(networks))
