"""What a change costs before it is made: the connection anew, both tunnels, one, or nothing."""

from typing import Any

import pulumi
import pytest

from components._addresses import inside_pairs
from components._impact import (
    COSTS,
    Cost,
    changed_at_aws,
    immovable,
    impact,
    last_tunnel,
    left_at_aws,
    left_on,
    taken_down,
    warning,
    wrong_way_round,
)
from components._profiles import algorithms, not_a_key_of_aws, not_permitted
from components._states import Telemetry, tunnel_ends
from components.connection import both_tunnels
from components.hooks import hook
from components.impact import ImpactGuard, costly
from tests.unit.recorded import Recorder, program, start

ARGS: dict[str, Any] = {
    "public_ip": "203.0.113.100",
    "bgp_asn": 65001,
    "device_name": "office",
    "inside_cidrs": ["169.254.255.0/30", "169.254.255.4/30"],
    "vpn_gateway_id": "vgw-1",
    "router": {"host": "192.0.2.10"},
}


def cost(change: dict[str, Any], *, was_static: bool = False, is_static: bool = False) -> Any:
    """Return what it costs to go from ARGS to ARGS with a change."""
    old = costly(ARGS, both_tunnels(args(ARGS)), is_static=was_static)
    after = {**ARGS, **change}
    return impact(old, costly(after, both_tunnels(args(after)), is_static=is_static))


def args(values: dict[str, Any]) -> Any:
    return values


