"""The provider plugins: installed, else downloaded by Pulumi itself, else stood in for."""

import os
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

from lab.setup import download
from lab.setup.engine import BIN
from lab.setup.progress import ROOT, TOOLS, VENV, Step, contents

PLUGINS: Final = TOOLS / "plugins"
_REQUIREMENTS: Final = ROOT / "requirements.txt"
_PINNED: Final = ("aws", "command")
_INSTALL_SECONDS: Final = 600

_STAND_IN: Final = """\
#!/bin/sh
# Made by lab/setup: the lab's stand-in for a plugin that could not be downloaded here.
# Isolated (-I), and nothing is put into the environment: a command that the plugin runs must see what it would see
# under the real one.
exec {python} -I -c "import sys; sys.path.insert(0, sys.argv.pop(1)); from lab.providers.__main__ import main; main()" \\
  {root} {name} {schemas} "$@"
"""
_SOURCES: Final = sorted((ROOT / "lab" / "providers").rglob("*.py"))


def versions(requirements: str) -> dict[str, str]:
    """Read the plugins' versions from the SDKs' pins: an SDK works with the plugin of its own version."""
    found = dict(re.findall(r"^pulumi-(\w+)==([\d.]+)", requirements, re.MULTILINE))
    return {name: found[name] for name in _PINNED}


def folder(name: str, version: str) -> str:
    """Name the folder in which Pulumi looks for a plugin."""
    return f"resource-{name}-v{version}"


def step() -> Step:
    """All plugins that the stack needs."""
    wanted = versions(_REQUIREMENTS.read_text())
    return Step(
        name="Pulumi plugins",
        inputs=(*contents(_REQUIREMENTS, *_SOURCES), _STAND_IN, str(ROOT)),
        results=tuple(PLUGINS / folder(name, version) / f"pulumi-resource-{name}" for name, version in wanted.items()),
        make=lambda say: _make(say, wanted),
    )


def _make(say: Callable[[str], None], wanted: dict[str, str]) -> str:
    PLUGINS.mkdir(parents=True, exist_ok=True)
    is_reachable = download.reachable()
    taken = []
    for name, version in wanted.items():
        target = PLUGINS / folder(name, version)
        users = _users_home() / "plugins" / folder(name, version)
        if (users / f"pulumi-resource-{name}").exists():
            if not target.exists():
                target.symlink_to(users, target_is_directory=True)
            taken.append(f"{name} {version} installed")
        elif is_reachable and _downloaded(say, name, version):
            taken.append(f"{name} {version} downloaded")
        else:
            stand_in(name, target)
            taken.append(f"{name} {version} stood in for")
    return ", ".join(taken)


def _users_home() -> Path:
    return Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")


def _downloaded(say: Callable[[str], None], name: str, version: str) -> bool:
    """Let the CLI download a plugin, which checks what it gets, into the folder of the set-up."""
    say(f"downloading {name} {version}")
    try:
        answer = subprocess.run(  # noqa: S603 - the CLI that the step before put there
            [BIN / "pulumi", "plugin", "install", "resource", name, f"v{version}"],
            env={**os.environ, "PULUMI_HOME": str(TOOLS), "PULUMI_SKIP_UPDATE_CHECK": "true"},
            capture_output=True,
            timeout=_INSTALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return answer.returncode == 0


def stand_in(name: str, target: Path) -> None:
    """Write the executable that Pulumi starts in the plugin's place, and the schemas that it goes by."""
    target.mkdir(parents=True, exist_ok=True)
    python = VENV / "bin" / "python"
    schemas = target / "schemas.json"
    schemas.write_text(
        subprocess.run(  # noqa: S603 - our own program
            [python, "-m", "lab.providers.sdk", name], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
        ).stdout
    )
    executable = target / f"pulumi-resource-{name}"
    words = {"root": str(ROOT), "python": str(python), "schemas": str(schemas)}
    executable.write_text(_STAND_IN.format(name=name, **{word: shlex.quote(path) for word, path in words.items()}))
    executable.chmod(0o755)
