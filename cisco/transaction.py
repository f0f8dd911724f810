"""The verbs that log in to change a router, or to compare it: apply, remove, check."""

import dataclasses
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address

from . import archive
from .change import Change, Outcome
from .clock import Deadline
from .connection import Connection
from .diff import plan, removal
from .errors import ConnectError, InputError, SessionLostError, Words
from .fingerprint import with_fingerprints
from .last_change import last_change
from .login import Options
from .model import Bgp, Intent
from .ownership import connection_of, generation, newest_mark
from .plan import Owned, Plan
from .preflight import RouterState, blindness, examine, lasting_obstacles, no_room, require_no_problem
from .releases import refusals
from .render import render
from .result import CheckResult, Result, Tier, beginning, diff_text
from .secret import Redactor
from .state import State, read
from .terminal import Terminal
from .tree import parse

Manifest = Mapping[str, object]
_GONE = (
    "if the router is gone for good, run the removal again with --forget-unreachable, or IOS_FORGET_UNREACHABLE=yes in "
    "the environment: what it holds of the link is given up then"
)


@dataclasses.dataclass(slots=True)
class _Wanted:
    """The intent, of which `as_marked` is open until the router has been read."""

    intent: Intent
    as_marked: frozenset[str]
    rendered: str | None = None

    def text(self, running: str) -> str:
        """Return the intended text; the first running-config that is seen decides."""
        if self.rendered is None:
            if self.as_marked:
                self.intent = _as_marked(self.intent, read(parse(running)), self.as_marked)
            self.rendered = render(self.intent)
        return self.rendered


def _as_marked(intent: Intent, running: State, names: frozenset[str]) -> Intent:
    """Return the intent with what the router's mark says of it, where there is one."""
    mark = newest_mark(running, intent.connection_id)
    return intent if mark is None else dataclasses.replace(intent, **{name: getattr(mark, name) for name in names})


def _silent(_text: str) -> None:
    """Report nothing."""


def apply(
    intent: Intent,
    connection: Connection,
    options: Options,
    manifest: Manifest | None = None,
    report: Callable[[str], None] = _silent,
    *,
    as_marked: frozenset[str] = frozenset(),
) -> Result:
    """Make the router hold the link, or leave it as it was.

    What is `as_marked` (link, generation) stays as the router's mark has it, so that whoever else configures this
    link, a stack say, finds its own name and number again.

    Raises:
        PreflightError, ConnectError: Nothing was touched.
        RolledBackError: It failed, and the router is as before.
        NotRolledBackError: It failed, and the text says what is left.
    """
    owned = Owned.from_manifest(manifest, adopt=options.adopt)
    redactor = _redactor(connection, intent)
    wanted = _Wanted(intent, as_marked)
    change = Change(
        connection,
        options,
        redactor,
        decide=lambda running: plan(running, wanted.text(running), owned=owned, known_as=_known_as(intent)),
        remaining=lambda running, made: plan(running, wanted.text(running), owned=with_fingerprints(owned, made.owned)),
        judge=lambda state: refusals(state.release, intent, state.running),
        report=lambda text: report(redactor.redact(text)),
        intent=intent,
    )
    outcome = change.run()
    kept = outcome.plan.owned.manifest() | {"generation": wanted.intent.generation}
    archive_path = outcome.archive_path or (manifest or {}).get("archive")
    if archive_path:
        kept["archive"] = archive_path
    return _result(connection, redactor, outcome, wanted.intent.generation, kept)


def remove(
    connection: Connection,
    options: Options,
    *,
    intent: Intent | None = None,
    manifest: Manifest | None = None,
    link: str | None = None,
    report: Callable[[str], None] = _silent,
) -> Result:
    """Take the link off the router and put back what was there, or leave it as it was.

    A `link`'s name alone will do where the router's own marks know its connection.

    Raises:
        InputError: Neither a manifest nor an intent nor a name says which link.
        PreflightError, ConnectError: Nothing was touched.
        RolledBackError: It failed, and the router is as before.
        NotRolledBackError: It failed, and the text says what is left.

    With `forget_unreachable` a router that can't be reached is no error, but a warning.
    """
    owned = _owned_for_removal(Owned.from_manifest(manifest, adopt=options.adopt), intent, link)
    neighbors = _neighbors(intent)
    redactor = _redactor(connection, intent)
    change = Change(
        connection,
        options,
        redactor,
        decide=lambda running: removal(running, owned, neighbors),
        remaining=lambda running, made: removal(running, made.owned, neighbors),
        judge=lambda _state: (),
        report=lambda text: report(redactor.redact(text)),
        gives_up_archive=True,
    )
    try:
        outcome = change.run()
    except ConnectError as unreachable:
        if not options.forget_unreachable:
            raise type(unreachable)(f"{unreachable}; {_GONE}") from None
        return _forgotten(connection, redactor, owned, manifest or owned.manifest(), unreachable)
    return _result(connection, redactor, outcome, 0, {})


def _forgotten(
    connection: Connection, redactor: Redactor, owned: Owned, manifest: Manifest, unreachable: ConnectError
) -> Result:
    """Give the link up without the router; the warning says what may still be on it, and the manifest stays."""
    what = f"link {owned.link} ({owned.connection_id})" if owned.connection_id else f"link {owned.link}"
    warning = (
        f"{unreachable}. Nothing was removed: should {connection.login.address} come back, it still holds {what}; "
        f"'python -m cisco remove --link {owned.link}' takes it away then"
    )
    return _result(connection, redactor, Outcome(Plan(), Tier.NONE, is_saved=False, warnings=(warning,)), 0, manifest)


