"""`show` commands about the configuration: running, startup, archive, rollback, lock."""

from .grammar import Match
from .line import Reply
from .rollback import NONE_PENDING
from .shell import ExecLine, Output, Shell


def running(shell: Shell, match: Match[ExecLine]) -> Output:
    """Return `show running-config` with the header that the router puts before it."""
    router = shell.router
    text = router.running_config()
    lines = text.removesuffix("\n").split("\n")
    if not any(line == "end" for line in lines):
        lines.append("end")  # a router always prints it; excerpts that were loaded may lack it
    if change := router.last_change:
        lines = [line for line in lines if not line.startswith("! Last configuration change")]
        stamp = f"! Last configuration change at {change.at:%H:%M:%S UTC %a %b} {change.at.day} {change.at:%Y} by {change.user}"
        lines = ["!", stamp, *([] if lines[:1] == ["!"] else ["!"]), *lines]
    if interface := match["interface"]:
        lines = _interface(lines, interface)
    return Output(
        ("Building configuration...", "", f"Current configuration : {len(text)} bytes", *lines, ""), is_paged=True
    )


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
        f"Time configured(or reconfigured): {at:%H:%M:%S UTC %a %b} {at.day} {at:%Y}",
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
