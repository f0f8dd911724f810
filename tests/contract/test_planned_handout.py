"""What the components know of a connection before AWS has made it is enough for the agent to judge the router by."""

import json
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from cisco.aws import intent_from_aws
from cisco.model import Bgp, Static
from cisco.render import render
from cisco.request import RouterSettings
from components._addresses import inside_pairs
from components._handout import as_held, planned_handout
from components.connection import both_tunnels

PAIRS = inside_pairs(("169.254.255.0/30", "169.254.255.4/30"))
PROFILE: Any = {"profile": "guide-2015"}


def planned(*, is_static: bool = False, router_asn: int = 65001, aws_asn: int | None = 64600) -> str:
    return planned_handout(
        both_tunnels(PROFILE),
        PAIRS,
        public_ip="203.0.113.100",
        router_asn=router_asn,
        aws_asn=aws_asn,
        is_static=is_static,
        vpc_cidrs=["10.0.0.0/16"],
        is_made=False,
    )


@pytest.mark.parametrize("is_static", [False, True])
def test_the_agent_makes_a_whole_configuration_of_it(*, is_static: bool) -> None:
    intent = intent_from_aws(json.loads(planned(is_static=is_static)), RouterSettings(), "tokyo")
    assert intent.local_address == IPv4Address("203.0.113.100")
    assert [str(tunnel.router_inside.ip) for tunnel in intent.tunnels] == [str(pair.router) for pair in PAIRS]
    assert {tunnel.phase1.dh_group for tunnel in intent.tunnels} == {2}
    expected = Static((IPv4Network("10.0.0.0/16"),)) if is_static else Bgp(router_asn=65001, aws_asn=64600)
    assert intent.routing == expected
    assert render(intent).count("tunnel destination") == 2


def test_a_gateway_whose_number_is_not_known_never_has_the_router_s() -> None:
    for asn in (64512, 64513, 65001):
        routing = intent_from_aws(json.loads(planned(router_asn=asn, aws_asn=None)), RouterSettings(), "tokyo").routing
        assert isinstance(routing, Bgp)
        assert routing.aws_asn != asn


def test_a_connection_that_the_stack_has_is_asked_for_by_its_own_name() -> None:
    held = as_held({"handout": planned()}, {"connection_id": "vpn-0abc"})
    assert intent_from_aws(json.loads(held["handout"]), RouterSettings(), "tokyo").connection_id == "vpn-0abc"
    given = {"handout": json.dumps({"customer_gateway_configuration": "<vpn_connection/>"})}
    assert as_held(given, {"connection_id": "vpn-0abc"}) is given
    unheld = json.loads(as_held({"handout": planned()}, None)["handout"])
    assert {**unheld, "is_made": False} == json.loads(planned())
    assert "is_made" not in unheld
