"""What the machine that runs Pulumi must have."""

import os

from ._validation import ArgumentError, Words


def require_shell() -> None:
    """Refuse a machine without a POSIX shell before anything is made: keys and router would fail when AWS's part is there."""
    if os.name != "posix":
        raise ArgumentError("the machine that runs Pulumi", Words("Windows"), "Linux or macOS, as WSL on Windows is")
