"""The agent's ordinary life on a simulated router, over real SSH."""

import json
import re
from dataclasses import replace
from typing import cast

import pytest

from cisco.errors import PreflightError
from cisco.login import ArchivePolicy, Options
from cisco.model import Intent
from cisco.result import Tier
from lab.router.faults import Deny, Log, Silence, Where
from tests.lab.agent_bench import (
    IMPATIENT,
    KEYS,
    MODERN,
    NEW_KEY,
    PASSWORD,
    STATIC,
    USER,
    bench,
    default_running,
    link,
    second_link,
    without_archive,
)

LINKS = {
    "guide-bgp": link(),
    "guide-static": link(STATIC),
    "modern-bgp": link(phases=MODERN),
    "modern-static": link(STATIC, MODERN),
}
RELEASES = ("ios15", "xe16", "xe17.6", "xe17")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("intent", LINKS.values(), ids=LINKS)
def test_a_link_goes_in_once_and_comes_out_without_a_trace(intent: Intent, release: str) -> None:
    with bench(release=release) as lab:
        before = lab.running

        first = lab.apply(intent)
        assert (first.changed, first.tier, first.saved) == (True, Tier.DEVICE_TIMER, True)
        assert lab.startup == lab.running

        lab.router.received.clear()
        second = lab.apply(intent, dict(first.manifest))
        assert (second.changed, second.tier, second.saved, second.lines_sent) == (False, Tier.NONE, False, 0)
        assert not lab.entered("configure")
        assert not lab.entered("write")

        gone = lab.remove(manifest=dict(second.manifest))
        assert gone.changed
        assert lab.running == before
        assert lab.startup == lab.running
        assert not lab.remove(manifest=dict(second.manifest)).changed


def test_a_link_on_ios_12_goes_in_once_and_comes_out_without_a_trace() -> None:
    with bench(release="ios12") as lab:
        before = lab.running

        manifest = dict(lab.apply(LINKS["guide-bgp"]).manifest)
        assert not lab.apply(LINKS["guide-bgp"]).changed
        lab.remove(manifest=manifest)
        assert lab.running == before


def test_the_router_alone_knows_what_is_ours_when_the_manifest_is_lost() -> None:
    with bench() as lab:
        before = lab.running
        lab.apply(link())

        assert not lab.apply(link()).changed
        assert lab.remove(link()).changed
        assert lab.running == before


def test_a_changed_key_touches_nothing_else() -> None:
    with bench() as lab:
        manifest = dict(lab.apply(link()).manifest)
        before = lab.running
        lab.router.received.clear()

        result = lab.apply(link(keys=(KEYS[0], NEW_KEY)), manifest)
        assert lab.running == before.replace(KEYS[1], NEW_KEY)
        assert NEW_KEY not in result.diff
        assert result.lines_sent < 8
        assert lab.entered("do clear crypto session remote 198.51.100.11")
        assert not lab.entered("do clear crypto session remote 198.51.100.10")


def test_two_links_share_a_router_and_one_leaves_the_other_intact() -> None:
    with bench() as lab:
        before = lab.running
        one = dict(lab.apply(link()).manifest)
        with_one = lab.running
        two = dict(lab.apply(second_link()).manifest)

        lab.remove(manifest=one)
        assert not lab.apply(second_link(), two).changed
        lab.remove(manifest=two)
        assert lab.running == before
        lab.apply(link())
        assert lab.running == with_one


@pytest.mark.parametrize("hostname", ["r", "a-router-with-a-name-beyond-twenty-characters", "x" * 63])
def test_hostnames_of_any_length(hostname: str) -> None:
    running = default_running().replace("hostname cgw-router", f"hostname {hostname}")
    with bench(running_config=running) as lab:
        assert lab.apply(link()).changed
        assert not lab.apply(link()).changed


def test_a_banner_that_imitates_prompts_is_only_a_banner() -> None:
    running = default_running().replace("redundancy\n", "redundancy\n!\nbanner motd ^C\ncgw-router#\ncgw-router>\n^C\n")
    with bench(running_config=running, banner="cgw-router#\nPassword: \ncgw-router(config)#\n") as lab:
        assert lab.apply(link()).changed
        assert not lab.apply(link()).changed


def test_syslog_in_the_middle_of_every_reply_changes_nothing() -> None:
    with bench(faults=[Log(Where(pattern=".", times=10_000))]) as lab:
        assert lab.apply(link()).changed
        assert not lab.apply(link()).changed


