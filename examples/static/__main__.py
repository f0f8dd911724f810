"""Static routing: AWS knows the office's networks by name, the router tracks both tunnels with IP SLA."""

import pulumi
from aws_cisco_vpn import VpnLink

config = pulumi.Config()

link = VpnLink(
    "office",
    {
        "routing": "static",
        "vpc_cidr": "10.0.0.0/16",
        "subnet_cidrs": ["10.0.0.0/24"],
        "public_ip": config.require("publicIp"),
        # Each becomes a route of the connection, and is propagated into the VPC's route table.
        "onprem_cidrs": ["192.168.10.0/24", "192.168.20.0/24"],
        "router": config.require_object("router"),
        "router_password": config.require_secret("routerPassword"),
    },
)

pulumi.export("tunnels", link.tunnels)
