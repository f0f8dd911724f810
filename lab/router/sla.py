"""IP SLA echo operations, their schedule, and the tracks that watch them."""

from .document import Entry
from .grammar import Match
from .line import Context, Line, Mode, Refusal, Reply, only_shown_unless, refuse_at

DEFAULT_TIMER_MS = 5000
DEFAULT_FREQUENCY_S = 60


def setting(operation: Entry, name: str, default: int) -> int:
    """Return a timer of the operation, wherever the release prints it."""
    for place in (operation, *operation.entries):
        if value := place.value(name):
            return int(value)
    return default


def echo_of(operation: Entry) -> Entry | None:
    """Return the `icmp-echo` line."""
    return next(iter(operation.starting("icmp-echo")), None)


def is_scheduled(config: Entry, number: str) -> bool:
    """Return whether the operation runs; only a scheduled one does."""
    return config.find(f"ip sla schedule {number}") is not None


def _open(ctx: Context, match: Match[Line]) -> Reply | None:
    if is_scheduled(ctx.config, match["number"]):
        raise Refusal("Entry already running and cannot be modified", "\t(only can delete (no) and start over)")
    return None


def _removed(ctx: Context, match: Match[Line]) -> Reply | None:
    schedule = ctx.config.find(f"ip sla schedule {match['number']}")
    if schedule:
        schedule.remove()
    ctx.router.sla_started.pop(int(match["number"]), None)
    return None


def _echo(ctx: Context, match: Match[Line]) -> Reply | None:
    if match["interface"] and not ctx.config.find(f"interface {match['interface']}"):
        raise refuse_at(match, 3)
    if ctx.section.key.startswith("icmp-echo"):
        raise refuse_at(match, 0)
    return None


def _schedule(ctx: Context, match: Match[Line]) -> Reply | None:
    """The timers are compared here and not on entry (measured on IOS-XE)."""
    operation = ctx.config.find(f"ip sla {match['number']}")
    if operation is None or echo_of(operation) is None:
        raise Refusal("%Entry not configured")
    threshold = setting(operation, "threshold", DEFAULT_TIMER_MS)
    timeout = setting(operation, "timeout", DEFAULT_TIMER_MS)
    frequency = setting(operation, "frequency", DEFAULT_FREQUENCY_S) * 1000
    if threshold > timeout:
        raise Refusal(
            f"%Scheduling a probe with threshold {threshold} ms greater than timeout {timeout} ms is not allowed."
        )
    if timeout > frequency:
        raise Refusal(
            f"%Scheduling a probe with timeout {timeout} ms greater than frequency {frequency} ms is not allowed."
        )
    return None


def _scheduled(ctx: Context, match: Match[Line]) -> Reply | None:
    if match["start"] != "pending":
        ctx.router.sla_started[int(match["number"])] = ctx.router.clock.now()
    return None


def _timer(name: str, high: int, default: int) -> Line:
    return Line(
        f"{name} / value:<{0 if name != 'frequency' else 1}-{high}>",
        key=name,
        shown=only_shown_unless(f"{name} {default}"),
    )


ECHO = Mode(
    "config-ip-sla-echo",
    (
        _timer("threshold", 60000, DEFAULT_TIMER_MS),
        _timer("timeout", 604800000, DEFAULT_TIMER_MS),
        _timer("frequency", 604800, DEFAULT_FREQUENCY_S),
        Line("tag / text:LINE", key="tag"),
        Line("vrf / vrf:WORD", key="vrf"),
        Line(
            "request-data-size / bytes:<0-16384>",
            key="request-data-size",
            shown=only_shown_unless("request-data-size 28"),
        ),
    ),
)

OPERATION = Mode(
    "config-ip-sla",
    (
        Line(
            "icmp-echo target:A.B.C.D [(source-interface interface:IFACE|source-ip source:A.B.C.D)]",
            opens=ECHO.name,
            check=_echo,
            is_negatable=False,
        ),
    ),
)

TRACK = Mode(
    "config-track",
    (
        Line("delay / (up up:<0-180> [down down:<0-180>]|down down:<0-180> [up up:<0-180>])", key="delay"),
        Line("default-state / (up|down)", key="default-state"),
    ),
)

MODES = (OPERATION, ECHO, TRACK)

GLOBAL = (
    Line("ip sla number:<1-2147483647>", opens=OPERATION.name, check=_open, after_no=_removed),
    Line(
        "ip sla schedule number:<1-2147483647> / [life (forever|seconds:<0-2147483647>)] "
        "[start-time (now|pending)] [ageout age:<0-2073600>] [recurring]",
        key="ip sla schedule {number}",
        check=_schedule,
        after=_scheduled,
    ),
    Line(
        "track number:<1-1000> / ip sla operation:<1-2147483647> [(reachability|state)]",
        key="track {number}",
        opens=TRACK.name,
    ),
)
