"""What both ends say of a tunnel is joined by address, and a tunnel is UP only when both say so."""

import pytest

from components._addresses import inside_pairs
from components._states import Telemetry, TunnelState, UnknownTunnelError, are_up, failure, joined, tunnel_ends

PAIRS = inside_pairs(("169.254.255.0/30", "169.254.255.4/30"))
FIRST = ("169.254.255.1", "198.51.100.1", "64512")
SECOND = ("169.254.255.5", "198.51.100.2", "64512")
UP = Telemetry("UP", "1 BGP ROUTES", 1)


def said(outside: str, *, state: str = "UP", reason: str | None = None) -> dict[str, object]:
    bgp = {"state": "Established", "prefixes": 1, "uptime": "00:01:00"}
    return {"name": "Tunnel1", "aws_outside": outside, "state": state, "reason": reason, "bgp": bgp, "sla": None}


def report(*tunnels: dict[str, object]) -> dict[str, object]:
    return {"up": all(tunnel["state"] == "UP" for tunnel in tunnels), "tunnels": list(tunnels)}


def states(telemetry: dict[str, Telemetry], router: dict[str, object], unknown: str = "") -> list[TunnelState]:
    return joined(tunnel_ends(PAIRS, (FIRST, SECOND)), 65001, telemetry, router, unknown=unknown)


@pytest.mark.parametrize("elements", [(FIRST, SECOND), (SECOND, FIRST)])
def test_a_tunnel_is_known_by_its_inside_cidr_in_whatever_order_aws_has_them(
    elements: tuple[tuple[str, str, str], ...],
) -> None:
    ends = tunnel_ends(PAIRS, elements)
    assert [(end.name, end.aws_outside) for end in ends] == [("tunnel1", "198.51.100.1"), ("tunnel2", "198.51.100.2")]


def test_another_inside_cidr_than_asked_for_is_an_error() -> None:
    with pytest.raises(UnknownTunnelError, match=r"169\.254\.255\.4/30"):
        tunnel_ends(PAIRS, (FIRST, ("169.254.9.1", "198.51.100.2", "64512")))


def test_a_tunnel_is_up_when_both_ends_say_so() -> None:
    both = states({"198.51.100.1": UP, "198.51.100.2": UP}, report(said("198.51.100.2"), said("198.51.100.1")))
    assert are_up(both)
    assert failure(both) == ""
    assert [(s["state"], s["bgp_state"], s["bgp_prefixes"]) for s in both] == [("UP", "Established", 1)] * 2


def test_a_failure_names_the_tunnel_the_end_and_the_reason() -> None:
    down = Telemetry("DOWN", "IPSEC IS DOWN", 0)
    router = report(said("198.51.100.1"), said("198.51.100.2", state="DOWN", reason="the peer is not authenticated"))
    text = failure(states({"198.51.100.1": UP, "198.51.100.2": down}, router))
    assert text == (
        "tunnel2 (198.51.100.2, inside 169.254.255.4/30) is DOWN: AWS says DOWN (IPSEC IS DOWN); "
        "the router says DOWN: the peer is not authenticated"
    )


def test_one_end_alone_does_not_make_a_tunnel_up() -> None:
    one = states(
        {"198.51.100.1": UP, "198.51.100.2": Telemetry("DOWN", "", 0)},
        report(said("198.51.100.1"), said("198.51.100.2")),
    )
    assert [s["state"] for s in one] == ["UP", "DOWN"]
    assert one[1]["reason"] == "AWS says DOWN (docs: docs/errors.md#only-aws-says-down)"


def test_the_agent_s_word_leads_to_its_remedy() -> None:
    router = said("198.51.100.2", state="DOWN", reason="BGP Idle") | {"remedy": "bgp-not-established"}
    (_, two) = states({"198.51.100.1": UP, "198.51.100.2": UP}, report(said("198.51.100.1"), router))
    assert two["reason"] == "the router says DOWN: BGP Idle (docs: docs/errors.md#bgp-not-established)"


def test_a_router_that_did_not_answer_leaves_the_state_unknown_with_the_reason() -> None:
    unasked = states({"198.51.100.1": UP, "198.51.100.2": UP}, {}, unknown="connection refused")
    assert {s["state"] for s in unasked} == {"UNKNOWN"}
    assert unasked[0]["reason"] == "the router did not say: connection refused"
    assert not are_up(unasked)


def test_static_routing_shows_the_track_instead_of_bgp() -> None:
    tracked = {**said("198.51.100.1"), "bgp": None, "sla": {"state": "up", "return_code": "OK"}}
    (first, _) = states({"198.51.100.1": UP}, report(tracked))
    assert (first["bgp_state"], first["sla_state"], first["sla_return_code"]) == ("", "up", "OK")
