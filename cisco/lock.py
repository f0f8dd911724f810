"""One agent at a time on a router: a lock file each, on the computer the agent runs on."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .clock import Clock, Deadline
from .errors import PreflightError
from .login import Login

_PAUSE = 0.5


@contextmanager
def router_lock(login: Login, deadline: Deadline, clock: Clock, report: Callable[[str], None]) -> Iterator[None]:
    """Hold the router's lock; wait for it, since two links of one stack may share a router.

    The kernel lets go of it when the process ends, however it ends.

    Raises:
        PreflightError: Another run holds it until the deadline, or this computer has no such locks.
    """
    if os.name != "posix":
        raise PreflightError(
            ("this computer is Windows, which has no lock for the router: run it on Linux, macOS or in WSL",)
        )
    path = _lock_path(login)
    with path.open("a+", encoding="ascii") as file:
        is_waiting = False
        while not _acquired(file.fileno()):
            if not is_waiting:
                report(f"waiting for another run that works on {login.address} ({_holder(path)})")
                is_waiting = True
            if deadline.remaining <= 0:
                raise PreflightError(
                    (f"another run works on {login.address} ({_holder(path)}); run again when it is done",)
                )
            clock.sleep(_PAUSE)
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()
        yield


def _lock_path(login: Login) -> Path:
    folder = Path(tempfile.gettempdir()) / f"aws-cisco-vpn-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    # The folder for temporary files is everybody's: what is not ours could lead anywhere.
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise PreflightError((f"{folder} belongs to somebody else, so no lock can be kept there",))
    digest = hashlib.sha256(login.address.lower().encode()).hexdigest()[:16]
    return folder / f"{digest}.lock"


def _acquired(descriptor: int) -> bool:
    import fcntl  # which Windows lacks; what only renders or compares runs there

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> str:
    return path.read_text(encoding="ascii").strip() or "process unknown"
