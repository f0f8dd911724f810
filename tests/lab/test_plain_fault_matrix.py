"""Every accident, at the moments that matter, on the router that the lab's authors did not write.

After each the router holds exactly the old configuration or exactly the new one (or, where the agent is dead, the old
one as soon as the router's timer fires); nothing half-done is saved; and the next run succeeds. The lab's router has the
same matrix at every line: this one is small, and on another ground.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import pytest

from cisco.errors import ConnectError, NotRolledBackError, PreflightError, RolledBackError
from cisco.login import Options
from cisco.result import Result
from cisco.transaction import apply, remove
from tests.lab.agent_bench import GUIDE, KEYS, NEW_KEY, link
from tests.lab.plain_bench import connection, says
from tests.lab.plain_config import read
from tests.lab.plain_router import RELEASES, Accident, Killed, PlainRouter

PHASE1, PHASE2 = GUIDE
OLD_LINK = link()
# Touches the policy, the key, the PFS group and the interface of both tunnels.
NEW_LINK = link(
    phases=(replace(PHASE1, dh_group=19), replace(PHASE2, dh_group=20)), mss=1300, keys=(KEYS[0], NEW_KEY), generation=2
)
NO_WAIT = Options(wait=0)
# Where in a run an accident happens: what the agent enters, and how manieth time.
MOMENTS = {
    "create": (
        ("show archive", 1), ("show running-config", 1), ("configure terminal revert timer 5", 1),
        ("interface Tunnel1", 1), ("hash sha", 2), ("mode tunnel", 1), ("interface Tunnel1", 2), ("router bgp 65001", 2),
        ("end", 1), ("show running-config", 2), ("terminal length 0", 2), ("configure confirm", 1),
        ("show archive config rollback timer", 2), ("write memory", 1), ("exit", -1),
    ),
    "change": (
        ("configure terminal revert timer 5", 1), ("end", 1), ("configure terminal", 1), ("ip tcp adjust-mss 1300", 2),
        ("configure confirm", 1), ("write memory", 1),
    ),
    "remove": (
        ("configure terminal revert timer 5", 1), ("no interface Tunnel2", 1), ("no crypto isakmp policy 201", 1),
        ("end", 1), ("configure confirm", 1), ("write memory", 1),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Scenario:
    """A run of the agent: what the router holds before and after, what it hears, and the run itself."""

    before: str
    after: str
    heard: tuple[str, ...]
    run: Callable[[PlainRouter], Result]


def router_with(running: str, release: str, *, has_archive: bool) -> PlainRouter:
    router = PlainRouter(RELEASES[release], has_archive=has_archive)
    router.config = read(running)
    router.startup = router.running()
    return router


@cache
def scenario(name: str, release: str, *, has_archive: bool) -> Scenario:
    bare = PlainRouter(RELEASES[release], has_archive=has_archive).running()
    runs: dict[str, Callable[[PlainRouter], Result]] = {
        "create": lambda router: apply(OLD_LINK, connection(router), NO_WAIT),
        "change": lambda router: apply(NEW_LINK, connection(router), NO_WAIT),
        "remove": lambda router: remove(connection(router), NO_WAIT, intent=OLD_LINK),
    }
    before = bare if name == "create" else scenario("create", release, has_archive=has_archive).after
    router = router_with(before, release, has_archive=has_archive)
    runs[name](router)
    return Scenario(before, router.running(), tuple(router.heard), runs[name])


def cases() -> Iterator[tuple[str, str, bool, Accident, str, int]]:
    for name, moments in MOMENTS.items():
        for number, accident in enumerate(Accident):
            release = tuple(RELEASES)[number % len(RELEASES)]
            for at, (line, time) in enumerate(moments):
                # A change and a removal go the same ways as a create: every other moment, another for each accident.
                if name == "create" or (at + number) % 2 == 0:
                    yield name, release, True, accident, line, time
                # Without archive there is less that can happen.
                if (at + number) % 4 == 0 and "revert" not in line and "confirm" not in line and "rollback" not in line:
                    yield name, release, False, accident, line, time


def number_of(heard: tuple[str, ...], line: str, time: int) -> int:
    """Return which line, counted from 1, is the one that is meant."""
    numbers = [number for number, other in enumerate(heard, 1) if other == line]
    return numbers[time if time < 0 else time - 1]


@pytest.mark.parametrize(
    ("name", "release", "has_archive", "accident", "line", "time"),
    tuple(cases()),
    ids=lambda value: value.name.lower() if isinstance(value, Accident) else str(value).replace(" ", "-"),
)
def test_an_accident_leaves_the_old_configuration_or_the_new_one(
    name: str, release: str, accident: Accident, line: str, time: int, *, has_archive: bool
) -> None:
    planned = scenario(name, release, has_archive=has_archive)
    old, new = says(planned.before), says(planned.after)
    router = router_with(planned.before, release, has_archive=has_archive)
    number = number_of(planned.heard, line, time)
    router.accident = (accident, number)
    try:
        planned.run(router)
    except (RolledBackError, PreflightError, ConnectError):
        assert says(router.running()) == says(router.startup) == old
    except NotRolledBackError as left:
        assert "confirmed, but not saved" in str(left)
        assert (says(router.running()), says(router.startup)) == (new, old)
    except Killed:
        assert says(router.startup) in (old, new)
        if router.archive.timer is not None and number % 2:
            router.clock.sleep(6 * 60)
            assert says(router.running()) == old
    else:
        assert says(router.running()) == says(router.startup) == new
    assert router.archive.timer is None or accident is Accident.KILLED
    assert len(router.heard) >= number

    router.accident = None
    planned.run(router)
    assert says(router.running()) == says(router.startup) == new
