"""A login over SSH: who may come in, and the one terminal that it gets."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

import asyncssh

from .faults import Faults
from .scp import ScpSink, target_of
from .shell import Shell
from .state import RouterState, User
from .vty import Vty

_LAST_WORD = 2.0  # seconds that a user's end has to close its side


class Host(Protocol):
    """What a login needs of the router that it comes to."""

    state: RouterState
    users: dict[str, User]
    public_keys: tuple[asyncssh.SSHKey, ...]
    faults: Faults
    received: list[str]
    sessions: "list[Session]"
    banner: str
    latency: float
    round_trip: float

    def open_shell(self, user: User) -> Shell | None:
        """Give a login its VTY; None when none is free."""

    def keep_file(self, place: str, text: str) -> None:
        """Keep a file that was copied here."""

    def reload_from_session(self, downtime: float) -> None:
        """Reload on a user's word, or because a fault says so."""


class Authentication(asyncssh.SSHServer):
    """Who may come in: users with their passwords, as `login local` has it."""

    def __init__(self, router: Host) -> None:
        self._router = router
        self._user = ""
        self._has_session = False
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn

    def begin_auth(self, username: str) -> bool:
        self._user = username
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        user = self._router.users.get(username)
        return user is not None and user.password == password

    def public_key_auth_supported(self) -> bool:
        return bool(self._router.public_keys)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username in self._router.users and key in self._router.public_keys

    def session_requested(self) -> "asyncssh.SSHServerSession[str] | bool":
        """IOS gives one terminal a connection; without a free VTY it hangs up."""
        if self._has_session:
            return False
        self._has_session = True
        shell = self._router.open_shell(self._router.users[self._user])
        if shell is None or self._connection is None:
            if self._connection is not None:
                self._connection.abort()
            return False
        return Session(self._router, shell, self._connection)


class Session(asyncssh.SSHServerSession[str]):
    """One login's channel: hands characters to the VTY and back."""

    def __init__(self, router: Host, shell: Shell, connection: asyncssh.SSHServerConnection) -> None:
        self.shell = shell
        self._router = router
        self._connection = connection
        self._channel: asyncssh.SSHServerChannel[str] | None = None
        self._command: str | None = None
        self._scp: ScpSink | None = None
        self._unsent: list[str] = []
        self._vty = Vty(
            shell, self, router.faults, router.received, latency=router.latency, reload=router.reload_from_session
        )
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, chan: "asyncssh.SSHServerChannel[str]") -> None:
        self._channel = chan
        self._router.sessions.append(self)

    def pty_requested(
        self,
        term_type: str,  # noqa: ARG002 - asyncssh's signature
        term_size: tuple[int, int, int, int],
        term_modes: object,  # noqa: ARG002 - asyncssh's signature
    ) -> bool:
        """The client's window is the terminal's size, where the client says it."""
        columns, lines = term_size[:2]
        self.shell.terminal.width = min(columns, 512) or self.shell.terminal.width
        self.shell.terminal.length = min(lines, 512) or self.shell.terminal.length
        return True

    def shell_requested(self) -> bool:
        return True

    def exec_requested(self, command: str) -> bool:
        """One command without a terminal: IOS runs it and hangs up without an exit status."""
        self._command = command
        target = target_of(command)
        if target is not None and self._router.state.document.root.find("ip scp server enable") is not None:
            self._scp = ScpSink(target, self._router.keep_file)
        return True

    def session_started(self) -> None:
        if self._scp is not None:
            self.write(self._scp.greeting)
            return
        run = self._vty.run(self._router.banner) if self._command is None else self._vty.run_once(self._command)
        self._task = asyncio.get_running_loop().create_task(run)
        self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A terminal that failed must not leave its user waiting."""
        if not task.cancelled() and task.exception() is not None:
            self._connection.abort()
            raise RuntimeError("the simulated terminal failed") from task.exception()

    def data_received(self, data: str, datatype: object) -> None:  # noqa: ARG002 - asyncssh's signature
        if self._scp is not None:
            self.write(self._scp.feed(data))
            return
        self._later(self._vty.feed, data)

    def _later(self, action: Callable[..., None], *text: str) -> None:
        """Half a round trip is the way there, half the way back."""
        if self._router.round_trip:
            asyncio.get_running_loop().call_later(self._router.round_trip / 2, action, *text)
        else:
            action(*text)

    def eof_received(self) -> bool:
        self._vty.end()
        if self._scp is not None and self._channel is not None:
            self._channel.exit(0)
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncssh's signature
        self._connection.close()
        self._vty.drop()
        with self._router.state.lock:
            self.shell.leave_configuration()
        if self in self._router.sessions:
            self._router.sessions.remove(self)

    def write(self, text: str) -> None:
        """Send text to the user: the echo of a pasted line is one packet, not one a character."""
        if not self._unsent:
            asyncio.get_running_loop().call_soon(self._flush)
        self._unsent.append(text)

    def _flush(self) -> None:
        text = "".join(self._unsent)
        self._unsent.clear()
        if text:
            self._later(self._send, text)

    def _send(self, text: str) -> None:
        if self._channel is not None:
            with contextlib.suppress(OSError):
                self._channel.write(text)

    def print(self, text: str) -> None:
        """Print something out of turn."""
        self._vty.print(text)

    def cut(self) -> None:
        """Drop the connection without a word."""
        self._flush()
        self._connection.abort()

    def close(self) -> None:
        """End the session and, as IOS does, the connection: once the user's end has closed too, so that it has read all."""
        self._flush()
        self._later(self._hang_up)

    def _hang_up(self) -> None:
        if self._channel is not None:
            self._channel.close()
        asyncio.get_running_loop().call_later(_LAST_WORD, self._connection.close)
