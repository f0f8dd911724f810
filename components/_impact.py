"""What a change costs before it is made: the connection anew, both tunnels down, one tunnel, or nothing.

AWS's own behaviour, as its API and the provider have it: docs/operations.md, "What a change costs".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from ._addresses import GUIDE_INSIDE_CIDRS, InsidePair
from ._asn import DEFAULT_AWS_ASN, DEFAULT_ROUTER_ASN
from ._states import UP, Telemetry, TunnelEnds


class Cost(IntEnum):
    """How much is down while a change is made, the worst last."""

    NOTHING = 0
    ONE_BY_ONE = 1
    TUNNEL1 = 2
    TUNNEL2 = 3
    BOTH_TUNNELS = 4
    REPLACEMENT = 5


# Of the router's own arguments those that IOS makes a tunnel anew for, and what they are where they are not given. The agent
# changes the second tunnel once the first is UP again.
ROUTER_DEFAULTS: Mapping[str, object] = {
    "tunnel_numbers": (1, 2),
    "wan_interface": None,
    "local_address": None,
    "behind_nat": False,
    "front_door_vrf": None,
    "inside_vrf": None,
}
# Argument -> what its change costs. What is not here costs nothing: routes, tags, alarms, how the router is reached.
COSTS: Mapping[str, Cost] = {
    # The provider makes the connection anew: other outside addresses, and the router is configured anew too.
    "routing": Cost.REPLACEMENT,
    "enable_acceleration": Cost.REPLACEMENT,
    "tunnel_bandwidth": Cost.REPLACEMENT,
    # ModifyVpnConnection moves the connection, with both tunnels. A customer gateway's own fields make another gateway.
    "vpn_gateway_id": Cost.BOTH_TUNNELS,
    "transit_gateway_id": Cost.BOTH_TUNNELS,
    "amazon_side_asn": Cost.BOTH_TUNNELS,
    "customer_gateway_id": Cost.BOTH_TUNNELS,
    "public_ip": Cost.BOTH_TUNNELS,
    "bgp_asn": Cost.BOTH_TUNNELS,
    "device_name": Cost.BOTH_TUNNELS,
    # The gateway is taken off the one VPC and attached to the other.
    "vpc_cidr": Cost.BOTH_TUNNELS,
    "vpc_id": Cost.BOTH_TUNNELS,
    # ModifyVpnTunnelOptions: one tunnel per call, and that one is down for some minutes.
    "tunnel1": Cost.TUNNEL1,
    "tunnel2": Cost.TUNNEL2,
    "tunnel1_key_serial": Cost.TUNNEL1,
    "tunnel2_key_serial": Cost.TUNNEL2,
    "tunnel1_preshared_key": Cost.TUNNEL1,
    "tunnel2_preshared_key": Cost.TUNNEL2,
    "inside_cidrs[0]": Cost.TUNNEL1,
    "inside_cidrs[1]": Cost.TUNNEL2,
    "logs": Cost.BOTH_TUNNELS,
    # What was left as it is by an import is set from then on.
    "import_ids": Cost.BOTH_TUNNELS,
    **dict.fromkeys(ROUTER_DEFAULTS, Cost.ONE_BY_ONE),
}
# What is meant where it is not given: to write it out is no change.
_MEANT: Mapping[str, object] = {
    "enable_acceleration": False,
    "tunnel_bandwidth": "standard",
    "amazon_side_asn": DEFAULT_AWS_ASN,
    "bgp_asn": DEFAULT_ROUTER_ASN,
    "tunnel1_key_serial": 1,
    "tunnel2_key_serial": 1,
}
# Where it is not given any more, it stays as it is.
_KEPT = ("device_name", "logs")


@dataclass(frozen=True, slots=True)
class Impact:
    """A change's cost, and the arguments that cause it."""

    cost: Cost
    because: tuple[str, ...]

    def __str__(self) -> str:
        return _SENTENCES[self.cost].format(because=", ".join(self.because))


