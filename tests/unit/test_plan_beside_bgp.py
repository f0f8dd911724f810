"""A router that has BGP with others: whom a link tells of what, and AWS of them, is left out or named."""

from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from cisco.diff import plan
from cisco.model import Bgp
from cisco.render import render
from tests.unit.beside import FILTERED, collisions, running, via_wan, warnings
from tests.unit.planned_links import BGP, holding, link, planned, router, texts

MPLS = "router bgp 65001\n neighbor 10.10.10.1 remote-as 65010\n"
SPOKES = "router bgp 65001\n bgp listen range 10.10.10.0/24 peer-group SPOKES\n neighbor SPOKES peer-group\n neighbor SPOKES remote-as 65001\n"
ONPREM = replace(BGP, advertise=(IPv4Network("192.168.10.0/24"),))


# A provider edge before it has opened IPv4's own family: its neighbours are IPv4's all the same.
EDGE = f"{MPLS} neighbor 10.10.10.2 remote-as 65001\n !\n address-family vpnv4\n  neighbor 10.10.10.2 activate\n exit-address-family\n"


@pytest.mark.parametrize("process", [MPLS, SPOKES, EDGE])
def test_the_default_route_for_aws_is_not_told_to_the_routers_other_neighbours(process: str) -> None:
    made = plan(running(process), render(via_wan()))
    assert "network 0.0.0.0" not in texts(made)
    assert "neighbor 169.254.44.1 default-originate" in texts(made)
    assert "network 0.0.0.0" in texts(plan(running("router bgp 65001\n bgp log-neighbor-changes\n"), render(via_wan())))


@pytest.mark.parametrize(
    "family", ["", " !\n address-family ipv4 vrf CUST\n  redistribute connected\n exit-address-family\n"]
)
def test_the_other_sites_of_a_vrf_are_told_of_no_default_route_either(family: str) -> None:
    vrf = "vrf definition CUST\n rd 65001:1\n !\n address-family ipv4\n exit-address-family\n"
    made = plan(running(vrf, EDGE + family), render(via_wan(inside_vrf="CUST")))
    assert "network 0.0.0.0" not in texts(made)
    assert "neighbor 169.254.44.1 default-originate" in texts(made)
    assert any("AWS is told of all that this router's BGP has of 10.10.10.2" in said for said in made.warnings)


def test_a_process_without_ipv4s_family_is_given_one_only_where_neighbours_are_to_be_activated() -> None:
    made = plan(running(EDGE), render(via_wan()))
    assert "address-family ipv4" not in texts(made)
    assert "neighbor 169.254.44.1 default-originate" in texts(made)
    told = EDGE.replace("65001\n", "65001\n no bgp default ipv4-unicast\n", 1)
    assert "address-family ipv4" in texts(plan(running(told), render(via_wan())))


def test_it_stays_left_out_and_nothing_differs_afterwards() -> None:
    made = holding(link(), router("router bgp 65001\nneighbor 10.10.10.1 remote-as 65010\nexit"))
    assert "network 0.0.0.0" not in made.show()
    assert planned(made, link()).is_empty


def test_a_steered_backup_needs_it_and_the_others_are_named() -> None:
    made = plan(running(MPLS), render(via_wan(primary=0)))
    assert "network 0.0.0.0" in texts(made)
    assert any("'network 0.0.0.0' announces the router's default route to 10.10.10.1" in w for w in made.warnings)


@pytest.mark.parametrize(
    ("process", "routing", "named"),
    [
        (MPLS, BGP, "10.10.10.1"),
        (MPLS, ONPREM, "10.10.10.1"),
        (SPOKES, ONPREM, "SPOKES"),
        (SPOKES.replace(" bgp listen range 10.10.10.0/24 peer-group SPOKES\n", ""), BGP, None),
        (SPOKES + " !\n address-family ipv4\n  no neighbor SPOKES activate\n exit-address-family\n", BGP, None),
        ("router bgp 65001\n redistribute ospf 1\n", ONPREM, "redistribute ospf 1"),
        (MPLS, FILTERED, None),
        ("router bgp 65001\n bgp log-neighbor-changes\n", BGP, None),
        (MPLS + " !\n address-family ipv4\n  no neighbor 10.10.10.1 activate\n exit-address-family\n", BGP, None),
        ("router bgp 65001\n no bgp default ipv4-unicast\n neighbor 10.10.10.1 remote-as 65010\n", BGP, None),
        ("router bgp 65001\n address-family ipv4 vrf A\n  neighbor 10.10.10.1 remote-as 65010\n", BGP, None),
    ],
)
def test_what_aws_is_told_of_others_is_warned_of_when_a_link_joins_them(
    process: str, routing: Bgp, named: str | None
) -> None:
    said = warnings(running(process), via_wan(routing))
    assert ("AWS is told of all that this router's BGP has of" in said) is (named is not None)
    assert (named or "") in said
    joined = holding(link(routing), router("router bgp 65001\nneighbor 10.10.10.1 remote-as 65010\nexit"))
    assert planned(joined, link(routing, generation=2)).warnings == ()


@pytest.mark.parametrize("asn", [65001, 65100])
def test_a_confederation_shows_aws_another_number_and_is_named(asn: int) -> None:
    text = running("router bgp 65100\n bgp confederation identifier 65001\n")
    (said,) = collisions(text, via_wan(replace(BGP, router_asn=asn)))
    assert said.startswith("router bgp 65100 shows itself to AWS as AS 65001 (bgp confederation identifier)")
