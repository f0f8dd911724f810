"""What the simulated router's tunnels come to, and what `show` says of it."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest

from lab.ends import AwsEnd
from lab.exchange import Exchange
from lab.router.clock import FakeClock
from lab.router.console import Console
from lab.router.default_config import default_running_config
from lab.router.ends import router_ends
from lab.router.release import RELEASES
from lab.router.state import RouterState

IKEV1 = """\
crypto isakmp policy 200
 encryption aes
 authentication pre-share
 group 2
 lifetime 28800
crypto keyring k
 local-address 203.0.113.100
 pre-shared-key address 198.51.100.10 key plainly.fake
crypto isakmp profile p
 keyring k
 match identity address 198.51.100.10
 local-address 203.0.113.100
crypto ipsec transform-set t esp-aes esp-sha-hmac
crypto ipsec profile i
 set transform-set t
 set pfs group2
"""
IKEV2 = """\
crypto ikev2 proposal o
 encryption aes-gcm-256
 prf sha384
 group 20
crypto ikev2 policy o
 match address local 203.0.113.100
 proposal o
crypto ikev2 keyring k
 peer aws
  address 198.51.100.10
  pre-shared-key plainly.fake
crypto ikev2 profile p
 match identity remote address 198.51.100.10
 authentication local pre-share
 authentication remote pre-share
 keyring local k
crypto ipsec transform-set t esp-gcm 256
crypto ipsec profile i
 set transform-set t
 set pfs group20
 set ikev2-profile p
"""
TUNNEL = """\
interface Tunnel1
 ip address 169.254.9.2 255.255.255.252
 tunnel source 203.0.113.100
 tunnel destination 198.51.100.10
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile i
"""
BGP = """\
router bgp 65001
 neighbor 169.254.9.1 remote-as 64512
 neighbor 169.254.9.1 timers 10 30 30
 network 192.168.10.0
 network 172.31.0.0
"""
STATIC = """\
ip sla 100
 icmp-echo 169.254.9.1 source-interface Tunnel1
 threshold 1000
 timeout 1000
 frequency 5
