"""Plans for what happens in the life of a link, line by line."""

import json
import re
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from cisco.aws import intent_from_aws
from cisco.diff import plan, removal
from cisco.errors import AgentError, PreflightError
from cisco.model import Bgp, Encryption, Intent, Static
from cisco.plan import SHARED, Owned
from cisco.render import render
from cisco.request import RouterSettings
from cisco.result import Result, Tier, beginning, diff_text
from cisco.secret import Redactor
from tests.unit.little_ios import LittleIos
from tests.unit.patience import patience
from tests.unit.planned_links import (
    BGP,
    GUIDE,
    ID,
    MODERN,
    STATIC,
    VPC,
    holding,
    link,
    planned,
    router,
    texts,
    tunnel,
)


def assert_it_goes_in_and_comes_out(made: LittleIos, new: Intent) -> None:
    """The plan leads to what is intended, and its inverse back to the very text from before."""
    before = made.show()
    change = planned(made, new)
    for command in change.commands:
        made.line(command.text)
    assert planned(made, new).is_empty
    for command in change.inverse:
        made.line(command.text)
    assert made.show() == before


def test_a_new_link_comes_shared_first_then_the_second_tunnel_then_the_first() -> None:
    assert [step.scope for step in planned(router(), link()).steps] == [SHARED, "Tunnel2", "Tunnel1"]


def test_the_first_line_says_what_is_about_to_be_ours() -> None:
    lines = texts(planned(router(), link()))
    assert lines[:2] == [
        "interface Tunnel1",
        f"description aws-cisco-vpn tokyo {ID} gen 1 own df=copy ka=none rw=64 p200 p201 bgp net0 t2",
    ]


def test_a_new_object_gets_its_defaults_spelled_out() -> None:
    assert {"hash sha", "mode tunnel", "no shutdown"} <= set(texts(planned(router(), link())))


def test_a_change_of_key_touches_one_line_of_one_tunnel_and_clears_its_session() -> None:
    made = planned(holding(link()), link(BGP, tunnel(0), tunnel(1, key="otherkey_")))
    (step,) = made.steps
    assert step.scope == "Tunnel2"
    assert step.clear_sessions == (IPv4Address("52.0.0.2"),)
    assert [c.text for c in step.commands] == [
        f"crypto keyring keyring-{ID}-1",
        "no pre-shared-key address 52.0.0.2 key fakekey_1",
        "pre-shared-key address 52.0.0.2 key otherkey_1",
        "exit",
    ]
    assert "pre-shared-key address 52.0.0.2 key fakekey_1" in [c.text for c in step.inverse]


def test_a_tunnel_that_is_given_another_protection_is_brought_up_again() -> None:
    other = link(connection_id="vpn-0fedcba9876543210")
    sent = texts(planned(holding(link()), other, Owned(connection_id=ID)))
    for index in (0, 1):
        after = sent[sent.index(f"tunnel protection ipsec profile ipsec-vpn-0fedcba9876543210-{index}") :]
        assert after[: after.index("exit")][-1] == "no shutdown"


def test_another_mss_overwrites_without_a_gap() -> None:
    made = planned(holding(link()), link(BGP, replace(tunnel(0), mss=1387), tunnel(1)))
    assert texts(made) == ["interface Tunnel1", "ip tcp adjust-mss 1387", "exit"]


def test_other_ciphers_overwrite_and_leave_the_tunnel_protected() -> None:
    stronger = (replace(GUIDE[0], dh_group=14), replace(GUIDE[1], dh_group=14, encryption=Encryption.AES256))
    made = planned(holding(link()), link(BGP, tunnel(0), tunnel(1, stronger)))
    assert texts(made) == [
        "crypto isakmp policy 201", "group 14", "exit",
        f"crypto ipsec transform-set ipsec-prop-{ID}-1 esp-aes 256 esp-sha-hmac", "exit",
        f"crypto ipsec profile ipsec-{ID}-1", "set pfs group14", "exit",
    ]  # fmt: skip


