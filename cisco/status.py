"""Asks the router how the tunnels are, once (``status``) or until they are UP (``verify``)."""

import json
import os
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timezone

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
from .verbs import connection_of, intent_of, report_progress
from .watch import look_until, observe
from .whole_file import write_whole

# A tunnel takes some seconds for IKE, then up to a BGP keepalive (10 s); asking more often finds nothing new.
_PAUSE = 3.0
_LOOK = 180.0  # seconds that one look may take, of a router whose AAA server is asked about each line


class LastingSession:
    """A session that is opened when needed, and again when it is lost: it may well go through what is being changed.

    `wait` is for how many seconds somebody waits for the tunnels. A router may reload, or keep silent for long, only as long as somebody does.
    """

    def __init__(self, connection: Connection, wait: float) -> None:
        self._connection = connection
        self._deadline = Deadline(connection.clock, wait + _LOOK)
        self._waiting = Deadline(connection.clock, wait)
        self._terminal: Terminal | None = None

    def look(self, intent: Intent, *, has_uptime: bool = False) -> Report:
        """Return how the tunnels are; try once more on a new session."""
        if self._terminal is None:
            self._terminal = self._connection.open(self._deadline)
        try:
            return self._observe(self._terminal, intent, has_uptime=has_uptime)
        except SessionLostError:
            self._terminal.close()
            again = self._connection.reopen if self._waiting.remaining else self._connection.open
            self._terminal = again(self._deadline)
            return self._observe(self._terminal, intent, has_uptime=has_uptime)

    def _observe(self, terminal: Terminal, intent: Intent, *, has_uptime: bool) -> Report:
        is_patient = self._waiting.remaining > self._connection.timing.reply
        return observe(terminal, intent, has_uptime=has_uptime, is_patient=is_patient)

    def close(self) -> None:
        """Log out."""
        if self._terminal is not None:
            self._terminal.log_out()
            self._terminal = None


def look_until_up(look: Callable[[], Report], clock: Clock, *, wait: float, tell: Callable[[str], None]) -> Report:
    """Look until both tunnels are UP or `wait` seconds are over, at least once, and return the last report.

    `tell` is told every change of a tunnel's state.
    """
    told: tuple[str, ...] = ()

    def look_and_tell() -> Report:
        nonlocal told
        report = look()
        states = tuple(f"{t.name} {'UP' if t.is_up else f'DOWN: {t.reason}'}" for t in report.tunnels)
        for state in states:
            if state not in told:
                tell(state)
        told = states
        return report

    return look_until(look_and_tell, lambda report: report.is_up, clock, patience=wait, pause=_PAUSE)


def verify_command(request: Request) -> int:
    """Wait until both tunnels are UP; exit code 3 when they are not in time."""
    intent, connection, wait = intent_of(request), connection_of(request), request.options.wait
    with closing(LastingSession(connection, wait)) as session:
        report = look_until_up(lambda: session.look(intent), connection.clock, wait=wait, tell=report_progress)
    return _show(report, request, intent, connection.clock.time())


def status_command(request: Request) -> int:
    """Show how the tunnels are now; exit code 3 when one is not UP."""
    intent, connection = intent_of(request), connection_of(request)
    with closing(LastingSession(connection, 0)) as session:
        report = session.look(intent, has_uptime=True)
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
    try:
        write_whole(path, page)
    except OSError as error:
        raise InputError("--html", str(path), f"a file that can be written ({error.strerror})") from None
