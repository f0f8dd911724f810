"""What the components make of their arguments, on Pulumi's mocks."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest
from pulumi.runtime.stack import wait_for_rpcs

from components import IosCustomerGateway, SiteToSiteVpn, VpcNetwork, VpnLink
from tests.unit.recorded import XML, Recorder, program, start

KEY1, KEY2, PASSWORD = "a.made.up.key.1", "a.made.up.key.2", "a.made.up.password"
ROUTER: dict[str, Any] = {"host": "192.0.2.10", "username": "pulumi", "host_key": "SHA256:" + "A" * 43}
VPN: dict[str, Any] = {
    "public_ip": "203.0.113.100",
    "bgp_asn": 65001,
    "vpc_id": "vpc-1",
    "vpc_cidrs": ["10.0.0.0/16"],
    "route_table_ids": {"main": "rtb-1"},
}
LINK: dict[str, Any] = {
    "public_ip": "203.0.113.100",
    "bgp_asn": 65001,
    "onprem_cidrs": ["192.168.10.0/24"],
    "vpc_cidr": "10.0.0.0/16",
    "subnet_cidrs": ["10.0.0.0/24"],
    "router": ROUTER,
}
TUNNELS: list[dict[str, Any]] = [
    {
        "name": f"Tunnel{n}",
        "aws_outside": f"198.51.100.{n}",
        "state": "UP",
        "bgp": {"state": "Established", "prefixes": 1},
    }
    for n in (1, 2)
]
UP = {"up": True, "tunnels": TUNNELS}
DOWN = {"up": False, "tunnels": [TUNNELS[0], {**TUNNELS[1], "state": "DOWN", "reason": "no proposal chosen"}]}


def answers(*, check: dict[str, Any] | None = None, verify: dict[str, Any] = UP, code: int = 0) -> dict[str, str]:
    check = check or {"generation": 4, "in_sync": True, "diff": "", "unreachable": None}
    return {"check": json.dumps(check) + "\n\nexit 0", "verify": json.dumps(verify) + f"\n\nexit {code}"}


@pytest.fixture
def recorder() -> Recorder:
    return start(Recorder(answers=answers()))


# -- The network


@program
async def test_subnets_go_over_the_zones_in_turn(recorder: Recorder) -> None:
    network = VpcNetwork("net", {"vpc_cidr": "10.0.0.0/16", "subnet_cidrs": [f"10.0.{n}.0/24" for n in range(3)]})
    assert len(await ids(network.subnet_ids)) == 3
    zones = {subnet.inputs["cidrBlock"]: subnet.inputs["availabilityZone"] for subnet in recorder.of("Subnet")}
    assert zones == {
        "10.0.0.0/24": "ap-northeast-1a",
        "10.0.1.0/24": "ap-northeast-1c",
        "10.0.2.0/24": "ap-northeast-1a",
    }
    assert len(recorder.of("RouteTable")) == 1
    assert len(recorder.of("RouteTableAssociation")) == 3


@program
async def test_each_subnet_has_a_route_table_of_its_own_when_asked(recorder: Recorder) -> None:
    network = VpcNetwork(
        "net",
        {"vpc_cidr": "10.0.0.0/16", "subnet_cidrs": ["10.0.0.0/24", "10.0.1.0/24"], "route_table_per_subnet": True},
    )
    assert set(await ids(network.route_table_ids)) == {"10.0.0.0-24", "10.0.1.0-24"}
    assert len(recorder.of("RouteTable")) == 2


@program
async def test_nothing_is_made_in_a_vpc_that_exists(recorder: Recorder) -> None:
    network = VpcNetwork("net", {"vpc_id": "vpc-9", "route_table_ids": ["rtb-b", "rtb-a"]})
    assert await network.vpc_cidr.future() == "10.9.0.0/16"
    assert await ids(network.route_table_ids) == {"rtb-b": "rtb-b", "rtb-a": "rtb-a"}
    assert [made.kind for made in recorder.made if made.kind.startswith("aws:")] == []


@pytest.mark.parametrize(
    "args",
    [{}, {"vpc_cidr": "10.0.0.0/16", "vpc_id": "vpc-9"}, {"vpc_id": "vpc-9", "subnet_cidrs": ["10.0.0.0/24"]},
     {"vpc_cidr": "10.0.0.0/16", "route_table_ids": ["rtb-1"]}, {"vpc_cidr": "10.0.0.0/16", "availability_zones": []}],
)  # fmt: skip
@program
async def test_a_network_is_one_to_make_or_one_that_exists(recorder: Recorder, args: Any) -> None:
    with pytest.raises(pulumi.RunError, match=r"^net: "):
        VpcNetwork("net", args)
    assert [made for made in recorder.made if made.kind.startswith("aws:")] == []


# -- The VPN


@program
async def test_every_option_of_both_tunnels_is_one_value(recorder: Recorder) -> None:
    await made(vpn("vpn", {"profile": "guide-2015"}))
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
    await made(vpn("vpn", {"profile": "guide-2015", "tunnel2_profile": "modern"}))
    inputs = recorder.one("VpnConnection").inputs
    assert (inputs["tunnel1IkeVersions"], inputs["tunnel2IkeVersions"]) == (["ikev1"], ["ikev2"])


@program
async def test_both_keys_are_made_distinct_and_secret_when_none_is_given(recorder: Recorder) -> None:
    made_vpn = vpn("vpn")
    await made(made_vpn)
    connection = recorder.one("VpnConnection")
    assert {"tunnel1PresharedKey", "tunnel2PresharedKey"} <= connection.secret
    assert connection.inputs["tunnel1PresharedKey"] != connection.inputs["tunnel2PresharedKey"]
    assert await made_vpn.handout.is_secret()
    assert await made_vpn.customer_gateway_configuration.is_secret()


@program
async def test_a_given_key_is_used_and_no_other_made(recorder: Recorder) -> None:
    await made(vpn("vpn", {"tunnel1_preshared_key": KEY1, "tunnel2_preshared_key": pulumi.Output.secret(KEY2)}))
    connection = recorder.one("VpnConnection")
    assert (connection.inputs["tunnel1PresharedKey"], connection.inputs["tunnel2PresharedKey"]) == (KEY1, KEY2)
    assert {"tunnel1PresharedKey", "tunnel2PresharedKey"} <= connection.secret
    assert recorder.of("Command") == []


@program
async def test_raising_the_serial_changes_what_makes_the_key(recorder: Recorder) -> None:
    await made(vpn("vpn", {"tunnel2_key_serial": 2}))
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
    await made(vpn("vpn", {"bgp_asn": 4200000001}))
    inputs = recorder.one("CustomerGateway").inputs
    assert (inputs.get("bgpAsn"), inputs["bgpAsnExtended"]) == (None, "4200000001")
    assert inputs["deviceName"] == "project-dev-vpn"


@program
async def test_propagation_and_static_routes_to_the_gateway_are_each_a_choice(recorder: Recorder) -> None:
    await made(vpn("a", {"propagate_routes": False, "gateway_routes": ["192.168.10.0/24"]}))
    assert recorder.of("VpnGatewayRoutePropagation") == []
    assert recorder.one("Route").inputs["gatewayId"] == "a-vgw-id"
    await made(vpn("b"))
    assert recorder.one("VpnGatewayRoutePropagation").inputs["routeTableId"] == "rtb-1"


@program
async def test_static_routing_has_the_connections_own_routes(recorder: Recorder) -> None:
    await made(vpn("vpn", {"static_routes": ["192.168.10.0/24", "192.168.20.0/24"]}))
    assert recorder.one("VpnConnection").inputs["staticRoutesOnly"] is True
    assert {r.inputs["destinationCidrBlock"] for r in recorder.of("VpnConnectionRoute")} == {
        "192.168.10.0/24",
        "192.168.20.0/24",
    }


@program
async def test_gateways_that_exist_are_used_and_not_made(recorder: Recorder) -> None:
    args: Any = {"customer_gateway_id": "cgw-9", "vpn_gateway_id": "vgw-9", "route_table_ids": {"main": "rtb-1"}}
    await made(SiteToSiteVpn("vpn", args))
    assert recorder.of("CustomerGateway") == recorder.of("VpnGateway") == recorder.of("VpnGatewayAttachment") == []
    inputs = recorder.one("VpnConnection").inputs
    assert (inputs["customerGatewayId"], inputs["vpnGatewayId"]) == ("cgw-9", "vgw-9")


@program
async def test_a_transit_gateway_is_associated_and_learns_the_routes(recorder: Recorder) -> None:
    args: Any = {"public_ip": "203.0.113.100", "transit_gateway_id": "tgw-9", "transit_gateway_route_table_id": "tgw-rtb-9",
                 "route_table_ids": {"main": "rtb-1"}, "gateway_routes": ["192.168.10.0/24"]}  # fmt: skip
    await made(SiteToSiteVpn("vpn", args))
    assert recorder.of("VpnGateway") == recorder.of("VpnGatewayRoutePropagation") == []
    assert recorder.one("RouteTableAssociation").inputs["transitGatewayAttachmentId"] == "tgw-attach-1"
    assert recorder.one("RouteTablePropagation").inputs["transitGatewayRouteTableId"] == "tgw-rtb-9"
    assert recorder.one("Route").inputs["transitGatewayId"] == "tgw-9"


@program
async def test_logs_and_alarms_are_made_when_asked_for(recorder: Recorder) -> None:
    await made(vpn("vpn", {"log_retention_days": 30, "alarm_topic_arn": "arn:topic"}))
    logs = recorder.one("VpnConnection").inputs["tunnel1LogOptions"]["cloudwatchLogOptions"]
    assert (logs["logEnabled"], logs["bgpLogEnabled"]) == (True, True)
    assert {alarm.inputs["statistic"] for alarm in recorder.of("MetricAlarm")} == {"Minimum", "Maximum"}


@program
async def test_the_callers_tags_are_on_everything_that_has_tags(recorder: Recorder) -> None:
    await made(vpn("vpn", {"tags": {"team": pulumi.Output.from_input("net")}}))
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


@pytest.mark.usefixtures("recorder")
def test_an_output_is_checked_as_soon_as_it_is_known() -> None:
    # The output belongs to the program that makes it, so it is made there.
    error = error_of(lambda: vpn("vpn", {"tunnel1_preshared_key": pulumi.Output.secret("0badkey00")}).handout)
    assert "vpn: tunnel1_preshared_key" in error
    assert "0badkey00" not in error


# -- The router


@program
async def test_every_secret_goes_through_the_commands_standard_input_alone(recorder: Recorder) -> None:
    await made(router())
    command = recorder.one("Command")
    assert command.secret == {"stdin"}
    request = json.loads(command.inputs.pop("stdin"))
    assert (request["router"]["password"], request["generation"]) == (PASSWORD, 4)
    assert not {PASSWORD, KEY1, KEY2} & set(json.dumps(command.inputs).split('"'))
    assert (command.inputs["create"], command.inputs["update"], command.inputs["delete"]) == (
        "apply",
        "apply",
        "remove",
    )
    assert "triggers" not in command.inputs
    assert command.inputs["logging"] == "stderr"


@program
async def test_without_the_drift_check_the_router_is_not_asked(recorder: Recorder) -> None:
    await made(router(drift_check=False))
    assert recorder.calls == []
    assert json.loads(recorder.one("Command").inputs["stdin"])["generation"] == 1


def test_a_router_that_cannot_be_compared_stops_with_the_setting_to_change() -> None:
    start(
        Recorder(
            answers=answers(check={"generation": 1, "in_sync": None, "diff": "", "unreachable": "connection refused"})
        )
    )
    assert re.search(
        r"192\.0\.2\.10 could not be compared.*connection refused.*driftCheck", error_of(lambda: router().result)
    )


@program
async def test_what_the_agent_shows_is_masked_once_more() -> None:
    start(Recorder(answers={**answers(), "apply": json.dumps({"generation": 4, "diff": f"+ key {KEY1}"})}))
    gateway = router()
    assert await gateway.diff.future() == "+ key ***"
    assert not await gateway.diff.is_secret()
    assert await gateway.result.is_secret()


@pytest.mark.parametrize("change", [{"host_key": "none"}, {"host": ""}, {"tunnel_numbers": [1, 1]}])
@program
async def test_a_router_that_cannot_be_is_refused_at_once(recorder: Recorder, change: Any) -> None:
    with pytest.raises(pulumi.RunError, match=r"^router: router"):
        router(router={**ROUTER, **change})
    assert recorder.of("Command") == []


# -- The link


@pytest.mark.usefixtures("recorder")
@program
async def test_a_link_is_up_when_both_ends_say_so_and_shows_no_secret() -> None:
    tokyo = link("tokyo", {"router_password": pulumi.Output.secret(PASSWORD)})
    tunnels = await tokyo.tunnels.future() or []
    assert [(t["name"], t["aws_outside"], t["state"]) for t in tunnels] == [
        ("tunnel1", "198.51.100.1", "UP"),
        ("tunnel2", "198.51.100.2", "UP"),
    ]
    assert not await tokyo.tunnels.is_secret()
    assert PASSWORD not in json.dumps(tunnels)


@program
async def test_the_link_announces_what_is_on_premises_unless_told_otherwise(recorder: Recorder) -> None:
    await link("a").tunnels.future()
    assert json.loads(recorder.one("Command", "a").inputs["stdin"])["router"]["advertise"] == ["192.168.10.0/24"]
    await link("b", {"advertise": "default"}).tunnels.future()
    assert "advertise" not in json.loads(recorder.one("Command", "b").inputs["stdin"])["router"]


@program
async def test_a_static_link_has_its_networks_as_routes_and_announces_nothing(recorder: Recorder) -> None:
    await link("tokyo", {"routing": "static"}).tunnels.future()
    assert recorder.one("VpnConnectionRoute").inputs["destinationCidrBlock"] == "192.168.10.0/24"
    request = json.loads(recorder.one("Command", "tokyo").inputs["stdin"])
    assert "advertise" not in request["router"]
    assert request["vpn"]["vpc_cidrs"] == ["10.0.0.0/16"]


def test_a_tunnel_that_is_down_fails_the_link_with_the_end_and_the_reason() -> None:
    recorder = start(Recorder(answers=answers(verify=DOWN, code=3)))
    recorder.telemetry["198.51.100.2"] = "DOWN"
    error = error_of(lambda: link("tokyo", {"check_timeout": 1}).tunnels)
    assert re.search(r"tunnel2 \(198\.51\.100\.2.*AWS says DOWN.*router says DOWN: no proposal chosen", error)
    assert "tunnel1" not in error


@program
async def test_a_tunnel_that_is_down_may_be_only_a_warning() -> None:
    start(Recorder(answers=answers(verify=DOWN, code=3)))
    tunnels = await link("tokyo", {"check": "warn", "check_timeout": 1}).tunnels.future() or []
    assert [t["state"] for t in tunnels] == ["UP", "DOWN"]


def test_aws_is_waited_for_and_its_word_counts_too() -> None:
    recorder = start(Recorder(answers=answers()))
    recorder.telemetry["198.51.100.1"] = "DOWN"
    assert re.search(
        r"tunnel1 .*AWS says DOWN \(IPSEC IS DOWN\)$",
        error_of(lambda: link("tokyo", {"check_timeout": 1}).tunnels),
    )
    assert sum(token.endswith("getVpnConnection") for token, _ in recorder.calls) > 1


@program
async def test_with_the_check_off_nobody_is_asked() -> None:
    recorder = start(Recorder(answers=answers()))
    tunnels = await link("tokyo", {"check": "off"}).tunnels.future() or []
    assert {t["state"] for t in tunnels} == {"UNKNOWN"}
    assert not [arguments for _, arguments in recorder.calls if arguments.get("command") == "verify"]


@program
async def test_a_preview_asks_once_without_waiting_and_never_fails() -> None:
    recorder = start(Recorder(answers=answers(verify=DOWN, code=3)), preview=True)
    tunnels = await link("tokyo").tunnels.future() or []
    assert [t["state"] for t in tunnels] == ["UP", "DOWN"]
    (asked,) = [arguments for _, arguments in recorder.calls if arguments.get("command") == "verify"]
    assert json.loads(asked["stdin"])["options"]["wait"] == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"onprem_cidrs": []}, "number of onprem_cidrs"),
        ({"onprem_cidrs": ["10.0.1.0/24"]}, "onprem_cidrs"),
        ({"onprem_cidrs": [f"172.16.{n}.0/24" for n in range(101)]}, "number of advertised networks"),
        ({"routing": "ospf"}, "routing"),
        ({"advertise": "everything"}, "advertise"),
        ({"check": "maybe"}, "check"),
        ({"check_timeout": 0}, "check_timeout"),
    ],
)
@program
async def test_what_only_the_link_can_know_is_refused_by_it(recorder: Recorder, change: Any, field: str) -> None:
    with pytest.raises(pulumi.RunError, match=f"^tokyo: {field}"):
        link("tokyo", {**change})
    assert [made for made in recorder.made if made.kind.startswith("aws:")] == []


def vpn(name: str = "vpn", change: Mapping[str, object] | None = None) -> SiteToSiteVpn:
    args: Any = {**VPN, **(change or {})}
    return SiteToSiteVpn(name, args)


def link(name: str = "tokyo", change: Mapping[str, object] | None = None) -> VpnLink:
    args: Any = {**LINK, **(change or {})}
    return VpnLink(name, args)


def router(**more: Any) -> IosCustomerGateway:
    handout = {
        "customer_gateway_configuration": XML,
        "tunnel_options": [{"PreSharedKey": KEY1}, {"PreSharedKey": KEY2}],
    }
    args: Any = {
        "router": ROUTER,
        "router_password": PASSWORD,
        "handout": pulumi.Output.secret(json.dumps(handout)),
        **more,
    }
    return IosCustomerGateway("router", args)


def error_of(make: Callable[[], "pulumi.Output[Any]"]) -> str:
    """Return how a program ends that makes this output, and must fail."""

    @program
    async def run() -> None:
        await make().future()

    with pytest.raises(pulumi.RunError) as caught:
        run()
    return str(caught.value)


async def ids(output: "pulumi.Output[Any]") -> Any:
    """Return an output once everything is registered."""
    value = await output.future()
    await wait_for_rpcs(await_all_outstanding_tasks=False)
    return value


async def made(component: "SiteToSiteVpn | IosCustomerGateway") -> None:
    """Wait until the component and everything in it is registered."""
    await ids(component.handout if isinstance(component, SiteToSiteVpn) else component.result)
