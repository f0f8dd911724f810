"""The stack: configuration to settings to one component to exports."""

from typing import Any

import pulumi

from components import VpnLink, VpnLinkArgs

# Configuration key -> argument, where the value goes through as it is.
PLAIN = {
    "publicIp": "public_ip",
    "bgpAsn": "bgp_asn",
    "awsAsn": "aws_asn",
    "routing": "routing",
    "onpremCidrs": "onprem_cidrs",
    "vpcCidr": "vpc_cidr",
    "subnetCidrs": "subnet_cidrs",
    "profile": "profile",
    "profileOverrides": "profile_overrides",
    "tunnel1Profile": "tunnel1_profile",
    "tunnel2Profile": "tunnel2_profile",
    "gatewayRoutes": "gateway_routes",
    "propagateRoutes": "propagate_routes",
    "driftCheck": "drift_check",
    "check": "check",
    "checkTimeout": "check_timeout",
    "tunnel1KeySerial": "tunnel1_key_serial",
    "tunnel2KeySerial": "tunnel2_key_serial",
}
SECRET = {
    "routerPassword": "router_password",
    "routerEnablePassword": "router_enable_password",
    "tunnel1PresharedKey": "tunnel1_preshared_key",
    "tunnel2PresharedKey": "tunnel2_preshared_key",
}
ROUTER = {
    "routerHost": "host",
    "routerPort": "port",
    "routerHostKey": "host_key",
    "routerUsername": "username",
    "routerKeyFile": "key_file",
    "wanInterface": "wan_interface",
    "behindNat": "behind_nat",
}
TEXT = {"publicIp", "routing", "vpcCidr", "profile", "tunnel1Profile", "tunnel2Profile", "check", "routerHost",
        "routerHostKey", "routerUsername", "routerKeyFile", "wanInterface"}  # fmt: skip


def settings(config: pulumi.Config) -> VpnLinkArgs:
    """Return the component's arguments; what is not configured is left to its defaults."""
    args: dict[str, Any] = {name: _value(config, key) for key, name in PLAIN.items()}
    router: dict[str, Any] = {name: _value(config, key) for key, name in ROUTER.items()}
    if config.get("advertise") == "onprem":
        router["advertise"] = args["onprem_cidrs"]
    args |= {name: config.get_secret(key) for key, name in SECRET.items()}
    present: VpnLinkArgs = {name: value for name, value in args.items() if value is not None}  # type: ignore[assignment]
    present["router"] = {name: value for name, value in router.items() if value is not None}  # type: ignore[typeddict-item]
    return present


def _value(config: pulumi.Config, key: str) -> object:
    return (config.get(key) or None) if key in TEXT else config.get_object(key)


config = pulumi.Config()
link = VpnLink(config.get("name") or pulumi.get_stack(), settings(config))
pulumi.export("vpcId", link.vpc_id)
pulumi.export("vpnConnectionId", link.vpn_connection_id)
pulumi.export("tunnels", link.tunnels)
