"""What stands in the way of a change, and the small decisions of the transaction that need no router."""

import multiprocessing
import os
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from cisco.archive import archive_path
from cisco.clock import Deadline, SystemClock
from cisco.errors import PreflightError
from cisco.lock import router_lock
from cisco.login import ArchivePolicy, Login, Options
from cisco.plan import Command, Plan, Step
from cisco.preflight import RouterState, no_room, obstacles, require_no_problem
from cisco.push import batches
from cisco.releases import Release
from cisco.remedies import remedy
from cisco.revert import Pending, read_pending
from cisco.rollback import left_over
from cisco.room import file_systems
from cisco.saving import may_be_unsaved
from cisco.secret import Secret

HEALTHY = RouterState(
    release=Release(is_xe=True, version=(17, 9, 1), text="17.09.01", platform="C8000V"),
    privilege=15,
    archive_file="bootflash:backup-<timestamp>-0",
    pending=None,
    lock_owner=None,
    running="hostname R1\nend",
)


def login(host: str) -> Login:
    return Login(host, "pulumi", "insecure-accept-any", password=Secret("plainly-fake"))


def test_a_healthy_router_has_no_obstacle() -> None:
    assert obstacles(HEALTHY, Options(archive=ArchivePolicy.REQUIRE)) == ()


@pytest.mark.parametrize(
    ("state", "options", "words"),
    [
        (replace(HEALTHY, privilege=1), Options(), "privilege level 1"),
        (replace(HEALTHY, lock_owner="NETCONF"), Options(), "locked by NETCONF"),
        (replace(HEALTHY, running="no service prompt config\nend"), Options(), "enter 'service prompt config'"),
        (replace(HEALTHY, pending=Pending("alice", "5 min")), Options(), "alice has a rollback pending"),
        (replace(HEALTHY, archive_file=None), Options(archive=ArchivePolicy.REQUIRE), "archive is off"),
    ],
)
def test_an_obstacle_is_named(state: RouterState, options: Options, words: str) -> None:
    (problem,) = obstacles(state, options)

    assert words in problem


def test_archive_off_is_no_obstacle_where_software_may_undo() -> None:
    assert obstacles(replace(HEALTHY, archive_file=None), Options()) == ()


def test_every_problem_is_reported_at_once() -> None:
    with pytest.raises(PreflightError) as raised:
        require_no_problem(("one",), (), ("two", "three"))

    assert raised.value.problems == ("one", "two", "three")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%No Rollback Confirmed Change pending", None),
        ("        ^\n% Invalid input detected at '^' marker.", None),
        (
            "Time configured(UTC): 08:35:36 UTC\nTimer type: absolute timer\nTimer value: 5 min\nUser: alice\n",
            Pending("alice", "5 min"),
        ),
    ],
)
def test_a_pending_rollback_tells_whose_it_is(text: str, expected: Pending | None) -> None:
    assert read_pending(text) == expected


def test_a_header_and_a_removal_end_a_batch_and_leaves_travel_together() -> None:
    commands = (
        Command("interface Tunnel1", "config", "config-if"),
        Command("ip mtu 1436", "config-if"),
        Command("shutdown", "config-if"),
        Command("no tunnel protection ipsec profile p", "config-if"),
        Command("exit", "config-if", "config"),
        Command("crypto keyring k", "config", "conf-keyring"),
        Command("local-address 203.0.113.100", "conf-keyring"),
    )

    decided, rest = batches(commands, set())

    assert [[c.text for c in batch] for batch in decided] == [
        ["interface Tunnel1"],
        ["ip mtu 1436", "shutdown", "no tunnel protection ipsec profile p"],
        ["exit", "crypto keyring k"],
    ]
    assert [c.text for c in rest] == ["local-address 203.0.113.100"]


