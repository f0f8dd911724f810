"""How a part of the lab hears at once that it is to end."""

import select
import signal
from socket import socketpair


class ToldToEnd:
    """Hears SIGINT and SIGTERM from its making on, whichever of the process's threads the kernel hands them to.

    Python's own handlers wait for the main thread, which no signal wakes that another thread was given; the byte that is
    written to the wake-up descriptor does. Made in the main thread.
    """

    def __init__(self) -> None:
        self._ear, self._told = socketpair()
        self._told.setblocking(False)  # noqa: FBT003  # the argument has no name
        signal.set_wakeup_fd(self._told.fileno())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait to be told, `seconds` at most; return whether it was."""
        return bool(select.select([self._ear], [], [], seconds)[0])
