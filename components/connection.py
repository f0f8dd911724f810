"""What a connection's arguments must agree on before anything is made, and what its two tunnels negotiate."""

from collections.abc import Mapping
from typing import Any

from ._addresses import GUIDE_INSIDE_CIDRS, inside_pairs, require_public_ip
from ._asn import DEFAULT_AWS_ASN, DEFAULT_ROUTER_ASN, require_aws_asn, require_different, require_router_asn
from ._keys import require_distinct
from ._names import require_device_name
from ._options import require_fit, require_known, require_logs
from ._profiles import DEFAULT_PROFILE, TunnelSettings, tunnel_settings
from ._routes import require_networks, require_static_routes
from ._validation import ArgumentError, Words, require_absent, require_named, require_one_present, require_tags
from .machine import require_shell
from .vpn_args import ConnectionArgs, ImportIdsArgs, SiteToSiteVpnArgs


def connection_settings(args: SiteToSiteVpnArgs) -> tuple[TunnelSettings, TunnelSettings]:
    """Check everything that is known before anything is made, and return both tunnels' settings."""
    require_shell()
    require_known(args, SiteToSiteVpnArgs.__annotations__)
    require_one_present(args, ("public_ip", "customer_gateway_id"), "a customer gateway to make, or one that exists")
    require_tags(args.get("tags") or {}, own=1)
    one, two = args.get("tunnel1_preshared_key"), args.get("tunnel2_preshared_key")
    if isinstance(one, str) and isinstance(two, str):
        require_distinct(one, two)
    if args.get("customer_gateway_id") is not None:
        require_absent(args, ("bgp_asn", "device_name"), "the customer gateway exists and has its own")
    public_ip = args.get("public_ip")
    if isinstance(public_ip, str):
        require_public_ip("public_ip", public_ip)
    require_router_asn("bgp_asn", args.get("bgp_asn", DEFAULT_ROUTER_ASN))
    require_device_name("device_name", args.get("device_name") or "default")
    inside_pairs(args.get("inside_cidrs", GUIDE_INSIDE_CIDRS))
    _check_gateway(args)
    _check_routing(args)
    _check_imports(args)
    require_named("route_table_ids", args.get("route_table_ids"))
    require_fit(args)
    require_logs(args, is_static=args.get("static_routes") is not None)
    return both_tunnels(args)


def both_tunnels(args: ConnectionArgs) -> tuple[TunnelSettings, TunnelSettings]:
    """Return what each tunnel negotiates, or refuse it."""
    return _tunnel(args, 1), _tunnel(args, 2)


def _check_gateway(args: SiteToSiteVpnArgs) -> None:
    ends: tuple[str, ...] = ("vpc_id", "vpn_gateway_id", "transit_gateway_id")
    if args.get("transit_gateway_subnet_ids") is not None:
        require_one_present(args, ("transit_gateway_id",), "transit_gateway_subnet_ids attach a VPC to it")
        require_one_present(args, ("vpc_id",), "transit_gateway_subnet_ids are this VPC's")
        ends = ends[1:]
    require_one_present(args, ends, "a VPC for a new virtual private gateway, or a gateway that exists")
    if args.get("vpn_gateway_id") is not None or args.get("transit_gateway_id") is not None:
        require_absent(args, ("amazon_side_asn",), "the gateway exists and has its own")
        return
    asn = args.get("amazon_side_asn", DEFAULT_AWS_ASN)
    require_aws_asn("amazon_side_asn", asn)
    if args.get("customer_gateway_id") is None:
        require_different("bgp_asn", args.get("bgp_asn", DEFAULT_ROUTER_ASN), asn)


def _check_imports(args: SiteToSiteVpnArgs) -> None:
    imports = args.get("import_ids") or {}
    require_known(imports, ImportIdsArgs.__annotations__)
    if imports.get("vpn_connection"):
        logs = ("log_retention_days", "log_group_arn")
        keys = (f"tunnel{number}_{what}" for number in (1, 2) for what in ("preshared_key", "key_serial"))
        require_absent(
            args, (*keys, *logs), "import_ids.vpn_connection leaves AWS's tunnel options and keys as they are"
        )
        if args.get("vpc_id") is not None and args.get("transit_gateway_id") is None:
            raise ArgumentError(
                "vpn_gateway_id", Words("missing"), "given with import_ids.vpn_connection: its gateway exists"
            )
    if imports.get("customer_gateway"):
        require_absent(args, ("customer_gateway_id", "device_name"), "import_ids.customer_gateway takes it over")


def _check_routing(args: SiteToSiteVpnArgs) -> None:
    is_transit = args.get("transit_gateway_id") is not None
    if args.get("static_routes") is not None:
        require_static_routes(args["static_routes"], is_transit=is_transit)
        if not args.get("vpc_cidrs"):
            raise ArgumentError(
                "vpc_cidrs", Words("missing"), "given with static routing: the router routes them to AWS"
            )
    require_networks("gateway_routes", args.get("gateway_routes") or ())
    if is_transit and args.get("propagate_routes"):
        allowed = "false with a transit gateway: only a VPN gateway's routes propagate"
        raise ArgumentError("propagate_routes", "true", allowed)
    if not is_transit:
        require_absent(args, ("transit_gateway_route_table_id",), "the gateway is no transit gateway")


def _tunnel(args: ConnectionArgs, number: int) -> TunnelSettings:
    own_profile, own_overrides = f"tunnel{number}_profile", f"tunnel{number}_overrides"
    given: Mapping[str, Any] = args
    field = own_profile if given.get(own_profile) else "profile"
    # The overrides are of `profile`: a tunnel with another one of its own must not get, say, an old router's DH group.
    names = (own_overrides,) if field == own_profile else ("profile_overrides", own_overrides)
    overrides = {name: given[name] for name in names if given.get(name)}
    return tunnel_settings(field, given.get(field) or DEFAULT_PROFILE, overrides)
