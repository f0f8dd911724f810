"""A bound for what would take hours if it were badly written; no measure, so it is far above what it takes."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SECONDS = 60.0


@contextmanager
def patience() -> Iterator[None]:
    """Fail what is still at it after a minute of this process's own time, however busy the machine is."""
    before = signal.signal(signal.SIGVTALRM, _fail)
    signal.setitimer(signal.ITIMER_VIRTUAL, _SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _fail(_number: int, _frame: FrameType | None) -> None:
    raise AssertionError(f"still at it after {_SECONDS:.0f} s of processor time")
