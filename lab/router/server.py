"""The router on the network: an SSH server, in a thread of its own, with one router behind it. What a login gets is in ssh.py."""

import asyncio
import threading
import warnings
from collections.abc import Iterable, Sequence
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
from .shell import Shell
from .ssh import Authentication, Session
from .state import RouterState, User

# Routers up to IOS-XE 16 know no other key exchange; that it is leaving is what the lab is to show, not to warn of.
warnings.filterwarnings("ignore", message="Diffie-Hellman over finite fields", module=r"asyncssh\.")
_VTY_LINES = 5  # `line vty 0 4`


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
        self.sessions: list[Session] = []
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
            server_factory=lambda: Authentication(self),
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
