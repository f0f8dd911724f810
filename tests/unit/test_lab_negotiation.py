"""The negotiation: a tunnel comes up only when the ends agree, and the first disagreement is the reason."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any

import pytest

from lab.ends import AwsEnd, BgpNeighbor, Phase1Offer, Phase2Offer, RouterBgp, RouterEnd, Sla, StaticRoute
from lab.exchange import Exchange, outcomes_of
from lab.exchange_json import decode_ends, encode_ends
from lab.negotiation import Cause, negotiate
from tests.contract.agreeing_router import OFFICE, VPC, agreeing_router

AWS = AwsEnd(
    connection_id="vpn-0123456789abcdef0",
    outside=IPv4Address("198.51.100.11"),
    customer_outside=IPv4Address("203.0.113.100"),
    inside=IPv4Interface("169.254.10.1/30"),
    customer_inside=IPv4Interface("169.254.10.2/30"),
    preshared_key="fake.key",
    phase1_encryption=("AES128", "AES256", "AES256-GCM-16"),
    phase1_integrity=("SHA1", "SHA2-256"),
    phase1_dh_groups=(2, 14, 20),
    phase2_encryption=("AES128", "AES256", "AES256-GCM-16"),
    phase2_integrity=("SHA1", "SHA2-256"),
    phase2_dh_groups=(2, 14, 20),
    bgp=(64512, 65001),
    advertised=(VPC,),
)
STATIC = replace(AWS, bgp=None, advertised=(), static_routes=(OFFICE,))
NEIGHBOR = BgpNeighbor(AWS.inside.ip, 64512)


def test_two_ends_that_agree_bring_the_tunnel_up_with_prefixes_both_ways() -> None:
    outcome = negotiate(agreeing_router(AWS), AWS)
    assert (outcome.is_up, outcome.cause, outcome.bgp_state) == (True, None, "Established")
    assert (outcome.received_by_router, outcome.received_by_aws) == ((VPC,), (OFFICE,))


def test_a_static_tunnel_is_up_with_ipsec() -> None:
    outcome = negotiate(agreeing_router(STATIC), STATIC)
    assert (outcome.is_up, outcome.cause, outcome.bgp_state, outcome.is_sla_up) == (True, None, None, True)


@pytest.mark.parametrize(
    ("spoilt", "cause"),
    [
        ({"is_interface_up": False}, Cause.INTERFACE_SHUT),
        ({"source": None}, Cause.NOT_CONFIGURED),
        ({"has_protection": False}, Cause.NOT_CONFIGURED),
        ({"destination": IPv4Address("198.51.100.99")}, Cause.PEER_ADDRESS),
        ({"source": IPv4Address("203.0.113.7")}, Cause.PEER_ADDRESS),
        ({"ike_version": "ikev3"}, Cause.IKE_VERSION),
        ({"phase1": ()}, Cause.PHASE1_PROPOSAL),
        ({"phase1": (Phase1Offer("3DES", "SHA1", 2),)}, Cause.PHASE1_PROPOSAL),
        ({"phase1": (Phase1Offer("AES128", "SHA1", 5),)}, Cause.PHASE1_PROPOSAL),
        ({"phase1": (Phase1Offer("AES256-GCM-16", "SHA1", 2),)}, Cause.PHASE1_PROPOSAL),
        ({"preshared_key": "other.key"}, Cause.AUTHENTICATION),
        ({"preshared_key": None}, Cause.AUTHENTICATION),
        ({"matches_peer": False}, Cause.AUTHENTICATION),
        ({"mode": "gre ip"}, Cause.TRAFFIC_SELECTORS),
        ({"phase2": (Phase2Offer("AES128", "MD5"),)}, Cause.PHASE2_PROPOSAL),
        ({"pfs": None}, Cause.PFS),
        ({"pfs": 5}, Cause.PFS),
        ({"bgp": None}, Cause.BGP_MISSING),
        ({"bgp": RouterBgp(65001, (replace(NEIGHBOR, address=IPv4Address("169.254.99.1")),))}, Cause.BGP_MISSING),
        ({"bgp": RouterBgp(65001, (replace(NEIGHBOR, is_active=False),))}, Cause.BGP_MISSING),
        ({"inside": IPv4Interface("169.254.10.6/30")}, Cause.INSIDE_ADDRESS),
        ({"bgp": RouterBgp(65001, (replace(NEIGHBOR, remote_as=7224),))}, Cause.BGP_AS),
        ({"bgp": RouterBgp(65002, (NEIGHBOR,))}, Cause.BGP_AS),
        (
            {"bgp": RouterBgp(65001, (NEIGHBOR,), tuple(IPv4Network((i << 8, 24)) for i in range(101)))},
            Cause.BGP_PREFIXES,
        ),
    ],
)
def test_one_disagreement_keeps_the_tunnel_down_and_is_the_reason(spoilt: dict[str, Any], cause: Cause) -> None:
    outcome = negotiate(replace(agreeing_router(AWS), **spoilt), AWS)
    assert (outcome.is_up, outcome.cause) == (False, cause)
    assert outcome.reason
    assert "key" not in outcome.reason.replace("pre-shared key", "")


@pytest.mark.parametrize("cause", [Cause.PHASE1_PROPOSAL, Cause.PHASE2_PROPOSAL, Cause.BGP_MISSING])
def test_what_was_agreed_before_the_disagreement_stays_visible(cause: Cause) -> None:
    spoilt: dict[Cause, dict[str, Any]] = {
        Cause.PHASE1_PROPOSAL: {"phase1": ()},
        Cause.PHASE2_PROPOSAL: {"phase2": ()},
        Cause.BGP_MISSING: {"bgp": None},
    }
    outcome = negotiate(replace(agreeing_router(AWS), **spoilt[cause]), AWS)
    assert outcome.is_ike_up == (cause is not Cause.PHASE1_PROPOSAL)
    assert outcome.is_ipsec_up == (cause is Cause.BGP_MISSING)


@pytest.mark.parametrize(
    ("spoilt", "cause"),
    [
        ({"sla": Sla(100, IPv4Address("169.254.10.9"), track=100)}, Cause.SLA),
        ({"sla": Sla(100, AWS.inside.ip, is_scheduled=False, track=100)}, Cause.SLA),
        ({"static_routes": ()}, Cause.STATIC_ROUTE),
        ({"static_routes": (StaticRoute(VPC, 7),)}, Cause.STATIC_ROUTE),
        ({"inside": IPv4Interface("169.254.10.6/30")}, Cause.INSIDE_ADDRESS),
    ],
)
def test_aws_calls_a_static_tunnel_up_even_when_the_router_cannot_use_it(spoilt: dict[str, Any], cause: Cause) -> None:
    outcome = negotiate(replace(agreeing_router(STATIC), **spoilt), STATIC)
    assert (outcome.is_up, outcome.cause) == (True, cause)


def test_aws_takes_its_lowest_value_whatever_the_router_prefers() -> None:
    offers = (Phase1Offer("AES256", "SHA2-256", 20), Phase1Offer("AES128", "SHA1", 2, 3600))
    outcome = negotiate(replace(agreeing_router(AWS), phase1=offers), AWS)
    assert outcome.phase1 == Phase1Offer("AES128", "SHA1", 2, 3600)


def test_with_gcm_phase_2_asks_for_no_integrity() -> None:
    outcome = negotiate(replace(agreeing_router(AWS), phase2=(Phase2Offer("AES256-GCM-16", ""),)), AWS)
    assert outcome.phase2 == Phase2Offer("AES256-GCM-16", "")


def test_narrower_traffic_selectors_than_any_are_refused() -> None:
    outcome = negotiate(agreeing_router(AWS), replace(AWS, remote_cidr=VPC))
    assert outcome.cause is Cause.TRAFFIC_SELECTORS


def test_nat_turns_a_private_source_into_the_public_address() -> None:
    exchange = Exchange(lambda: (AWS,))
    behind_nat = replace(agreeing_router(AWS), source=IPv4Address("10.1.1.2"))
    exchange.publish("office", (AWS.customer_outside,), (behind_nat,))
    outcome = exchange.outcomes("office")[1]
    assert (outcome.is_up, outcome.is_behind_nat) == (True, True)
    assert exchange.outcome_at(AWS).is_up


def test_a_router_that_went_away_leaves_the_tunnel_down() -> None:
    exchange = Exchange(lambda: (AWS,))
    exchange.publish("office", (AWS.customer_outside,), (agreeing_router(AWS),))
    exchange.withdraw("office")
    assert exchange.outcome_at(AWS).cause is Cause.PEER_ADDRESS
    assert exchange.outcomes("office") == {}


def test_a_tunnel_to_where_aws_has_none_is_down() -> None:
    outcome = outcomes_of((agreeing_router(AWS),), ())[1]
    assert (outcome.is_up, outcome.cause) == (False, Cause.PEER_ADDRESS)


@pytest.mark.parametrize("aws", [AWS, STATIC])
def test_both_ends_survive_json(aws: AwsEnd) -> None:
    router = agreeing_router(aws)
    assert decode_ends(RouterEnd, encode_ends((router,))) == (router,)
    assert decode_ends(AwsEnd, encode_ends((aws,))) == (aws,)


def test_an_end_with_a_field_of_the_wrong_type_is_refused() -> None:
    (encoded,) = encode_ends((agreeing_router(AWS),))
    assert isinstance(encoded, dict)
    with pytest.raises(TypeError, match="expected int"):
        decode_ends(RouterEnd, [encoded | {"number": "one"}])


def test_no_key_is_shown_by_an_end() -> None:
    assert AWS.preshared_key not in repr(AWS) + repr(agreeing_router(AWS))