CASES: list[tuple[dict[str, Any], Cost, tuple[str, ...]]] = [
    ({}, Cost.NOTHING, ()),
    ({"tags": {"a": "b"}, "propagate_routes": False, "alarm_topic_arn": "arn:x"}, Cost.NOTHING, ()),
    ({"tunnel1_key_serial": 2}, Cost.TUNNEL1, ("tunnel1_key_serial",)),
    ({"tunnel2_key_serial": 2}, Cost.TUNNEL2, ("tunnel2_key_serial",)),
    (
        {"tunnel1_key_serial": 2, "tunnel2_key_serial": 2},
        Cost.BOTH_TUNNELS,
        ("tunnel1_key_serial", "tunnel2_key_serial"),
    ),
    ({"profile": "guide-2015"}, Cost.BOTH_TUNNELS, ("tunnel1", "tunnel2")),
    ({"tunnel2_profile": "guide-2015"}, Cost.TUNNEL2, ("tunnel2",)),
    ({"tunnel1_overrides": {"phase2_lifetime_seconds": 1800}}, Cost.TUNNEL1, ("tunnel1",)),
    ({"profile_overrides": {"dpd_timeout_action": "restart"}}, Cost.BOTH_TUNNELS, ("tunnel1", "tunnel2")),
    ({"profile": "modern"}, Cost.NOTHING, ()),
    ({"inside_cidrs": ["169.254.10.0/30", "169.254.255.4/30"]}, Cost.TUNNEL1, ("inside_cidrs[0]",)),
    (
        {"inside_cidrs": ["169.254.10.0/30", "169.254.11.0/30"]},
        Cost.BOTH_TUNNELS,
        ("inside_cidrs[0]", "inside_cidrs[1]"),
    ),
    ({"tunnel_bandwidth": "large", "tunnel1_key_serial": 2}, Cost.REPLACEMENT, ("tunnel_bandwidth",)),
    ({"enable_acceleration": True}, Cost.REPLACEMENT, ("enable_acceleration",)),
    ({"device_name": "headquarters"}, Cost.BOTH_TUNNELS, ("device_name",)),
    ({"device_name": None}, Cost.NOTHING, ()),
    ({"router": {"host": "192.0.2.11", "tunnel_numbers": [1, 2], "behind_nat": False}}, Cost.NOTHING, ()),
    ({"router": {"tunnel_numbers": [11, 12]}}, Cost.ONE_BY_ONE, ("tunnel_numbers",)),
    ({"router": {"wan_interface": "GigabitEthernet2"}}, Cost.ONE_BY_ONE, ("wan_interface",)),
    ({"router": {"inside_vrf": "CUST"}, "bgp_asn": 65002}, Cost.BOTH_TUNNELS, ("bgp_asn",)),
    (
        {"router": {"inside_vrf": "CUST"}, "tunnel2_key_serial": 2},
        Cost.BOTH_TUNNELS,
        ("tunnel2_key_serial", "inside_vrf"),
    ),
    ({"public_ip": "203.0.113.7"}, Cost.BOTH_TUNNELS, ("public_ip",)),
    ({"bgp_asn": 65002}, Cost.BOTH_TUNNELS, ("bgp_asn",)),
    ({"vpn_gateway_id": None, "transit_gateway_id": "tgw-1"}, Cost.BOTH_TUNNELS, ("vpn_gateway_id", "transit_gateway_id")),
    ({"log_retention_days": 30}, Cost.BOTH_TUNNELS, ("logs",)),
    ({"import_ids": {"vpn_connection": "vpn-1"}}, Cost.BOTH_TUNNELS, ("import_ids",)),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected", "because"), CASES)
def test_a_change_costs_what_aws_and_the_provider_do_for_it(
    change: dict[str, Any], expected: Cost, because: tuple[str, ...]
) -> None:
    found = cost(change)
    assert (found.cost, found.because) == (expected, because)


def test_to_write_out_what_is_meant_anyway_is_no_change() -> None:
    plain = {"public_ip": "203.0.113.100", "vpc_id": "vpc-1", "log_retention_days": 30}
    written = {
        **plain,
        "inside_cidrs": ["169.254.255.0/30", "169.254.255.4/30"],
        "enable_acceleration": False,
        "tunnel_bandwidth": "standard",
        "amazon_side_asn": 64512,
        "bgp_asn": 65000,
        "tunnel1_key_serial": 1,
        "tunnel2_key_serial": 1,
        "log_format": "json",
        "log_bgp": True,
    }
    short, long = (costly(a, both_tunnels(args(a)), is_static=False) for a in (plain, written))
    assert impact(short, long).because == impact(long, short).because == ()


def test_a_vpc_comes_and_goes_by_a_transit_gateway_without_the_connection() -> None:
    gateway = {**ARGS, "vpn_gateway_id": None, "transit_gateway_id": "tgw-1"}
    before, after = ({**gateway, "vpc_cidr": f"10.{n}.0.0/16"} for n in (0, 1))
    inputs = [costly(a, both_tunnels(args(ARGS)), is_static=False) for a in (before, after)]
    assert impact(*inputs).cost is Cost.NOTHING


def test_another_routing_makes_the_connection_anew() -> None:
    assert cost({}, is_static=True).cost is Cost.REPLACEMENT


def test_the_order_of_an_imported_connections_tunnels_is_no_matter_to_aws() -> None:
    imported = {"routing": "bgp", "import_ids": {"vpn_connection": "vpn-1"}}
    old, new = ({**imported, "inside_cidrs": cidrs} for cidrs in (["a", "b"], ["b", "a"]))
    assert impact(old, new).cost is Cost.NOTHING
    assert impact(old, {**new, "import_ids": None}).cost is Cost.BOTH_TUNNELS


@pytest.mark.parametrize(
    ("inside", "is_refused"),
    [
        (("169.254.255.1", "169.254.255.5"), False),
        (("169.254.255.5", "169.254.255.1"), True),
        (("169.254.40.1", "169.254.255.1"), True),
        (("169.254.255.5", "169.254.40.1"), True),
        (("169.254.40.1", "169.254.255.5"), False),
        (("169.254.40.1", "169.254.41.1"), False),
    ],
)
def test_no_tunnel_gets_the_network_that_the_other_has(inside: tuple[str, str], is_refused: bool) -> None:
    for is_asked_for, words in (
        (True, "inside_cidrs gives a tunnel 169.254.255."),
        (False, "the stack's state has the two tunnels"),
    ):
        found = wrong_way_round(PAIRS, inside, is_asked_for=is_asked_for)
        assert (found or "").startswith(words) is is_refused


def test_how_long_logs_are_kept_is_no_matter_of_the_tunnels() -> None:
    old, new = ({"logs": {"log_bgp": True}, "routing": "bgp"} for _ in range(2))
    assert impact(old, new).cost is Cost.NOTHING
    kept = [
        costly({**ARGS, "log_retention_days": days}, both_tunnels(args(ARGS)), is_static=False) for days in (30, 60)
    ]
    assert impact(*kept).cost is Cost.NOTHING


def test_the_line_names_the_tunnel_that_carries_and_the_arguments() -> None:
    assert warning(cost({"tunnel2_key_serial": 2})) == (
        "this change takes tunnel 2 down for some minutes, while tunnel 1 has to carry (tunnel2_key_serial)"
    )
    assert warning(cost({})) == "this change takes no tunnel down"


@pytest.mark.parametrize(
    ("change", "can"),
    [({"profile": "guide-2015"}, True), ({"public_ip": "203.0.113.7"}, False), ({"tunnel2_profile": "guide-2015"}, False),
     ({"tunnel_bandwidth": "large"}, False), ({"router": {"tunnel_numbers": [11, 12]}}, False)],
)  # fmt: skip
def test_two_ups_are_proposed_where_they_spare_a_tunnel(change: dict[str, Any], can: bool) -> None:
    assert ("two ups" in warning(cost(change))) is can


def test_a_state_from_before_the_router_was_compared_says_nothing_of_it() -> None:
    new = costly({**ARGS, "router": {"wan_interface": "Gi1"}}, both_tunnels(args(ARGS)), is_static=False)
    assert impact({name: value for name, value in new.items() if name != "router"}, new).cost is Cost.NOTHING


def test_a_key_is_never_in_the_line() -> None:
    old: dict[str, object] = {"tunnel1_preshared_key": "a.made.up.key.1"}
    assert "made.up" not in warning(impact(old, {"tunnel1_preshared_key": "a.made.up.key.2"}))
    assert COSTS["tunnel1_preshared_key"] is Cost.TUNNEL1


ENDS = tunnel_ends(
    inside_pairs(("169.254.255.0/30", "169.254.255.4/30")),
    [("169.254.255.5", "198.51.100.2", None), ("169.254.255.1", "198.51.100.1", None)],
)
UP, DOWN = Telemetry("UP", "1 BGP ROUTES", 1), Telemetry("DOWN", "IPSEC IS DOWN", 0)


@pytest.mark.parametrize(
    ("one", "two", "number", "is_last"),
    [(DOWN, UP, 2, True), (UP, DOWN, 1, True), (UP, UP, 2, False), (DOWN, UP, 1, False), (DOWN, DOWN, 2, False)],
)
def test_the_only_tunnel_that_is_up_is_known_before_it_is_taken_down(
    one: Telemetry, two: Telemetry, number: int, is_last: bool
) -> None:
    said = last_tunnel(number, ENDS, {"198.51.100.1": one, "198.51.100.2": two})
    assert (said is not None) is is_last
    if number == 2 and said is not None:
        assert said == (
            "tunnel 2 is the only one that is UP, and this change takes it down: of tunnel1 (198.51.100.1) "
            "AWS says DOWN (IPSEC IS DOWN)"
        )


def test_a_tunnel_of_which_aws_says_nothing_stops_no_change() -> None:
    assert last_tunnel(2, ENDS, {"198.51.100.2": UP}) is None
    assert last_tunnel(2, ENDS, {}) is None


@pytest.mark.parametrize(
    ("new", "tunnels"),
    [
        ({"tags": {"Name": "b"}}, set()),
        ({"tunnel2PresharedKey": None}, {2}),  # not known yet, in a preview
        ({"tunnel1Phase2LifetimeSeconds": 1800, "tags": {}}, {1}),
        ({"tunnel1PresharedKey": "c", "tunnel2PresharedKey": "d"}, {1, 2}),
        ({"customerGatewayId": "cgw-2"}, {1, 2}),
    ],
)
def test_which_tunnels_aws_takes_down_is_told_by_the_connection_s_inputs(
    new: dict[str, Any], tunnels: set[int]
) -> None:
    old = {"customerGatewayId": "cgw-1", "tunnel1PresharedKey": "a", "tunnel2PresharedKey": "b", "tags": {"Name": "a"}}
    assert changed_at_aws(old, {**old, **new}) == tunnels


@pytest.mark.parametrize(
    ("was", "will", "has_table", "words"),
    [
        ({"vpnGatewayId": "vgw-1"}, {"transitGatewayId": "tgw-1"}, False, None),
        ({"vpnGatewayId": "vgw-1", "staticRoutesOnly": True}, {"vpnGatewayId": "vgw-2"}, False, None),
        ({"vpnGatewayId": "vgw-1", "staticRoutesOnly": True}, {"transitGatewayId": "tgw-1"}, False, "static routes"),
        ({"transitGatewayId": "tgw-1"}, {"transitGatewayId": "tgw-2"}, False, None),
        ({"transitGatewayId": "tgw-1"}, {"transitGatewayId": "tgw-1"}, True, None),
        ({"transitGatewayId": "tgw-1"}, {"transitGatewayId": None}, True, None),
        ({"transitGatewayId": "tgw-1"}, {"transitGatewayId": "tgw-2"}, True, "out of the table"),
        ({"transitGatewayId": "tgw-1"}, {"vpnGatewayId": "vgw-1"}, True, "out of the table"),
    ],
)
def test_a_connection_is_not_moved_where_what_it_leaves_stands_in_the_way(
    was: dict[str, object], will: dict[str, object], has_table: bool, words: str | None
) -> None:
    why = immovable(was, will, has_table=has_table)
    assert why is None if words is None else words in str(why)


PAIRS = inside_pairs(("169.254.255.0/30", "169.254.255.4/30"))


@program
async def test_a_change_that_the_provider_would_send_to_the_wrong_tunnel_or_that_aws_refuses_is_refused() -> None:
    start(Recorder(), preview=True)
    component = pulumi.ComponentResource("test:index:Vpn", "tokyo")

    async def is_made() -> bool:
        return True

    hooks = ImpactGuard("tokyo").on_connection(component, PAIRS, is_made).hooks
    assert hooks is not None
    (look,) = hooks.before_update or []
    assert isinstance(look, pulumi.ResourceHook)
    callback: Any = look.callback

    async def change(first: str, second: str, old: Any = None, **new: object) -> None:
        old = old or {"tunnel1PresharedKey": "a", "tunnel2PresharedKey": "b"}
        outputs = {"tunnel1VgwInsideAddress": first, "tunnel2VgwInsideAddress": second}
        args = {"urn": "u", "id": "vpn-1", "name": "tokyo", "type": "t", "old_inputs": old, "old_outputs": outputs}
        await callback(pulumi.ResourceHookArgs(**args, new_inputs={**old, **new}))

    gateway = {"vpnGatewayId": "vgw-1", "staticRoutesOnly": True}
    with pytest.raises(pulumi.RunError, match=r"tokyo: AWS moves .*; make .*: pulumi up --replace 'u'"):
        await change("169.254.255.1", "169.254.255.5", old=gateway, transitGatewayId="tgw-1")
    both = {"tunnel1PresharedKey": "c", "tunnel2PresharedKey": "d"}
    await change("169.254.255.1", "169.254.255.5", **both)
    await change("169.254.255.5", "169.254.255.1", tags={"a": "b"})
    with pytest.raises(pulumi.RunError, match=r"tokyo: the stack's state has the two tunnels the wrong way round"):
        await change("169.254.255.5", "169.254.255.1", **both)


@program
async def test_two_components_of_one_name_have_hooks_of_their_own() -> None:
    start(Recorder())

    async def tell(_change: pulumi.ResourceHookArgs) -> None: ...

    assert hook("cost", "tokyo", tell).name != hook("cost", "tokyo", tell).name


def test_a_router_that_is_changed_without_the_connection_is_told_of() -> None:
    wanted = algorithms(both_tunnels(args({"profile": "guide-2015"})))
    assert not_permitted(wanted, wanted) is None
    assert not_permitted(wanted, {name: [*value, "another"] for name, value in wanted.items()}) is None
    assert not_permitted(wanted, {"tunnel2_ike_versions": []}) is None, "none at AWS permits all"
    said = not_permitted(wanted, {**wanted, "tunnel2_phase2_dh_group_numbers": [14]}) or ""
    assert said.startswith("the router is to get tunnel2_phase2_dh_group_numbers [2] where AWS has [14]")
    assert not_a_key_of_aws(["key.one", "key.two"], ["key.two", "key.one"]) is None, "AWS's order is its own"
    assert not_a_key_of_aws(["key.one", "key.two"], [None, None]) is None, "of a unit test's mocks nothing is known"
    said = not_a_key_of_aws(["key.one", "key.two"], ["key.one", "key.old"]) or ""
    assert said.startswith("the router is to get a pre-shared key that AWS has not, which takes that tunnel down")
    assert "key.two" not in said


def test_only_what_no_argument_has_told_is_told_of_the_connection() -> None:
    assert [sorted(taken_down(cost)) for cost in Cost] == [[], [], [1], [2], [1, 2], [1, 2]]


def test_what_an_up_that_failed_has_left_is_told_by_the_next() -> None:
    assert warning(left_at_aws(frozenset({2}))) == (
        "this change takes tunnel 2 down for some minutes, while tunnel 1 has to carry (left from the last up, changed at AWS since, or by a transform)"
    )
    assert left_at_aws(frozenset({1, 2})).cost is Cost.BOTH_TUNNELS


def test_logs_that_are_taken_out_take_no_tunnel_down_and_are_said_to_go_on() -> None:
    logging = {**ARGS, "log_retention_days": 30}
    old, new = (costly(a, both_tunnels(args(a)), is_static=False) for a in (logging, ARGS))
    assert impact(old, new).cost is Cost.NOTHING
    assert "AWS goes on logging" in str(left_on(old, new))
    assert left_on(new, old) is left_on(old, old) is None
    assert changed_at_aws({"tunnel1LogOptions": {"a": 1}, "tags": {}}, {"tags": {"a": "b"}}) == frozenset()
    assert changed_at_aws({}, {"tunnel1LogOptions": {"a": 1}}) == frozenset((1,))
