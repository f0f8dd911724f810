"""What the router's component and the whole link make of their arguments, on Pulumi's mocks."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from pulumi.runtime.stack import wait_for_rpcs

from components import IosCustomerGateway, VpnLink
from tests.unit.recorded import XML, Recorder, error_of, program, settled, start

KEY1, KEY2, PASSWORD = "a.made.up.key.1", "a.made.up.key.2", "a.made.up.password"
ROUTER: dict[str, Any] = {"host": "192.0.2.10", "username": "pulumi", "host_key": "SHA256:" + "A" * 43}
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

SEEN_UP = {"generation": 4, "in_sync": True, "diff": "", "unreachable": None, "report": UP}


def answers(*, check: dict[str, Any] | None = None, verify: dict[str, Any] = UP, code: int = 0) -> dict[str, str]:
    check = check or {"generation": 4, "in_sync": True, "diff": "", "unreachable": None}
    return {"check": json.dumps(check) + "\n\nexit 0", "verify": json.dumps(verify) + f"\n\nexit {code}"}


@pytest.fixture
def recorder() -> Recorder:
    return start(Recorder(answers=answers()))


# -- The router


@program
async def test_every_secret_goes_through_the_commands_standard_input_alone(recorder: Recorder) -> None:
    await settled(router().result)
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
    await settled(router(drift_check=False).result)
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


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("alice", "last configured by alice, not by this stack's user, at 10:00:00 UTC Tue Nov 24 2026: it may have"),
        (ROUTER["username"], "last configured by this stack's own user, at 10:00:00 UTC Tue Nov 24 2026: what differs"),
        (None, "(last configured at 10:00:00 UTC Tue Nov 24 2026)"),
    ],
)
def test_a_difference_tells_whose_work_it_may_be(by: str | None, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("pulumi.log.info", lambda text, _resource: said.append(text))
    when = {"changed_at": "10:00:00 UTC Tue Nov 24 2026", "changed_by": by}
    start(Recorder(answers=answers(check={"generation": 5, "in_sync": False, "diff": "- a", **when})))

    @program
    async def run() -> None:
        await settled(router().result)

    run()
    assert words in "".join(said)


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
    await link("tokyo", {"routing": "static", "vpc_cidrs": ["100.64.0.0/16"]}).tunnels.future()
    assert recorder.one("VpnConnectionRoute").inputs["destinationCidrBlock"] == "192.168.10.0/24"
    request = json.loads(recorder.one("Command", "tokyo").inputs["stdin"])
    assert "advertise" not in request["router"]
    assert request["vpn"]["vpc_cidrs"] == ["10.0.0.0/16", "100.64.0.0/16"]


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
        r"tunnel1 .*AWS says DOWN \(IPSEC IS DOWN\) \(docs: docs/errors.md#only-aws-says-down\)$",
        error_of(lambda: link("tokyo", {"check_timeout": 1}).tunnels),
    )
    assert sum(token.endswith("getVpnConnection") for token, _ in recorder.calls) > 1


def test_a_tunnel_of_which_aws_says_nothing_yet_is_waited_for() -> None:
    recorder = start(Recorder(answers=answers()))
    del recorder.telemetry["198.51.100.1"]
    error_of(lambda: link("tokyo", {"check_timeout": 1}).tunnels)
    assert sum(token.endswith("getVpnConnection") for token, _ in recorder.calls) > 1


@pytest.mark.parametrize(
    ("aws", "why"),
    [
        (Recorder(answers=answers(), refusal="not authorized"), r"AWS did not say: tokyo-id: .*not authorized"),
        (Recorder(answers=answers(), connection_state="deleted"), "AWS did not say: tokyo-id is deleted"),
    ],
)
def test_a_link_of_which_aws_says_nothing_is_not_called_up(aws: Recorder, why: str) -> None:
    start(aws)
    error = error_of(lambda: link("tokyo", {"check_timeout": 1}).tunnels)
    assert re.search(rf"tunnel1 .*is UNKNOWN: {why}.*errors.md#aws-did-not-say", error)


@program
async def test_a_preview_goes_on_where_aws_says_nothing_of_the_tunnels() -> None:
    start(Recorder(answers=answers(), refusal="not authorized"), preview=True)
    tunnels = await link("tokyo").tunnels.future() or []
    assert [(t["state"], t["aws_state"]) for t in tunnels] == [("UNKNOWN", "UNKNOWN")] * 2
    await wait_for_rpcs(await_all_outstanding_tasks=False)  # where a failure would end a program, whoever caught it


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


@program
async def test_a_router_that_the_comparison_has_just_seen_up_is_not_asked_again() -> None:
    recorder = start(Recorder(answers=answers(check=SEEN_UP)))
    tunnels = await link("tokyo").tunnels.future() or []
    assert [(t["state"], t["bgp_state"]) for t in tunnels] == [("UP", "Established")] * 2
    assert "verify" not in {arguments.get("command") for _, arguments in recorder.calls}


@program
async def test_where_the_link_is_being_changed_the_router_is_asked_at_the_end() -> None:
    recorder = start(Recorder(answers=answers(check=SEEN_UP, verify=DOWN, code=3)))
    tokyo = link("tokyo", {"check": "warn", "check_timeout": 1})
    tokyo.guard.sees_change = True
    assert [t["state"] for t in await tokyo.tunnels.future() or []] == ["UP", "DOWN"]
    assert "verify" in {arguments.get("command") for _, arguments in recorder.calls}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"onprem_cidrs": []}, "number of onprem_cidrs"),
        ({"onprem_cidrs": None}, "onprem_cidrs is missing"),
        ({"router": None}, "router is missing"),
        ({"onprem_cidrs": ["10.0.1.0/24"]}, "onprem_cidrs"),
        ({"onprem_cidrs": [f"172.16.{n}.0/24" for n in range(101)]}, "number of advertised networks"),
        ({"vpc_cidrs": ["10.0.0.0/16"]}, "vpc_cidrs is '10.0.0.0/16', but must be given once"),
        ({"routing": "ospf"}, "routing"),
        ({"advertise": "everything"}, "advertise"),
        ({"check": "maybe"}, "check"),
        ({"check_timeout": 0}, "check_timeout"),
        # Its parts', which a program that stops at the second part would find with the VPC made.
        ({"vpc_cidr": None}, "vpc_cidr or vpc_id is missing"),
        ({"subnet_cidrs": ["10.9.0.0/24"]}, "subnet_cidrs"),
        ({"bgp_asn": 64512}, "bgp_asn is 64512"),
        ({"public_ip": "10.0.0.1"}, "public_ip"),
        ({"inside_cidrs": ["10.0.0.0/30", "10.0.0.4/30"]}, "inside_cidrs"),
        ({"profile": "modern", "profile_overrides": {"phase1_dh_group_number": 3}}, "profile_overrides"),
        ({"router": {**ROUTER, "host_key": "AAAA"}}, "router.host_key"),
        ({"router": {**ROUTER, "wan_interfce": "Gi1"}}, "router.wan_interfce is given"),
        ({"router": {**ROUTER, "jump_host": {**ROUTER, "proxy": "x"}}}, "router.jump_host.proxy is given"),
        ({"options": {"deadlin": 900}}, "options.deadlin is given"),
        ({"options": {"archive": "perhaps"}}, "options.archive"),
    ],
)
@pytest.mark.usefixtures("recorder")
def test_what_is_wrong_is_refused_before_anything_is_made(
    change: Any, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr("components.link.VpcNetwork", lambda name, *_: made.append(name))
    with pytest.raises(pulumi.RunError, match=f"^tokyo: {field}"):
        link("tokyo", {**change})
    assert made == []


def test_the_router_alone_too_refuses_an_argument_that_nobody_reads_and_makes_nothing(recorder: Recorder) -> None:
    said = error_of(lambda: router(rooter_password=PASSWORD).diff)
    assert said.startswith("router: rooter_password is given, but must be an argument that exists")
    assert recorder.made == []


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
