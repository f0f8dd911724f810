"""The agent on a router that nobody made for it: no hidden defaults, Cisco's own safety net, and a hard way to hang up."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import paramiko  # type: ignore[import-untyped]  # Paramiko has no type hints
import pytest

from cisco.connection import Connection
from cisco.errors import AgentError, ConnectError, NotRolledBackError, PreflightError, RolledBackError, RouterBusyError
from cisco.login import ArchivePolicy, Options
from cisco.model import Bgp, Phase1, Phase2, Static
from cisco.result import Tier
from cisco.terminal import Timing
from cisco.transaction import apply, remove
from tests.lab import plain_habits
from tests.lab.agent_bench import BGP, GUIDE, MODERN, STATIC, link, second_link
from tests.lab.plain_archive import LAST_MINUTE
from tests.lab.plain_bench import connection, says
from tests.lab.plain_config import read
from tests.lab.plain_habits import CONFIGURED, DEBUGGED, LOCKED
from tests.lab.plain_router import DENIED, RELEASES, Accident, Killed, PlainRouter
from tests.lab.plain_ssh import BY_SHA1, BY_SHA2, PlainSsh
from tests.lab.plain_vty import REFUSED

SHOW_PENDING = "show archive config rollback timer"
OLDER = [(BGP, GUIDE), (STATIC, GUIDE)]
NEWER = [*OLDER, (BGP, MODERN)]
LINKS = [(release, *what) for release in RELEASES for what in (OLDER if release == "12.4" else NEWER)]


def lives_a_whole_life(router: PlainRouter, *, enable_password: str | None = None) -> None:
    """Let a link go in, stay, and come out without a trace."""
    before = says(router.running())
    first = apply(link(), connection(router, enable_password), Options())
    assert (first.changed, first.tier, first.saved) == (True, Tier.DEVICE_TIMER, True)
    assert router.startup == router.running()
    assert router.archive.timer is None
    assert not apply(link(), connection(router, enable_password), Options()).changed
    remove(connection(router, enable_password), Options(), manifest=first.manifest)
    assert says(router.running()) == says(router.startup) == before


@pytest.mark.parametrize(("release", "routing", "phases"), LINKS)
@pytest.mark.parametrize("has_archive", [True, False])
def test_a_link_goes_in_stays_and_comes_out(
    release: str, routing: Bgp | Static, phases: tuple[Phase1, Phase2], *, has_archive: bool
) -> None:
    router = PlainRouter(RELEASES[release], has_archive=has_archive)
    before, intent = says(router.running()), link(routing, phases)
    first = apply(intent, connection(router), Options())
    assert first.tier is (Tier.DEVICE_TIMER if has_archive else Tier.SOFTWARE)
    assert router.startup == router.running()
    assert not apply(intent, connection(router), Options()).changed
    remove(connection(router), Options(), manifest=first.manifest)
    assert says(router.running()) == says(router.startup) == before


def test_two_links_live_on_one_router_and_drift_of_one_is_repaired() -> None:
    router = PlainRouter(has_archive=True)
    first = apply(link(), connection(router), Options())
    alone = says(router.running())
    second = apply(second_link(), connection(router), Options())
    both = says(router.running())
    router.config.lines["interface Tunnel1"].take_out("ip tcp adjust-mss 1379")
    assert apply(link(), connection(router), Options(wait=0), first.manifest).changed
    assert says(router.running()) == both
    remove(connection(router), Options(), manifest=second.manifest)
    assert says(router.running()) == alone


def test_a_link_made_by_hand_is_taken_over_only_when_told() -> None:
    router = PlainRouter(has_archive=True)
    apply(link(), connection(router), Options())
    made = read(router.running())
    for number in (1, 2):
        made.lines[f"interface Tunnel{number}"].enter("description made by hand")
    router.config = made
    by_hand = router.running()
    with pytest.raises(PreflightError, match="was not made by us"):
        apply(link(), connection(router), Options())
    assert router.running() == by_hand
    apply(link(), connection(router), Options(adopt=True, wait=0))
    assert "made by hand" not in router.running()


HABITS: dict[str, Callable[[], dict[str, object]]] = {
    "fragments": lambda: {"pieces": plain_habits.in_fragments},
    "wraps at 80": lambda: {"echo": plain_habits.wrapped(80), "refuses": {"terminal width.*": DENIED}},
    "scrolls at 80": lambda: {"echo": plain_habits.scrolled(80), "refuses": {"terminal width.*": DENIED}},
    "scrolls at 40": lambda: {"echo": plain_habits.scrolled(40)},
    "syslog amid the echo": lambda: {"echo": plain_habits.amid_the_echo(CONFIGURED, is_typed_again=False)},
    "debugging amid the echo": lambda: {"echo": plain_habits.amid_the_echo(DEBUGGED, is_typed_again=True)},
    "terminal lines denied": lambda: {"refuses": {"terminal .*": DENIED}},
    "clear denied": lambda: {"refuses": {"do clear .*": DENIED}},
    "end denied": lambda: {"refuses": {"end": DENIED}},
    "banner of prompts": lambda: {"banner": "plain#\nplain> is no prompt\n########\nplain(config)#\n"},
    "banner that asks": lambda: {"banner": "Authorised users only. Continue? [yes/no]:\nPassword:"},
    "asks before it saves": lambda: {
        "asks_before_saving": (
            "Destination filename [startup-config]? ",
            "Overwrite the previous NVRAM configuration?[confirm]",
        )
    },
    **{
        f"{name} {where.__name__}": lambda message=message, where=where: {"noise": where(message)}  # type: ignore[misc]  # mypy takes no defaults of a lambda here
        for name, message in {
            "syslog": CONFIGURED, "debugging": DEBUGGED, "a lock": LOCKED, "the last minute": LAST_MINUTE,
        }.items()
        for where in (
            plain_habits.before, plain_habits.amid, plain_habits.behind_the_prompt, plain_habits.with_the_prompt_again,
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("habit", HABITS)
def test_a_router_with_habits_of_its_own_is_understood(habit: str) -> None:
    lives_a_whole_life(PlainRouter(has_archive=True, **HABITS[habit]()))  # type: ignore[arg-type]  # its own fields


def test_user_mode_is_left_with_the_enable_password() -> None:
    router = PlainRouter(has_archive=True, level=1, enable_password="plainly-fake-enable")  # fake
    lives_a_whole_life(router, enable_password="plainly-fake-enable")  # fake


IN_A_VIEW = {"show parser view": "Current view is 'NOC'\n"}
OBSTACLES: dict[str, tuple[dict[str, object], Options, type[AgentError], str]] = {
    "user mode": ({"level": 1}, Options(), ConnectError, "give enable_password"),
    "a view": ({"refuses": IN_A_VIEW}, Options(), PreflightError, "in the view 'NOC', which shows only a part"),
    "nothing to be read": ({"refuses": {"show running-config": REFUSED}}, Options(), PreflightError, "the router refuses"),
    "a lock": ({"lock_owner": "bob"}, Options(), PreflightError, "locked exclusively by user 'bob'"),
    "one line": ({"lines": 1}, Options(), RolledBackError, "a second session, which the change has to prove possible"),
    "no confirmation": (
        {"refuses": {"configure confirm": DENIED}}, Options(), RolledBackError, "did not take 'configure confirm'"
    ),
    # Else a confirmation that is denied as well would be believed, saved, and undone by the timer behind our back.
    "the timer's state denied": (
        {"refuses": {SHOW_PENDING: DENIED}}, Options(), PreflightError, "authorization denies 'show archive config"
    ),
    "a timer unknown to the release": (
        {"refuses": {SHOW_PENDING: REFUSED}}, Options(archive=ArchivePolicy.REQUIRE), PreflightError, "nobody could tell"
    ),
}  # fmt: skip


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_an_obstacle_is_named_and_leaves_everything_as_it_was(obstacle: str) -> None:
    more, options, error, words = OBSTACLES[obstacle]
    router = PlainRouter(has_archive=True, **more)  # type: ignore[arg-type]  # its own fields
    before = router.running()
    with pytest.raises(error, match=words):
        apply(link(), connection(router), options)
    assert router.running() == router.startup == before
    assert router.archive.timer is None


def test_a_full_flash_stops_before_the_first_line() -> None:
    router = PlainRouter(has_archive=True)
    router.archive.is_full = True
    with pytest.raises(PreflightError, match=r"cannot prepare its rollback: .*No space left on device"):
        apply(link(), connection(router), Options())
    assert "Tunnel" not in router.running()


CONFIGURE_ARCHIVE = Options(archive=ArchivePolicy.CONFIGURE)


@pytest.mark.parametrize("line", ["end", "configure terminal revert timer 5", "interface Tunnel1", "write memory"])
def test_archive_turned_on_by_a_run_that_was_killed_is_turned_off_by_the_removal(line: str) -> None:
    router = PlainRouter(RELEASES["17.6"])
    before = says(router.running())

    def killed(_prompt: str, heard: str) -> str:
        if heard == line:
            router.drop_all()
            raise Killed
        return heard

    router.echo = killed
    with pytest.raises(Killed):
        apply(link(), connection(router), CONFIGURE_ARCHIVE)
    router.echo = lambda _prompt, heard: heard
    manifest = apply(link(), connection(router), CONFIGURE_ARCHIVE).manifest
    remove(connection(router), Options(), manifest=manifest)
    assert says(router.running()) == says(router.startup) == before


def test_a_path_of_somebody_elses_stays_when_the_last_link_goes() -> None:
    router = PlainRouter(has_archive=True)
    manifest = {**apply(link(), connection(router), Options()).manifest, "archive": "flash:aws-cisco-vpn-rollback"}
    remove(connection(router), Options(), manifest=manifest)
    assert " path flash0:backup" in router.running()


def test_archive_that_is_refused_half_way_is_taken_back() -> None:
    router = PlainRouter(refuses={"path .*": REFUSED})
    before = router.running()
    with pytest.raises(PreflightError, match="archive can't be configured"):
        apply(link(), connection(router), CONFIGURE_ARCHIVE)
    assert router.running() == router.startup == before


@pytest.mark.parametrize("line", ["archive", "path .*", "end"])
def test_archive_is_taken_back_where_the_session_ends_half_way(line: str) -> None:
    router = PlainRouter(RELEASES["17.6"])
    before = router.running()
    cuts = iter([router.drop_all])

    def cut(_prompt: str, heard: str) -> str:
        if re.fullmatch(line, heard):
            next(cuts, lambda: None)()
        return heard

    router.echo = cut
    with pytest.raises(ConnectError, match="archive is off again, and nothing else was touched"):
        apply(link(), connection(router), CONFIGURE_ARCHIVE)
    assert says(router.running()) == says(before)
    assert router.startup == before


def test_archive_may_be_on_where_the_router_does_not_come_back() -> None:
    router = PlainRouter(RELEASES["17.6"])
    way = connection(router)

    def gone(_prompt: str, heard: str) -> str:
        if heard.startswith("path "):
            way.reopen = Mock(side_effect=ConnectError("unreachable"))  # type: ignore[method-assign]
            router.drop_all()
        return heard

    router.echo = gone
    with pytest.raises(NotRolledBackError, match="archive may be on now"):
        apply(link(), way, CONFIGURE_ARCHIVE)


def test_a_save_that_fails_is_told_and_made_good_by_the_next_run() -> None:
    router = PlainRouter(has_archive=True, save_fails="startup-config file open failed (Not enough space)\n")
    before = router.startup
    with pytest.raises(NotRolledBackError, match=r"confirmed, but not saved: .*Not enough space"):
        apply(link(), connection(router), Options())
    assert router.startup == before
    router.save_fails = ""
    assert apply(link(), connection(router), Options()).saved
    assert router.startup == router.running() != before


def test_a_timer_that_the_release_cannot_tell_of_is_not_relied_upon() -> None:
    router = PlainRouter(has_archive=True, refuses={SHOW_PENDING: REFUSED, "configure confirm": REFUSED})
    result = apply(link(), connection(router), Options())
    assert result.tier is Tier.SOFTWARE
    assert any("timer was not used" in warning for warning in result.warnings)
    router.clock.sleep(3600)
    assert router.startup == router.running()


@pytest.mark.parametrize(("says_so_later", "tier"), [(True, Tier.DEVICE_TIMER), (False, Tier.SOFTWARE)])
def test_a_router_that_says_nothing_of_its_backup_is_asked(tier: Tier, *, says_so_later: bool) -> None:
    router = PlainRouter(has_archive=True)
    answer = router.archive.answer

    def silently(line: str, user: str, tell: Callable[[str], None]) -> str | None:
        if line.startswith("configure terminal revert") and not says_so_later:
            return ""
        said = answer(line, user, tell)
        return "" if said and said.startswith("Rollback Confirmed Change: Backing up") else said

    router.archive.answer = silently  # type: ignore[method-assign]  # another release
    assert apply(link(), connection(router), Options()).tier is tier
    assert router.startup == router.running()


def test_a_router_that_is_slow_over_each_line_gets_a_timer_of_its_own_pace() -> None:
    """An AAA server that does not answer costs 5 s a line, Cisco's `tacacs-server timeout`."""
    router, said = PlainRouter(has_archive=True, seconds_a_line=5), list[str]()
    result = apply(link(), connection(router), Options(deadline=1200), report=said.append)
    assert (result.tier, result.saved) == (Tier.DEVICE_TIMER, True)
    assert any("(5 min, as asked for, could be too short for this change)" in line for line in said)


