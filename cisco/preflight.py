"""What stands in the way of a change: read from the router, and judged before anything is touched."""

import re
from dataclasses import dataclass

from .errors import PreflightError
from .login import ArchivePolicy, Options
from .plan import Collision, Plan
from .releases import Release, another_system, parse_release
from .replies import ARCHIVE_OFF, matches
from .revert import SHOW_PENDING, Pending, read_pending, tells_pending
from .room import SHOW_FILE_SYSTEMS, FileSystem, file_systems, no_room_for_backup, no_room_for_startup
from .terminal import WIDTH, Terminal
from .tree import require_complete

_PRIVILEGE = re.compile(r"privilege level is (\d+)", re.IGNORECASE)
_LOCK_OWNER = re.compile(r"^\s*User\s*:\s*(\S+)", re.MULTILINE)
_LOCK_STATE = re.compile(r"^\s*State\s*:\s*LOCKED", re.MULTILINE | re.IGNORECASE)
_ARCHIVE_ON = re.compile(r"next archive file will be named\s+(\S+)", re.IGNORECASE)
_VIEW = re.compile(r"^Current view is '(?!root')(.+)'", re.MULTILINE)
_REFUSED = re.compile(r"\s*\^?\s*% ?invalid input", re.IGNORECASE)
_DENIED = re.compile(r"\s*%? ?(?:command )?authorization failed", re.IGNORECASE)
# `prompt` gives exec another name than configuration modes, which show the hostname.
_HOSTNAME = re.compile(r"^hostname (\S+)$", re.MULTILINE)
_NO_PROMPT = re.compile(r"^no service prompt config$", re.MULTILINE)
SHOW_RUNNING = "show running-config"
_SHOWN = 60  # characters of a line that is quoted
_QUESTIONS = (
    WIDTH, "show version", "show privilege", "show parser view", "show archive", SHOW_PENDING, "show configuration lock", SHOW_FILE_SYSTEMS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RouterState:
    """A router before the change.

    `privilege` is ``None`` where the router would not say, `view` without one; `archive_file` is what the next archived configuration
    will be named, ``None`` while archive is off; `pace` is how many seconds it takes over a line; `tells_pending` is whether it answers what its revert timer is at, `denies_pending` whether AAA keeps it from that.
    """

    release: Release
    privilege: int | None
    archive_file: str | None
    pending: Pending | None
    lock_owner: str | None
    running: str
    file_systems: tuple[FileSystem, ...] = ()
    tells_pending: bool = True
    denies_pending: bool = False
    view: str | None = None
    pace: float = 0

    @property
    def has_archive(self) -> bool:
        """Whether archive is on, which a router needs to undo a change by itself."""
        return self.archive_file is not None

    @property
    def has_timer(self) -> bool:
        """Whether the router can undo a change by itself, and says whether a change is confirmed."""
        return self.has_archive and self.tells_pending


def examine(terminal: Terminal) -> RouterState:
    """Read everything that the judgement needs, in two round trips.

    Raises:
        PreflightError: It is no IOS router, or the running-config can't be read, or is cut short.
    """
    left = terminal.deadline.remaining
    answers = {reply.line: reply.text for reply in terminal.pipeline(_QUESTIONS, is_slow=True)}
    pace = (left - terminal.deadline.remaining) / len(_QUESTIONS)
    if (other := another_system(answers["show version"])) is not None:
        raise PreflightError((f"this is not an IOS or IOS-XE router, but {other} (show version)",))
    release = parse_release(answers["show version"])
    try:
        running = read_running(terminal)
    except PreflightError:
        if not release.is_known:
            raise PreflightError((_unlike_ios(answers["show version"]),)) from None
        raise
    return RouterState(
        release=release,
        privilege=_privilege(answers["show privilege"]),
        archive_file=_archive_file(answers["show archive"]),
        pending=read_pending(answers[SHOW_PENDING]),
        lock_owner=_lock_owner(answers["show configuration lock"]),
        running=running,
        file_systems=file_systems(answers[SHOW_FILE_SYSTEMS]),
        tells_pending=tells_pending(answers[SHOW_PENDING]),
        denies_pending=_DENIED.match(answers[SHOW_PENDING]) is not None,
        view=_view(answers["show parser view"]),
        pace=pace,
    )


def _unlike_ios(show_version: str) -> str:
    said = next((line.strip() for line in show_version.splitlines() if line.strip(" ^")), "nothing")
    return f"this does not look like an IOS router: its answer to 'show version' is {said[:_SHOWN]!r}"


def read_running(terminal: Terminal) -> str:
    """Read the running-config, whole.

    Raises:
        PreflightError: The router refuses, or the text is cut short.
    """
    text = terminal.run(SHOW_RUNNING, is_slow=True).text
    if _DENIED.match(text):
        raise PreflightError((f"AAA command authorization denies {SHOW_RUNNING!r}",))
    if _REFUSED.match(text):
        raise PreflightError(
            (f"the router refuses {SHOW_RUNNING!r}: the login's view or privilege level has no such line",)
        )
    require_complete(text)
    if (found := _HOSTNAME.search(text)) is not None:
        terminal.know(found[1])
    return text


def blindness(state: RouterState) -> tuple[str, ...]:
    """Say, in a sentence, that the login is not shown all of the running-config: IOS leaves out what it may not change."""
    if state.view is not None:
        return (
            f"the login is in the view {state.view!r}, which shows only a part: give it privilege level 15 instead",
        )
    if state.privilege is None or state.privilege >= 15:
        return ()
    return (f"privilege level {state.privilege} sees only a part, and can't configure: give an enable password",)


def obstacles(state: RouterState, options: Options) -> tuple[str, ...]:
    """Name, a sentence each, what on the router keeps any change from being made safely now."""
    problems = list(lasting_obstacles(state, options))
    if state.lock_owner is not None:
        problems.append(f"the configuration is locked by {state.lock_owner} (show configuration lock)")
    if state.pending is not None:
        problems.append(
            f"{state.pending.user} has a rollback pending ({state.pending.value}): wait for it, "
            f"or have {state.pending.user} enter 'configure confirm' or 'configure revert now'"
        )
    return tuple(problems)


def lasting_obstacles(state: RouterState, options: Options) -> tuple[str, ...]:
    """Name those of the obstacles that do not go away by themselves."""
    problems = list(blindness(state))
    if _NO_PROMPT.search(state.running):
        problems.append("the router shows no prompt in configuration mode: enter 'service prompt config'")
    if not state.has_archive and options.archive is ArchivePolicy.REQUIRE:
        problems.append(
            "archive is off, so the router can't undo a change by itself: configure 'archive' and below it "
            "'path flash:backup', or set the archive option to 'configure' or 'use'"
        )
    if state.has_archive and state.denies_pending:
        # Something may be pending, and would undo the change behind our back.
        problems.append(f"AAA command authorization denies {SHOW_PENDING!r}")
    elif state.has_archive and not state.has_timer and options.archive is ArchivePolicy.REQUIRE:
        problems.append(without_timer())
    return tuple(problems)


def without_timer() -> str:
    """Say, in a sentence, why archive is on and the revert timer is not used."""
    return (
        f"the router does not know {SHOW_PENDING!r}, as releases without a revert timer do not, so that nobody could tell "
        f"whether a change is confirmed"
    )


def no_room(state: RouterState, options: Options, plan: Plan, archive_path: str) -> tuple[str, ...]:
    """Name, a sentence each, what the router has no room for; `archive_path` is where archive is to be turned on."""
    will_archive = state.has_archive or options.archive is ArchivePolicy.CONFIGURE
    path = state.archive_file or archive_path
    backup = no_room_for_backup(state.file_systems, path, state.running) if will_archive else None
    added = sum(len(command.text) + 1 for command in plan.commands if not command.text.startswith("no "))
    startup = no_room_for_startup(state.file_systems, state.running, added) if options.save else None
    return tuple(problem for problem in (backup, startup) if problem is not None)


def require_no_problem(*groups: tuple[str, ...] | tuple[Collision, ...]) -> None:
    """Stop when anything stands in the way.

    Raises:
        PreflightError: With every problem there is.
    """
    problems = tuple(str(problem) for group in groups for problem in group)
    if problems:
        raise PreflightError(problems)


def _archive_file(text: str) -> str | None:
    found = _ARCHIVE_ON.search(text)
    return found[1] if found is not None and not matches(ARCHIVE_OFF, text) else None


def _privilege(text: str) -> int | None:
    found = _PRIVILEGE.search(text)
    return int(found[1]) if found else None


def _view(text: str) -> str | None:
    found = _VIEW.search(text)
    return found[1] if found else None


def _lock_owner(text: str) -> str | None:
    if _LOCK_STATE.search(text) is None:
        return None
    owner = _LOCK_OWNER.search(text)
    return owner[1] if owner else "somebody"
