"""The simulated router's shell: modes, prompts, abbreviations, rejections, saving and timed changes."""

import pytest

from lab.router.clock import FakeClock
from lab.router.console import Console
from lab.router.default_config import default_running_config
from lab.router.release import XE17
from lab.router.state import RouterState


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def router(clock: FakeClock) -> RouterState:
    return RouterState(default_running_config(XE17, "admin"), XE17, clock)


@pytest.fixture
def console(router: RouterState) -> Console:
    return Console(router, "alice")


MODES = {
    "crypto isakmp policy 200": "config-isakmp",
    "crypto keyring k": "conf-keyring",
    "crypto isakmp profile p": "conf-isa-prof",
    "crypto ipsec transform-set t esp-aes": "cfg-crypto-trans",
    "crypto ipsec profile p": "ipsec-profile",
    "crypto ikev2 proposal p": "config-ikev2-proposal",
    "crypto ikev2 policy p": "config-ikev2-policy",
    "crypto ikev2 keyring k": "config-ikev2-keyring",
    "crypto ikev2 keyring k;peer p": "config-ikev2-keyring-peer",
    "crypto ikev2 profile p": "config-ikev2-profile",
    "interface Tunnel1": "config-if",
    "int tun 1": "config-if",
    "interface GigabitEthernet1.100": "config-subif",
    "router bgp 65000": "config-router",
    "router bgp 65000;address-family ipv4": "config-router-af",
    "ip sla 100": "config-ip-sla",
    "ip sla 100;icmp-echo 192.0.2.1": "config-ip-sla-echo",
    "track 100 ip sla 100 reachability": "config-track",
    "archive": "config-archive",
    "archive;log config": "config-archive-log-cfg",
    "line vty 0 4": "config-line",
}


@pytest.mark.parametrize("lines", MODES)
def test_each_section_has_its_prompt(console: Console, lines: str) -> None:
    console.send("configure terminal")
    for line in lines.split(";"):
        console.send(line)
    assert console.prompt == f"cgw-router({MODES[lines]})#"
    for _ in lines.split(";")[: 1 if "icmp-echo" in lines else None]:
        console.send("exit")
    assert console.prompt == "cgw-router(config)#"


def test_the_hostname_is_cut_in_configuration_mode(console: Console) -> None:
    console.send("configure terminal")
    console.send("hostname a-router-with-a-rather-long-name")
    assert console.prompt == "a-router-with-a-rath(config)#"
    console.send("end")
    assert console.prompt == "a-router-with-a-rather-long-name#"


def test_a_line_of_another_section_leaves_this_one(console: Console) -> None:
    console.send("configure terminal")
    console.send("crypto isakmp policy 200")
    assert console.send("crypto ipsec df-bit clear") == ""
    assert console.prompt == "cgw-router(config)#"


def test_the_caret_stands_under_the_word_that_is_wrong(console: Console) -> None:
    console.send("configure terminal")
    assert console.send("crypto isakmp polite 200") == (
        " " * len("cgw-router(config)#crypto isakmp ") + "^\n% Invalid input detected at '^' marker.\n"
    )


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("show c", '% Ambiguous command:  "show c"'),
        ("show crypto isakmp", "% Incomplete command.\n"),
        ("gibberish", "% Unknown command or computer name, or unable to find computer address"),
    ],
)
def test_the_exec_rejects_in_ios_words(console: Console, line: str, reply: str) -> None:
    assert console.send(line) == reply


def test_do_runs_a_command_from_configuration_mode(console: Console) -> None:
    console.send("configure terminal")
    assert console.send("do show privilege") == "Current privilege level is 15"


def test_a_pipe_filters(console: Console) -> None:
    assert console.send("show running-config | include ^interface") == (
        "interface GigabitEthernet1\ninterface GigabitEthernet2"
    )
    assert console.send("show run | section archive") == "archive\n path bootflash:config"


def test_privilege_1_needs_enable(router: RouterState) -> None:
    router.enable_secret = "plainly.fake"
    console = Console(router, "bob", privilege=1)
    assert console.prompt == "cgw-router>"
    assert "Invalid input" in console.send("configure terminal")
    console.send("enable")
    console.send("wrong")
    assert console.prompt == "Password: "
    console.send("plainly.fake")
    assert console.prompt == "cgw-router#"


def test_saving_makes_the_running_config_the_one_to_boot_with(router: RouterState, console: Console) -> None:
    for line in ("configure terminal", "interface Tunnel9", "end"):
        console.send(line)
    assert "Tunnel9" not in router.startup
    assert console.send("write memory") == "Building configuration...\n[OK]"
    assert router.startup == router.running_config()


