"""A fleet: one stack per site, several at a time; what failed or was not begun is done by the next run."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from .board import DONE, FAILED, STOPPED, UNCHANGED, Board
from .cost import BOTH, cost
from .errors import InputError, NoStackError, RolloutError, StepError
from .fingerprint import program_fingerprint, site_fingerprint
from .project import Project
from .sites import Site
from .stack import LinkStack, Tunnel, open_stack
from .tunnels import Edit

_TICK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one site."""

    site: str
    state: str
    detail: str


@dataclass(frozen=True, slots=True)
class Choice:
    """How a fleet is run."""

    parallel: int = 4
    backend: str | None = None
    secrets_provider: str | None = None
    """What encrypts the secrets of stacks that are made."""
    is_everything: bool = False
    """Whether sites that are done already are done again, which also heals drift."""
    may_go_down: bool = False
    """Whether a change of a running link may take both its tunnels down."""


class Fleet:
    """The stacks of a table of sites."""

    def __init__(
        self, project: Project, sites: Sequence[Site], choice: Choice, environment: Mapping[str, str], board: Board
    ) -> None:
        self._project = project
        self._sites = sites
        self._choice = choice
        self._environment = environment
        self._board = board
        self._program = program_fingerprint(project)
        self._is_told_to_end = Event()

    def run(self, verb: str) -> tuple[Outcome, ...]:
        """Do one thing with every site, some at a time; return what became of each, in the table's order."""
        act = {"up": self._up, "preview": self._preview, "destroy": self._destroy, "status": self._status}[verb]
        with ThreadPoolExecutor(self._choice.parallel, thread_name_prefix="site") as threads:
            running = [threads.submit(self._one, site, act) for site in self._sites]
            self._await(running)
        self._board.close()
        return tuple(future.result() for future in running)

    def end(self) -> None:
        """Begin no other site; those under way come to their end."""
        self._is_told_to_end.set()

    def _await(self, running: Sequence["Future[Outcome]"]) -> None:
        left: set[Future[Outcome]] = set(running)
        while left:
            left = wait(left, timeout=_TICK_SECONDS).not_done
            self._board.tick()

    def _one(self, site: Site, act: Callable[[Site], Outcome]) -> Outcome:
        if self._is_told_to_end.is_set():
            outcome = Outcome(site.name, STOPPED, "interrupted before its turn")
        else:
            self._board.begin(site.name)
            try:
                outcome = act(site)
            except RolloutError as error:
                outcome = Outcome(site.name, FAILED, str(error))
        self._board.end(outcome.site, outcome.state, outcome.detail.partition("\n")[0])
        return outcome

    def _up(self, site: Site) -> Outcome:
        link = self._open(site, is_made=True)
        with link.on_trial() as keep:
            link.edit(_edit(link, site, self._environment))
            last = link.last_update()
            message = f"rollout fleet up {site_fingerprint(self._project, site.name, self._program)}"
            is_same = last is not None and (last.kind, last.result, last.message) == ("update", "succeeded", message)
            if is_same and not self._choice.is_everything:
                keep()
                return Outcome(site.name, UNCHANGED, f"done already; at its last up {_words(link.tunnels())}")
            if link.is_there(last) and not self._choice.may_go_down:
                self._require_gentle(link)
            keep()
        tunnels = link.up(lambda line: self._board.progress(site.name, line), message)
        return Outcome(site.name, DONE, _words(tunnels))

    def _require_gentle(self, link: LinkStack) -> None:
        if cost(link.preview().changes) == BOTH:
            raise StepError(
                "this change takes both tunnels down at once, so that nothing was touched; "
                f"`rollout change --stack {link.name}` or `rotate-keys` makes it one tunnel at a time, "
                "--both-down makes it at once"
            )

    def _preview(self, site: Site) -> Outcome:
        try:
            link = self._open(site)
        except NoStackError:
            return Outcome(site.name, DONE, "a new stack, made by up")
        with link.on_trial():
            link.edit(_edit(link, site, self._environment))
            foreseen = link.preview()
        if not foreseen.changes:
            return Outcome(site.name, UNCHANGED, f"no change; {_words(foreseen.tunnels)}")
        down = cost(foreseen.changes)
        price = {0: "no tunnel goes down", 1: "one tunnel goes down", 2: "BOTH TUNNELS GO DOWN"}[len(down)]
        return Outcome(site.name, DONE, f"{price}: {', '.join(change.words() for change in foreseen.changes)}")

    def _destroy(self, site: Site) -> Outcome:
        try:
            link = self._open(site)
        except NoStackError:
            return Outcome(site.name, UNCHANGED, "there is no stack")
        last = link.last_update()
        if not link.is_there(last):
            return Outcome(site.name, UNCHANGED, "nothing is there")
        link.destroy(lambda line: self._board.progress(site.name, line), "rollout fleet destroy")
        return Outcome(site.name, DONE, "destroyed; the stack and its settings are kept")

    def _status(self, site: Site) -> Outcome:
        try:
            link = self._open(site)
        except NoStackError:
            return Outcome(site.name, STOPPED, "there is no stack yet")
        last = link.last_update()
        if last is None:
            return Outcome(site.name, STOPPED, "nothing was done yet")
        when = f"{last.kind} {last.result} at {last.start_time:%Y-%m-%d %H:%M:%S}"
        if last.result != "succeeded":
            return Outcome(site.name, FAILED, when)
        if last.kind == "destroy":
            return Outcome(site.name, DONE, f"{when}; {'a part' if link.is_there(last) else 'nothing'} is there")
        return Outcome(site.name, DONE, f"{when}, then {_words(link.tunnels())}" if last.kind == "update" else when)

    def _open(self, site: Site, *, is_made: bool = False) -> LinkStack:
        choice = self._choice
        return open_stack(
            self._project, site.name, is_made=is_made, backend=choice.backend, secrets_provider=choice.secrets_provider
        )


def check_environment(sites: Sequence[Site], environment: Mapping[str, str], table: Path) -> None:
    """Refuse a table whose secrets are not all there, before the first site is touched.

    Raises:
        InputError: An environment variable that the table names is not set.
    """
    missing = sorted(
        f"{table}: {setting} of {site.name} is in ${variable}, which is not set"
        for site in sites
        for setting, variable in site.secrets.items()
        if not environment.get(variable)
    )
    if missing:
        raise InputError("\n".join(missing))


def _edit(link: LinkStack, site: Site, environment: Mapping[str, str]) -> Edit:
    """Return what has to be written so that a stack's settings are the table's; what has no column stays."""
    there = link.settings()
    given = {name: value for name, value in site.settings.items() if not is_same(there.get(name), value)}
    removed = tuple(name for name in site.cleared if name in there)
    secrets = {}
    for name, variable in site.secrets.items():
        value = environment[variable]
        # Encrypted anew it would look like another one, and the site like one that is not done.
        if name not in there or link.secret(name) != value:
            secrets[name] = value
    return Edit(given, removed, secrets)


def is_same(there: object, value: object) -> bool:
    """Compare a value of the table with the file's, where the engine keeps a number or a flag as text."""
    if isinstance(value, tuple):
        return list(value) == there
    return there == value or str(there).lower() == str(value).lower()


def _words(tunnels: Sequence[Tunnel]) -> str:
    return ", ".join(f"{tunnel.name} {tunnel.state}" for tunnel in tunnels) or "its tunnels are not known"
