"""SSH to the router: Netmiko's connection, used as a channel. The one file that imports an SSH library.

Netmiko knows how to reach an IOS router; what is said to it, and what its answers mean, is ours
(session.py). Neither Netmiko's nor Paramiko's log may speak: at debug level they print pre-shared keys.
"""

import base64
import hashlib
import hmac
import logging
import select
import socket
import warnings
from collections.abc import Iterator

from .errors import ConnectError, InputError, RouterBusyError, SessionLostError
from .lean_import import lean
from .login import ANY_HOST_KEY, Login

# Netmiko's own first file imports a driver for each of a hundred kinds of device, and Paramiko takes Invoke for `Match
# exec` in OpenSSH's configuration, which is not read here: together half of the processor time of a start. Paramiko has
# its version read from its package's metadata, by all of `email`, only to tell the router.
with (
    lean("netmiko", names={"log": logging.getLogger("netmiko")}, absent=("invoke",)),
    lean("importlib.metadata", names={"version": lambda _package: "0"}),
):
    import paramiko  # type: ignore[import-untyped]  # Paramiko has no type hints
    from cryptography.utils import CryptographyDeprecationWarning
    from netmiko.base_connection import BaseConnection
    from netmiko.exceptions import NetmikoBaseException, ReadException, WriteException
    from paramiko.ssh_exception import (  # type: ignore[import-untyped]  # Paramiko has no type hints
        AuthenticationException,
        IncompatiblePeer,
        SSHException,
    )

for _name in ("netmiko", "paramiko"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)
# cryptography warns that finite-field Diffie-Hellman will go; _LEGACY tells what to do about it.
warnings.filterwarnings("ignore", category=CryptographyDeprecationWarning)

# Bytes one to one: a router's text may hold anything, and a piece may end inside a character.
_ENCODING = "latin-1"

_LEGACY = (
    "no SSH algorithm in common ({detail}): older routers offer only SHA-1, which this client no longer accepts. "
    "Either have the router offer newer ones: 'ip ssh server algorithm kex ecdh-sha2-nistp256' and "
    "'crypto key generate rsa modulus 2048' on IOS-XE; or install the client's legacy set: "
    "pip install 'aws-cisco-vpn[legacy-ssh]'"
)

# What Paramiko raises where the other side is gone; which of them is a matter of the moment.
_ENDED = (EOFError, OSError, SSHException)


class SshChannel:
    """A shell on the router; see `terminal.Channel`."""

    def __init__(self, connection: BaseConnection, jump: paramiko.SSHClient | None) -> None:
        self._connection = connection
        self._shell: paramiko.Channel = connection.remote_conn
        self._jump = jump

    def write(self, text: str) -> None:
        """Send text."""
        try:
            self._connection.channel.write_channel(text)
        except (*_ENDED, WriteException):
            raise SessionLostError("the SSH session ended") from None

    def read(self, timeout: float) -> str:
        """Return what arrives within `timeout` seconds, empty if nothing."""
        try:
            ready, _, _ = select.select([self._shell], [], [], timeout)
            if not ready:
                return ""
            text = str(self._connection.channel.read_channel())
        except (*_ENDED, ValueError, ReadException):
            raise SessionLostError("the SSH session ended") from None
        if not text and (self._shell.closed or self._shell.eof_received):
            raise SessionLostError("the router closed the SSH session")
        return text

    def close(self) -> None:
        """End the session; never fails, as Netmiko's own way does where the router was the first to hang up."""
        _close(self._connection, self._jump)


class _PinnedHostKey(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]  # Paramiko has no type hints
    """Accepts the one host key whose fingerprint was given."""

    def __init__(self, login: Login) -> None:
        self._login = login

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:  # noqa: ARG002 (Paramiko's signature)
        """Compare the fingerprint of the key the router presents."""
        if self._login.host_key == ANY_HOST_KEY:
            return
        presented = base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
        pinned = self._login.host_key.removeprefix("SHA256:").rstrip("=")
        if not hmac.compare_digest(presented, pinned):
            raise ConnectError(
                f"the host key of {self._login.address} is {key.get_name()} SHA256:{presented}, "
                f"not the pinned {self._login.host_key}: another device answers there, or its key was changed; "
                f"compare with 'show ip ssh' on the router's console before pinning the new one"
            )


