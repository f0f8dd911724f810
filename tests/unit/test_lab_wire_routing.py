"""What the router's routing choices become on the wire: FRR's filters, and the static route that is in force."""

from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from lab.ends import BgpNeighbor, PrefixRule, RouterBgp, RouterEnd, StaticRoute
from lab.wire.bgp import router_bgp, router_policy
from lab.wire.frr import policy_removals, received_of, removals
from lab.wire.routes import router_routes

VPC, BRANCH = IPv4Network("10.0.0.0/16"), IPv4Network("192.168.10.0/24")
NEIGHBOR = BgpNeighbor(
    IPv4Address("169.254.255.1"),
    64512,
    takes=(PrefixRule(is_permit=True, network=VPC),),
    tells=(PrefixRule(is_permit=False, network=BRANCH, shortest=25, longest=32),),
    maximum_prefix=50,
    restart=5,
    local_preference=200,
    prepended=3,
    metric=100,
)


def test_a_neighbors_filters_become_lists_and_maps_of_its_own() -> None:
    bgp = RouterBgp(65001, (NEIGHBOR,))
    assert router_policy(bgp) == (
        "ip prefix-list 169.254.255.1-in seq 5 permit 10.0.0.0/16",
        "ip prefix-list 169.254.255.1-out seq 5 deny 192.168.10.0/24 ge 25 le 32",
        "route-map 169.254.255.1-in permit 10",
        "set local-preference 200",
        "exit",
        "route-map 169.254.255.1-out permit 10",
        "set as-path prepend 65001 65001 65001",
        "set metric 100",
        "exit",
    )
    section = router_bgp(bgp, "192.168.10.1")
    assert section.index("address-family ipv4 unicast") < section.index(
        "neighbor 169.254.255.1 route-map 169.254.255.1-in in"
    )
    assert "neighbor 169.254.255.1 prefix-list 169.254.255.1-out out" in section
    assert "neighbor 169.254.255.1 maximum-prefix 50 restart 5" in section


def test_a_neighbor_without_filters_has_none() -> None:
    bgp = RouterBgp(65001, (BgpNeighbor(IPv4Address("169.254.255.1"), 64512),))
    assert router_policy(bgp) == ()
    assert not any(
        word in line for line in router_bgp(bgp, "1.1.1.1") for word in ("prefix-list", "route-map", "maximum-prefix")
    )


def test_what_is_no_longer_filtered_is_taken_away_in_the_family_that_it_stands_in() -> None:
    with_filters = router_bgp(RouterBgp(65001, (NEIGHBOR,)), "192.168.10.1")
    without = router_bgp(RouterBgp(65001, (BgpNeighbor(NEIGHBOR.address, 64512),)), "192.168.10.1")
    assert removals(with_filters, without) == [
        "address-family ipv4 unicast",
        "no neighbor 169.254.255.1 prefix-list 169.254.255.1-in in",
        "no neighbor 169.254.255.1 route-map 169.254.255.1-in in",
        "no neighbor 169.254.255.1 prefix-list 169.254.255.1-out out",
        "no neighbor 169.254.255.1 route-map 169.254.255.1-out out",
        "no neighbor 169.254.255.1 maximum-prefix 50 restart 5",
        "exit-address-family",
    ]


def test_a_list_loses_the_lines_whose_numbers_nobody_took_and_a_map_what_it_no_longer_sets() -> None:
    before = ("ip prefix-list A seq 5 permit 10.0.0.0/16", "ip prefix-list A seq 10 permit 10.1.0.0/16",
              "route-map M permit 10", "set metric 5", "set as-path prepend 1 1", "exit", "route-map N permit 10", "exit")  # fmt: skip
    after = ("ip prefix-list A seq 5 permit 10.2.0.0/16", "route-map M permit 10", "set metric 7", "exit")
    assert policy_removals(before, after) == [
        "no ip prefix-list A seq 10 permit 10.1.0.0/16",
        "route-map M permit 10",
        "no set as-path prepend 1 1",
        "exit",
        "no route-map N permit 10",
    ]


def test_what_a_neighbor_sent_is_read_with_what_it_is_compared_by() -> None:
    received = received_of({"10.0.0.0/16": [{"locPrf": 200, "metric": 7, "path": "65001 65001 65001"}]})
    assert (received.networks, received.local_preference, received.metric, received.as_path_length) == (
        (VPC,),
        200,
        7,
        3,
    )
    assert received_of({}).networks == ()


def test_of_static_routes_the_one_with_the_shortest_distance_is_in_force_while_its_tunnel_is_up() -> None:
    def end(number: int, distance: int) -> RouterEnd:
        return RouterEnd(
            number=number,
            is_interface_up=True,
            source=IPv4Address("203.0.113.100"),
            destination=IPv4Address(f"198.51.100.{number}"),
            inside=IPv4Interface("169.254.255.2/30"),
            static_routes=(StaticRoute(VPC, None, distance),),
        )

    ends = (end(1, 10), end(2, 1))
    both = [IPv4Address("198.51.100.1"), IPv4Address("198.51.100.2")]
    assert router_routes(ends, both, lambda _sla: True) == [(VPC, ("Tunnel2",))]
    assert router_routes(ends, both[:1], lambda _sla: True) == [(VPC, ("Tunnel1",))]
    assert router_routes((end(1, 1), end(2, 1)), both, lambda _sla: True) == [(VPC, ("Tunnel1", "Tunnel2"))]
