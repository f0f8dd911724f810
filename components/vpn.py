"""Steps 2 to 5 of the guide: gateway and attachment, customer gateway, connection, routes and propagation."""

from collections.abc import Callable, Mapping, Sequence

import pulumi
import pulumi_aws as aws
from typing_extensions import NotRequired, TypedDict

from ._keys import generate_key
from ._profiles import DEFAULT_PROFILE, Profile, connection_arguments, resolve, tunnel_options
from ._validation import (
    check_asns,
    check_distinct_keys,
    check_inside_cidrs,
    check_onprem,
    check_preshared_key,
    check_public_ip,
    check_range,
    refuse,
)

# The guide's own example; any two free /30 of 169.254.0.0/16 do.
GUIDE_INSIDE_CIDRS = ("169.254.255.0/30", "169.254.255.4/30")
# The greatest 2-byte-style number that `bgp_asn` takes; above it AWS wants `bgp_asn_extended`.
_LARGEST_PLAIN_ASN = 2147483647
_TWO_PER_GATEWAY = 2


class SiteToSiteVpnArgs(TypedDict):
    """The VPN connection and everything of AWS's around it."""

    vpc_id: pulumi.Input[str]
    """The VPC that the virtual private gateway is attached to."""
    vpc_cidrs: list[str]
    """The VPC's networks: what the on-premises networks must not overlap."""
    public_ip: pulumi.Input[str]
    """The router's public IPv4 address; behind NAT, the NAT device's."""
    bgp_asn: NotRequired[int]
    """The router's ASN, 1-4294967295 (default 65000)."""
    aws_asn: NotRequired[int]
    """The virtual private gateway's ASN, 64512-65534 or 4200000000-4294967294 (default 64512)."""
    static_routes: NotRequired[list[str]]
    """On-premises networks for static routing. Not given: BGP."""
    route_table_ids: NotRequired[pulumi.Input[list[str]]]
    """Route tables to route to the gateway."""
    route_table_count: NotRequired[int]
    """How many those are (default 1): known before they are made."""
    propagate_routes: NotRequired[bool]
    """Whether the gateway's routes are propagated into those tables (default true)."""
    gateway_routes: NotRequired[list[str]]
    """Static routes to the gateway in those tables, as in step 3.1.5 of the guide (default none)."""
    profile: NotRequired[str]
    """What both ends negotiate: `modern` (default) or `guide-2015`."""
    profile_overrides: NotRequired[dict[str, int | str]]
    """Fields of the profile set otherwise, such as {"phase1_dh_group": 14}."""
    tunnel1_profile: NotRequired[str]
    """Tunnel 1's profile, where it differs: for changing one tunnel at a time."""
    tunnel2_profile: NotRequired[str]
    """Tunnel 2's profile, where it differs."""
    inside_cidrs: NotRequired[list[str]]
    """The tunnels' inside networks, two /30 of 169.254.0.0/16 (default the guide's)."""
    tunnel1_preshared_key: NotRequired[pulumi.Input[str]]
    """Tunnel 1's key: 8-64 letters, digits, '.' or '_', not starting with 0. Not given: made by the stack."""
    tunnel2_preshared_key: NotRequired[pulumi.Input[str]]
    """Tunnel 2's key."""
    tunnel1_key_serial: NotRequired[int]
    """Raise it to have tunnel 1's generated key made anew (default 1)."""
    tunnel2_key_serial: NotRequired[int]
    """Raise it to have tunnel 2's generated key made anew (default 1)."""
    vpn_gateway_id: NotRequired[pulumi.Input[str]]
    """An existing virtual private gateway, attached already."""
    customer_gateway_id: NotRequired[pulumi.Input[str]]
    """An existing customer gateway."""
    device_name: NotRequired[str]
    """The customer gateway's device name; unique, since AWS hands out the same one twice otherwise."""
    tags: NotRequired[dict[str, str]]
    """Tags for everything created."""


