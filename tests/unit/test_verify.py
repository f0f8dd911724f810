"""A tunnel is UP only when everything says so, and the first cause is named when not."""

import json
import re

import pytest

from cisco.model import IkeVersion
from cisco.report import TunnelReport, as_json
from cisco.verify import commands, verify
from tests.unit.router_answers import (
    BGP,
    IKEV2,
    ISAKMP,
    PEERS,
    RIB_FAILURES,
    ROUTES,
    answers,
    intent,
    interface,
    ipsec,
    sla,
    track,
)


def first(said: dict[str, str], *, is_static: bool = False, version: IkeVersion = IkeVersion.V1) -> TunnelReport:
    return verify(said, intent(is_static=is_static, version=version)).tunnels[0]


@pytest.mark.parametrize("version", list(IkeVersion))
@pytest.mark.parametrize("is_static", [False, True])
def test_a_router_that_says_everything_is_well_has_both_tunnels_up(*, version: IkeVersion, is_static: bool) -> None:
    report = verify(answers(is_static=is_static, version=version), intent(is_static=is_static, version=version))
    assert report.is_up
    assert report.reasons == ()
    assert [t.note for t in report.tunnels] == [None, None]


@pytest.mark.parametrize("version", list(IkeVersion))
@pytest.mark.parametrize("is_static", [False, True])
def test_the_commands_asked_are_those_the_verdict_reads(*, version: IkeVersion, is_static: bool) -> None:
    asked = commands(intent(is_static=is_static, version=version))
    assert set(asked) == set(answers(is_static=is_static, version=version))


@pytest.mark.parametrize("version", list(IkeVersion))
@pytest.mark.parametrize("is_static", [False, True])
def test_without_any_single_answer_but_those_that_are_extra_a_tunnel_is_not_up(
    *, version: IkeVersion, is_static: bool
) -> None:
    extra = (
        "show crypto isakmp sa",
        "show crypto ikev2 sa",
        "show ip sla statistics",
        "show ip route",
        "show ip bgp rib-failure",
    )
    whole = answers(is_static=is_static, version=version)
    for command in whole:
        for lie in ("", "% Invalid input detected at '^' marker.", "a form nobody has seen"):
            report = verify(whole | {command: lie}, intent(is_static=is_static, version=version))
            assert report.is_up == command.startswith(extra), (command, lie)


def test_an_empty_router_has_nothing_up() -> None:
    report = verify({}, intent())
    assert not report.is_up
    assert all(t.reason is not None and "no SA" in t.reason for t in report.tunnels)


def test_a_cut_off_answer_never_makes_a_tunnel_up_that_is_not() -> None:
    whole = ipsec(1, PEERS[0])
    outbound_status = whole.rindex("Status: ACTIVE")
    for end in range(0, outbound_status, 7):
        report = first(answers() | {f"show crypto ipsec sa peer {PEERS[0]}": whole[:end]})
        has_outbound_lifetime = end >= whole.rindex("(4608000/3237)") + len("(4608000/3237)")
        assert not report.is_up or has_outbound_lifetime


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("MM_NO_STATE       0 ACTIVE", "IKE: authentication failed or no proposal chosen (MM_NO_STATE)"),
        ("MM_NO_STATE    1003 ACTIVE (deleted)", "IKE: authentication failed or no proposal chosen (MM_NO_STATE)"),
        ("MM_KEY_EXCH    1003 ACTIVE", "another pre-shared key, or UDP 4500 is blocked (MM_KEY_EXCH)"),
        ("MM_SA_SETUP    1003 ACTIVE", "then fell silent (MM_SA_SETUP)"),
        ("MM_NOBODY_KNOWS   7 ACTIVE", "IKE: not established (MM_NOBODY_KNOWS)"),
        ("QM_IDLE        1003 ACTIVE (deleted)", "IKE: not established (QM_IDLE)"),
    ],
)
def test_the_ike_state_names_the_cause(state: str, words: str) -> None:
    said = answers() | {
        "show crypto isakmp sa": f"dst src state conn-id status\n203.0.113.100 {PEERS[0]} {state}\n",
        f"show crypto ipsec sa peer {PEERS[0]}": "",
    }
    tunnel = first(said)
    assert tunnel.ike == "down"
    assert tunnel.reason is not None
    assert words in tunnel.reason


def test_a_live_attempt_is_told_rather_than_a_deleted_one() -> None:
    said = answers() | {
        "show crypto isakmp sa": (
            f"{PEERS[0]} 203.0.113.100 MM_NO_STATE 1003 ACTIVE (deleted)\n"
            f"{PEERS[0]} 203.0.113.100 MM_KEY_EXCH 1004 ACTIVE\n"
        ),
        f"show crypto ipsec sa peer {PEERS[0]}": "",
    }
    assert "MM_KEY_EXCH" in str(first(said).reason)


