"""A transit gateway as the connection's end: both tunnels carry traffic at once (ECMP), and more VPCs can join."""

import pulumi
import pulumi_aws as aws
from aws_cisco_vpn import VpnLink

config = pulumi.Config()
hub = aws.ec2transitgateway.TransitGateway("hub", amazon_side_asn=64600, vpn_ecmp_support="enable")

link = VpnLink(
    "office",
    {
        "transit_gateway_id": hub.id,
        # Attached to the gateway by its subnets; its route table leads to the office through it.
        "vpc_cidr": "10.0.0.0/16",
        "subnet_cidrs": ["10.0.0.0/24", "10.0.1.0/24"],
        "public_ip": config.require("publicIp"),
        "bgp_asn": 65001,
        "onprem_cidrs": ["192.168.10.0/24"],
        "router": config.require_object("router"),
        "router_password": config.require_secret("routerPassword"),
    },
)

pulumi.export("tunnels", link.tunnels)
