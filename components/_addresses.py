"""Addresses and networks: the router's public address, the tunnels' inside pairs, the VPC and its subnets."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from ._validation import ArgumentError, require_between

GUIDE_INSIDE_CIDRS = ("169.254.255.0/30", "169.254.255.4/30")

_LINK_LOCAL = IPv4Network("169.254.0.0/16")
_RESERVED_INSIDE = tuple(
    IPv4Network(text) for text in (*(f"169.254.{third}.0/30" for third in range(6)), "169.254.169.252/30")
)
# Networks of the documentation (RFC 5737) are let through: examples and the lab use them.
_NOT_PUBLIC = {
    "private (RFC 1918)": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
    "shared by carriers (RFC 6598)": ("100.64.0.0/10",),
    "loopback": ("127.0.0.0/8",),
    "link-local": ("169.254.0.0/16",),
    "no host's": ("0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4"),
}


@dataclass(frozen=True, slots=True)
class InsidePair:
    """The two ends inside one tunnel: AWS takes the first host of the /30, the router the second."""

    network: IPv4Network
    aws: IPv4Address
    router: IPv4Address


def inside_pair(field: str, cidr: str) -> InsidePair:
    """Return the ends of a tunnel's inside CIDR, or refuse what AWS refuses."""
    network = require_network(field, cidr)
    if network.prefixlen != 30 or not network.subnet_of(_LINK_LOCAL):
        raise ArgumentError(field, cidr, "a /30 within 169.254.0.0/16, such as 169.254.255.0/30")
    if network in _RESERVED_INSIDE:
        raise ArgumentError(field, cidr, f"none of those AWS reserves: {', '.join(map(str, _RESERVED_INSIDE))}")
    aws, router = network.hosts()
    return InsidePair(network, aws, router)


def inside_pairs(cidrs: Sequence[str]) -> tuple[InsidePair, InsidePair]:
    """Return both tunnels' pairs, which must differ: the router has both addresses."""
    if len(cidrs) != 2:
        raise ArgumentError("inside_cidrs", list(cidrs), "two networks, one per tunnel")
    one, two = cidrs
    pairs = inside_pair("inside_cidrs", one), inside_pair("inside_cidrs", two)
    if pairs[0].network == pairs[1].network:
        raise ArgumentError("inside_cidrs", two, "different for the two tunnels")
    return pairs


def require_as_at_aws(pairs: Sequence[InsidePair], held: Sequence[str | None]) -> None:
    """Refuse other CIDRs for an imported connection, or another order: once the import is over they would make it anew.

    Args:
        pairs: The inside pairs, tunnel 1 first.
        held: The CIDRs of AWS's tunnels, in the provider's order, which is that of AWS's TunnelOptions.
    """
    given = [str(pair.network) for pair in pairs]
    if None not in held and given != list(held):
        raise ArgumentError("inside_cidrs", given, f"{list(held)}: so AWS has them, in this order")


def require_public_ip(field: str, text: str) -> None:
    """Refuse an address that AWS cannot reach over the Internet."""
    address = require_address(field, text)
    for kind, networks in _NOT_PUBLIC.items():
        if any(address in IPv4Network(network) for network in networks):
            raise ArgumentError(
                field, text, f"a public IPv4 address, and this one is {kind}; behind NAT give the NAT's address"
            )


def require_address(field: str, text: str) -> IPv4Address:
    """Return the address, or refuse what is none."""
    try:
        return IPv4Address(text)
    except ValueError:
        raise ArgumentError(field, text, "an IPv4 address, such as 203.0.113.100") from None


def require_network(field: str, text: str) -> IPv4Network:
    """Return the network, or refuse what is none or has host bits."""
    try:
        network = IPv4Network(text)
    except ValueError:
        network = None
    if network is None or "/" not in text:
        raise ArgumentError(field, text, "an IPv4 network in CIDR form with host bits zero, such as 192.168.10.0/24")
    return network


def require_vpc_network(field: str, text: str) -> IPv4Network:
    """Return a VPC's or subnet's network, or refuse a size that AWS has not."""
    network = require_network(field, text)
    require_between(f"{field} prefix length", network.prefixlen, 16, 28)
    return network


def require_subnets(vpc_cidr: str, subnet_cidrs: Sequence[str]) -> None:
    """Refuse subnets outside the VPC or over one another."""
    vpc = require_vpc_network("vpc_cidr", vpc_cidr)
    seen: list[IPv4Network] = []
    for text in subnet_cidrs:
        subnet = require_vpc_network("subnet_cidrs", text)
        if not subnet.subnet_of(vpc):
            raise ArgumentError("subnet_cidrs", text, f"within vpc_cidr, {vpc}")
        for other in seen:
            if subnet.overlaps(other):
                raise ArgumentError("subnet_cidrs", text, f"apart from {other}")
        seen.append(subnet)
