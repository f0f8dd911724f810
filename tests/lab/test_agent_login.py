"""The ways into a router: keys, agents, old algorithms, jump hosts, and being kept out. Where only the login counts a greeter answers."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cisco.clock import Deadline, SystemClock
from cisco.connection import Connection
from cisco.errors import ConnectError, InputError, RouterBusyError
from cisco.login import Login, Options
from cisco.secret import Secret
from cisco.terminal import Timing
from lab.router.faults import FullVty
from tests.lab.agent_bench import bench, link

TIMING = Timing(reply=2, settle=0.25, retry=0.05)


class _Greeter(asyncssh.SSHServer):
    """Lets in the holder of one key."""

    def __init__(self, key: asyncssh.SSHKey) -> None:
        self._key = key.convert_to_public()

    def begin_auth(self, username: str) -> bool:
        return username == "pulumi"

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == "pulumi" and key == self._key


async def _greet(process: "asyncssh.SSHServerProcess[str]") -> None:
    process.stdout.write("\r\nR1#")
    async for line in process.stdin:
        word = line.rstrip("\r\n")
        if word == "exit":
            break
        process.stdout.write(f"{word}\r\nR1#")
    process.close()


@contextmanager
def serving(
    factory: Callable[[], asyncssh.SSHServer], beside: tuple[asyncssh.SSHKey, ...] = (), /, **options: object
) -> Iterator[tuple[int, str]]:
    """Start an SSH server, and give its port and its RSA host key's fingerprint; it may have others beside."""
    host_key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> asyncssh.SSHAcceptor:
        keys = [host_key, *beside]
        return await asyncssh.listen("127.0.0.1", 0, server_factory=factory, server_host_keys=keys, **options)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result()
    try:
        yield server.get_port(), str(host_key.get_fingerprint())
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


@contextmanager
def greeter(user_key: asyncssh.SSHKey, **algorithms: list[str]) -> Iterator[Login]:
    """Start it, and give the login without a way to prove who we are but the agent."""
    with serving(lambda: _Greeter(user_key), process_factory=_greet, line_editor=False, **algorithms) as (port, key):
        yield Login("127.0.0.1", "pulumi", key, port=port, use_agent=True)


def with_key(login: Login, key_file: Path) -> Login:
    return Login(login.host, login.username, login.host_key, port=login.port, key_file=key_file)


def hostname_seen(login: Login) -> str:
    terminal = Connection(login, timing=TIMING).open(Deadline(SystemClock(), 20))
    terminal.log_out()
    return terminal.prompt.hostname


# Written by cryptography: Paramiko cannot read every second ECDSA key that asyncssh writes.
_KEYS: dict[str, Callable[[], rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey]] = {
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "ecdsa": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}


@pytest.mark.parametrize("kind", _KEYS)
def test_a_private_key_file_opens_the_router(tmp_path: Path, kind: str) -> None:
    pem = _KEYS[kind]().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    (tmp_path / "id").write_bytes(pem)

    with greeter(asyncssh.import_private_key(pem)) as login:
        assert hostname_seen(with_key(login, tmp_path / "id")) == "R1"


def test_a_pinned_host_key_is_found_among_those_of_other_kinds(tmp_path: Path) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(tmp_path / "id")
    beside = tuple(asyncssh.generate_private_key(kind) for kind in ("ssh-ed25519", "ecdsa-sha2-nistp256"))
    greeted = serving(lambda: _Greeter(key), beside, process_factory=_greet, line_editor=False)

    with greeted as (port, pinned):
        login = Login("127.0.0.1", "pulumi", pinned, port=port, key_file=tmp_path / "id")
        assert hostname_seen(login) == "R1"
        other = str(asyncssh.generate_private_key("ssh-ed25519").get_fingerprint())
        with pytest.raises(ConnectError, match=r"is ssh-ed25519 SHA256:\S+, not the pinned"):
            hostname_seen(replace(login, host_key=other))


def test_a_key_that_the_router_does_not_know_is_refused(tmp_path: Path) -> None:
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(tmp_path / "other")

    with (
        greeter(asyncssh.generate_private_key("ssh-ed25519")) as login,
        pytest.raises(ConnectError, match="refused the login of 'pulumi'"),
    ):
        hostname_seen(with_key(login, tmp_path / "other"))


