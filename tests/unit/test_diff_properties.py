"""What holds for every router and every link: plans reach their goal, stop there, and can be undone."""

import copy
import re
from collections import Counter
from collections.abc import Iterable
from random import Random

from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from cisco.diff import plan, removal
from cisco.model import Intent
from cisco.plan import Command, Owned, Plan
from cisco.render import render
from cisco.tree import Line, parse
from tests.unit.diff_strategies import intents, routers
from tests.unit.little_ios import LittleIos

EXAMPLES = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


FOREIGN_PROPOSAL = re.compile(r" proposal (?!proposal-)")


def typed(router: LittleIos, commands: tuple[Command, ...]) -> LittleIos:
    """Return a copy of the router after these lines; every line stands in the mode that the plan says."""
    after = copy.deepcopy(router)
    for command in commands:
        assert after.mode == command.mode, command
        after.line(command.text)
        assert after.mode == (command.enters or command.mode), command
    assert after.mode == "config"
    return after


def planned(router: LittleIos, intent: Intent) -> Plan:
    made = plan(router.show(), render(intent))
    assert made.collisions == ()
    return made


def is_served(line: str, router: LittleIos) -> bool:
    """Whether the router has a value of its own that does as well: any DPD, and a larger replay window."""
    settings = {"crypto isakmp keepalive": None, "crypto ipsec security-association replay window-size": int}
    for setting, size in settings.items():
        if line.startswith(setting) and (current := router.settings.get(setting)) is not None:
            return size is None or size(current) >= size(line.rpartition(" ")[2])
    return False


def undescribed(text: str) -> str:
    lines = (line for line in text.splitlines() if "description aws-cisco-vpn" not in line)
    # Our IKEv2 policy also offers what the policy did that it takes the address from, and other neighbours are told of no default.
    return "\n".join(line for line in lines if line.strip() != "network 0.0.0.0" and not FOREIGN_PROPOSAL.match(line))


@EXAMPLES
@given(routers(), intents())
def test_a_plan_reaches_its_goal_and_then_there_is_nothing_left_to_do(router: LittleIos, intent: Intent) -> None:
    after = typed(router, planned(router, intent).commands)
    again = planned(after, intent)
    assert again.is_empty, again.commands


@EXAMPLES
@given(routers(), intents())
def test_a_plan_leaves_what_typing_the_whole_text_would_leave(router: LittleIos, intent: Intent) -> None:
    after = typed(router, planned(router, intent).commands)
    blindly = copy.deepcopy(router)
    text = render(intent)
    for name in router.vrfs:
        text = text.replace(f"  vrf forwarding {name}\n", f"  {router.vrf_word(name)} {name}\n")
    blindly.type("\n".join(line for line in text.splitlines() if not is_served(line, router)))
    # Typing AWS's text turns the display to address families; the plan keeps the router's own style.
    after.has_families = blindly.has_families = True
    assert undescribed(after.show()) == undescribed(blindly.show())


@EXAMPLES
@given(routers(), intents())
def test_the_inverse_restores_the_router_exactly(router: LittleIos, intent: Intent) -> None:
    made = planned(router, intent)
    assert typed(typed(router, made.commands), made.inverse).show() == router.show()


@EXAMPLES
@given(routers(), intents(), intents())
def test_whatever_steps_were_done_their_inverses_undo_them(router: LittleIos, old: Intent, new: Intent) -> None:
    before = router
    for intent in (old, new):
        made = planned(before, intent)
        state = before
        for done, step in enumerate(made.steps, start=1):
            state = typed(state, step.commands)
            undone = state
            for begun in reversed(made.steps[:done]):
                undone = typed(undone, begun.inverse)
            assert undone.show() == before.show()
        before = state


@EXAMPLES
@given(routers(), intents(), st.booleans())
def test_removal_restores_the_router_exactly_with_or_without_a_manifest(
    router: LittleIos,
    intent: Intent,
    has_manifest: bool,  # drawn by hypothesis
) -> None:
    made = planned(router, intent)
    after = typed(router, made.commands)
    owned = made.owned if has_manifest else Owned(connection_id=intent.connection_id)
    gone = removal(after.show(), owned)
    removed = typed(after, gone.commands)
    assert removed.show() == router.show()
    assert typed(removed, gone.inverse).show() == after.show()