class SiteToSiteVpn(pulumi.ComponentResource):
    """AWS's side of the link."""

    vpn_connection_id: pulumi.Output[str]
    """The VPN connection."""
    vpn_gateway_id: pulumi.Output[str]
    """The virtual private gateway."""
    customer_gateway_id: pulumi.Output[str]
    """The customer gateway."""
    customer_gateway_configuration: pulumi.Output[str]
    """AWS's own XML for the router; secret."""

    def __init__(self, name: str, args: SiteToSiteVpnArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("aws-cisco-vpn:index:SiteToSiteVpn", name, {}, opts)
        validate(args)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self._tags = {"Name": name, **args.get("tags", {})}
        self.profiles = tunnel_profiles(args)
        self.inside_cidrs = tuple(args.get("inside_cidrs", GUIDE_INSIDE_CIDRS))
        self.preshared_keys = self._keys()
        gateway_id, attached = self._gateway()
        self.vpn_gateway_id = gateway_id
        self.customer_gateway_id = self._customer_gateway()
        connection = self._connection(attached)
        self.vpn_connection_id = connection.id
        self.customer_gateway_configuration = pulumi.Output.secret(connection.customer_gateway_configuration)
        self.ready: Sequence[pulumi.Resource] = (connection, *self._routes(connection, attached))
        self.register_outputs(
            {
                "vpn_connection_id": self.vpn_connection_id,
                "vpn_gateway_id": self.vpn_gateway_id,
                "customer_gateway_id": self.customer_gateway_id,
                "customer_gateway_configuration": self.customer_gateway_configuration,
            }
        )

    def tunnel_options(self) -> pulumi.Output[list[dict[str, object]]]:
        """Return AWS's `Options.TunnelOptions` with the keys, matched by inside CIDR; secret."""

        def build(keys: Sequence[str]) -> list[dict[str, object]]:
            return [
                {**tunnel_options(profile, cidr), "PreSharedKey": key}
                for profile, cidr, key in zip(self.profiles, self.inside_cidrs, keys, strict=True)
            ]

        return pulumi.Output.secret(pulumi.Output.all(*self.preshared_keys).apply(build))

    def _keys(self) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
        serials = (self._args.get("tunnel1_key_serial", 1), self._args.get("tunnel2_key_serial", 1))
        given = (self._args.get("tunnel1_preshared_key"), self._args.get("tunnel2_preshared_key"))
        keys = [
            generate_key(f"{self._name}-tunnel{number}-key", serial, self)
            if key is None
            else pulumi.Output.secret(key).apply(_checker(f"tunnel{number}_preshared_key"))
            for number, key, serial in zip((1, 2), given, serials, strict=True)
        ]
        # Both keys pass through one check that they differ, so that neither can be used before it.
        both = pulumi.Output.all(*keys).apply(_distinct)
        return both.apply(lambda pair: pair[0]), both.apply(lambda pair: pair[1])

    def _gateway(self) -> tuple[pulumi.Output[str], Sequence[pulumi.Resource]]:
        existing = self._args.get("vpn_gateway_id")
        if existing is not None:
            return pulumi.Output.from_input(existing), ()
        gateway = aws.ec2.VpnGateway(
            f"{self._name}-gateway",
            amazon_side_asn=str(self._args.get("aws_asn", 64512)),
            tags=self._tags,
            opts=self._child,
        )
        attachment = aws.ec2.VpnGatewayAttachment(
            f"{self._name}-attachment",
            vpc_id=self._args["vpc_id"],
            vpn_gateway_id=gateway.id,
            opts=self._child,
        )
        return gateway.id, (attachment,)

    def _customer_gateway(self) -> pulumi.Output[str]:
        existing = self._args.get("customer_gateway_id")
        if existing is not None:
            return pulumi.Output.from_input(existing)
        asn = self._args.get("bgp_asn", 65000)
        gateway = aws.ec2.CustomerGateway(
            f"{self._name}-router",
            bgp_asn=str(asn) if asn <= _LARGEST_PLAIN_ASN else None,
            bgp_asn_extended=str(asn) if asn > _LARGEST_PLAIN_ASN else None,
            ip_address=self._args["public_ip"],
            device_name=self._args.get("device_name", f"{pulumi.get_project()}-{pulumi.get_stack()}-{self._name}"),
            type="ipsec.1",
            tags=self._tags,
            opts=self._child,
        )
        return gateway.id

    def _connection(self, attached: Sequence[pulumi.Resource]) -> aws.ec2.VpnConnection:
        options: dict[str, object] = {}
        for number, profile in enumerate(self.profiles, 1):
            options |= connection_arguments(number, profile)
            options[f"tunnel{number}_inside_cidr"] = self.inside_cidrs[number - 1]
            options[f"tunnel{number}_preshared_key"] = self.preshared_keys[number - 1]
        return aws.ec2.VpnConnection(
            f"{self._name}-connection",
            vpn_gateway_id=self.vpn_gateway_id,
            customer_gateway_id=self.customer_gateway_id,
            type="ipsec.1",
            static_routes_only="static_routes" in self._args,
            tags=self._tags,
            **options,  # type: ignore[arg-type]  # the flat tunnel arguments, made from one table
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(attached),
                # Pinned inside CIDRs are unique on a gateway: the new connection can't exist beside the old.
                delete_before_replace=True,
                custom_timeouts=pulumi.CustomTimeouts(create="60m", update="60m", delete="40m"),
            ),
        )

    def _routes(self, connection: aws.ec2.VpnConnection, attached: Sequence[pulumi.Resource]) -> list[pulumi.Resource]:
        made: list[pulumi.Resource] = [
            aws.ec2.VpnConnectionRoute(
                # Named by network: renaming a route deletes it (pulumi-aws issue 1615).
                f"{self._name}-route-{_key(cidr)}",
                destination_cidr_block=cidr,
                vpn_connection_id=connection.id,
                opts=self._child,
            )
            for cidr in self._args.get("static_routes", [])
        ]
        after = pulumi.ResourceOptions(parent=self, depends_on=list(attached))
        tables = pulumi.Output.from_input(self._args.get("route_table_ids", []))
        for index in range(self._args.get("route_table_count", 1) if "route_table_ids" in self._args else 0):
            table = tables.apply(lambda ids, index=index: ids[index])
            if self._args.get("propagate_routes", True):
                made.append(
                    aws.ec2.VpnGatewayRoutePropagation(
                        f"{self._name}-propagation-{index}",
                        vpn_gateway_id=self.vpn_gateway_id,
                        route_table_id=table,
                        opts=after,
                    )
                )
            made += [
                aws.ec2.Route(
                    f"{self._name}-gateway-route-{index}-{_key(cidr)}",
                    route_table_id=table,
                    destination_cidr_block=cidr,
                    gateway_id=self.vpn_gateway_id,
                    opts=after,
                )
                for cidr in self._args.get("gateway_routes", [])
            ]
        return made


