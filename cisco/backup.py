"""The router's configuration from before a change, kept on the agent's computer where that was asked for."""

import os
from pathlib import Path

from .errors import PreflightError


def keep(running: str, file: Path) -> None:
    """Write the running-config, keys and all, to a file that its owner alone can read; replaced in one step.

    Raises:
        PreflightError: It can't be written, so nothing is to be changed.
    """
    scratch = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as text:
            text.write(f"{running.rstrip()}\n")
        scratch.replace(file)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise PreflightError((f"the backup {file} can't be written ({error.strerror})",)) from None
