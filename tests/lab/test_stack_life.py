"""The whole life of a link on a real engine: from nothing to both tunnels UP, and back to nothing."""

from pathlib import Path
from typing import Any

import pytest

from tests.lab.stack_lab import StackLab, name_of, stack_lab

# The guide's link with BGP lives in test_examples.py.
CASES: dict[str, dict[str, Any]] = {
    "static as in the guide": {"release": "ios15", "routing": "static"},
    "bgp with the modern profile": {"release": "xe17", "profile": "modern"},
}
# The router first, then the routes, the connection, the attachment, the network; the gateways when nothing needs them.
ORDERS = (
    ("Command", "Route", "VpnConnection", "VpnGatewayAttachment", "Vpc"),
    ("Command", "Route", "VpnConnection", "VpnGatewayAttachment", "VpnGateway"),
    ("Command", "Route", "VpnConnection", "CustomerGateway"),
)


@pytest.mark.parametrize("case", CASES)
def test_a_link_comes_up_from_nothing_stays_and_goes_without_a_trace(tmp_path: Path, case: str) -> None:
    with stack_lab(tmp_path / "lab", **CASES[case]) as lab:
        before = lab.router.running_config()
        lab.up()
        learns = (
            CASES[case].get("routing") != "static"
        )  # the program's defaults announce a default route, and propagate it
        assert ("route tables learn a default route to the router" in "".join(lab.said)) is learns
        assert_both_ends_say_up(lab)
        foreseen, said = lab.preview()
        assert foreseen == {}, "a preview after the up foresees a change"
        assert "learn a default route" not in said, "what is known is said again"
        sessions = lab.sessions()
        assert lab.up() == {}, "an up after the up changed something"
        assert lab.sessions() == sessions + 1, "the router is compared and seen UP in one session"
        lab.destroy()
        assert lab.router.running_config() == before
        assert lab.router.startup_config() == before
        assert lab.aws.inventory() == ()
        assert_deleted_in_order(lab)


def test_what_a_preview_has_planned_is_what_the_up_does(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    with stack_lab(tmp_path / "lab") as lab:
        networks = ["192.168.10.0/24", "192.168.30.0/24"]
        for change in ({}, {"tunnel2Profile": "modern", "tunnel1KeySerial": 2, "onpremCidrs": networks}):
            lab.set(**change)
            foreseen, _ = lab.preview(plan)
            assert lab.up(plan) == foreseen
            assert_both_ends_say_up(lab)


def assert_both_ends_say_up(lab: StackLab) -> None:
    tunnels = lab.tunnels()
    assert [t["name"] for t in tunnels] == ["tunnel1", "tunnel2"]
    assert [t["inside_cidr"] for t in tunnels] == ["169.254.255.0/30", "169.254.255.4/30"]
    assert {(t["state"], t["aws_state"], t["router_state"], t["reason"]) for t in tunnels} == {("UP", "UP", "UP", "")}
    assert {t["bgp_state"] or t["sla_state"] for t in tunnels} <= {"Established", "up"}
    assert tunnels[0]["aws_outside"] != tunnels[1]["aws_outside"]


def assert_deleted_in_order(lab: StackLab) -> None:
    deleted = [
        event.res_outputs_event.metadata.type.rpartition(":")[2]
        for event in lab.events
        if event.res_outputs_event and name_of(event.res_outputs_event.metadata.op) == "delete"
    ]
    # Both keys are commands too, and go last: the router's is the first.
    for order in ORDERS:
        places = [deleted.index(kind) for kind in order]
        assert places == sorted(places), f"deleted in the order {deleted}"
