"""The stack: configuration, one component, exports. What each setting means is in Pulumi.yaml."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import pulumi

from components import VpnLink

if TYPE_CHECKING:
    from components import VpnLinkArgs

config = pulumi.Config()
TEXT, VALUE, SECRET = config.get, config.get_object, config.get_secret

LINK = {
    "public_ip": (TEXT, "publicIp"),
    "bgp_asn": (VALUE, "bgpAsn"),
    "amazon_side_asn": (VALUE, "awsAsn"),
    "routing": (TEXT, "routing"),
    "onprem_cidrs": (VALUE, "onpremCidrs"),
    "vpc_cidr": (TEXT, "vpcCidr"),
    "subnet_cidrs": (VALUE, "subnetCidrs"),
    "gateway_routes": (VALUE, "gatewayRoutes"),
    "propagate_routes": (VALUE, "propagateRoutes"),
    "advertise": (TEXT, "advertise"),
    "profile": (TEXT, "profile"),
    "profile_overrides": (VALUE, "profileOverrides"),
    "tunnel1_profile": (TEXT, "tunnel1Profile"),
    "tunnel2_profile": (TEXT, "tunnel2Profile"),
    "tunnel1_overrides": (VALUE, "tunnel1Overrides"),
    "tunnel2_overrides": (VALUE, "tunnel2Overrides"),
    "tunnel1_preshared_key": (SECRET, "tunnel1PresharedKey"),
    "tunnel2_preshared_key": (SECRET, "tunnel2PresharedKey"),
    "tunnel1_key_serial": (VALUE, "tunnel1KeySerial"),
    "tunnel2_key_serial": (VALUE, "tunnel2KeySerial"),
    "router_password": (SECRET, "routerPassword"),
    "router_enable_password": (SECRET, "routerEnablePassword"),
    "drift_check": (VALUE, "driftCheck"),
    "check": (TEXT, "check"),
    "check_timeout": (VALUE, "checkTimeout"),
}
ROUTER = {
    "host": (TEXT, "routerHost"),
    "port": (VALUE, "routerPort"),
    "host_key": (TEXT, "routerHostKey"),
    "username": (TEXT, "routerUsername"),
    "key_file": (TEXT, "routerKeyFile"),
    "use_agent": (VALUE, "routerUseAgent"),
    "wan_interface": (TEXT, "wanInterface"),
    "behind_nat": (VALUE, "behindNat"),
    "local_address": (TEXT, "localAddress"),
    "front_door_vrf": (TEXT, "frontDoorVrf"),
    "inside_vrf": (TEXT, "insideVrf"),
    "prefix_lists": (VALUE, "prefixLists"),
    "maximum_prefix": (VALUE, "maximumPrefix"),
    "primary_tunnel": (VALUE, "primaryTunnel"),
    "steering": (TEXT, "steering"),
}


def configured(table: Mapping[str, tuple[Any, str]]) -> dict[str, object]:
    """Return what is configured and neither empty nor 0: the rest is left to the components' own defaults."""
    return {name: read(key) for name, (read, key) in table.items() if config.get(key) not in (None, "", "0")}


link = VpnLink(pulumi.get_stack(), cast("VpnLinkArgs", {**configured(LINK), "router": configured(ROUTER)}))

pulumi.export("vpcId", link.vpc_id)
pulumi.export("vpnConnectionId", link.vpn_connection_id)
pulumi.export("tunnels", link.tunnels)
