"""A VPC and a virtual private gateway that others look after: only the connection and the router are made here."""

import pulumi
from aws_cisco_vpn import VpnLink

config = pulumi.Config()

link = VpnLink(
    "office",
    {
        "vpc_id": config.require("vpcId"),
        "vpn_gateway_id": config.require("vpnGatewayId"),
        # They learn the router's networks from the gateway. Nothing else of them is touched, at destroy either.
        "route_table_ids": config.require_object("routeTableIds"),
        "public_ip": config.require("publicIp"),
        "bgp_asn": 65001,
        "onprem_cidrs": ["192.168.10.0/24"],
        "router": config.require_object("router"),
        "router_password": config.require_secret("routerPassword"),
    },
)

pulumi.export("tunnels", link.tunnels)