def test_the_guides_profile_becomes_the_modern_one_tunnel_by_tunnel() -> None:
    made = planned(holding(link()), link(BGP, tunnel(0, MODERN), tunnel(1, MODERN)))
    second = texts(made, "Tunnel2")
    order = [
        f"crypto ikev2 profile ikev2-{ID}-1",
        f"set ikev2-profile ikev2-{ID}-1",
        f"no crypto isakmp profile isakmp-{ID}-1",
        f"no crypto keyring keyring-{ID}-1",
    ]
    assert [line for line in second if line in order] == order
    assert not any(f"{ID}-0" in line for line in second)
    # The policies and the keepalive go only after both tunnels have left them.
    last = [command.text for command in made.steps[-1].commands]
    assert last[:3] == [
        "no crypto isakmp keepalive 10 10",
        "no crypto isakmp policy 200",
        "no crypto isakmp policy 201",
    ]


@pytest.mark.parametrize(("old", "new"), [(BGP, STATIC), (STATIC, BGP)])
def test_new_routing_comes_before_the_old_goes(old: Bgp | Static, new: Bgp | Static) -> None:
    lines = texts(planned(holding(link(old)), link(new)), "Tunnel2")
    routes = [i for i, line in enumerate(lines) if line.startswith(("ip route", "neighbor"))]
    gone = [i for i, line in enumerate(lines) if line.startswith(("no ip route", "no neighbor"))]
    assert routes
    assert gone
    assert max(routes) < min(gone)


def test_a_scheduled_probe_is_made_anew_and_its_track_stays() -> None:
    made = holding(link(STATIC))
    text = made.show().replace("  threshold 1000", "  threshold 900", 1)
    lines = [c.text for c in plan(text, render(link(STATIC))).commands]
    assert lines[:2] == ["no ip sla 100", "ip sla 100"]
    assert lines[-1] == "ip sla schedule 100 life forever start-time now"
    assert not any("track" in line and "route" not in line for line in lines)


def test_an_ikev2_policy_offers_both_proposals_until_both_tunnels_have_changed() -> None:
    other = (replace(MODERN[0], dh_group=19), MODERN[1])
    made = holding(link(BGP, tunnel(0, MODERN), tunnel(1, MODERN)))
    change = planned(made, link(BGP, tunnel(0, other), tunnel(1, other)))
    assert not any(line.startswith("no ") for line in texts(change)[: len(change.steps[0].commands)])
    assert any(c.text.startswith("no crypto ikev2 proposal") for c in change.steps[-1].commands)


def test_another_name_changes_descriptions_only() -> None:
    lines = texts(planned(holding(link()), link(link="osaka", generation=2)))
    assert all(line.startswith(("interface", "description aws-cisco-vpn osaka", "exit")) for line in lines)


def test_a_prefix_more_is_one_route_a_tunnel() -> None:
    more = Static((VPC, IPv4Network("10.1.0.0/16")))
    assert texts(planned(holding(link(STATIC)), link(more))) == [
        "ip route 10.1.0.0 255.255.0.0 Tunnel2 track 200",
        "ip route 10.1.0.0 255.255.0.0 Tunnel1 track 100",
    ]


def test_other_tunnel_numbers_give_the_address_up_before_it_is_taken() -> None:
    made = holding(link())
    new = link(BGP, tunnel(0, number=11), tunnel(1, number=12))
    assert_it_goes_in_and_comes_out(made, new)


def test_swapped_tunnel_numbers_are_no_conflict() -> None:
    made = holding(link())
    new = link(BGP, tunnel(0, number=2), tunnel(1, number=1))
    assert_it_goes_in_and_comes_out(made, new)


def test_a_new_connection_replaces_the_old_one_that_the_manifest_names() -> None:
    made = holding(link())
    bare = router().show()
    other = link(connection_id="vpn-0fedcba9876543210")
    change = planned(made, other, Owned("tokyo", ID))
    for command in change.commands:
        made.line(command.text)
    assert ID not in made.show()
    assert planned(made, other).is_empty
    for command in removal(made.show(), change.owned).commands:
        made.line(command.text)
    assert made.show() == bare


def test_without_a_manifest_a_new_connection_does_not_replace_another_link() -> None:
    made = planned(holding(link()), link(connection_id="vpn-0fedcba9876543210"))
    assert made.steps == ()
    said = "\n".join(map(str, made.collisions))
    assert f"interface Tunnel1 belongs to another connection of link tokyo ({ID}): 'remove --link tokyo' takes" in said
    assert "takes it away where it is left from before; else tunnel_numbers [3, 4] are free" in said
    assert "adopt" not in said


