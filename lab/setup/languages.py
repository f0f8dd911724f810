"""What a stack in another language than Python needs, made only for the tests that run one: `python -m lab.setup languages`."""

import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from lab.setup import engine
from lab.setup.progress import ROOT, TOOLS, NeedError, Step, contents, run

LANGUAGES: Final = TOOLS / "languages"
"""Language hosts and code generators; goes on the PATH."""
NODE_MODULES: Final = LANGUAGES / "node_modules"
YAML_VERSION: Final = "1.25.0"
"""The release that is built; `lab/engine/yaml_host/go.mod` names the same."""
HOSTS_VERSION: Final = "3.66.0"
"""The last SDK module that has the Node.js and Go hosts inside; `lab/engine/more_hosts/go.mod` names the same."""

_MODULES: Final = ROOT / "lab" / "engine"
_YAML, _MORE, _CLI, _NODE = (_MODULES / name for name in ("yaml_host", "more_hosts", "cli", "node"))
_HOSTS: Final[Mapping[str, tuple[Path, str, str, str]]] = {
    "YAML host": (_YAML, "github.com/pulumi/pulumi-yaml/cmd", "pulumi-language-yaml", YAML_VERSION),
    "Node.js host": (_MORE, "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd", "pulumi-language-nodejs", HOSTS_VERSION),
    "Go host": (_MORE, "github.com/pulumi/pulumi/sdk/v3/go", "pulumi-language-go", HOSTS_VERSION),
}
"""Each host's module, where in it the program is, the program, and its version."""


def steps() -> tuple[Step, ...]:
    """List what is to be made."""
    return (*(_host(name) for name in _HOSTS), _sdk(), _node_modules())


def _host(name: str) -> Step:
    module, parent, program, version = _HOSTS[name]
    return Step(
        name=name,
        inputs=contents(module / "go.mod", module / "go.sum"),
        results=(LANGUAGES / program,),
        make=lambda say: _taken_or_built(say, module, f"{parent}/{program}", program, version),
    )


def _sdk() -> Step:
    """The generator of the SDKs; the hosts that come with Pulumi's release have it too."""
    return Step(
        name="SDK generator",
        inputs=contents(_CLI / "go.mod", _CLI / "go.sum", _CLI / "sdk" / "main.go"),
        results=(LANGUAGES / "sdk",),
        make=lambda say: _built(say, _CLI, "./sdk", "sdk", engine.VERSION),
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
    run(
        command,
        "The Node.js packages could not be installed: is there a way to npm's registry?",
        cwd=LANGUAGES,
        say=say,
    )
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
    engine.go_build(go, module, package, LANGUAGES / name, version, say)
    return f"{version}, built with Go in {time.monotonic() - start:.0f} s"
