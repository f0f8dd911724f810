"""The plans of a staged change: one tunnel at a time, from wherever the settings stand, and back."""

from collections.abc import Mapping
from itertools import product

import pytest

from rollout.errors import InputError
from rollout.tunnels import (
    Plan,
    Settings,
    Stage,
    key_plan,
    key_way_back,
    negotiation,
    profile_plan,
    profile_way_back,
)

OLD: Settings = {"profile": "guide-2015", "profileOverrides": {"phase1_dh_group_number": 14}, "routing": "bgp"}


def edited(settings: Settings, stage: Stage) -> Settings:
    """Return settings with a stage's edit made."""
    left = {name: value for name, value in settings.items() if name not in stage.edit.removed}
    return {**left, **stage.edit.given, **stage.edit.secrets}


def carried_out(settings: Settings, plan: Plan) -> list[Settings]:
    """Return the settings after each stage."""
    seen = [settings]
    for stage in plan.stages:
        seen.append(edited(seen[-1], stage))
    return seen[1:]


def changed_tunnels(before: Settings, after: Settings) -> set[int]:
    return {n for n in (1, 2) if negotiation(before, n) != negotiation(after, n)}


def test_another_profile_is_two_stages_and_settings_as_a_person_would_write_them() -> None:
    plan = profile_plan(OLD, "modern", {}, is_fresh=True)
    assert [stage.name() for stage in plan.stages] == ["tunnel2", "tunnel1", "settings"]
    assert carried_out(OLD, plan)[-1] == {"profile": "modern", "routing": "bgp"}
    assert plan.begun == ()


STARTS: list[Settings] = [
    {},
    {"profile": "modern"},
    OLD,
    {**OLD, "tunnel2Profile": "modern"},
    {**OLD, "tunnel1Profile": "modern", "tunnel2Profile": "modern"},
    {**OLD, "tunnel1Overrides": {"dpd_timeout_seconds": 60}},
    {**OLD, "tunnel2Profile": "guide-2015", "tunnel2Overrides": {"phase1_dh_group_number": 2}},
]
GOALS: list[tuple[str | None, Mapping[str, object], bool]] = [
    ("modern", {}, False),
    ("modern", {}, True),
    ("guide-2015", {"phase2_dh_group_number": 14}, False),
    (None, {"phase1_dh_group_number": None}, False),
    (None, {"dpd_timeout_seconds": 60}, False),
]


@pytest.mark.parametrize(("start", "goal"), list(product(STARTS, GOALS)))
def test_no_stage_changes_more_than_its_tunnel_and_the_last_leaves_no_setting_of_a_tunnel(
    start: Settings, goal: tuple[str | None, Mapping[str, object], bool]
) -> None:
    profile, changes, is_fresh = goal
    plan = profile_plan(start, profile, changes, is_fresh=is_fresh)
    before = start
    for stage, after in zip(plan.stages, carried_out(start, plan), strict=True):
        assert changed_tunnels(before, after) == ({stage.tunnel} if stage.tunnel else set())
        before = after
    assert [name for name in before if name.startswith("tunnel")] == []
    assert negotiation(before, 1) == negotiation(before, 2) == negotiation(before)
    assert profile_plan(before, profile, changes, is_fresh=is_fresh).stages == ()


@pytest.mark.parametrize("done", [1, 2, 3])
@pytest.mark.parametrize(("start", "goal"), list(product(STARTS, GOALS)))
def test_the_same_command_goes_on_from_wherever_it_was(
    start: Settings, goal: tuple[str | None, Mapping[str, object], bool], done: int
) -> None:
    profile, changes, is_fresh = goal
    whole = carried_out(start, profile_plan(start, profile, changes, is_fresh=is_fresh))
    if len(whole) < done:
        return
    rest = profile_plan(whole[done - 1], profile, changes, is_fresh=is_fresh)
    assert [start, *whole, *carried_out(whole[done - 1], rest)][-1] == whole[-1]
    assert len(rest.stages) == len(whole) - done


