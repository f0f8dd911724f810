"""The whole link in one component: the VPC, the VPN, the router, and the proof that both tunnels are UP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pulumi

from ._names import link_name
from ._options import require_known
from ._request import require_dynamic
from ._routes import DECIDE_ON_A_DEFAULT, advertised_warning, default_warning, require_apart_from_vpc, require_networks
from ._states import TunnelState
from ._typed import NotRequired
from ._validation import ArgumentError, require_absent, require_between, require_given, require_one_of
from .connection import connection_settings
from .final_check import FinalCheck
from .impact import ImpactGuard, costly, told_when_new
from .inputs import part_of, refusing
from .ios import IosCustomerGateway, checked_link
from .network import VpcNetwork, VpcNetworkArgs, require_network
from .router_args import IosCustomerGatewayArgs, RouterAccessArgs
from .vpn import SiteToSiteVpn
from .vpn_args import ConnectionArgs, SiteToSiteVpnArgs

ROUTINGS = ("bgp", "static")
ADVERTISE = ("onprem", "default")
CHECKS = ("require", "warn", "off")
_DEFAULT_CHECK_TIMEOUT = 300
_MOST_SUBNETS = 200  # AWS's quota in a VPC; with a transit gateway there must be one, to attach the VPC by
# What a change of takes no tunnel down: kept with the rest, so that a preview says so.
_FREE = ("onprem_cidrs", "vpc_cidrs", "advertise", "gateway_routes", "propagate_routes", "link_name")


class VpnLinkArgs(VpcNetworkArgs, ConnectionArgs, RouterAccessArgs):
    """One link: what VpcNetwork, SiteToSiteVpn and IosCustomerGateway take, and how they come together."""

    onprem_cidrs: Sequence[str]
    """The networks behind the router."""
    routing: NotRequired[str]
    """bgp (default) or static: tracked routes on the router, and the connection has `onprem_cidrs` as its own."""
    gateway_routes: NotRequired[bool]
    """Whether the VPC's route tables get a static route to `onprem_cidrs`, as in the guide's 3.1.5; false, but true with a
    transit gateway, whose routes do not propagate to a VPC."""
    advertise: NotRequired[str]
    """What the router announces over BGP: onprem (`onprem_cidrs`, default), or default (the guide's default route)."""
    check: NotRequired[str]
    """Whether both tunnels must be UP at both ends: require (default) fails otherwise, warn says so, off asks nobody."""
    check_timeout: NotRequired[int]
    """How many seconds to wait for that; 300."""


class VpnLink(pulumi.ComponentResource):
    """A VPC and a router, joined. Made only when both ends say that both tunnels are UP."""

    vpc_id: pulumi.Output[str]
    """The VPC's id."""
    subnet_ids: pulumi.Output[Sequence[str]]
    """The subnets' ids."""
    vpn_connection_id: pulumi.Output[str]
    """The VPN connection's id."""
    vpn_gateway_id: pulumi.Output[str | None]
    """The virtual private gateway's id, unless the end is a transit gateway."""
    customer_gateway_id: pulumi.Output[str]
    """The customer gateway's id."""
    router_diff: pulumi.Output[str]
    """What the last change sent to the router, with the secrets masked."""
    tunnels: pulumi.Output[Sequence[TunnelState]]
    """Both tunnels: addresses, inside pair, ASNs, and what each end says of them. Nothing in it is secret. With `check` require
    it is there once both are UP: what must wait for that takes it as an input (`depends_on` waits for the router's commands)."""

    def __init__(self, name: str, args: VpnLinkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        self._name = name
        self._args = args
        self._is_static = args.get("routing") == "static"
        self.guard = ImpactGuard(name, requires_up=args.get("check", "require") == "require")
        with refusing(name):
            warning = _check(args)
            # What the parts would refuse is refused before the first of them is made.
            require_network(cast("VpcNetworkArgs", part_of(args, VpcNetworkArgs)))
            settings = connection_settings(self._vpn_args(_NoNetwork()))
            checked_link(name, cast("IosCustomerGatewayArgs", {**self._router_args(), "handout": "-"}))
        inputs = costly(args, settings, is_static=self._is_static)
        inputs |= {key: value for key, value in args.items() if key in _FREE}
        opts = self.guard.on_component(opts)
        if text := default_warning(args):
            opts = pulumi.ResourceOptions.merge(opts, told_when_new(name, text, DECIDE_ON_A_DEFAULT))
        super().__init__("aws-cisco-vpn:index:VpnLink", name, inputs, opts)
        if warning:
            pulumi.log.warn(warning, self)
        child = pulumi.ResourceOptions(parent=self)
        network = VpcNetwork(name, cast("VpcNetworkArgs", part_of(args, VpcNetworkArgs)), child)
        vpn = SiteToSiteVpn(name, self._vpn_args(network), child)
        # The router is configured last and, on destroy, cleaned first: after all routes, not the connection alone.
        after = pulumi.ResourceOptions.merge(pulumi.ResourceOptions(depends_on=[vpn]), child)
        handouts = {"handout": vpn.handout, "planned_handout": vpn.planned_handout}
        router = IosCustomerGateway(name, cast("IosCustomerGatewayArgs", {**self._router_args(), **handouts}), after)
        self.vpc_id = network.vpc_id
        self.subnet_ids = network.subnet_ids
        self.vpn_connection_id = vpn.vpn_connection_id
        self.vpn_gateway_id = vpn.vpn_gateway_id
        self.customer_gateway_id = vpn.customer_gateway_id
        self.router_diff = router.diff
        self.tunnels = self._checked_tunnels(vpn, router)
        self.register_outputs(
            {
                "vpc_id": self.vpc_id,
                "subnet_ids": self.subnet_ids,
                "vpn_connection_id": self.vpn_connection_id,
                "vpn_gateway_id": self.vpn_gateway_id,
                "customer_gateway_id": self.customer_gateway_id,
                "router_diff": self.router_diff,
                "tunnels": self.tunnels,
            }
        )

    def _vpn_args(self, network: "VpcNetwork | _NoNetwork") -> SiteToSiteVpnArgs:
        args = self._args
        is_transit = args.get("transit_gateway_id") is not None
        own: dict[str, Any] = {
            "vpc_cidrs": [network.vpc_cidr, *(args.get("vpc_cidrs") or ())],
            "route_table_ids": network.route_tables,
            "tags": args.get("tags") or {},
            "gateway_routes": args["onprem_cidrs"] if args.get("gateway_routes", is_transit) else [],
        }
        if self._is_static:
            own["static_routes"] = args["onprem_cidrs"]
        if is_transit and args.get("vpc_cidr") is not None:
            own["transit_gateway_subnet_ids"] = network.one_subnet_a_zone
        is_attached = is_transit and "transit_gateway_subnet_ids" not in {**args, **own}
        if args.get("vpn_gateway_id") is None and not is_attached:
            own["vpc_id"] = network.vpc_id
        return cast("SiteToSiteVpnArgs", {**part_of(args, ConnectionArgs), **own})

    def _router_args(self) -> dict[str, Any]:
        args = self._args
        own: dict[str, Any] = {"link_name": args.get("link_name") or link_name(pulumi.get_stack(), self._name)}
        if args.get("advertise", "onprem") == "onprem" and not self._is_static:
            own["advertise"] = args["onprem_cidrs"]
        return {**part_of(args, RouterAccessArgs), **own}

    def _checked_tunnels(self, vpn: SiteToSiteVpn, router: IosCustomerGateway) -> pulumi.Output[Sequence[TunnelState]]:
        check = FinalCheck(
            name=self._name,
            component=self,
            router=router,
            guard=self.guard,
            mode=self._args.get("check", "require"),
            timeout=self._args.get("check_timeout", _DEFAULT_CHECK_TIMEOUT),
        )
        # The result is known only once the command has run: a preview of a change asks nobody.
        ready = pulumi.Output.all(vpn.ends, vpn.vpn_connection_id, vpn.router_asn, router.request, router.result)
        return pulumi.Output.unsecret(ready.apply(lambda known: check.tunnels(*known[:4])))


@dataclass(frozen=True, slots=True)
class _NoNetwork:
    """Stands in for the network until that is made: its arguments have been checked, and nothing else of it matters."""

    vpc_id: str = "vpc"
    vpc_cidr: str = "0.0.0.0/0"
    route_tables: Mapping[str, str] = field(default_factory=dict)
    one_subnet_a_zone: Sequence[str] = ()


def _check(args: VpnLinkArgs) -> str | None:
    """Check what only the whole link can know, and return a warning if there is one."""
    require_known(args, VpnLinkArgs.__annotations__)
    require_given(args, VpnLinkArgs.__required_keys__)
    if args.get("enable_acceleration") and not args["router"].get("behind_nat"):
        raise ArgumentError("router.behind_nat", "false", "true with enable_acceleration: packets travel in UDP")
    is_transit = args.get("transit_gateway_id") is not None
    if is_transit and args.get("vpc_cidr") is not None:
        require_absent(args, ("transit_gateway_subnet_ids",), "the new VPC is attached by its own subnets")
        require_between("number of subnet_cidrs", len(args.get("subnet_cidrs") or ()), 1, _MOST_SUBNETS)
    require_networks("onprem_cidrs", args["onprem_cidrs"])
    networks = (args.get("vpc_cidr"), *(args.get("vpc_cidrs") or ()))
    require_networks("vpc_cidrs", [cidr for cidr in networks if isinstance(cidr, str)])
    require_between("number of onprem_cidrs", len(args["onprem_cidrs"]), 1, 1000)
    if args.get("vpc_cidr") is not None:
        require_apart_from_vpc("onprem_cidrs", args["onprem_cidrs"], args["vpc_cidr"])
    require_one_of("routing", args.get("routing", "bgp"), ROUTINGS)
    require_one_of("advertise", args.get("advertise", "onprem"), ADVERTISE)
    if args.get("routing") == "static":
        require_dynamic(args["router"])
    require_one_of("check", args.get("check", "require"), CHECKS)
    require_between("check_timeout", args.get("check_timeout", _DEFAULT_CHECK_TIMEOUT), 1, 3600)
    if args.get("routing") != "static" and args.get("advertise", "onprem") == "onprem":
        return advertised_warning(len(args["onprem_cidrs"]), is_transit=is_transit)
    return None
