"""What goes wrong between the agent and a router, and what is left of it: nothing, or a message that says what."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import paramiko  # type: ignore[import-untyped]  # Paramiko has no type hints
import pytest

from cisco.errors import NotRolledBackError, PreflightError, RolledBackError, SessionLostError
from cisco.result import Tier
from cisco.transport import open_channel
from lab.router.faults import Cut, Deny, FullVty, Log, Moment, Reject, Reload, SaveFailure, Silence, Truncate, Where
from lab.router.server import Router
from tests.lab.agent_bench import IMPATIENT, KEYS, PASSWORD, bench, default_running, link, without_archive

PROFILE = Where(pattern="^crypto ipsec profile", only_configuration=True)
NO_ARCHIVE = without_archive(default_running())


def test_a_rejected_line_rolls_the_router_back_and_is_named() -> None:
    key_line = Where(pattern="pre-shared-key", only_configuration=True)
    with bench(faults=[Reject(key_line)]) as lab:
        before = lab.running

        with pytest.raises(RolledBackError) as raised:
            lab.apply(link())
        assert lab.running == lab.startup == before
        text = str(raised.value)
        assert "line 21" in text
        assert "pre-shared-key address 198.51.100.11 key ***" in text
        assert "Invalid input detected" in text
        assert lab.apply(link()).changed


def test_a_rejected_line_is_undone_by_software_where_archive_is_off() -> None:
    with bench(running_config=NO_ARCHIVE, faults=[Reject(PROFILE)]) as lab:
        before = lab.running

        with pytest.raises(RolledBackError):
            lab.apply(link())
        assert lab.running == lab.startup == before
        assert lab.apply(link()).tier is Tier.SOFTWARE


@pytest.mark.parametrize("running_config", [default_running(), NO_ARCHIVE], ids=["timer", "software"])
def test_a_fault_of_ours_in_the_middle_is_undone_and_told_without_a_key(
    running_config: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise LookupError(KEYS[0])

    with bench(running_config=running_config) as lab:
        monkeypatch.setattr("cisco.change.read_running", fail)
        with pytest.raises(
            RolledBackError, match=r"a fault of the agent itself \(LookupError, told above\); the router is"
        ):
            lab.apply(link())
        assert lab.running == lab.startup == running_config
        (told,) = [line for line in lab.said if "Traceback" in line]
        assert "LookupError: ***" in told
        monkeypatch.undo()
        assert lab.apply(link()).changed


def test_an_undo_that_the_router_refuses_is_never_called_done_but_says_what_is_left() -> None:
    undoing = Where(pattern="^ *no ", only_configuration=True, times=9_999)
    with bench(running_config=NO_ARCHIVE, faults=[Reject(PROFILE), Reject(undoing)]) as lab:
        with pytest.raises(NotRolledBackError, match=r"this differs from before: .*\+ crypto isakmp policy 201"):
            lab.apply(link())
        assert "crypto isakmp policy 201" in lab.running
        assert lab.startup == NO_ARCHIVE


@pytest.mark.parametrize("running", [default_running(), NO_ARCHIVE], ids=["timer", "software"])
@pytest.mark.parametrize("is_denied", [False, True])
def test_bgp_takes_up_the_old_policies_when_a_change_of_them_is_undone(running: str, *, is_denied: bool) -> None:
    first, other = (replace(link(), primary=number) for number in (0, 1))
    with bench(running_config=running) as lab:
        lab.apply(first)
        before = lab.running
        lab.router.received.clear()
        # The last line of all: until there BGP may have judged routes by the new policies.
        lab.router.add_fault(Reject(Where(pattern="description", line=2, only_configuration=True)))
        if is_denied:
            lab.router.add_fault(Deny(Where(pattern="^clear ip bgp", times=9)))

        with pytest.raises(RolledBackError) as undone:
            lab.apply(replace(other, generation=2))
        assert lab.running == before
        cleared = lab.entered("clear ip bgp")
        assert cleared == ["clear ip bgp 169.254.10.1 soft", "clear ip bgp 169.254.11.1 soft"]
        assert (f"enter {cleared[0]!r} and {cleared[1]!r}" in str(undone.value)) is is_denied
        assert lab.router.received.index(cleared[0]) > max(
            n for n, line in enumerate(lab.router.received) if line.startswith(("configure revert now", "end"))
        )


def test_a_line_that_aaa_denies_rolls_the_router_back() -> None:
    with bench(faults=[Deny(PROFILE)]) as lab:
        before = lab.running

        with pytest.raises(RolledBackError, match="Command authorization failed"):
            lab.apply(link())
        assert lab.running == before


@pytest.mark.parametrize("moment", Moment)
def test_a_connection_cut_in_the_middle_is_taken_up_again_and_undone(moment: Moment) -> None:
    with bench(faults=[Cut(PROFILE, moment)]) as lab:
        before = lab.running

        with pytest.raises(RolledBackError, match="session"):
            lab.apply(link())
        assert lab.running == lab.startup == before
        assert lab.entered("configure revert now")
        assert lab.apply(link()).changed


def test_a_router_that_falls_silent_is_given_up_and_undone_on_a_new_session() -> None:
    with bench(faults=[Silence(PROFILE)]) as lab:
        before, lab.timing = lab.running, IMPATIENT

        with pytest.raises(RolledBackError, match="no answer"):
            lab.apply(link())
        assert lab.running == before


def test_a_router_that_reloads_is_waited_for_and_found_as_before() -> None:
    with bench(faults=[Reload(PROFILE)]) as lab:
        before = lab.running

        with pytest.raises(RolledBackError):
            lab.apply(link())
        assert lab.running == before
        assert lab.apply(link()).changed


def test_a_router_that_never_comes_back_is_told_of_with_the_moment_its_timer_fires() -> None:
    with bench(faults=[Cut(PROFILE)]) as lab:
        before = lab.running
        received = lab.router.received

        def locked_out() -> None:
            while not any(line.startswith("crypto ipsec profile") for line in received):
                time.sleep(0.001)
            lab.router.add_fault(FullVty(logins=1_000))

        watcher = threading.Thread(target=locked_out)
        watcher.start()
        with pytest.raises(NotRolledBackError, match=r"own timer was to go back at 08:0\d:\d\d UTC"):
            lab.apply(link())
        watcher.join()
        # The agent waited beyond the timer, which did its work.
        assert lab.running == before


def test_a_router_that_hangs_up_as_soon_as_it_hears_exit_is_left_in_peace(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_channel: paramiko.Channel) -> None:
        raise EOFError  # what Paramiko says where the other side has closed its socket a moment before

    monkeypatch.setattr(paramiko.Channel, "close", gone)
    with bench() as lab:
        result = lab.apply(link())
        assert (result.tier, result.saved) == (Tier.DEVICE_TIMER, True)


@pytest.mark.parametrize("error", [EOFError, OSError, paramiko.SSHException])
def test_a_line_that_cannot_be_sent_any_more_means_a_lost_session(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_packetizer: object, _data: bytes) -> None:
        raise error

    with bench() as lab:
        channel = open_channel(lab.login, timeout=10)
        monkeypatch.setattr(paramiko.packet.Packetizer, "write_all", gone)
        with pytest.raises(SessionLostError):
            channel.write("show clock\n")
        channel.close()


def test_a_lost_confirmation_is_found_out_and_the_change_kept_and_saved() -> None:
    with bench(faults=[Cut(Where(pattern="^configure confirm"), Moment.AFTER)]) as lab:
        result = lab.apply(link())

        assert (result.changed, result.saved) == (True, True)
        assert lab.running == lab.startup


def test_a_session_cut_before_the_confirmation_rolls_back() -> None:
    with bench(faults=[Cut(Where(pattern="^configure confirm"), Moment.BEFORE)]) as lab:
        before = lab.running

        with pytest.raises(RolledBackError):
            lab.apply(link())
        assert lab.running == lab.startup == before


def test_a_session_cut_while_saving_is_taken_up_again() -> None:
    with bench(faults=[Cut(Where(pattern="^write"), Moment.BEFORE)]) as lab:
        assert lab.apply(link()).saved
        assert lab.running == lab.startup


def test_a_busy_startup_config_is_saved_at_the_second_try() -> None:
    with bench(faults=[SaveFailure()]) as lab:
        clearing = lab.clock.sleep

        def release(seconds: float) -> None:
            lab.router.state.save_failure = None
            clearing(seconds)

        lab.clock.sleep = release  # type: ignore[method-assign]  # whoever held the file lets go meanwhile
        assert lab.apply(link()).saved
        assert lab.running == lab.startup


def test_a_save_that_fails_says_that_the_change_is_in_but_not_saved() -> None:
    with bench(faults=[SaveFailure(reply="%Error opening nvram:/startup-config (No space left on device)")]) as lab:
        before = lab.startup

        with pytest.raises(NotRolledBackError, match=r"not saved.*No space left"):
            lab.apply(link())
        assert lab.startup == before
        assert "interface Tunnel1" in lab.running


def test_a_locked_configuration_is_named_and_nothing_touched() -> None:
    with bench() as lab:
        before = lab.running
        lab.router.state.lock_holder = "NETCONF"

        with pytest.raises(PreflightError, match="locked"):
            lab.apply(link())
        assert lab.running == before


def test_somebody_elses_pending_rollback_is_left_alone() -> None:
    with bench() as lab:
        lab.router.state.rollback.pretend("alice", 5)
        before = lab.running

        with pytest.raises(PreflightError, match="alice has a rollback pending"):
            lab.apply(link())
        assert lab.running == before
        assert not lab.entered("configure")


def test_a_truncated_running_config_is_refused() -> None:
    with bench(faults=[Truncate(Where(pattern="^show running-config"))]) as lab:
        with pytest.raises(PreflightError, match="incomplete"):
            lab.apply(link())
        assert not lab.entered("configure")


def test_a_group_that_the_release_refuses_is_named_before_anything_is_sent() -> None:
    old = link()
    one, two = (replace(t, phase1=replace(t.phase1, dh_group=2)) for t in old.tunnels)
    with bench(release="xe17") as lab:
        with pytest.raises(PreflightError, match="DH group 2 of phase 1 is refused by IOS-XE"):
            lab.apply(replace(old, tunnels=(one, two)))
        assert not lab.entered("configure")


def test_a_collision_is_named_with_a_free_number() -> None:
    taken = default_running().replace(
        "archive\n", "interface Tunnel2\n ip address 10.9.9.1 255.255.255.0\n!\narchive\n"
    )
    with bench(running_config=taken) as lab:
        with pytest.raises(PreflightError, match="Tunnel2"):
            lab.apply(link())
        assert not lab.entered("configure")


def test_a_timer_that_is_faster_than_the_confirmation_is_noticed() -> None:
    with bench() as lab:
        before = lab.running
        advance = lab.clock

        def expire() -> None:
            while not any(line == "end" for line in lab.router.received):
                time.sleep(0.001)
            advance.sleep(600)

        watcher = threading.Thread(target=expire)
        watcher.start()
        with pytest.raises(RolledBackError):
            lab.apply(link())
        watcher.join()
        assert lab.running == lab.startup == before


@contextmanager
def _agent_process(router: Router, *shell: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start an agent of its own, that can be killed, or a shell that starts it."""
    environment = os.environ | {"ROUTER_PORT": str(router.port), "ROUTER_KEY": router.host_key}
    command = [*shell, sys.executable, "-m", "tests.lab.one_apply"]
    # Under `nohup` the tests ignore a hang-up, and what they start would too.
    ours = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    signal.signal(signal.SIGHUP, ours)
    with process:
        try:
            yield process
            process.wait(60)
        finally:
            process.kill()