_SENTENCES: Mapping[Cost, str] = {
    Cost.NOTHING: "this change takes no tunnel down",
    Cost.ONE_BY_ONE: "this change takes each tunnel down for a moment on the router; where both are UP, the second once the first is UP again "
    "({because})",
    Cost.TUNNEL1: "this change takes tunnel 1 down for some minutes, while tunnel 2 has to carry ({because})",
    Cost.TUNNEL2: "this change takes tunnel 2 down for some minutes, while tunnel 1 has to carry ({because})",
    Cost.BOTH_TUNNELS: "this change takes both tunnels down for some minutes ({because})",
    Cost.REPLACEMENT: "this change makes the VPN connection anew: both tunnels are down until it is there and the router "
    "is configured, and AWS's addresses change ({because})",
}
STAGED = "; one at a time is two ups: first the changes of tunnel 2, then those of tunnel 1"


def impact(old: Mapping[str, object], new: Mapping[str, object]) -> Impact:
    """Return what the change from the old arguments to the new costs.

    Args:
        old: The arguments of the last up, under the names of `COSTS`.
        new: Those of this one.
    """
    before, after = flat(old), flat(new)
    if "router" not in old:  # the stack's state may be older than this comparison
        before |= {name: after.get(name) for name in ROUTER_DEFAULTS}
    changed = [name for name in COSTS if before.get(name) != after.get(name)]
    changed = [name for name in changed if name not in _KEPT or name in new]
    if _is_imported(old) and _is_imported(new):
        changed = [name for name in changed if not name.startswith("inside_cidrs")]  # what AWS has is left as it is
    by_cost = {cost: tuple(name for name in changed if COSTS[name] is cost) for cost in Cost}
    for cost in (Cost.REPLACEMENT, Cost.BOTH_TUNNELS):
        if by_cost[cost]:
            return Impact(cost, by_cost[cost])
    one, two, each = by_cost[Cost.TUNNEL1], by_cost[Cost.TUNNEL2], by_cost[Cost.ONE_BY_ONE]
    if (one and two) or ((one or two) and each):
        # The provider changes them one after the other, without waiting until the first is UP again.
        return Impact(Cost.BOTH_TUNNELS, one + two + each)
    if one or two:
        return Impact(Cost.TUNNEL1 if one else Cost.TUNNEL2, one or two)
    return Impact(Cost.ONE_BY_ONE, each) if each else Impact(Cost.NOTHING, ())


def left_on(old: Mapping[str, object], new: Mapping[str, object]) -> str | None:
    """Say what goes on at AWS, although it is asked for no more."""
    if "logs" not in old or "logs" in new:
        return None
    return (
        "AWS goes on logging, although the logs' arguments are gone: its provider leaves what it is not told "
        "(docs: docs/options.md#logs-and-alarms says how to end it)"
    )


def _is_imported(inputs: Mapping[str, object]) -> bool:
    imports = inputs.get("import_ids")
    return isinstance(imports, Mapping) and bool(imports.get("vpn_connection"))


def flat(inputs: Mapping[str, object]) -> dict[str, object]:
    """Return the inputs with the router's, each tunnel's inside CIDR, and what is meant without them; lists as tuples."""
    router = inputs.get("router")
    both = {**_MEANT, **inputs, **(router if isinstance(router, Mapping) else {})}
    both |= {f"inside_cidrs[{n}]": cidr for n, cidr in enumerate(_inside_cidrs(inputs))}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in both.items()}


def _inside_cidrs(inputs: Mapping[str, object]) -> Sequence[object]:
    given = inputs.get("inside_cidrs")
    return given if isinstance(given, (list, tuple)) else GUIDE_INSIDE_CIDRS


def warning(found: Impact) -> str:
    """Return the line for whoever reads the preview; where two steps would spare a tunnel, it says so."""
    can_be_staged = all(COSTS.get(name) in (Cost.TUNNEL1, Cost.TUNNEL2) for name in found.because)
    is_both = found.cost is Cost.BOTH_TUNNELS and can_be_staged
    return f"{found}{STAGED if is_both else ''}"


# What moves a connection, with both tunnels, where the provider changes it in place.
_MOVES = ("customerGatewayId", "vpnGatewayId", "transitGatewayId")
_LOGS = ("tunnel1LogOptions", "tunnel2LogOptions")
_BOTH = frozenset((1, 2))
# The least cost that stands for it first.
_TAKEN_DOWN = {
    Cost.TUNNEL1: frozenset((1,)),
    Cost.TUNNEL2: frozenset((2,)),
    Cost.BOTH_TUNNELS: _BOTH,
    Cost.REPLACEMENT: _BOTH,
}


