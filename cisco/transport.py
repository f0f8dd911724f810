"""SSH to the router: a shell by Paramiko. The one file that imports an SSH library.

What is said to the router, and what its answers mean, is session.py's. Paramiko's log may not speak: at debug level it
prints pre-shared keys.
"""

import base64
import hashlib
import hmac
import logging
import select
import socket
import warnings

from .errors import ConnectError, InputError, RouterBusyError, SessionLostError
from .lean_import import lean
from .login import ANY_HOST_KEY, Login

# Paramiko takes Invoke for `Match exec` in OpenSSH's configuration, which is not read here, and has its own version read
# from its package's metadata, by all of `email`, only to tell the router: together a third of its import.
with lean("importlib.metadata", names={"version": lambda _package: "0"}, absent=("invoke",)):
    import paramiko  # type: ignore[import-untyped]  # Paramiko has no type hints
    from cryptography.utils import CryptographyDeprecationWarning
    from paramiko.ssh_exception import (  # type: ignore[import-untyped]  # Paramiko has no type hints
        AuthenticationException,
        IncompatiblePeer,
        SSHException,
    )

logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)
# cryptography warns that finite-field Diffie-Hellman will go; _LEGACY tells what to do about it.
warnings.filterwarnings("ignore", category=CryptographyDeprecationWarning)

# IOS wraps the echo of a line that is longer than the terminal is wide, and pages by its height.
_WIDTH, _HEIGHT = 511, 1000
_PIECE = 65535  # bytes read at a time
_SEND_PATIENCE = 20.0  # seconds in which a router may take nothing of what it is sent
_SHA1 = "ssh-rsa"  # a kind of key, and its oldest signature
_RSA = (_SHA1, "rsa-sha2-256", "rsa-sha2-512")  # what the one kind is called in the choice of a host key

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

    def __init__(self, shell: paramiko.Channel, clients: tuple[paramiko.SSHClient, ...]) -> None:
        self._shell = shell
        self._clients = clients

    def write(self, text: str) -> None:
        """Send text."""
        try:
            self._shell.sendall(text.encode(_ENCODING))
        except _ENDED:
            raise SessionLostError("the SSH session ended") from None

    def read(self, timeout: float) -> str:
        """Return what arrives within `timeout` seconds, empty if nothing."""
        try:
            ready, _, _ = select.select([self._shell], [], [], timeout)
            if not ready:
                return ""
            data: bytes = self._shell.recv(_PIECE)
        except (*_ENDED, ValueError):
            raise SessionLostError("the SSH session ended") from None
        if not data:
            raise SessionLostError("the router closed the SSH session")
        return data.decode(_ENCODING)

    def close(self) -> None:
        """End the session, and those with the jump hosts; never fails, also where the router was the first to hang up."""
        _close(self._clients)


class _OtherKeyError(ConnectError):
    """The host showed another key than the pinned one; it may have keys of other kinds than these."""

    def __init__(self, message: str, kinds: tuple[str, ...]) -> None:
        super().__init__(message)
        self.kinds = kinds

    def after(self, earlier: "_OtherKeyError | None") -> "_OtherKeyError":
        """Return the first one's message, and the kinds that are known not to do."""
        return self if earlier is None else _OtherKeyError(str(earlier), (*earlier.kinds, *self.kinds))


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
            kind = key.get_name()
            raise _OtherKeyError(
                f"the host key of {self._login.address} is {kind} SHA256:{presented}, "
                f"not the pinned {self._login.host_key}: another device answers there, or its key was changed; "
                f"compare with 'show ip ssh' on the router's console before pinning the new one",
                _RSA if kind == _SHA1 else (kind,),
            )


def open_channel(login: Login, timeout: float) -> SshChannel:
    """Log in and open a shell.

    Raises:
        RouterBusyError: Refused or not answered; another try may succeed.
        ConnectError: Another try will not help.
    """
    clients = _connect(login, timeout)
    try:
        shell = clients[-1].invoke_shell(term="vt100", width=_WIDTH, height=_HEIGHT)
    except _ENDED as error:
        _close(clients)
        raise _explain(error, login, "router") from None
    shell.settimeout(_SEND_PATIENCE)
    return SshChannel(shell, clients)