def test_copy_asks_for_the_name(console: Console) -> None:
    console.send("copy running-config startup-config")
    assert console.prompt == "Destination filename [startup-config]? "
    assert console.send("").endswith("[OK]")


def test_overwriting_another_versions_startup_is_confirmed_first(router: RouterState, console: Console) -> None:
    router.asks_before_overwriting = True
    assert "Attempting to overwrite" in console.send("write memory")
    assert console.prompt == "Overwrite the previous NVRAM configuration?[confirm]"
    assert console.send("").endswith("[OK]")


def test_an_unsaved_change_is_gone_after_a_reload(router: RouterState, console: Console) -> None:
    for line in ("configure terminal", "interface Tunnel9", "end"):
        console.send(line)
    router.reload()
    assert "Tunnel9" not in router.running_config()


def test_a_timed_change_is_undone_when_nobody_confirms(clock: FakeClock, router: RouterState, console: Console) -> None:
    before = router.running_config()
    assert console.send("configure terminal revert timer 5").startswith(
        "Rollback Confirmed Change: Backing up current running config to bootflash:config-Nov-24-08-00-00.000-0"
    )
    console.send("interface Tunnel9")
    heard: list[str] = []
    router.listeners.append(lambda user, lines: heard.append(f"{user}: {lines[0]}"))
    clock.advance(4 * 60)
    assert heard == ["alice: Rollback Confirmed Change: Rollback will begin in one minute."]
    assert "Tunnel9" in router.running_config()
    clock.advance(60)
    assert router.running_config() == before
    assert heard[1].startswith("alice: Rollback Confirmed Change: rolling to:bootflash:config-")


def test_a_confirmed_change_stays(clock: FakeClock, router: RouterState, console: Console) -> None:
    for line in ("configure terminal revert timer 1", "interface Tunnel9", "end"):
        console.send(line)
    assert console.send("configure confirm") == ""
    clock.advance(600)
    assert "Tunnel9" in router.running_config()
    assert console.send("configure confirm") == "%No Rollback Confirmed Change pending"


def test_a_change_can_be_reverted_at_once(router: RouterState, console: Console) -> None:
    before = router.running_config()
    for line in ("configure terminal revert timer 5", "interface Tunnel9", "end"):
        console.send(line)
    assert "Rollback Done" in console.send("configure revert now")
    assert router.running_config() == before


def test_the_timer_can_be_set_anew(clock: FakeClock, router: RouterState, console: Console) -> None:
    for line in ("configure terminal revert timer 2", "interface Tunnel9", "end"):
        console.send(line)
    clock.advance(90)
    console.send("configure revert timer 10")
    clock.advance(9 * 60)
    assert "Tunnel9" in router.running_config()
    clock.advance(60)
    assert "Tunnel9" not in router.running_config()


def test_the_rollback_timer_is_shown_with_its_user(console: Console) -> None:
    assert console.send("show archive config rollback timer") == "%No Rollback Confirmed Change pending"
    console.send("configure terminal revert timer 5")
    assert console.send("do show archive config rollback timer").splitlines() == [
        "Time configured(or reconfigured): 08:00:00 UTC Tue Nov 24 2026",
        "Timer type: absolute timer",
        "Timer value: 5 min",
        "User: alice",
    ]


def test_only_its_own_user_confirms_a_change(router: RouterState, console: Console) -> None:
    for line in ("configure terminal revert timer 5", "interface Tunnel9", "end"):
        console.send(line)
    other = Console(router, "bob")
    assert "alice" in other.send("configure confirm")
    assert router.rollback.pending is not None
    assert Console(router, "alice").send("configure confirm") == ""


def test_without_an_archive_no_change_is_timed(console: Console) -> None:
    for line in ("configure terminal", "no archive", "end"):
        console.send(line)
    reply = console.send("configure terminal revert timer 5")
    assert reply == "%Turn config archive on before using Rollback Confirmed Change"
    assert console.prompt == "cgw-router#"
    assert console.send("show archive") == "Archive feature not enabled"


def test_a_locked_configuration_is_not_entered(router: RouterState, console: Console) -> None:
    router.lock_holder = "NETCONF"
    assert console.send("configure terminal") == (
        "Configuration mode is locked by process '484' user 'NETCONF' from terminal '64'. Please try later."
    )
    assert console.prompt == "cgw-router#"
    assert "NETCONF" in console.send("show configuration lock")
