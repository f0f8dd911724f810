"""One stack of a link, driven through the Automation API: its settings, previews, ups, and what it says of its tunnels."""

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pulumi import automation

from .cost import Change
from .errors import InputError, NoStackError, StepError
from .project import Project
from .tunnels import Edit

Tell = Callable[[str], None]
_SHOWN_OPERATIONS = ("create", "update", "delete", "replace")
_LINK = "aws-cisco-vpn:index:VpnLink"
_INTERRUPTED = re.compile(r"canceled$|^signal: ")
# What the engine adds where a program has said why it failed.
_CONSEQUENCE = "an unhandled error occurred: program exited"


@dataclass(frozen=True, slots=True)
class Tunnel:
    """What both ends say of one tunnel."""

    name: str
    state: str
    reason: str

    @property
    def is_up(self) -> bool:
        """Whether both ends say UP."""
        return self.state == "UP"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a preview found: the changes, and the tunnels as both ends say now; none where it asked nobody."""

    changes: tuple[Change, ...]
    tunnels: tuple[Tunnel, ...]


class _Workspace(automation.LocalWorkspace):
    """A workspace that leaves alone which stack the user has selected."""

    def create_stack(self, stack_name: str) -> None:
        provider = ("--secrets-provider", self.secrets_provider) if self.secrets_provider else ()
        self._run("stack", "init", stack_name, "--no-select", *provider)

    def select_stack(self, stack_name: str) -> None:
        self._run("stack", "--stack", stack_name)

    def _run(self, *words: str) -> None:
        self.pulumi_command.run(list(words), self.work_dir, self.env_vars)


class LinkStack:
    """One stack of a project."""

    def __init__(self, project: Project, name: str, stack: automation.Stack) -> None:
        self.project = project
        self.name = name
        self._stack = stack

    def settings(self) -> dict[str, object]:
        """Return its own settings, as they stand in its file."""
        return self.project.settings(self.name)

    def secret(self, setting: str) -> str:
        """Return a setting, decrypted."""
        with _explained(_Events()):
            return self._stack.get_config(self.project.key(setting)).value

    def edit(self, edit: Edit) -> None:
        """Write settings. The engine writes the file, which keeps its comments and its order."""
        there = self.settings()
        removed = [name for name in (*edit.removed, *edit.given) if name in there]
        # What holds several values is taken out first: an element that is not there any more would stay.
        removed = [name for name in removed if name in edit.removed or isinstance(there[name], (list, Mapping))]
        if removed:
            self._pulumi("config", "rm-all", *(self.project.key(name) for name in removed))
        flat = [pair for name, value in edit.given.items() for pair in _elements(self.project.key(name), value)]
        words = [word for path, value in flat for word in ("--plaintext", f"{path}={_text(value)}")]
        if words:
            self._pulumi("config", "set-all", "--path", *words)
        for name, value in edit.secrets.items():
            self._set_secret(self.project.key(name), value)

    @contextmanager
    def on_trial(self) -> Iterator[Callable[[], None]]:
        """Put the settings file back as it was after the block, unless what it gives is called."""
        file = self.project.settings_file(self.name)
        before = file.read_bytes() if file.exists() else None
        kept: list[bool] = []
        try:
            yield lambda: kept.append(True)
        finally:
            if not kept and before is None:
                file.unlink(missing_ok=True)
            elif not kept and before is not None:
                file.write_bytes(before)

    def preview(self) -> Foreseen:
        """Look at what an up would do, and at the tunnels.

        Raises:
            StepError: The program or the engine refuses.
        """
        seen = _Events()
        with _explained(seen):
            self._stack.preview(on_event=seen, color="never", suppress_outputs=True)
        return Foreseen(seen.changes(), seen.tunnels())

    def up(self, tell: Tell, message: str | None = None) -> tuple[Tunnel, ...]:
        """Bring the stack to its settings; return the tunnels as they then are.

        Raises:
            StepError: It failed.
        """
        seen = _Events(tell)
        with _explained(seen):
            result = self._stack.up(on_event=seen, color="never", show_secrets=False, message=message)
        return _tunnels(result.outputs["tunnels"].value if "tunnels" in result.outputs else None)

    def destroy(self, tell: Tell, message: str | None = None) -> None:
        """Take everything away.

        Raises:
            StepError: It failed.
        """
        seen = _Events(tell)
        with _explained(seen):
            self._stack.destroy(on_event=seen, color="never", show_secrets=False, message=message)

    def tunnels(self) -> tuple[Tunnel, ...]:
        """Return the tunnels as they were at the end of the last up."""
        with _explained(_Events()):
            outputs = self._stack.outputs()
        return _tunnels(outputs["tunnels"].value if "tunnels" in outputs else None)

    def last_update(self) -> automation.UpdateSummary | None:
        """Return what was last done to it, by whomever."""
        with _explained(_Events()):
            history = self._stack.history(page_size=1, show_secrets=False)
        return history[0] if history else None

    def is_there(self, last: automation.UpdateSummary | None) -> bool:
        """Return whether it has anything, by what was last done to it: a destroy that succeeded may have been of a part."""
        if last is None or last.kind != "destroy":
            return last is not None
        return bool(json.loads(self._pulumi("stack", "export"))["deployment"].get("resources"))

    def _set_secret(self, key: str, value: str) -> None:
        # Not by the Automation API: it would put the value on a command line, for all of the machine to read.
        workspace = self._stack.workspace
        done = subprocess.run(  # noqa: S603  # the CLI that the Automation API found
            [
                workspace.pulumi_command.command,
                "config",
                "set",
                "--secret",
                key,
                "--stack",
                self.name,
                "--non-interactive",
            ],
            cwd=workspace.work_dir,
            env=_environment(workspace),
            input=value,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StepError(f"{key} could not be set: {done.stderr.strip()}")

    def _pulumi(self, *words: str) -> str:
        workspace = self._stack.workspace
        with _explained(_Events()):
            command = [*words, "--stack", self.name]
            return workspace.pulumi_command.run(command, workspace.work_dir, workspace.env_vars).stdout


def open_stack(
    project: Project,
    name: str,
    *,
    is_made: bool = False,
    backend: str | None = None,
    secrets_provider: str | None = None,
) -> LinkStack:
    """Open a stack, or with `is_made` make it where there is none; then `secrets_provider` encrypts its secrets.

    Raises:
        NoStackError: There is none.
        InputError: Pulumi's CLI is not there, or the backend cannot be reached, or refuses the name.
    """
    environment = {"PULUMI_BACKEND_URL": backend} if backend else {}
    opened = automation.Stack.create_or_select if is_made else automation.Stack.select
    try:
        workspace = _Workspace(work_dir=str(project.folder), env_vars=environment, secrets_provider=secrets_provider)
        return LinkStack(project, name, opened(name, workspace))
    except (OSError, subprocess.CalledProcessError) as error:
        raise InputError(f"Pulumi's CLI does not run ({error}): https://www.pulumi.com/docs/install/") from None
    except automation.StackNotFoundError:
        raise NoStackError(f"there is no stack {name} in {project.folder}") from None
    except automation.CommandError as error:
        raise InputError(_Events().reason(error)) from None


class _Events:
    """Keeps what the engine reports, and tells its steps and the agent's progress as they come."""

    def __init__(self, tell: Tell | None = None) -> None:
        self._tell = tell
        self._steps: list[automation.StepEventMetadata] = []
        self._outputs: dict[str, Mapping[str, Any]] = {}
        self._errors: list[str] = []

    def __call__(self, event: automation.EngineEvent) -> None:
        """Take one event."""
        if event.resource_pre_event:
            self._steps.append(event.resource_pre_event.metadata)
        if event.res_outputs_event:
            self._ended(event.res_outputs_event.metadata)
        if event.diagnostic_event:
            self._said(event.diagnostic_event)

    def _ended(self, step: automation.StepEventMetadata) -> None:
        if step.new and step.new.outputs:
            self._outputs[step.type] = step.new.outputs
        operation = _word(step.op)
        if self._tell and operation.startswith(_SHOWN_OPERATIONS) and "-replace" not in operation:
            self._tell(f"{_short(step.type)} {_name(step.urn)}: {operation}d")

    def _said(self, said: automation.DiagnosticEvent) -> None:
        text = said.message.strip()
        if said.severity == "error":
            self._errors.append(text)
        # Warnings, and progress of the router's agent: a line each, with the secrets masked by the agent.
        elif self._tell and said.severity.startswith(("info", "warning")) and not said.ephemeral and text:
            for line in text.splitlines():
                self._tell(line)

    def changes(self) -> tuple[Change, ...]:
        """Return what is not the same."""
        return tuple(
            Change(_word(step.op), step.type, _name(step.urn), tuple(step.detailed_diff or step.diffs or ()))
            for step in self._steps
            if _word(step.op) not in ("same", "read")
        )

    def tunnels(self) -> tuple[Tunnel, ...]:
        """Return the tunnels, where the link's outputs were seen."""
        return _tunnels(self._outputs.get(_LINK, {}).get("tunnels"))

    def reason(self, error: automation.CommandError) -> str:
        """Return why the engine failed: its errors, else the last line that it said."""
        errors = list(dict.fromkeys(self._errors))
        if any(_INTERRUPTED.search(text) for text in errors):
            # The program's calls end with the engine: a traceback that says nothing more.
            errors = [text for text in errors if not text.startswith("Program failed")]
        if errors:
            return "\n".join([text for text in errors if not text.startswith(_CONSEQUENCE)] or errors)
        code, _, said = str(error).strip().partition("stdout:")
        lines = [line.strip().removeprefix("stderr:").strip() for line in said.splitlines()]
        lines = [line for line in lines if line]
        if not lines:
            return f"Pulumi ended without a word, {code.strip()}"
        # What comes below an error belongs to it, such as who has locked the stack.
        last = max((n for n, line in enumerate(lines) if line.startswith("error:")), default=len(lines) - 1)
        return "\n".join(lines[last:])


@contextmanager
def _explained(seen: _Events) -> Iterator[None]:
    """Have a failure of the engine say why, by what it reported."""
    try:
        yield
    except automation.CommandError as error:
        raise StepError(seen.reason(error)) from None


def _tunnels(value: object) -> tuple[Tunnel, ...]:
    found = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return tuple(
        Tunnel(str(t.get("name")), str(t.get("state")), str(t.get("reason") or ""))
        for t in found
        if isinstance(t, Mapping)
    )


def _elements(path: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _elements(f"{path}.{name}", item)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, item in enumerate(value):
            yield from _elements(f"{path}[{index}]", item)
    else:
        yield path, value


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _environment(workspace: automation.Workspace) -> dict[str, str]:
    return {**os.environ, **workspace.env_vars}


def _word(operation: object) -> str:
    return str(getattr(operation, "value", operation))


def _short(kind: str) -> str:
    package, _, name = kind.partition(":")
    return f"{package}:{name.rpartition(':')[2]}"


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]
