"""What it takes to configure the router."""

from collections.abc import Sequence

import pulumi

from ._typed import NotRequired, TypedDict


class JumpHostArgs(TypedDict):
    """An SSH host on the way to the router."""

    host: pulumi.Input[str]
    """Its address or name."""
    username: pulumi.Input[str]
    """Who logs in there."""
    host_key: pulumi.Input[str]
    """Its key's fingerprint, SHA256:…"""
    port: NotRequired[pulumi.Input[int]]
    """Its SSH port; 22."""
    key_file: NotRequired[pulumi.Input[str]]
    """A private key's file on the machine that runs Pulumi."""
    use_agent: NotRequired[pulumi.Input[bool]]
    """Whether the SSH agent's keys are tried; false."""


class RouterArgs(TypedDict):
    """Where the router is, who logs in, and what of it the link may use."""

    host: pulumi.Input[str]
    """The router's management address or name."""
    username: pulumi.Input[str]
    """Who logs in; needs privilege 15, or `router_enable_password`."""
    host_key: pulumi.Input[str]
    """The SSH host key's fingerprint, SHA256:…; insecure-accept-any takes any, at your risk."""
    port: NotRequired[pulumi.Input[int]]
    """The SSH port; 22."""
    key_file: NotRequired[pulumi.Input[str]]
    """A private key's file on the machine that runs Pulumi."""
    use_agent: NotRequired[pulumi.Input[bool]]
    """Whether the SSH agent's keys are tried; false."""
    jump_host: NotRequired[JumpHostArgs]
    """An SSH host on the way."""
    wan_interface: NotRequired[pulumi.Input[str]]
    """The interface towards the Internet, such as GigabitEthernet1: the tunnels' source instead of the address."""
    behind_nat: NotRequired[pulumi.Input[bool]]
    """Whether NAT lies between the router and AWS; false. It makes packets smaller."""
    local_address: NotRequired[pulumi.Input[str]]
    """The router's own WAN address, where it is not `public_ip`."""
    tunnel_numbers: NotRequired[Sequence[int]]
    """The two Tunnel interfaces' numbers; 1 and 2."""
    isakmp_policies: NotRequired[Sequence[int]]
    """The two ISAKMP policies' numbers (ikev1); 200 and 201."""
    sla_numbers: NotRequired[Sequence[int]]
    """The two IP SLA and track numbers (static routing); 100 and 200."""
    front_door_vrf: NotRequired[pulumi.Input[str]]
    """The VRF that the WAN interface is in, where it is in one. It must be on the router."""
    inside_vrf: NotRequired[pulumi.Input[str]]
    """The VRF for the tunnels' inside, BGP and routes; without it the global table. It must be on the router."""
    prefix_lists: NotRequired[bool]
    """BGP: whether only the VPC's networks are admitted from AWS, and only the announced ones let out; false."""
    maximum_prefix: NotRequired[int]
    """BGP: ends a session on which AWS sends more prefixes. AWS sends at most 1000, a transit gateway 5000; without it no limit."""
    primary_tunnel: NotRequired[int]
    """1 or 2: the tunnel that carries the traffic while both are UP; without it routing decides."""
    steering: NotRequired[str]
    """BGP: how AWS is told of the primary: as-path (a longer path on the backup, default), med, or none."""


class AgentOptionsArgs(TypedDict):
    """How the agent carries a change out."""

    save: NotRequired[bool]
    """Whether the configuration is saved after proof; true."""
    revert_minutes: NotRequired[int]
    """After how many minutes the router undoes what is not confirmed; 5."""
    archive: NotRequired[str]
    """The router's archive, which that takes: use it if it is there, require it, or configure it; use."""
    adopt: NotRequired[bool]
    """Whether what was configured by hand for this very connection becomes the stack's; false."""
    window: NotRequired[int]
    """How many lines are sent ahead of their answers; 10."""
    deadline: NotRequired[int]
    """Seconds that a change may take in all; 600."""


class RouterAccessArgs(TypedDict):
    """The router and the secrets to it, which stay at the top level so that they stay secret."""

    router: RouterArgs
    """Where the router is and what of it the link may use."""
    router_password: NotRequired[pulumi.Input[str]]
    """The login's password (secret). Without it: a key, or $IOS_PASSWORD where Pulumi runs."""
    router_enable_password: NotRequired[pulumi.Input[str]]
    """The enable password (secret), where the login has less than privilege 15."""
    jump_host_password: NotRequired[pulumi.Input[str]]
    """The jump host's password (secret)."""
    options: NotRequired[AgentOptionsArgs]
    """How the agent carries a change out."""
    link_name: NotRequired[str]
    """The link's name on the router, 1 to 40 letters, digits, - or _; the stack's name and the component's."""
    drift_check: NotRequired[bool]
    """Whether every preview and up compares the router (read-only) and heals it; true."""


class IosCustomerGatewayArgs(RouterAccessArgs):
    """The router's side of one connection."""

    handout: pulumi.Input[str]
    """What AWS hands out, as JSON (secret): SiteToSiteVpn's output of this name."""
    planned_handout: NotRequired[pulumi.Input[str]]
    """What of it is known before AWS has made the connection: SiteToSiteVpn's output of this name. With it, a preview of a
    new link, too, finds what the router would refuse."""
    advertise: NotRequired[Sequence[str]]
    """The networks announced over BGP; without it the default route, as in the guide."""
