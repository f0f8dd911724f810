"""A router that already does other things: what a link would break there, and what there would keep the link from working, is named."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from cisco.diff import plan
from cisco.model import Bgp, Static
from cisco.render import render
from tests.unit.beside import FILTERED, V2, WAN, collisions, running, via_wan, warnings
from tests.unit.planned_links import BGP, GUIDE, MODERN, STATIC, holding, link, texts, tunnel

# The address that the tunnels have.


@pytest.mark.parametrize(
    "holder",
    [
        "interface Dialer1\n ip address negotiated",
        "interface GigabitEthernet1.835\n ip address 203.0.113.100 255.255.255.0",
    ],
)
def test_the_port_below_the_interface_that_has_the_address_is_no_way_out(holder: str) -> None:
    text = running(holder, wan="interface GigabitEthernet1\n no ip address\n pppoe-client dial-pool-number 1\n")
    has = holder.split()[1]
    assert collisions(text, via_wan()) == [f"wan_interface GigabitEthernet1 has no address: name one that has: {has}"]


def test_a_way_out_that_is_shut_down_is_named() -> None:
    assert "GigabitEthernet1 is shut down" in warnings(running(wan=f"{WAN} shutdown\n"), via_wan())
    assert "shut down" not in warnings(running(), via_wan())


@pytest.mark.parametrize(
    ("interface", "is_there"),
    [
        ("ip address 203.0.113.100 255.255.255.0", True),
        ("ip address 10.0.0.2 255.255.255.0", False),
        ("ip address 10.0.0.2 255.255.255.0\n ip address 203.0.113.100 255.255.255.0 secondary", True),
        ("ip address 203.0.113.101 255.255.255.0\n standby 1 ip 203.0.113.100", True),
        ("ip address dhcp", True),
        ("ip address negotiated", True),
        ("no ip address", True),
    ],
)
def test_an_address_that_no_interface_has_or_could_get_is_named(interface: str, is_there: bool) -> None:
    text = running(wan=f"interface GigabitEthernet1\n {interface}\ninterface Tunnel9\n tunnel source 203.0.113.100\n")

    assert collisions(text, link()) == (
        []
        if is_there
        else [
            "the tunnels' source 203.0.113.100 is on no interface of this router: behind NAT set behind_nat and wan_interface, "
            "else name the wan_interface that has it, or none"
        ]
    )


def test_ikev2_from_an_interface_that_has_another_address_is_named_unless_nat_is_known() -> None:
    text = running(wan="interface GigabitEthernet1\n ip address 10.0.0.2 255.255.255.0\n")

    (said,) = collisions(text, via_wan(BGP, *V2))
    assert said.startswith(
        "the address of GigabitEthernet1, 10.0.0.2, is not 203.0.113.100, from which IKE is to speak"
    )
    assert collisions(text, via_wan(BGP, *V2, is_behind_nat=True)) == []
    assert collisions(running(), via_wan(BGP, *V2)) == []
    assert collisions(text, via_wan()) == []  # IKEv1 asks no policy for its address


OWN = " ip address 203.0.113.101 255.255.255.0\n"
ELSEWHERE = {
    "HSRP": f"{OWN} standby 1 ip 203.0.113.100\n",
    "VRRP": f"{OWN} vrrp 1 address-family ipv4\n  address 203.0.113.100 primary\n",
    "secondary": f" ip address 203.0.113.100 255.255.255.0 secondary\n{OWN}",
    "loopback": f"{OWN}interface Loopback1\n ip address 203.0.113.100 255.255.255.255\n",
}


@pytest.mark.parametrize("profile", [GUIDE, MODERN])
@pytest.mark.parametrize("lines", ELSEWHERE.values(), ids=ELSEWHERE)
def test_an_interface_that_speaks_from_another_address_than_aws_knows_is_named(lines: str, profile: tuple) -> None:  # type: ignore[type-arg]
    text = running(wan=f"interface GigabitEthernet1\n{lines}")
    known_as, tunnels = IPv4Address("203.0.113.100"), (tunnel(0, profile), tunnel(1, profile))
    (said,) = plan(text, render(via_wan(BGP, *tunnels)), known_as=known_as).collisions
    assert str(said) == (
        "the address of GigabitEthernet1, 203.0.113.101, is not 203.0.113.100, by which AWS knows this router, and which it has "
        "besides: leave wan_interface out, so that the tunnels have 203.0.113.100, or make 203.0.113.101 the customer gateway's"
    )
    assert plan(text, render(link(BGP, *tunnels)), known_as=known_as).collisions == ()


@pytest.mark.parametrize(("own", "is_told"), [("9.9.9.9", True), ("10.0.0.2", False)])
def test_a_public_address_that_aws_does_not_know_is_warned_of(own: str, is_told: bool) -> None:
    text = running(wan=f"interface GigabitEthernet1\n ip address {own} 255.255.255.0\n")
    made = plan(text, render(via_wan()), known_as=IPv4Address("203.0.113.100"))
    assert any(f"has {own}, and AWS knows this router by 203.0.113.100" in said for said in made.warnings) is is_told


def test_an_address_that_is_only_spoken_of_is_nobody_s() -> None:
    text = running(
        wan="interface GigabitEthernet1\n description behind 203.0.113.100\n ip address 10.0.0.2 255.255.255.0\n"
    )
    assert plan(text, render(via_wan()), known_as=IPv4Address("203.0.113.100")).collisions == ()


# The way in.


def guarded(*rules: str, more: str = "") -> str:
    return running(
        "ip access-list extended WAN-IN",
        *(f" {rule}" for rule in rules),
        wan=f"{WAN} ip access-group WAN-IN in\n{more}",
    )


@pytest.mark.parametrize(
    ("rules", "lacking"),
    [
        (("permit tcp any any established", "deny ip any any log"), "IKE and ESP"),
        (("permit ip any host 203.0.113.9",), "IKE and ESP"),
        (("10 permit udp any any eq isakmp", "20 deny ip any any"), "ESP"),
        (("permit esp any any",), "IKE"),
        (("permit udp any any eq isakmp", "permit esp any host 203.0.113.100"), None),
        (("permit udp any any eq isakmp non500-isakmp",), None),
        (("permit ip any any",), None),
        (("permit object-group VPN object-group PEERS any",), None),
        (("evaluate OURS", "deny ip any any"), None),
        (("remark nothing but this",), None),
    ],
)
def test_an_access_list_that_keeps_awss_packets_out_is_warned_of(rules: tuple[str, ...], lacking: str | None) -> None:
    said = warnings(guarded(*rules), via_wan())
    if lacking is None:
        assert said == ""
    else:
        assert f"access list WAN-IN of GigabitEthernet1 keeps {lacking} of 52.0.0.1 out" in said
        assert f"of {tunnel(1).aws_outside} out" in said
        lines = {"IKE": "permit udp host 52.0.0.1 any eq isakmp", "ESP": "permit esp host 52.0.0.1 any"}
        assert [name for name, line in lines.items() if line in said] == lacking.split(" and ")


def test_an_access_list_that_lets_one_peer_in_accuses_for_the_other_alone() -> None:
    said = warnings(guarded("permit udp host 52.0.0.1 any eq isakmp", "permit esp host 52.0.0.1 any"), via_wan())
    assert "of 52.0.0.2 out" in said
    assert "52.0.0.1" not in said


def test_where_answers_to_the_router_are_inspected_or_no_list_is_there_nothing_is_warned_of() -> None:
    inspected = guarded("deny ip any any", more=" ip inspect FW out\n")
    assert warnings(f"ip inspect name FW udp router-traffic\n{inspected}", via_wan()) == ""
    assert "keeps IKE and ESP" in warnings(f"ip inspect name FW udp\n{inspected}", via_wan())
    assert warnings(running(wan=f"{WAN} ip access-group GONE in\n"), via_wan()) == ""


@pytest.mark.parametrize(
    ("forward", "is_taken"),
    [
        ("udp 192.168.1.5 500 interface GigabitEthernet1 500", True),
        ("udp 192.168.1.5 500 203.0.113.100 500 extendable", True),
        ("esp 192.168.1.5 interface GigabitEthernet1", True),
        ("192.168.1.5 203.0.113.100", True),
        ("udp 192.168.1.5 53 interface GigabitEthernet1 53", False),
        ("tcp 192.168.1.5 443 interface GigabitEthernet1 443", False),
        ("udp 192.168.1.5 500 interface GigabitEthernet2 500", False),
        ("192.168.1.5 203.0.113.101", False),
    ],
)
def test_what_nat_forwards_to_a_host_inside_is_warned_of_where_awss_packets_go_along(
    forward: str, is_taken: bool
) -> None:
    said = warnings(running(f"ip nat inside source static {forward}"), via_wan())
    assert ("sends what AWS sends to GigabitEthernet1 on to a host inside" in said) is is_taken
    assert warnings(running("ip nat inside source list NAT interface GigabitEthernet1 overload"), via_wan()) == ""


# The way out.


def test_a_better_route_out_of_another_interface_is_warned_of() -> None:
    second = "interface GigabitEthernet2\n ip address 198.51.100.2 255.255.255.0\n"
    ways = ("ip route 0.0.0.0 0.0.0.0 198.51.100.1 track 1", "ip route 0.0.0.0 0.0.0.0 203.0.113.1 250")
    said = warnings(running(*ways, second), via_wan())
    assert said.startswith(
        f"'{ways[0]}' leads to AWS out of GigabitEthernet2, and the tunnels have the address of GigabitEthernet1"
    )
    assert said.count("leads to AWS") == 1, "once for both tunnels"

    for text in (
        running(*ways, second, "ip local policy route-map BY-SOURCE"),
        running(*ways, second, "ip route 52.0.0.0 255.0.0.0 203.0.113.1"),
        running(ways[0].replace("198.51.100.1", "203.0.113.1"), ways[1].replace("203.0.113.1", "198.51.100.1"), second),
        running(ways[0], second),  # what has no route of its own is an address inside, say
        running("ip route vrf GUESTS 0.0.0.0 0.0.0.0 198.51.100.1", ways[1], second),
        running("ip route 198.18.0.0 255.254.0.0 198.51.100.1", ways[1], second),
    ):
        assert warnings(text, via_wan()) == ""


def test_segments_are_fitted_to_an_interface_that_takes_less_than_1500_bytes() -> None:
    dialer = "interface Dialer1\n mtu 1454\n ip address negotiated\n"
    made = plan(running(wan=dialer), render(link(wan_interface="Dialer1")))
    sizes = [line for line in texts(made) if "adjust-mss" in line]
    assert sizes == ["ip tcp adjust-mss 1331"] * 2  # 46 bytes are missing: three blocks of 16
    for other in (WAN, WAN + " ip mtu 1500\n", WAN + " mtu 9000\n"):
        made = plan(running(wan=other), render(via_wan()))
        assert [line for line in texts(made) if "adjust-mss" in line] == ["ip tcp adjust-mss 1379"] * 2


@pytest.mark.parametrize(("more", "size"), [("", 1363), ("\n pppoe-client ppp-max-payload 1500", 1379)])
def test_segments_fit_pppoe_that_nobody_has_given_an_mtu(more: str, size: int) -> None:
    port = f"interface GigabitEthernet1\n no ip address\n pppoe-client dial-pool-number 1{more}\n"
    dialer = "interface Dialer1\n ip address negotiated\n encapsulation ppp\n dialer pool 1\n"
    made = plan(running(port, wan=dialer), render(link(wan_interface="Dialer1")))
    assert [line for line in texts(made) if "adjust-mss" in line] == [f"ip tcp adjust-mss {size}"] * 2


def test_segments_fit_a_tunnel_that_somebody_keeps_smaller() -> None:
    held = holding(link()).show()
    kept = held.replace(" tunnel source", " ip mtu 1400\n tunnel source", 1)
    assert [line for line in texts(plan(kept, render(link()))) if " mtu " in line or "mss" in line] == [
        "ip tcp adjust-mss 1360"
    ]


# Routes.


@pytest.mark.parametrize(
    ("routing", "route", "takes"),
    [
        (STATIC, "ip route 10.0.7.0 255.255.255.0 192.0.2.1 200", "all of the traffic to 10.0.7.0 255.255.255.0"),
        (FILTERED, "ip route 10.0.7.0 255.255.255.0 192.0.2.1", "all of the traffic to 10.0.7.0 255.255.255.0"),
        (FILTERED, "ip route 10.0.0.0 255.255.0.0 192.0.2.1", "all of the traffic to 10.0.0.0 255.255.0.0"),
        (FILTERED, "ip route 10.0.0.0 255.255.0.0 192.0.2.1 250", None),
        (Static((IPv4Network("10.0.0.0/8"),)), "ip route 10.0.7.0 255.255.255.0 192.0.2.1", None),
        (STATIC, "ip route 10.0.7.0 255.255.255.0 Tunnel1", None),
        (STATIC, "ip route 10.1.7.0 255.255.255.0 192.0.2.1", None),
    ],
)
def test_a_part_of_the_vpcs_network_that_goes_elsewhere_is_warned_of(
    routing: Bgp | Static, route: str, takes: str | None
) -> None:
    said = warnings(running(route), via_wan(routing))
    assert (takes or "") in said
    assert (said == "") is (takes is None)


def test_a_network_that_holds_awss_own_addresses_is_named_unless_another_route_leads_there() -> None:
    everything = via_wan(Static((IPv4Network("0.0.0.0/0"),)))
    first, second = collisions(running("ip route 0.0.0.0 0.0.0.0 203.0.113.1"), everything)
    assert first == (
        "ip route 0.0.0.0 0.0.0.0 holds 52.0.0.1 too, the other end of Tunnel1, so that the tunnel's own packets would go through it, "
        "and IOS takes such a tunnel down: enter 'ip route 52.0.0.1 255.255.255.255' out of the WAN, or put the WAN into a VRF of its own"
    )
    assert "52.0.0.2" in second
    assert collisions(running("ip route 52.0.0.0 255.0.0.0 203.0.113.1"), everything) == []
    vrf = "vrf definition INET\n rd 1:1\n !\n address-family ipv4\n exit-address-family"
    front = "interface GigabitEthernet1\n vrf forwarding INET\n ip address 203.0.113.100 255.255.255.0\n"
    assert collisions(running(vrf, wan=front), replace(everything, front_door_vrf="INET")) == []
