"""What stands in a plan's way on the router, or beside it, is named with a way around it."""

from dataclasses import replace

import pytest

from cisco.diff import plan
from cisco.errors import PreflightError
from cisco.render import render
from tests.unit.planned_links import (
    BGP,
    GUIDE,
    ID,
    MODERN,
    STATIC,
    holding,
    link,
    planned,
    router,
    second_link,
    tunnel,
)


def test_an_interface_that_the_router_has_not_is_named_with_those_it_has() -> None:
    running = "interface GigabitEthernet0/0\n ip address 203.0.113.100 255.255.255.0\ninterface Tunnel9\nend"

    made = plan(running, render(replace(link(BGP), wan_interface="GigabitEthernet9")))
    assert [str(collision) for collision in made.collisions] == [
        "wan_interface GigabitEthernet9 is not on this router: it has GigabitEthernet0/0"
    ]


COLLISIONS = {
    "interface Tunnel1\nip address 10.7.7.1 255.255.255.0\nexit": "tunnel_numbers [2, 3] are free",
    "crypto isakmp policy 200\ngroup 14\nexit": "isakmp_policies [201, 202] are free",
    "router bgp 65099\nneighbor 10.9.9.9 remote-as 65009\nexit": "the router runs BGP with AS 65099",
    "router bgp 65001\nneighbor 169.254.44.1 remote-as 65009\nexit": "neighbor 169.254.44.1 exists",
    "interface Tunnel7\nip address 169.254.44.2 255.255.255.252\nexit": "overlaps with 169.254.44.2/30 of Tunnel7",
    "interface Tunnel7\ntunnel destination 52.0.0.1\nexit": "tunnel destination 52.0.0.1 is already that of Tunnel7",
    f"crypto ipsec profile ipsec-{ID}-0\nset pfs group5\nexit": "was not made by us: take it over with adopt",
}


@pytest.mark.parametrize("block", COLLISIONS)
def test_what_is_in_the_way_is_named_with_a_way_around_it(block: str) -> None:
    made = planned(router(block), link())
    assert made.steps == ()
    assert any(COLLISIONS[block] in str(collision) for collision in made.collisions)


def test_an_inside_address_collides_with_a_secondary_one_too_but_not_with_another_vrf_s() -> None:
    wan = "interface GigabitEthernet1\n ip address 203.0.113.100 255.255.255.0\n"
    inside = " ip address 169.254.44.2 255.255.255.252"
    held = f"{wan}interface Loopback7\n ip address 10.7.7.7 255.255.255.0\n{inside} secondary\nend"
    (collision,) = plan(held, render(link())).collisions
    assert "overlaps with 169.254.44.2/30 of Loopback7" in str(collision)
    guests = f"vrf definition GUESTS\n{wan}interface Loopback7\n vrf forwarding GUESTS\n{inside}\nend"
    assert plan(guests, render(link())).collisions == ()


def test_a_neighbour_and_a_setting_of_another_link_are_named_as_its_own() -> None:
    first, second = (
        replace(
            theirs,
            aws_inside=mine.aws_inside,
            router_inside=mine.router_inside,
            phase2=replace(theirs.phase2, replay_window=512),
        )
        for theirs, mine in zip(second_link().tunnels, link().tunnels, strict=True)
    )
    said = "\n".join(map(str, planned(holding(link()), replace(second_link(), tunnels=(first, second))).collisions))
    assert f"neighbor 169.254.44.1 belongs to link tokyo ({ID}): choose other inside_cidrs" in said
    assert f"is needed by link tokyo ({ID}), and this link needs" in said
    assert "adopt" not in said


@pytest.mark.parametrize(
    ("block", "free"),
    [("ip sla 100\nicmp-echo 192.0.2.9\nexit", "[200, 300]"), ("track 200 ip sla 9 reachability\nexit", "[100, 300]")],
)
def test_a_probe_number_in_use_is_named_with_free_ones(block: str, free: str) -> None:
    (collision,) = planned(router(block), link(STATIC)).collisions
    assert f"sla_numbers {free} are free" in str(collision)


def test_a_policy_that_another_link_uses_is_not_changed_under_it() -> None:
    made = holding(second_link(), holding(link()))
    stronger = (replace(GUIDE[0], dh_group=14), GUIDE[1])
    change = planned(made, link(BGP, tunnel(0, stronger), tunnel(1, stronger)))
    assert any("is also used by link osaka" in str(collision) for collision in change.collisions)