FLAT = "router bgp 65001\nneighbor 10.9.9.9 remote-as 65009\nexit"


def test_bgp_without_address_families_stays_without_them() -> None:
    made = router(FLAT)
    before = made.show()
    lines = texts(planned(made, link()))
    assert "address-family ipv4" not in lines
    assert "neighbor 169.254.44.1 default-originate" in lines
    holding(link(), made)
    assert "address-family" not in made.show()
    for command in removal(made.show(), Owned(connection_id=ID)).commands:
        made.line(command.text)
    assert made.show() == before


def test_a_neighbours_route_map_added_by_hand_stays_and_comes_back() -> None:
    made = holding(link())
    made.type("router bgp 65001\naddress-family ipv4\nneighbor 169.254.44.1 route-map GUARD in\nexit\nexit")
    before = made.show()
    assert planned(made, link()).is_empty
    gone = removal(before, Owned(connection_id=ID))
    for command in (*gone.commands, *gone.inverse):
        made.line(command.text)
    assert made.show() == before


def test_a_line_removed_by_hand_is_all_that_is_healed() -> None:
    made = holding(link())
    made.type("interface Tunnel2\nno tunnel protection ipsec profile\nexit")
    assert texts(planned(made, link())) == [
        "interface Tunnel2",
        f"tunnel protection ipsec profile ipsec-{ID}-1",
        "no shutdown",
        "exit",
    ]


def test_a_whole_tunnel_removed_by_hand_is_healed_by_the_manifest_or_the_other_tunnels_mark() -> None:
    made = holding(link())
    del made.sections[("interface", "Tunnel2")]
    assert texts(planned(made, link()))[0] == "interface Tunnel2"
    assert all(line.split(" ")[0] != "neighbor" for line in texts(planned(made, link())))


def test_an_encrypted_key_counts_as_ours_until_the_manifest_knows_of_another() -> None:
    made = planned(router(), link())
    text = holding(link()).show().replace("key fakekey_0", "key 6 AABBCC").replace("key fakekey_1", "key 6 DDEEFF")
    changed = link(BGP, tunnel(0), tunnel(1, key="otherkey_"))
    assert plan(text, render(link()), owned=made.owned).is_empty
    assert plan(text, render(changed)).is_empty
    healed = plan(text, render(changed), owned=made.owned)
    assert "pre-shared-key address 52.0.0.2 key otherkey_1" in texts(healed)
    assert "pre-shared-key address 52.0.0.2 key 6 DDEEFF" in [c.text for c in healed.inverse]


def test_the_manifest_holds_no_key() -> None:
    assert "fakekey" not in str(planned(router(), link()).owned.manifest())


def test_a_policy_like_ours_is_used_and_left_behind() -> None:
    made = router(
        "crypto isakmp policy 200\nencryption aes 128\nauthentication pre-share\ngroup 2\nlifetime 28800\nexit"
    )
    before = made.show()
    holding(link(), made)
    for command in removal(made.show(), Owned(connection_id=ID)).commands:
        made.line(command.text)
    assert made.show() == before


def test_a_line_that_could_not_be_typed_again_stops_the_plan() -> None:
    text = holding(link()).show().replace(" tunnel source", " ip nat what?\n tunnel source", 1)
    with pytest.raises(PreflightError, match="can't be typed again"):
        removal(text, Owned(connection_id=ID))


def test_an_intended_line_of_no_known_kind_is_a_fault_of_ours() -> None:
    with pytest.raises(AgentError, match="no rule of the diff knows"):
        plan("end\n", render(link()) + "hostname x\n")


SAMPLES = Path(__file__).parent.parent / "data" / "aws"


def hand_made() -> tuple[str, str]:
    """Return a real router's running-config, typed from AWS's text, and our text for the same connection."""
    xml = (SAMPLES / "bgp-behind-nat.xml").read_text()
    behind_nat = RouterSettings(local_address=IPv4Address("172.16.1.2"), behind_nat=True)
    intent = intent_from_aws({"customer_gateway_configuration": xml}, behind_nat, "tokyo")
    return (SAMPLES / "bgp-behind-nat.running-config.txt").read_text(), render(intent)


