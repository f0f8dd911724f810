"""The AWS guide's own link (2015): one VPC, one router, two tunnels, BGP."""

import pulumi
from aws_cisco_vpn import VpnLink

config = pulumi.Config()

link = VpnLink(
    "guide",
    {
        # 3.1.1 to 3.1.5: the VPC, both gateways, the connection, and by hand the route to the office
        "vpc_cidr": "10.0.0.0/16",
        "subnet_cidrs": ["10.0.0.0/24"],
        "public_ip": config.require("publicIp"),
        "bgp_asn": 65001,
        "onprem_cidrs": ["192.168.10.0/24"],
        "gateway_routes": True,
        "propagate_routes": False,
        # 3.2: the router. The guide's algorithms are weak: leave the profile out where the router has better ones.
        "profile": "guide-2015",
        "advertise": "default",
        "router": config.require_object("router"),
        "router_password": config.require_secret("routerPassword"),
        # 3.3: how long to wait until both ends say that both tunnels are UP
        "check_timeout": 120,
    },
)

pulumi.export("tunnels", link.tunnels)
