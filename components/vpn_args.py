"""What the AWS side of a connection takes."""

from collections.abc import Mapping, Sequence

import pulumi

from ._typed import NotRequired, TypedDict
from .tunnel_args import ProfileOverridesArgs


class ImportIdsArgs(TypedDict):
    """What was made by hand and is taken over as it is: see docs/migration.md."""

    vpn_connection: NotRequired[str]
    """The VPN connection's id. While it is named here, AWS's tunnel options and keys are left as they are, and the router
    gets these keys; the profile then says only what the router negotiates."""
    customer_gateway: NotRequired[str]
    """The customer gateway's id; `public_ip` and `bgp_asn` must be its own."""


class ConnectionArgs(TypedDict):
    """The connection itself: its two ends, its routing, its tunnels."""

    public_ip: NotRequired[pulumi.Input[str]]
    """The router's public IPv4 address; behind NAT, the NAT's."""
    bgp_asn: NotRequired[int]
    """The router's AS number, 1 to 4294967295; 65000."""
    device_name: NotRequired[str]
    """The customer gateway's device name, which keeps it apart from other stacks'; project, stack and name, as they are when it is made."""
    customer_gateway_id: NotRequired[pulumi.Input[str]]
    """A customer gateway that exists, instead of `public_ip`; the router's AS number is then the gateway's own."""
    amazon_side_asn: NotRequired[int]
    """The virtual private gateway's AS number, 64512-65534 or 4200000000-4294967294; 64512."""
    vpn_gateway_id: NotRequired[pulumi.Input[str]]
    """A virtual private gateway that exists and is attached, instead of a new one. A second link on it needs other
    `inside_cidrs`, and `propagate_routes` false where the first one's tables have it already."""
    transit_gateway_id: NotRequired[pulumi.Input[str]]
    """A transit gateway as the connection's end, instead of a virtual private gateway."""
    transit_gateway_route_table_id: NotRequired[pulumi.Input[str]]
    """Its route table: the connection is associated with it and its routes go there. Without it, the gateway's default
    one, where AWS puts every attachment."""
    transit_gateway_subnet_ids: NotRequired[Sequence[pulumi.Input[str]]]
    """Subnets, one per zone, by which the VPC (`vpc_id`) is attached to the transit gateway. Without them it is attached
    already; VpnLink attaches a VPC of its own by its subnets."""
    profile: NotRequired[str]
    """What the tunnels negotiate: modern (IKEv2, AES-GCM-256, SHA2-384, group 20) or guide-2015 (weak); modern."""
    profile_overrides: NotRequired[ProfileOverridesArgs]
    """What of the profile is set otherwise, for both tunnels."""
    tunnel1_profile: NotRequired[str]
    """Tunnel 1's own profile, without `profile_overrides`: so a change is made one tunnel at a time."""
    tunnel2_profile: NotRequired[str]
    """Tunnel 2's own profile, likewise."""
    tunnel1_overrides: NotRequired[ProfileOverridesArgs]
    """What of tunnel 1's profile is set otherwise; without `tunnel1_profile`, over `profile_overrides`."""
    tunnel2_overrides: NotRequired[ProfileOverridesArgs]
    """The same for tunnel 2."""
    inside_cidrs: NotRequired[Sequence[str]]
    """The /30 inside each tunnel, in 169.254.0.0/16; the guide's 169.254.255.0/30 and .4/30. A change takes that tunnel down."""
    tunnel1_preshared_key: NotRequired[pulumi.Input[str]]
    """Tunnel 1's key (secret): 8 to 64 of A-Z a-z 0-9 . _, not starting with 0. Made by the stack when absent."""
    tunnel2_preshared_key: NotRequired[pulumi.Input[str]]
    """Tunnel 2's key (secret), different from tunnel 1's."""
    tunnel1_key_serial: NotRequired[int]
    """Raise it to have tunnel 1's own key made anew; 1."""
    tunnel2_key_serial: NotRequired[int]
    """Raise it to have tunnel 2's own key made anew; 1."""
    vpc_cidrs: NotRequired[Sequence[pulumi.Input[str]]]
    """AWS's side's networks: what the router sends through the tunnels with static routing, and admits with `prefix_lists`.
    VpnLink adds its VPC's own; others are a VPC's secondary networks, and what else a transit gateway leads to."""
    propagate_routes: NotRequired[bool]
    """Whether the VPC's tables learn the virtual private gateway's routes; true, but false with a transit gateway."""
    enable_acceleration: NotRequired[bool]
    """Whether AWS's end is at its nearest edge; with a transit gateway alone, and the router's `behind_nat` must be true:
    packets travel in UDP. A change replaces the connection. False."""
    tunnel_bandwidth: NotRequired[str]
    """standard (1.25 Gbit/s a tunnel) or large (5 Gbit/s; with a transit gateway alone). A change replaces the connection."""
    log_retention_days: NotRequired[int]
    """Keeps the tunnels' logs (and BGP's) in CloudWatch for so many days, in a group of their own; no logs by default."""
    log_group_arn: NotRequired[pulumi.Input[str]]
    """A log group that exists, instead of one of their own. Its name should begin with /aws/vendedlogs/."""
    log_kms_key_arn: NotRequired[pulumi.Input[str]]
    """A KMS key that encrypts their own log group; CloudWatch's by default."""
    log_format: NotRequired[str]
    """json (default) or text."""
    log_bgp: NotRequired[bool]
    """Whether BGP's messages are logged too; true with BGP."""
    import_ids: NotRequired[ImportIdsArgs]
    """The connection, and the customer gateway, that were made by hand and become the stack's without a change."""
    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """An SNS topic that is told when any, and when both tunnels are down; no alarms by default."""


class SiteToSiteVpnArgs(ConnectionArgs):
    """A connection and what of the VPC leads to it."""

    vpc_id: NotRequired[pulumi.Input[str]]
    """The VPC that a new virtual private gateway is attached to; with `transit_gateway_subnet_ids`, the one to attach."""
    static_routes: NotRequired[Sequence[str]]
    """The on-premises networks, for static routing; without it, BGP."""
    route_table_ids: NotRequired[Mapping[str, pulumi.Input[str]]]
    """The VPC's route tables, by a name that stays (it becomes part of resource names)."""
    gateway_routes: NotRequired[Sequence[str]]
    """Networks for which each of these tables gets a static route to the gateway (the guide's 3.1.5); none."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags on everything made here; `Name` is added."""
