"""A router that lies, rambles, falls silent or answers garbage: a clear error or correct work, in bounded time."""

import logging
import traceback
from collections.abc import Callable

import pytest

from cisco.connection import Connection
from cisco.errors import AgentError, ConnectError, NotRolledBackError, PreflightError, RolledBackError
from cisco.login import Login, Options
from cisco.secret import Secret
from cisco.transaction import apply, check
from tests.lab.agent_bench import KEYS, PASSWORD, TIMING, USER, default_running, link
from tests.lab.memory_vty import MemoryRouter, _Channel

Change = Callable[[str, str], str]
"""What becomes of the reply to a line, echo and prompt included."""


class LyingRouter(MemoryRouter):
    """Lets a test change what arrives of each reply."""

    def __init__(self, running: str, change: Change) -> None:
        super().__init__(running)
        self.change = change

    def connection(self) -> Connection:
        login = Login(f"{id(self)}.invalid", USER, "insecure-accept-any", password=Secret(PASSWORD))
        return Connection(login, timing=TIMING, clock=self.clock, open_channel=self._lying)

    def _lying(self, _login: Login, _timeout: float) -> _Channel:
        channel = _Channel(self)
        self.channels.append(channel)
        enter = channel._enter

        def lying(line: str) -> None:
            before, channel._arrived = channel._arrived, ""
            enter(line)
            channel._arrived = before + self.change(line, channel._arrived)

        channel._enter = lying  # type: ignore[method-assign]  # the test's way in
        return channel


def only(line: str, change: Callable[[str], str]) -> Change:
    return lambda sent, reply: change(reply) if sent.strip().startswith(line) else reply


BARE = default_running()
MOTD = "banner motd ^C\nCSR1000V#show running-config\nrouter(config)#\nEdge-1#\nend\n^C\n"


@pytest.mark.parametrize(
    "line", ["show version", "show running-config", "configure terminal", "crypto keyring", "end", "write memory"]
)
@pytest.mark.parametrize(
    "noise",
    ["\x00\x07", "\x1b[2J\x1b[1;1H", "\xff\xfe\x80", "\u2028", "*Nov 24 10:00:00.1: %SYS-5-CONFIG_I: from console\r\n"],
    ids=["nul", "escape", "not-utf-8", "separator", "syslog"],
)
def test_noise_before_a_reply_is_no_change_or_a_clear_error_and_never_a_half_change(line: str, noise: str) -> None:
    router = LyingRouter(BARE, only(line, lambda reply: noise + reply))
    before = router.running
    try:
        apply(link(), router.connection(), Options())
    except NotRolledBackError as unsure:
        assert line == "write memory"
        assert "in the running-config and confirmed" in str(unsure)
        assert router.state.rollback.pending is None
        return
    except AgentError:
        assert router.running == before
        return
    assert router.running == router.startup != before


@pytest.mark.parametrize(
    "line", ["show version", "show privilege", "show archive", "show configuration lock", "show file systems"]
)
def test_garbage_to_a_question_is_never_taken_for_a_router_that_is_well_and_then_broken(line: str) -> None:
    router = LyingRouter(BARE, only(line, lambda reply: reply.replace("\r\n", "\r\n" + "\x01garbage ? ^C " * 50, 1)))
    before = router.running
    try:
        apply(link(), router.connection(), Options())
    except AgentError:
        assert router.running == before
        return
    assert router.running == router.startup


def test_an_answer_without_an_end_is_ended_by_the_deadline() -> None:
    router = MemoryRouter(BARE)

    class Endless(_Channel):
        def read(self, timeout: float) -> str:
            text = super().read(timeout)
            if "show version" in text or getattr(self, "rambles", False):
                self.rambles = True
                self._memory.clock.sleep(1)
                return "and so on and so on\r\n" * 10
            return text

    connection = Connection(
        Login("endless.invalid", USER, "insecure-accept-any", password=Secret(PASSWORD)),
        timing=TIMING,
        clock=router.clock,
        open_channel=lambda _login, _timeout: Endless(router),
    )
    with pytest.raises(ConnectError, match="nothing was touched"):
        apply(link(), connection, Options(deadline=60))