@EXAMPLES
@given(routers(), intents(), st.randoms(use_true_random=False))
def test_the_order_in_which_a_router_displays_counts_for_nothing(
    router: LittleIos, intent: Intent, random: Random
) -> None:
    after = typed(router, planned(router, intent).commands)
    config = parse(after.show())
    lines = [Line(line.text, tuple(random.sample(line.children, len(line.children)))) for line in config.lines]
    random.shuffle(lines)
    assert plan(displayed(lines), render(intent)).is_empty


def displayed(lines: Iterable[Line], indent: str = "") -> str:
    text = "".join(f"{indent}{line.text}\n{displayed(line.children, indent + ' ')}" for line in lines)
    return text if indent else f"{text}end\n"


@EXAMPLES
@given(routers(), intents())
def test_no_foreign_line_goes(router: LittleIos, intent: Intent) -> None:
    after = typed(router, planned(router, intent).commands)
    gone = Counter(router.show().splitlines()) - Counter(after.show().splitlines())
    assert all(line.startswith(("crypto ipsec df-bit", "crypto isakmp keepalive", "crypto ipsec security-association",
                                "crypto ipsec fragmentation")) for line in gone)  # fmt: skip


@EXAMPLES
@given(routers(), intents(), intents())
def test_any_link_changes_into_any_other_and_back(router: LittleIos, old: Intent, new: Intent) -> None:
    first = planned(router, old)
    before = typed(router, first.commands)
    second = planned(before, new)
    after = typed(before, second.commands)
    assert planned(after, new).is_empty
    assert typed(after, second.inverse).show() == before.show()
    assert typed(after, removal(after.show(), Owned(connection_id=new.connection_id)).commands).show() == router.show()


@EXAMPLES
@given(routers(), intents(), st.data())
def test_an_agent_killed_at_any_line_leaves_what_the_next_run_finishes_or_removes(
    router: LittleIos, intent: Intent, data: st.DataObject
) -> None:
    commands = planned(router, intent).commands
    killed = copy.deepcopy(router)
    for command in commands[: data.draw(st.integers(1, len(commands)))]:
        killed.line(command.text)
    killed.open = killed.block = None
    killed.mode = "config"
    resumed = typed(killed, planned(killed, intent).commands)
    assert planned(resumed, intent).is_empty
    is_marked = f"description aws-cisco-vpn {intent.link} " in killed.show()
    for state in (resumed, killed) if is_marked else (resumed,):
        gone = removal(state.show(), Owned(connection_id=intent.connection_id))
        assert typed(state, gone.commands).show() == router.show()


@EXAMPLES
@given(routers(), intents(), st.data())
def test_a_removal_killed_at_any_line_is_finished_by_the_next(
    router: LittleIos, intent: Intent, data: st.DataObject
) -> None:
    after = typed(router, planned(router, intent).commands)
    commands = removal(after.show(), Owned(connection_id=intent.connection_id)).commands
    killed = copy.deepcopy(after)
    for command in commands[: data.draw(st.integers(0, len(commands)))]:
        killed.line(command.text)
    killed.open = killed.block = None
    killed.mode = "config"
    gone = removal(killed.show(), Owned(connection_id=intent.connection_id))
    assert typed(killed, gone.commands).show() == router.show()


@EXAMPLES
@given(routers(), intents(1), intents(2), st.booleans())
def test_two_links_on_one_router_come_and_go_in_any_order(
    router: LittleIos,
    one: Intent,
    two: Intent,
    first_goes_first: bool,  # drawn by hypothesis
) -> None:
    assume(one.tunnels[0].phase2.replay_window == 128)
    with_one = typed(router, planned(router, one).commands)
    with_both = typed(with_one, planned(with_one, two).commands)
    assert planned(with_both, one).is_empty
    gone, left = (one, two) if first_goes_first else (two, one)
    event(f"{type(gone.routing).__name__} goes, {type(left.routing).__name__} stays")
    alone = typed(with_both, removal(with_both.show(), Owned(connection_id=gone.connection_id)).commands)
    assert planned(alone, left).is_empty
    none = typed(alone, removal(alone.show(), Owned(connection_id=left.connection_id)).commands)
    assert none.show() == router.show()