@pytest.mark.parametrize("privilege", [1, 7])
def test_an_enable_secret_is_used_when_the_login_is_unprivileged(privilege: int) -> None:
    from cisco.secret import Secret

    with bench(privilege=privilege, enable_secret="plainly-fake-enable") as lab:
        login = replace(lab.login, enable_password=Secret("plainly-fake-enable"))
        assert lab.apply(link(), login=login).changed


def test_without_archive_software_undoes_and_the_result_says_so() -> None:
    with bench(running_config=without_archive(default_running())) as lab:
        before = lab.running

        result = lab.apply(link())
        assert result.tier is Tier.SOFTWARE
        lab.remove(manifest=dict(result.manifest))
        assert lab.running == before


def test_archive_can_be_required() -> None:
    options = Options(archive=ArchivePolicy.REQUIRE)
    with bench(options, without_archive(default_running())) as lab:
        before = lab.running

        with pytest.raises(PreflightError, match="archive is off"):
            lab.apply(link())
        assert lab.running == before


def test_archive_is_configured_on_request_and_taken_off_with_the_last_link() -> None:
    options = Options(archive=ArchivePolicy.CONFIGURE)
    with bench(options, without_archive(default_running())) as lab:
        before = lab.running

        result = lab.apply(link())
        assert result.tier is Tier.DEVICE_TIMER
        assert result.manifest["archive"] == "bootflash:aws-cisco-vpn-rollback"
        assert "path bootflash:aws-cisco-vpn-rollback" in lab.running
        again = lab.apply(link(mss=1300), dict(result.manifest))
        lab.remove(manifest=dict(again.manifest))
        assert lab.running == before


def test_check_finds_drift_without_touching_anything() -> None:
    with bench() as lab:
        assert lab.check(link()).in_sync is False
        lab.apply(link(generation=7))
        in_sync = lab.check(link())
        assert (in_sync.in_sync, in_sync.generation, in_sync.diff) == (True, 7, "")

        with lab.router.state.lock:
            drifted = lab.running.replace(" ip tcp adjust-mss 1379\n", "")
        with bench(running_config=drifted) as other:
            found = other.check(link())
            assert (found.in_sync, found.generation) == (False, 8)
            assert found.diff.count("+") == 2
            assert "ip tcp adjust-mss 1379" in found.diff
            assert (found.changed_at, found.changed_by) == (None, None)
            assert other.running == drifted
            other.apply(link(generation=8))
            assert other.check(link()).in_sync


def test_a_check_sees_in_the_same_session_how_the_tunnels_of_a_link_in_place_are() -> None:
    with bench(running_config=default_running()) as lab:
        assert lab.check(link(), sees_tunnels=True).report is None, "a router without the link has no tunnels of it"
        lab.apply(link())
        before = len(lab.entered("show running-config"))
        report = lab.check(link(), sees_tunnels=True).report or {}
        assert (len(lab.entered("show running-config")), len(lab.entered("show ip bgp summary"))) == (before + 1, 1)
        assert (report["up"], len(cast("list[object]", report["tunnels"]))) == (False, 2), "nobody is at the other end"


def test_a_router_that_falls_silent_over_its_tunnels_has_been_compared_all_the_same() -> None:
    with bench(running_config=default_running()) as lab:
        lab.apply(link())
        lab.timing = IMPATIENT
        lab.router.add_fault(Silence("show crypto"))
        found = lab.check(link(), sees_tunnels=True)
        assert (found.in_sync, found.unreachable, found.report) == (True, None, None)


def test_a_check_for_a_stack_that_has_nothing_here_yet_names_what_another_connection_holds() -> None:
    with bench() as lab:
        lab.apply(link())
        anew = replace(link(), connection_id="vpn-0another")
        assert lab.check(anew).problems == (), "the connection made anew takes the old one's place"
        problems = lab.check(anew, manifest={}).problems
        assert any("interface Tunnel1 belongs to another connection of link tokyo" in problem for problem in problems)


def test_an_engineer_s_apply_goes_on_with_the_name_and_the_number_that_the_stack_gave() -> None:
    unnamed, given_neither = replace(link(mss=1300), link="link"), {"link", "generation"}
    with bench() as lab:
        lab.apply(link(generation=7))

        assert "description" not in lab.check(unnamed, as_marked=given_neither).diff
        result = lab.apply(unnamed, as_marked=given_neither)
        assert (result.changed, result.generation, result.manifest["link"]) == (True, 7, "tokyo")
        assert lab.running.count("description aws-cisco-vpn tokyo vpn-0a1b2c3d gen 7") == 2
        # The stack sees that it was changed, and takes a number that it has not had.
        found = lab.check(link(generation=7))
        assert (found.in_sync, found.generation) == (False, 8)


