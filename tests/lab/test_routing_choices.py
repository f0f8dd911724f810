"""VRFs, prefix lists, a primary tunnel and a limit of prefixes: planned, entered into the simulated router, negotiated with AWS."""

import re
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Interface, IPv4Network
from typing import Any

import pytest

from cisco.diff import plan
from cisco.model import Bgp, Intent, Static, Steering
from cisco.remedies import remedy
from cisco.render import render
from cisco.verify import commands, verify
from lab.ends import AwsEnd
from lab.exchange import Exchange
from lab.negotiation import Cause, Outcome, preferred_by_aws
from lab.router.clock import FakeClock
from lab.router.console import Console
from lab.router.default_config import default_running_config
from lab.router.release import RELEASES
from lab.router.state import RouterState
from tests.lab.test_plans_on_router import GUIDE, link, require_every_way_leads_back, require_same, send
from tests.unit.planned_links import ID, MODERN

VPC, OFFICE, STRANGER = (IPv4Network(n) for n in ("10.0.0.0/16", "192.168.10.0/24", "172.31.0.0/16"))
BGP = Bgp(65001, 64512, advertise=(OFFICE,))
GUARDED = replace(BGP, accept=(VPC,), maximum_prefix=1000)
VRFS: dict[str, Any] = {"front_door_vrf": "INET", "inside_vrf": "CUST"}

LINKS: Mapping[str, Intent] = {
    "plain": link(BGP),
    "guarded": link(GUARDED),
    "guarded wider": link(replace(GUARDED, accept=(VPC, STRANGER), advertise=(OFFICE, VPC))),
    "primary": replace(link(replace(BGP, accept=(VPC,))), primary=0),
    "other primary": replace(link(GUARDED), primary=1),
    "primary by med": replace(link(replace(BGP, steering=Steering.MED)), primary=0),
    "default, primary": replace(link(Bgp(65001, 64512)), primary=0),
    "both VRFs": replace(link(GUARDED), **VRFS, primary=0),
    "inside only": replace(link(BGP), inside_vrf="CUST"),
    "front door only": replace(link(BGP), front_door_vrf="INET"),
    "one VRF for both": replace(link(BGP), front_door_vrf="INET", inside_vrf="INET"),
    "modern VRFs": replace(link(GUARDED, MODERN), **VRFS),
    "static in VRFs": replace(link(Static((VPC,))), **VRFS, primary=1),
    "static primary": replace(link(Static((VPC,))), primary=0),
}
CHANGES = [
    ("plain", "guarded"), ("guarded", "guarded wider"), ("primary", "other primary"), ("primary", "primary by med"),
    ("default, primary", "plain"), ("plain", "inside only"), ("inside only", "one VRF for both"), ("both VRFs", "inside only"),
    ("front door only", "both VRFs"), ("modern VRFs", "guarded"), ("static primary", "static in VRFs"), ("static in VRFs", "both VRFs"),
]  # fmt: skip


def made(release: str, intent: Intent, exchange: Exchange | None = None) -> RouterState:
    """A branch router with two VRFs, whose WAN is in the one that the link comes by."""
    played = RELEASES[release]
    text = default_running_config(played, "admin")
    style, word = (
        ("ip vrf", "ip vrf forwarding") if release in ("ios12", "ios15") else ("vrf definition", "vrf forwarding")
    )
    family = "" if style == "ip vrf" else " address-family ipv4\n exit-address-family\n"
    defined = "".join(f"{style} {name}\n rd 65001:{n}\n{family}!\n" for n, name in enumerate(("CUST", "INET")))
    text = text.replace("!\nno aaa new-model", f"!\n{defined}no aaa new-model")
    if intent.front_door_vrf:
        text = text.replace(" description Internet\n", f" description Internet\n {word} INET\n")
        text = text.replace("ip route 0.0.0.0", "ip route vrf INET 0.0.0.0")
    if intent.inside_vrf:
        text = text.replace(" description LAN\n", f" description LAN\n {word} {intent.inside_vrf}\n")
    return RouterState(text, played, FakeClock(), exchange=exchange)


@pytest.mark.parametrize("release", ["ios12", "ios15", "xe16", "xe17"])
@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_a_choice_comes_changes_goes_and_every_way_leads_back(release: str, old: str, new: str) -> None:
    if release == "ios12" and "modern VRFs" in (old, new):
        old, new = "front door only", "guarded"  # IOS 12.4 has no IKEv2
    # The WAN stays where it is: what is not in its VRF leaves by another interface.
    before, after = (replace(LINKS[name], front_door_vrf=LINKS[old].front_door_vrf) for name in (old, new))
    require_every_way_leads_back(made(release, before), before, after)


