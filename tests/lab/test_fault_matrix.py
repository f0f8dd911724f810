"""Every accident at every line of a create, a change and a removal.

After each the router holds exactly the old configuration or exactly the new one (or, where the agent is dead, the old
one as soon as the router's timer fires); nothing half-done is saved; and the next run succeeds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import pytest

from cisco.diff import plan, removal
from cisco.errors import RolledBackError
from cisco.login import Options
from cisco.model import Intent
from cisco.plan import Owned, Plan
from cisco.render import render
from cisco.result import Result
from cisco.transaction import apply, remove
from tests.lab.agent_bench import GUIDE, KEYS, NEW_KEY, default_running, link, without_archive
from tests.lab.memory_vty import Accident, Killed, MemoryRouter, Strike

PHASE1, PHASE2 = GUIDE
OLD_LINK = link()
# Touches the policy, the key, the PFS group and the interface of both tunnels.
NEW_LINK = link(
    phases=(replace(PHASE1, dh_group=19), replace(PHASE2, dh_group=20)),
    mss=1300,
    keys=(KEYS[0], NEW_KEY),
    generation=2,
)
BARE = default_running()
WITHOUT_ARCHIVE = "-without-archive"
# Where the router has no timer, only these differ in what is left to undo.
UNDONE_BY_SOFTWARE = (Accident.CUT_BEFORE, Accident.CUT_AFTER, Accident.REJECTED, Accident.KILLED)
REFUSALS = (Accident.REJECTED, Accident.DENIED)


@dataclass(frozen=True)
class Scenario:
    """A run of the agent on a router: what it holds before and after, and the run itself."""

    before: str
    after: str
    lines: int
    run: Callable[[MemoryRouter], Result]


def applied(intent: Intent, running: str) -> str:
    """Return what the router holds once the link is in."""
    router = MemoryRouter(running)
    apply(intent, router.connection(), Options())
    return router.running


def sent(planned: Plan) -> int:
    """Return how many lines the agent enters in configuration mode, clearing of sessions included."""
    return sum(len(step.commands) + len(step.clear_sessions) for step in planned.steps)


@cache
def scenarios() -> dict[str, Scenario]:
    found = {}
    for suffix, bare in (("", BARE), (WITHOUT_ARCHIVE, without_archive(BARE))):
        bare_shown = MemoryRouter(bare).running
        with_old = applied(OLD_LINK, bare)
        with_new = applied(NEW_LINK, with_old)
        found[f"create{suffix}"] = Scenario(
            bare_shown,
            with_old,
            sent(plan(bare, render(OLD_LINK), owned=Owned())),
            lambda router: apply(OLD_LINK, router.connection(), Options()),
        )
        found[f"change{suffix}"] = Scenario(
            with_old,
            with_new,
            sent(plan(with_old, render(NEW_LINK), owned=Owned())),
            lambda router: apply(NEW_LINK, router.connection(), Options()),
        )
        found[f"remove{suffix}"] = Scenario(
            with_old,
            bare_shown,
            sent(removal(with_old, Owned(OLD_LINK.link, OLD_LINK.connection_id))),
            lambda router: remove(router.connection(), Options(), intent=OLD_LINK),
        )
    return found


def cases() -> Iterator[tuple[str, Accident, int]]:
    for name, scenario in scenarios().items():
        for accident in Accident if not name.endswith(WITHOUT_ARCHIVE) else UNDONE_BY_SOFTWARE:
            for number in range(1, scenario.lines + 1):
                yield name, accident, number


def case_id(case: tuple[str, Accident, int]) -> str:
    return f"{case[0]}-{case[1].name.lower()}-at-line-{case[2]}"


def shown(text: str) -> list[str]:
    """Return what a configuration says, without the separators between its sections."""
    return [line for line in text.splitlines() if line.strip() != "!"]


def essential(text: str) -> list[str]:
    """Return what a configuration says, without the line that newer releases take and never show."""
    return [line for line in shown(text) if line != " ip virtual-reassembly"]


@pytest.mark.parametrize("case", tuple(cases()), ids=case_id)
def test_an_accident_leaves_the_old_configuration_or_the_new_one(case: tuple[str, Accident, int]) -> None:
    name, accident, number = case
    scenario = scenarios()[name]
    router = MemoryRouter(scenario.before)
    router.strike = Strike(accident, number)

    try:
        scenario.run(router)
        expected = scenario.after
    except RolledBackError as undone:
        # A refusal ends the change where it is met: it is not left to the reading of the whole at the end.
        assert accident not in REFUSALS or "the router rejected" in str(undone)
        expected = scenario.before
    except Killed:
        assert (router.state.rollback.pending is None) is name.endswith(WITHOUT_ARCHIVE)
        assert shown(router.startup) == shown(scenario.before)
        check_what_follows_a_kill(router, scenario, waits_for_timer=bool(number % 2))
        return
    assert router.strike.seen >= number
    says = shown if accident is not Accident.SWALLOWED else essential
    assert says(router.running) == says(router.startup) == says(expected)
    scenario.run(router)
    assert says(router.running) == says(router.startup) == says(scenario.after)


def check_what_follows_a_kill(router: MemoryRouter, scenario: Scenario, *, waits_for_timer: bool) -> None:
    """A dead agent undoes nothing: the router's timer does, or the next run, which then succeeds."""
    has_timer = router.state.rollback.pending is not None
    if has_timer and waits_for_timer:
        router.clock.sleep(5 * 60 + 1)
        assert shown(router.running) == shown(scenario.before)
    scenario.run(router)
    assert not scenario.run(router).changed
    assert router.running == router.startup
    if has_timer:
        assert shown(router.running) == shown(scenario.after)
