"""A link, and what a router with both tunnels UP prints for it; tests then break one thing at a time."""

from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from cisco.model import Bgp, Encryption, IkeVersion, Integrity, Intent, Phase1, Phase2, Static, Tunnel
from cisco.secret import Secret

PEERS = ("72.21.209.225", "72.21.209.193")
INSIDE = ("169.254.255.1", "169.254.255.5")


def intent(*, is_static: bool = False, version: IkeVersion = IkeVersion.V1) -> Intent:
    """The guide's own example."""
    phase1 = Phase1(version, Encryption.AES128, Integrity.SHA1, 2)
    phase2 = Phase2(Encryption.AES128, Integrity.SHA1, 2)
    one, two = (
        Tunnel(
            index,
            index + 1,
            IPv4Address(PEERS[index]),
            IPv4Address(INSIDE[index]),
            IPv4Interface(f"169.254.255.{2 + 4 * index}/30"),
            Secret(f"plainly.fake.key.{index}"),
            phase1,
            phase2,
            1379,
        )
        for index in (0, 1)
    )
    routing = Static((IPv4Network("10.0.0.0/16"),)) if is_static else Bgp(65001, 7224)
    return Intent("tokyo", "vpn-92df3bfb", IPv4Address("203.0.113.100"), (one, two), routing)


ISAKMP = f"""IPv4 Crypto ISAKMP SA
dst             src             state          conn-id status
{PEERS[0]}   203.0.113.100   QM_IDLE           1001 ACTIVE
203.0.113.100   {PEERS[1]}   QM_IDLE           1002 ACTIVE

IPv6 Crypto ISAKMP SA
"""

IKEV2 = f""" IPv4 Crypto IKEv2  SA

Tunnel-id Local                 Remote                fvrf/ivrf            Status
1         203.0.113.100/4500    {PEERS[0]}/4500    none/none            READY
      Encr: AES-GCM, keysize: 256, PRF: SHA384, Hash: None, DH Grp:20, Auth sign: PSK, Auth verify: PSK
      Life/Active Time: 28800/735 sec

Tunnel-id Local                 Remote                fvrf/ivrf            Status
2         203.0.113.100/4500    {PEERS[1]}/4500    none/none            READY
      Encr: AES-GCM, keysize: 256, PRF: SHA384, Hash: None, DH Grp:20, Auth sign: PSK, Auth verify: PSK
      Life/Active Time: 28800/730 sec

 IPv6 Crypto IKEv2  SA
"""


def ipsec(number: int, peer: str) -> str:
    """`show crypto ipsec sa` of IOS-XE for one tunnel."""

    def sa(spi: str) -> str:
        return f"""      spi: {spi}
        transform: esp-aes esp-sha-hmac ,
        in use settings ={{Tunnel, }}
        conn id: 2077, flow_id: CSR:77, sibling_flags FFFFFFFF80004048, crypto map: Tunnel{number}-head-0
        sa timing: remaining key lifetime (k/sec): (4608000/3237)
        IV size: 16 bytes
        replay detection support: Y  replay window size: 128
        Status: ACTIVE(ACTIVE)
"""

    return f"""
interface: Tunnel{number}
    Crypto map tag: Tunnel{number}-head-0, local addr 203.0.113.100

   protected vrf: (none)
   local  ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)
   remote ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)
   current_peer {peer} port 500
     PERMIT, flags={{origin_is_acl,}}
    #pkts encaps: 149, #pkts encrypt: 149, #pkts digest: 149
    #pkts decaps: 146, #pkts decrypt: 146, #pkts verify: 146

     local crypto endpt.: 203.0.113.100, remote crypto endpt.: {peer}
     plaintext mtu 1438, path mtu 1500, ip mtu 1500, ip mtu idb GigabitEthernet1
     current outbound spi: 0x2E8482F8(780436216)
     PFS (Y/N): Y, DH group: group2

     inbound esp sas:
{sa("0xA54D38A4(2773301412)")}
     inbound ah sas:

     inbound pcp sas:

     outbound esp sas:
{sa("0x2E8482F8(780436216)")}
     outbound ah sas:

     outbound pcp sas:
"""


def interface(number: int, peer: str, status: str = "up", protocol: str = "up") -> str:
    """`show interfaces TunnelN`."""
    return f"""Tunnel{number} is {status}, line protocol is {protocol}
  Hardware is Tunnel
  Description: aws-cisco-vpn tokyo vpn-92df3bfb gen 1
  Internet address is 169.254.255.{4 * number - 2}/30
  MTU 9938 bytes, BW 100 Kbit/sec, DLY 50000 usec,
     reliability 255/255, txload 1/255, rxload 1/255
  Encapsulation TUNNEL, loopback not set
  Tunnel source 203.0.113.100 (GigabitEthernet1), destination {peer}
  Tunnel protocol/transport IPSEC/IP
  Tunnel protection via IPSec (profile "ipsec-vpn-92df3bfb-{number - 1}")
"""


BGP = """BGP router identifier 203.0.113.100, local AS number 65001
BGP table version is 8, main routing table version 8

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
169.254.255.1   4         7224     363     323        8    0    0 00:54:21        1
169.254.255.5   4         7224     364     323        8    0    0 00:00:24        2
"""


def sla(number: int, code: str = "OK") -> str:
    """`show ip sla statistics N`."""
    return f"""IPSLAs Latest Operation Statistics

IPSLA operation id: {number}
        Latest RTT: 128 milliseconds
Latest operation start time: 18:08:02 UTC Wed Jul 15 2015
Latest operation return code: {code}
Number of successes: 3
Number of failures: 0
Operation time to live: Forever
"""


def track(number: int, state: str = "Up", code: str = "OK") -> str:
    """`show track N`."""
    return f"""Track {number}
  IP SLA {number} reachability
  Reachability is {state}
    2 changes, last change 04:31:21
  Latest operation return code: {code}
  Latest RTT (millisecs) 1
  Tracked by:
    Static IP Routing 0
"""


ROUTES = """S        10.0.0.0/16 is directly connected, Tunnel2
                     is directly connected, Tunnel1
"""


RIB_FAILURES = """  Network            Next Hop                      RIB-failure   RIB-NH Matches
"""


def answers(*, is_static: bool = False, version: IkeVersion = IkeVersion.V1) -> dict[str, str]:
    """Both tunnels UP."""
    said = {"show crypto isakmp sa": ISAKMP} if version is IkeVersion.V1 else {"show crypto ikev2 sa": IKEV2}
    for number, peer in enumerate(PEERS, start=1):
        said[f"show crypto ipsec sa peer {peer}"] = ipsec(number, peer)
        said[f"show interfaces Tunnel{number}"] = interface(number, peer)
    if not is_static:
        return said | {"show ip bgp summary": BGP, "show ip bgp rib-failure": RIB_FAILURES}
    for number in (100, 200):
        said[f"show ip sla statistics {number}"] = sla(number)
        said[f"show track {number}"] = track(number)
    return said | {"show ip route static": ROUTES}