def test_a_header_taken_before_in_this_run_is_not_waited_for_again_until_it_was_removed() -> None:
    header = Command("interface Tunnel1", "config", "config-if")
    leaf, leave = Command("no shutdown", "config-if"), Command("exit", "config-if", "config")
    removal = Command("no interface Tunnel1", "config")
    entered: set[tuple[str, str]] = set()

    def sent(*commands: Command) -> list[list[str]]:
        decided, rest = batches(commands, entered)
        return [[c.text for c in batch] for batch in (*decided, rest) if batch]

    assert sent(header, leaf, leave) == [["interface Tunnel1"], ["no shutdown", "exit"]]
    assert sent(header, leaf, leave) == [["interface Tunnel1", "no shutdown", "exit"]]
    assert sent(removal, header, leaf) == [["no interface Tunnel1"], ["interface Tunnel1"], ["no shutdown"]]


def test_a_configuration_that_only_changed_its_order_and_its_clock_is_the_same() -> None:
    before = "! Last configuration change at 10:00:00 UTC\ninterface Tunnel1\n ip mtu 1400\ninterface Tunnel2\nend"
    after = "! Last configuration change at 11:11:11 UTC\ninterface Tunnel2\ninterface Tunnel1\n ip mtu 1400\nend"

    assert left_over(before, after) == ()


def test_a_default_that_is_shown_since_it_was_entered_is_not_left_over() -> None:
    before, entered = "hostname r1\nend", "crypto ipsec df-bit copy"

    assert left_over(before, f"{entered}\n{before}") == left_over(f"{entered}\n{before}", before) == ()


def test_what_is_left_over_is_told_with_its_section() -> None:
    before, after = "interface Tunnel1\n ip mtu 1400\nend", "interface Tunnel1\n ip mtu 1436\nend"

    assert left_over(before, after) == ("- interface Tunnel1 / ip mtu 1400", "+ interface Tunnel1 / ip mtu 1436")


CHANGED = "! Last configuration change at 10:00:01 UTC Tue Nov 24 2026 by alice\n"
SAVED_BEFORE = "! NVRAM config last updated at 10:00:00 UTC Tue Nov 24 2026 by alice\n"
SAVED_AFTER = "! NVRAM config last updated at 10:00:01 UTC Tue Nov 24 2026\n"
SAVED_LATER = "! NVRAM config last updated at 09:59:59 CET Wed Dec 2 2026 by bob\n"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (CHANGED + SAVED_AFTER, False),
        (CHANGED + SAVED_LATER, False),
        (CHANGED + SAVED_BEFORE, True),
        (CHANGED, True),
        (CHANGED.replace("Nov 24", "Nov 31"), False),
        ("hostname R1\n", False),
    ],
)
def test_the_head_of_the_running_config_tells_whether_it_may_be_unsaved(head: str, *, expected: bool) -> None:
    assert may_be_unsaved(head) is expected


def _hold(host: str, until: float) -> None:
    with router_lock(login(host), Deadline(SystemClock(), 5), SystemClock(), lambda _text: None):
        time.sleep(max(0.0, until - time.time()))


def test_the_lock_is_waited_for_and_says_who_holds_it() -> None:
    host = f"lock-test-{os.getpid()}.invalid"
    said: list[str] = []
    holder = multiprocessing.get_context("fork").Process(target=_hold, args=(host, time.time() + 1.0))
    holder.start()
    time.sleep(0.3)
    with router_lock(login(host), Deadline(SystemClock(), 5), SystemClock(), said.append):
        assert said == [f"waiting for another run that works on {host}:22 (process {holder.pid})"]
    holder.join()


def test_a_lock_held_beyond_the_deadline_is_a_clear_error() -> None:
    host = f"lock-test-2-{os.getpid()}.invalid"
    holder = multiprocessing.get_context("fork").Process(target=_hold, args=(host, time.time() + 2.0))
    holder.start()
    time.sleep(0.3)
    with (
        pytest.raises(PreflightError, match=f"another run works on {host}:22"),
        router_lock(login(host), Deadline(SystemClock(), 0.2), SystemClock(), lambda _text: None),
    ):
        raise AssertionError("the lock was given twice")
    holder.terminate()
    holder.join()