def test_without_an_ikev2_sa_a_refusal_is_not_taken_for_silence() -> None:
    for version, has_refusal in ((IkeVersion.V1, False), (IkeVersion.V2, True)):
        report = verify({}, intent(version=version))
        assert ["AWS refuses" in str(tunnel.reason) for tunnel in report.tunnels] == [has_refusal] * 2


def test_an_ikev2_negotiation_that_hangs_is_named() -> None:
    said = answers(version=IkeVersion.V2) | {
        "show crypto ikev2 sa": IKEV2.replace("READY", "IN-NEG", 1),
        f"show crypto ipsec sa peer {PEERS[0]}": "",
    }
    tunnel = first(said, version=IkeVersion.V2)
    assert "(IN-NEG)" in str(tunnel.reason)


def test_ipsec_outlives_its_ike_sa() -> None:
    tunnel = first(answers() | {"show crypto isakmp sa": "IPv4 Crypto ISAKMP SA\n"})
    assert tunnel.is_up
    assert tunnel.ike == "down"
    assert "without an IKE SA" in str(tunnel.note)


def test_ike_without_ipsec_is_down() -> None:
    tunnel = first(answers() | {f"show crypto ipsec sa peer {PEERS[0]}": ""})
    assert (tunnel.ike, tunnel.ipsec) == ("up", "down")
    assert str(tunnel.reason).startswith(f"no IPsec SA with {PEERS[0]}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("outbound esp sas:", "outbound ah sas:"),
        ("inbound esp sas:", "inbound ah sas:"),
        ("Status: ACTIVE(ACTIVE)", "Status: INACTIVE"),
        ("(4608000/3237)", "(4608000/0)"),
        ("spi: 0xA54D38A4(2773301412)", "spi: 0x0(0)"),
        (f"remote crypto endpt.: {PEERS[0]}", "remote crypto endpt.: 198.51.100.9"),
        ("interface: Tunnel1", "interface: Tunnel9"),
    ],
)
def test_ipsec_counts_only_both_ways_alive_with_the_right_peer_on_the_right_interface(before: str, after: str) -> None:
    text = ipsec(1, PEERS[0])
    assert before in text
    tunnel = first(answers() | {f"show crypto ipsec sa peer {PEERS[0]}": text.replace(before, after)})
    assert tunnel.ipsec == "down"
    assert not tunnel.is_up


def test_the_whole_show_crypto_ipsec_sa_serves_as_well_as_one_a_peer() -> None:
    said = {command: text for command, text in answers().items() if "ipsec" not in command}
    said["show crypto ipsec sa detail"] = "".join(ipsec(n, peer) for n, peer in enumerate(PEERS, start=1))
    assert verify(said, intent()).is_up


@pytest.mark.parametrize(
    ("status", "protocol", "reason"),
    [
        ("up", "down", "line protocol down (interface up)"),
        ("administratively down", "down", "interface administratively down"),
        ("reset", "down", "line protocol down (interface reset)"),
        ("deleted", "down", "interface deleted"),
    ],
)
def test_the_interface_must_be_up(status: str, protocol: str, reason: str) -> None:
    tunnel = first(answers() | {"show interfaces Tunnel1": interface(1, PEERS[0], status, protocol)})
    assert tunnel.reason == reason
    assert tunnel.line_protocol == "down"


def test_a_tunnel_that_is_not_configured_is_named_as_that() -> None:
    said = answers() | {"show interfaces Tunnel1": "                 ^\n% Invalid input detected at '^' marker.\n"}
    assert first(said).reason == "no interface Tunnel1: the link is not configured"


def test_a_tunnel_to_somewhere_else_is_down() -> None:
    tunnel = first(answers() | {"show interfaces Tunnel1": interface(1, "198.51.100.9")})
    assert tunnel.reason == f"the tunnel goes to 198.51.100.9, not to {PEERS[0]}"


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        ("never    Idle", "BGP Idle"),
        ("00:01:02 Active", "BGP Active"),
        ("1y10w     Idle (Admin)", "BGP Idle (Admin)"),
        ("00:01:02 Idle (PfxCt)", "BGP Idle (PfxCt)"),
        ("00:01:02 OpenConfirm", "BGP OpenConfirm"),
        ("00:01:02 (NoNeg)", "BGP (NoNeg)"),
        ("00:01:02 Sleepy", "BGP: neighbor 169.254.255.1 is in a state that is not known"),
        ("00:01:02        0", "BGP Established, but no prefix from AWS (is the gateway attached?)"),
    ],
)
def test_bgp_must_be_established_with_prefixes(shown: str, reason: str) -> None:
    text = BGP.replace("00:54:21        1", shown)
    assert text != BGP
    assert first(answers() | {"show ip bgp summary": text}).reason == reason


