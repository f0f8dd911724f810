"""Talking to a router over a channel that follows a script: logging in, asking, waiting, giving up."""

import pytest

from cisco.clock import Deadline
from cisco.connection import Connection
from cisco.errors import ConnectError, PreflightError, RouterBusyError, SessionLostError
from cisco.login import Login, Options
from cisco.preflight import SHOW_RUNNING, examine, read_running
from cisco.revert import SHOW_PENDING, settle_earlier
from cisco.secret import Secret
from cisco.terminal import Channel
from cisco.transaction import check
from tests.unit.scripted_router import TIMING, FakeClock, ScriptedRouter, terminal_on
from tests.unit.test_releases import link


def test_the_hostname_is_learned_behind_a_banner_that_imitates_a_prompt() -> None:
    router = ScriptedRouter(FakeClock(), greeting="\r\nevil#\r\nWelcome\r\nfake>\r\nR1#")

    assert terminal_on(router).prompt.hostname == "R1"


def test_a_router_that_shows_no_prompt_at_first_is_asked() -> None:
    answers: dict[str, str | None] = {"terminal length 0": "\r\nR1#terminal length 0\r\nR1#"}

    assert terminal_on(ScriptedRouter(FakeClock(), answers, greeting="Welcome")).prompt.hostname == "R1"


def test_a_router_that_never_shows_a_prompt_is_given_up() -> None:
    router = ScriptedRouter(FakeClock(), {"terminal length 0": ""}, greeting="busy")

    with pytest.raises(SessionLostError, match="no prompt from the router for 3 s after login; it shows 'busy'"):
        terminal_on(router)
    assert router.is_closed


def test_a_long_hostname_is_recognised_when_it_is_cut() -> None:
    name = "a-router-with-a-name-of-sixty-three-characters-as-long-as-it-gets"[:63]
    answers: dict[str, str | None] = {"configure terminal": f"configure terminal\r\n{name[:20]}(config)#"}
    router = ScriptedRouter(FakeClock(), answers, greeting=f"{name}#", prompt=f"{name}#")

    assert terminal_on(router).run("configure terminal").prompt.mode == "config"


def test_a_prompt_of_ones_own_is_told_from_the_hostname_in_configuration_modes() -> None:
    answers: dict[str, str | None] = {
        "terminal length 0": "terminal length 0\r\nShop 7 vty2#",
        SHOW_RUNNING: f"{SHOW_RUNNING}\r\nhostname tokyo-1\r\nprompt Shop 7 vty%n%p\r\nend\r\nShop 7 vty2#",
        "configure terminal": "configure terminal\r\ntokyo-1(config)#",
        "reload": "reload\r\nProceed with reload? [confirm]",
        "\x03": "\r\nShop 7 vty2#",
    }
    router = ScriptedRouter(FakeClock(), answers, greeting="\r\nShop 7 vty2#", prompt="Shop 7 vty2#")
    terminal = terminal_on(router)
    read_running(terminal)

    assert terminal.run("configure terminal").prompt.mode == "config"
    assert terminal.run("end").prompt.hostname == "Shop 7 vty2"
    assert terminal.run("reload").text == "Proceed with reload? [confirm]"


def test_what_answers_like_no_ios_at_all_is_told_by_its_own_words() -> None:
    answers: dict[str, str | None] = {
        line: f"{line}\r\n         ^\r\nUnknown action 0\r\nR1#" for line in ("show version", SHOW_RUNNING)
    }

    with pytest.raises(PreflightError, match=r"does not look like an IOS router: .* is 'Unknown action 0'"):
        examine(terminal_on(ScriptedRouter(FakeClock(), answers)))


@pytest.mark.parametrize("said", ["Command authorization failed.", "% Authorization failed."])
def test_a_running_config_that_aaa_denies_is_told_from_one_that_is_cut_short(said: str) -> None:
    answers: dict[str, str | None] = {SHOW_RUNNING: f"{SHOW_RUNNING}\r\n{said}\r\n\r\nR1#"}

    with pytest.raises(PreflightError, match="AAA command authorization denies 'show running-config'"):
        read_running(terminal_on(ScriptedRouter(FakeClock(), answers)))


