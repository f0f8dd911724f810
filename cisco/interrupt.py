"""Signals while a router is being changed: SIGTERM asks for an undo as Ctrl-C does, and an undo is not interrupted."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ASKING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise `KeyboardInterrupt` on SIGTERM too, as long as the context lasts."""
    with _handling((signal.SIGTERM,), _interrupt):
        yield


@contextmanager
def unstoppable() -> Iterator[None]:
    """Let nobody interrupt what undoes a change, except by killing the process."""
    with _handling(_ASKING, signal.SIG_IGN):
        yield


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt("interrupted by SIGTERM")


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
