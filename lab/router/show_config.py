"""`show` commands about the configuration: running, startup, archive, rollback, lock."""

from datetime import datetime

from .grammar import Match
from .line import Reply
from .rollback import NONE_PENDING
from .shell import ExecLine, Output, Shell
from .state import RouterState

_STAMPS = 3


def running(shell: Shell, match: Match[ExecLine]) -> Output:
    """Return `show running-config` with the header that the router puts before it."""
    router = shell.router
    text = router.running_config()
    lines = text.removesuffix("\n").split("\n")
    if not any(line == "end" for line in lines):
        lines.append("end")  # a router always prints it; excerpts that were loaded may lack it
    lines = [*_stamps(router), *lines]
    if router.last_change:
        lines = [
            line for at, line in enumerate(lines) if at < _STAMPS or not line.startswith("! Last configuration change")
        ]
    if interface := match["interface"]:
        lines = _interface(lines, interface)
    return Output(
        ("Building configuration...", "", f"Current configuration : {len(text)} bytes", *lines, ""), is_paged=True
    )


def _stamps(router: RouterState) -> list[str]:
    """Who changed and who saved the configuration last, as far as the router has seen it."""
    said = (("Last configuration change", router.last_change), ("NVRAM config last updated", router.last_save))
    stamps = [f"! {what} at {_time(entry.at)} by {entry.user}" for what, entry in said if entry is not None]
    return ["!", *stamps] if stamps else []


def _time(at: datetime) -> str:
    return f"{at:%H:%M:%S UTC %a %b} {at.day} {at:%Y}"


def _interface(lines: list[str], name: str) -> list[str]:
    if f"interface {name}" not in lines:
        return ["end"]
    start = lines.index(f"interface {name}")
    end = next(at for at in range(start + 1, len(lines)) if not lines[at].startswith(" "))
    return ["!", *lines[start:end], "end"]


def startup(shell: Shell, _match: Match[ExecLine]) -> Output:
    """Return `show startup-config`."""
    text = shell.router.startup
    if not text:
        return Output(("startup-config is not present",))
    return Output((f"Using {len(text)} out of 33554432 bytes", *text.removesuffix("\n").split("\n"), ""), is_paged=True)


def rollback_timer(shell: Shell, _match: Match[ExecLine]) -> Reply:
    """Return `show archive config rollback timer`."""
    pending = shell.router.rollback.pending
    if pending is None:
        return (NONE_PENDING,)
    at = pending.configured
    return (
        f"Time configured(or reconfigured): {_time(at)}",
        f"Timer type: {'idle timer' if pending.is_idle else 'absolute timer'}",
        f"Timer value: {pending.minutes} min",
        f"User: {pending.user}",
    )


def archive(shell: Shell, _match: Match[ExecLine]) -> Reply:
    """Return `show archive`."""
    return tuple(shell.router.archive.shown())


def lock(shell: Shell, _match: Match[ExecLine]) -> Reply:
    """Return `show configuration lock`."""
    holder = shell.router.lock_holder
    if holder is None:
        return ("Configuration mode is not locked",) if shell.router.release.is_xe else ()
    return (
        "Parser Configure Lock",
        "---------------------",
        "Owner PID         : 484",
        f"User              : {holder}",
        "TTY               : 64",
        "Type              : EXCLUSIVE",
        "State             : LOCKED",
        "Class             : EXPOSED",
        "Count             : 1",
        "Pending Requests  : 0",
    )


EXEC = (
    ExecLine("show running-config [all]", running),
    ExecLine("show running-config interface interface:IFACE", running),
    ExecLine("show startup-config", startup),
    ExecLine("show archive", archive),
    ExecLine("show archive config rollback timer", rollback_timer),
    ExecLine("show configuration lock", lock),
)
