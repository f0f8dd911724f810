"""What the VPN's component makes of its arguments, on Pulumi's mocks."""

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from components import IosCustomerGateway, SiteToSiteVpn, VpcNetwork
from components.existing import reason
from components.hooks import hook
from components.keys import distinct_key
from tests.unit.recorded import XML, Recorder, error_of, options_of, program, settled, start

KEY1, KEY2 = "a.made.up.key.1", "a.made.up.key.2"
VPN: dict[str, Any] = {
    "public_ip": "203.0.113.100",
    "bgp_asn": 65001,
    "vpc_id": "vpc-1",
    "vpc_cidrs": ["10.0.0.0/16"],
    "route_table_ids": {"main": "rtb-1"},
}


ROUTER: Any = {"router": {"host": "192.0.2.10", "username": "u", "host_key": "SHA256:x"}, "handout": "{}"}


@pytest.fixture
def recorder() -> Recorder:
    return start(Recorder())


@program
async def test_every_option_of_both_tunnels_is_one_value(recorder: Recorder) -> None:
    await made_of(vpn("vpn", {"profile": "guide-2015"}))
    inputs = recorder.one("VpnConnection").inputs
    for number, cidr in ((1, "169.254.255.0/30"), (2, "169.254.255.4/30")):
        tunnel = {
            name.removeprefix(f"tunnel{number}"): value
            for name, value in inputs.items()
            if name.startswith(f"tunnel{number}")
        }
        assert tunnel["InsideCidr"] == cidr
        assert tunnel["IkeVersions"] == ["ikev1"]
        assert tunnel["Phase1EncryptionAlgorithms"] == tunnel["Phase2EncryptionAlgorithms"] == ["AES128"]
        assert tunnel["Phase1DhGroupNumbers"] == tunnel["Phase2DhGroupNumbers"] == [2]
        assert all(len(value) == 1 for value in tunnel.values() if isinstance(value, list))
        assert len(tunnel) == 18, "an option is left to AWS's default"


@program
async def test_one_tunnel_may_differ_so_that_a_change_is_made_in_two_steps(recorder: Recorder) -> None:
    await made_of(vpn("vpn", {"profile": "guide-2015", "tunnel2_profile": "modern"}))
    inputs = recorder.one("VpnConnection").inputs
    assert (inputs["tunnel1IkeVersions"], inputs["tunnel2IkeVersions"]) == (["ikev1"], ["ikev2"])


@program
async def test_a_profile_of_a_tunnels_own_comes_without_the_overrides_of_the_other(recorder: Recorder) -> None:
    overrides = {"profile_overrides": {"phase1_dh_group_number": 14}, "tunnel1_overrides": {"dpd_timeout_seconds": 60}}
    await made_of(vpn("vpn", {"profile": "guide-2015", "tunnel2_profile": "modern", **overrides}))
    inputs = recorder.one("VpnConnection").inputs
    assert (inputs["tunnel1Phase1DhGroupNumbers"], inputs["tunnel2Phase1DhGroupNumbers"]) == ([14], [20])
    assert (inputs["tunnel1DpdTimeoutSeconds"], inputs["tunnel2DpdTimeoutSeconds"]) == (60, 30)


@program
async def test_both_keys_are_made_distinct_and_secret_when_none_is_given(recorder: Recorder) -> None:
    made_vpn = vpn("vpn")
    await made_of(made_vpn)
    connection = recorder.one("VpnConnection")
    assert {"tunnel1PresharedKey", "tunnel2PresharedKey"} <= connection.secret
    assert connection.inputs["tunnel1PresharedKey"] != connection.inputs["tunnel2PresharedKey"]
    assert await made_vpn.handout.is_secret()
    assert await made_vpn.customer_gateway_configuration.is_secret()


@program
async def test_a_given_key_is_used_and_no_other_made(recorder: Recorder) -> None:
    await made_of(vpn("vpn", {"tunnel1_preshared_key": KEY1, "tunnel2_preshared_key": pulumi.Output.secret(KEY2)}))
    connection = recorder.one("VpnConnection")
    assert (connection.inputs["tunnel1PresharedKey"], connection.inputs["tunnel2PresharedKey"]) == (KEY1, KEY2)
    assert {"tunnel1PresharedKey", "tunnel2PresharedKey"} <= connection.secret
    assert recorder.of("Command") == []


@program
async def test_a_key_stays_known_while_the_other_is_made_anew() -> None:
    async def answer(value: Any) -> Any:
        return value

    unmade: pulumi.Output[str] = pulumi.Output(set(), answer(None), answer(False))
    kept = distinct_key("vpn", pulumi.Output.secret(KEY1), unmade)
    assert (await kept.future(), await kept.is_known(), await kept.is_secret()) == (KEY1, True, True)
    assert not await distinct_key("vpn", unmade, kept).is_known()


