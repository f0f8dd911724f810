"""Every show output is read in the forms that IOS 12.4 to IOS-XE 17 print, and junk in bounded time."""

from ipaddress import IPv4Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cisco.show import interfaces, refusal
from cisco.show_ike import ikev2_sas, isakmp_sas
from cisco.show_ipsec import flows, sessions
from cisco.show_routing import bgp_neighbors, rib_failures, routes, slas, tracks
from tests.unit.patience import patience

PARSERS = (interfaces, isakmp_sas, ikev2_sas, flows, sessions, bgp_neighbors, rib_failures, slas, tracks, routes)


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
    assert session.uptime == "7w0d"


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
    assert (str(shown.destination), str(shown.inside)) == ("72.21.209.225", "169.254.255.2/30")


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
    ids=lambda piece: repr(piece[:20]),
)
def test_hostile_text_takes_bounded_time(piece: str) -> None:
    with patience():
        for parser in PARSERS:
            assert isinstance(parser(piece), tuple)
