"""Signals while a router is being changed: SIGTERM and Ctrl-C ask for an undo, and an undo is not interrupted.

A handler only notes that somebody asked. One that raised could do so inside the SSH library, between its taking a lock
and its guarding it: then the undo would wait for that lock for ever.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ASKING = (signal.SIGINT, signal.SIGTERM)
_asked: list[int] = []


@contextmanager
def stoppable() -> Iterator[None]:
    """Note SIGINT and SIGTERM as long as the context lasts, for `raise_if_asked`; asked too late, the work is done."""
    _asked.clear()
    with _handling(_ASKING, _note):
        yield


@contextmanager
def unstoppable() -> Iterator[None]:
    """Let nobody interrupt what undoes a change, except by killing the process."""
    with _handling(_ASKING, signal.SIG_IGN):
        _asked.clear()
        yield


def raise_if_asked() -> None:
    """Raise `KeyboardInterrupt` once when somebody asked to stop; called where no lock is held."""
    if _asked:
        name = signal.Signals(_asked[0]).name
        _asked.clear()
        raise KeyboardInterrupt(f"interrupted by {name}")


def _note(number: int, _frame: FrameType | None) -> None:
    _asked.append(number)


@contextmanager
def _handling(signals: tuple[signal.Signals, ...], handler: "signal._HANDLER") -> Iterator[None]:
    # Python allows handlers in the main thread only; elsewhere signals never arrive.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = [(number, signal.signal(number, handler)) for number in signals]
    try:
        yield
    finally:
        for number, old in before:
            signal.signal(number, old)
