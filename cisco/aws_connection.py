"""What AWS says of a VPN connection, whichever way it says it; and the attributes, one of the two ways."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface

from .counted import counted
from .errors import InputError, Words
from .fields import endpoint, ipv4_network, whole_number
from .model import Encryption, Integrity
from .secret import Secret

_ATTRIBUTES = frozenset(
    {"vpn_connection_id", "customer_gateway_address", "customer_gateway_bgp_asn", "vgw_bgp_asn", "static_routes_only"}
)


@dataclass(frozen=True, slots=True)
class Algorithms:
    """What one phase negotiates when the tunnel options say nothing: AWS's defaults are the guide's."""

    lifetime: int
    encryption: Encryption = Encryption.AES128
    integrity: Integrity = Integrity.SHA1
    dh_group: int = 2


@dataclass(frozen=True, slots=True)
class AwsTunnel:
    """One tunnel. `asns` are the customer gateway's and AWS's; ``None`` with static routing."""

    aws_outside: IPv4Address
    customer_outside: IPv4Address
    aws_inside: IPv4Address
    router_inside: IPv4Interface
    preshared_key: Secret
    asns: tuple[int, int] | None = None
    phase1: Algorithms = Algorithms(28800)
    phase2: Algorithms = Algorithms(3600)


@dataclass(frozen=True, slots=True)
class AwsConnection:
    """One VPN connection; its tunnels are in the order of AWS's own documents."""

    connection_id: str
    is_static: bool
    tunnels: tuple[AwsTunnel, AwsTunnel]


def read_attributes(raw: object, options: Sequence[Mapping[str, object]]) -> AwsConnection:
    """Return the connection that attributes and complete tunnel options describe. Raises `InputError`."""
    if not isinstance(raw, Mapping):
        raise InputError("vpn", Words("without customer_gateway_configuration"), "AWS's connection XML, or attributes")
    for name in raw:
        if name not in _ATTRIBUTES:
            raise InputError("vpn.attributes field", name, f"one of {', '.join(sorted(_ATTRIBUTES))}")
    if len(options) != 2:
        raise InputError("tunnel_options", Words(counted(len(options), "entry", "entries")), "two, one per tunnel")
    is_static = bool(raw.get("static_routes_only"))
    asns = None
    if not is_static:
        asns = (
            whole_number("customer_gateway_bgp_asn", raw.get("customer_gateway_bgp_asn")),
            whole_number("vgw_bgp_asn", raw.get("vgw_bgp_asn")),
        )
    customer = endpoint("customer_gateway_address", raw.get("customer_gateway_address"))
    # AWS's own documents have the tunnels in ascending order of the outside address.
    one, two = sorted((_tunnel(entry, customer, asns) for entry in options), key=lambda tunnel: tunnel.aws_outside)
    return AwsConnection(str(raw.get("vpn_connection_id")), is_static, (one, two))


def _tunnel(entry: Mapping[str, object], customer: IPv4Address, asns: tuple[int, int] | None) -> AwsTunnel:
    inside = ipv4_network("TunnelInsideCidr", entry.get("TunnelInsideCidr"))
    if inside.prefixlen != 30:
        raise InputError("TunnelInsideCidr", str(inside), "a /30")
    # AWS takes the first host, the customer gateway the second.
    aws, router = inside.hosts()
    return AwsTunnel(
        aws_outside=endpoint("OutsideIpAddress", entry.get("OutsideIpAddress")),
        customer_outside=customer,
        aws_inside=aws,
        router_inside=IPv4Interface((router, inside.prefixlen)),
        preshared_key=Secret(str(entry.get("PreSharedKey") or "")),
        asns=asns,
    )