def test_a_router_that_gets_too_slow_for_its_timer_gets_no_line_after_it() -> None:
    router = PlainRouter(has_archive=True)
    before = router.running()

    def slower(_prompt: str, heard: str) -> str:
        router.seconds_a_line = 4 if heard.startswith("crypto ") else router.seconds_a_line
        return heard

    router.echo = slower
    with pytest.raises(RolledBackError, match="timer is about to fire: give it more time"):
        apply(link(), connection(router), Options())
    assert router.running() == router.startup == before


@pytest.mark.parametrize("line", ["tunnel source 203.0.113.100", "crypto keyring keyring-vpn-0a1b2c3d-0"])
def test_what_was_sent_after_the_timer_had_fired_is_taken_out_again(line: str) -> None:
    router = PlainRouter(has_archive=True)
    before = says(router.running())

    def stalls_once(_prompt: str, heard: str) -> str:
        if router.heard.count(line) == 1 and heard == line:
            router.clock.sleep(6 * 60)
        return heard

    router.echo = stalls_once
    with pytest.raises(RolledBackError):
        apply(link(), connection(router), Options())
    assert says(router.running()) == says(router.startup) == before


def test_an_undo_leaves_what_somebody_else_entered_in_bgp_meanwhile() -> None:
    router = PlainRouter()
    router.config.enter("router bgp 65001").enter("neighbor 10.9.9.9 remote-as 65009")

    def colleague(_prompt: str, heard: str) -> str:
        if heard.startswith("neighbor 169.254"):
            router.config.enter("router bgp 65001").enter("neighbor 10.8.8.8 remote-as 65008")
        return heard

    router.echo = colleague
    router.refuses["crypto isakmp policy 200"] = REFUSED
    with pytest.raises(NotRolledBackError, match="router bgp 65001 / neighbor 10"):
        apply(link(), connection(router), Options())
    assert "neighbor 10.8.8.8 remote-as 65008" in router.running()
    assert "169.254" not in router.running()


