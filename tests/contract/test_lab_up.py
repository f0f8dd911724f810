"""The lab from the command line: up, found again, used, down; and its parts alone."""

import os
import shlex
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import boto3  # type: ignore[import-untyped]  # it has no types of its own
import pytest


def lab(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lab", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "up"
    yield home
    lab("down", "--folder", home)


def exported(script: str) -> dict[str, str]:
    """Return what a shell has after evaluating the script."""
    shown = subprocess.run(
        ["sh", "-c", f"{script}\nenv"], capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]}
    ).stdout
    return dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)


def test_up_prints_an_environment_in_which_everything_is_the_labs_own(folder: Path) -> None:
    started = lab("up", "--folder", folder, "--routing", "static")
    assert started.returncode == 0, started.stderr
    environment = exported(started.stdout)
    assert environment["LAB_ROUTING"] == "static"
    assert environment["AWS_CONFIG_FILE"] == environment["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    for name in ("PULUMI_HOME", "PULUMI_CONFIG_PASSPHRASE_FILE", "LAB_ROUTER_PASSWORD_FILE"):
        assert Path(environment[name]).is_relative_to(folder)
    assert environment["PULUMI_BACKEND_URL"].startswith(folder.as_uri())
    password = Path(environment["LAB_ROUTER_PASSWORD_FILE"]).read_text().strip()
    assert environment["IOS_PASSWORD"] == password
    assert password not in started.stdout + started.stderr


def test_what_is_started_is_an_aws_and_a_router_with_a_known_key(folder: Path) -> None:
    environment = exported(lab("up", "--folder", folder).stdout)
    identity = boto3.client(
        "sts",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name=environment["AWS_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    ).get_caller_identity()
    assert identity["Account"] == "123456789012"
    known = Path(environment["LAB_ROUTER_KNOWN_HOSTS"]).read_text()
    host, kind, key = known.split()
    assert host == f"[{environment['LAB_ROUTER_HOST']}]:{environment['LAB_ROUTER_PORT']}"
    fingerprint = asyncssh.import_public_key(f"{kind} {key}").get_fingerprint()
    assert fingerprint == environment["LAB_ROUTER_HOST_KEY"]


def test_no_file_of_the_lab_can_be_read_by_others(folder: Path) -> None:
    lab("up", "--folder", folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("router-password", "passphrase", "environment"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_a_second_up_finds_the_first(folder: Path) -> None:
    first = lab("up", "--folder", folder)
    second = lab("up", "--folder", folder)
    assert second.stdout == first.stdout
    assert "running already" in second.stderr


def test_down_leaves_nothing_listening_and_no_file(folder: Path) -> None:
    environment = exported(lab("up", "--folder", folder).stdout)
    assert lab("down", "--folder", folder).returncode == 0
    assert not folder.exists()
    for port in (environment["AWS_ENDPOINT_URL"].rpartition(":")[2], environment["LAB_ROUTER_PORT"]):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", int(port)), timeout=5)


def test_down_without_up_is_no_error(folder: Path) -> None:
    ended = lab("down", "--folder", folder)
    assert (ended.returncode, ended.stderr) == (0, "the lab is not running\n")


def test_a_stale_pid_is_not_taken_for_the_lab(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "lock").touch()
    (folder / "pid").write_text(f"{os.getpid()}\n")
    assert lab("down", "--folder", folder).returncode == 0
    assert lab("up", "--folder", folder).returncode == 0


@pytest.mark.parametrize("part", ["aws", "router"])
def test_a_part_alone_prints_one_ready_line_and_ends_when_told(part: str, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("lab-only\n")
    arguments = {"aws": ["--port", "0"], "router": ["--password-file", str(secret)]}[part]
    command = [sys.executable, "-m", "lab", part, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        ready, address = process.stdout.readline().split()
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=20)
    assert (ready, rest, process.returncode) == ("ready", "", 0), shlex.join(command)
    assert address.startswith("127.0.0.1:")
