"""One login on the router: privilege, modes, and what each line does. It does no I/O."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from .apply import apply
from .document import Entry
from .grammar import Grammar, Match, Rejection, report
from .line import Context, Line, Refusal, Reply
from .output_filter import OutputFilter, split
from .state import RouterState, User

_PROMPT_NAME = 20  # the hostname is cut so in configuration mode
_UNKNOWN_WORD = "% Unknown command or computer name, or unable to find computer address"


class Dialog(Protocol):
    """A question that IOS asks before it goes on."""

    question: str
    is_key: bool
    is_hidden: bool

    def answer(self, text: str) -> "Output":
        """Go on with what was typed."""


@dataclass(slots=True)
class Question:
    """A question with what to do with its answer; a `[confirm]` takes a single key."""

    question: str
    then: "Callable[[str], Output]"
    is_key: bool = False
    is_hidden: bool = False

    def answer(self, text: str) -> "Output":
        """Go on with what was typed."""
        return self.then(text)


@dataclass(slots=True)
class Output:
    """What a line makes the router print and do."""

    lines: Reply = ()
    dialog: Dialog | None = None
    is_paged: bool = False
    is_refused: bool = False
    closes: bool = False
    reloads: bool = False


ExecRun = Callable[["Shell", "Match[ExecLine]"], "Output | Reply"]


@dataclass(frozen=True, slots=True)
class ExecLine:
    """A command of the EXEC: its words, what it does, and the privilege it needs."""

    pattern: str
    run: ExecRun
    privilege: int = 15
    when: "Callable[[RouterState], bool] | None" = None


@dataclass(slots=True)
class _Frame:
    mode: str
    path: tuple[str, ...] = ()


@dataclass(slots=True)
class Terminal:
    """A VTY's settings, and the modes its user is in."""

    length: int = 24
    width: int = 80
    number: int = 0
    monitors: bool = False
    frames: list[_Frame] = field(default_factory=list)


class Shell:
    """What one user sees."""

    def __init__(self, router: RouterState, user: User, commands: "Grammar[ExecLine]", number: int = 0) -> None:
        self.router = router
        self.user = user
        self.privilege = user.privilege
        self.terminal = Terminal(number=number)
        self._commands = commands

    @property
    def mode(self) -> str:
        """The configuration mode, "" in the EXEC."""
        return self.terminal.frames[-1].mode if self.terminal.frames else ""

    @property
    def prompt(self) -> str:
        """What IOS prints before it reads a line."""
        if self.mode:
            return f"{self.router.hostname[:_PROMPT_NAME]}({self.mode})#"
        return self.router.hostname + ("#" if self.privilege > 1 else ">")

    def execute(self, line: str) -> Output:
        """Carry a line out."""
        self.router.rollback.touch(self.user.name)
        prompt = self.prompt
        if not line.strip() or line.lstrip().startswith("!"):
            return Output()
        try:
            return self._configure(line) if self.mode else self.run(line)
        except Refusal as refusal:
            return Output(refusal.lines, is_refused=True)
        except Rejection as rejection:
            return Output(tuple(report(rejection, line, prompt)), is_refused=True)

    def run(self, line: str, offset: int = 0) -> Output:
        """Carry out a command of the EXEC, with what stands behind a pipe."""
        command, output_filter = split(line, offset)
        try:
            match = self._commands.match(" " * offset + command, is_negatable=False)
        except Rejection as rejection:
            if rejection.kind == "invalid" and rejection.depth == 0 and " " not in command.strip():
                raise Refusal(_UNKNOWN_WORD) from rejection
            raise
        if self.privilege < match.row.privilege:
            raise Rejection("invalid", offset, 0)
        result = match.row.run(self, match)
        output = result if isinstance(result, Output) else Output(result, is_paged=match.words[0] == "show")
        return self._filtered(output, output_filter)

    @staticmethod
    def _filtered(output: Output, output_filter: OutputFilter | None) -> Output:
        if output_filter is not None:
            output.lines = output_filter(output.lines)
        return output

    def enter_configuration(self) -> None:
        """Go to configuration mode."""
        self.terminal.frames = [_Frame("config")]

    def leave_configuration(self) -> Output:
        """Go back to the EXEC, as `end` and Ctrl-Z do."""
        self.terminal.frames = []
        if self.router.lock_holder == self.user.name:
            self.router.lock_holder = None
        return Output()

    def _configure(self, line: str) -> Output:
        words = line.split()
        first = words[0].lower()
        if first == "end" and len(words) == 1:
            return self.leave_configuration()
        if len(first) > 1 and "exit".startswith(first) and len(words) == 1:
            return self._exit()
        if first == "exit-address-family" and self.mode in ("config-router-af", "config-vrf-af"):
            return self._exit()
        if first == "do" and len(words) > 1:
            start = line.index(words[0]) + len(words[0]) + 1
            return self.run(line[start:], start)
        match, frame = self._match(line)
        self.terminal.frames = frame
        return Output(self._apply(match))

    def _exit(self) -> Output:
        if self.terminal.frames.pop().mode == "config-ip-sla-echo" and self.mode == "config-ip-sla":
            self.terminal.frames.pop()  # the type's mode replaces the operation's
        return Output() if self.terminal.frames else self.leave_configuration()

    def _match(self, line: str) -> tuple[Match[Line], list[_Frame]]:
        """Try the mode, then those above it, as IOS does; report the failure that got furthest."""
        failure: Rejection | None = None
        for depth in range(len(self.terminal.frames), 0, -1):
            frames = self.terminal.frames[:depth]
            try:
                return self.router.grammar.of(frames[-1].mode).match(line), frames
            except Rejection as rejection:
                if rejection.kind != "invalid":
                    raise
                if failure is None or rejection.depth > failure.depth:
                    failure = rejection
        raise failure or Rejection("invalid")

    def _apply(self, match: Match[Line]) -> Reply:
        frame = self.terminal.frames[-1]
        section = self._section(frame.path)
        if section is None:  # another session deleted it
            raise Rejection("invalid", 0, 0)
        context = Context(self.router, section, self.user.name)
        said = apply(context, match)
        if match.row.opens and not match.is_negated:
            self._open(match, frame)
        return said

    def _section(self, path: tuple[str, ...]) -> Entry | None:
        section: Entry | None = self.router.document.root
        for key in path:
            section = section.find(key) if section else None
        return section

    def _open(self, match: Match[Line], frame: _Frame) -> None:
        key, mode = match.row.key_of(match), match.row.opens
        path = (*frame.path, key)
        section = self._section(path)
        if mode == "config-if" and re.search(r"\.\d+$", key):
            mode = "config-subif"
        if mode == "config-ip-sla-echo" and not self.router.release.nests_sla:
            path = frame.path  # older releases print the timers beside the echo
        self.terminal.frames.append(_Frame(mode, path))
        if mode == "config-ip-sla" and section is not None:
            self._reopen_echo(section, path)

    def _reopen_echo(self, operation: Entry, path: tuple[str, ...]) -> None:
        """An operation whose type is set opens in the type's own mode."""
        echo = next(iter(operation.starting("icmp-echo")), None)
        if echo is not None:
            nested = (*path, echo.key) if any(echo.entries) or self.router.release.nests_sla else path
            self.terminal.frames[-1] = _Frame("config-ip-sla-echo", nested)

    def check_modes(self) -> None:
        """Fall back to global configuration when a rollback took the section away."""
        if self.mode and self._section(self.terminal.frames[-1].path) is None:
            self.terminal.frames = [_Frame("config")]
