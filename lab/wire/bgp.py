"""What the two ends hold of BGP, as FRR's configuration lines; FRR's syntax is close to IOS's, its defaults are not."""

from collections.abc import Iterator

from lab.ends import AwsEnd, BgpNeighbor, PrefixRule, RouterBgp

# IOS accepts and sends routes to an external neighbor without a policy, and checks neither; FRR must be told.
_FRR_LIKE_IOS = ("no bgp ebgp-requires-policy", "no bgp network import-check", "bgp log-neighbor-changes")


def router_bgp(bgp: RouterBgp, router_id: str) -> tuple[str, ...]:
    """Return the `router bgp` section of the customer gateway."""
    lines = [f"router bgp {bgp.local_as}", f"bgp router-id {router_id}", *_FRR_LIKE_IOS]
    active = [neighbor for neighbor in bgp.neighbors if neighbor.is_active]
    for neighbor in active:
        lines += [
            f"neighbor {neighbor.address} remote-as {neighbor.remote_as}",
            f"neighbor {neighbor.address} timers {neighbor.keepalive} {neighbor.hold}",
            f"neighbor {neighbor.address} timers connect 2",
        ]
    lines.append("address-family ipv4 unicast")
    lines += [f"network {network}" for network in bgp.networks]
    for neighbor in active:
        lines.append(f"neighbor {neighbor.address} activate")
        if neighbor.default_originate:
            lines.append(f"neighbor {neighbor.address} default-originate")
        lines += _applied(neighbor)
    return (*lines, "maximum-paths 1", "exit-address-family", "exit")


def router_policy(bgp: RouterBgp) -> tuple[str, ...]:
    """Return the prefix lists and route maps of the customer gateway, each named by its neighbor and direction."""
    return tuple(line for neighbor in bgp.neighbors for line in _policy(neighbor, bgp.local_as))


def _policy(neighbor: BgpNeighbor, local_as: int) -> Iterator[str]:
    for way, rules in (("in", neighbor.takes), ("out", neighbor.tells)):
        for number, rule in enumerate(rules or (), 1):
            yield f"ip prefix-list {_name(neighbor, way)} seq {5 * number} {_rule(rule)}"
    for way, sets in (("in", _sets_in(neighbor)), ("out", _sets_out(neighbor, local_as))):
        if sets:
            yield f"route-map {_name(neighbor, way)} permit 10"
            yield from sets
            yield "exit"


def _rule(rule: PrefixRule) -> str:
    words = ["permit" if rule.is_permit else "deny", str(rule.network)]
    words += [f"ge {rule.shortest}"] if rule.shortest else []
    return " ".join([*words, f"le {rule.longest}"] if rule.longest else words)


def _sets_in(neighbor: BgpNeighbor) -> list[str]:
    return [f"set local-preference {neighbor.local_preference}"] if neighbor.local_preference != 100 else []


def _sets_out(neighbor: BgpNeighbor, local_as: int) -> list[str]:
    prepend = " ".join(["set as-path prepend", *([str(local_as)] * neighbor.prepended)])
    return ([prepend] if neighbor.prepended else []) + ([f"set metric {neighbor.metric}"] if neighbor.metric else [])


def _applied(neighbor: BgpNeighbor) -> Iterator[str]:
    address = neighbor.address
    for way, rules, sets in (
        ("in", neighbor.takes, _sets_in(neighbor)),
        ("out", neighbor.tells, _sets_out(neighbor, 0)),
    ):
        if rules is not None:
            yield f"neighbor {address} prefix-list {_name(neighbor, way)} {way}"
        if sets:
            yield f"neighbor {address} route-map {_name(neighbor, way)} {way}"
    if neighbor.maximum_prefix is not None:
        restart = f" restart {neighbor.restart}" if neighbor.restart else ""
        yield f"neighbor {address} maximum-prefix {neighbor.maximum_prefix}{restart}"


def _name(neighbor: BgpNeighbor, way: str) -> str:
    return f"{neighbor.address}-{way}"


def aws_bgp(ends: tuple[AwsEnd, ...], router_id: str) -> tuple[str, ...]:
    """Return the `router bgp` section of the virtual private gateway; empty for static connections."""
    sessions = [(end, end.bgp) for end in ends if end.bgp is not None]
    if not sessions:
        return ()
    lines = [f"router bgp {sessions[0][1][0]}", f"bgp router-id {router_id}", *_FRR_LIKE_IOS]
    for end, (_, customer_as) in sessions:
        lines += [
            f"neighbor {end.customer_inside.ip} remote-as {customer_as}",
            f"neighbor {end.customer_inside.ip} timers 10 30",
            f"neighbor {end.customer_inside.ip} timers connect 2",
        ]
    lines.append("address-family ipv4 unicast")
    lines += [f"network {network}" for network in dict.fromkeys(n for end, _ in sessions for n in end.advertised)]
    for end, _ in sessions:
        lines += [
            f"neighbor {end.customer_inside.ip} activate",
            f"neighbor {end.customer_inside.ip} maximum-prefix {end.maximum_prefixes}",
        ]
    # A virtual private gateway has no ECMP: one egress tunnel at a time.
    return (*lines, "maximum-paths 1", "exit-address-family", "exit")
