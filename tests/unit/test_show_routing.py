"""What a router shows of BGP, probes, tracks and routes is read in the forms that IOS 12.4 to IOS-XE 17 print."""

from ipaddress import IPv4Network

import pytest

from cisco.show_routing import bgp_neighbors, rib_failures, routes, slas, tracks

HEADER = "Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd\n"


@pytest.mark.parametrize(
    ("row", "remote_as", "state", "prefixes"),
    [
        ("169.254.255.1   4  7224     363     323        8    0    0 00:54:21        1", 7224, "Established", 1),
        (
            "192.88.99.1     4    662.47492   41920   46104      458    0    0 4w1d          435",
            43432324,
            "Established",
            435,
        ),
        (
            "10.0.0.1        4        65000 2746767 2396274 512185206    0    0 3w0d       558720",
            65000,
            "Established",
            558720,
        ),
        (
            "10.0.0.10       4        65009 26530  942614 512185203    0    0 1y10w     Idle (Admin) ",
            65009,
            "Idle (Admin)",
            None,
        ),
        (
            "10.0.0.10       4        65009 26530  942614 512185203    0    0 1d02h     Idle (PfxCt)",
            65009,
            "Idle (PfxCt)",
            None,
        ),
        ("10.0.0.10       4        65009       0       0        1    0    0 never    Active", 65009, "Active", None),
        (
            "10.0.0.10       4   4294967295       5       6        1    0    0 00:00:12 OpenSent",
            4294967295,
            "OpenSent",
            None,
        ),
        (
            "*10.0.0.10      4        65009       5       6        1    0    0 00:00:12        0",
            65009,
            "Established",
            0,
        ),
        ("10.0.0.10       4        65009       5       6        1    0    0 00:00:12 (NoNeg)", 65009, "(NoNeg)", None),
        ("10.0.0.10       4        65009       5       6        1    0    0 00:00:12 Whatever", 65009, "unknown", None),
    ],
)
def test_a_bgp_neighbor_is_read(row: str, remote_as: int, state: str, prefixes: int | None) -> None:
    (neighbor,) = bgp_neighbors(HEADER + row + "\n")
    assert (neighbor.remote_as, neighbor.state, neighbor.prefixes) == (remote_as, state, prefixes)
    assert neighbor.is_established == (prefixes is not None)


@pytest.mark.parametrize(
    "rows",
    [
        "169.254.255.1\n                4 7224 363 323 8 0 0 00:54:21        1\n",
        "169.254.255.1   4  4294967294     363     323 51218520600    0    0\n00:54:21        1\n",
        "169.254.255.1   4  4294967294     363     323        8    0    0 00:54:21\n        1\n",
    ],
)
def test_a_bgp_neighbor_that_wraps_is_read(rows: str) -> None:
    (neighbor,) = bgp_neighbors(HEADER + rows)
    assert (str(neighbor.address), neighbor.prefixes, neighbor.uptime) == ("169.254.255.1", 1, "00:54:21")


def test_only_ipv4_unicast_neighbors_count() -> None:
    row = "10.10.{}.3      4        65001      48      48       17    0    0 00:40:00        5\n"
    text = (
        f"For address family: IPv4 Unicast\n{HEADER}{row.format(1)}\n"
        f"For address family: VPNv4 Unicast\n{HEADER}{row.format(2)}\n"
        f"For address family: IPv6 Unicast\n{HEADER}1000:192:168:0:1::1\n   4   100   0   0   1   0   0 00:00:07 Idle\n"
    )
    assert [str(n.address) for n in bgp_neighbors(text)] == ["10.10.1.3"]


@pytest.mark.parametrize(
    "header", ["IPSLA operation id: 100", "Round Trip Time (RTT) for       Index 100", "Entry number: 100"]
)
@pytest.mark.parametrize("code", ["OK", "Timeout", "No connection", "Over threshold", "Socket connect error"])
def test_the_latest_return_code_of_an_sla_is_read(header: str, code: str) -> None:
    text = f"{header}\n\tLatest RTT: 128 milliseconds\nLatest operation return code: {code}\n"
    (sla,) = slas(text)
    assert (sla.number, sla.return_code, sla.rtt) == (100, code, "128 milliseconds")


