"""Being asked to stop while a router is being changed: an undo comes of it, and an undo is not interrupted.

SIGTERM, Ctrl-C and a terminal that hangs up ask for it. So does the end of the shell that Pulumi started us by: on Ctrl-C
its plugin kills that shell alone, with a signal that nobody can hear.

A handler only notes that somebody asked. One that raised could do so inside the SSH library, between its taking a lock
and its guarding it: then the undo would wait for that lock for ever.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STARTER_VARIABLE = "AWS_CISCO_VPN_STARTER"
"""The process id of the shell that lives as long as we are wanted; who starts us otherwise may end before us."""

# Windows has no SIGHUP.
_ASKING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
_asked: list[str] = []
_starter: list[int] = []


@contextmanager
def stoppable() -> Iterator[None]:
    """Note who asks us to stop as long as the context lasts, for `raise_if_asked`; asked too late, the work is done."""
    _asked.clear()
    # Only while it is our parent can its end be seen.
    _starter[:] = [os.getppid()] if os.environ.get(STARTER_VARIABLE) == str(os.getppid()) else []
    try:
        with _handling(_ASKING, _note):
            yield
    finally:
        _starter.clear()


@contextmanager
def unstoppable() -> Iterator[None]:
    """Let nobody interrupt what undoes a change, except by killing the process."""
    with _handling(_ASKING, signal.SIG_IGN):
        _asked.clear()
        _starter.clear()
        yield


def raise_if_asked() -> None:
    """Raise `KeyboardInterrupt` once when somebody asked to stop; called where no lock is held."""
    if _starter and os.getppid() not in _starter:
        _starter.clear()
        _asked.append("Pulumi, which was cancelled")
    if _asked:
        by = _asked[0]
        _asked.clear()
        raise KeyboardInterrupt(f"interrupted by {by}")


def _note(number: int, _frame: FrameType | None) -> None:
    _asked.append(signal.Signals(number).name)


@contextmanager
def _handling(signals: tuple[signal.Signals, ...], handler: "signal._HANDLER") -> Iterator[None]:
    # Python allows handlers in the main thread only; elsewhere signals never arrive.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # `nohup` and a shell's background have some ignored from the start, and mean it.
    heard = [number for number in signals if signal.getsignal(number) is not signal.SIG_IGN]
    before = [(number, signal.signal(number, handler)) for number in heard]
    try:
        yield
    finally:
        for number, old in before:
            signal.signal(number, old)
