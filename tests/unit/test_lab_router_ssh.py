"""The simulated router over SSH, seen by a client that knows nothing of it: netmiko."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncssh
import netmiko
import pytest
from netmiko.exceptions import NetmikoAuthenticationException, ReadException, ReadTimeout
from paramiko.ssh_exception import SSHException  # type: ignore[import-untyped]  # paramiko has no stubs

from lab.router.clock import FakeClock
from lab.router.faults import (
    Cut,
    Deny,
    Fault,
    FullVty,
    Log,
    Moment,
    Reject,
    Reload,
    SaveFailure,
    Silence,
    Slow,
    Truncate,
    Where,
)
from lab.router.release import RELEASES
from lab.router.server import Router

PASSWORD = "plainly.fake"
KEY = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
LOST = (OSError, EOFError, SSHException, ReadException)
Start = Callable[..., Router]


@pytest.fixture
def start() -> Iterator[Start]:
    running: list[Router] = []

    def begin(**given: Any) -> Router:
        router = Router(password=PASSWORD, host_key=KEY, **{"clock": FakeClock(), **given})
        router.start()
        running.append(router)
        return router

    yield begin
    for router in running:
        router.stop()


def login(router: Router, **given: Any) -> netmiko.BaseConnection:
    return netmiko.ConnectHandler(
        device_type="cisco_ios",
        host=router.host,
        port=router.port,
        username="admin",
        password=PASSWORD,
        **given,
    )


def when_back(router: Router) -> netmiko.BaseConnection:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(*LOST):
            return login(router)
        time.sleep(0.1)
    raise AssertionError("the router never came back")


@pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")
@pytest.mark.parametrize("release", RELEASES)
def test_every_release_lets_a_client_in_and_takes_configuration(start: Start, release: str) -> None:
    router = start(release=release)
    with login(router) as client:
        assert RELEASES[release].version.split("(")[0] in client.send_command("show version")
        reply = client.send_config_set(["interface Tunnel1", "ip address 169.254.9.2 255.255.255.252"])
        assert "%" not in reply
        assert "[OK]" in client.save_config()
    assert "interface Tunnel1\n ip address 169.254.9.2 255.255.255.252\n" in router.startup_config()


def test_a_wrong_password_stays_outside(start: Start) -> None:
    router = start()
    router.users.clear()
    with pytest.raises(NetmikoAuthenticationException):
        login(router)


def test_enable_opens_the_rest(start: Start) -> None:
    router = start(privilege=1, enable_secret="plainly.fake.enable")
    with login(router, secret="plainly.fake.enable") as client:
        assert client.find_prompt() == "cgw-router>"
        client.enable()
        assert client.find_prompt() == "cgw-router#"


def test_long_output_is_paged_until_the_length_is_0(start: Start) -> None:
    router = start()
    with login(router) as client:
        client.write_channel("terminal length 10\n")
        client.read_until_pattern("#")
        client.write_channel("show running-config\n")
        assert "hostname" not in client.read_until_pattern("--More--")
        client.write_channel(" ")
        client.read_until_pattern("--More--")
        client.write_channel("q")
        client.read_until_pattern("cgw-router#")
        client.send_command("terminal length 0")
        assert answer(client, "show running-config").endswith("end\n")


def test_lines_sent_ahead_are_answered_one_by_one(start: Start) -> None:
    router = start()
    with login(router) as client:
        client.write_channel("configure terminal\ncrypto isakmp policy 200\ngroup 14\nlifetime 28800\nend\n")
        client.read_until_pattern(r"\(config-isakmp\)#end\s+cgw-router#")
    assert "crypto isakmp policy 200\n group 14\n lifetime 28800\n" in router.running_config()
    first = router.received.index("configure terminal")
    assert router.received[first + 1 : first + 4] == ["crypto isakmp policy 200", "group 14", "lifetime 28800"]


def test_control_z_carries_the_line_out_and_leaves(start: Start) -> None:
    router = start()
    with login(router) as client:
        client.config_mode()
        client.write_channel("interface Tunnel1\x1a")
        client.read_until_pattern("cgw-router#")
        client.config_mode()
        client.write_channel("interface Tunnel2\x03")
        client.read_until_pattern("cgw-router#")
    assert "interface Tunnel1" in router.running_config()
    assert "interface Tunnel2" not in router.running_config()


def test_two_users_work_at_once_and_a_sixth_login_finds_no_line(start: Start) -> None:
    router = start()
    clients = [login(router) for _ in range(5)]
    with pytest.raises(LOST):
        login(router)
    clients.pop().disconnect()
    deadline = time.monotonic() + 60
    while len(router.sessions) > 4 and time.monotonic() < deadline:
        time.sleep(0.02)
    with login(router) as client:
        assert client.find_prompt() == "cgw-router#"
    for client in clients:
        client.disconnect()


def test_a_rollback_that_falls_due_is_heard_on_its_users_terminal(start: Start) -> None:
    clock = FakeClock()
    router = start(clock=clock)
    before = router.running_config()
    with login(router) as client:
        client.config_mode(config_command="configure terminal revert timer 5")
        client.send_command_timing("interface Tunnel1")
        clock.advance(300)
        assert "Rollback Done" in client.read_until_pattern("Rollback Done")
    assert router.running_config() == before


def answer(client: netmiko.BaseConnection, line: str, *, patience: float = 10) -> str:
    return str(client.send_command(line, expect_string=r"[\w()-]+#\s*$", read_timeout=patience))


@pytest.mark.parametrize(
    ("fault", "reply"),
    [
        (Deny("^write"), "Command authorization failed."),
        (Reject("^write"), "% Invalid input detected"),
        (SaveFailure(), "startup-config file open failed (Device or resource busy)"),
        (Log("^write"), "%LINEPROTO-5-UPDOWN"),
    ],
)
def test_a_fault_answers_in_the_routers_place(start: Start, fault: Fault, reply: str) -> None:
    router = start(faults=[fault])
    with login(router) as client:
        assert reply in answer(client, "write memory")


def test_a_fault_that_is_taken_away_strikes_no_more(start: Start) -> None:
    router, fault = start(), Reject("^write")
    router.add_fault(fault)
    with login(router) as client:
        assert "Invalid" in answer(client, "write memory")
        assert "Invalid" in answer(client, "write memory")
        router.remove_fault(fault)
        assert "[OK]" in answer(client, "write memory")


@pytest.mark.parametrize("moment", Moment)
def test_a_connection_is_cut_before_during_or_after_a_line(start: Start, moment: Moment) -> None:
    router = start(faults=[Cut(Where("", line=2, only_configuration=True), moment=moment)])
    client = login(router)
    client.config_mode()
    answer(client, "interface Tunnel1")
    with pytest.raises(LOST):
        answer(client, "description seen", patience=1)
    assert ("description seen" in router.running_config()) is (moment is not Moment.BEFORE)


def test_a_router_can_reload_at_a_line(start: Start) -> None:
    router = start(faults=[Reload(Where("^description"))])
    before = router.running_config()
    client = login(router)
    client.config_mode()
    answer(client, "interface Tunnel1")
    with pytest.raises(LOST):
        answer(client, "description seen", patience=1)
    with when_back(router) as again:
        assert again.find_prompt() == "cgw-router#"
    assert router.running_config() == before


def test_a_router_can_fall_silent(start: Start) -> None:
    router = start(faults=[Silence("^write")])
    client = login(router)
    with pytest.raises(ReadTimeout):
        client.send_command("write memory", expect_string="cgw-router#", read_timeout=0.5)


def test_a_reply_can_be_slow_or_cut_short(start: Start) -> None:
    router = start(faults=[Slow("^show clock", seconds=0.3), Truncate("^show running", characters=100)])
    with login(router) as client:
        began = time.monotonic()
        answer(client, "show clock")
        assert time.monotonic() - began >= 0.3
        assert "\nend" not in answer(client, "show running-config")


def test_all_lines_may_be_taken_for_some_time(start: Start) -> None:
    router = start(faults=[FullVty(logins=1)])
    with pytest.raises(LOST):
        login(router)
    with login(router) as client:
        assert client.find_prompt() == "cgw-router#"


def test_the_host_key_can_change(start: Start) -> None:
    router = start()
    before = router.host_key
    router.change_host_key()
    assert router.host_key != before
    with login(router) as client:
        ssh: Any = client.remote_conn_pre
        seen = ssh.get_transport().get_remote_server_key().fingerprint
    assert seen == router.host_key


def test_another_engineer_can_change_the_same_router(start: Start) -> None:
    router = start()
    router.edit(["interface Tunnel1", "description by hand"])
    assert "description by hand" in router.running_config()
    with pytest.raises(ValueError, match="Invalid input"):
        router.edit(["gibberish"])
    router.pretend_rollback("bob")
    assert "User: bob" in router.console().send("show archive config rollback timer")


def test_a_round_trip_takes_its_time(start: Start) -> None:
    router = start(round_trip=0.1)
    with login(router) as client:
        began = time.monotonic()
        answer(client, "show clock")
        assert time.monotonic() - began >= 0.1


def test_a_line_wider_than_the_terminal_moves_to_the_left(start: Start) -> None:
    router = start()
    with login(router) as client:
        client.send_command("terminal width 40")
        client.write_channel("show running-config | include interface Gigabit\n")
        shown = client.read_until_pattern("GigabitEthernet2")
    assert "show running-config | includ\b" in shown
    assert "$g-config | include" in shown
    assert "interface GigabitEthernet1" in shown


def test_a_question_mark_asks_for_help_and_is_no_part_of_the_line(start: Start) -> None:
    router = start()
    with login(router) as client:
        client.config_mode()
        client.write_channel("interface Tunnel?1\n")
        client.read_until_pattern(r"\(config-if\)#")
    assert "interface Tunnel1\n" in router.running_config()


def test_a_key_opens_the_door_where_it_is_known(start: Start, tmp_path: Path) -> None:
    key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    (tmp_path / "key").write_bytes(key.export_private_key("pkcs1-pem"))
    router = start(public_keys=[key.convert_to_public()])
    with netmiko.ConnectHandler(
        device_type="cisco_ios",
        host=router.host,
        port=router.port,
        username="admin",
        use_keys=True,
        key_file=str(tmp_path / "key"),
    ) as client:
        assert client.find_prompt() == "cgw-router#"


async def test_a_command_without_a_terminal_ends_without_a_status(start: Start) -> None:
    router = start()
    async with asyncssh.connect(
        router.host, router.port, username="admin", password=PASSWORD, known_hosts=None
    ) as client:
        done = await client.run("show privilege")
    assert done.stdout == "\r\nCurrent privilege level is 15"
    assert done.exit_status is None


def test_a_reloading_router_is_away_for_a_while(start: Start) -> None:
    router = start()
    router.edit(["interface Tunnel9"])
    router.reload(downtime=1.0)
    with pytest.raises(LOST):
        login(router)
    with when_back(router) as client:
        assert "Tunnel9" not in answer(client, "show running-config")
