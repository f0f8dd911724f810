"""What is sent when, what is looked at before more is sent, and what is never sent."""

from collections.abc import Callable
from ipaddress import IPv4Address

import pytest

from cisco.errors import InputError, RejectedLineError
from cisco.plan import Command, Step
from cisco.push import Pusher
from cisco.secret import Redactor, Secret
from cisco.terminal import Traffic
from tests.unit.scripted_router import FakeClock, ScriptedRouter, terminal_on

KEY = "plainly.fake.key.1"


def pusher_on(router: ScriptedRouter, *, window: int = 10) -> Pusher:
    redactor = Redactor((Secret(KEY),))
    return Pusher(terminal_on(router), router.clock, redactor, Traffic(), window)


TUNNEL = Step(
    "Tunnel1",
    (
        Command("interface Tunnel1", "config", "config-if"),
        Command("ip mtu 1436", "config-if"),
        Command(f"pre-shared-key address 1.2.3.4 key {KEY}", "config-if"),
        Command("tunnel mode ipsec ipv4", "config-if"),
    ),
    (),
)


def test_nothing_is_sent_below_a_header_that_was_rejected() -> None:
    router = ScriptedRouter(
        FakeClock(),
        {"interface Tunnel1": "interface Tunnel1\r\n% Invalid input detected\r\nR1(config)#"},
        prompt="R1(config-if)#",
    )

    with pytest.raises(RejectedLineError) as raised:
        pusher_on(router).push(TUNNEL)
    assert (raised.value.number, raised.value.line) == (1, "interface Tunnel1")
    assert router.received[-1] == "interface Tunnel1"


SLA = Step(
    "Tunnel1",
    (
        Command("ip sla 100", "config", "config-ip-sla"),
        Command("icmp-echo 169.254.1.1 source-interface Tunnel1", "config-ip-sla", "config-ip-sla-echo"),
        Command("exit", "config-ip-sla-echo", "config"),
        Command("ip sla schedule 100 life forever start-time now", "config"),
    ),
    (),
)


@pytest.mark.parametrize("ways_out", [["config"], ["config-ip-sla", "config"]])
def test_a_probe_is_left_whether_exit_leaves_both_its_modes_or_one_at_a_time(ways_out: list[str]) -> None:
    modes = {"ip sla 100": ["config-ip-sla"], SLA.commands[1].text: ["config-ip-sla-echo"], "exit": ways_out.copy()}

    class Router(ScriptedRouter):
        def write(self, text: str) -> None:
            for line in text.split("\n")[:-1]:
                if modes.get(line):
                    self.prompt = f"R1({modes[line].pop(0)})#"
                super().write(f"{line}\n")

    router = Router(FakeClock(), prompt="R1(config)#")
    pusher = pusher_on(router)
    pusher.push(SLA)
    pusher.settle()
    assert router.received[-len(ways_out) - 1 :] == ["exit"] * len(ways_out) + [SLA.commands[3].text]


def test_the_last_lines_of_a_step_travel_with_the_next_header_or_when_told() -> None:
    router = ScriptedRouter(FakeClock(), prompt="R1(config-if)#")
    pusher = pusher_on(router)
    first, last = (Step(name, (Command(f"interface {name}", "config", "config-if"),
                               Command(f"mtu of {name}", "config-if")), ()) for name in ("Tunnel1", "Tunnel2"))  # fmt: skip

    pusher.push(first)
    assert router.received[-1] == "interface Tunnel1"
    pusher.push(last)
    assert router.received[-2:] == ["mtu of Tunnel1", "interface Tunnel2"]
    pusher.settle()
    assert router.received[-1] == "mtu of Tunnel2"


def test_a_step_that_ends_sessions_is_sent_to_its_end() -> None:
    router = ScriptedRouter(FakeClock(), prompt="R1(config-if)#")
    step = Step(TUNNEL.scope, TUNNEL.commands, (), clear_sessions=(IPv4Address("203.0.113.7"),))

    pusher_on(router).push(step)
    assert router.received[-2:] == ["tunnel mode ipsec ipv4", "do clear crypto session remote 203.0.113.7"]


def test_a_header_that_opens_another_mode_is_a_failure_although_nothing_was_said() -> None:
    router = ScriptedRouter(FakeClock(), prompt="R1(config)#")

    with pytest.raises(RejectedLineError, match="in \\(config\\), not in \\(config-if\\)"):
        pusher_on(router).push(TUNNEL)


def test_the_error_of_a_rejected_line_masks_the_key() -> None:
    line = TUNNEL.commands[2].text
    router = ScriptedRouter(
        FakeClock(),
        {line: f"{line}\r\n% Bad key {KEY}\r\nR1(config-if)#"},
        prompt="R1(config-if)#",
    )

    pusher = pusher_on(router)
    with pytest.raises(RejectedLineError) as raised:
        pusher.push(TUNNEL)
        pusher.settle()
    assert raised.value.number == 3
    assert KEY not in f"{raised.value!r} {raised.value} {raised.value.__dict__}"


@pytest.mark.parametrize("line", ["a\nb", "a\rb", "a?", "a\x03", "caf\u00e9", "x" * 255])
def test_a_line_that_would_not_arrive_as_one_line_is_never_sent(line: str) -> None:
    router = ScriptedRouter(FakeClock())

    with pytest.raises(InputError, match="a configuration line is '\\*\\*\\*'"):
        pusher_on(router).push(Step("shared", (Command(line),), ()))
    assert line not in router.received


@pytest.mark.parametrize(
    "line", ["reload", "erase startup-config", "default interface Gi1", "no router ospf 1", "configure terminal"]
)
def test_a_dangerous_line_is_never_sent(line: str) -> None:
    router = ScriptedRouter(FakeClock())

    with pytest.raises(RejectedLineError, match="never sends"):
        pusher_on(router).push(Step("shared", (Command(line),), ()))
    assert line not in router.received


def test_an_object_in_use_is_asked_again_until_ios_lets_go() -> None:
    router = ScriptedRouter(FakeClock(), prompt="R1(config)#")
    line = "no crypto isakmp profile p"
    router.answers[line] = f"{line}\r\n% Profile p is in use\r\nR1(config)#"
    pusher = pusher_on(router)
    original: Callable[[float], None] = router.clock.sleep

    def let_go_after_a_minute(seconds: float) -> None:
        original(seconds)
        if router.clock.now > 60:
            router.answers.pop(line, None)

    router.clock.sleep = let_go_after_a_minute  # type: ignore[method-assign]  # the router's patience ends
    pusher.push(Step("shared", (Command(line, may_be_in_use=True),), ()))
    assert 60 < router.clock.now < 90
