"""Which networks may be routed over the link, and how many AWS takes."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network

from ._addresses import require_network
from ._validation import ArgumentError, require_between

# Hard limits of AWS: beyond them it closes the BGP session ("maximum number of prefixes reached").
MAX_ROUTES_TO_VPN_GATEWAY = 100
MAX_ROUTES_TO_TRANSIT_GATEWAY = 1000
_NEARLY = 0.9


def require_networks(field: str, cidrs: Sequence[str]) -> tuple[IPv4Network, ...]:
    """Return the networks, or refuse an invalid or repeated one."""
    networks = tuple(require_network(field, cidr) for cidr in cidrs)
    for position, network in enumerate(networks):
        if network in networks[:position]:
            raise ArgumentError(field, str(network), "given once")
    return networks


def require_static_routes(cidrs: Sequence[str], *, is_transit: bool) -> None:
    """Refuse what cannot be the static routes of a connection."""
    networks = require_networks("static_routes", cidrs)
    limit = MAX_ROUTES_TO_TRANSIT_GATEWAY if is_transit else MAX_ROUTES_TO_VPN_GATEWAY
    require_between("number of static_routes", len(networks), 1, limit)


def require_apart_from_vpc(field: str, cidrs: Sequence[str], vpc_cidr: str) -> None:
    """Refuse on-premises networks that the VPC's local route would shadow."""
    vpc = require_network("vpc_cidr", vpc_cidr)
    for network in require_networks(field, cidrs):
        # A default route contains the VPC and yet does not compete with it: the local route is more specific.
        if network.overlaps(vpc) and network.prefixlen:
            raise ArgumentError(field, str(network), f"apart from the VPC's {vpc}: its local route wins")


DECIDE_ON_A_DEFAULT = ("advertise", "propagate_routes", "routing", "transit_gateway_id")


def default_warning(args: Mapping[str, object]) -> str | None:
    """Return what to say of a link's arguments that lead all traffic of AWS's side to the router."""
    if args.get("routing") == "static" or args.get("advertise") != "default":
        return None
    if args.get("transit_gateway_id") is not None:
        where, way_out = "the transit gateway's route table learns", " keeps it out"
    elif args.get("propagate_routes", True) and (args.get("vpc_cidr") or args.get("route_table_ids")):
        where, way_out = "the VPC's route tables learn", ", or propagate_routes false, keeps it out"
    else:
        return None
    return (
        f"{where} a default route to the router (advertise is default): all traffic that has no other route there goes to it, "
        f"the Internet's too; advertise onprem{way_out}"
    )


def advertised_warning(count: int, *, is_transit: bool) -> str | None:
    """Return what to say when the router will announce nearly too many prefixes; refuse too many."""
    limit = MAX_ROUTES_TO_TRANSIT_GATEWAY if is_transit else MAX_ROUTES_TO_VPN_GATEWAY
    require_between("number of advertised networks", count, 0, limit)
    if count > limit * _NEARLY:
        return f"{count} networks are advertised and AWS closes the BGP session beyond {limit}: summarise some"
    return None