def test_a_computer_without_such_locks_changes_no_router(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cisco.lock.os", SimpleNamespace(name="nt"))
    with (
        pytest.raises(PreflightError, match=r"this computer is Windows, .* in WSL"),
        router_lock(login("windows.invalid"), Deadline(SystemClock(), 1), SystemClock(), lambda _text: None),
    ):
        raise AssertionError("no lock was taken")


def test_the_lock_folder_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with router_lock(login("private.invalid"), Deadline(SystemClock(), 1), SystemClock(), lambda _text: None):
        (folder,) = tmp_path.iterdir()
        assert folder.stat().st_mode & 0o077 == 0


FILE_SYSTEMS = """\
File Systems:

       Size(b)       Free(b)      Type  Flags  Prefixes
             -             -    opaque     rw   system:
*   6188032000          5000      disk     rw   bootflash: flash:#
        262136        250000     nvram     rw   nvram:
             -             -   network     rw   tftp:
"""


def test_file_systems_are_read_by_every_name_they_have() -> None:
    systems = file_systems(FILE_SYSTEMS)

    assert [(s.names, s.size, s.free) for s in systems] == [
        (("system:",), None, None),
        (("bootflash:", "flash:"), 6188032000, 5000),
        (("nvram:",), 262136, 250000),
        (("tftp:",), None, None),
    ]


@pytest.mark.parametrize(
    ("is_xe", "names", "flash"),
    [
        (True, "bootflash: flash:#", "bootflash"),
        (True, "flash:", "flash"),  # a Catalyst before IOS-XE 26
        (True, "tftp:", "bootflash"),
        (False, "bootflash: flash:", "flash"),
    ],
)
def test_archive_is_turned_on_in_a_flash_that_the_router_has(is_xe: bool, names: str, flash: str) -> None:
    systems = file_systems(f"*  11353194496    9936510976      disk     rw   {names}\n")
    state = replace(HEALTHY, release=replace(HEALTHY.release, is_xe=is_xe), file_systems=systems)

    assert archive_path(state) == f"{flash}:aws-cisco-vpn-rollback"


@pytest.mark.parametrize(
    ("options", "path", "running", "words"),
    [
        (Options(), "bootflash:backup", 2000, "bootflash: has 5,000 bytes free"),
        (Options(), "flash:backup", 2000, "flash: has 5,000 bytes free"),
        (Options(archive=ArchivePolicy.CONFIGURE), None, 2000, "flash: has 5,000 bytes free"),
        (Options(), None, 262136, "NVRAM takes 262,136 bytes"),
    ],
)
def test_a_file_system_without_room_is_named_with_the_way_out(
    options: Options, path: str | None, running: int, words: str
) -> None:
    state = replace(HEALTHY, archive_file=path, running="x" * running, file_systems=file_systems(FILE_SYSTEMS))

    (problem,) = no_room(state, options, Plan((Step("shared", (Command("hash sha"),), ()),)), "flash:ours")

    assert words in problem
    assert remedy(problem) == ("no-room-in-nvram" if "NVRAM" in words else "no-room-on-flash")


@pytest.mark.parametrize(
    ("options", "path", "running"),
    [
        (Options(), "bootflash:backup", "x" * 800),
        (Options(), "tftp://192.0.2.1/backup", "x" * 2000),
        (Options(), "harddisk:backup", "x" * 2000),
        (Options(), None, "x" * 2000),
        (Options(save=False), None, "x" * 300000),
        (Options(), None, "service compress-config\n" + "x" * 300000),
    ],
)
def test_room_that_suffices_or_is_not_told_is_no_obstacle(options: Options, path: str | None, running: str) -> None:
    state = replace(HEALTHY, archive_file=path, running=running, file_systems=file_systems(FILE_SYSTEMS))

    assert no_room(state, options, Plan((Step("shared", (Command("hash sha"),), ()),)), "flash:ours") == ()