def test_ten_minutes_of_silence_end_as_a_lost_session_and_nothing_is_touched() -> None:
    router = LyingRouter(BARE, only("show archive", lambda _reply: ""))
    began = router.clock.monotonic()

    with pytest.raises(ConnectError, match="no answer from the router"):
        apply(link(), router.connection(), Options())
    assert router.clock.monotonic() - began < 600
    assert router.running == router.startup


@pytest.mark.parametrize("where", [0.1, 0.5, 0.9, 0.99])
def test_a_running_config_cut_anywhere_is_refused(where: float) -> None:
    def cut(reply: str) -> str:
        body, prompt = reply.rsplit("\r\n", 1)
        return f"{body[: int(len(body) * where)]}\r\n{prompt}"

    router = LyingRouter(BARE, only("show running-config", cut))

    with pytest.raises((PreflightError, ConnectError)):
        apply(link(), router.connection(), Options())
    assert router.running == router.startup


def test_a_config_with_prompts_and_ends_in_its_banner_is_read_whole() -> None:
    router = MemoryRouter(BARE.replace("\nline con 0", f"\n{MOTD}!\nline con 0", 1))
    before = router.running

    apply(link(), router.connection(), Options())
    assert check(link(), router.connection(), Options()).in_sync
    assert before.split("banner motd")[1].split("^C")[1] in router.running


def test_a_hundred_thousand_lines_are_no_obstacle() -> None:
    acl = "".join(f" permit ip host 10.{n >> 16}.{n >> 8 & 255}.{n & 255} any\n" for n in range(100_000))
    extra = f"ip access-list extended LONG\n{acl}!\n"
    router = LyingRouter(
        BARE,
        only(
            "show running-config", lambda reply: reply.replace("line con 0", extra.replace("\n", "\r\n") + "line con 0")
        ),
    )

    assert apply(link(), router.connection(), Options()).changed


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("interface Tunnel2", "Do you want to kill that session and continue? [no]: "),
        ("crypto isakmp profile", "Really replace? [yes/no]: "),
        ("router bgp", "% BGP: Error initializing topology\r\n"),
        (" tunnel source", "% Warning, but also something nobody has seen\r\n% and this\r\n"),
        ("neighbor", "Command authorization failed.\r\n"),
    ],
)
def test_what_nobody_has_seen_is_a_failure_and_is_undone(line: str, said: str) -> None:
    def answer(sent: str, reply: str) -> str:
        if not sent.strip().startswith(line.strip()) or "(conf" not in reply:
            return reply
        echo, rest = reply.split("\r\n", 1)
        return f"{echo}\r\n{said}" if said.endswith(": ") else f"{echo}\r\n{said}{rest}"

    router = LyingRouter(BARE, answer)
    before = router.running
    with pytest.raises((RolledBackError, ConnectError, PreflightError)):
        apply(link(), router.connection(), Options())
    assert router.running == router.startup == before


def test_no_key_is_in_any_log_error_repr_or_traceback(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    for line in ("crypto keyring", "pre-shared-key", "interface Tunnel1", "show running-config", "end"):
        for reply in ("% " + KEYS[0], KEYS[1] + "\r\n% Invalid input", f"pre-shared-key address 1.1.1.1 key {KEYS[0]}"):
            router = LyingRouter(BARE, only(line, lambda text, said=reply: text.replace("\r\n", f"\r\n{said}\r\n", 1)))  # type: ignore[misc]
            try:
                apply(link(), router.connection(), Options(), report=said.append)
            except AgentError as error:
                said += [str(error), repr(error), repr(error.__dict__), "".join(traceback.format_exception(error))]
    assert said
    everything = "\n".join((*said, caplog.text, repr(link()), repr(link().tunnels)))
    for secret in (*KEYS, PASSWORD):
        assert secret not in everything


def test_a_warning_that_comes_again_and_again_is_passed_on_once_with_its_line() -> None:
    said = "%Warning: weaker encryption algorithm is deprecated"

    def warn(sent: str, reply: str) -> str:
        return reply.replace("\r\n", f"\r\n{said}\r\n", 1) if sent.strip().startswith(("group", "set pfs")) else reply

    result = apply(link(), LyingRouter(BARE, warn).connection(), Options())

    assert result.warnings == ("weaker encryption algorithm is deprecated (the router, at 'group 14')",)
