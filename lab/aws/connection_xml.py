"""The customer gateway configuration: the XML document that AWS makes of a VPN connection.

The shape is that of genuine documents of 2017 to 2025. AWS writes the algorithms of 2009 into it whatever the
tunnel options say; only addresses, AS numbers and pre-shared keys are the connection's own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface

from lab.aws.tunnel_options import Tunnel

_CONSTANT = """\
    <ike>
      <authentication_protocol>sha1</authentication_protocol>
      <encryption_protocol>aes-128-cbc</encryption_protocol>
      <lifetime>28800</lifetime>
      <perfect_forward_secrecy>group2</perfect_forward_secrecy>
      <mode>main</mode>
      <pre_shared_key>{key}</pre_shared_key>
    </ike>
    <ipsec>
      <protocol>esp</protocol>
      <authentication_protocol>hmac-sha1-96</authentication_protocol>
      <encryption_protocol>aes-128-cbc</encryption_protocol>
      <lifetime>3600</lifetime>
      <perfect_forward_secrecy>group2</perfect_forward_secrecy>
      <mode>tunnel</mode>
      <clear_df_bit>true</clear_df_bit>
      <fragmentation_before_encryption>true</fragmentation_before_encryption>
      <tcp_mss_adjustment>1379</tcp_mss_adjustment>
      <dead_peer_detection>
        <interval>10</interval>
        <retries>3</retries>
      </dead_peer_detection>
    </ipsec>
"""


@dataclass(frozen=True, slots=True)
class Document:
    """What the XML says about the connection as a whole; `bgp` is (AWS's AS, the customer gateway's), None if static.

    `vpn_gateway_id` is empty for a transit gateway, as AWS writes it.
    """

    connection_id: str
    customer_gateway_id: str
    vpn_gateway_id: str
    customer_outside: IPv4Address
    bgp: tuple[int, int] | None


def customer_gateway_configuration(document: Document, tunnels: Iterable[Tunnel]) -> str:
    """Return the XML, its tunnels in numeric order of the outside address as in every genuine document."""
    attributes = (
        ""
        if document.bgp is not None
        else "  <vpn_connection_attributes>NoBGPVPNConnection</vpn_connection_attributes>\n"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<vpn_connection id="{document.connection_id}">\n'
        f"  <customer_gateway_id>{document.customer_gateway_id}</customer_gateway_id>\n"
        f"  <vpn_gateway_id>{document.vpn_gateway_id}</vpn_gateway_id>\n"
        "  <vpn_connection_type>ipsec.1</vpn_connection_type>\n"
        f"{attributes}"
        + "".join(_tunnel(document, tunnel) for tunnel in sorted(tunnels, key=lambda each: each.outside))
        + "</vpn_connection>"
    )


def _tunnel(document: Document, tunnel: Tunnel) -> str:
    aws_as, customer_as = document.bgp if document.bgp is not None else (None, None)
    return (
        "  <ipsec_tunnel>\n"
        + _side("customer_gateway", document.customer_outside, tunnel.customer_inside, customer_as)
        + _side("vpn_gateway", tunnel.outside, tunnel.aws_inside, aws_as)
        + _CONSTANT.format(key=tunnel.preshared_key)
        + "  </ipsec_tunnel>\n"
    )


def _side(name: str, outside: IPv4Address, inside: IPv4Interface, asn: int | None) -> str:
    bgp = (
        ""
        if asn is None
        else f"      <bgp>\n        <asn>{asn}</asn>\n        <hold_time>30</hold_time>\n      </bgp>\n"
    )
    return (
        f"    <{name}>\n"
        "      <tunnel_outside_address>\n"
        f"        <ip_address>{outside}</ip_address>\n"
        "      </tunnel_outside_address>\n"
        "      <tunnel_inside_address>\n"
        f"        <ip_address>{inside.ip}</ip_address>\n"
        f"        <network_mask>{inside.netmask}</network_mask>\n"
        f"        <network_cidr>{inside.network.prefixlen}</network_cidr>\n"
        "      </tunnel_inside_address>\n"
        f"{bgp}"
        f"    </{name}>\n"
    )
