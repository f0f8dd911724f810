"""One command as a process: how long it took, and what the operating system says it used."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class CommandFailedError(Exception):
    """A measured command failed: its figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process and the children it waited for used, in seconds.

    Its memory is not among it: what the system says of a child holds what the parent had when it forked.
    """

    wall: float
    cpu: float
    output: str


def measure(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Usage:
    """Run a command to its end.

    Raises:
        CommandFailedError: It ended otherwise than with 0.
    """
    began = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - the benchmark's own commands
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=None if environment is None else dict(environment),
        cwd=folder,
    )
    if process.stdout is None:
        raise CommandFailedError("the command has no pipe")
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise CommandFailedError(f"{' '.join(command[:4])} … ended with {process.returncode}:\n{output[-3000:]}")
    return Usage(wall, used.ru_utime + used.ru_stime, output)