def _connect(
    login: Login,
    timeout: float,
    role: str = "router",
    *,
    without_sha1: bool = False,
    other_key: _OtherKeyError | None = None,
) -> tuple[paramiko.SSHClient, ...]:
    """Log in, through the jump hosts if there are any; return the sessions, that with `login` last.

    With an `other_key` it is asked for a host key of another kind.
    """
    key = _private_key(login)
    clients = _connect(login.jump_host, timeout, "jump host") if login.jump_host else ()
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(_PinnedHostKey(login))
    try:
        client.connect(
            login.host,
            port=login.port,
            username=login.username,
            password=login.password.reveal() if login.password else None,
            pkey=key,
            allow_agent=login.use_agent,
            look_for_keys=False,
            disabled_algorithms={
                "pubkeys": [_SHA1] if without_sha1 else [],
                "keys": list(other_key.kinds) if other_key is not None else [],
            },
            timeout=timeout,
            banner_timeout=timeout,
            auth_timeout=timeout,
            sock=_through(clients[-1], login) if clients else None,
            transport_factory=_Transport,
        )
    except (*_ENDED, ConnectError) as error:
        # A router may also have been told to take SHA-1 no longer.
        is_worth_another = isinstance(error, AuthenticationException) and _has_signed_by_sha1(client, login, key)
        _close((*clients, client))
        if is_worth_another:
            return _connect(login, timeout, role, without_sha1=True, other_key=other_key)
        if isinstance(error, IncompatiblePeer) and other_key is not None:
            raise other_key from None
        if isinstance(error, _OtherKeyError):
            return _connect(login, timeout, role, without_sha1=without_sha1, other_key=error.after(other_key))
        raise _explain(error, login, role) from None
    return (*clients, client)


class _Transport(paramiko.Transport):  # type: ignore[misc]  # Paramiko has no type hints
    """Signs with an RSA key as IOS and many an IOS-XE check it: by SHA-1 alone, of which they say nothing (netmiko#2652, #2675)."""

    @property
    def preferred_pubkeys(self) -> tuple[str, ...]:
        """Return the signatures to try, the likeliest first."""
        known: tuple[str, ...] = super().preferred_pubkeys
        is_silent_cisco = "Cisco" in self.remote_version and "server-sig-algs" not in self.server_extensions
        return tuple(sorted(known, key=lambda name: name != _SHA1)) if is_silent_cisco else known


def _has_signed_by_sha1(client: paramiko.SSHClient, login: Login, key: paramiko.PKey | None) -> bool:
    transport = client.get_transport()
    has_rsa = login.use_agent or (key is not None and key.get_name() == _SHA1)
    return transport is not None and has_rsa and transport.preferred_pubkeys[0] == _SHA1


def _private_key(login: Login) -> paramiko.PKey | None:
    if login.key_file is None:
        return None
    try:
        return paramiko.PKey.from_path(login.key_file.expanduser())
    except (OSError, ValueError, TypeError, SSHException, paramiko.UnknownKeyType):
        allowed = "a readable private key without passphrase"
        raise InputError("router key_file", str(login.key_file), allowed) from None


def _through(jump: paramiko.SSHClient, login: Login) -> paramiko.Channel:
    transport = jump.get_transport()
    if transport is None:
        raise SSHException("the jump host closed the session")
    return transport.open_channel("direct-tcpip", (login.host, login.port), ("127.0.0.1", 0))


def _close(clients: tuple[paramiko.SSHClient, ...]) -> None:
    for client in reversed(clients):
        client.close()


def _explain(error: Exception, login: Login, role: str) -> ConnectError:
    """Say what went wrong and what to do about it."""
    where = f"{role} {login.address}"
    if isinstance(error, ConnectError):
        return error
    if isinstance(error, IncompatiblePeer):
        return ConnectError(f"cannot connect to {where}: " + _LEGACY.format(detail=error))
    if isinstance(error, AuthenticationException) or "No authentication methods" in str(error):
        return ConnectError(
            f"{where} refused the login of {login.username!r}: wrong password or key (or none), "
            f"or no 'login local' / AAA method for SSH on its VTY lines"
        )
    if isinstance(error, socket.gaierror):
        return ConnectError(f"cannot connect to {where}: the name does not resolve")
    detail = str(error).strip() or "it ended the connection at once"
    # Paramiko's words for a port that takes the connection and never speaks SSH.
    detail = detail.removeprefix("[Errno None] ").replace("No existing session", "no SSH was spoken there")
    return RouterBusyError(
        f"cannot connect to {where}: {detail} (unreachable, filtered by an ACL, or no free VTY line)"
    )