@pytest.mark.parametrize("profile", [GUIDE, MODERN])
def test_the_wan_can_move_into_a_vrf_and_the_tunnels_follow(profile: tuple) -> None:  # type: ignore[type-arg]
    plain, behind = link(BGP, profile), replace(link(BGP, profile), front_door_vrf="INET")
    router = made("xe17", plain)
    send(router, plan(router.running_config(), render(plain)).commands)
    Console(router).configure(
        ["interface GigabitEthernet1", "vrf forwarding INET", "ip address 203.0.113.100 255.255.255.0"]
    )
    (collision,) = plan(router.running_config(), render(plain)).collisions
    assert str(collision) == (
        "GigabitEthernet1, the tunnels' source, is in VRF INET, and front_door_vrf is none: set front_door_vrf to INET"
    )
    moved = router.running_config()
    change = plan(moved, render(behind))
    send(router, change.commands)
    assert plan(router.running_config(), render(behind)).is_empty
    send(router, change.inverse)
    require_same(moved, router.running_config())


@pytest.mark.parametrize("choice", [VRFS, {"inside_vrf": "CUST"}, {"front_door_vrf": "CUST"}])
def test_a_vrf_that_is_not_on_the_router_is_named_before_anything_is_sent(choice: dict[str, Any]) -> None:
    router = RouterState(default_running_config(RELEASES["xe17"], "admin"), RELEASES["xe17"], FakeClock())
    found = plan(router.running_config(), render(replace(link(BGP), **choice)))
    assert found.steps == ()
    assert {
        name for name in choice.values() if any(f"VRF {name} is not on the router" in str(c) for c in found.collisions)
    } == set(choice.values())


def test_a_vrf_without_ipv4_is_named() -> None:
    text = "vrf definition CUST\n rd 1:1\n!\nend\n"
    (collision,) = plan(text, render(replace(link(BGP), inside_vrf="CUST"))).collisions
    assert str(collision) == "VRF CUST has no IPv4: enter 'address-family ipv4' under 'vrf definition CUST'"


@pytest.mark.parametrize(
    ("style", "below"), [("ip vrf", ""), ("vrf definition", " address-family ipv4\n exit-address-family\n")]
)
def test_a_vrf_without_a_route_distinguisher_is_named_where_bgp_is_to_run_in_it(style: str, below: str) -> None:
    text = f"{style} CUST\n{below}!\nend\n"
    (collision,) = plan(text, render(replace(link(BGP), inside_vrf="CUST"))).collisions
    assert str(collision) == (
        f"VRF CUST has no route distinguisher, and BGP needs one: enter one under '{style} CUST', such as 'rd 65001:1'"
    )
    assert remedy(str(collision)) == "vrf-not-ready"
    for needs_none in (replace(link(Static((VPC,))), inside_vrf="CUST"), replace(link(BGP), front_door_vrf="CUST")):
        assert plan(text, render(needs_none)).collisions == ()


@pytest.mark.parametrize("release", ["ios15", "xe17"])
def test_the_router_refuses_bgp_in_a_vrf_without_a_route_distinguisher(release: str) -> None:
    router = made(release, LINKS["inside only"])
    Console(router).configure(["ip vrf PLAIN", "router bgp 65001"])
    with pytest.raises(ValueError, match="% VRF PLAIN does not have an RD configured"):
        Console(router).configure(["router bgp 65001", "address-family ipv4 vrf PLAIN"])


# -- with AWS at the other end ----------------------------------------------------------------------------------


def aws_ends(intent: Intent, *advertised: IPv4Network) -> tuple[AwsEnd, ...]:
    """AWS's two ends of the link; it tells the VPC's network and whatever else."""
    return tuple(
        AwsEnd(
            connection_id=ID,
            outside=t.aws_outside,
            customer_outside=intent.local_address,
            inside=IPv4Interface((t.aws_inside, 30)),
            customer_inside=t.router_inside,
            preshared_key=t.preshared_key.reveal(),
            ike_versions=(t.phase1.version.value,),
            phase1_encryption=(t.phase1.encryption.value,),
            phase1_integrity=(t.phase1.integrity.value,),
            phase1_dh_groups=(t.phase1.dh_group,),
            phase2_encryption=(t.phase2.encryption.value,),
            phase2_integrity=(t.phase2.integrity.value,),
            phase2_dh_groups=(t.phase2.dh_group,),
            bgp=(64512, 65001) if isinstance(intent.routing, Bgp) else None,
            advertised=(VPC, *advertised),
        )
        for t in intent.tunnels
    )


def linked(name: str, *advertised: IPv4Network, release: str = "xe17") -> tuple[RouterState, Mapping[int, Outcome]]:
    intent = LINKS[name]
    ends = aws_ends(intent, *advertised)
    router = made(release, intent, Exchange(lambda: ends))
    send(router, plan(router.running_config(), render(intent)).commands)
    return router, router.outcomes()


def shown(router: RouterState, command: str) -> str:
    return Console(router).send(command)


