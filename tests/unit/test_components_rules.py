"""Every argument that AWS or IOS would refuse is refused before anything is made: field, value and what is allowed."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components._addresses import inside_pair, inside_pairs, require_network, require_public_ip, require_subnets
from components._asn import customer_gateway_asn, require_aws_asn, require_different, require_router_asn
from components._keys import require_distinct, require_key
from components._names import full_name, link_name, require_link_name, tagged
from components._profiles import PROFILES, aws_tunnel_options, connection_arguments, tunnel_settings
from components._request import request_json, require_dynamic, require_options, require_router
from components._routes import (
    advertised_warning,
    default_warning,
    require_apart_from_vpc,
    require_networks,
    require_static_routes,
)
from components._validation import ArgumentError, require_tags

FINGERPRINT = "SHA256:" + "A" * 43
ROUTER = {"host": "192.0.2.10", "username": "pulumi", "host_key": FINGERPRINT}


def expect_refusal(call: Callable[..., object], *arguments: object, **named: object) -> ArgumentError:
    with pytest.raises(ArgumentError) as caught:
        call(*arguments, **named)
    assert caught.value.allowed
    return caught.value


def expect_taken(check: Callable[..., object], *arguments: object, **named: object) -> None:
    """Fail with the refusal itself, which says what the check has against the value."""
    check(*arguments, **named)


@pytest.mark.parametrize(
    "key", ["short.7", "0starts.with.zero", "x" * 65, "with space", "dash-ed-key", "quo'te.key", "", "line.feed.7\n"]
)
def test_a_key_outside_awss_rule_is_refused_and_not_shown(key: str) -> None:
    error = expect_refusal(require_key, "tunnel1_preshared_key", key)
    assert error.field == "tunnel1_preshared_key"
    assert not key or key not in str(error)


@pytest.mark.parametrize("key", ["REDACTED", "redacted"])
def test_the_word_that_stands_for_a_key_is_no_key(key: str) -> None:
    expect_refusal(require_key, "tunnel1_preshared_key", key)


@given(st.from_regex(r"\A[A-Za-z1-9._][A-Za-z0-9._]{7,63}\Z"))
def test_every_key_of_awss_rule_is_taken(key: str) -> None:
    if key.upper() != "REDACTED":
        expect_taken(require_key, "tunnel1_preshared_key", key)


def test_one_key_for_both_tunnels_is_refused_and_not_shown() -> None:
    assert "same.key.here" not in str(expect_refusal(require_distinct, "same.key.here", "same.key.here"))


@pytest.mark.parametrize(
    "cidr",
    [
        "169.254.10.0/29", "169.254.10.1/30", "10.0.0.0/30", "169.254.255.0", "not a network",
        "169.254.0.0/30", "169.254.1.0/30", "169.254.2.0/30", "169.254.3.0/30", "169.254.4.0/30", "169.254.5.0/30",
        "169.254.169.252/30",
    ],
)  # fmt: skip
def test_an_inside_cidr_that_aws_refuses_is_refused(cidr: str) -> None:
    assert expect_refusal(inside_pair, "inside_cidrs", cidr).value == cidr


def test_aws_takes_the_first_host_inside_and_the_router_the_second() -> None:
    pair = inside_pair("inside_cidrs", "169.254.255.4/30")
    assert (str(pair.aws), str(pair.router)) == ("169.254.255.5", "169.254.255.6")


@pytest.mark.parametrize("cidrs", [("169.254.6.0/30", "169.254.6.0/30"), ("169.254.6.0/30",), ("169.254.6.0/30",) * 3])
def test_the_inside_cidrs_are_two_different_ones(cidrs: tuple[str, ...]) -> None:
    assert expect_refusal(inside_pairs, cidrs).field == "inside_cidrs"


@pytest.mark.parametrize(
    "address",
    ["10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "127.0.0.1", "169.254.1.1", "224.0.0.1", "0.0.0.0", "x"],
)
def test_a_customer_gateway_needs_a_public_address(address: str) -> None:
    assert expect_refusal(require_public_ip, "public_ip", address).value == address


@pytest.mark.parametrize("address", ["203.0.113.100", "198.51.100.1", "8.8.8.8"])
def test_a_public_address_and_one_of_the_documentation_are_taken(address: str) -> None:
    expect_taken(require_public_ip, "public_ip", address)


@pytest.mark.parametrize("asn", [0, 4294967296, 7224, 9059, 10124, 17943])
def test_a_router_asn_that_is_none_or_awss_own_is_refused(asn: int) -> None:
    assert expect_refusal(require_router_asn, "bgp_asn", asn).value == asn


@pytest.mark.parametrize("asn", [64511, 65535, 4199999999, 4294967295, 7224])
def test_an_aws_asn_outside_the_private_ranges_is_refused(asn: int) -> None:
    expect_refusal(require_aws_asn, "amazon_side_asn", asn)


@pytest.mark.parametrize("asn", [64512, 65534, 4200000000, 4294967294])
def test_the_private_ranges_ends_are_taken(asn: int) -> None:
    expect_taken(require_aws_asn, "amazon_side_asn", asn)


def test_the_same_asn_at_both_ends_is_refused() -> None:
    expect_refusal(require_different, "bgp_asn", 64512, 64512)


@pytest.mark.parametrize(
    ("asn", "argument"),
    [(65001, "bgp_asn"), (2147483647, "bgp_asn"), (2147483648, "bgp_asn_extended"), (4294967295, "bgp_asn_extended")],
)
def test_a_long_asn_goes_into_awss_other_argument(asn: int, argument: str) -> None:
    assert customer_gateway_asn(asn) == {argument: str(asn)}


REFUSED_SETTINGS = [
    ("ike_version", "ikev3"),
    ("phase1_encryption_algorithm", "3DES"),
    ("phase1_integrity_algorithm", "MD5"),
    ("phase1_dh_group_number", 5),
    ("phase1_dh_group_number", 17),
    ("phase1_dh_group_number", 35),
    ("phase2_dh_group_number", 1),
    ("phase2_dh_group_number", 22),
    ("phase1_lifetime_seconds", 899),
    ("phase1_lifetime_seconds", 28801),
    ("phase2_lifetime_seconds", 899),
    ("phase2_lifetime_seconds", 3601),
    ("rekey_margin_time_seconds", 59),
    ("rekey_margin_time_seconds", 1801),
    ("rekey_fuzz_percentage", 0),
    ("rekey_fuzz_percentage", 101),
    ("replay_window_size", 63),
    ("replay_window_size", 2048),
    ("dpd_timeout_seconds", 29),
    ("dpd_timeout_action", "stop"),
    ("startup_action", "wait"),
    ("enable_tunnel_lifecycle_control", 1),
    ("phase1_lifetime_seconds", "3600"),
    ("replay_window_size", True),
]


@pytest.mark.parametrize(("field", "value"), REFUSED_SETTINGS)
def test_a_tunnel_setting_that_one_end_does_not_know_is_refused(field: str, value: object) -> None:
    error = expect_refusal(tunnel_settings, "profile", "modern", {"tunnel2_overrides": {field: value}})
    assert error.field == f"tunnel2_overrides.{field}"
    assert error.value == value


def test_phase_2_must_end_before_phase_1() -> None:
    values = {"phase1_lifetime_seconds": 1800, "phase2_lifetime_seconds": 1800}
    assert "less than" in expect_refusal(tunnel_settings, "profile", "modern", {"profile_overrides": values}).allowed


@pytest.mark.parametrize("field", ["phase1_encryption_algorithm", "startup_action"])
def test_what_needs_ikev2_is_refused_with_ikev1(field: str) -> None:
    value = {"phase1_encryption_algorithm": "AES256-GCM-16", "startup_action": "start"}[field]
    assert (
        expect_refusal(tunnel_settings, "profile", "guide-2015", {"profile_overrides": {field: value}}).value == value
    )
    tunnel_settings("profile", "modern", {"profile_overrides": {field: value}})


def test_an_unknown_setting_is_named_with_those_there_are() -> None:
    error = expect_refusal(tunnel_settings, "profile", "modern", {"profile_overrides": {"phase1_dh_group": 14}})
    assert "phase1_dh_group_number" in str(error)


def test_an_unknown_profile_is_named_with_those_there_are() -> None:
    error = expect_refusal(tunnel_settings, "tunnel1_profile", "guide", {})
    assert (error.field, "guide-2015" in error.allowed) == ("tunnel1_profile", True)


def test_the_guides_profile_is_the_guides_table() -> None:
    guide = PROFILES["guide-2015"]
    assert (guide.ike_version, guide.phase1_encryption_algorithm, guide.phase1_integrity_algorithm) == (
        "ikev1",
        "AES128",
        "SHA1",
    )
    assert (guide.phase1_dh_group_number, guide.phase2_dh_group_number) == (2, 2)
    assert (guide.phase1_lifetime_seconds, guide.phase2_lifetime_seconds, guide.replay_window_size) == (
        28800,
        3600,
        128,
    )


def test_nothing_weak_is_used_unless_it_is_asked_for_by_name() -> None:
    modern = connection_arguments(1, tunnel_settings("profile", "modern", {}))
    assert not {"ikev1", "SHA1", "AES128", 2, 5, 22, 23, 24} & {v[0] for v in modern.values() if isinstance(v, list)}


def test_the_later_of_two_overrides_wins() -> None:
    overrides = {
        "profile_overrides": {"phase1_dh_group_number": 14},
        "tunnel1_overrides": {"phase1_dh_group_number": 19},
    }
    assert tunnel_settings("profile", "modern", overrides).phase1_dh_group_number == 19


def test_a_whole_number_of_another_language_is_one() -> None:
    assert (
        tunnel_settings(
            "profile", "modern", {"profile_overrides": {"phase1_dh_group_number": 14.0}}
        ).phase1_dh_group_number
        == 14
    )


@pytest.mark.parametrize("profile", PROFILES)
def test_both_ends_are_told_the_same(profile: str) -> None:
    """pulumi_aws's arguments and AWS's own words, each option of one in the other."""
    settings = replace(
        PROFILES[profile], phase2_lifetime_seconds=1801, rekey_margin_time_seconds=61, dpd_timeout_seconds=31
    )
    arguments = connection_arguments(2, settings)
    words = aws_tunnel_options(settings, "169.254.255.4/30", "a.made.up.key")
    told = {
        _snake(name): _plain(value) for name, value in words.items() if name not in ("TunnelInsideCidr", "PreSharedKey")
    }
    ours = {name.removeprefix("tunnel2_"): _plain(value) for name, value in arguments.items()}
    del ours["enable_tunnel_lifecycle_control"]  # AWS's own affair
    assert told == ours


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name.replace("DH", "Dh")).lower()


def _plain(value: object) -> object:
    return [item["Value"] if isinstance(item, dict) else item for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "cidrs", [[], [f"10.{n}.0.0/16" for n in range(101)], ["192.168.10.1/24"], ["192.168.10.0/24"] * 2]
)
def test_static_routes_of_a_vpn_gateway_are_1_to_100_distinct_networks(cidrs: list[str]) -> None:
    expect_refusal(require_static_routes, cidrs, is_transit=False)


def test_a_transit_gateway_takes_more_static_routes() -> None:
    expect_taken(require_static_routes, [f"10.{n}.0.0/16" for n in range(101)], is_transit=True)


@pytest.mark.parametrize("cidr", ["10.0.0.0/16", "10.0.5.0/24", "10.0.0.0/8"])
def test_a_network_that_the_vpc_would_shadow_is_refused(cidr: str) -> None:
    assert expect_refusal(require_apart_from_vpc, "onprem_cidrs", [cidr], "10.0.0.0/16").value == cidr


def test_a_default_route_stands_beside_the_vpc() -> None:
    expect_taken(require_apart_from_vpc, "onprem_cidrs", ["0.0.0.0/0", "192.168.10.0/24"], "10.0.0.0/16")


@pytest.mark.parametrize("text", ["192.168.10.1/24", "192.168.10.0", "192.168.10.0/33", "fd00::/8", "office"])
def test_a_network_is_in_cidr_form_with_host_bits_zero(text: str) -> None:
    assert expect_refusal(require_network, "onprem_cidrs", text).value == text


def test_a_repeated_network_is_refused() -> None:
    expect_refusal(require_networks, "onprem_cidrs", ["192.168.10.0/24", "192.168.10.0/24"])


def test_many_advertised_networks_are_warned_of_and_too_many_refused() -> None:
    assert advertised_warning(90, is_transit=False) is None
    assert "100" in (advertised_warning(91, is_transit=False) or "")
    expect_refusal(advertised_warning, 101, is_transit=False)
    assert advertised_warning(101, is_transit=True) is None


@pytest.mark.parametrize(
    ("args", "where"),
    [
        ({"vpc_cidr": "10.0.0.0/16"}, "the VPC's route tables learn a default route"),
        ({"vpc_id": "vpc-1", "route_table_ids": {"private": "rtb-1"}}, "the VPC's route tables learn a default route"),
        (
            {"vpc_cidr": "10.0.0.0/16", "transit_gateway_id": "tgw-1"},
            "the transit gateway's route table learns a default route",
        ),
        ({"vpc_id": "vpc-1"}, None),
        ({"vpc_cidr": "10.0.0.0/16", "propagate_routes": False}, None),
        ({"vpc_cidr": "10.0.0.0/16", "routing": "static"}, None),
        ({"vpc_cidr": "10.0.0.0/16", "advertise": "onprem"}, None),
    ],
)
def test_a_default_route_that_aws_learns_is_told_with_whom_it_leads_where(
    args: dict[str, object], where: str | None
) -> None:
    said = default_warning({"advertise": "default", **args})
    assert (said and said.partition(" to the router")[0]) == where


@pytest.mark.parametrize(
    "subnets", [["10.1.0.0/24"], ["10.0.0.0/24", "10.0.0.128/25"], ["10.0.0.0/29"], ["10.0.0.1/24"]]
)
def test_subnets_lie_within_the_vpc_apart_and_in_awss_sizes(subnets: list[str]) -> None:
    expect_refusal(require_subnets, "10.0.0.0/16", subnets)


def test_a_vpc_is_no_larger_than_a_16() -> None:
    expect_refusal(require_subnets, "10.0.0.0/15", [])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"host": ""}, "router.host"),
        ({"username": None}, "router.username"),
        ({"host_key": "ssh-rsa AAAA"}, "router.host_key"),
        ({"host_key": "SHA256:tooshort"}, "router.host_key"),
        ({"host_key": f"{FINGERPRINT}\n"}, "router.host_key"),
        ({"port": 0}, "router.port"),
        ({"jump_host": {**ROUTER, "host_key": ""}}, "router.jump_host.host_key"),
        ({"jump_host": {**ROUTER, "port": 65536}}, "router.jump_host.port"),
        ({"jump_host": {**ROUTER, "host": None}}, "router.jump_host.host"),
        ({"behind_nat": True}, "router.behind_nat"),
        ({"wan_interface": "Gi1; reload"}, "router.wan_interface"),
        ({"wan_interface": "Gi1\n"}, "router.wan_interface"),
        ({"local_address": "here"}, "router.local_address"),
        ({"tunnel_numbers": [1]}, "router.tunnel_numbers"),
        ({"tunnel_numbers": [7, 7]}, "router.tunnel_numbers"),
        ({"tunnel_numbers": [7, "8"]}, "router.tunnel_numbers"),
        ({"isakmp_policies": [0, 1]}, "router.isakmp_policies"),
        ({"sla_numbers": [1, 1001]}, "router.sla_numbers"),
        ({"front_door_vrf": "9INET"}, "router.front_door_vrf"),
        ({"inside_vrf": "CUST; reload"}, "router.inside_vrf"),
        ({"primary_tunnel": 3}, "router.primary_tunnel"),
        ({"steering": "weight"}, "router.steering"),
        ({"maximum_prefix": 0}, "router.maximum_prefix"),
    ],
)
def test_a_router_that_cannot_be_configured_so_is_refused(change: dict[str, object], field: str) -> None:
    expect_taken(require_router, ROUTER)
    assert expect_refusal(require_router, {**ROUTER, **change}).field == field


def test_the_primary_tunnel_is_named_to_the_agent_by_its_inside_cidr() -> None:
    options = [{"TunnelInsideCidr": cidr} for cidr in ("169.254.255.0/30", "169.254.255.4/30")]
    known = {"link": "l", "handout": json.dumps({"tunnel_options": options}), "router": {**ROUTER, "primary_tunnel": 2}}
    assert json.loads(request_json(known))["router"] == {**ROUTER, "primary": "169.254.255.4/30"}


@pytest.mark.parametrize(("field", "value"), [("prefix_lists", True), ("maximum_prefix", 1000), ("steering", "med")])
def test_what_is_about_bgp_is_refused_with_static_routing(field: str, value: object) -> None:
    expect_taken(require_dynamic, {**ROUTER, "prefix_lists": False, "primary_tunnel": 1})
    assert expect_refusal(require_dynamic, {**ROUTER, field: value}).field == f"router.{field}"


@pytest.mark.parametrize(
    ("name", "value"),
    [("archive", "maybe"), ("revert_minutes", 0), ("window", 11), ("deadline", 5), ("deadline", "600")],
)
def test_an_option_that_the_agent_has_not_is_refused(name: str, value: object) -> None:
    assert expect_refusal(require_options, {name: value}).field == f"options.{name}"


@pytest.mark.parametrize("name", ["", "-tokyo", "a b", "x" * 41, "tokyo\nend", "tokyo\n"])
def test_a_link_name_that_does_not_fit_a_description_is_refused(name: str) -> None:
    expect_refusal(require_link_name, "link_name", name)


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_every_stack_has_a_link_name_that_fits(stack: str, name: str) -> None:
    expect_taken(require_link_name, "link_name", link_name(stack, name))


def test_links_of_two_stacks_have_different_names_on_the_router() -> None:
    long = "a-component-with-a-very-long-name-indeed"
    assert link_name("dev", "vpn") == "dev-vpn"
    assert link_name("dev", "dev") == "dev"
    assert link_name("dev", long) != link_name("prod", long)


def test_a_full_name_is_unique_to_the_stack_and_never_too_long() -> None:
    assert full_name("project", "dev", "tokyo") != full_name("project", "prod", "tokyo")
    assert len(full_name("p" * 200, "s" * 200, "n")) == 255


@pytest.mark.parametrize("check", [require_router_asn, require_aws_asn])
@pytest.mark.parametrize("asn", [65001.5, "65001", True, None])
def test_a_number_that_is_not_whole_is_refused(check: Callable[..., object], asn: object) -> None:
    assert expect_refusal(check, "asn", asn).allowed == "a whole number"
    assert customer_gateway_asn(65001.0) == {"bgp_asn": "65001"}  # type: ignore[arg-type]  # as other languages write it


def test_more_tags_than_aws_takes_are_refused() -> None:
    expect_taken(require_tags, {str(n): "" for n in range(49)}, own=1)
    expect_refusal(require_tags, {str(n): "" for n in range(50)}, own=1)


def test_the_callers_name_tag_wins() -> None:
    assert tagged("dev-vgw", {"Name": "gateway", "team": "net"}) == {"Name": "gateway", "team": "net"}
    assert tagged("dev-vgw", {}) == {"Name": "dev-vgw"}
