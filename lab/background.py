"""`lab up` in the background: started once, found again, and ended by `lab down`."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.choice import Choice

_START_SECONDS = 60
_STOP_SECONDS = 30


@contextmanager
def hold_lock(folder: Path) -> Iterator[None]:
    """Hold the folder while the lab runs, and remove it then: the fake AWS forgets, and so must Pulumi's state.

    The lock ends with the process however that ends, so a stale pid does no harm.
    """
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SystemExit(f"the lab is running already in {folder}; `python -m lab down` ends it") from error
        yield
        # At one stroke, so that the next lab can start in the same place while this one's files go.
        gone = folder.rename(folder.with_name(f"{folder.name}.{os.getpid()}"))
    shutil.rmtree(gone, ignore_errors=True)


def _is_running(folder: Path) -> bool:
    if not (folder / "lock").exists():
        return False
    with (folder / "lock").open("r") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def start(choice: Choice) -> int:
    """Start the lab unless it runs, and print the environment to use it with as `export` lines."""
    folder = choice.folder
    if _is_running(folder):
        return _print_environment(choice, "the lab was running already; `python -m lab down` ends it")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "environment").unlink(missing_ok=True)
    command = [sys.executable, "-m", "lab", "up", "--foreground", "--folder", str(folder)]
    command += ["--routing", choice.routing, "--release", choice.release]
    command += ["--wire"] if choice.is_on_wire else []
    with (folder / "log").open("w") as log:
        child = subprocess.Popen(  # noqa: S603  # our own interpreter and module
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    deadline = time.monotonic() + _START_SECONDS
    while not (folder / "environment").exists():
        if child.poll() is not None or time.monotonic() > deadline:
            if child.poll() is None:
                child.terminate()
            sys.stderr.write(f"the lab did not start:\n{(folder / 'log').read_text()}")
            return 1
        time.sleep(0.05)
    return _print_environment(choice, "the lab is up; `python -m lab down` ends it")


def stop(folder: Path) -> int:
    """End the lab and wait until it has gone."""
    if not _is_running(folder):
        sys.stderr.write("the lab is not running\n")
        return 0
    os.kill(int((folder / "pid").read_text()), signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while _is_running(folder):
        if time.monotonic() > deadline:
            sys.stderr.write(f"the lab did not end within {_STOP_SECONDS} s\n")
            return 1
        time.sleep(0.05)
    sys.stderr.write("the lab is down\n")
    return 0


def _print_environment(choice: Choice, comment: str) -> int:
    sys.stdout.write((choice.folder / "environment").read_text())
    stack = "static" if choice.routing == "static" else "dev"
    sys.stderr.write(
        f'# {comment}. In a shell: eval "$(python -m lab up)", then for example\n'
        f"#   pulumi stack select --create {stack}\n"
        '#   pulumi config set routerHost "$LAB_ROUTER_HOST"\n'
        '#   pulumi config set routerPort "$LAB_ROUTER_PORT"\n'
        '#   pulumi config set routerHostKey "$LAB_ROUTER_HOST_KEY"\n'
        '#   pulumi config set --secret routerPassword < "$LAB_ROUTER_PASSWORD_FILE"\n'
        "#   pulumi up\n"
    )
    return 0
