"""A part of the lab in the foreground: one `ready` line, then until it is told to end."""

import sys

from lab.ending import ToldToEnd


def announce_and_wait(address: str) -> None:
    """Print `ready ADDRESS` and return when the process is interrupted or terminated."""
    told_to_end = ToldToEnd()
    sys.stdout.write(f"ready {address}\n")
    sys.stdout.flush()
    told_to_end.wait()
