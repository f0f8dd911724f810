"""What AWS hands out for a VPN connection, as the router's intent.

The connection's XML (or its attributes) says who and where: addresses, keys, AS numbers. Its algorithms are AWS's
defaults whatever the connection has, so that `Options.TunnelOptions` win wherever they speak.
"""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from .aws_connection import AwsConnection, AwsTunnel, read_attributes
from .aws_xml import read_xml
from .errors import InputError, Words
from .fields import ipv4_network
from .model import Bgp, Intent, Static, Tunnel
from .mss import mss
from .request import RouterSettings
from .tunnel_options import Entry, entries, entry_for, settings


def intent_from_aws(
    vpn: Mapping[str, object],
    router: RouterSettings,
    link: str,
    generation: int = 1,
    *,
    for_print: bool = False,
) -> Intent:
    """Return what the router must hold for AWS's connection. Raises `InputError`.

    `vpn` has `customer_gateway_configuration` (the XML) or `attributes`, and optionally `tunnel_options` (AWS's
    `Options.TunnelOptions`) and `vpc_cidrs` (the VPC side's networks, which AWS's document does not name). `for_print`
    lets a reader fill in what a router can't: the networks of static routing, and the own address behind NAT.
    """
    options = entries(vpn.get("tunnel_options"))
    xml = vpn.get("customer_gateway_configuration")
    connection = read_xml(str(xml)) if xml else read_attributes(vpn.get("attributes"), options)
    _require_one_customer_gateway(connection)
    one, two = (
        _tunnel(index, tunnel, entry_for(options, tunnel), router) for index, tunnel in enumerate(connection.tunnels)
    )
    networks = _vpc_networks(vpn.get("vpc_cidrs"))
    return Intent(
        link=link,
        connection_id=connection.connection_id,
        local_address=_local_address(connection, router, for_print=for_print),
        tunnels=(one, two),
        routing=_static(networks, router, for_print=for_print)
        if connection.is_static
        else _bgp(connection, networks, router),
        wan_interface=router.wan_interface,
        is_behind_nat=router.behind_nat,
        policies=router.isakmp_policies,
        generation=generation,
        front_door_vrf=router.front_door_vrf,
        inside_vrf=router.inside_vrf,
        primary=_primary((one, two), router.primary),
    )


def _require_one_customer_gateway(connection: AwsConnection) -> None:
    """Both tunnels end at one router: what differs was put together from two documents."""
    one, two = connection.tunnels
    if one.customer_outside != two.customer_outside:
        raise InputError("customer gateway's address", f"{one.customer_outside} and {two.customer_outside}", "one")
    if one.asns != two.asns:
        raise InputError("ASNs of the two tunnels", f"{one.asns} and {two.asns}", "the same for both")


def _primary(tunnels: tuple[Tunnel, Tunnel], wanted: str | None) -> int | None:
    """Return the index of the tunnel that is named by AWS's outside address or its inside CIDR, never by position."""
    if wanted is None:
        return None
    names = {name: t.index for t in tunnels for name in (str(t.aws_outside), str(t.router_inside.network))}
    if wanted not in names:
        raise InputError("router.primary (--primary)", wanted, f"one of {', '.join(names)}")
    return names[wanted]


def _local_address(connection: AwsConnection, router: RouterSettings, *, for_print: bool) -> IPv4Address:
    is_known = router.local_address is not None or router.wan_interface is not None
    if router.behind_nat and not is_known and not for_print:
        raise InputError(
            "router.wan_interface and router.local_address",
            Words("absent"),
            "one of them given behind NAT: the public address is not the router's own",
        )
    return router.local_address or connection.tunnels[0].customer_outside


def _vpc_networks(cidrs: object) -> tuple[IPv4Network, ...]:
    if cidrs is not None and (not isinstance(cidrs, Sequence) or isinstance(cidrs, str)):
        raise InputError("vpc_cidrs", cidrs, "a list of networks")
    return tuple(ipv4_network("vpc_cidrs (--cidr)", cidr) for cidr in cidrs or ())


def _require_networks(networks: tuple[IPv4Network, ...], purpose: str) -> None:
    if not networks:
        raise InputError(
            "vpc_cidrs (--cidr)", Words("absent"), f"the VPC side's networks, such as 10.0.0.0/16, with {purpose}"
        )


def _bgp(connection: AwsConnection, networks: tuple[IPv4Network, ...], router: RouterSettings) -> Bgp:
    asns = connection.tunnels[0].asns
    if asns is None:
        raise InputError("bgp", Words("absent"), "given for a connection without static routing")
    if router.prefix_lists:
        _require_networks(networks, "prefix lists")
    return Bgp(
        router_asn=asns[0],
        aws_asn=asns[1],
        advertise=router.advertise,
        accept=networks if router.prefix_lists else None,
        maximum_prefix=router.maximum_prefix,
        steering=router.steering,
    )


def _static(networks: tuple[IPv4Network, ...], router: RouterSettings, *, for_print: bool) -> Static:
    for field, is_given in (
        ("router.prefix_lists (--prefix-lists)", router.prefix_lists),
        ("router.maximum_prefix (--maximum-prefix)", router.maximum_prefix is not None),
    ):
        if is_given:
            raise InputError(field, Words("given"), "absent with static routing: it is about BGP")
    if not for_print:
        _require_networks(networks, "static routing")
    return Static(networks, router.sla_numbers)


def _tunnel(index: int, tunnel: AwsTunnel, options: Entry, router: RouterSettings) -> Tunnel:
    try:
        chosen = settings(options, tunnel)
    except InputError as error:
        raise InputError(f"{error.field} of the tunnel to {tunnel.aws_outside}", error.value, error.allowed) from None
    return Tunnel(
        index=index,
        number=router.tunnel_numbers[index],
        aws_outside=tunnel.aws_outside,
        aws_inside=tunnel.aws_inside,
        router_inside=tunnel.router_inside,
        preshared_key=chosen.preshared_key,
        phase1=chosen.phase1,
        phase2=chosen.phase2,
        mss=mss(chosen.phase2.encryption, chosen.phase2.integrity, behind_nat=router.behind_nat),
    )
