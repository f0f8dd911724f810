"""Every show output is read in the forms that IOS 12.4 to IOS-XE 17 print, and junk in bounded time."""

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cisco.show import interfaces, refusal
from cisco.show_ike import ikev2_sas, isakmp_sas
from cisco.show_ipsec import flows, sessions
from cisco.show_routing import bgp_neighbors, rib_failures, routes, slas, tracks
from tests.unit.patience import patience

PARSERS = (interfaces, isakmp_sas, ikev2_sas, flows, sessions, bgp_neighbors, rib_failures, slas, tracks, routes)


# IKE


@pytest.mark.parametrize(
    "row",
    [
        "192.0.2.1       198.51.100.1    QM_IDLE           2001    0 ACTIVE",  # 12.4: with the slot
        "192.0.2.1       198.51.100.1    QM_IDLE          29609 ACTIVE",
        "174.78.144.73 205.251.233.121 QM_IDLE           2001    0 ACTIVE",  # both addresses fill their columns
        "   192.0.2.1 198.51.100.1 QM_IDLE 1 ACTIVE   ",
    ],
)
def test_an_isakmp_sa_is_established_in_qm_idle_and_active(row: str) -> None:
    (sa,) = isakmp_sas(f"IPv4 Crypto ISAKMP SA\ndst             src             state          conn-id status\n{row}\n")
    assert sa.is_established
    assert (sa.state, sa.status) == ("QM_IDLE", "ACTIVE")


@pytest.mark.parametrize(
    "row",
    [
        "192.0.2.1 198.51.100.1 MM_NO_STATE 0 0 ACTIVE",
        "192.0.2.1 198.51.100.1 MM_NO_STATE 29188 ACTIVE (deleted)",
        "192.0.2.1 198.51.100.1 QM_IDLE 29188 ACTIVE (deleted)",
        "192.0.2.1 198.51.100.1 MM_KEY_EXCH 29188 ACTIVE",
        "192.0.2.1 198.51.100.1 AG_INIT_EXCH 29188 ACTIVE",
        "192.0.2.1 198.51.100.1 QM_IDLE 1 0",  # 12.3 shows no status: not known to be alive
    ],
)
def test_any_other_isakmp_state_is_not_established(row: str) -> None:
    (sa,) = isakmp_sas(row)
    assert not sa.is_established


def test_isakmp_sa_detail_is_read_with_and_without_a_vrf() -> None:
    text = """IPv4 Crypto ISAKMP SA

C-id  Local           Remote          I-VRF  Status Encr Hash   Auth DH Lifetime Cap.

29609 100.0.10.2      100.13.220.2     RED      ACTIVE aes  sha    psk  16 00:01:47 D
       Engine-id:Conn-id =  SW:12609

29493 100.0.10.2      100.12.134.2           ACTIVE aes  sha256 psk  14 07:59:12 D
       Engine-id:Conn-id =  SW:12493

29494 100.0.10.2      100.12.134.3           ACTIVE
29495 100.0.10.2      100.12.134.4           ACTIVE (deleted) aes  sha    psk  2  0

IPv6 Crypto ISAKMP SA
29610 100.0.10::2      100.13.220::2   BLUE        ACTIVE aes  sha    psk  16 00:01:47 D
"""
    assert [(str(sa.ends[1]), sa.is_established) for sa in isakmp_sas(text)] == [
        ("100.13.220.2", True),
        ("100.12.134.2", True),
        ("100.12.134.3", False),
        ("100.12.134.4", False),
    ]


IKEV2_DETAILED = """ IPv4 Crypto IKEv2  SA

Tunnel-id Local                 Remote                fvrf/ivrf            Status
5         2.2.2.2/4500          1.1.1.2/4500          INET/none            READY
      Encr: AES-GCM, keysize: 256, PRF: SHA384, Hash: None, DH Grp:20, Auth sign: PSK, Auth verify: PSK, QR
      Life/Active Time: 28800/60467 sec
      CE id: 0, Session-id: 22
      Local spi: B10AA51B227B62AB       Remote spi: 98184FF7319BFC85
      Status Description: Negotiation done
      Local id: 2.2.2.2
      Remote id: 1.1.1.2
      NAT-T is detected outside

Tunnel-id Local                 Remote                fvrf/ivrf            Status
6         2.2.2.2/500           1.1.1.3/500           none/none            IN-NEG
      Life/Active Time: 86400/0 sec
7         2.2.2.2/500           1.1.1.4/500           none/none            DELETE

 IPv6 Crypto IKEv2  SA

Tunnel-id    fvrf/ivrf              Status
1          none/none             READY
Local  2001:DB8:1101::131/500
Remote  2001:DB8:1201::122/500
"""


