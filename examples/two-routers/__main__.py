"""Two routers at one office, each with a connection of its own: four tunnels, and any router may fail."""

import pulumi
from aws_cisco_vpn import VpnLink

config = pulumi.Config()
password = config.require_secret("routerPassword")

first = VpnLink(
    "router1",
    {
        "bgp_asn": 65001,
        "onprem_cidrs": ["192.168.10.0/24"],
        "vpc_cidr": "10.0.0.0/16",
        "subnet_cidrs": ["10.0.0.0/24"],
        "public_ip": "203.0.113.100",
        "router": config.require_object("router1"),
        "router_password": password,
    },
)

# The second joins the first's VPC and gateway; inside addresses are unique on a gateway.
second = VpnLink(
    "router2",
    {
        "bgp_asn": 65001,
        "onprem_cidrs": ["192.168.10.0/24"],
        "vpc_id": first.vpc_id,
        "vpn_gateway_id": first.vpn_gateway_id.apply(str),  # None with a transit gateway alone
        "public_ip": "203.0.113.200",
        "inside_cidrs": ["169.254.254.0/30", "169.254.254.4/30"],
        "router": config.require_object("router2"),
        "router_password": password,
    },
)

pulumi.export("tunnels", pulumi.Output.all(first.tunnels, second.tunnels).apply(lambda both: both[0] + both[1]))
