"""The whole link in one component: network, VPN, router, and the check that both tunnels are UP."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
from typing_extensions import NotRequired, TypedDict

from ._check import TunnelState, combine, verdict
from ._validation import check_link_name, check_one_of, check_onprem, check_range
from .ios import IosCustomerGateway, IosCustomerGatewayArgs, RouterArgs, validate_router
from .network import VpcNetwork, VpcNetworkArgs
from .vpn import SiteToSiteVpn, SiteToSiteVpnArgs, validate

_POLL_SECONDS = 5.0
_NETWORK = ("vpc_cidr", "subnet_cidrs", "availability_zones", "vpc_id", "route_table_ids", "tags")
_VPN = (
    "public_ip", "bgp_asn", "aws_asn", "propagate_routes", "profile", "profile_overrides", "tunnel1_profile",
    "tunnel2_profile", "inside_cidrs", "tunnel1_preshared_key", "tunnel2_preshared_key", "tunnel1_key_serial",
    "tunnel2_key_serial", "vpn_gateway_id", "customer_gateway_id", "device_name", "tags",
)  # fmt: skip
_ROUTER = ("router", "router_password", "router_enable_password", "options", "drift_check")


class VpnLinkArgs(TypedDict):
    """An office or data centre joined to a VPC."""

    router: RouterArgs
    """The router: where it is, its host key, its WAN interface."""
    public_ip: pulumi.Input[str]
    """The router's public IPv4 address."""
    onprem_cidrs: list[str]
    """The networks on premises."""
    vpc_cidr: str
    """The VPC's network."""
    router_password: NotRequired[pulumi.Input[str]]
    """The router's password; secret."""
    router_enable_password: NotRequired[pulumi.Input[str]]
    """Its enable password; secret."""
    routing: NotRequired[str]
    """`bgp` (default) or `static`."""
    bgp_asn: NotRequired[int]
    """The router's ASN (default 65000)."""
    aws_asn: NotRequired[int]
    """AWS's ASN (default 64512)."""
    subnet_cidrs: NotRequired[list[str]]
    """Subnets of the VPC."""
    availability_zones: NotRequired[list[str]]
    """Where to put them."""
    vpc_id: NotRequired[str]
    """An existing VPC, with `route_table_ids`."""
    route_table_ids: NotRequired[list[str]]
    """The existing VPC's route tables."""
    propagate_routes: NotRequired[bool]
    """Whether routes are propagated into the tables (default true)."""
    gateway_routes: NotRequired[bool]
    """Whether the tables get a static route to the gateway for each on-premises network, as in 3.1.5 (default false)."""
    profile: NotRequired[str]
    """`modern` (default) or `guide-2015`."""
    profile_overrides: NotRequired[dict[str, int | str]]
    """Fields of the profile set otherwise."""
    tunnel1_profile: NotRequired[str]
    """Tunnel 1's profile, where it differs."""
    tunnel2_profile: NotRequired[str]
    """Tunnel 2's profile, where it differs."""
    inside_cidrs: NotRequired[list[str]]
    """The tunnels' inside networks."""
    tunnel1_preshared_key: NotRequired[pulumi.Input[str]]
    """Tunnel 1's key; secret. Not given: made by the stack."""
    tunnel2_preshared_key: NotRequired[pulumi.Input[str]]
    """Tunnel 2's key; secret."""
    tunnel1_key_serial: NotRequired[int]
    """Raise it to have tunnel 1's key made anew."""
    tunnel2_key_serial: NotRequired[int]
    """Raise it to have tunnel 2's key made anew."""
    vpn_gateway_id: NotRequired[pulumi.Input[str]]
    """An existing virtual private gateway."""
    customer_gateway_id: NotRequired[pulumi.Input[str]]
    """An existing customer gateway."""
    device_name: NotRequired[str]
    """The customer gateway's device name."""
    options: NotRequired[dict[str, int | str | bool]]
    """How the agent works on the router."""
    drift_check: NotRequired[bool]
    """Whether preview and up compare the router with the link (default true)."""
    check: NotRequired[str]
    """When a tunnel is not UP on both ends after an up: `require` (default) fails, `warn` says so, `off` doesn't look."""
    check_timeout: NotRequired[int]
    """How long to wait for both tunnels, in seconds (default 300)."""
    tags: NotRequired[dict[str, str]]
    """Tags for everything created."""