@pytest.mark.parametrize("more", [" --More-- ", "<--- More --->", "---(more 12%)---"])
def test_replies_that_come_page_by_page_are_told_at_once(more: str) -> None:
    router = ScriptedRouter(FakeClock(), {"show version": f"show version\r\nCisco\r\n{more}"})

    with pytest.raises(SessionLostError, match="page by page"):
        terminal_on(router).run("show version")
    assert router.clock.now == pytest.approx(1)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Thu Nov 26 10:00:00.123 UTC\r\nCisco IOS XR Software, Version 7.3.2", "Cisco IOS-XR"),
        ("Cisco Nexus Operating System (NX-OS) Software", "Cisco NX-OS"),
        ("Cisco Adaptive Security Appliance Software Version 9.8(2)", "a Cisco firewall"),
        ("Cisco IOS XE Software, Version 17.09.04a\r\nRouter operating mode: Controller-Managed", "SD-WAN"),
        ("Cisco IOS Software [Gibraltar], ISR Software (X86_64_LINUX_IOSD-UCMK9-M), Version 16.12.5", "SD-WAN"),
        (" Arista DCS-7150S-64-CL-F\r\nSoftware image version: 4.15.0F", "Arista EOS"),
        ("Hostname: r\r\nModel: mx960\r\nJunos: 18.2R1", "Juniper Junos"),
        ("-bash: show: command not found", "a shell"),
    ],
)
def test_another_system_is_named_before_its_configuration_is_read(said: str, name: str) -> None:
    router = ScriptedRouter(FakeClock(), {"show version": f"show version\r\n{said}\r\nR1#"})

    with pytest.raises(PreflightError, match=f"not an IOS or IOS-XE router, but .*{name}"):
        examine(terminal_on(router))
    assert SHOW_RUNNING not in router.received


def test_silence_counts_as_a_lost_session() -> None:
    router = ScriptedRouter(FakeClock(), {"show version": "show version\r\nCisco"})
    terminal = terminal_on(router)

    with pytest.raises(SessionLostError, match="no answer from the router for 3 s"):
        terminal.run("show version")
    assert router.clock.now == pytest.approx(3)


def test_the_deadline_ends_even_a_router_that_keeps_talking() -> None:
    router = ScriptedRouter(FakeClock())
    terminal = terminal_on(router, deadline=5)
    router.clock.sleep(6)

    with pytest.raises(SessionLostError, match="time limit of 5 s"):
        terminal.run("show version")


def test_a_question_that_is_expected_is_answered() -> None:
    answers: dict[str, str | None] = {
        "write memory": "write memory\r\nOverwrite the previous NVRAM configuration?[confirm]",
        "": "\r\n[OK]\r\nR1#",
    }

    reply = terminal_on(ScriptedRouter(FakeClock(), answers)).run("write memory", answers={r"\[confirm\]": ""})
    assert reply.text.endswith("[OK]")


def test_a_question_that_nobody_expects_is_broken_off() -> None:
    answers: dict[str, str | None] = {
        "no crypto x": "no crypto x\r\nDo you really want to? [yes/no]:",
        "\x03": "^C\r\nR1#",
    }
    router = ScriptedRouter(FakeClock(), answers)

    reply = terminal_on(router).run("no crypto x")
    assert "really want" in reply.text
    assert router.received[-1] == "\x03"


class BabblingRouter(ScriptedRouter):
    """Says something every second once it was interrupted, as a router does that somebody debugs."""

    def read(self, timeout: float) -> str:
        noise = "*Nov 26 10:00:00.123: BGP: ses global 169.254.10.1\r\n" if "\x03" in self.received else ""
        return super().read(timeout) or noise


def test_a_router_that_never_stops_talking_is_left_at_the_deadline() -> None:
    router = BabblingRouter(FakeClock(), {"no crypto x": "no crypto x\r\nDo you really want to? [yes/no]:", "\x03": ""})
    terminal = terminal_on(router, deadline=60)

    with pytest.raises(SessionLostError, match="time limit of 60 s"):
        terminal.run("no crypto x")
    terminal.log_out()
    assert router.is_closed


@pytest.mark.parametrize(
    ("answers", "secret", "message"),
    [
        ({}, None, "give enable_password"),
        (
            {"enable": "enable\r\nPassword: ", "wrong": "\r\n% Bad secrets\r\n\r\nR1>"},
            Secret("wrong"),
            "refused the enable",
        ),
    ],
)
def test_user_mode_without_a_way_up_is_a_clear_error(
    answers: dict[str, str | None], secret: Secret | None, message: str
) -> None:
    router = ScriptedRouter(FakeClock(), answers, greeting="R1>", prompt="R1>")

    with pytest.raises(ConnectError, match=message):
        terminal_on(router).enable(secret)


def test_a_level_between_with_the_privileged_prompt_is_raised_as_well() -> None:
    answers: dict[str, str | None] = {"enable": "enable\r\nPassword: ", "plainly-fake": "\r\nR1#"}
    router = ScriptedRouter(FakeClock(), answers)
    terminal_on(router).enable(Secret("plainly-fake"))

    assert router.received[-2:] == ["enable", "plainly-fake"]


def test_the_window_bounds_what_is_unanswered() -> None:
    router = ScriptedRouter(FakeClock(), prompt="R1(config-if)#")
    terminal = terminal_on(router)

    replies = list(terminal.pipeline((f"line {n}" for n in range(37)), window=5))
    assert [reply.line for reply in replies] == [f"line {n}" for n in range(37)]
    assert router.largest_burst == 5


