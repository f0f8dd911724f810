"""A staged change, step by step: what it refuses, what it leaves, and what it says."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest

from rollout.cost import COMMAND, CONNECTION, Change
from rollout.errors import StepError
from rollout.stack import Foreseen, Tell, Tunnel
from rollout.staged import StagedChange
from rollout.terminal import Terminal
from rollout.tunnels import Edit, Plan, negotiation, profile_plan, profile_way_back

OLD: Mapping[str, object] = {"profile": "guide-2015"}
ROUTE = Change("create", "aws:ec2/route:Route", "dev-0")
ROUTER = Change("update", COMMAND, "dev", ("stdin",))


class FakeLink:
    """A stack whose tunnels come up with whatever its settings say, unless told otherwise."""

    name = "tokyo"

    def __init__(self, settings: Mapping[str, object] = OLD) -> None:
        self.settings = dict(settings)
        self.deployed = dict(settings)
        self.ups: list[Mapping[str, object]] = []
        self.extra: list[Change] = []
        self.down: dict[str, str] = {}
        self.failing = 0

    def edit(self, edit: Edit) -> None:
        self.settings = {k: v for k, v in self.settings.items() if k not in edit.removed} | dict(edit.given)

    @contextmanager
    def on_trial(self) -> Iterator[Callable[[], None]]:
        before, kept = dict(self.settings), []
        try:
            yield lambda: kept.append(True)
        finally:
            if not kept:
                self.settings = before

    def preview(self) -> Foreseen:
        changed = [n for n in (1, 2) if negotiation(self.settings, n) != negotiation(self.deployed, n)]
        fields = tuple(f"tunnel{n}IkeVersions[0]" for n in changed)
        changes = [Change("update", CONNECTION, "tokyo", fields)] if changed else []
        return Foreseen((*changes, *self.extra), self.tunnels())

    def up(self, tell: Tell) -> tuple[Tunnel, ...]:
        tell("aws:VpnConnection tokyo: updated")
        self.ups.append(dict(self.settings))
        if self.failing == len(self.ups):
            raise StepError("the router refused a line")
        self.deployed = dict(self.settings)
        return self.tunnels()

    def tunnels(self) -> tuple[Tunnel, ...]:
        return tuple(
            Tunnel(name, self.down.get(name, "UP"), "no proposal" if name in self.down else "")
            for name in ("tunnel1", "tunnel2")
        )


def run(link: FakeLink, plan: Plan, *, agree: bool = True) -> tuple[bool, str]:
    said = io.StringIO()
    return StagedChange(link, plan, Terminal(said, {}), lambda _: agree).run(), said.getvalue()


def to_modern(link: FakeLink) -> Plan:
    return profile_plan(link.settings, "modern", {}, is_fresh=False)


def test_each_tunnel_is_changed_in_an_up_of_its_own_and_the_settings_end_plain() -> None:
    link = FakeLink()
    is_done, said = run(link, to_modern(link))
    assert is_done
    assert link.ups == [
        {"profile": "guide-2015", "tunnel2Profile": "modern"},
        {"profile": "guide-2015", "tunnel2Profile": "modern", "tunnel1Profile": "modern"},
    ]
    assert link.settings == {"profile": "modern"}
    assert said.index("tunnel2 is down for") < said.index(
        "preview: VpnConnection tokyo (update): tunnel2IkeVersions[0]"
    )


def test_what_is_not_agreed_to_touches_nothing() -> None:
    link = FakeLink()
    is_done, _ = run(link, to_modern(link), agree=False)
    assert (is_done, link.ups, link.settings) == (False, [], OLD)


def test_a_link_with_a_tunnel_down_is_not_changed() -> None:
    link = FakeLink()
    link.down["tunnel1"] = "DOWN"
    with pytest.raises(
        StepError, match=r"tunnel1 is DOWN: no proposal\nA staged change starts when both tunnels are UP"
    ):
        run(link, to_modern(link))
    assert (link.ups, link.settings) == ([], OLD)


def test_a_link_that_nobody_asks_after_is_not_changed() -> None:
    link = FakeLink()
    link.down = {"tunnel1": "UNKNOWN", "tunnel2": "UNKNOWN"}
    with pytest.raises(StepError, match="check: require"):
        run(link, to_modern(link))
    assert link.ups == []


def test_a_stack_with_other_changes_pending_is_not_changed() -> None:
    link = FakeLink()
    link.extra = [ROUTER]
    with pytest.raises(StepError, match=r"changes that are not of this command: Command dev \(update\)"):
        run(link, to_modern(link))
    assert (link.ups, link.settings) == ([], OLD)


def test_a_step_whose_preview_foresees_more_is_not_taken_and_leaves_the_settings() -> None:
    link = FakeLink()
    plan = to_modern(link)
    write = link.edit

    def edit_and_more(edit: Edit) -> None:
        write(edit)
        link.extra = [ROUTE]

    link.edit = edit_and_more  # type: ignore[method-assign]  # the preview changes with the settings
    with pytest.raises(StepError, match=r"tunnel2: the preview foresees more than this step: Route dev-0 \(create\)"):
        run(link, plan)
    assert (link.ups, link.settings) == ([], OLD)


@pytest.mark.parametrize("failing", [1, 2])
def test_after_a_failed_step_the_same_command_does_that_step_again_and_goes_on(failing: int) -> None:
    link = FakeLink()
    link.failing = failing
    with pytest.raises(StepError, match=r"the router refused a line\n.*the same command goes on"):
        run(link, to_modern(link))
    assert len(link.ups) == failing
    is_done, _ = run(link, to_modern(link))
    assert is_done
    assert [negotiation(link.deployed, n).profile for n in (1, 2)] == ["modern", "modern"]
    assert (link.settings, len(link.ups)) == ({"profile": "modern"}, 3)


@pytest.mark.parametrize("failing", [1, 2])
def test_after_a_failed_step_the_way_back_begins_with_the_tunnel_that_failed(failing: int) -> None:
    link = FakeLink()
    link.failing = failing
    with pytest.raises(StepError):
        run(link, to_modern(link))
    link.deployed = dict(link.settings)  # as when AWS has changed and the router has not
    is_done, _ = run(link, profile_way_back(link.settings))
    assert is_done
    back = link.ups[failing:]
    assert [sorted(k for k in s if k != "profile") for s in back] == [["tunnel2Profile"], []][2 - failing :]
    assert link.settings == link.deployed == OLD


def test_a_tunnel_that_does_not_come_up_stops_the_change_before_the_other() -> None:
    link = FakeLink()
    plan = to_modern(link)
    up = link.up

    def up_and_down(tell: Tell) -> tuple[Tunnel, ...]:
        up(tell)
        link.down["tunnel2"] = "DOWN"
        return link.tunnels()

    link.up = up_and_down  # type: ignore[method-assign]  # the tunnel changes with the up
    with pytest.raises(StepError, match=r"tunnel2 is DOWN: no proposal\n.*--abort"):
        run(link, plan)
    assert len(link.ups) == 1


def test_where_all_is_done_nothing_is_asked_and_nothing_done() -> None:
    link = FakeLink({"profile": "modern"})
    is_done, said = run(link, to_modern(link), agree=False)
    assert (is_done, link.ups) == (True, [])
    assert "nothing is left to do" in said


@pytest.mark.parametrize("when", ["between the steps", "in the preview of the second"])
def test_an_interruption_lets_the_step_under_way_end_and_begins_no_other(when: str) -> None:
    link = FakeLink()
    interrupted = {
        "between the steps": lambda: bool(link.ups),
        "in the preview of the second": lambda: "tunnel1Profile" in link.settings,
    }
    change = StagedChange(link, to_modern(link), Terminal(io.StringIO(), {}), lambda _: True, interrupted[when])
    with pytest.raises(StepError, match="interrupted before the step of tunnel1"):
        change.run()
    assert link.settings == {"profile": "guide-2015", "tunnel2Profile": "modern"}
    assert len(link.ups) == 1