def test_an_sla_that_never_ran_has_no_known_code() -> None:
    assert slas("IPSLA operation id: 100\nNumber of successes: Unknown\n")[0].return_code == "unknown"


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ("  IP SLA 100 reachability\n  Reachability is Up\n    2 changes, last change 04:31:21", "Up"),
        (
            "  IP SLA 34 state\n  State is Up\n    11 changes, last change 1d16h\n  Latest operation return code: OK",
            "Up",
        ),
        (
            "  Response Time Reporter 100 reachability\n  Reachability is Down\n    1 change, last change 00:00:24",
            "Down",
        ),
        ("  IP SLA 100 reachability\n  Reachability is Down, delayed Up (4 secs remaining)", "Down"),
        ("  IP SLA 100 reachability\n  Reachability is Up, delayed Down (4 secs remaining)", "Up"),
        ("  IP SLA 100 reachability\n  Reachability is Uproarious", "unknown"),
        ("  List boolean and\n  Boolean AND is Up", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_track_is_what_the_router_says_now_not_what_is_delayed(body: str, state: str) -> None:
    (track,) = tracks(f"Track 100\n{body}\n")
    assert (track.number, track.state) == (100, state)


def test_a_track_tells_its_sla_and_last_change() -> None:
    (track,) = tracks("Track 7\n  IP SLA 100 reachability\n  Reachability is Up\n    11 changes, last change 1d16h\n")
    assert (track.sla, track.last_change) == (100, "1d16h")


def test_routes_are_read_with_masks_of_their_own_and_masks_of_the_section() -> None:
    text = """Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       * - candidate default, U - per-user static route

Gateway of last resort is 203.0.113.1 to network 0.0.0.0

S*    0.0.0.0/0 [1/0] via 203.0.113.1
      10.0.0.0/8 is variably subnetted, 2 subnets, 2 masks
S        10.0.0.0/16 is directly connected, Tunnel2
                     is directly connected, Tunnel1
B        10.1.0.0/24 [20/100] via 169.254.255.5, 00:00:20
                     [20/100] via 169.254.255.1, 00:00:20
S    %   10.2.0.0/16 [1/0] via 10.2.2.2, GigabitEthernet1
S   &    10.3.0.0/16 is directly connected, Tunnel2
S*   +   10.4.0.0/16 is directly connected, Tunnel1
      172.31.0.0/16 is subnetted, 1 subnets
B        172.31.0.0 [20/0] via 169.254.255.1, 00:00:20
"""
    found = {(r.code, str(r.network), str(r.next_hop or r.interface)) for r in routes(text)}
    assert found == {
        ("S", "0.0.0.0/0", "203.0.113.1"),
        ("S", "10.0.0.0/16", "Tunnel2"),
        ("S", "10.0.0.0/16", "Tunnel1"),
        ("B", "10.1.0.0/24", "169.254.255.5"),
        ("B", "10.1.0.0/24", "169.254.255.1"),
        ("S", "10.2.0.0/16", "10.2.2.2"),
        ("S", "10.3.0.0/16", "Tunnel2"),
        ("S", "10.4.0.0/16", "Tunnel1"),
        ("B", "172.31.0.0/16", "169.254.255.1"),
    }
    assert routes(text)[1].network == IPv4Network("10.0.0.0/16")


def test_what_bgp_could_not_put_into_the_routing_table_is_read_in_every_form() -> None:
    text = (
        "  Network            Next Hop                      RIB-failure   RIB-NH Matches\n"
        "198.51.100.0       192.0.2.1           Higher admin distance              n/a\n"
        "10.20.0.0/16       169.254.255.5       Higher admin distance \n"
    )
    found = [(failure.network, str(failure.next_hop)) for failure in rib_failures(text)]
    assert found == [("198.51.100.0", "192.0.2.1"), ("10.20.0.0/16", "169.254.255.5")]
    assert rib_failures("% BGP not active\n") == ()
