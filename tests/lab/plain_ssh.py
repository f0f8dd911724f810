"""The way to the plain router over real SSH: Paramiko's server, and how abruptly it ends."""

import base64
import hashlib
import socket
import threading
from functools import cache

import paramiko  # type: ignore[import-untyped]  # Paramiko has no type hints
from typing_extensions import Self

from cisco.errors import RouterBusyError
from cisco.login import Login
from cisco.secret import Secret
from tests.lab.plain_router import PlainRouter


@cache
def _host_key() -> paramiko.RSAKey:
    return paramiko.RSAKey.generate(2048)


# An RSA key's signatures: as IOS 15 and IOS-XE 16 take them, and as an administrator may have it since.
BY_SHA1, BY_SHA2 = ("ssh-rsa",), ("rsa-sha2-512", "rsa-sha2-256")


class PlainSsh:
    """A router's SSH server. It turns the first `turns_away` connections away, and lets in by one method only: `user_key` where
    there is one, else the password.
    """

    def __init__(
        self,
        router: PlainRouter,
        method: str = "password",
        turns_away: int = 0,
        rekeys_at: str = "",
        user_key: paramiko.PKey | None = None,
        takes: tuple[str, ...] = BY_SHA1,
    ) -> None:
        self.router = router
        self.method = method if user_key is None else "publickey"
        self.rekeys_at = rekeys_at
        self.user_key = user_key
        self.refused = [name for name in (*BY_SHA1, *BY_SHA2) if name not in takes]
        self.sessions = 0
        self._turns_away = turns_away
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0))

    @property
    def login(self) -> Login:
        """The right way in."""
        fingerprint = base64.b64encode(hashlib.sha256(_host_key().asbytes()).digest()).decode().rstrip("=")
        port = self._socket.getsockname()[1]
        return Login(
            "127.0.0.1", self.router.user, f"SHA256:{fingerprint}", port=port, password=Secret(self.router.password)
        )

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            self._turns_away -= 1
            if self._turns_away >= 0:
                client.close()
            else:
                threading.Thread(target=self._session, args=(client,), daemon=True).start()

    def _session(self, client: socket.socket) -> None:
        self.sessions += 1
        # A router does not say which signatures it takes.
        transport = paramiko.Transport(client, disabled_algorithms={"pubkeys": self.refused}, server_sig_algs=False)
        transport.local_version = "SSH-2.0-Cisco-1.25"
        transport.add_server_key(_host_key())
        try:
            transport.start_server(server=_Door(self))
            channel = transport.accept(20)
            if channel is not None:
                self._talk(transport, channel)
        except (EOFError, OSError, paramiko.SSHException):
            return  # the agent has hung up
        finally:
            transport.close()

    def _talk(self, transport: paramiko.Transport, channel: paramiko.Channel) -> None:
        try:
            with self._lock:
                vty = self.router.greet()
        except RouterBusyError:
            return
        while vty.is_open or vty.text:
            text, vty.text = vty.text, ""
            channel.sendall(text)
            if not vty.is_open:
                return
            typed = channel.recv(4096).decode()
            if not typed:
                vty.is_open = False
                return
            if self.rekeys_at and self.rekeys_at in typed:
                transport.renegotiate_keys()
            with self._lock:
                vty.type(typed)


class _Door(paramiko.ServerInterface):  # type: ignore[misc]  # Paramiko has no type hints
    """Lets in the one user, to a shell."""

    def __init__(self, server: PlainSsh) -> None:
        self._server = server

    def get_banner(self) -> tuple[str, str]:
        return "plain# is no prompt, nor is this one:\r\nplain> \r\n", "en-US"

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002 - Paramiko's signature
        return self._server.method

    def check_auth_password(self, username: str, password: str) -> int:
        return self._judged(self._server.method == "password" and self._is_right(username, password))

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return self._judged(username == self._server.router.user and key == self._server.user_key)

    def check_auth_interactive(self, username: str, submethods: str) -> paramiko.InteractiveQuery | int:  # noqa: ARG002 - Paramiko's signature
        if self._server.method != "keyboard-interactive":
            return int(paramiko.AUTH_FAILED)
        return paramiko.InteractiveQuery("", "", ("Password: ", False))

    def check_auth_interactive_response(self, responses: list[str]) -> int:
        return self._judged(responses == [self._server.router.password])

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002 - Paramiko's signature
        return int(paramiko.OPEN_SUCCEEDED)

    def check_channel_pty_request(self, *_request: object) -> bool:
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:  # noqa: ARG002 - Paramiko's signature
        return True

    def _is_right(self, username: str, password: str) -> bool:
        return (username, password) == (self._server.router.user, self._server.router.password)

    def _judged(self, is_right: bool) -> int:
        return int(paramiko.AUTH_SUCCESSFUL if is_right else paramiko.AUTH_FAILED)
