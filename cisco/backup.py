"""The router's configuration from before a change, kept on the agent's computer where that was asked for."""

from pathlib import Path

from .errors import PreflightError
from .whole_file import write_whole


def keep(running: str, file: Path) -> None:
    """Write the running-config, keys and all, to a file that its owner alone can read.

    Raises:
        PreflightError: It can't be written, so nothing is to be changed.
    """
    try:
        write_whole(file, f"{running.rstrip()}\n", mode=0o600)
    except OSError as error:
        raise PreflightError((f"the backup {file} can't be written ({error.strerror})",)) from None