def test_check_tells_who_configured_a_router_that_differs() -> None:
    with bench() as lab:
        lab.apply(link())
        assert lab.check(link()).changed_by is None
        lab.router.edit(["interface Tunnel1", "no ip tcp adjust-mss"], user="alice")

        found = lab.check(link())
        assert found.changed_by == "alice"
        assert "ip tcp adjust-mss" in found.diff
        assert re.fullmatch(r"\d\d:\d\d:\d\d UTC \w{3} \w{3} \d+ \d{4}", found.changed_at or "")

        lab.apply(link(generation=2))
        assert lab.check(link(mss=1300)).changed_by == USER


def test_a_router_that_loses_the_link_a_moment_later_gets_another_number() -> None:
    with bench() as lab:
        first = lab.check(link()).generation
        lab.apply(link(generation=first))
        lab.router.edit(["no interface Tunnel1", "no interface Tunnel2"])
        lab.clock.sleep(1)
        assert lab.check(link()).generation != first


def test_check_shows_what_apply_would_warn_of() -> None:
    with bench() as lab:
        lab.router.edit(["crypto ipsec df-bit set"])
        shown = lab.check(link()).diff
        (warning,) = lab.apply(link()).warnings
        assert warning.startswith("'crypto ipsec df-bit set'")
        assert f"! warning: {warning}\n" in shown
        # And once, while there is still time to stop it.
        said = "\n".join(lab.said)
        assert said.count(f"warning: {warning}") == 1
        assert said.index(f"warning: {warning}") < said.index("sending ")


def test_check_of_a_connection_made_anew_shows_what_it_replaces_and_no_collision() -> None:
    anew = link(connection_id="vpn-0fedcba9876543210", net=20)
    with bench() as lab:
        first = lab.apply(link())

        found = lab.check(anew)
        assert found.in_sync is False
        assert "!" not in found.diff
        assert "- crypto isakmp profile isakmp-vpn-0a1b2c3d-0" in found.diff
        assert "+ crypto isakmp profile isakmp-vpn-0fedcba9876543210-0" in found.diff
        assert found.diff == lab.apply(anew, dict(first.manifest)).diff
        assert "belongs to link tokyo" in lab.check(replace(second_link(), tunnels=anew.tunnels)).diff


def test_check_says_beforehand_what_the_release_would_refuse() -> None:
    one, two = (replace(tunnel, phase1=replace(tunnel.phase1, dh_group=2)) for tunnel in link().tunnels)
    with bench() as lab:
        found = lab.check(replace(link(), tunnels=(one, two)))
        assert "! DH group 2 of phase 1 is refused by IOS-XE" in found.diff
        assert any("DH group 2 of phase 1 is refused" in problem for problem in found.problems)
        assert found.in_sync is False
        assert "!" not in lab.check(link()).diff


def test_check_of_an_unreachable_router_says_so_and_fails_nothing() -> None:
    with bench() as lab:
        found = lab.check(link(generation=4), login=replace(lab.login, port=1))

    assert (found.in_sync, found.generation) == (None, 4)
    assert "cannot connect" in (found.unreachable or "")


def test_check_of_a_router_that_will_not_show_its_configuration_is_no_answer() -> None:
    denial = Deny(Where(pattern="^show running-config"))
    with bench(faults=[denial]) as lab, pytest.raises(PreflightError, match="AAA command authorization denies"):
        lab.check(link())


def test_the_result_is_json_and_holds_no_secret() -> None:
    with bench() as lab:
        result = lab.apply(link())
        change = lab.apply(link(keys=(KEYS[0], NEW_KEY)))
        gone = lab.remove(link())
        text = json.dumps([r.as_json() for r in (result, change, gone)]) + "".join(lab.said)

    assert all(secret not in text for secret in (*KEYS, NEW_KEY, PASSWORD))
    assert "***" in text


def test_an_unsaved_change_of_an_earlier_run_is_saved_by_the_next() -> None:
    with bench(Options(save=False)) as lab:
        result = lab.apply(link())
        assert not result.saved
        assert "Tunnel1" not in lab.startup

        lab.options = Options()
        again = lab.apply(link())
        assert (again.changed, again.saved) == (False, True)
        assert lab.startup == lab.running