def test_a_tunnel_that_an_earlier_run_has_set_is_named() -> None:
    assert profile_plan({**OLD, "tunnel2Profile": "modern"}, "modern", {}, is_fresh=True).begun == (2,)


def test_the_way_back_takes_the_tunnel_first_that_was_changed_last() -> None:
    begun = {**OLD, "tunnel1Profile": "modern", "tunnel2Profile": "modern", "tunnel2Overrides": {"x": 1}}
    plan = profile_way_back(begun)
    assert [stage.tunnel for stage in plan.stages] == [1, 2]
    assert carried_out(begun, plan)[-1] == OLD


def test_there_is_no_way_back_from_where_nothing_was_begun() -> None:
    assert profile_way_back(OLD).stages == ()


def serials(plan: Plan) -> list[tuple[int | None, Mapping[str, object]]]:
    return [(stage.tunnel, stage.edit.given) for stage in plan.stages]


def test_new_keys_raise_both_serials_one_after_the_other() -> None:
    assert serials(key_plan({}, None, {}, {})) == [(2, {"tunnel2KeySerial": 2}), (1, {"tunnel1KeySerial": 2})]


def test_a_rotation_that_was_begun_goes_on_with_the_other_tunnel() -> None:
    plan = key_plan({"tunnel2KeySerial": 5, "tunnel1KeySerial": 4}, None, {}, {})
    assert serials(plan) == [(1, {"tunnel1KeySerial": 5})]
    assert plan.begun == (2,)


def test_a_serial_that_is_named_is_reached_and_then_nothing_is_left() -> None:
    plan = key_plan({}, 3, {}, {})
    assert carried_out({}, plan)[-1] == {"tunnel1KeySerial": 3, "tunnel2KeySerial": 3}
    assert key_plan(carried_out({}, plan)[-1], 3, {}, {}).stages == ()


def test_a_serial_that_would_go_back_is_refused() -> None:
    with pytest.raises(InputError, match="--serial is 1, but must be at least 2"):
        key_plan({"tunnel2KeySerial": 2}, 1, {}, {})


def test_keys_that_were_given_are_replaced_by_given_ones_and_shown_nowhere() -> None:
    plan = key_plan({}, None, {1: "old.key.one", 2: "old.key.two"}, {1: "new.key.one", 2: "new.key.two"})
    assert [(stage.tunnel, stage.edit.secrets) for stage in plan.stages] == [
        (2, {"tunnel2PresharedKey": "new.key.two"}),
        (1, {"tunnel1PresharedKey": "new.key.one"}),
    ]
    assert "new.key" not in repr(plan) + "".join(stage.edit.words() for stage in plan.stages)


def test_of_given_keys_only_the_one_that_is_still_old_is_replaced() -> None:
    plan = key_plan({}, None, {1: "old.key.one", 2: "new.key.two"}, {1: "new.key.one", 2: "new.key.two"})
    assert [stage.tunnel for stage in plan.stages] == [1]
    assert plan.begun == (2,)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"tunnel2KeySerial": 2}, {}),
        ({"tunnel1KeySerial": 3, "tunnel2KeySerial": 4}, {"tunnel1KeySerial": 3, "tunnel2KeySerial": 3}),
        ({"tunnel1KeySerial": 2, "tunnel2KeySerial": 2}, {"tunnel1KeySerial": 2, "tunnel2KeySerial": 2}),
    ],
)
def test_back_from_half_a_rotation_both_serials_are_the_same_again(before: Settings, after: Settings) -> None:
    assert [before, *carried_out(before, key_way_back(before))][-1] == after


def test_a_stage_says_which_tunnel_is_down_and_which_carries() -> None:
    costs = [stage.cost() for stage in profile_plan(OLD, "modern", {}, is_fresh=True).stages]
    assert ["tunnel2 is down" in costs[0], "tunnel1 carries" in costs[0]] == [True, True]
    assert ["tunnel1 is down" in costs[1], "nothing" in costs[2]] == [True, True]