def test_a_router_that_is_renamed_half_way_is_found_again_under_its_other_name() -> None:
    router = PlainRouter(has_archive=True)
    before = router.running()

    def renamed(_answer: str, end: str) -> str:
        if "crypto keyring" in router.heard[-1]:
            router.config.enter("hostname other")
            return end.replace("plain", "other")
        return _answer + end

    router.noise = renamed
    with pytest.raises(RolledBackError, match="no answer from the router"):
        apply(link(), connection(router), Options())
    assert says(router.running()) == says(before)  # the rollback takes the other name back as well


@pytest.mark.parametrize("startup", ["startup-config is not present\n", REFUSED])
def test_a_startup_config_that_is_not_shown_stops_no_second_run(startup: str) -> None:
    router = PlainRouter(has_archive=True)
    apply(link(), connection(router), Options(save=False))
    before, router.startup = router.startup, ""
    router.refuses["show startup-config"] = startup

    again = apply(link(), connection(router), Options())
    if startup == REFUSED:  # nobody can tell, so nothing is written
        assert not again.saved
        assert router.startup == ""
        assert "'write memory' saves it" in again.warnings[-1]
    else:
        assert again.saved
        assert router.startup == router.running() != before


def over_ssh(server: PlainSsh) -> Connection:
    return Connection(server.login, timing=Timing(60, 60, 0.05, 0.1, 0.1), clock=server.router.clock)


