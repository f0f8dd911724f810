"""Every option that pulumi_aws has for a connection is taken, or refused with what is to be done instead."""

import inspect
from typing import Any

import pulumi_aws as aws
import pytest

from components import SiteToSiteVpn
from components._addresses import GUIDE_INSIDE_CIDRS, inside_pairs, require_as_at_aws
from components._options import REFUSED, require_fit, require_known, require_logs
from components._profiles import PROFILES, connection_arguments
from components._validation import ArgumentError
from components.vpn_args import SiteToSiteVpnArgs
from tests.unit.recorded import Recorder, error_of, program, settled, start

# What the component itself says for an argument of pulumi_aws's.
SAID = {
    "customer_gateway_id": "public_ip", "local_ipv4_network_cidr": "", "remote_ipv4_network_cidr": "",
    "static_routes_only": "static_routes", "type": "", "tunnel1_inside_cidr": "inside_cidrs", "tunnel2_inside_cidr": "inside_cidrs",
    "tunnel1_log_options": "log_format", "tunnel2_log_options": "log_format",
}  # fmt: skip
OF_PROVIDER = set(inspect.signature(aws.ec2.VpnConnectionArgs.__init__).parameters) - {"__self__"}


def test_every_option_of_the_provider_is_taken_or_refused_with_a_reason() -> None:
    taken = set(SiteToSiteVpnArgs.__annotations__)
    for number in (1, 2):
        taken |= set(connection_arguments(number, PROFILES["modern"]))
    assert OF_PROVIDER - taken - REFUSED.keys() == set()
    assert REFUSED.keys() - OF_PROVIDER == {"certificate_arn"}, "a reason is kept for what no provider has"
    assert {name for name in SAID.values() if name} <= set(SiteToSiteVpnArgs.__annotations__)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_what_to_do_in_one_sentence(name: str) -> None:
    with pytest.raises(ArgumentError, match=rf"^{name} is given, but must be absent: \w") as caught:
        require_known({name: "x"}, SiteToSiteVpnArgs.__annotations__)
    assert "\n" not in str(caught.value)


