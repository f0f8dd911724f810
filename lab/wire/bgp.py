"""What the two ends hold of BGP, as FRR's configuration lines; FRR's syntax is close to IOS's, its defaults are not."""

from lab.ends import AwsEnd, RouterBgp

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
    return (*lines, "maximum-paths 1", "exit-address-family", "exit")


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
