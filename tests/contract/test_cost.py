"""What a component says that a change costs is what a rollout counts, which only sees the preview's steps."""

from typing import Any

import pytest

from components import VpnLink
from components._impact import COSTS, Cost, flat, impact
from components.connection import both_tunnels
from components.impact import costly
from lab.providers.aws.difference import changes
from lab.providers.aws.rows import ROWS
from rollout.cost import BOTH, NEITHER, Change, cost
from tests.unit.recorded import Made, Recorder, program, start
from tests.unit.test_components_link import LINK, ROUTER, answers

KEYS = {"tunnel1_preshared_key": "a.made.up.key.1", "tunnel2_preshared_key": "a.made.up.key.2"}
DOWN = {
    Cost.NOTHING: NEITHER,
    Cost.ONE_BY_ONE: NEITHER,
    Cost.TUNNEL1: {1},
    Cost.TUNNEL2: {2},
    Cost.BOTH_TUNNELS: BOTH,
    Cost.REPLACEMENT: BOTH,
}
EXISTING: dict[str, Any] = {"vpc_cidr": None, "subnet_cidrs": None, "vpc_id": "vpc-1"}
TRANSIT = EXISTING | {"transit_gateway_id": "tgw-1"}

# What is changed, from what it was where that is not the guide's link; together they change every argument of `COSTS`.
CASES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"tunnel1_key_serial": 2}, {}),
    ({"tunnel2_key_serial": 2}, {}),
    ({"tunnel1_preshared_key": "another.made.up.1"}, KEYS),
    ({"tunnel2_preshared_key": "another.made.up.2"}, KEYS),
    ({"tunnel1_overrides": {"phase2_lifetime_seconds": 1800}}, {}),
    ({"tunnel2_profile": "guide-2015"}, {}),
    ({"profile": "guide-2015"}, {}),
    ({"log_retention_days": 30}, {}),
    ({"log_retention_days": 60}, {"log_retention_days": 30}),
    ({"log_bgp": False}, {"log_retention_days": 30}),
    ({"inside_cidrs": ["169.254.255.4/30", "169.254.255.0/30"]}, {}),
    ({"routing": "static"}, {}),
    ({"tunnel_bandwidth": "large"}, TRANSIT),
    ({"enable_acceleration": True}, TRANSIT | {"router": ROUTER | {"behind_nat": True, "wan_interface": "Gi1"}}),
    ({"transit_gateway_id": "tgw-2"}, TRANSIT),
    ({"vpn_gateway_id": "vgw-2"}, EXISTING | {"vpn_gateway_id": "vgw-1"}),
    ({"amazon_side_asn": 64513}, {}),
    ({"customer_gateway_id": "cgw-2"}, {"customer_gateway_id": "cgw-1", "public_ip": None, "bgp_asn": None}),
    ({"public_ip": "203.0.113.7"}, {}),
    ({"bgp_asn": 65002}, {}),
    ({"device_name": "headquarters"}, {}),
    ({"vpc_cidr": "10.1.0.0/16", "subnet_cidrs": ["10.1.0.0/24"]}, {}),
    ({"vpc_id": "vpc-2"}, EXISTING),
    ({"tags": {"a": "b"}}, {}),
    ({"subnet_cidrs": ["10.0.0.0/24", "10.0.1.0/24"]}, {}),
    ({"onprem_cidrs": ["192.168.10.0/24", "192.168.11.0/24"], "gateway_routes": True}, {}),
    ({"onprem_cidrs": ["192.168.11.0/24"]}, {"routing": "static"}),
    ({"router": ROUTER | {"tunnel_numbers": [11, 12]}}, {}),
    ({"router": ROUTER | {"wan_interface": "Gi1", "behind_nat": True, "local_address": "192.0.2.9"}}, {}),
    ({"router": ROUTER | {"front_door_vrf": "INET", "inside_vrf": "CUST"}}, {}),
    ({"propagate_routes": False}, {}),
    ({"alarm_topic_arn": "arn:aws:sns:ap-northeast-1:123456789012:vpn"}, {}),
]


@pytest.mark.parametrize(("change", "base"), CASES, ids=lambda value: ",".join(value) or "-")
def test_what_the_component_says_is_what_the_rollout_counts(change: dict[str, Any], base: dict[str, Any]) -> None:
    before = given({**LINK, **base})
    after = given({**before, **change})
    said = impact(inputs(before), inputs(after))
    assert cost(steps(made(before), made(after))) == DOWN[said.cost], said


def test_every_argument_that_costs_something_is_changed() -> None:
    found = set()
    for change, base in CASES:
        before = given({**LINK, **base})
        after = given({**before, **change})
        old, new = flat(inputs(before)), flat(inputs(after))
        found |= {name for name in COSTS if old.get(name) != new.get(name)}
    # What AWS has of an imported connection is in no input of the program, so that these cannot be compared.
    assert COSTS.keys() - found == {"import_ids"}


def given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def inputs(args: Any) -> dict[str, Any]:
    known = costly(args, both_tunnels(args), is_static=args.get("routing") == "static")
    return known | {name: args[name] for name in KEYS if name in args}


def made(args: Any) -> dict[tuple[str, str], Made]:
    """Return what the program registers for a link."""
    recorder = start(Recorder(answers=answers()))

    @program
    async def run() -> None:
        await VpnLink("tokyo", args).tunnels.future()

    run()
    return {(found.kind, found.name): found for found in recorder.made}


def steps(old: dict[tuple[str, str], Made], new: dict[tuple[str, str], Made]) -> list[Change]:
    """Return what a preview would foresee, by the provider's rules as the lab has them."""
    found = [Change("create", *key) for key in new.keys() - old.keys()]
    found += [Change("delete", *key) for key in old.keys() - new.keys()]
    for key in new.keys() & old.keys():
        step = step_of(key, old[key].inputs, new[key].inputs)
        found += [step] if step else []
    return found


def step_of(key: tuple[str, str], old: dict[str, Any], new: dict[str, Any]) -> Change | None:
    row = ROWS.get(key[0])
    if row is None:
        fields = tuple(name for name in old | new if old.get(name) != new.get(name))
        return Change("update", *key, fields) if fields else None
    differing = changes(row, old, old, new)
    if not differing:
        return None
    operation = "replace" if any(change.replaces for change in differing.values()) else "update"
    return Change(operation, *key, tuple(differing))
