"""Asks the router how the tunnels are, once (``status``) or until they are UP (``verify``)."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from typing import Protocol

from .aws import intent_from_aws
from .clock import Clock, Deadline
from .connection import Connection
from .errors import InputError, SessionLostError, VerificationError
from .model import Intent
from .paint import wants_colour
from .remedies import with_remedy
from .report import Report, as_json
from .request import Request, secrets_of
from .secret import Redactor
from .status_table import table
from .terminal import Terminal
from .verify import commands, verify
from .watch import look_until

# A tunnel takes some seconds for IKE, then up to a BGP keepalive (10 s); asking more often finds nothing new.
_PAUSE = 3.0

Progress = Callable[[str], None]


class Runner(Protocol):
    """Whoever can run a show command on the router."""

    def run(self, command: str) -> str:
        """Return what the router prints; raise `SessionLostError` when the session has ended."""


class TerminalRunner:
    """Runs show commands on a terminal."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def run(self, command: str) -> str:
        """Return what the router prints."""
        return self._terminal.run(command, is_slow=True).text


class LastingRunner:
    """Runs show commands on a session that is opened when needed, and again when it is lost.

    The session may well go through what is being changed.
    """

    def __init__(self, connection: Connection, deadline: Deadline) -> None:
        self._connection = connection
        self._deadline = deadline
        self._terminal: Terminal | None = None

    def run(self, command: str) -> str:
        """Return what the router prints; try once more on a new session."""
        if self._terminal is None:
            self._terminal = self._connection.open(self._deadline)
        try:
            return TerminalRunner(self._terminal).run(command)
        except SessionLostError:
            self._terminal = self._connection.reopen(self._deadline)
            return TerminalRunner(self._terminal).run(command)

    def close(self) -> None:
        """Log out."""
        if self._terminal is not None:
            self._terminal.log_out()
            self._terminal = None


def ask(runner: Runner, intent: Intent, *, has_uptime: bool = False) -> Report:
    """Gather everything in one session and judge it."""
    asked = commands(intent, has_uptime=has_uptime)
    return verify({command: runner.run(command) for command in asked}, intent)


def ask_until_up(
    runner: Runner,
    intent: Intent,
    *,
    clock: Clock,
    wait: float,
    progress: Progress,
    is_enough: Callable[[Report], bool] = lambda report: report.is_up,
) -> Report:
    """Ask until it `is_enough` or `wait` seconds are over, at least once, and return the last report.

    `progress` is told every change of a tunnel's state.
    """
    told: tuple[str, ...] = ()

    def look() -> Report:
        nonlocal told
        report = ask(runner, intent)
        states = tuple(f"{t.name} {'UP' if t.is_up else f'DOWN: {t.reason}'}" for t in report.tunnels)
        for state in states:
            if state not in told:
                progress(state)
        told = states
        return report

    return look_until(look, is_enough, clock, patience=wait, pause=_PAUSE)


def verify_command(request: Request) -> int:
    """Wait until both tunnels are UP; exit code 3 when they are not in time."""
    intent, connection = _intent(request), _connection(request)
    runner = LastingRunner(connection, Deadline(connection.clock, request.options.deadline))
    try:
        report = ask_until_up(
            runner, intent, clock=connection.clock, wait=request.options.wait, progress=_tell_progress
        )
    finally:
        runner.close()
    return _show(report, request, intent, connection.clock.time())


def status_command(request: Request) -> int:
    """Show how the tunnels are now; exit code 3 when one is not UP."""
    intent, connection = _intent(request), _connection(request)
    runner = LastingRunner(connection, Deadline(connection.clock, request.options.deadline))
    try:
        report = ask(runner, intent, has_uptime=True)
    finally:
        runner.close()
    return _show(report, request, intent, connection.clock.time())


def _show(report: Report, request: Request, intent: Intent, looked_at: float) -> int:
    if request.html_file is not None:
        _write_page(report, request, intent, looked_at)
    if request.as_json:
        sys.stdout.write(json.dumps(as_json(report)) + "\n")
        for reason in report.reasons:
            sys.stderr.write(f"Verification: {with_remedy(reason)}\n")
    else:
        sys.stdout.write(table(report, is_coloured=wants_colour(sys.stdout, os.environ)))
    return 0 if report.is_up else VerificationError.exit_code


def _write_page(report: Report, request: Request, intent: Intent, looked_at: float) -> None:
    """Replace the page in one step, so that whoever reads it meanwhile has a whole one."""
    from .status_page import drawing, status_page

    path, login, vpn = request.html_file, request.login, request.vpn
    if path is None or login is None or vpn is None:  # one without them has ended before
        return
    # A cause may quote the router.
    redact = Redactor(secrets_of(request)).redact
    tunnels = (replace(t, reason=t.reason and redact(t.reason), note=t.note and redact(t.note)) for t in report.tunnels)
    networks = vpn.get("vpc_cidrs")
    drawn = drawing(intent, login.address, networks if isinstance(networks, list) else ())
    page = status_page(Report(tuple(tunnels)), drawn, datetime.fromtimestamp(looked_at, tz=timezone.utc))
    scratch = path.with_name(path.name + ".new")
    try:
        scratch.write_text(page, encoding="utf-8")
        scratch.replace(path)
    except OSError as error:
        raise InputError("--html", str(path), f"a file that can be written ({error.strerror})") from None


def _tell_progress(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _intent(request: Request) -> Intent:
    if request.vpn is None:
        raise InputError("vpn", "missing", "what AWS handed out (--aws-config)")
    return intent_from_aws(request.vpn, request.settings, request.link, request.generation)


def _connection(request: Request) -> Connection:
    if request.login is None:
        raise InputError("router.host", "missing", "the router's address (--host)")
    return Connection(request.login)
