"""What a stack in another language than Python needs, made only for the tests that run one: `python -m lab.setup languages`."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from lab.setup import engine
from lab.setup.progress import ROOT, TOOLS, NeedError, Step, contents, run

LANGUAGES: Final = TOOLS / "languages"
"""Language hosts and code generators; goes on the PATH."""
NODE_MODULES: Final = LANGUAGES / "node_modules"
YAML_VERSION: Final = "1.25.0"
"""The release that is built; `lab/engine/yaml_host/go.mod` names the same."""

_MODULES: Final = ROOT / "lab" / "engine"
_YAML, _CLI, _NODE = _MODULES / "yaml_host", _MODULES / "cli", _MODULES / "node"


def steps() -> tuple[Step, ...]:
    """List what is to be made."""
    return (_yaml_host(), _node_sdk(), _node_modules())


def _yaml_host() -> Step:
    return Step(
        name="YAML host",
        inputs=contents(_YAML / "go.mod", _YAML / "go.sum"),
        results=(LANGUAGES / "pulumi-language-yaml",),
        make=_make_yaml_host,
    )


def _make_yaml_host(say: Callable[[str], None]) -> str:
    return _taken_or_built(
        say, _YAML, "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml", "pulumi-language-yaml", YAML_VERSION
    )


def _node_sdk() -> Step:
    """The generator of the TypeScript SDK; the host that comes with Pulumi's release has it too."""
    return Step(
        name="TypeScript generator",
        inputs=contents(_CLI / "go.mod", _CLI / "go.sum", _CLI / "node_sdk" / "main.go"),
        results=(LANGUAGES / "node_sdk",),
        make=lambda say: _built(say, _CLI, "./node_sdk", "node_sdk", engine.VERSION),
    )


def _node_modules() -> Step:
    return Step(
        name="Node.js packages",
        inputs=contents(_NODE / "package.json", _NODE / "package-lock.json"),
        results=(NODE_MODULES / "@pulumi" / "pulumi" / "package.json", NODE_MODULES / "typescript" / "package.json"),
        make=_install_node_modules,
    )


def _install_node_modules(say: Callable[[str], None]) -> str:
    npm = shutil.which("npm")
    if not npm:
        raise NeedError("Node.js and npm are needed for stacks in TypeScript: https://nodejs.org/en/download")
    say("installing the pinned packages")
    LANGUAGES.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(_NODE / name, LANGUAGES / name)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    run(command, "The Node.js packages could not be installed: is there a way to npm's registry?", cwd=LANGUAGES)
    return "as pinned in lab/engine/node"


def _taken_or_built(say: Callable[[str], None], module: Path, package: str, name: str, version: str) -> str:
    """Take a program that came with Pulumi's release, downloaded or installed; else build it."""
    path = os.pathsep.join((str(engine.BIN), os.environ.get("PATH", "")))
    found = shutil.which(name, path=path)
    if found is None:
        return _built(say, module, package, name, version)
    LANGUAGES.mkdir(parents=True, exist_ok=True)
    (LANGUAGES / name).unlink(missing_ok=True)
    (LANGUAGES / name).symlink_to(found)
    return f"the one of Pulumi's release, {found}"


def _built(say: Callable[[str], None], module: Path, package: str, name: str, version: str) -> str:
    go = shutil.which("go")
    if not go:
        raise NeedError(f"Go is needed to build {name}: https://go.dev/doc/install (Go 1.25 or later).")
    say(f"building {name} with Go")
    LANGUAGES.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    engine.go_build(go, module, package, LANGUAGES / name, version)
    return f"{version}, built with Go in {time.monotonic() - start:.0f} s"