def open_channel(login: Login, timeout: float) -> SshChannel:
    """Log in and open a shell.

    Raises:
        RouterBusyError: Refused or not answered; another try may succeed.
        ConnectError: Another try will not help.
    """
    jump = _open_jump(login.jump_host, timeout) if login.jump_host else None
    connection: BaseConnection | None = None
    try:
        sock = _through(jump, login) if jump is not None else None
        connection = _connection(login, timeout, sock)
        connection.establish_connection()
    except (*_ENDED, NetmikoBaseException, ConnectError) as error:
        _close(connection, jump)
        raise _explain(error, login) from None
    return SshChannel(connection, jump)


def _connection(login: Login, timeout: float, sock: paramiko.Channel | None) -> BaseConnection:
    connection = BaseConnection(
        device_type="cisco_ios",
        host=login.host,
        port=login.port,
        username=login.username,
        password=login.password.reveal() if login.password else None,
        pkey=_private_key(login),
        allow_agent=login.use_agent,
        sock=sock,
        encoding=_ENCODING,
        conn_timeout=timeout,
        banner_timeout=timeout,
        auth_timeout=timeout,
        ssh_strict=True,
        disable_lf_normalization=True,
        auto_connect=False,
    )
    connection.key_policy = _PinnedHostKey(login)
    return connection


def _private_key(login: Login) -> paramiko.PKey | None:
    if login.key_file is None:
        return None
    try:
        return paramiko.PKey.from_path(login.key_file.expanduser())
    except (OSError, ValueError, TypeError, SSHException, paramiko.UnknownKeyType):
        allowed = "a readable private key without passphrase"
        raise InputError("router key_file", str(login.key_file), allowed) from None


def _open_jump(login: Login, timeout: float) -> paramiko.SSHClient:
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(_PinnedHostKey(login))
    outer = _open_jump(login.jump_host, timeout) if login.jump_host else None
    try:
        client.connect(
            login.host,
            port=login.port,
            username=login.username,
            password=login.password.reveal() if login.password else None,
            pkey=_private_key(login),
            allow_agent=login.use_agent,
            look_for_keys=False,
            timeout=timeout,
            banner_timeout=timeout,
            auth_timeout=timeout,
            sock=_through(outer, login) if outer is not None else None,
        )
    except (*_ENDED, ConnectError) as error:
        client.close()
        raise _explain(error, login, role="jump host") from None
    return client


def _through(jump: paramiko.SSHClient, login: Login) -> paramiko.Channel:
    transport = jump.get_transport()
    if transport is None:
        raise SSHException("the jump host closed the session")
    return transport.open_channel("direct-tcpip", (login.host, login.port), ("127.0.0.1", 0))


def _close(connection: BaseConnection | None, jump: paramiko.SSHClient | None) -> None:
    client = getattr(connection, "remote_conn_pre", None)  # absent until Netmiko has begun to connect
    if client is not None:
        client.close()
    if jump is not None:
        jump.close()


def _causes(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__ or current.__context__


def _explain(error: Exception, login: Login, role: str = "router") -> ConnectError:
    """Say what went wrong and what to do about it, from the first known cause (Netmiko hides Paramiko's)."""
    where = f"{role} {login.address}"
    for cause in _causes(error):
        if isinstance(cause, ConnectError):
            return cause
        if isinstance(cause, IncompatiblePeer):
            return ConnectError(f"cannot connect to {where}: " + _LEGACY.format(detail=cause))
        if isinstance(cause, AuthenticationException) or "No authentication methods" in str(cause):
            return ConnectError(
                f"{where} refused the login of {login.username!r}: wrong password or key (or none), "
                f"or no 'login local' / AAA method for SSH on its VTY lines"
            )
        if isinstance(cause, socket.gaierror):
            return ConnectError(f"cannot connect to {where}: the name does not resolve")
    last = str(error).strip().splitlines()[-1:] or ["it ended the connection at once"]
    reasons = [str(cause).strip() for cause in _causes(error) if isinstance(cause, _ENDED)]
    detail = next((reason for reason in reversed(reasons) if reason), last[0])
    # Paramiko's words for a port that takes the connection and never speaks SSH.
    detail = detail.removeprefix("[Errno None] ").replace("No existing session", "no SSH was spoken there")
    return RouterBusyError(
        f"cannot connect to {where}: {detail} (unreachable, filtered by an ACL, or no free VTY line)"
    )
