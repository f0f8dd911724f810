"""Another ASN of the router: IOS has one BGP process, so ours goes before the other comes, and no other is taken away."""

from copy import deepcopy
from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from cisco.model import Bgp, Intent
from cisco.plan import Command
from tests.unit.little_ios import LittleIos
from tests.unit.planned_links import BGP, VPC, holding, link, planned, router, second_link, texts, tunnel

OFFICE = (IPv4Network("192.168.10.0/24"),)
LINKS = {
    "a default route": link(),
    "a network": link(replace(BGP, advertise=OFFICE)),
    "in a VRF": replace(link(replace(BGP, advertise=OFFICE)), inside_vrf="CUST"),
    "filtered": link(replace(BGP, advertise=OFFICE, accept=(VPC,), maximum_prefix=100)),
}


def branch(release: str = "xe17") -> LittleIos:
    made = router(release=release)
    made.vrfs["CUST"] = "vrf definition"
    return made


def renumbered(intent: Intent, number: int = 65010) -> Intent:
    assert isinstance(intent.routing, Bgp)
    return replace(intent, routing=replace(intent.routing, router_asn=number))


def typed(made: LittleIos, commands: tuple[Command, ...]) -> LittleIos:
    made = deepcopy(made)
    for command in commands:
        made.line(command.text)
    return made


@pytest.mark.parametrize("release", ["ios15", "xe17"])
@pytest.mark.parametrize("case", LINKS)
def test_our_process_goes_before_the_other_comes_and_every_step_can_be_undone(case: str, release: str) -> None:
    before = holding(LINKS[case], branch(release))
    made = planned(before, renumbered(LINKS[case]))

    assert made.collisions == ()
    state = before
    for done, step in enumerate(made.steps, start=1):
        state = undone = typed(state, step.commands)
        for begun in reversed(made.steps[:done]):
            undone = typed(undone, begun.inverse)
        assert undone.show() == before.show()
    assert planned(state, renumbered(LINKS[case])).is_empty
    fresh = holding(renumbered(LINKS[case]), branch(release)).show()
    assert state.show().partition("router bgp")[2] == fresh.partition("router bgp")[2]


def test_other_numbers_of_tunnels_may_come_with_it() -> None:
    before = holding(link(), branch())
    new = renumbered(link(BGP, tunnel(0, number=21), tunnel(1, number=22)))

    made = planned(before, new)
    assert planned(typed(before, made.commands), new).is_empty
    assert typed(typed(before, made.commands), made.inverse).show() == before.show()


@pytest.mark.parametrize(
    "foreign",
    ["neighbor 10.9.9.9 remote-as 65009", "network 10.77.0.0 mask 255.255.0.0", "bgp router-id 10.255.0.1"],
)
def test_a_process_with_anything_of_somebody_elses_stays(foreign: str) -> None:
    before = holding(link(), branch())
    before.type(f"router bgp 65001\n{foreign}\nexit")

    made = planned(before, renumbered(link()))
    assert any("the router runs BGP with AS 65001" in str(collision) for collision in made.collisions)
    assert texts(made) == []


def test_a_process_that_another_link_uses_stays() -> None:
    before = holding(second_link(), holding(link(), branch()))

    made = planned(before, renumbered(link()))
    assert any("the router runs BGP with AS 65001" in str(collision) for collision in made.collisions)
