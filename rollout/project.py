"""A Pulumi project's folder: its name, its defaults, and the settings files of its stacks."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # PyYAML has no type hints

from .errors import InputError


@dataclass(frozen=True, slots=True)
class Project:
    """What `Pulumi.yaml` says."""

    folder: Path
    name: str
    declared: Mapping[str, Mapping[str, object]]
    """The settings that it declares, each with its type, and its default if it has one."""
    settings_folder: Path

    def settings_file(self, stack: str) -> Path:
        """Return where a stack's settings are."""
        return self.settings_folder / f"Pulumi.{stack.rpartition('/')[2]}.yaml"

    def settings(self, stack: str) -> dict[str, object]:
        """Return a stack's own settings, without the project's name before them; a secret is a map with `secure`."""
        file = self.settings_file(stack)
        config = _mapping(file, "config") if file.exists() else {}
        prefix = f"{self.name}:"
        return {str(key).removeprefix(prefix): value for key, value in config.items()}

    def key(self, setting: str) -> str:
        """Return a setting's full name."""
        return setting if ":" in setting else f"{self.name}:{setting}"


def project_in(folder: Path) -> Project:
    """Read the project in a folder.

    Raises:
        InputError: There is none.
    """
    file = folder / "Pulumi.yaml"
    if not file.exists():
        raise InputError(f"{folder} has no Pulumi.yaml; --project names the folder of the Pulumi project")
    whole = _document(file)
    config = _mapping(file, "config")
    declared = {str(key): value if isinstance(value, Mapping) else {} for key, value in config.items()}
    return Project(folder, str(whole.get("name")), declared, folder / str(whole.get("stackConfigDir") or "."))


def _mapping(file: Path, key: str) -> Mapping[str, Any]:
    value = _document(file).get(key)
    return value if isinstance(value, Mapping) else {}


def _document(file: Path) -> Mapping[str, Any]:
    try:
        whole = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{file}: {error}") from None
    return whole if isinstance(whole, Mapping) else {}