def check(
    intent: Intent,
    connection: Connection,
    options: Options,
    manifest: Manifest | None = None,
    *,
    as_marked: frozenset[str] = frozenset(),
    sees_tunnels: bool = False,
) -> CheckResult:
    """Compare the router with the link, and say which generation the next apply is to write.

    With `sees_tunnels` a router that holds the link is asked in the same session how its tunnels are.
    """
    owned = Owned.from_manifest(manifest, adopt=options.adopt)
    try:
        terminal = connection.open(Deadline(connection.clock, options.deadline))
        try:
            router = examine(terminal)
            require_no_problem(blindness(router))
            result = _compared(router, intent, connection, options, owned, as_marked, is_told=manifest is not None)
            if result.in_sync and sees_tunnels:
                result = dataclasses.replace(result, report=_seen(terminal, intent))
            return result
        finally:
            terminal.log_out()
    except (ConnectError, SessionLostError) as problem:
        return CheckResult(intent.generation, in_sync=None, diff="", unreachable=str(problem))


def _seen(terminal: Terminal, intent: Intent) -> Mapping[str, object] | None:
    """Return how the tunnels are; none from a router that does not say it soon: whoever needs to know asks again."""
    # A comparison that finds a difference does without the show commands' parsers.
    from .report import as_json
    from .watch import observe

    try:
        return as_json(observe(terminal, intent, is_patient=False))
    except SessionLostError:
        return None


def _compared(
    router: RouterState,
    intent: Intent,
    connection: Connection,
    options: Options,
    owned: Owned,
    as_marked: frozenset[str],
    *,
    is_told: bool,
) -> CheckResult:
    running = router.running
    state = read(parse(running))
    found = generation(state, intent.connection_id)
    held = _as_marked(intent, state, as_marked | {"generation"})
    if found is None and not is_told:
        # Pulumi's comparison has no manifest; an empty one is a stack's that has nothing here yet. A connection made anew
        # takes the place of the link's old one.
        owned = dataclasses.replace(owned, connection_id=connection_of(state, intent.link))
    rest = plan(running, render(held), owned=owned, known_as=_known_as(intent))
    is_drift = found is not None and not rest.is_empty
    changed = last_change(running) if is_drift else None
    redactor = _redactor(connection, intent)
    problems = tuple(redactor.redact(problem) for problem in _problems(router, options, intent, rest))
    return CheckResult(
        generation=_next_generation(connection, found, rest),
        in_sync=found is not None and rest.is_empty,
        diff=redactor.redact(_text(rest, problems)),
        problems=problems,
        changed_at=changed.at if changed is not None else None,
        changed_by=changed.by if changed is not None else None,
    )


def _next_generation(connection: Connection, found: int | None, rest: Plan) -> int:
    if found is None:
        # A router that lost the link has forgotten its number too; the second is one that it never held.
        return int(connection.clock.time())
    return found if rest.is_empty else found + 1


def _problems(router: RouterState, options: Options, intent: Intent, rest: Plan) -> tuple[str, ...]:
    """Return what an apply would stop at, where it has anything to do."""
    if rest.is_empty:
        return ()
    return (
        *(str(collision) for collision in rest.collisions),
        *refusals(router.release, intent, router.running),
        *lasting_obstacles(router, options),
        *no_room(router, options, rest, archive.archive_path(router)),
    )


def _text(rest: Plan, problems: tuple[str, ...]) -> str:
    """Return what an apply would change, after what it would stop at, and warn of."""
    warnings = (f"warning: {warning}" for warning in rest.warnings)
    said = (f"! {text}" for text in (*problems, *warnings)) if not rest.is_empty else ()
    return "\n".join((*said, diff_text(rest.differences))).strip("\n")


def _owned_for_removal(owned: Owned, intent: Intent | None, link: str | None) -> Owned:
    if intent is None:
        if owned.connection_id is None and link is None:
            raise InputError(
                "manifest (--manifest)",
                Words("absent or empty"),
                "the one that apply wrote, unless AWS's document (--aws-config) or the link's name (--link) says which it is",
            )
        return dataclasses.replace(owned, link=owned.link or link)
    return dataclasses.replace(
        owned, link=owned.link or intent.link, connection_id=owned.connection_id or intent.connection_id
    )


def _neighbors(intent: Intent | None) -> frozenset[tuple[str, str]]:
    """Return VRF and peer of the link's BGP neighbours, as far as AWS's document is at hand."""
    if intent is None or not isinstance(intent.routing, Bgp):
        return frozenset()
    return frozenset((intent.inside_vrf or "", str(tunnel.aws_inside)) for tunnel in intent.tunnels)


def _known_as(intent: Intent) -> IPv4Address | None:
    return None if intent.is_behind_nat else intent.local_address


def _redactor(connection: Connection, intent: Intent | None) -> Redactor:
    keys = (tunnel.preshared_key for tunnel in intent.tunnels) if intent else ()
    return Redactor((*connection.login.secrets, *keys))


def _result(
    connection: Connection, redactor: Redactor, outcome: Outcome, number: int, manifest: Mapping[str, object]
) -> Result:
    return Result(
        changed=outcome.tier is not Tier.NONE,
        tier=outcome.tier,
        generation=number,
        saved=outcome.is_saved,
        lines_sent=connection.traffic.lines_sent,
        round_trips=connection.traffic.round_trips,
        diff=beginning(redactor.redact(diff_text(outcome.plan.differences))),
        manifest=manifest,
        warnings=tuple(redactor.redact(warning) for warning in outcome.warnings),
    )