def test_ikev2_sa_is_established_only_when_ready() -> None:
    ready, negotiating, deleted = ikev2_sas(IKEV2_DETAILED)
    assert ready.is_established
    assert ready.seconds == 60467
    assert ready.ends == (IPv4Address("2.2.2.2"), IPv4Address("1.1.1.2"))
    assert (negotiating.state, negotiating.is_established) == ("IN-NEG", False)
    assert deleted.is_deleted


def test_ikev2_sa_is_read_where_the_ends_stand_on_lines_of_their_own() -> None:
    (sa,) = ikev2_sas("1          none/none             READY\nLocal  192.0.2.1/500\nRemote  198.51.100.1/500\n")
    assert sa.is_established
    assert sa.ends[1] == IPv4Address("198.51.100.1")


def test_ikev2_sa_is_read_where_the_status_wraps() -> None:
    text = (
        "1   192.0.2.1/500   198.51.100.1/500   front-door-vrf/inside-vrf\n   READY\n   Life/Active Time: 86400/5 sec\n"
    )
    (sa,) = ikev2_sas(text)
    assert sa.is_established


# IPsec


def flow_text(timing: str, status: str) -> str:
    sa = f"spi: 0xB8357C22(3090512930)\n transform: esp-aes esp-sha-hmac ,\n sa timing: {timing}\n {status}\n"
    return (
        "interface: Tunnel1\n protected vrf: (none)\n current_peer 192.0.2.1 port 4500\n"
        f" inbound esp sas:\n{sa}\n inbound ah sas:\n outbound esp sas:\n{sa}\n outbound ah sas:\n"
    )


@pytest.mark.parametrize(
    ("timing", "status", "is_up"),
    [
        ("remaining key lifetime (k/sec): (4467148/3189)", "Status: ACTIVE", True),
        ("remaining key lifetime (k/sec): (4467148/3189)", "Status: ACTIVE(ACTIVE)", True),
        ("remaining key lifetime (k/sec): (KB Vol Rekey Disabled/3598)", "Status: ACTIVE(ACTIVE)", True),
        ("remaining key lifetime (sec): 3500", "Status: ACTIVE(ACTIVE)", True),
        ("remaining key lifetime (k/sec): (4467148/3189)", "", True),  # older releases show no status
        ("remaining key lifetime (k/sec): (4467148/0)", "Status: ACTIVE", False),
        ("remaining key lifetime (k/sec): (4467148/3189)", "Status: ACTIVE(INACTIVE)", False),
        ("remaining key lifetime (k/sec): (4467148/3189)", "Status: STANDBY", False),
        ("something new", "", False),
        ("something new", "Status: ACTIVE", True),
    ],
)
def test_an_esp_sa_is_valid_when_active_and_not_run_out(*, timing: str, status: str, is_up: bool) -> None:
    (flow,) = flows(flow_text(timing, status))
    assert flow.is_up == is_up


@pytest.mark.parametrize(
    "peer", ["current_peer 192.0.2.1 port 500", "current_peer: 192.0.2.1", "current_peer: 192.0.2.1:500"]
)
def test_the_peer_is_read_in_every_form(peer: str) -> None:
    (flow,) = flows(f"interface: Tunnel1\n   protected vrf:\n   {peer}\n")
    assert flow.peer == IPv4Address("192.0.2.1")
    assert not flow.is_up


def test_each_flow_of_an_interface_is_its_own() -> None:
    one = flow_text("remaining key lifetime (sec): 3500", "Status: ACTIVE")
    text = (
        one
        + "   protected vrf: (none)\n   current_peer 192.0.2.2 port 500\n    inbound esp sas:\n    outbound esp sas:\n"
    )
    assert [(str(f.peer), f.is_up) for f in flows(text)] == [("192.0.2.1", True), ("192.0.2.2", False)]


def test_udp_encapsulation_is_seen() -> None:
    text = flow_text("remaining key lifetime (sec): 3500", "in use settings ={Tunnel UDP-Encaps, }\n Status: ACTIVE")
    assert flows(text)[0].is_udp_encapsulated