@pytest.mark.parametrize("content", [None, "not a key", "locked"])
def test_a_key_file_that_cannot_be_used_is_bad_input(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "id"
    if content == "locked":
        asyncssh.generate_private_key("ssh-ed25519").write_private_key(path, passphrase="plainly-fake")
    elif content is not None:
        path.write_text(content)

    with greeter(asyncssh.generate_private_key("ssh-ed25519")) as login, pytest.raises(InputError, match="key_file"):
        hostname_seen(with_key(login, path))


def test_a_router_with_no_algorithm_in_common_is_told_apart_with_the_fix(tmp_path: Path) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(tmp_path / "id")

    # Paramiko speaks curve25519, but not this one: as far apart as a client and a router that only knows SHA-1.
    with greeter(key, kex_algs=["curve448-sha512"]) as login, pytest.raises(ConnectError) as raised:
        hostname_seen(with_key(login, tmp_path / "id"))

    assert not isinstance(raised.value, RouterBusyError)
    assert "ip ssh server algorithm kex ecdh-sha2-nistp256" in str(raised.value)
    assert "pip install 'aws-cisco-vpn[legacy-ssh]'" in str(raised.value)


def test_an_agent_without_a_key_is_a_refused_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with (
        greeter(asyncssh.generate_private_key("ssh-ed25519")) as login,
        pytest.raises(ConnectError, match="refused the login") as raised,
    ):
        hostname_seen(login)
    assert not isinstance(raised.value, RouterBusyError)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", "two words"),
        ("host_key", "SHA256:short"),
        ("port", 0),
        ("username", "a\nb"),
        ("use_agent", False),
        ("host", "192.0.2.10\n"),
        ("username", "pulumi\n"),
        ("host_key", f"SHA256:{'A' * 43}\n"),
    ],
)
def test_a_login_that_makes_no_sense_is_refused_by_field(field: str, value: object) -> None:
    fields: dict[str, object] = {
        "host": "192.0.2.10",
        "username": "pulumi",
        "host_key": "insecure-accept-any",
        "port": 22,
        "use_agent": True,
    }

    with pytest.raises(InputError, match=field if field != "use_agent" else "login"):
        Login(**(fields | {field: value}))  # type: ignore[arg-type]  # wrong on purpose


def test_a_login_without_any_secret_names_every_way_to_give_one() -> None:
    with pytest.raises(InputError) as caught:
        Login("192.0.2.10", "pulumi", "insecure-accept-any")
    for way in ("router_password", "--password-file", "--key-file", "--ssh-agent", "IOS_PASSWORD"):
        assert way in str(caught.value)


def test_passwords_are_not_printed_with_a_login() -> None:
    login = Login("192.0.2.10", "pulumi", "insecure-accept-any", password=Secret("plainly-fake"))

    assert "plainly-fake" not in f"{login!r} {login}"


def test_a_wrong_host_key_stops_before_the_password_is_sent() -> None:
    with bench() as lab:
        wrong = replace(lab.login, host_key="SHA256:" + "A" * 43)

        with pytest.raises(ConnectError, match=r"host key .* not the pinned SHA256:AAAA"):
            lab.apply(link(), login=wrong)
        assert lab.router.received == []


def test_a_wrong_password_is_refused_and_not_repeated() -> None:
    with bench() as lab:
        with pytest.raises(ConnectError, match="refused the login of 'pulumi'") as raised:
            lab.apply(link(), login=replace(lab.login, password=Secret("plainly-wrong")))
        assert "plainly-wrong" not in str(raised.value)
        assert lab.router.received == []


def test_an_unreachable_router_is_a_connect_error() -> None:
    with bench() as lab, pytest.raises(ConnectError, match=r"cannot connect to router 127\.0\.0\.1:1"):
        lab.apply(link(), login=replace(lab.login, port=1))


def test_no_free_vty_is_waited_for() -> None:
    with bench(faults=[FullVty(logins=2)]) as lab:
        assert lab.apply(link()).changed


def test_a_login_without_privilege_is_named() -> None:
    with bench(privilege=1, enable_secret="plainly-fake-enable") as lab, pytest.raises(ConnectError, match="user mode"):
        lab.apply(link())


def test_the_agent_pauses_between_its_tries_instead_of_hammering() -> None:
    options = Options(deadline=60)
    with bench(options, faults=[FullVty(logins=100)]) as lab:
        start = lab.clock.monotonic()
        with pytest.raises(ConnectError):
            lab.apply(link())
        assert lab.clock.monotonic() - start >= 6


class _JumpServer(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return username == "jumper"

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("jumper", "plainly-fake-jump")

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:  # noqa: ARG002  # asyncssh's signature
        return dest_host == "127.0.0.1"


@contextmanager
def _jump_host() -> Iterator[Login]:
    with serving(_JumpServer) as (port, key):
        yield Login("127.0.0.1", "jumper", key, port=port, password=Secret("plainly-fake-jump"))


def test_a_router_behind_a_jump_host_is_reached() -> None:
    with _jump_host() as jump, bench() as lab:
        assert lab.apply(link(), login=replace(lab.login, jump_host=jump)).changed


def test_a_jump_host_that_refuses_is_named() -> None:
    with _jump_host() as jump, bench() as lab:
        wrong = replace(jump, password=Secret("plainly-wrong"))
        with pytest.raises(ConnectError, match=r"jump host 127\.0\.0\.1"):
            lab.apply(link(), login=replace(lab.login, jump_host=wrong))
