"""A preview ends where an up would stop at the router, and asks with what the stack has there."""

import asyncio
import json
from typing import Any

import pulumi
import pytest

from components.router_check import RouterCheck
from tests.unit.recorded import Recorder, program, start

ROUTER = {"host": "192.0.2.10", "username": "pulumi"}
PLANNED: dict[str, Any] = {
    "link": "dev-tokyo",
    "router": ROUTER,
    "handout": json.dumps({"attributes": {"vpn_connection_id": "vpn-0"}}),
}
WHOLE: dict[str, Any] = {**PLANNED, "handout": json.dumps({"customer_gateway_configuration": "<vpn_connection/>"})}
TAKEN = "interface Tunnel1 exists and is not ours: tunnel_numbers [3, 4] are free"
MANIFEST = {"connection_id": "vpn-0abc", "tokens": ["p200"]}


def check(*, whole: bool, problems: tuple[str, ...] = (), preview: bool = True) -> tuple[RouterCheck, Recorder]:
    """Return a check of a router with these problems; whether AWS has made the connection is `whole`."""
    return answered(
        {"generation": 5, "in_sync": False, "diff": "! a problem\n+ a line", "problems": problems},
        whole=whole,
        preview=preview,
    )


def answered(answer: dict[str, Any], *, whole: bool, preview: bool) -> tuple[RouterCheck, Recorder]:
    recorder = start(Recorder(answers={"check": json.dumps(answer) + "\n\nexit 0"}), preview=preview)
    component = pulumi.ComponentResource("test:index:Router", "tokyo")
    request = pulumi.Output.from_input(WHOLE) if whole else unknown()
    planned = pulumi.Output.from_input(PLANNED)
    return RouterCheck(name="tokyo", component=component, request=request, planned=planned), recorder


def unknown() -> "pulumi.Output[Any]":
    known, value = asyncio.Future[bool](), asyncio.Future[Any]()
    known.set_result(False)
    value.set_result(None)
    return pulumi.Output(set(), value, known)


async def foresee(checked: RouterCheck, before: dict[str, Any] | None = None) -> None:
    """Have the command's hook run, as the engine would."""
    outputs = None if before is None else {"stdout": pulumi.Output.secret(json.dumps({"manifest": before}))}
    await checked.foresee(pulumi.ResourceHookArgs(urn="urn", id="id", name="tokyo", type="type", old_outputs=outputs))


def asked(recorder: Recorder) -> list[dict[str, Any]]:
    return [json.loads(given["stdin"]) for _, given in recorder.calls]


@program
async def test_a_router_that_would_refuse_a_new_link_ends_its_preview() -> None:
    checked, recorder = check(whole=False, problems=(TAKEN,))
    with pytest.raises(
        pulumi.RunError, match=r"tokyo: an up would stop at the router 192\.0\.2\.10:\ninterface Tunnel1"
    ):
        await foresee(checked)
    (request,) = asked(recorder)
    assert request["vpn"]["attributes"]["vpn_connection_id"] == "vpn-0"
    assert request["manifest"] == {}, "a new link may take over what the router holds of another connection"


@program
async def test_a_link_that_the_stack_does_not_have_yet_takes_over_no_other_connection() -> None:
    checked, recorder = check(whole=True)
    await checked.generation().future()
    await foresee(checked)
    assert [request.get("manifest") for request in asked(recorder)] == [None, {}]


@program
async def test_a_connection_that_is_replaced_together_with_the_command_may_be_taken_over() -> None:
    checked, recorder = check(whole=False)
    made = {"attributes": {"vpn_connection_id": "vpn-0"}, "is_made": True}
    checked.planned = pulumi.Output.from_input({**PLANNED, "handout": json.dumps(made)})
    await foresee(checked)
    (request,) = asked(recorder)
    assert "manifest" not in request
    assert "is_made" not in request["vpn"]


