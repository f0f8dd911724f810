"""Plans against the simulated router, whose own display and references were written without a look at the diff."""

import difflib
from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from cisco.diff import plan, removal
from cisco.model import Bgp, Encryption, IkeVersion, Integrity, Intent, Phase1, Phase2, Static
from cisco.plan import Command, Owned
from cisco.render import render
from lab.router.clock import FakeClock
from lab.router.console import Console
from lab.router.default_config import default_running_config
from lab.router.release import RELEASES
from lab.router.state import RouterState
from tests.unit.planned_links import BGP, ID, MODERN, STATIC, tunnel
from tests.unit.planned_links import link as planned_link

# Group 14 where the guide has 2: recent releases refuse that.
GUIDE = Phase1(IkeVersion.V1, Encryption.AES128, Integrity.SHA1, 14), Phase2(Encryption.AES128, Integrity.SHA1, 14)
# What IOS says of a line that it takes.
HARMLESS = (
    "Not all config may be removed",
    "address(es) removed due to",
    "MUST have",
    "MUST either have",
    "deemed incomplete",
    "without gateway",
)


def link(routing: Bgp | Static, profile: tuple[Phase1, Phase2] = GUIDE, numbers: tuple[int, int] = (1, 2)) -> Intent:
    return planned_link(routing, tunnel(0, profile, number=numbers[0]), tunnel(1, profile, number=numbers[1]))


LINKS = {
    "bgp": link(BGP),
    "static": link(STATIC),
    "modern": link(BGP, MODERN),
    "modern static": link(STATIC, MODERN),
    "prefixes": link(replace(BGP, advertise=(IPv4Network("192.168.10.0/24"), IPv4Network("10.0.0.0/8")))),
    "renumbered": link(STATIC, numbers=(11, 12)),
    "swapped": link(BGP, numbers=(2, 1)),
}
CHANGES = [*zip(LINKS, [*list(LINKS)[1:], "bgp"], strict=True), ("bgp", "modern"), ("bgp", "swapped")]


def send(router: RouterState, commands: tuple[Command, ...]) -> None:
    console = Console(router)
    console.send("configure terminal")
    for command in commands:
        said = console.send(command.text).strip()
        assert not said or any(word in said for word in HARMLESS), (command, said)
    console.send("end")


def require_same(was: str, now: str) -> None:
    assert now == was, "\n".join(difflib.unified_diff(was.splitlines(), now.splitlines(), lineterm=""))


def require_every_way_leads_back(router: RouterState, old: Intent, new: Intent) -> None:
    """Plan and enter a link, a change of it and its removal, and then the inverse of each."""
    bare = router.running_config()
    made = plan(bare, render(old))
    send(router, made.commands)
    before = router.running_config()
    assert plan(before, render(old)).is_empty

    change = plan(before, render(new), owned=made.owned)
    assert change.collisions == ()
    send(router, change.commands)
    after = router.running_config()
    assert plan(after, render(new)).is_empty

    gone = removal(after, Owned(connection_id=ID))
    send(router, gone.commands)
    require_same(bare, router.running_config())
    for inverse, state in ((gone.inverse, after), (change.inverse, before), (made.inverse, bare)):
        send(router, inverse)
        require_same(state, router.running_config())


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_a_link_comes_changes_goes_and_every_way_leads_back(release: str, old: str, new: str) -> None:
    played = RELEASES[release]
    if played.name == "ios12" and any("modern" in name for name in (old, new)):
        old, new = "bgp", "static"  # IOS 12.4 has no IKEv2
    router = RouterState(default_running_config(played, "admin"), played, FakeClock())
    require_every_way_leads_back(router, LINKS[old], LINKS[new])
