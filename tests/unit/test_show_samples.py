"""Genuine show outputs, from AWS's troubleshooting guide and from public parser collections, are read right."""

from pathlib import Path

from cisco.show import interfaces
from cisco.show_ike import ikev2_sas, isakmp_sas
from cisco.show_ipsec import flows, sessions
from cisco.show_routing import bgp_neighbors, routes, slas, tracks

SAMPLES = Path(__file__).parent.parent / "samples" / "show"


def sample(name: str) -> str:
    return (SAMPLES / name).read_text()


def test_aws_own_bgp_example_is_up_in_every_part() -> None:
    text = sample("aws_troubleshooting_bgp.txt")
    assert [sa.is_established for sa in isakmp_sas(text)] == [True, True]
    assert [(f.interface, str(f.peer), f.is_up) for f in flows(text)] == [
        ("Tunnel1", "72.21.209.225", True),
        ("Tunnel2", "72.21.209.193", True),
    ]
    assert [(i.name, i.is_up, str(i.destination)) for i in interfaces(text)] == [("Tunnel1", True, "72.21.209.225")]
    assert [(str(n.address), n.remote_as, n.prefixes, n.uptime) for n in bgp_neighbors(text)] == [
        ("169.254.255.1", 7224, 1, "00:54:21"),
        ("169.254.255.5", 7224, 1, "00:00:24"),
    ]
    assert [(str(r.network), str(r.next_hop)) for r in routes(text)] == [("10.255.0.0/16", "169.254.255.1")]


def test_aws_own_static_example_is_up_in_every_part() -> None:
    text = sample("aws_troubleshooting_static.txt")
    assert [sa.is_established for sa in isakmp_sas(text)] == [True, True]
    assert [(str(f.peer), f.is_up) for f in flows(text)] == [("205.251.233.121", True), ("205.251.233.122", True)]
    assert [(s.number, s.return_code) for s in slas(text)] == [(100, "OK"), (200, "OK")]
    assert [(str(r.network), r.interface) for r in routes(text)] == [
        ("10.0.0.0/16", "Tunnel1"),
        ("10.0.0.0/16", "Tunnel2"),
    ]


def test_isakmp_sas_that_are_deleted_are_not_established() -> None:
    for name in ("show_crypto_isakmp_sa__1.txt", "show_crypto_isakmp_sa__2.txt"):
        assert [(str(sa.ends[1]), sa.is_established) for sa in isakmp_sas(sample(name))] == [
            ("100.13.220.2", True),
            ("100.12.82.2", False),
            ("100.11.106.2", True),
        ]


def test_ikev2_sas_are_read_in_wide_and_narrow_columns() -> None:
    for name, remote, seconds in (
        ("show_crypto_ikev2_sa__1.txt", "66.66.66.2", 735),
        ("show_crypto_ikev2_sa__2.txt", "20.20.20.20", 20942),
    ):
        (sa,) = ikev2_sas(sample(name))
        assert (str(sa.ends[1]), sa.is_established, sa.seconds) == (remote, True, seconds)


def test_ipsec_sas_are_read_whatever_the_indentation() -> None:
    for name in ("show_crypto_ipsec_sa__1.txt", "show_crypto_ipsec_sa__2.txt"):
        assert [(f.interface, str(f.peer), f.is_up) for f in flows(sample(name))] == [
            ("GigabitEthernet3", "1.1.1.1", True),
            ("GigabitEthernet3", "1.1.1.1", False),
            ("Tunnel0", "2.2.2.1", True),
        ]


def test_ipsec_sas_behind_nat_are_read() -> None:
    found = flows(sample("cisco_ios_show_crypto_ipsec_sa_detail.raw"))
    assert [(f.interface, f.is_up) for f in found] == [("Tunnel1", True), ("Tunnel2", True)]


def test_sessions_are_read() -> None:
    assert [(s.interface, s.status, s.is_up) for s in sessions(sample("show_crypto_session__1.txt"))] == [
        ("Tunnel13", "UP-ACTIVE", True)
    ]
    found = sessions(sample("cisco_ios_show_crypto_session_detail.raw"))
    assert [(s.interface, s.status, s.uptime) for s in found] == [
        ("Tunnel1201", "DOWN-NEGOTIATING", None),
        ("Tunnel1101", "UP-ACTIVE", "7w0d"),
        ("Tunnel2201", "DOWN-NEGOTIATING", None),
    ]
    (ikev2,) = sessions(sample("cisco_ios_show_crypto_session_detail_ikev2.raw"))
    assert ikev2.uptime == "11:12:24"


def test_bgp_summaries_are_read_in_every_width() -> None:
    found = bgp_neighbors(sample("cisco_ios_show_ip_bgp_summary.raw"))
    assert len(found) == 10
    assert [n.prefixes for n in found[:4]] == [558720, 558720, 0, 1351]
    assert (found[9].state, found[9].is_established) == ("Idle (Admin)", False)
    assert bgp_neighbors(sample("cisco_ios_show_ip_bgp_summary_with_dot.raw"))[0].prefixes == 6063
    assert bgp_neighbors(sample("show_ip_bgp_summary__1.txt"))[0].state == "Idle"
    assert bgp_neighbors(sample("show_ip_bgp_summary__2.txt")) == ()  # IPv6 only


def test_sla_results_are_read() -> None:
    assert slas(sample("show_ip_sla_statistics__1.txt"))[0].return_code == "Timeout"
    found = {s.number: s.return_code for s in slas(sample("show_ip_sla_statistics__2.txt"))}
    assert found == {
        1: "Timeout",
        2: "OK",
        3: "OK",
        50: "OK",
        51: "OK",
        52: "OK",
        53: "No connection",
        54: "Socket connect error",
        100: "OK",
    }


def test_tracks_are_read() -> None:
    assert tracks(sample("show_track__1.txt"))[0].state == "Up"
    assert tracks(sample("show_track__2.txt"))[0].state == "Down"


def test_a_route_of_every_code_has_its_own_next_hops() -> None:
    found = routes(sample("show_ip_route__1.txt"))
    assert len({route.network for route in found}) == 15
    ways = [(r.code, str(r.next_hop), r.interface) for r in found if str(r.network) == "10.12.6.14/32"]
    assert ways == [("i", "10.12.7.37", "Vlan101"), ("i", "10.12.7.33", "Vlan100")]
    assert [r.interface for r in found if str(r.network) == "10.12.6.9/32"] == ["Loopback0"]


def test_a_next_hop_below_a_line_that_is_not_known_belongs_to_no_route() -> None:
    text = sample("show_ip_route__1.txt").replace("i ia     10.12.6.14/32", "i new    10.12.6.14/32")
    assert [r.interface for r in routes(text) if str(r.network) == "10.12.6.13/32"] == ["Vlan100"]