def test_two_keys_that_turn_out_to_be_the_same_are_refused_and_not_shown() -> None:
    said = error_of(lambda: distinct_key("vpn", pulumi.Output.secret(KEY1), pulumi.Output.secret(KEY1)))
    assert "tunnel2_preshared_key is '***', but must be different from tunnel1_preshared_key" in said
    assert KEY1 not in said


OTHER_CIDRS = {"inside_cidrs": ["169.254.10.0/30", "169.254.11.0/30"]}


@program
async def test_a_preview_of_other_inside_cidrs_knows_no_more_than_its_plan() -> None:
    start(Recorder(), preview=True)
    made = vpn("vpn", OTHER_CIDRS)
    assert [await output.is_known() for output in (made.ends, made.handout, made.planned_handout)] == [
        False,
        False,
        True,
    ]


@pytest.mark.usefixtures("recorder")
def test_an_up_has_the_inside_cidrs_that_were_asked_for_or_fails() -> None:
    said = error_of(lambda: vpn("vpn", OTHER_CIDRS).ends)
    assert "the VPN connection has no tunnel in 169.254.10.0/30; it has AWS inside addresses 169.254.255.5" in said


@pytest.mark.usefixtures("recorder")
@program
async def test_the_engine_has_a_hook_before_anything_else_can_fail() -> None:
    """Else gRPC crashes Python as a failing program takes down the hooks' server in its start, and nobody hears why."""

    async def nothing(_change: pulumi.ResourceHookArgs) -> None: ...

    assert hook("cost", "vpn", nothing)._registered.done()


@program
async def test_raising_the_serial_changes_what_makes_the_key(recorder: Recorder) -> None:
    await made_of(vpn("vpn", {"tunnel2_key_serial": 2}))
    assert [recorder.one("Command", f"vpn-tunnel{n}-key").inputs["environment"] for n in (1, 2)] == [
        {"KEY_SERIAL": "1"},
        {"KEY_SERIAL": "2"},
    ]


@pytest.mark.usefixtures("recorder")
@program
async def test_the_router_gets_what_aws_gets_and_by_inside_cidr() -> None:
    made_vpn = vpn("vpn", {"tunnel1_preshared_key": KEY1, "tunnel2_preshared_key": KEY2})
    handout = json.loads(str(await made_vpn.handout.future()))
    assert handout["customer_gateway_configuration"] == XML
    assert [(o["TunnelInsideCidr"], o["PreSharedKey"]) for o in handout["tunnel_options"]] == [
        ("169.254.255.0/30", KEY1),
        ("169.254.255.4/30", KEY2),
    ]
    assert handout["vpc_cidrs"] == ["10.0.0.0/16"]


@program
async def test_a_long_asn_and_a_unique_device_name_go_to_the_customer_gateway(recorder: Recorder) -> None:
    await made_of(vpn("vpn", {"bgp_asn": 4200000001}))
    inputs = recorder.one("CustomerGateway").inputs
    assert (inputs.get("bgpAsn"), inputs["bgpAsnExtended"]) == (None, "4200000001")
    assert inputs["deviceName"] == "project-dev-vpn"


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("ec2.CustomerGateway", {}, ["device_name"]),
        ("ec2.CustomerGateway", {"device_name": "office"}, []),
        ("cloudwatch.LogGroup", {"log_retention_days": 30}, ["name"]),
    ],
)
@pytest.mark.usefixtures("recorder")
@program
async def test_a_name_of_our_making_outlives_a_renamed_stack(kind: str, given: Any, kept: Any) -> None:
    with options_of(kind) as seen:
        await made_of(vpn("vpn", given))
    assert seen[0].ignore_changes == kept


@program
async def test_propagation_and_static_routes_to_the_gateway_are_each_a_choice(recorder: Recorder) -> None:
    await made_of(vpn("a", {"propagate_routes": False, "gateway_routes": ["192.168.10.0/24"]}))
    assert recorder.of("VpnGatewayRoutePropagation") == []
    assert recorder.one("Route").inputs["gatewayId"] == "a-vgw-id"
    await made_of(vpn("b"))
    assert recorder.one("VpnGatewayRoutePropagation").inputs["routeTableId"] == "rtb-1"


