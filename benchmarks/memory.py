"""How much memory a tree of processes holds at its peak."""

import contextlib
import threading
from types import TracebackType
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from typing_extensions import Self

_SECONDS = 0.2


class PeakMemory:
    """Looks at all processes that this one has started, but for one tree of them, for as long as it is entered.

    What several processes share is counted once (the proportional set size, which Linux alone tells).
    """

    def __init__(self, but: int) -> None:
        self._but = but
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self.mebibytes = 0.0

    def __enter__(self) -> "Self":
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._ended.wait(_SECONDS):
            self.mebibytes = max(self.mebibytes, _held(self._but))


def _held(but: int) -> float:
    mine = psutil.Process().children(recursive=True)
    others = {but, *(child.pid for child in psutil.Process(but).children(recursive=True))}
    held = 0
    for process in mine:
        if process.pid not in others:
            with contextlib.suppress(psutil.NoSuchProcess):  # it has ended meanwhile
                held += process.memory_full_info().pss
    return held / 2**20
