"""A stack of the lab: the SDK's own, less the starts of the CLI that nobody there needs."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pulumi import automation
from pulumi.automation._stack import StackInitMode  # the SDK's own `create_stack` makes no other class than its own

from lab.engine.environment import INSTALLED, ROOT


class LabStack(automation.Stack):
    """A stack whose `up` leaves the outputs to whoever asks for them: the SDK starts the CLI twice more to read them."""

    def __init__(self, name: str, workspace: automation.Workspace, mode: StackInitMode) -> None:
        super().__init__(name, workspace, mode)
        self._is_changing = False
        self._nested: set[str] = set()

    def up(self, *args: Any, **options: Any) -> automation.UpResult:  # noqa: ANN401 - the SDK's thirty, passed through
        """Run an up; its result has no outputs: `outputs()` reads them."""
        self._is_changing = True
        try:
            return super().up(*args, **options)
        finally:
            self._is_changing = False

    def outputs(self) -> automation.OutputMap:
        """Read the outputs, unless an `up` is what asks."""
        return {} if self._is_changing else super().outputs()

    def set(self, settings: Mapping[str, object], secrets: Mapping[str, str] | None = None) -> None:
        """Set configuration by one start of the CLI; what is nested element by element, in place of what was there."""
        for key in self._nested.intersection(settings):
            self.remove_config(key)
        self._nested |= {key for key, value in settings.items() if not isinstance(value, str | int)}
        values = {path: automation.ConfigValue(text) for path, text in _leaves(settings)}
        values |= {key: automation.ConfigValue(text, secret=True) for key, text in (secrets or {}).items()}
        self.set_all_config(values, path=True)


def link_project(folder: Path) -> None:
    """Lay the repository's own project into a new folder, by links: a stack's settings file is written beside them."""
    folder.mkdir(parents=True)
    for entry in ("Pulumi.yaml", "__main__.py", "components", "cisco"):
        (folder / entry).symlink_to(ROOT / entry)


def make_stack(name: str, folder: Path, environment: Mapping[str, str]) -> LabStack:
    """Make a stack of the project in a folder."""
    workspace = automation.LocalWorkspace(
        work_dir=str(folder),
        env_vars=dict(environment),
        pulumi_command=automation.PulumiCommand(root=str(INSTALLED)),
    )
    return LabStack(name, workspace, StackInitMode.CREATE)


def _leaves(settings: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in settings.items():
        path = f"{prefix}.{key}" if prefix else key
        if isinstance(value, Mapping):
            yield from _leaves(value, path)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield from _leaves({f"{path}[{index}]": item for index, item in enumerate(value)})
        else:
            yield path, str(value).lower() if isinstance(value, bool) else str(value)