@pytest.mark.parametrize(
    "server",
    [{}, {"method": "keyboard-interactive"}, {"turns_away": 2}, {"rekeys_at": "crypto keyring"}],
    ids=["password", "keyboard-interactive", "first turned away", "keys exchanged half way"],
)
def test_the_router_is_reached_over_ssh(server: dict[str, str]) -> None:
    with PlainSsh(PlainRouter(has_archive=True), **server) as reached:  # type: ignore[arg-type]  # its own
        assert apply(link(), over_ssh(reached), Options()).tier is Tier.DEVICE_TIMER
        assert reached.router.startup == reached.router.running()


@pytest.mark.parametrize(("takes", "sessions"), [(BY_SHA1, 2), (BY_SHA2, 4)], ids=["SHA-1", "SHA-2"])
def test_an_rsa_key_opens_a_router_that_does_not_say_which_signature_it_takes(
    tmp_path: Path, takes: tuple[str, ...], sessions: int
) -> None:
    key = paramiko.RSAKey.generate(2048)
    key.write_private_key_file(str(tmp_path / "id_rsa"))
    with PlainSsh(PlainRouter(has_archive=True), user_key=key, takes=takes) as reached:
        by_key = over_ssh(reached)
        by_key.login = replace(reached.login, password=None, key_file=tmp_path / "id_rsa")
        assert apply(link(), by_key, Options()).changed
    # One for the change, one to prove that it has not locked us out; each refusal would count against us on the router.
    assert reached.sessions == sessions


def test_a_router_that_turns_everybody_away_is_busy() -> None:
    with PlainSsh(PlainRouter(), turns_away=99) as server, pytest.raises(RouterBusyError, match="no free VTY line"):
        apply(link(), over_ssh(server), Options())


@pytest.mark.parametrize("has_archive", [True, False])
@pytest.mark.parametrize("line", [12, 60])
def test_an_ssh_session_dropped_in_the_middle_leaves_nothing_behind(line: int, *, has_archive: bool) -> None:
    router = PlainRouter(has_archive=has_archive, accident=(Accident.CUT_BEFORE, line))
    before = says(router.running())
    with PlainSsh(router) as server:
        with pytest.raises(RolledBackError):
            apply(link(), over_ssh(server), Options())
        assert says(router.running()) == before
        assert apply(link(), over_ssh(server), Options()).changed