def test_a_neighbor_in_another_as_is_down() -> None:
    tunnel = first(answers() | {"show ip bgp summary": BGP.replace("7224", "64512", 1)})
    assert tunnel.reason == "BGP: neighbor 169.254.255.1 is in AS 64512, not 7224"


def test_each_tunnel_is_judged_by_its_own_neighbor() -> None:
    theirs = BGP.replace("169.254.255.5   4         7224", "169.254.255.5   4        64512")
    one, two = verify(answers() | {"show ip bgp summary": theirs}, intent()).tunnels
    assert (one.reason, two.reason) == (None, "BGP: neighbor 169.254.255.5 is in AS 64512, not 7224")


def test_each_tunnel_is_judged_by_its_own_probe() -> None:
    said = answers(is_static=True) | {"show ip sla statistics 200": sla(200, "Timeout")}
    one, two = verify(said, intent(is_static=True)).tunnels
    assert [tunnel.sla and tunnel.sla.return_code for tunnel in (one, two)] == ["OK", "Timeout"]


def test_a_probe_that_the_router_does_not_show_is_known_by_its_track() -> None:
    said = answers(is_static=True) | {"show track 100": track(100, "Down", "Timeout")}
    del said["show ip sla statistics 100"]
    assert first(said, is_static=True).reason == "SLA 100 timeout"


def test_since_when_a_tunnel_is_up_is_told_by_its_own_session_and_else_by_its_routing() -> None:
    detail = f"""Interface: Tunnel1
Uptime: 02:13:14
Session status: UP-ACTIVE
Peer: {PEERS[1]} port 500 fvrf: (none) ivrf: (none)
  IPSEC FLOW: permit ip 0.0.0.0/0.0.0.0 0.0.0.0/0.0.0.0
        Active SAs: 2, origin: crypto map
"""
    report = verify(answers() | {"show crypto session detail": detail}, intent())
    assert [tunnel.uptime for tunnel in report.tunnels] == ["00:54:21", "02:13:14"]
    assert first(answers(is_static=True), is_static=True).uptime == "04:31:21"
    down = BGP.replace("00:54:21        1", "00:01:02 Idle")
    assert first(answers() | {"show ip bgp summary": down}).uptime is None


def test_no_bgp_at_all_is_down() -> None:
    assert first(answers() | {"show ip bgp summary": "% BGP not active\n"}).reason == "BGP: no neighbor 169.254.255.1"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("Timeout", "SLA 100 timeout"),
        ("No connection", "SLA 100 no connection"),
        ("Unknown", "track 100 Down: SLA 100 has not run (is it scheduled?)"),
        ("OK", "track 100 Down, although SLA 100 is OK again"),
    ],
)
def test_the_track_must_be_up(code: str, reason: str) -> None:
    said = answers(is_static=True) | {
        "show track 100": track(100, "Down", code),
        "show ip sla statistics 100": sla(100, code),
    }
    tunnel = first(said, is_static=True)
    assert tunnel.reason == reason
    assert tunnel.sla is not None
    assert tunnel.sla.state == "down"


def test_a_track_of_another_number_does_not_count() -> None:
    tunnel = first(answers(is_static=True) | {"show track 100": track(101)}, is_static=True)
    assert tunnel.reason == "unknown: the router shows no state of track 100"


def test_a_tracked_route_that_only_the_other_tunnel_has_is_noted() -> None:
    said = answers(is_static=True) | {"show ip route static": ROUTES.replace("Tunnel1", "GigabitEthernet1")}
    tunnel = first(said, is_static=True)
    assert tunnel.is_up
    assert tunnel.note == "the routing table has no route to 10.0.0.0/16 through this tunnel"


@pytest.mark.parametrize(
    "table", [re.sub(r"Tunnel\d", "GigabitEthernet1", ROUTES), "Gateway of last resort is not set\n"]
)
def test_a_network_that_neither_tunnel_has_a_route_to_makes_no_tunnel_up(table: str) -> None:
    tunnel = first(answers(is_static=True) | {"show ip route static": table}, is_static=True)
    assert tunnel.reason == "the routing table has no route to 10.0.0.0/16 through either tunnel"


def kept_out(*networks: str, by: str = "169.254.255.5") -> dict[str, str]:
    """Return BGP's answers where other routes go before those to these networks; with one prefix from each neighbor."""
    rows = "".join(f"{network:<19}{by:<20}Higher admin distance              n/a\n" for network in networks)
    one_each = BGP.replace("00:00:24        2", "00:00:24        1")
    return {"show ip bgp summary": one_each, "show ip bgp rib-failure": RIB_FAILURES + rows}