def test_an_argument_misspelt_is_named_with_those_that_exist() -> None:
    with pytest.raises(ArgumentError, match=r"^enable_accelaration is given.*enable_acceleration"):
        require_known({"enable_accelaration": True}, SiteToSiteVpnArgs.__annotations__)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"enable_acceleration": True}, "enable_acceleration"),
        ({"tunnel_bandwidth": "large"}, "tunnel_bandwidth"),
        ({"tunnel_bandwidth": "huge", "transit_gateway_id": "tgw-1"}, "tunnel_bandwidth"),
        ({"tunnel_bandwidth": "large", "enable_acceleration": True, "transit_gateway_id": "tgw-1"}, "tunnel_bandwidth"),
    ],
)
def test_what_a_gateway_has_not_is_refused(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(ArgumentError, match=f"^{field} is "):
        require_fit(arguments)


@pytest.mark.parametrize(
    ("arguments", "is_static", "field"),
    [
        ({"log_retention_days": 31}, False, "log_retention_days"),
        ({"log_retention_days": 30, "log_group_arn": "arn:x"}, False, "log_group_arn"),
        ({"log_format": "xml", "log_retention_days": 30}, False, "log_format"),
        ({"log_format": "text"}, False, "log_format"),
        ({"log_bgp": False}, False, "log_bgp"),
        ({"log_bgp": True, "log_retention_days": 30}, True, "log_bgp"),
        ({"log_kms_key_arn": "arn:k", "log_group_arn": "arn:x"}, False, "log_kms_key_arn"),
    ],
)
def test_logs_that_cannot_be_are_refused(arguments: dict[str, Any], is_static: bool, field: str) -> None:
    with pytest.raises(ArgumentError, match=f"^{field} is "):
        require_logs(arguments, is_static=is_static)


@program
async def test_acceleration_bandwidth_and_logs_reach_both_tunnels() -> None:
    recorder = start(Recorder())
    args: Any = {
        "public_ip": "203.0.113.100", "transit_gateway_id": "tgw-1", "enable_acceleration": True,
        "log_group_arn": "arn:group", "log_format": "text", "log_bgp": False,
        "tunnel2_overrides": {"enable_tunnel_lifecycle_control": True, "dpd_timeout_action": "restart", "startup_action": "start"},
    }  # fmt: skip
    await settled(SiteToSiteVpn("vpn", args).handout)
    inputs = recorder.one("VpnConnection").inputs
    assert inputs["enableAcceleration"] is True
    assert recorder.of("LogGroup") == []
    logs = {"logEnabled": True, "logGroupArn": "arn:group", "logOutputFormat": "text"}
    assert [inputs[f"tunnel{n}LogOptions"]["cloudwatchLogOptions"] for n in (1, 2)] == [logs, logs]
    assert (inputs["tunnel1EnableTunnelLifecycleControl"], inputs["tunnel2EnableTunnelLifecycleControl"]) == (
        False,
        True,
    )
    assert (inputs["tunnel2DpdTimeoutAction"], inputs["tunnel2StartupAction"]) == ("restart", "start")


@program
async def test_what_is_imported_is_left_as_it_is_and_its_keys_go_to_the_router() -> None:
    recorder = start(Recorder())
    args: Any = {
        "public_ip": "203.0.113.100", "vpn_gateway_id": "vgw-9",
        "import_ids": {"vpn_connection": "vpn-9", "customer_gateway": "cgw-9"},
    }  # fmt: skip
    handout = await settled(SiteToSiteVpn("vpn", args).handout)
    assert recorder.of("Command") == [], "a key was made for tunnels that have theirs"
    assert not {"tunnel1PresharedKey", "tunnel2PresharedKey"} & recorder.one("VpnConnection").inputs.keys()
    assert [key in handout for key in ("key.at.aws.one", "key.at.aws.two")] == [True, True]
    assert handout.index("key.at.aws.two") < handout.index("key.at.aws.one"), "AWS's order is not ours"


@pytest.mark.parametrize(
    ("argument", "given", "held"),
    [
        ("public_ip", "203.0.113.100", {"ipAddress": "203.0.113.7"}),
        ("bgp_asn", 65001, {"ipAddress": "203.0.113.100", "bgpAsn": 65002}),
        ("routing", "bgp", {"customerGatewayConfiguration": "<a>NoBGPVPNConnection</a>"}),
        ("import_ids.vpn_connection", "vpn-1", {"state": "deleted"}),
    ],
)
def test_what_would_make_an_import_anew_is_told_as_aws_has_it(
    argument: str, given: object, held: dict[str, Any]
) -> None:
    recorder = start(Recorder(held=held))
    args: Any = {
        "public_ip": "203.0.113.100",
        "bgp_asn": 65001,
        "vpn_gateway_id": "vgw-1",
        "import_ids": {"vpn_connection": "vpn-1", "customer_gateway": "cgw-1"},
    }
    said = error_of(lambda: SiteToSiteVpn("a", args).vpn_connection_id)
    assert said.startswith(f"a: {argument} is {given!r}, but must be "), said
    assert recorder.of("VpnConnection") == []


@pytest.mark.parametrize("given", [("169.254.11.0/30", "169.254.10.0/30"), GUIDE_INSIDE_CIDRS])
def test_an_imported_connections_tunnels_are_told_as_aws_has_them(given: tuple[str, str]) -> None:
    at_aws = ["169.254.10.0/30", "169.254.11.0/30"]
    require_as_at_aws(inside_pairs(at_aws), at_aws)
    with pytest.raises(
        ArgumentError,
        match=rf"^inside_cidrs is \['{given[0]}', .* must be \['169.254.10.0/30', '169.254.11.0/30'\]: so",
    ):
        require_as_at_aws(inside_pairs(given), at_aws)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"import_ids": {"vpn": "vpn-1"}}, "vpn is given"),
        ({"import_ids": {"vpn_connection": "vpn-1"}, "tunnel1_preshared_key": "a.made.up.key.1"}, "tunnel1_preshared_key is"),
        ({"import_ids": {"vpn_connection": "vpn-1"}, "tunnel2_key_serial": 2}, "tunnel2_key_serial is given"),
        ({"import_ids": {"vpn_connection": "vpn-1"}, "vpn_gateway_id": None, "vpc_id": "vpc-1"}, "vpn_gateway_id is missing"),
        ({"import_ids": {"customer_gateway": "cgw-1"}, "device_name": "office"}, "device_name is given"),
    ],
)  # fmt: skip
@program
async def test_what_does_not_go_with_an_import_is_refused(change: Any, field: str) -> None:
    import pulumi

    start(Recorder())
    args: Any = {"public_ip": "203.0.113.100", "vpn_gateway_id": "vgw-9", **change}
    with pytest.raises(pulumi.RunError, match=f"^vpn: {field}"):
        SiteToSiteVpn("vpn", args)