def test_a_link_made_by_hand_is_in_the_way_until_it_is_adopted() -> None:
    made = plan(*hand_made())
    assert made.steps == ()
    assert {c.suggestion for c in made.collisions} == {"take it over with adopt, or remove it"}


def test_adopting_a_link_made_by_hand_changes_only_marks_and_our_listed_deviations() -> None:
    made = plan(*hand_made(), owned=Owned(adopt=True))
    assert made.collisions == ()
    changed = {d.line.split(" 13")[0] for d in made.differences if not d.line.startswith("description ")}
    assert changed <= {"ip tcp adjust-mss", "network 0.0.0.0"}


def test_an_adopted_tunnel_of_another_number_is_said_to_go_down_for_it() -> None:
    running, intended = hand_made()
    made = plan(running.replace("interface Tunnel1\n", "interface Tunnel7\n"), intended, owned=Owned(adopt=True))
    (said,) = (warning for warning in made.warnings if "tunnel_numbers" in warning)
    assert re.fullmatch(
        r"Tunnel7 leads to \S+ already, and goes down to become Tunnel1: tunnel_numbers let it stay", said
    )
    assert "no interface Tunnel7" in texts(made)


def test_an_adopted_link_is_removed_without_the_globals_that_were_there_before() -> None:
    running, intended = hand_made()
    made = plan(running, intended, owned=Owned(adopt=True))
    gone = texts(removal(running, made.owned))
    assert "no neighbor 169.254.13.237" in gone
    assert "no interface Tunnel1" in gone
    assert not any(line.startswith(("no crypto isakmp policy", "crypto ipsec df-bit", "no router")) for line in gone)


def test_an_adopted_static_link_has_its_probes_and_tracks_as_its_own() -> None:
    made = holding(link(STATIC))
    unmarked = re.sub(r"\n description aws-cisco-vpn[^\n]*", "", made.show())
    adopted = plan(unmarked, render(link(STATIC)), owned=Owned(adopt=True))
    for line in texts(adopted):
        made.line(line)
    gone = texts(removal(made.show(), adopted.owned))
    assert {"no ip sla 100", "no ip sla 200", "no track 100", "no track 200"} <= set(gone)


def test_the_result_of_the_longest_change_fits_into_the_next_run_s_environment() -> None:
    networks = tuple(IPv4Network(f"100.{64 + n // 256}.{n % 256}.0/24") for n in range(1000))
    made = planned(router(), link(replace(BGP, advertise=networks, accept=(VPC,))))
    diff = beginning(diff_text(made.differences))
    result = Result(
        changed=True, tier=Tier.DEVICE_TIMER, generation=1, saved=True, lines_sent=2000, round_trips=200,
        diff=diff, manifest=made.owned.manifest(), warnings=made.warnings,
    )  # fmt: skip
    assert len(json.dumps(result.as_json())) < 128 * 1024
    assert re.search(r"\n… and \d+ lines more$", diff)


def test_a_changed_key_is_shown_as_changed_and_masked() -> None:
    made = planned(holding(link()), link(BGP, tunnel(0), tunnel(1, key="otherkey_")))
    assert Redactor().redact(diff_text(made.differences)).splitlines() == [
        f"  crypto keyring keyring-{ID}-1",
        "-  pre-shared-key address 52.0.0.2 key ***",
        "+  pre-shared-key address 52.0.0.2 key ***",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "ip route 10.{}.{}.{} 255.255.255.255 Tunnel100 track 7",
        "access-list 100 permit ip host 10.{}.{}.{} any",
        "router bgp 65001\n neighbor 11.{}.{}.{} remote-as 65000",
    ],
)
def test_thirty_thousand_foreign_lines_are_no_obstacle(line: str) -> None:
    many = "\n".join(line.format(n >> 16, n >> 8 & 255, n & 255) for n in range(30_000))
    with patience():
        made = plan(f"{many}\nend\n", render(link()))
    assert made.collisions == ()
    assert not any(command.text in many for command in made.commands if command.enters is None)