def _wait_for(router: Router, prefix: str) -> None:
    end = time.monotonic() + 60  # a bound, not a measure: the machine may be busy
    while not any(line.startswith(prefix) for line in router.received):
        assert time.monotonic() < end, f"the agent never sent {prefix!r}"
        time.sleep(0.002)


def test_an_agent_killed_half_way_is_undone_by_the_next_run() -> None:
    with bench(latency=0.01) as lab:
        before = lab.running

        with _agent_process(lab.router) as process:
            _wait_for(lab.router, "crypto ipsec profile")
            process.send_signal(signal.SIGKILL)
        assert lab.running != before
        assert lab.startup == before

        assert lab.apply(link()).changed
        assert "an earlier run left its change unconfirmed: undoing it" in lab.said
        assert lab.running == lab.startup


def test_an_agent_killed_half_way_is_undone_by_the_routers_timer() -> None:
    with bench(latency=0.01) as lab:
        before = lab.running

        with _agent_process(lab.router) as process:
            _wait_for(lab.router, "crypto ipsec profile")
            process.send_signal(signal.SIGKILL)
        lab.clock.sleep(5 * 60 + 1)
        assert lab.running == lab.startup == before


@pytest.mark.parametrize(
    ("number", "shell"),
    [
        (signal.SIGTERM, ()),
        (signal.SIGINT, ()),
        (signal.SIGHUP, ()),
        # What Pulumi's command plugin does on Ctrl-C: the agent's shell is killed, and its output read to the end.
        (signal.SIGKILL, ("/bin/sh", "-c", 'AWS_CISCO_VPN_STARTER=$$ "$@"; exit $?', "sh")),
    ],
)
def test_an_agent_asked_to_stop_undoes_first(number: signal.Signals, shell: tuple[str, ...]) -> None:
    with bench(latency=0.01) as lab:
        before = lab.running

        with _agent_process(lab.router, *shell) as process:
            _wait_for(lab.router, "crypto ipsec profile")
            process.send_signal(number)
            assert process.stderr is not None
            said = process.stderr.read().decode()
        assert "RolledBackError" in said
        assert "as it was before" in said
        assert not any(key in said for key in KEYS)
        assert lab.running == lab.startup == before


def test_no_secret_is_in_any_error_or_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    texts: list[str] = []
    for fault in (Reject(PROFILE), Cut(PROFILE), Silence(PROFILE), Log(Where(pattern=".", times=9999))):
        with bench(faults=[fault]) as lab:
            lab.timing = IMPATIENT if isinstance(fault, Silence) else lab.timing
            try:
                texts.append(json.dumps(lab.apply(link()).as_json()))
            except RolledBackError as error:
                texts.append(f"{error!r} {error} {error.__dict__} {error.__cause__!r}")
            texts += lab.said
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("asyncssh")]

    assert not [secret for secret in (*KEYS, PASSWORD) for text in (*texts, *ours) if secret in text]
