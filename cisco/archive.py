"""Turning on ``archive``, which lets a router undo a change by itself, where that was asked for."""

from .clock import Clock
from .errors import PreflightError
from .releases import Release
from .replies import Verdict, classify
from .revert import enter_configuration
from .terminal import Terminal

_PREFIX = "aws-cisco-vpn-rollback"


def archive_path(release: Release) -> str:
    """Return where this router keeps its rollback files (IOS-XE calls its flash ``bootflash:``)."""
    return f"{'bootflash' if release.is_xe else 'flash'}:{_PREFIX}"


def turn_on(terminal: Terminal, path: str, clock: Clock) -> None:
    """Configure ``archive`` and its ``path``.

    Raises:
        PreflightError: The router refuses.
    """
    _configure(terminal, ("archive", f"path {path}"), clock)


def turn_off(terminal: Terminal, clock: Clock) -> None:
    """Take the path out again: without one, archive is off and no longer shown."""
    _configure(terminal, ("archive", "no path"), clock)


def _configure(terminal: Terminal, lines: tuple[str, ...], clock: Clock) -> None:
    enter_configuration(terminal, clock)
    for line in lines:
        reply = terminal.run(line)
        if classify(line, reply.text) is Verdict.REJECTED:
            terminal.leave_configuration()
            said = reply.text.strip()
            raise PreflightError((f"archive can't be configured: the router answered {line!r} with {said}",))
    terminal.leave_configuration()
