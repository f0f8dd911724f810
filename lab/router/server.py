"""The router on the network: an SSH server, in a thread of its own, with one router behind it."""

import asyncio
import contextlib
import threading
import warnings
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address
from types import TracebackType

import asyncssh
from typing_extensions import Self

from lab.exchange import RouterExchange

from .clock import Clock, SystemClock
from .console import Console, commands
from .default_config import default_running_config
from .faults import Fault, Faults
from .files import name_of
from .release import RELEASES
from .scp import ScpSink, target_of
from .shell import Shell
from .state import RouterState, User
from .vty import Vty

# Routers up to IOS-XE 16 know no other key exchange; that it is leaving is what the lab is to show, not to warn of.
warnings.filterwarnings("ignore", message="Diffie-Hellman over finite fields", module=r"asyncssh\.")
_VTY_LINES = 5  # `line vty 0 4`
_LAST_WORD = 2.0  # seconds that a user's end has to close its side


class Router:
    """A router to log in to; use it as a context manager.

    Args:
        running_config: IOS text in displayed form; a small branch router's when empty. It is the startup-config too.
        release: One of `RELEASES`: ios12, ios15, xe16, xe17.6 (warns of weak algorithms), xe17 (refuses them).
        privilege: 15, or 1 for a user who needs `enable`.
        latency: Seconds the router thinks about each line.
        round_trip: Seconds a packet takes there and back.
        public_keys: Keys with which any user may come in, as `ip ssh pubkey-chain` has it.
        public_addresses: What the Internet sees it as, when that is not the tunnels' source.
    """

    def __init__(
        self,
        *,
        running_config: str = "",
        release: str = "xe17",
        user: str = "admin",
        password: str,
        privilege: int = 15,
        enable_secret: str | None = None,
        users: Iterable[User] = (),
        port: int = 0,
        clock: Clock | None = None,
        faults: Iterable[Fault] = (),
        latency: float = 0.0,
        round_trip: float = 0.0,
        banner: str = "",
        exchange: RouterExchange | None = None,
        public_addresses: Sequence[IPv4Address] = (),
        association_hold: float = 60.0,
        host_key: asyncssh.SSHKey | None = None,
        public_keys: Iterable[asyncssh.SSHKey] = (),
        name: str = "router",
    ) -> None:
        played = RELEASES[release]
        self.state = RouterState(
            running_config or default_running_config(played, user),
            played,
            clock or SystemClock(),
            name=name,
            exchange=exchange,
            public_addresses=public_addresses,
            association_hold=association_hold,
        )
        self.state.enable_secret = enable_secret
        self.users = {u.name: u for u in (User(user, password, privilege), *users)}
        self.public_keys = tuple(public_keys)
        self.host = "127.0.0.1"
        self.port = port
        self.received: list[str] = []
        self.banner = banner
        self.latency = latency
        self.round_trip = round_trip
        self.faults = Faults(tuple(faults))
        self.sessions: list[_Session] = []
        self._key = host_key or asyncssh.generate_private_key("ssh-rsa", key_size=2048)
        self._commands = commands(self.state)
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"{name}-ssh", daemon=True)
        self._server: asyncssh.SSHAcceptor | None = None
        self.state.listeners.append(self._announce)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def host_key(self) -> str:
        """The host key's fingerprint, as `ssh-keygen -l` prints it."""
        return str(self._key.get_fingerprint())

    def start(self) -> None:
        """Begin to listen; `port` is then the real one."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()

    def stop(self) -> None:
        """Drop all sessions and close the port."""
        if self._loop.is_closed():
            return
        self.state.rollback.forget()
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        if self.state.exchange is not None:
            self.state.exchange.withdraw(self.state.name)

    def running_config(self) -> str:
        """Return the running-config."""
        with self.state.lock:
            return self.state.running_config()

    def startup_config(self) -> str:
        """Return what the router would boot with."""
        with self.state.lock:
            return self.state.startup

    def add_fault(self, fault: Fault) -> None:
        """Put one more fault before the router."""
        self.faults.add(fault)

    def remove_fault(self, fault: Fault) -> None:
        """Take a fault away."""
        self.faults.remove(fault)

    def console(self, user: str = "console") -> Console:
        """Return a terminal that needs no network: somebody else at work on the same router."""
        return Console(self.state, user)

    def edit(self, lines: Iterable[str], user: str = "console") -> None:
        """Change the running-config by hand, as another engineer would.

        Raises:
            ValueError: The router refuses a line.
        """
        self.console(user).configure(lines)

    def lock_configuration(self, user: str | None) -> None:
        """Let somebody hold the configuration lock; None frees it."""
        with self.state.lock:
            self.state.lock_holder = user

    def pretend_rollback(self, user: str, minutes: int = 5) -> None:
        """Let somebody else's timed change be pending."""
        with self.state.lock:
            self.state.rollback.pretend(user, minutes)

    def change_host_key(self) -> None:
        """Come back with another host key, as a replaced router would."""
        self._key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
        asyncio.run_coroutine_threadsafe(self._relisten(), self._loop).result()

    def reload(self, downtime: float = 0.0) -> None:
        """Power-cycle it: every session goes, and what was not saved; nobody answers for `downtime` seconds."""
        asyncio.run_coroutine_threadsafe(self._reload(downtime), self._loop).result()

    async def _listen(self) -> None:
        ssh = self.state.release.ssh
        self._server = await asyncssh.listen(
            self.host,
            self.port,
            server_factory=lambda: _Authentication(self),
            server_host_keys=[self._key],
            kex_algs=ssh.kex,
            encryption_algs=ssh.encryption,
            mac_algs=ssh.mac,
            signature_algs=ssh.signature,
            server_version="Cisco-1.25",
            line_editor=False,
            sftp_factory=None,
            allow_scp=False,
            reuse_address=True,
        )
        self.port = self._server.get_port()

    async def _relisten(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        await self._listen()

    async def _close(self) -> None:
        await self._drop_all()
        if self._server is not None:
            self._server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    async def _drop_all(self) -> None:
        for session in tuple(self.sessions):
            session.cut()

    def keep_file(self, place: str, text: str) -> None:
        """Keep a file that was copied here."""
        with self.state.lock:
            self.state.flash[name_of(place)] = text

    def open_shell(self, user: User) -> Shell | None:
        """Give a login its VTY; None when none is free."""
        taken = {session.shell.terminal.number for session in self.sessions if session.shell}
        free = [number for number in range(_VTY_LINES) if number not in taken]
        if not free or self.faults.turns_away():
            return None
        return Shell(self.state, user, self._commands, free[0])

    def reload_from_session(self, downtime: float) -> None:
        """Reload on a user's word, or because a fault says so."""
        self._tasks.add(task := self._loop.create_task(self._reload(downtime)))
        task.add_done_callback(self._tasks.discard)

    async def _reload(self, downtime: float) -> None:
        await self._drop_all()
        with self.state.lock:
            self.state.reload()
        if downtime and self._server is not None:
            self._server.close()
            self._loop.call_later(downtime, lambda: self._loop.create_task(self._listen()))

    def _announce(self, user: str, lines: Sequence[str]) -> None:
        text = "".join(f"{line}\n" for line in lines)
        for session in tuple(self.sessions):
            if session.shell and session.shell.user.name == user:
                self._loop.call_soon_threadsafe(session.print, text)


class _Authentication(asyncssh.SSHServer):
    """Who may come in: users with their passwords, as `login local` has it."""

    def __init__(self, router: Router) -> None:
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
        return _Session(self._router, shell, self._connection)


class _Session(asyncssh.SSHServerSession[str]):
    """One login's channel: hands characters to the VTY and back."""

    def __init__(self, router: Router, shell: Shell, connection: asyncssh.SSHServerConnection) -> None:
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
