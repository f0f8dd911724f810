"""The two tunnels of a connection: their order by the provider's rule, and their options on the way to AWS."""

import pytest

from lab.providers.aws import tunnel_options
from lab.providers.aws.vpn_connection import Tunnel, in_provider_order, tunnels


def tunnel(outside: str, inside: str, key: str) -> Tunnel:
    return Tunnel(
        outside_address=outside,
        preshared_key=key,
        bgp_asn="64512",
        bgp_holdtime=30,
        cgw_inside_address=inside.removesuffix(".1") + ".2",
        vgw_inside_address=inside,
    )


HIGH = tunnel("203.0.113.9", "169.254.11.1", "fake-key-of-high")
LOW = tunnel("203.0.113.10", "169.254.12.1", "fake-key-of-low")


def test_without_anything_given_the_outside_addresses_order_the_tunnels_as_text() -> None:
    assert in_provider_order([HIGH, LOW], None, None) == [LOW, HIGH]


def test_the_first_tunnel_s_key_orders_the_tunnels() -> None:
    assert in_provider_order([LOW, HIGH], "fake-key-of-high", None) == [HIGH, LOW]


def test_the_first_tunnel_s_inside_cidr_orders_the_tunnels_where_no_key_is_given() -> None:
    assert in_provider_order([LOW, HIGH], None, "169.254.11.0/30") == [HIGH, LOW]


def test_a_key_that_neither_tunnel_has_leaves_aws_s_order() -> None:
    assert in_provider_order([HIGH, LOW], "fake-key-of-nobody", "169.254.12.0/30") == [HIGH, LOW]


def test_the_connection_s_document_is_read() -> None:
    document = """<vpn_connection><ipsec_tunnel>
      <customer_gateway><tunnel_inside_address><ip_address>169.254.11.2</ip_address></tunnel_inside_address></customer_gateway>
      <vpn_gateway><tunnel_outside_address><ip_address>203.0.113.9</ip_address></tunnel_outside_address>
        <tunnel_inside_address><ip_address>169.254.11.1</ip_address></tunnel_inside_address>
        <bgp><asn>64512</asn><hold_time>30</hold_time></bgp></vpn_gateway>
      <ike><pre_shared_key>fake-key-of-high</pre_shared_key></ike></ipsec_tunnel></vpn_connection>"""

    assert tunnels(document) == [HIGH]


def test_the_options_of_a_new_connection_are_aws_s() -> None:
    inputs = {
        "tunnel1InsideCidr": "169.254.11.0/30",
        "tunnel1IkeVersions": ["ikev2"],
        "tunnel1Phase1DhGroupNumbers": [14],
        "tunnel1DpdTimeoutSeconds": 30,
        "tunnel1RekeyFuzzPercentage": 0,
        "tunnel1LogOptions": {"cloudwatchLogOptions": {"logEnabled": True, "logGroupArn": "arn:x"}},
    }

    assert tunnel_options.specification(inputs, "tunnel1") == {
        "TunnelInsideCidr": "169.254.11.0/30",
        "IKEVersions": [{"Value": "ikev2"}],
        "Phase1DHGroupNumbers": [{"Value": 14}],
        "DPDTimeoutSeconds": 30,
        "LogOptions": {"CloudWatchLogOptions": {"LogEnabled": True, "LogGroupArn": "arn:x"}},
    }


def test_a_change_sends_only_what_changed_of_that_tunnel() -> None:
    state = {"tunnel1PresharedKey": "fake-key-one", "tunnel1StartupAction": "add", "tunnel2StartupAction": "add"}
    news = {"tunnel1PresharedKey": "fake-key-two", "tunnel1StartupAction": "add", "tunnel2StartupAction": "add"}

    assert tunnel_options.modification(state, news, "tunnel1") == {"PreSharedKey": "fake-key-two"}
    assert tunnel_options.modification(state, news, "tunnel2") == {}


def test_a_dropped_option_is_sent_as_the_provider_s_default() -> None:
    state = {"tunnel1RekeyMarginTimeSeconds": 270, "tunnel1IkeVersions": ["ikev2"]}

    assert tunnel_options.modification(state, {}, "tunnel1") == {
        "RekeyMarginTimeSeconds": 540,
        "IKEVersions": [{"Value": "ikev1"}, {"Value": "ikev2"}],
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tunnel1InsideCidr", "169.254.5.0/30"),
        ("tunnel1InsideCidr", "169.254.11.0/29"),
        ("tunnel1InsideCidr", "10.0.0.0/30"),
        ("tunnel2InsideCidr", "169.254.11.1/30"),
        ("tunnel1PresharedKey", "0startswithzero"),
        ("tunnel1PresharedKey", "short"),
        ("tunnel2PresharedKey", "has-a-hyphen"),
        ("tunnel1DpdTimeoutSeconds", 29),
        ("tunnel1Phase1LifetimeSeconds", 28801),
        ("tunnel1IkeVersions", ["ikev3"]),
        ("tunnel2StartupAction", "go"),
    ],
)
def test_what_the_provider_refuses_at_preview_is_refused_and_no_key_is_repeated(name: str, value: object) -> None:
    found = tunnel_options.problems({name: value})

    assert list(found) == [name]
    assert "PresharedKey" not in name or str(value) not in found[name]


def test_options_at_their_limits_are_accepted() -> None:
    inputs = {
        "tunnel1InsideCidr": "169.254.11.0/30",
        "tunnel1PresharedKey": "Eight._8",
        "tunnel1DpdTimeoutSeconds": 30,
        "tunnel1Phase1LifetimeSeconds": 900,
        "tunnel1Phase2LifetimeSeconds": 3600,
        "tunnel1RekeyFuzzPercentage": 100,
    }

    assert tunnel_options.problems(inputs) == {}