@pytest.mark.parametrize("network", ["10.0.0.0/16", "10.0.0.0"])
def test_a_network_that_another_route_takes_from_bgp_makes_no_tunnel_up(network: str) -> None:
    tunnel = first(answers() | kept_out(network))
    assert tunnel.reason is not None
    assert tunnel.reason.startswith(f"the routing table has other routes to {network}, which go before BGP's")


@pytest.mark.parametrize(
    "said",
    [kept_out("172.16.0.0", by="169.254.99.1"), kept_out("10.0.0.0") | {"show ip bgp summary": BGP}],
    ids=["another neighbor's", "one of two networks"],
)
def test_a_network_kept_from_bgp_is_no_cause_while_another_gets_through(said: dict[str, str]) -> None:
    assert first(answers() | said).is_up


@pytest.mark.parametrize(
    "subject", ["Interface GigabitEthernet1 line-protocol", "IP SLA 7 reachability", "List boolean or"]
)
def test_a_track_that_watches_something_else_says_nothing_of_the_tunnel(subject: str) -> None:
    said = answers(is_static=True)
    said["show track 100"] = track(100).replace("IP SLA 100 reachability", subject)
    assert first(said, is_static=True).reason == f"track 100 watches {subject!r}, not SLA 100"


@pytest.mark.parametrize(
    "line", ["Internet protocol processing disabled", "Interface is unnumbered. Using address of Loopback0 (10.0.0.1)"]
)
def test_a_tunnel_without_an_address_of_its_own_is_not_up(line: str) -> None:
    said = answers(is_static=True)
    said["show interfaces Tunnel1"] = interface(1, PEERS[0]).replace("Internet address is 169.254.255.2/30", line)
    assert first(said, is_static=True).reason == (
        "interface Tunnel1 has no inside address of its own: it is to be 169.254.255.2"
    )


def test_what_does_not_route_at_all_is_not_up() -> None:
    hosts = "Host               Gateway           Last Use    Total Uses  Interface\nICMP redirect cache is empty"
    said = answers(is_static=True) | {"show ip route static": f"Default gateway is not set\n\n{hosts}"}
    reason = first(said, is_static=True).reason
    assert reason is not None
    assert re.fullmatch(r"the routing table has no route to \S+ through either tunnel", reason)


def test_a_routing_table_that_is_not_shown_is_noted() -> None:
    said = answers(is_static=True) | {"show ip route static": "Command authorization failed."}
    tunnel = first(said, is_static=True)
    assert tunnel.is_up  # its track is Up, for which alone the route is in the table
    assert tunnel.note == (
        "the router does not show its routing table: whether the VPC's networks are in it is not known"
    )


def test_a_refused_command_is_named_and_never_up() -> None:
    said = answers() | {f"show crypto ipsec sa peer {PEERS[0]}": "Command authorization failed.\n"}
    tunnel = first(said)
    assert tunnel.ipsec == "unknown"
    assert tunnel.reason == (
        f"unknown: the router refused 'show crypto ipsec sa peer {PEERS[0]}' (Command authorization failed.)"
    )


def test_one_tunnel_down_is_told_apart_from_the_other() -> None:
    report = verify(answers() | {"show ip bgp summary": BGP.replace("00:54:21        1", "never    Idle")}, intent())
    assert report.reasons == (f"Tunnel1 ({PEERS[0]}): BGP Idle",)
    assert [t.is_up for t in report.tunnels] == [False, True]


def test_another_link_of_the_same_router_proves_nothing_for_this_one() -> None:
    said = answers() | {"show crypto isakmp sa": ISAKMP.replace(PEERS[0], "198.51.100.9")}
    said[f"show crypto ipsec sa peer {PEERS[0]}"] = ipsec(1, "198.51.100.9")
    assert not first(said).is_up


def test_the_json_has_the_fields_of_the_contract_and_no_secret() -> None:
    result = as_json(verify(answers(), intent()))
    assert result["up"] is True
    tunnel = json.loads(json.dumps(result))["tunnels"][0]
    assert tunnel["bgp"] == {"state": "Established", "prefixes": 1, "uptime": "00:54:21"}
    assert (tunnel["name"], tunnel["state"], tunnel["reason"], tunnel["sla"]) == ("Tunnel1", "UP", None, None)
    assert (tunnel["aws_outside"], tunnel["aws_inside"], tunnel["router_inside"]) == (
        PEERS[0],
        "169.254.255.1",
        "169.254.255.2",
    )
    assert "plainly" not in json.dumps(result)