@pytest.mark.parametrize("release", ["ios15", "xe17"])
@pytest.mark.parametrize("name", LINKS)
def test_every_choice_comes_up_and_the_agent_sees_it(name: str, release: str) -> None:
    router, outcomes = linked(name, release=release)
    assert {(o.is_up, o.reason) for o in outcomes.values()} == {(True, None)}
    asked = commands(LINKS[name])
    report = verify({command: shown(router, command) for command in asked}, LINKS[name])
    assert report.is_up, report.reasons


@pytest.mark.parametrize("choices", [{"primary": 0}, {"primary": 1, "inside_vrf": "CUST"}])
def test_a_router_that_shows_as_numbers_with_a_dot_holds_the_same_link(choices: dict[str, Any]) -> None:
    intent = replace(link(replace(GUARDED, router_asn=4123456789, aws_asn=4200000001), MODERN), **choices)
    ends = [replace(end, bgp=(4200000001, 4123456789)) for end in aws_ends(intent)]
    router = made("xe17", intent, Exchange(lambda: ends))
    Console(router).configure(["router bgp 62918.62741", "bgp asnotation dot"])
    send(router, plan(router.running_config(), render(intent)).commands)
    held = router.running_config()
    assert re.findall(r"remote-as (\S+)|prepend (.+)", held) == [("64086.59905", "")] * 2 + [
        ("", "62918.62741 62918.62741 62918.62741")
    ]
    report = verify({command: shown(router, command) for command in commands(intent)}, intent)
    assert report.is_up, report.reasons

    alone = made("xe17", intent)
    Console(alone).configure(["router bgp 62918.62741", "bgp asnotation dot"])
    require_every_way_leads_back(alone, intent, replace(intent, primary=None))


def test_a_prefix_list_admits_the_vpcs_network_alone_and_lets_only_the_announced_out() -> None:
    _, open_ = linked("plain", STRANGER)
    assert open_[1].received_by_router == (VPC, STRANGER)
    router, guarded = linked("guarded", STRANGER)
    assert guarded[1].received_by_router == (VPC,)
    Console(router).configure(["router bgp 65001", "address-family ipv4", "network 203.0.113.0"])
    assert router.outcomes()[1].received_by_aws == (OFFICE,)


def test_more_prefixes_than_the_limit_end_the_session() -> None:
    ends = aws_ends(LINKS["plain"], STRANGER)
    few = link(replace(BGP, maximum_prefix=1))
    router = made("xe17", few, Exchange(lambda: ends))
    send(router, plan(router.running_config(), render(few)).commands)
    outcome = router.outcomes()[1]
    assert (outcome.is_up, outcome.cause) == (False, Cause.BGP_LIMIT)
    report = verify({command: shown(router, command) for command in commands(few)}, few)
    assert report.tunnels[0].reason == "BGP Idle (PfxCt)"


@pytest.mark.parametrize(
    ("name", "primary"),
    [("primary", 1), ("other primary", 2), ("primary by med", 1), ("default, primary", 1), ("both VRFs", 1)],
)
def test_both_ends_prefer_the_primary(name: str, primary: int) -> None:
    router, outcomes = linked(name)
    assert preferred_by_aws(outcomes) == {primary}
    vrf = f"vrf {LINKS[name].inside_vrf} " if LINKS[name].inside_vrf else ""
    ways = re.findall(r"B +10.0.0.0/16 .*via (\S+),", shown(router, f"show ip route {vrf}bgp"))
    assert ways == [str(LINKS[name].tunnels[primary - 1].aws_inside)]


def test_without_a_primary_both_ways_are_equal() -> None:
    assert preferred_by_aws(linked("plain")[1]) == {1, 2}


def test_when_the_primary_falls_the_backup_carries_both_ways() -> None:
    router, _ = linked("default, primary")
    Console(router).configure(["interface Tunnel1", "shutdown"])
    assert preferred_by_aws(router.outcomes()) == {2}
    assert "via 169.254.44.5" in shown(router, "show ip route bgp")


@pytest.mark.parametrize(("distance", "is_up"), [("", False), (" 19", False), (" 21", True)])
def test_a_static_route_that_goes_before_bgp_makes_no_tunnel_up(distance: str, *, is_up: bool) -> None:
    router, _ = linked("plain")
    Console(router).configure([f"ip route 10.0.0.0 255.255.0.0 198.51.100.9{distance}"])
    report = verify({asked: shown(router, asked) for asked in commands(LINKS["plain"])}, LINKS["plain"])
    assert report.is_up == is_up


def test_a_static_backup_is_in_the_table_only_while_the_primary_is_not() -> None:
    router, _ = linked("static primary")
    assert re.findall(r"10.0.0.0/16 .*(Tunnel\d)", shown(router, "show ip route static")) == ["Tunnel1"]
    Console(router).configure(["interface Tunnel1", "shutdown"])
    assert re.findall(r"10.0.0.0/16 .*(Tunnel\d)", shown(router, "show ip route static")) == ["Tunnel2"]