def test_a_truncated_running_config_is_refused() -> None:
    text = holding(link()).show()
    with pytest.raises(PreflightError, match="no final 'end'"):
        plan(text[: len(text) // 2], render(link()))


def zoned(shown: str, **zones: str) -> str:
    """The running-config with interfaces in security zones."""
    for name, zone in zones.items():
        header = f"interface {name}\n"
        assert header in shown
        shown = shown.replace(header, f"{header} zone-member security {zone}\n")
    return shown


def test_a_tunnel_in_no_zone_is_warned_of_where_other_interfaces_are_in_one() -> None:
    way_out = "interface GigabitEthernet1\nip address 203.0.113.100 255.255.255.0\nexit"
    made = router(way_out, "interface GigabitEthernet2\nexit")
    wanted = link(BGP, wan_interface="GigabitEthernet1")
    (warning,) = plan(zoned(made.show(), GigabitEthernet2="INSIDE"), render(wanted)).warnings
    assert warning.startswith("GigabitEthernet2 (INSIDE): in a security zone, and Tunnel1 and Tunnel2 in none")
    shown = holding(wanted, made).show()
    (warning,) = plan(zoned(shown, GigabitEthernet2="INSIDE", Tunnel1="VPN"), render(wanted)).warnings
    assert "and Tunnel2 in none" in warning
    settled = plan(zoned(shown, GigabitEthernet2="INSIDE", Tunnel1="VPN", Tunnel2="VPN"), render(wanted))
    assert settled.is_empty
    assert settled.warnings == ()


def test_without_a_zone_in_the_way_nothing_is_warned_of() -> None:
    """What only the way out is in is no obstacle: it carries the encrypted packets, to the router itself."""
    way_out = "interface GigabitEthernet1\n ip address 203.0.113.100 255.255.255.0\nexit"
    made = router(way_out, "interface GigabitEthernet2\nexit").show()
    for wanted in (render(link(BGP)), render(link(BGP, wan_interface="GigabitEthernet1"))):
        assert plan(zoned(made, GigabitEthernet1="OUTSIDE"), wanted).warnings == ()
    inside = zoned(made, GigabitEthernet1="OUTSIDE", GigabitEthernet2="INSIDE")
    assert plan(inside, wanted).warnings != ()
    assert plan(f"zone security default\n{inside}", wanted).warnings == ()


def test_ikev1_that_is_switched_off_is_named_before_anything_is_sent() -> None:
    hardened = f"no crypto isakmp enable\n{router().show()}"
    (collision,) = plan(hardened, render(link())).collisions
    assert str(collision) == (
        "IKEv1 is switched off on the router (no crypto isakmp enable): enter 'crypto isakmp enable', or choose IKEv2"
    )
    assert plan(hardened, render(link(BGP, tunnel(0, MODERN), tunnel(1, MODERN)))).collisions == ()


@pytest.mark.parametrize(
    ("route", "share"),
    [
        ("ip route 10.0.0.0 255.255.0.0 192.0.2.1", "a share of"),
        ("ip route 10.0.0.0 255.255.0.0 GigabitEthernet2 192.0.2.1 1 name old-line", "a share of"),
        ("ip route 10.0.0.0 255.255.0.0 Null0 track 9", "a share of"),
        ("ip route 10.0.0.0 255.255.0.0 192.0.2.1 2", None),
        ("ip route 10.0.0.0 255.255.0.0 Null0 254", None),
        ("ip route 10.0.0.0 255.0.0.0 192.0.2.1", None),
        ("ip route vrf OTHER 10.0.0.0 255.255.0.0 192.0.2.1", None),
    ],
)
def test_a_foreign_static_route_that_shares_the_traffic_is_warned_of(route: str, share: str | None) -> None:
    for running in (router().show(), holding(link(STATIC)).show()):
        warnings = plan(f"{route}\n{running}", render(link(STATIC))).warnings
        assert [f"'{route}' is not ours and takes {share} the traffic" in warning for warning in warnings] == (
            [True] if share else []
        )
    assert plan(f"{route}\n{router().show()}", render(link(BGP))).warnings == ()
