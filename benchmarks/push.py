"""The push alone: the guide's link on an open session, checked line by line, or blind."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from netmiko import ConnectHandler

from benchmarks.figures import compared, in_turn
from benchmarks.guide import intent
from benchmarks.router import USER, RouterUnderTest, router_under_test
from cisco.clock import Deadline
from cisco.connection import Connection
from cisco.diff import plan
from cisco.login import Login
from cisco.plan import Plan
from cisco.preflight import examine
from cisco.push import Pusher
from cisco.render import render
from cisco.revert import enter_configuration
from cisco.secret import Redactor, Secret

OURS, NETMIKO, FLOOR = "this agent", "Netmiko send_config_set, checked", "the floor"
# What Netmiko's users give as error_pattern. Any `%` would not do: IOS says `% A profile is deemed incomplete …`, which is harmless.
_ERRORS = r"^% ?(?:Invalid|Incomplete|Ambiguous|Unknown|Error).*$"
_LONGEST = 600.0


def push_tables(runs: int) -> Iterator[str]:
    """Measure over three networks and yield a table each; the floor is all lines in one write, unlooked at."""
    for title, round_trip, latency in (
        ("loopback", 0, 0),
        ("30 ms round trip, 10 ms a line", 30, 10),
        ("100 ms round trip, 20 ms a line", 100, 20),
    ):
        with router_under_test(round_trip_ms=round_trip, latency_ms=latency) as router:
            made = _planned(router)
            contenders: dict[str, Callable[[], float]] = {
                OURS: partial(_ours, router, made),
                NETMIKO: partial(_netmiko, router, made),
                FLOOR: partial(_blind, router, made),
            }
            figures = in_turn(runs, contenders)
        yield f"**{title}** ({len(made.commands)} lines)\n\n{compared(figures, FLOOR)}"


def _connection(router: RouterUnderTest) -> Connection:
    return Connection(Login(router.host, USER, router.host_key, port=router.port, password=Secret(router.password)))


def _planned(router: RouterUnderTest) -> Plan:
    connection = _connection(router)
    terminal = connection.open(Deadline(connection.clock, _LONGEST))
    try:
        return plan(examine(terminal).running, render(intent()))
    finally:
        terminal.log_out()


@contextmanager
def _pusher(router: RouterUnderTest) -> Iterator[Pusher]:
    """Open a session in configuration mode."""
    connection = _connection(router)
    terminal = connection.open(Deadline(connection.clock, _LONGEST))
    enter_configuration(terminal, connection.clock)
    yield Pusher(terminal, connection.clock, Redactor(()), connection.traffic)
    terminal.leave_configuration()
    terminal.log_out()


def _take_back(router: RouterUnderTest, made: Plan) -> None:
    """Undo, out of the measured time, so that the next contender finds the router as this one did."""
    with _pusher(router) as pusher:
        for step in reversed(made.steps):
            pusher.undo(step)


def _ours(router: RouterUnderTest, made: Plan) -> float:
    with _pusher(router) as pusher:
        began = time.monotonic()
        for step in made.steps:
            pusher.push(step)
        pusher.settle()
        taken = time.monotonic() - began
    _take_back(router, made)
    return taken


def _blind(router: RouterUnderTest, made: Plan) -> float:
    lines = _lines(made)
    with _pusher(router) as pusher:
        began = time.monotonic()
        for _ in pusher.terminal.pipeline(lines, window=len(lines)):
            continue
        taken = time.monotonic() - began
    _take_back(router, made)
    return taken


def _netmiko(router: RouterUnderTest, made: Plan) -> float:
    with ConnectHandler(
        device_type="cisco_ios", host=router.host, port=router.port, username=USER, password=router.password
    ) as session:
        session.config_mode()
        began = time.monotonic()
        session.send_config_set(_lines(made), error_pattern=_ERRORS, enter_config_mode=False, exit_config_mode=False)
        taken = time.monotonic() - began
        session.exit_config_mode()
    _take_back(router, made)
    return taken


def _lines(made: Plan) -> Sequence[str]:
    return [command.text for command in made.commands]