def tunnel_profiles(args: SiteToSiteVpnArgs) -> tuple[Profile, Profile]:
    """Return each tunnel's profile. Raises `ValueError`."""
    name = args.get("profile", DEFAULT_PROFILE)
    overrides = args.get("profile_overrides", {})
    return (
        resolve(
            args.get("tunnel1_profile", name), overrides, "tunnel1_profile" if "tunnel1_profile" in args else "profile"
        ),
        resolve(
            args.get("tunnel2_profile", name), overrides, "tunnel2_profile" if "tunnel2_profile" in args else "profile"
        ),
    )


def validate(args: SiteToSiteVpnArgs) -> None:
    """Refuse what AWS or IOS would refuse, before anything is created. Raises `ValueError`."""
    _validate_addresses(args)
    tunnel_profiles(args)
    keys = [args.get("tunnel1_preshared_key"), args.get("tunnel2_preshared_key")]
    plain = [
        check_preshared_key(f"tunnel{number}_preshared_key", key)
        for number, key in enumerate(keys, 1)
        if isinstance(key, str)
    ]
    if len(plain) == _TWO_PER_GATEWAY:
        check_distinct_keys(plain)
    for number in (1, 2):
        check_range(f"tunnel{number}_key_serial", args.get(f"tunnel{number}_key_serial", 1), 1, 1_000_000)


def _validate_addresses(args: Mapping[str, object] | SiteToSiteVpnArgs) -> None:
    public_ip = args.get("public_ip")
    if isinstance(public_ip, str):
        check_public_ip("public_ip", public_ip)
    check_inside_cidrs(args.get("inside_cidrs", GUIDE_INSIDE_CIDRS))  # type: ignore[arg-type]  # checked as given
    check_asns(args.get("bgp_asn", 65000), args.get("aws_asn", 64512))  # type: ignore[arg-type]  # checked as given
    if "static_routes" in args:
        check_onprem(args["static_routes"], args["vpc_cidrs"])  # type: ignore[arg-type]  # checked as given
    if args.get("gateway_routes"):
        check_onprem(args["gateway_routes"], args["vpc_cidrs"])  # type: ignore[arg-type]  # checked as given
    name = args.get("device_name", "x")
    if not isinstance(name, str) or not 1 <= len(name) <= 255:
        raise refuse("device_name", name, "1 to 255 characters")


def _checker(field: str) -> Callable[[str], str]:
    return lambda key: check_preshared_key(field, key)


def _distinct(keys: Sequence[str]) -> Sequence[str]:
    check_distinct_keys(keys)
    return keys


def _key(cidr: str) -> str:
    return cidr.replace("/", "-")
