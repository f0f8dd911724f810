"""The way to one router: opens sessions, as many as are needed, and counts what they cost."""

from collections.abc import Callable, Iterable, Iterator

from .clock import Clock, Deadline, SystemClock
from .errors import ConnectError, RouterBusyError, SessionLostError
from .login import Login
from .terminal import Channel, Terminal, Timing, Traffic

# A router answers SSH within this, or it is not there (seconds): 1-4 s of key exchange on an old CPU.
_CONNECT_TIMEOUT = 20.0
_TRIES = 3
_LONGEST_PAUSE = 30.0
# A refused login counts: against the user, and for `login block-for`, which then lets nobody in (3 in a minute are usual).
_PAUSE_AFTER_REFUSAL = 60.0
_DEFAULT_TIMING = Timing()


def _open_ssh(login: Login, timeout: float) -> Channel:
    # Imported when first used: it takes a third of a second, and `render` and `diff` need none.
    from .transport import open_channel

    return open_channel(login, timeout)


class Connection:
    """A router that can be logged in to. `open_channel` is SSH except in tests."""

    def __init__(
        self,
        login: Login,
        *,
        timing: Timing = _DEFAULT_TIMING,
        clock: Clock | None = None,
        open_channel: Callable[[Login, float], Channel] = _open_ssh,
    ) -> None:
        self.login = login
        self.timing = timing
        self.clock = clock or SystemClock()
        self.traffic = Traffic()
        self._open_channel = open_channel

    def open(self, deadline: Deadline) -> Terminal:
        """Log in, in privileged mode; try again while the router is only busy.

        Raises:
            ConnectError: No session.
        """
        pauses = [self.timing.retry * tried for tried in range(1, _TRIES)]
        return self._retry(deadline, pauses, RouterBusyError)

    def reopen(self, deadline: Deadline) -> Terminal:
        """Log in again after a session was lost, with growing pauses until the deadline: it may be reloading.

        Raises:
            ConnectError: Not before the deadline.
        """
        terminal = self._retry(deadline, self._growing_pauses(), ConnectError)
        terminal.widen()  # what is undone are long lines; a first session does so in its examination
        return terminal

    def _retry(self, deadline: Deadline, pauses: Iterable[float], worth: type[ConnectError]) -> Terminal:
        for pause in pauses:
            try:
                return self._log_in(deadline)
            except ConnectError as error:
                is_busy = isinstance(error, RouterBusyError)
                until_next = pause if is_busy else max(pause, _PAUSE_AFTER_REFUSAL)
                if not isinstance(error, worth) or deadline.remaining <= until_next:
                    raise
            self.clock.sleep(until_next)
        return self._log_in(deadline)

    def _growing_pauses(self) -> Iterator[float]:
        pause = self.timing.retry
        while True:
            yield pause
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _log_in(self, deadline: Deadline) -> Terminal:
        timeout = min(_CONNECT_TIMEOUT, max(deadline.remaining, 1.0))
        channel = self._open_channel(self.login, timeout)
        try:
            terminal = Terminal(channel, deadline, self.timing, self.traffic)
            terminal.enable(self.login.enable_password)
        except SessionLostError as lost:
            channel.close()
            raise RouterBusyError(f"the router {self.login.address} let us in, but: {lost}") from None
        except ConnectError:
            channel.close()
            raise
        return terminal
