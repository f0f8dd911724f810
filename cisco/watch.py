"""Which tunnels of a link are UP, asked of a router; and waiting until one is."""

from collections.abc import Callable

from .clock import Clock
from .errors import VerificationError
from .model import Intent
from .report import Report
from .terminal import Terminal
from .verify import commands, verify


def observe(terminal: Terminal, intent: Intent, *, has_uptime: bool = False, is_patient: bool = True) -> Report:
    """Ask the router for everything that tells whether the link is up, in one round trip; `has_uptime`: and since when.

    Who `is_patient` lets it be silent for as long as it may be over what takes a router long.
    """
    asked = commands(intent, has_uptime=has_uptime)
    outputs = {reply.line: reply.text for reply in terminal.pipeline(asked, is_slow=is_patient)}
    return verify(outputs, intent)


def up_tunnels(report: Report) -> frozenset[str]:
    """Return the names of the tunnels that are UP."""
    return frozenset(tunnel.name for tunnel in report.tunnels if tunnel.is_up)


def look_until(
    look: Callable[[], Report],
    is_enough: Callable[[Report], bool],
    clock: Clock,
    *,
    patience: float,
    pause: float,
) -> Report:
    """Look until it `is_enough` or `patience` seconds are over, at least once, and return the last report."""
    end = clock.monotonic() + patience
    while True:
        report = look()
        left = end - clock.monotonic()
        if is_enough(report) or left <= 0:
            return report
        clock.sleep(min(pause, left))


def wait_until_up(
    names: frozenset[str],
    look: Callable[[], Report],
    clock: Clock,
    *,
    patience: float,
    pause: float,
) -> None:
    """Wait until the named tunnels are UP.

    Raises:
        VerificationError: One is not, in time; with the reason the router gives.
    """
    report = look_until(look, lambda seen: names <= up_tunnels(seen), clock, patience=patience, pause=pause)
    if not names <= up_tunnels(report):
        raise VerificationError(
            tuple(f"{t.name}: {t.reason}" for t in report.tunnels if t.name in names and not t.is_up)
        )