class VpnLink(pulumi.ComponentResource):
    """An AWS Site-to-Site VPN and the Cisco IOS router at the other end, proven to be UP."""

    vpc_id: pulumi.Output[str]
    """The VPC."""
    vpn_connection_id: pulumi.Output[str]
    """The VPN connection."""
    tunnels: pulumi.Output[list[dict[str, Any]]]
    """Per tunnel: addresses, ASNs, the state on both ends, BGP's or IP SLA's state, and the reason when down."""

    def __init__(self, name: str, args: VpnLinkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("aws-cisco-vpn:index:VpnLink", name, {}, opts)
        vpn_args = _vpn_args(args)
        _validate(name, args, vpn_args)
        child = pulumi.ResourceOptions(parent=self)
        network_args: VpcNetworkArgs = _take(args, _NETWORK)  # type: ignore[assignment]  # the same fields, by name
        self.network = VpcNetwork(name, network_args, child)
        vpn_args["vpc_id"] = self.network.vpc_id
        vpn_args["route_table_ids"] = self.network.route_table_ids
        vpn_args["route_table_count"] = self.network.table_count
        self.vpn = SiteToSiteVpn(name, vpn_args, child)
        router_args: IosCustomerGatewayArgs = {
            **_take(args, _ROUTER),
            "customer_gateway_configuration": self.vpn.customer_gateway_configuration,
            "tunnel_options": self.vpn.tunnel_options(),
            "vpc_cidrs": [args["vpc_cidr"]],
        }  # type: ignore[typeddict-item]  # the same fields, by name
        self.router = IosCustomerGateway(
            name,
            router_args,
            # Destroy undoes the router first, then routes, connection and gateways.
            pulumi.ResourceOptions(parent=self, depends_on=list(self.vpn.ready)),
        )
        self.vpc_id = self.network.vpc_id
        self.vpn_connection_id = self.vpn.vpn_connection_id
        self.tunnels = self._tunnels(args)
        self.register_outputs(
            {"vpc_id": self.vpc_id, "vpn_connection_id": self.vpn_connection_id, "tunnels": self.tunnels}
        )

    def _tunnels(self, args: VpnLinkArgs) -> pulumi.Output[list[dict[str, Any]]]:
        mode, seconds = args.get("check", "require"), args.get("check_timeout", 300)
        if mode == "off":
            return pulumi.Output.from_input([])
        is_preview = pulumi.runtime.is_dry_run()
        router = self.router.verify(0 if is_preview else seconds, fails=mode == "require" and not is_preview)
        asns = {"router_asn": args.get("bgp_asn", 65000), "aws_asn": args.get("aws_asn", 64512)}

        async def look(both: Sequence[str]) -> list[dict[str, Any]]:
            states = await self._both_ends(both[0], both[1], 0 if is_preview else seconds)
            problem = verdict(states)
            if problem and mode == "require" and not is_preview:
                raise pulumi.RunError(problem)
            if problem:
                pulumi.log.warn(problem, self)
            return [state.as_output(asns) for state in states]

        # What is shown here is addresses and states; that it was asked for with a password does not make it secret.
        return pulumi.Output.unsecret(pulumi.Output.all(router, self.vpn_connection_id).apply(look))

    @staticmethod
    async def _both_ends(router: str, connection_id: str, seconds: float) -> tuple[TunnelState, ...]:
        """Wait until AWS, too, says that both tunnels are UP; return what the two ends say at the end."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while True:
            answer = await aws.ec2.get_vpn_connection_output(vpn_connection_id=connection_id).future()
            telemetry = {
                entry.outside_ip_address: (entry.status, entry.status_message)
                for entry in (answer.vgw_telemetries if answer else [])
            }
            states = combine(json.loads(router or "{}"), telemetry)
            is_settled = all(state.aws_state == "UP" for state in states)
            if is_settled or loop.time() >= end or not all(state.router_state == "UP" for state in states):
                return states
            await asyncio.sleep(min(_POLL_SECONDS, max(0.1, end - loop.time())))


def _vpn_args(args: VpnLinkArgs) -> SiteToSiteVpnArgs:
    taken: SiteToSiteVpnArgs = _take(args, _VPN)  # type: ignore[assignment]  # the same fields, by name
    taken["vpc_cidrs"] = [args["vpc_cidr"]]
    if args.get("routing", "bgp") == "static":
        taken["static_routes"] = args["onprem_cidrs"]
    if args.get("gateway_routes", False):
        taken["gateway_routes"] = args["onprem_cidrs"]
    return taken


def _validate(name: str, args: VpnLinkArgs, vpn_args: SiteToSiteVpnArgs) -> None:
    check_link_name(name)
    check_one_of("routing", args.get("routing", "bgp"), ("bgp", "static"))
    check_one_of("check", args.get("check", "require"), ("require", "warn", "off"))
    check_range("check_timeout", args.get("check_timeout", 300), 0, 3600)
    check_onprem(args["onprem_cidrs"], [args["vpc_cidr"]])
    validate_router(args["router"])
    validate(vpn_args)


def _take(args: Mapping[str, Any] | VpnLinkArgs, fields: Sequence[str]) -> dict[str, Any]:
    return {field: args[field] for field in fields if field in args}  # type: ignore[literal-required]  # names of its own fields