PENDING = "Timer type: absolute timer\r\nTimer value: 5 min\r\nUser: pulumi\r\n"
OWN_SESSION = "*  2 vty 0     pulumi     idle                 00:00:00 192.0.2.1\r\n"
OTHER_SESSION = "   3 vty 1     pulumi     idle                 00:01:03 192.0.2.2\r\n"
# In the forms of genieparser's golden output 6, and of what Netspoc has seen from IOS 12.4(3f).
OTHER_FORMS = (
    " 867 vty 0/1/0 pulumi     idle                 00:02:08 192.0.2.2\r\n",
    "  vty 322      pulumi   idle   00:00:09 192.0.2.2\r\n",
)


def test_a_pending_change_of_a_dead_run_is_reverted_at_once() -> None:
    router = ScriptedRouter(FakeClock())
    router.answers["show users"] = f"show users\r\n{OWN_SESSION}R1#"

    settle_earlier(terminal_on(router), "pulumi", router.clock, Deadline(router.clock, 600), 5, lambda _text: None)
    assert "configure revert now" in router.received
    assert router.clock.now == 0


@pytest.mark.parametrize(
    ("user", "other"),
    [
        *(("pulumi", other) for other in (OTHER_SESSION, *OTHER_FORMS)),
        ("pulumi-network@corp.example", OTHER_SESSION.replace("pulumi    ", "pulumi-net")),
    ],
)
def test_a_pending_change_of_a_run_that_may_be_alive_is_waited_for(user: str, other: str) -> None:
    router = ScriptedRouter(FakeClock())
    router.answers["show users"] = f"show users\r\n{OWN_SESSION}{other}R1#"
    router.answers[SHOW_PENDING] = f"{SHOW_PENDING}\r\n{PENDING}R1#"
    sleep = router.clock.sleep

    def confirmed_after_a_minute(seconds: float) -> None:
        sleep(seconds)
        if router.clock.now > 60:
            router.answers[SHOW_PENDING] = f"{SHOW_PENDING}\r\n%No Rollback Confirmed Change pending\r\nR1#"

    router.clock.sleep = confirmed_after_a_minute  # type: ignore[method-assign]  # the other run confirms
    settle_earlier(terminal_on(router), user, router.clock, Deadline(router.clock, 600), 5, lambda _text: None)
    assert "configure revert now" not in router.received
    assert router.clock.now == pytest.approx(65)


def connection_to(*routers: Channel | ConnectError, clock: FakeClock) -> Connection:
    waiting = list(routers)

    def open_channel(_login: Login, _timeout: float) -> Channel:
        opened = waiting.pop(0)
        if isinstance(opened, ConnectError):
            raise opened
        return opened

    login = Login("192.0.2.10", "pulumi", "insecure-accept-any", password=Secret("plainly-fake"))
    return Connection(login, timing=TIMING, clock=clock, open_channel=open_channel)


def test_no_comparison_is_made_with_a_part_of_the_running_config() -> None:
    clock = FakeClock()
    answers: dict[str, str | None] = {
        "show privilege": "show privilege\r\nCurrent privilege level is 7\r\nR1#",
        SHOW_RUNNING: f"{SHOW_RUNNING}\r\nCurrent configuration : 5 bytes\r\n!\r\nend\r\nR1#",
    }

    with pytest.raises(PreflightError, match="privilege level 7 sees only a part"):
        check(link(), connection_to(ScriptedRouter(clock, answers), clock=clock), Options())


def test_a_busy_router_is_tried_again_and_a_refused_login_is_not() -> None:
    clock = FakeClock()
    busy = RouterBusyError("no free VTY line")

    terminal = connection_to(busy, busy, ScriptedRouter(clock), clock=clock).open(Deadline(clock, 60))
    assert terminal.prompt.hostname == "R1"
    with pytest.raises(RouterBusyError):
        connection_to(busy, busy, busy, ScriptedRouter(clock), clock=clock).open(Deadline(clock, 60))
    with pytest.raises(ConnectError, match="refused"):
        connection_to(ConnectError("refused"), ScriptedRouter(clock), clock=clock).open(Deadline(clock, 60))


def test_a_lost_router_is_tried_until_the_deadline() -> None:
    clock = FakeClock()
    gone = [RouterBusyError("down")] * 8

    terminal = connection_to(*gone, ScriptedRouter(clock), clock=clock).reopen(Deadline(clock, 300))
    assert terminal.prompt.hostname == "R1"
    with pytest.raises(ConnectError):
        connection_to(*gone, ScriptedRouter(clock), clock=clock).reopen(Deadline(clock, 20))


def test_a_login_that_is_refused_after_a_lost_session_is_not_repeated_at_once() -> None:
    """`login block-for 120 attempts 3 within 60` would let nobody in after three of them."""
    clock = FakeClock()
    refused = [ConnectError("refused")] * 3

    assert connection_to(*refused, ScriptedRouter(clock), clock=clock).reopen(Deadline(clock, 300)).prompt.is_privileged
    assert clock.now >= 3 * 60
    begun = clock.now
    with pytest.raises(ConnectError, match="refused"):
        connection_to(*refused, ScriptedRouter(clock), clock=clock).reopen(Deadline(clock, 50))
    assert clock.now == begun