@pytest.mark.parametrize(
    ("status", "sas", "is_up"),
    [
        ("UP-ACTIVE     ", 2, True),
        ("UP-NO-IKE", 2, True),
        ("UP-IDLE", 0, False),
        ("DOWN-NEGOTIATING", 0, False),
        ("DOWN", 0, False),
        ("UP-ACTIVE", 0, False),
    ],
)
def test_a_session_is_up_only_with_ipsec_sas(*, status: str, sas: int, is_up: bool) -> None:
    (session,) = sessions(
        f"Interface: Tunnel13\nUptime: 7w0d\nSession status: {status}\n"
        "Peer: 11.0.1.1 port 500 fvrf: INET ivrf: (none)\n"
        f"  IKEv1 SA: local 11.0.1.2/500 remote 11.0.1.1/500 Active\n  IPSEC FLOW: permit 47 host a host b\n"
        f"        Active SAs: {sas}, origin: crypto map\n"
    )
    assert session.is_up == is_up
    assert (session.uptime, session.is_ike_active) == ("7w0d", True)


# Interfaces


@pytest.mark.parametrize(
    ("line", "is_up", "is_shut_down"),
    [
        ("Tunnel1 is up, line protocol is up ", True, False),
        ("Tunnel1 is up, line protocol is up (connected)", True, False),
        ("Tunnel1 is up, line protocol is down ", False, False),
        ("Tunnel1 is administratively down, line protocol is down ", False, True),
        ("Tunnel1 is reset, line protocol is down ", False, False),
        ("Tunnel1 is deleted, line protocol is down ", False, True),
    ],
)
def test_an_interface_is_up_with_its_line_protocol(*, line: str, is_up: bool, is_shut_down: bool) -> None:
    (shown,) = interfaces(line)
    assert (shown.name, shown.is_up, shown.is_shut_down) == ("Tunnel1", is_up, is_shut_down)


@pytest.mark.parametrize(
    "line",
    [
        "  Tunnel source 174.78.144.73, destination 72.21.209.225",
        "  Tunnel source 174.78.144.73 (GigabitEthernet0/0/1), destination 72.21.209.225, fastswitch TTL 255",
    ],
)
def test_the_tunnel_destination_is_read(line: str) -> None:
    (shown,) = interfaces(f"Tunnel7 is up, line protocol is up\n  Internet address is 169.254.255.2/30\n{line}\n")
    assert (str(shown.destination), shown.source, str(shown.inside)) == (
        "72.21.209.225",
        "174.78.144.73",
        "169.254.255.2/30",
    )


# BGP


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


# IP SLA, track, routes


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


# What isn't an answer


@pytest.mark.parametrize(
    "text",
    [
        "               ^\n% Invalid input detected at '^' marker.\n",
        "% Incomplete command.",
        "Command authorization failed.",
        "% Authorization failed.",
    ],
)
def test_a_refusal_is_told_from_an_empty_answer(text: str) -> None:
    assert refusal(text) is not None
    assert refusal("IPv4 Crypto ISAKMP SA\n") is None
    assert refusal("% BGP not active\n") is None


@given(st.text(max_size=400))
@settings(max_examples=100, deadline=None)
def test_no_text_makes_a_parser_fail(text: str) -> None:
    for parser in PARSERS:
        assert isinstance(parser(text), tuple)


@pytest.mark.parametrize(
    "piece",
    [
        "1" * 100_000,
        "1.1.1.1 " * 20_000,
        "10.0.0.1   4 " + "1 " * 50_000,
        " " * 100_000 + "x",
        "interface: " + "a" * 100_000,
        "Tunnel1 is " + "up " * 30_000,
        ("10.0.0.1 4\n") * 20_000,
        "sa timing: remaining key lifetime (k/sec): (" + "1/" * 50_000,
        "\n" * 200_000,
        "9 1.1.1.1/500 2.2.2.2/500\n" * 10_000,
        ("protected vrf: (none)\ninbound esp sas:\nspi: 0x1(1)\n") * 10_000,
    ],
)
def test_hostile_text_takes_bounded_time(piece: str) -> None:
    with patience():
        for parser in PARSERS:
            assert isinstance(parser(piece), tuple)


def test_what_bgp_could_not_put_into_the_routing_table_is_read_in_every_form() -> None:
    text = (
        "  Network            Next Hop                      RIB-failure   RIB-NH Matches\n"
        "198.51.100.0       192.0.2.1           Higher admin distance              n/a\n"
        "10.20.0.0/16       169.254.255.5       Higher admin distance \n"
    )
    found = [(failure.network, str(failure.next_hop)) for failure in rib_failures(text)]
    assert found == [("198.51.100.0", "192.0.2.1"), ("10.20.0.0/16", "169.254.255.5")]
    assert rib_failures("% BGP not active\n") == ()
