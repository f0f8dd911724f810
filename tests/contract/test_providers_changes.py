"""What the stand-in for the AWS plugin takes for a change, and for a replacement."""

import pytest

from lab.providers.aws.difference import changes, same
from lab.providers.aws.gateways import CUSTOMER_GATEWAY
from lab.providers.aws.network import SUBNET, VPC
from lab.providers.aws.vpn_connection import VPN_CONNECTION
from lab.providers.plugin import Change
from lab.providers.values import UNKNOWN

CONNECTION = {
    "customerGatewayId": "cgw-1",
    "type": "ipsec.1",
    "tunnel1InsideCidr": "169.254.11.0/30",
    "tunnel1DpdTimeoutSeconds": 30,
    "tunnel1IkeVersions": ["ikev2"],
    "tunnel1Phase1LifetimeSeconds": 14400,
}


def test_what_is_as_the_program_wants_it_is_no_change() -> None:
    assert changes(VPN_CONNECTION, CONNECTION, CONNECTION, CONNECTION) == {}


def test_the_order_of_a_list_is_no_change() -> None:
    state = {"tunnel1IkeVersions": ["ikev1", "ikev2"]}

    assert changes(VPN_CONNECTION, {}, state, {"tunnel1IkeVersions": ["ikev2", "ikev1"]}) == {}


@pytest.mark.parametrize("name", ["enableAcceleration", "tunnelBandwidth", "staticRoutesOnly", "type"])
def test_what_the_provider_cannot_modify_replaces_the_connection(name: str) -> None:
    assert changes(VPN_CONNECTION, {}, {name: "old"}, {name: "new"}) == {name: Change("update", replaces=True)}


@pytest.mark.parametrize(
    "name", ["tunnel1PresharedKey", "tunnel2InsideCidr", "customerGatewayId", "tunnel2Phase2LifetimeSeconds", "tags"]
)
def test_what_the_provider_can_modify_updates_the_connection_in_place(name: str) -> None:
    assert changes(VPN_CONNECTION, {}, {name: "old"}, {name: "new"}) == {name: Change("update")}


def test_every_property_of_a_customer_gateway_replaces_it_but_its_tags() -> None:
    found = changes(CUSTOMER_GATEWAY, {}, {"ipAddress": "192.0.2.1"}, {"ipAddress": "192.0.2.2", "tags": {"a": "b"}})

    assert found == {"ipAddress": Change("update", replaces=True), "tags": Change("add")}


def test_drift_that_a_refresh_found_is_a_change_though_the_inputs_are_the_same() -> None:
    inputs = {"enableDnsHostnames": True}

    assert changes(VPC, inputs, {"enableDnsHostnames": False}, inputs) == {"enableDnsHostnames": Change("update")}


def test_dropping_what_aws_chooses_is_no_change() -> None:
    before = {"availabilityZone": "ap-northeast-1a", "vpcId": "vpc-1"}

    assert changes(SUBNET, before, before, {"vpcId": "vpc-1"}) == {}


def test_the_region_of_an_imported_resource_is_no_change_where_the_program_names_none() -> None:
    found = {"availabilityZone": "ap-northeast-1a", "region": "ap-northeast-1", "vpcId": "vpc-1"}

    assert changes(SUBNET, found, found, {"vpcId": "vpc-1"}) == {}


def test_dropping_an_option_that_has_the_provider_s_default_is_no_change() -> None:
    news = {name: value for name, value in CONNECTION.items() if name != "tunnel1DpdTimeoutSeconds"}

    assert changes(VPN_CONNECTION, CONNECTION, CONNECTION, news) == {}


def test_dropping_an_option_that_has_another_value_is_a_change() -> None:
    news = {name: value for name, value in CONNECTION.items() if name != "tunnel1Phase1LifetimeSeconds"}

    assert changes(VPN_CONNECTION, CONNECTION, CONNECTION, news) == {"tunnel1Phase1LifetimeSeconds": Change("delete")}


def test_a_value_that_only_the_update_will_tell_counts_as_a_change() -> None:
    assert changes(SUBNET, {}, {"vpcId": "vpc-1"}, {"vpcId": UNKNOWN}) == {"vpcId": Change("update", replaces=True)}


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (None, "", True),
        ([], None, True),
        (False, None, True),
        (0, None, True),
        ({"a": "", "b": 1}, {"b": 1}, True),
        ([{"p": 1}, {"p": 2}], [{"p": 2}, {"p": 1}], True),
        ("a", "b", False),
        ([1], [1, 2], False),
    ],
)
def test_absent_and_empty_are_the_same_to_the_provider(left: object, right: object, expected: bool) -> None:
    assert same(left, right) is expected
