"""Turning on ``archive``, which lets a router undo a change by itself, where that was asked for."""

from .clock import Clock
from .errors import PreflightError
from .preflight import RouterState
from .replies import Verdict, classify, on_one_line
from .revert import enter_configuration
from .terminal import Terminal
from .tree import Line, parse

_PREFIX = "aws-cisco-vpn-rollback"
_NO_PATH = ("archive", "no path")


def archive_path(state: RouterState) -> str:
    """Return where this router keeps its rollback files: IOS-XE in ``bootflash:``, but for a Catalyst that has none."""
    names = {name for system in state.file_systems for name in system.names}
    has_bootflash = state.release.is_xe and ("bootflash:" in names or "flash:" not in names)
    return f"{'bootflash' if has_bootflash else 'flash'}:{_PREFIX}"


def turn_on(terminal: Terminal, path: str, clock: Clock) -> None:
    """Configure ``archive`` and its ``path``.

    Raises:
        PreflightError: The router refuses.
    """
    _configure(terminal, ("archive", f"path {path}"), clock)


def take_back(terminal: Terminal, before: str, clock: Clock) -> bool:
    """Undo a `turn_on` that was refused half-way; return whether the router took it."""
    terminal.leave_configuration()
    if _section(before) is None and _is_accepted(terminal, ("no archive",), clock):
        return True
    return _is_accepted(terminal, _NO_PATH, clock)


def turn_off(terminal: Terminal, running: str, clock: Clock) -> None:
    """Take our path out again; what somebody else configured under ``archive``, a path of his own too, stays.

    The name of the path tells that it is ours, also where the run that entered it was killed before it could say so.

    Raises:
        PreflightError: The router refuses.
    """
    section = _section(running)
    if section is None or not any(_is_ours(child.text) for child in section.children):
        return
    is_only_ours = all(_is_ours(child.text) for child in section.children)
    if is_only_ours and _is_accepted(terminal, ("no archive",), clock):
        return
    _configure(terminal, _NO_PATH, clock)


def _section(config: str) -> Line | None:
    return next((line for line in parse(config).lines if line.text == "archive"), None)


def _is_ours(line: str) -> bool:
    return line.startswith("path ") and _PREFIX in line


def _is_accepted(terminal: Terminal, lines: tuple[str, ...], clock: Clock) -> bool:
    """Try lines, of which Cisco does not document `no archive`; without it some releases go on showing an empty section."""
    enter_configuration(terminal, clock)
    verdicts = [classify(line, terminal.run(line).text) for line in lines]
    terminal.leave_configuration()
    return all(verdict in (Verdict.ACCEPTED, Verdict.ABSENT) for verdict in verdicts)


def _configure(terminal: Terminal, lines: tuple[str, ...], clock: Clock) -> None:
    enter_configuration(terminal, clock)
    for line in lines:
        reply = terminal.run(line)
        if classify(line, reply.text) is Verdict.REJECTED:
            terminal.leave_configuration()
            said = on_one_line(reply.text)
            raise PreflightError((f"archive can't be configured: the router answered {line!r} with {said}",))
    terminal.leave_configuration()