def changed_at_aws(old: Mapping[str, object], new: Mapping[str, object]) -> frozenset[int]:
    """Return which tunnels AWS takes down for an update of the connection, from the provider's inputs."""
    changed = {name for name in {*old, *new} if old.get(name) != new.get(name)}
    changed -= {name for name in _LOGS if name not in new}  # as `left_on` says
    if changed.intersection(_MOVES):
        return _BOTH
    return frozenset(number for number in _BOTH if any(name.startswith(f"tunnel{number}") for name in changed))


def immovable(old: Mapping[str, object], new: Mapping[str, object], *, has_table: bool) -> str | None:
    """Return why a connection can not be moved to another gateway: what it leaves behind, the engine deletes last.

    Args:
        old: The connection's inputs of the last up, as the provider has them.
        new: Those of this one.
        has_table: Whether it was put into a transit gateway's table by name.
    """
    before, after = old.get("transitGatewayId"), new.get("transitGatewayId")
    ends = [end for end in (after, new.get("vpnGatewayId")) if isinstance(end, str)]  # a preview may not know it yet
    if old.get("vpnGatewayId") and after and old.get("staticRoutesOnly"):
        # EC2 API reference, ModifyVpnConnection.
        return "AWS moves a connection to a transit gateway only without its static routes"
    if before and ends and before not in ends and has_table:
        return "its attachment goes with the move, and the provider fails to take out of the table what is gone"
    return None


def left_at_aws(changed: frozenset[int]) -> Impact:
    """Return what is left of a change that an earlier up began."""
    cost = next(cost for cost, tunnels in _TAKEN_DOWN.items() if tunnels == changed)
    return Impact(cost, ("left from the last up, changed at AWS since, or by a transform",))


MADE_ANEW = Impact(Cost.REPLACEMENT, ("--replace, gone at AWS, or left from the last up",))
"""Of a connection that is made where no argument is the reason, by a stack that has parts of the link already."""


def taken_down(cost: Cost) -> frozenset[int]:
    """Return which tunnels AWS takes down for it."""
    return _TAKEN_DOWN.get(cost, frozenset())


def wrong_way_round(pairs: Sequence[InsidePair], inside: Sequence[object], *, is_asked_for: bool) -> str | None:
    """Say that an update would give a tunnel the network that the other one has, where it would.

    The provider tells AWS's tunnels apart by tunnel 1's key. Where a refresh finds another one there, it may take the second
    for the first, and its update then sends each tunnel's options to the other.

    Args:
        pairs: The inside pairs, tunnel 1 first.
        inside: AWS's inside addresses of what the state has as tunnel 1 and 2.
        is_asked_for: Whether `inside_cidrs` are being changed.
    """
    taken = [pair for pair, other in zip(pairs, reversed(inside), strict=True) if str(pair.aws) == other]
    if not taken:
        return None
    if is_asked_for:
        return (
            f"inside_cidrs gives a tunnel {taken[0].network}, which the other one has: AWS changes one after the other, and "
            f"refuses a network that is taken; nothing was changed"
        )
    return (
        "the stack's state has the two tunnels the wrong way round, as a refresh leaves it that found another key of tunnel 1 "
        "at AWS; this change would give each what is the other's; nothing was changed"
    )


def last_tunnel(number: int, ends: Sequence[TunnelEnds], said: Mapping[str, Telemetry]) -> str | None:
    """Say that the tunnel that is to be changed is the only one that is UP, where it is.

    Args:
        number: The tunnel, 1 or 2.
        ends: Both tunnels, tunnel 1 first.
        said: AWS's word, by outside address.
    """
    other = ends[2 - number]
    up = {end for end in ends if end.aws_outside in said and said[end.aws_outside].status == UP}
    if up != {ends[number - 1]} or other.aws_outside not in said:
        return None
    word = said[other.aws_outside]
    return (
        f"tunnel {number} is the only one that is UP, and this change takes it down: of {other.name} ({other.aws_outside}) "
        f"AWS says {word.status} ({word.message})"
    )


def way_around(number: int) -> str:
    """Say what to do where the last tunnel is not taken down."""
    return f"Bring tunnel {3 - number} up first, or set check to warn to change tunnel {number} all the same"
