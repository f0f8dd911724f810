"""Which of the router's other BGP neighbours hear of what a link announces in IPv4's table."""

import pytest

from cisco import bgp_others, state
from cisco.state import Section
from cisco.tree import parse

WANT = ("neighbor 169.254.44.1 remote-as 64512", "neighbor 169.254.44.1 default-originate", "network 0.0.0.0")


def process(*lines: str) -> Section:
    text = "router bgp 65001\n" + "".join(f" {line}\n" for line in lines)
    return state.read(parse(text)).sections["bgp", "65001"]


@pytest.mark.parametrize(
    ("lines", "heard"),
    [
        (("neighbor 192.0.2.1 remote-as 65002",), ["192.0.2.1"]),
        (("neighbor 192.0.2.1 remote-as 65002", "no neighbor 192.0.2.1 activate"), []),
        (("neighbor 192.0.2.1 remote-as 65002", "address-family ipv4", "exit-address-family"), []),
        (("neighbor 192.0.2.1 remote-as 65002", "address-family ipv4", " neighbor 192.0.2.1 activate"), ["192.0.2.1"]),
        (("neighbor 192.0.2.1 remote-as 65002", "neighbor 169.254.44.1 remote-as 64512"), ["192.0.2.1"]),
        (("neighbor 169.254.55.1 remote-as 64512",), []),
        (("neighbor 2001:DB8::1 remote-as 65002",), []),
        (("neighbor HUBS peer-group", "neighbor HUBS remote-as 65002"), []),
        (("bgp listen range 10.0.0.0/8 peer-group SPOKES", "neighbor SPOKES remote-as 65002"), ["SPOKES"]),
        (("bgp listen range 10.0.0.0/8 peer-group SPOKES", "neighbor HUBS remote-as 65002"), []),
    ],
)  # fmt: skip
def test_a_neighbour_hears_of_it_where_ipv4_routes_go_to_it(lines: tuple[str, ...], heard: list[str]) -> None:
    assert list(bgp_others.neighbors(process(*lines), process(*WANT), {"169.254.55.1"})) == heard


def test_the_default_route_is_left_out_where_others_would_hear_of_it_and_aws_is_told_besides() -> None:
    want = process(*WANT)
    assert "network 0.0.0.0/0" not in bgp_others.without_default(want, ("192.0.2.1",)).entries
    assert bgp_others.without_default(want, ()) is want
    steered = process(*(line for line in WANT if "default-originate" not in line))
    assert bgp_others.without_default(steered, ("192.0.2.1",)) is steered


@pytest.mark.parametrize(
    ("have", "others", "default_is_said", "sources_are_said"),
    [
        ((), (), False, False),
        ((), ("192.0.2.1",), True, True),
        (("network 0.0.0.0",), ("192.0.2.1",), False, True),
        (("redistribute static",), (), False, True),
        (("redistribute static", "neighbor 169.254.44.1 remote-as 64512"), (), False, False),
        (("neighbor 169.254.44.1 remote-as 64512",), ("192.0.2.1",), True, False),
    ],
)
def test_who_is_told_of_what_is_said_before_it_is_new(
    have: tuple[str, ...], others: tuple[str, ...], default_is_said: bool, sources_are_said: bool
) -> None:
    steered = process(*(line for line in WANT if "default-originate" not in line))
    said = "\n".join(bgp_others.told(process(*have), steered, others))
    assert ("announces the router's default route" in said, "AWS is told of all" in said) == (
        default_is_said, sources_are_said,
    )  # fmt: skip