@program
async def test_static_routing_has_the_connections_own_routes(recorder: Recorder) -> None:
    await made_of(vpn("vpn", {"static_routes": ["192.168.10.0/24", "192.168.20.0/24"]}))
    assert recorder.one("VpnConnection").inputs["staticRoutesOnly"] is True
    assert {r.inputs["destinationCidrBlock"] for r in recorder.of("VpnConnectionRoute")} == {
        "192.168.10.0/24",
        "192.168.20.0/24",
    }


@program
async def test_gateways_that_exist_are_used_and_not_made(recorder: Recorder) -> None:
    args: Any = {"customer_gateway_id": "cgw-9", "vpn_gateway_id": "vgw-9", "route_table_ids": {"main": "rtb-1"}}
    await made_of(SiteToSiteVpn("vpn", args))
    assert recorder.of("CustomerGateway") == recorder.of("VpnGateway") == recorder.of("VpnGatewayAttachment") == []
    inputs = recorder.one("VpnConnection").inputs
    assert (inputs["customerGatewayId"], inputs["vpnGatewayId"]) == ("cgw-9", "vgw-9")


@pytest.mark.parametrize(
    ("end", "number"),
    [
        ({"vpc_id": "vpc-1", "amazon_side_asn": 64600}, 64600),
        ({"vpn_gateway_id": "vgw-1"}, 64512),
        ({"transit_gateway_id": "tgw-1"}, 64512),
    ],
)
@pytest.mark.usefixtures("recorder")
@program
async def test_a_connection_that_is_yet_to_be_made_is_planned_with_its_gateways_number(end: Any, number: int) -> None:
    args: Any = {"public_ip": "203.0.113.100", "bgp_asn": 65001, **end}
    planned = await settled(SiteToSiteVpn("vpn", args).planned_handout)
    assert json.loads(planned)["attributes"]["vgw_bgp_asn"] == number


@pytest.mark.parametrize(
    ("argument", "function"),
    [
        ("vpc_id", "getVpc"),
        ("customer_gateway_id", "getCustomerGateway"),
        ("vpn_gateway_id", "getVpnGateway"),
        ("transit_gateway_id", "getTransitGateway"),
    ],
)
def test_an_id_that_aws_does_not_show_is_named_and_nothing_is_made_with_it(argument: str, function: str) -> None:
    recorder = start(Recorder(refused=function, refusal="api error UnauthorizedOperation"))
    other = {"vpn_gateway_id": "vgw-9"} if argument == "customer_gateway_id" else {"public_ip": "203.0.113.100"}
    network: Any = {"vpc_id": "wrong-9"}
    vpn: Any = {**other, argument: "wrong-9"}

    def make() -> pulumi.Output[Any]:
        return VpcNetwork("a", network).vpc_id if argument == "vpc_id" else SiteToSiteVpn("a", vpn).vpn_connection_id

    said = error_of(make)
    assert said.startswith(f"a: {argument} is 'wrong-9', but must be one that AWS shows to these credentials")
    assert "api error UnauthorizedOperation" in said
    assert recorder.of("VpnConnection") == []


@pytest.mark.parametrize(
    "said",
    [
        "invoke of aws:ec2/getVpc:getVpc failed: invocation of aws:ec2/getVpc:getVpc returned an error: "
        "invoking aws:ec2/getVpc:getVpc: 1 error occurred:\n\t* no matching EC2 VPC found\n\n",
        "invocation of aws:ec2/getVpc:getVpc returned an error: no matching EC2 VPC found",
        "no matching EC2 VPC found",
    ],
)
def test_why_aws_does_not_answer_is_told_in_its_own_words_and_one_line(said: str) -> None:
    assert reason(said) == "no matching EC2 VPC found"


def test_a_gateway_that_exists_must_not_have_the_routers_own_number() -> None:
    start(Recorder(vpn_gateway_asn="65001"))
    args: Any = {"public_ip": "203.0.113.100", "bgp_asn": 65001, "vpn_gateway_id": "vgw-9"}
    assert "bgp_asn is 65001, but must be different" in error_of(lambda: SiteToSiteVpn("a", args).vpn_connection_id)


@program
async def test_the_routers_number_is_that_of_the_customer_gateway_that_exists(recorder: Recorder) -> None:
    args: Any = {"customer_gateway_id": "cgw-9", "vpn_gateway_id": "vgw-9"}
    made_vpn = SiteToSiteVpn("vpn", args)
    assert await settled(made_vpn.router_asn) == 4200000001
    assert recorder.of("CustomerGateway") == []


