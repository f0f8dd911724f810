"""A part of the lab in the foreground: one `ready` line, then until it is told to end."""

import signal
import sys
from threading import Event


def announce_and_wait(address: str) -> None:
    """Print `ready ADDRESS` and return when the process is interrupted or terminated."""
    told_to_end = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told_to_end.set())
    sys.stdout.write(f"ready {address}\n")
    sys.stdout.flush()
    told_to_end.wait()
