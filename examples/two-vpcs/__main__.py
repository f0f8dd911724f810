"""One router with two VPCs: a link each, which share the router's global settings and nothing else."""

import pulumi
from aws_cisco_vpn import RouterArgs, VpnLink, VpnLinkArgs

config = pulumi.Config()
router: RouterArgs = config.require_object("router")
common: VpnLinkArgs = {
    "public_ip": config.require("publicIp"),
    "bgp_asn": 65001,
    "onprem_cidrs": ["192.168.10.0/24"],
    "router": router,
    "router_password": config.require_secret("routerPassword"),
}

production = VpnLink("production", {**common, "vpc_cidr": "10.0.0.0/16", "subnet_cidrs": ["10.0.0.0/24"]})

# Other tunnel interfaces, other addresses inside them, and after the first: one change of the router at a time.
staging = VpnLink(
    "staging",
    {
        **common,
        "vpc_cidr": "10.1.0.0/16",
        "subnet_cidrs": ["10.1.0.0/24"],
        "inside_cidrs": ["169.254.254.0/30", "169.254.254.4/30"],
        "router": {**router, "tunnel_numbers": [3, 4]},
    },
    pulumi.ResourceOptions(depends_on=[production]),
)

pulumi.export("tunnels", pulumi.Output.all(production.tunnels, staging.tunnels).apply(lambda both: both[0] + both[1]))