@program
async def test_logs_and_alarms_are_made_when_asked_for(recorder: Recorder) -> None:
    await made_of(vpn("vpn", {"log_retention_days": 30, "alarm_topic_arn": "arn:topic"}))
    logs = recorder.one("VpnConnection").inputs["tunnel1LogOptions"]["cloudwatchLogOptions"]
    assert (logs["logEnabled"], logs["bgpLogEnabled"]) == (True, True)
    # A connection with one tunnel down may have one value between 0 and 1, and not all tunnels down.
    assert {
        (a.inputs["statistic"], a.inputs["comparisonOperator"], a.inputs["threshold"])
        for a in recorder.of("MetricAlarm")
    } == {
        ("Minimum", "LessThanThreshold", 1),
        ("Maximum", "LessThanOrEqualToThreshold", 0),
    }


@program
async def test_the_callers_tags_are_on_everything_that_has_tags(recorder: Recorder) -> None:
    await made_of(vpn("vpn", {"tags": {"team": pulumi.Output.from_input("net")}}))
    for kind in ("VpnGateway", "CustomerGateway", "VpnConnection"):
        tags = recorder.one(kind).inputs["tags"]
        assert tags["team"] == "net"
        assert tags["Name"].startswith("vpn")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"public_ip": "10.0.0.1"}, "public_ip"),
        ({"public_ip": None}, "public_ip or customer_gateway_id"),
        ({"customer_gateway_id": "cgw-1"}, "public_ip or customer_gateway_id"),
        ({"vpn_gateway_id": "vgw-1"}, "vpc_id or vpn_gateway_id"),
        ({"public_ip": None, "customer_gateway_id": "cgw-1"}, "bgp_asn is given"),
        ({"transit_gateway_subnet_ids": ["subnet-1"]}, "transit_gateway_id is missing"),
        (
            {"vpc_id": None, "transit_gateway_id": "tgw-1", "transit_gateway_subnet_ids": ["subnet-1"]},
            "vpc_id is missing",
        ),
        ({"bgp_asn": 64512}, "bgp_asn"),
        ({"amazon_side_asn": 65535}, "amazon_side_asn"),
        ({"inside_cidrs": ["169.254.0.0/30", "169.254.255.4/30"]}, "inside_cidrs"),
        ({"profile": "old"}, "profile"),
        ({"profile_overrides": {"phase1_dh_group_number": 5}}, "profile_overrides.phase1_dh_group_number"),
        ({"tunnel2_overrides": {"dpd_timeout_seconds": 10}}, "tunnel2_overrides.dpd_timeout_seconds"),
        ({"tunnel1_preshared_key": "0badkey00"}, "tunnel1_preshared_key"),
        ({"tunnel1_preshared_key": KEY1, "tunnel2_preshared_key": KEY1}, "tunnel2_preshared_key"),
        ({"static_routes": []}, "number of static_routes"),
        ({"static_routes": ["192.168.10.0/24"], "vpc_cidrs": None}, "vpc_cidrs"),
        ({"gateway_routes": ["10.0.1.0/24"]}, "on-premises network"),
        ({"transit_gateway_route_table_id": "tgw-rtb-1"}, "transit_gateway_route_table_id"),
        ({"log_retention_days": 0}, "log_retention_days"),
    ],
)
@program
async def test_a_wrong_argument_is_refused_before_anything_of_aws_is_made(
    recorder: Recorder, change: Any, field: str
) -> None:
    with pytest.raises(pulumi.RunError, match=f"^vpn: {field}") as caught:
        vpn("vpn", {**change})
    assert [made.name for made in recorder.made if made.kind.endswith(":VpnConnection")] == []
    assert "0badkey00" not in str(caught.value)
    assert KEY1 not in str(caught.value)


def test_a_machine_without_a_shell_makes_nothing_of_aws(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.machine.os", SimpleNamespace(name="nt"))
    for component in (vpn, lambda: IosCustomerGateway("vpn", ROUTER)):
        with pytest.raises(pulumi.RunError, match=r"^vpn: the machine that runs Pulumi is Windows, but must be Linux"):
            component()
    assert recorder.made == []


@pytest.mark.usefixtures("recorder")
def test_an_output_is_checked_as_soon_as_it_is_known() -> None:
    # The output belongs to the program that makes it, so it is made there.
    error = error_of(lambda: vpn("vpn", {"tunnel1_preshared_key": pulumi.Output.secret("0badkey00")}).handout)
    assert "vpn: tunnel1_preshared_key" in error
    assert "0badkey00" not in error


async def made_of(vpn: SiteToSiteVpn) -> None:
    """Wait until the VPN and everything in it is registered."""
    await settled(vpn.handout)


def vpn(name: str = "vpn", change: Mapping[str, object] | None = None) -> SiteToSiteVpn:
    args: Any = {**VPN, **(change or {})}
    return SiteToSiteVpn(name, args)
