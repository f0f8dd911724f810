"""Random routers and random links for the diff's property tests."""

from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from hypothesis import strategies as st

from cisco.model import Bgp, Encryption, IkeVersion, Integrity, Intent, Phase1, Phase2, Static, Steering, Tunnel
from cisco.secret import Secret
from tests.unit.little_ios import LittleIos

ASN = 65001
RELEASES = ("ios12", "ios15", "xe16", "xe17")
KEYS = st.sampled_from(["fakekey_one", "fakekey.two", "FakeKey3", "key_fake_4"])
NETWORKS = st.lists(
    st.sampled_from(["192.168.10.0/24", "192.168.0.0/16", "10.20.0.0/16", "10.0.0.0/8", "172.16.5.0/24"]).map(
        IPv4Network
    ),
    min_size=1,
    max_size=3,
    unique=True,
)

# Blocks of other people's configuration; each is typed as it stands. None of it is in a link's way.
POLICY = "crypto isakmp policy 10\n encryption aes 256\n hash sha256\n authentication pre-share\n group 14\nexit"
FOREIGN = (
    "interface GigabitEthernet2\n description the office\n ip address 192.168.10.1 255.255.255.0\nexit",
    POLICY,
    # Without a policy of its own it would live by the built-in ones, which any link's displaces: refused.
    f"""{POLICY}
crypto keyring BRANCH
 pre-shared-key address 198.51.100.77 key notours1
exit
crypto isakmp profile BRANCH
 keyring BRANCH
 match identity address 198.51.100.77
exit""",
    f"""{POLICY}
crypto ipsec transform-set BRANCH esp-aes 256 esp-sha-hmac
 mode transport
exit
crypto ipsec profile BRANCH
 set transform-set BRANCH
exit
interface Tunnel100
 ip address 172.31.0.1 255.255.255.252
 tunnel source GigabitEthernet1
 tunnel destination 198.51.100.77
 tunnel protection ipsec profile BRANCH
exit""",
    """crypto ikev2 proposal BRANCH
 encryption aes-cbc-256
 integrity sha512
 group 19
exit
crypto ikev2 policy BRANCH
 match fvrf any
 proposal BRANCH
exit
crypto ikev2 keyring BRANCH
 peer A
  address 198.51.100.78
  pre-shared-key notours2
 exit
exit""",
    """ip sla 7
 icmp-echo 192.0.2.1 source-interface GigabitEthernet1
 frequency 30
exit
ip sla schedule 7 life forever start-time now
track 7 ip sla 7 reachability
exit""",
    "ip route 0.0.0.0 0.0.0.0 203.0.113.1",
    "ip route 10.99.0.0 255.255.0.0 203.0.113.7 track 7",
    "interface Loopback0\n ip address 10.255.0.1 255.255.255.255\nexit",
    "ip prefix-list OFFICE permit 192.168.0.0/16 le 24\nip prefix-list OFFICE seq 20 deny 10.0.0.0/8",
    "route-map OFFICE permit 10\n match ip address prefix-list OFFICE\n set metric 50\nexit",
    # The very addresses of a link, in a VRF that is none of its.
    """interface Tunnel200
 {OTHER} OTHER
 ip address 169.254.40.66 255.255.255.252
 tunnel source GigabitEthernet9
 tunnel destination 198.51.100.79
 tunnel vrf INET
exit""",
)
# The WAN in no VRF, and in one, each with a second address for a second link. These interfaces are on every router.
WAN = """interface GigabitEthernet1
 ip address 203.0.113.100 255.255.255.0
 ip nat outside
exit
interface Loopback51
 ip address 198.51.100.101 255.255.255.255
exit"""
FRONT_DOOR = """interface GigabitEthernet9
 {INET} INET
 ip address 203.0.113.200 255.255.255.0
exit
interface Loopback52
 {INET} INET
 ip address 198.51.100.201 255.255.255.255
exit"""
# By front-door VRF: each link's way out and its address there.
WAYS_OUT = {
    None: (("GigabitEthernet1", "203.0.113.100"), ("Loopback51", "198.51.100.101")),
    "INET": (("GigabitEthernet9", "203.0.113.200"), ("Loopback52", "198.51.100.201")),
}
VRF_BGP = (
    """address-family ipv4 vrf OTHER
neighbor 169.254.40.65 remote-as 65099
exit-address-family""",
    """address-family ipv4 vrf CUST
neighbor 10.20.20.2 remote-as 65020
network 10.0.0.0
exit-address-family""",
)
SETTINGS = (
    "crypto ipsec df-bit set",
    "crypto ipsec df-bit clear",
    "crypto isakmp keepalive 30 5 periodic",
    "crypto isakmp keepalive 10 10",
    "crypto ipsec security-association replay window-size 512",
    "crypto ipsec fragmentation after-encryption",
)
SPOKEN = (
    "hostname border",
    "banner motd ^C\ninterface Tunnel1\n description aws-cisco-vpn evil vpn-1 gen 1\n^C",
    "ip access-list extended X\n permit ip any any",
    "crypto pki certificate chain SELF\n certificate self-signed 01\n  30820330 30820218\n  \tquit",
    "line vty 0 4\n transport input ssh",
)