@program
async def test_a_router_that_would_take_it_ends_nothing() -> None:
    checked, recorder = check(whole=False)
    await foresee(checked)
    assert len(asked(recorder)) == 1


@pytest.mark.parametrize(
    ("diff", "shown"),
    [
        ("! warning: 0.0.0.1 is kept out\n+ tunnel destination 0.0.0.1", "+ tunnel destination <AWS 1>"),
        ("+ interface vpn-00000000000000000-0", "+ interface vpn-…-0"),
        ("+ address 10.0.0.1 0.0.0.2 10.0.0.21", "+ address 10.0.0.1 <AWS 2> 10.0.0.21"),
        ("+ neighbor 169.254.44.1 remote-as 23456", "+ neighbor 169.254.44.1 remote-as <AWS's AS>"),
        ("", None),
    ],
)
def test_a_first_preview_shows_what_will_be_sent_with_words_for_what_aws_has_yet_to_say(
    diff: str, shown: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr("pulumi.log.info", lambda text, _resource: said.append(text))

    @program
    async def run() -> None:
        answer = {"generation": 5, "in_sync": False, "diff": diff, "problems": ()}
        checked, _ = answered(answer, whole=False, preview=True)
        await foresee(checked)

    run()
    assert [text.partition("\n")[2] for text in said] == ([] if shown is None else [shown])


@program
async def test_what_the_stack_has_on_the_router_already_is_asked_with_it() -> None:
    checked, recorder = check(whole=False)
    await foresee(checked, MANIFEST)
    (request,) = asked(recorder)
    assert request["manifest"] == MANIFEST
    assert request["vpn"]["attributes"]["vpn_connection_id"] == "vpn-0abc"


@program
async def test_an_up_leaves_it_to_the_agent_s_own_preflight() -> None:
    checked, recorder = check(whole=False, problems=(TAKEN,), preview=False)
    await foresee(checked)
    assert asked(recorder) == []


@program
async def test_a_comparison_without_problems_is_not_made_twice() -> None:
    checked, recorder = check(whole=True)
    await checked.generation().future()
    await foresee(checked, MANIFEST)
    assert len(asked(recorder)) == 1


@program
async def test_a_problem_that_the_comparison_finds_is_told_only_if_the_manifest_leaves_it_one() -> None:
    checked, recorder = check(whole=True, problems=(TAKEN,))
    assert await checked.generation().future() == 5
    with pytest.raises(pulumi.RunError, match="an up would stop"):
        await foresee(checked, MANIFEST)
    assert [request.get("manifest") for request in asked(recorder)] == [None, MANIFEST]


# -- What it saw of the tunnels


async def seen(*, is_up: bool = True, preview: bool = False) -> RouterCheck:
    """Return the check of an up, or a preview, whose comparison has found no difference."""
    report = {"up": is_up, "tunnels": []}
    answer = {"generation": 5, "in_sync": True, "diff": "", "report": report}
    checked, _ = answered(answer, whole=True, preview=preview)
    await checked.generation().future()
    return checked


@program
async def test_what_the_comparison_saw_up_is_up_for_a_moment() -> None:
    checked = await seen()
    report = checked.fresh_report()
    assert report is not None
    assert report.is_given
    at, answer = checked.seen or (0, report)
    checked.seen = (at - 11, answer)
    assert checked.fresh_report() is None


@program
async def test_what_the_comparison_saw_says_nothing_once_the_agent_changes_the_router() -> None:
    checked = await seen()
    await foresee(checked, MANIFEST)
    assert checked.fresh_report() is None


@program
async def test_what_the_comparison_saw_down_is_waited_for() -> None:
    checked = await seen(is_up=False)
    assert checked.fresh_report() is None


@program
async def test_what_the_comparison_saw_down_is_its_word_in_a_preview_which_waits_for_nothing() -> None:
    checked = await seen(is_up=False, preview=True)
    report = checked.fresh_report()
    assert report is not None
    assert report.result["up"] is False
