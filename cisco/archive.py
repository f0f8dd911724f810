"""Turning on ``archive``, which lets a router undo a change by itself, where that was asked for."""

from .clock import Clock
from .errors import PreflightError
from .releases import Release
from .replies import Verdict, classify
from .revert import enter_configuration
from .terminal import Terminal
from .tree import parse

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


def turn_off(terminal: Terminal, running: str, clock: Clock) -> None:
    """Take the path out again; what somebody else configured under ``archive`` meanwhile stays.

    Raises:
        PreflightError: The router refuses.
    """
    section = next((line for line in parse(running).lines if line.text == "archive"), None)
    if section is None:
        return
    is_only_ours = all(child.text.startswith("path ") and _PREFIX in child.text for child in section.children)
    if is_only_ours and _is_accepted(terminal, "no archive", clock):
        return
    _configure(terminal, ("archive", "no path"), clock)


def _is_accepted(terminal: Terminal, line: str, clock: Clock) -> bool:
    """Try a line that Cisco does not document, but without which some releases go on showing an empty section."""
    enter_configuration(terminal, clock)
    reply = terminal.run(line)
    terminal.leave_configuration()
    return classify(line, reply.text) is Verdict.ACCEPTED


def _configure(terminal: Terminal, lines: tuple[str, ...], clock: Clock) -> None:
    enter_configuration(terminal, clock)
    for line in lines:
        reply = terminal.run(line)
        if classify(line, reply.text) is Verdict.REJECTED:
            terminal.leave_configuration()
            said = reply.text.strip()
            raise PreflightError((f"archive can't be configured: the router answered {line!r} with {said}",))
    terminal.leave_configuration()
