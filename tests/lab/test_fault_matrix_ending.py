"""Every accident at every line that ends a change: reading again, the second login, confirming, saving.

The lines between are in test_fault_matrix.py. Here the change is in whole: it is confirmed and saved, or undone and
not saved, and whatever is left half-way is said.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from cisco.errors import ConnectError, NotRolledBackError, RolledBackError
from tests.lab.memory_vty import Accident, Killed, MemoryRouter, Strike
from tests.lab.test_fault_matrix import UNDONE_BY_SOFTWARE, WITHOUT_ARCHIVE, check_what_follows_a_kill, scenarios, shown


@dataclass(slots=True)
class LockOut(Strike):
    """What a bad change of AAA or of the VTY lines does: whoever is in stays in, and nobody else gets in."""

    router: MemoryRouter | None = None

    def at(self, *, in_configuration: bool) -> Accident | None:
        if in_configuration and self.router is not None:
            self.router.lets_in = False
        return None


@dataclass(slots=True)
class StrikeAfterwards(Strike):
    """An accident at the n-th line in exec mode after the lines of the change."""

    has_configured: bool = False

    def at(self, *, in_configuration: bool) -> Accident | None:
        self.has_configured = self.has_configured or in_configuration
        if in_configuration or not self.has_configured:
            return None
        self.seen += 1
        return self.accident if self.seen == self.number else None


def lines_afterwards(name: str) -> int:
    router = MemoryRouter(scenarios()[name].before)
    router.strike = strike = StrikeAfterwards(Accident.REJECTED, 10**6)
    scenarios()[name].run(router)
    return strike.seen


# A change and a removal end as a creation does; these tell whether the old and the new are taken for each other.
TELLING = (Accident.CUT_BEFORE, Accident.RELOADED, Accident.KILLED)
KINDS = {
    "create": tuple(accident for accident in Accident if accident is not Accident.SWALLOWED),
    f"create{WITHOUT_ARCHIVE}": UNDONE_BY_SOFTWARE,
    "change": TELLING,
    "remove": TELLING,
}


def cases() -> Iterator[tuple[str, Accident, int]]:
    for name, accidents in KINDS.items():
        for accident in accidents:
            for number in range(1, lines_afterwards(name) + 1):
                yield name, accident, number


@pytest.mark.parametrize("case", tuple(cases()), ids=lambda case: f"{case[0]}-{case[1].name.lower()}-at-line-{case[2]}")
def test_an_accident_at_the_end_leaves_the_change_saved_or_undone_or_says_what_is_left(
    case: tuple[str, Accident, int],
) -> None:
    name, accident, number = case
    scenario = scenarios()[name]
    router = MemoryRouter(scenario.before)
    router.strike = StrikeAfterwards(accident, number)

    try:
        scenario.run(router)
        expected = scenario.after
    except RolledBackError:
        expected = scenario.before
    except NotRolledBackError as left:
        assert "in the running-config and confirmed, but not saved" in str(left)
        assert router.state.rollback.pending is None
        assert shown(router.running) == shown(scenario.after)
        expected = None
    except Killed:
        if router.state.rollback.pending is not None:
            assert shown(router.startup) == shown(scenario.before)
            check_what_follows_a_kill(router, scenario, waits_for_timer=bool(number % 2))
        router.strike = None
        scenario.run(router)
        assert shown(router.running) == shown(router.startup) == shown(scenario.after)
        return
    except ConnectError as unreachable:
        pytest.fail(f"the outcome is not told: {unreachable}")
    if expected is not None:
        assert shown(router.running) == shown(router.startup) == shown(expected)
    router.strike = None
    scenario.run(router)
    assert shown(router.running) == shown(router.startup) == shown(scenario.after)


@pytest.mark.parametrize("name", ["create", f"create{WITHOUT_ARCHIVE}", "change", "remove"])
def test_a_change_after_which_nobody_can_log_in_is_undone_unconfirmed(name: str) -> None:
    scenario = scenarios()[name]
    router = MemoryRouter(scenario.before)
    router.strike = LockOut(Accident.DENIED, 0, router=router)

    with pytest.raises(RolledBackError, match="refused the login"):
        scenario.run(router)
    assert shown(router.running) == shown(router.startup) == shown(scenario.before)