@st.composite
def routers(draw: st.DrawFn) -> LittleIos:
    """A router with other people's configuration, of any release and BGP display style."""
    router = LittleIos(draw(st.sampled_from(RELEASES)), tuple(draw(st.lists(st.sampled_from(SPOKEN), unique=True))))
    for name in ("INET", "CUST", "OTHER"):
        router.vrfs[name] = "ip vrf" if router.release == "ios12" or draw(st.booleans()) else "vrf definition"
    words = {name: router.vrf_word(name) for name in router.vrfs}
    router.type(WAN)
    router.type(FRONT_DOOR.format(**words))
    for block in draw(st.permutations(FOREIGN).flatmap(lambda blocks: st.integers(0, 10).map(lambda n: blocks[:n]))):
        router.type(block.format(**words))
    for setting in draw(st.lists(st.sampled_from(SETTINGS), unique=True, max_size=3)):
        router.type(setting)
    if draw(st.booleans()):
        router.type(f"router bgp {ASN}\n neighbor 10.10.10.1 remote-as 65010\n neighbor 10.10.10.1 timers 5 15")
        family = draw(st.booleans())
        router.type("address-family ipv4" if family else "")
        for line in draw(
            st.lists(st.sampled_from(["network 10.20.0.0 mask 255.255.0.0", "network 0.0.0.0"]), unique=True)
        ):
            router.type(line)
        router.type("exit-address-family" if family else "")
        for vrf in VRF_BGP[: draw(st.integers(0, 2))]:
            router.type(vrf)
        router.type("exit")
    return router


@st.composite
def intents(draw: st.DrawFn, number: int = 1, *, routing: type | None = None) -> Intent:
    """A link. Links of different `number` share nothing but policies, global settings and the BGP process."""
    base = number * 10
    version = draw(st.sampled_from(IkeVersion))
    replay = draw(st.sampled_from([128, 1024])) if number == 1 else 128
    tunnels = tuple(_tunnel(draw, number, index, version, replay) for index in (0, 1))
    kind = routing or draw(st.sampled_from([Bgp, Static]))
    sla = (base * 10 + 1, base * 10 + 2)
    route = _bgp(draw) if kind is Bgp else Static(tuple(draw(NETWORKS)), sla)
    front_door = draw(st.sampled_from([None, None, "INET"]))
    wan_interface, address = WAYS_OUT[front_door][number - 1]
    return Intent(
        link=f"link{number}",
        connection_id=f"vpn-0{number}abcdef",
        # IOS takes one IKEv2 policy for an address: two links that offer different things speak from two.
        local_address=IPv4Address(address),
        tunnels=(tunnels[0], tunnels[1]),
        routing=route,
        wan_interface=draw(st.sampled_from([None, wan_interface])),
        policies=(200, 201) if number == 1 else (200 + number * 10, 201 + number * 10),
        generation=draw(st.integers(1, 3)),
        front_door_vrf=front_door,
        inside_vrf=draw(st.sampled_from([None, None, "CUST", "INET"])),
        primary=draw(st.sampled_from([None, 0, 1])),
    )


def _bgp(draw: st.DrawFn) -> Bgp:
    return Bgp(
        ASN,
        64512,
        draw(st.none() | NETWORKS.map(tuple)),
        accept=draw(st.none() | NETWORKS.map(tuple)),
        maximum_prefix=draw(st.sampled_from([None, 100, 1000])),
        steering=draw(st.sampled_from(Steering)),
    )


def _tunnel(draw: st.DrawFn, number: int, index: int, version: IkeVersion, replay: int) -> Tunnel:
    block = IPv4Network((int(IPv4Address("169.254.40.0")) + number * 64 + index * 4, 30))
    aws, router = block.hosts()
    ciphers = [e for e in Encryption if version is IkeVersion.V2 or not e.is_gcm]
    return Tunnel(
        index=index,
        number=number * 10 + index,
        aws_outside=IPv4Address(f"52.{number}.0.{index + 1}"),
        aws_inside=aws,
        router_inside=IPv4Interface(f"{router}/30"),
        preshared_key=Secret(draw(KEYS)),
        phase1=Phase1(
            version,
            draw(st.sampled_from(ciphers)),
            draw(st.sampled_from(Integrity)),
            draw(st.sampled_from([2, 14, 20])),
        ),
        phase2=Phase2(
            draw(st.sampled_from(list(Encryption))),
            draw(st.sampled_from(Integrity)),
            draw(st.sampled_from([2, 14, 20])),
            draw(st.sampled_from([3600, 1800])),
            replay,
        ),
        mss=draw(st.sampled_from([1379, 1387])),
    )