ip sla schedule 100 life forever start-time now
track 100 ip sla 100 reachability
ip route 10.0.0.0 255.255.0.0 Tunnel1 track 100
"""
AWS = AwsEnd(
    connection_id="vpn-1",
    outside=IPv4Address("198.51.100.10"),
    customer_outside=IPv4Address("203.0.113.100"),
    inside=IPv4Interface("169.254.9.1/30"),
    customer_inside=IPv4Interface("169.254.9.2/30"),
    preshared_key="plainly.fake",
    phase1_encryption=("AES128", "AES256-GCM-16"),
    phase1_integrity=("SHA1", "SHA2-384"),
    phase1_dh_groups=(2, 20),
    phase2_encryption=("AES128", "AES256-GCM-16"),
    phase2_integrity=("SHA1", "SHA2-384"),
    phase2_dh_groups=(2, 20),
    bgp=(64512, 65001),
    advertised=(IPv4Network("10.0.0.0/16"),),
)
STATIC_AWS = replace(AWS, bgp=None, static_routes=(IPv4Network("192.168.10.0/24"),))


class Site:
    """A router and what is at the other end of its tunnel."""

    def __init__(self, text: str, *, aws: AwsEnd = AWS, release: str = "ios15", prefix: str = "") -> None:
        self.aws = aws
        self.clock = FakeClock()
        played = RELEASES[release]
        self.state = RouterState(
            prefix + default_running_config(played, "admin"), played, self.clock, exchange=Exchange(lambda: (self.aws,))
        )
        self.console = Console(self.state)
        self.configure(text)

    def configure(self, text: str) -> None:
        self.console.configure(text.splitlines())

    def show(self, command: str) -> str:
        return self.console.send(f"show {command}")


def test_a_bgp_tunnel_comes_up_and_every_command_shows_it() -> None:
    site = Site(IKEV1 + TUNNEL + BGP)
    site.clock.advance(3261)
    assert "198.51.100.10   203.0.113.100   QM_IDLE           2001 ACTIVE" in site.show("crypto isakmp sa")
    assert "Session status: UP-ACTIVE" in site.show("crypto session")
    assert "Uptime: 00:54:21" in site.show("crypto session detail")
    assert site.show("crypto ipsec sa").count("Status: ACTIVE(ACTIVE)") == 2
    assert "DH group: group2" in site.show("crypto ipsec sa peer 198.51.100.10")
    assert site.show("interfaces Tunnel1").startswith("Tunnel1 is up, line protocol is up ")
    assert site.show("ip bgp summary").splitlines()[-1].split() == [
        "169.254.9.1", "4", "64512", "20", "20", "3", "0", "0", "00:54:21", "1",
    ]  # fmt: skip
    assert "B        10.0.0.0/16 [20/100] via 169.254.9.1, 00:54:21" in site.show("ip route")


def test_an_ikev2_tunnel_comes_up() -> None:
    site = Site(IKEV2 + TUNNEL + BGP, release="xe17")
    shown = site.show("crypto ikev2 sa")
    assert "1         203.0.113.100/500     198.51.100.10/500     none/none            READY  " in shown
    assert "Encr: AES-GCM, keysize: 256, PRF: SHA384, Hash: None, DH Grp:20" in shown
    assert "transform: esp-gcm 256 ," in site.show("crypto ipsec sa interface Tunnel1")
    assert "Profile: p" in site.show("crypto session")


@pytest.mark.parametrize(
    ("key", "is_found"),
    [
        ("address 0.0.0.0         no-xauth", True),
        ("address 198.51.100.0    255.255.255.0", True),
        ("address 198.51.100.9", False),
        ("hostname aws.example", False),
    ],
)
def test_a_key_of_the_whole_router_serves_whom_its_address_means(key: str, is_found: bool) -> None:
    held = f"crypto isakmp policy 5\n encryption aes\n authentication pre-share\n group 2\ncrypto isakmp key plainly.fake {key}\n"
    ipsec = IKEV1[IKEV1.index("crypto ipsec") :]
    (end,) = router_ends(Site(ipsec + TUNNEL, prefix=held).state)
    assert end.preshared_key == ("plainly.fake" if is_found else None)
    assert [offer.encryption for offer in end.phase1] == ["AES128"]


def test_lines_that_only_begin_like_a_route_or_a_probe_are_none() -> None:
    others = "ip route profile\nip route static bfd GigabitEthernet1 203.0.113.1\nip route 0.0.0.0 0.0.0.0 dhcp\nip sla responder\n"
    site = Site(IKEV1 + TUNNEL + STATIC, aws=STATIC_AWS, prefix=others)
    assert "Reachability is Up" in site.show("track 100")
    assert "10.0.0.0/16 is directly connected, Tunnel1" in site.show("ip route static")
    assert site.show("ip sla statistics").count("Latest operation return code") == 1


def test_a_static_tunnel_is_watched_by_its_probe() -> None:
    site = Site(IKEV1 + TUNNEL + STATIC, aws=STATIC_AWS)
    site.clock.advance(50)
    assert "Latest operation return code: OK\nNumber of successes: 11\n" in site.show("ip sla statistics 100")
    assert "Reachability is Up" in site.show("track 100")
    assert "10.0.0.0/16 is directly connected, Tunnel1" in site.show("ip route static")


def test_a_tunnel_that_is_down_takes_its_probe_and_route_along() -> None:
    site = Site(IKEV1 + TUNNEL + STATIC, aws=replace(STATIC_AWS, preshared_key="other"))
    assert "Latest operation return code: Timeout" in site.show("ip sla statistics 100")
    assert "Reachability is Down" in site.show("track 100")
    assert "Tunnel1" not in site.show("ip route static")
    assert "MM_NO_STATE" in site.show("crypto isakmp sa")
    assert "DOWN-NEGOTIATING" in site.show("crypto session")
    assert "line protocol is down" in site.show("interfaces Tunnel1")


@pytest.mark.parametrize(
    "change",
    [
        "interface Tunnel1\nshutdown",
        "interface Tunnel1\ntunnel source 203.0.113.200",
        "interface Tunnel1\nno tunnel protection ipsec profile i",
        "interface GigabitEthernet0/0\nshutdown",
        "crypto isakmp policy 200\nno authentication pre-share",
        "crypto keyring k\nlocal-address 192.168.10.1",
        "crypto isakmp profile p\nno match identity address 198.51.100.10",
        "crypto isakmp profile p\nno keyring k",
        "crypto ipsec profile i\nset pfs group5",
        "crypto ipsec transform-set t esp-aes 192 esp-sha-hmac",
    ],
)
def test_a_tunnel_is_up_only_when_the_router_would_really_use_what_it_holds(change: str) -> None:
    site = Site(IKEV1 + TUNNEL + BGP)
    assert "UP-ACTIVE" in site.show("crypto session")
    site.configure(change)
    assert "UP-ACTIVE" not in site.show("crypto session")


def test_an_ikev2_policy_of_another_vrf_does_not_serve_the_tunnel() -> None:
    site = Site("", release="xe17", prefix="vrf definition Other\n address-family ipv4\n exit-address-family\n!\n")
    site.configure(IKEV2 + TUNNEL + BGP)
    assert "READY" in site.show("crypto ikev2 sa")
    site.configure("crypto ikev2 policy o\nmatch fvrf Other")
    assert "READY" not in site.show("crypto ikev2 sa")  # the built-in policy offers no GCM
    site.configure("crypto ikev2 policy o\nmatch fvrf any")
    assert "READY" in site.show("crypto ikev2 sa")


def test_only_networks_of_the_routing_table_are_originated() -> None:
    (end,) = router_ends(Site(IKEV1 + TUNNEL + BGP).state)
    assert end.bgp is not None
    assert end.bgp.networks == (IPv4Network("192.168.10.0/24"),)


def test_a_profile_stays_in_use_while_its_associations_linger() -> None:
    site = Site(IKEV1 + TUNNEL + BGP)
    site.configure("interface Tunnel1\nshutdown\nexit\nno interface Tunnel1")
    with pytest.raises(ValueError, match="in use by security associations"):
        site.configure("no crypto isakmp profile p")
    site.clock.advance(61)
    site.configure("no crypto isakmp profile p")
    assert "crypto isakmp profile" not in site.state.running_config()


def test_clearing_a_session_frees_its_profile() -> None:
    site = Site(IKEV2 + TUNNEL + BGP, release="xe17")
    site.configure("no interface Tunnel1\nno crypto ipsec profile i")
    with pytest.raises(ValueError, match="in use by security associations"):
        site.configure("no crypto ikev2 profile p")
    site.console.send("clear crypto session remote 198.51.100.10")
    site.configure("no crypto ikev2 profile p")
    assert "crypto ikev2 profile" not in site.state.running_config()


def test_a_key_in_type_6_is_still_the_key() -> None:
    site = Site("password encryption aes\n" + IKEV1 + TUNNEL + BGP)
    assert "plainly.fake" not in site.state.running_config()
    assert "UP-ACTIVE" in site.show("crypto session")


@pytest.mark.parametrize(
    ("configuration", "lines", "expected"),
    [
        (IKEV1, ["crypto isakmp keepalive 10 10 on-demand"], (10, 10)),
        (IKEV1, ["crypto isakmp keepalive 20"], (20, 2)),
        (IKEV1, [], None),
        (IKEV2, ["crypto ikev2 profile p", "dpd 10 3 on-demand"], (10, 3)),
        (IKEV2, ["crypto ikev2 dpd 30 5 periodic"], (30, 5)),
        (IKEV2, ["crypto isakmp keepalive 10 10 on-demand"], None),  # is IKEv1's
    ],
)  # fmt: skip
def test_dead_peer_detection_is_that_of_the_version_which_the_tunnel_speaks(
    configuration: str, lines: list[str], expected: tuple[int, int] | None
) -> None:
    site = Site(configuration + TUNNEL)
    site.console.configure(lines)
    assert router_ends(site.state)[0].dpd == expected


def test_the_clamp_is_the_tunnels_own() -> None:
    site = Site(IKEV1 + TUNNEL)
    assert router_ends(site.state)[0].mss is None
    site.configure("interface Tunnel1\nip tcp adjust-mss 1398")
    assert router_ends(site.state)[0].mss == 1398


def test_the_echos_timers_and_the_tracks_delays_are_read_in_seconds() -> None:
    site = Site(IKEV1 + TUNNEL + STATIC, aws=STATIC_AWS)
    site.configure("track 100 ip sla 100 reachability\ndelay up 3 down 7")
    sla = router_ends(site.state)[0].sla
    assert sla is not None
    assert (sla.frequency, sla.timeout, sla.up_delay, sla.down_delay) == (5, 1.0, 3, 7)
