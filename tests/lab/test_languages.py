"""The same link in stacks that are not Python: the engine starts the plugin as it does for a user who has added it."""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation

from lab.engine.environment import ROOT
from lab.setup import languages
from lab.setup.progress import NeedError, run_steps
from tests.contract.fake_aws import client
from tests.lab.installed import install
from tests.lab.project_lab import Ends, Project, ends, project, state_on_disk

pytestmark = pytest.mark.xdist_group("languages")  # what they need is made once, and not by two at a time

PLUGIN = ROOT / "plugin"
EXAMPLES = ROOT / "examples"
CLI_MODULE = ROOT / "lab" / "engine" / "cli"
OLDEST_NODE = 20

EXECUTABLE = """\
#!/bin/sh
# What a current Python host does with PulumiPlugin.yaml: it runs the folder in the virtual environment that is named there.
# The last host that can be built from Go modules knows neither that option nor a plugin elsewhere than where it was started.
exec {python} {folder} "$@"
"""


@pytest.fixture(scope="module")
def hosts() -> Path:
    """Make language hosts and SDKs, once a checkout."""
    if not shutil.which("npm") or node_version() < OLDEST_NODE:
        pytest.skip(f"Node.js {OLDEST_NODE} or later and npm are not installed")
    try:
        run_steps(languages.steps())
    except NeedError as error:
        pytest.skip(f"{error}")
    return languages.LANGUAGES


def node_version() -> int:
    """Return the major version, as in v20.1.0."""
    return int(run(["node", "--version"], ROOT).strip().removeprefix("v").partition(".")[0])


@pytest.fixture
def added_plugin(tmp_path: Path) -> Path:
    """Lay the plugin where Pulumi installs it: its folder, and a virtual environment in it from its requirements."""
    return lay_plugin(tmp_path / "plugin")


def lay_plugin(folder: Path) -> Path:
    shutil.copytree(PLUGIN, folder, ignore=shutil.ignore_patterns("venv", "__pycache__", "PulumiPlugin.yaml"))
    python = install(folder / "venv") / "bin" / "python"
    executable = folder / "pulumi-resource-aws-cisco-vpn"
    executable.write_text(EXECUTABLE.format(python=shlex.quote(str(python)), folder=shlex.quote(str(folder))))
    executable.chmod(0o755)
    return folder


def other_language(home: Path, source: Path, lab: Ends, hosts: Path, **more: str) -> Project:
    """Make a stack whose own environment has nothing of ours: what runs comes from the plugin."""
    variables = {"PATH": os.pathsep.join((str(hosts), os.environ["PATH"])), "VIRTUAL_ENV": ""}
    return project(home, source, lab.aws, variables | more)


def settings(lab: Ends) -> Mapping[str, Any]:
    router = lab.login()
    return {"routerHost": router["host"], "routerPort": router["port"], "routerHostKey": router["host_key"]}


@pytest.fixture
def lab() -> Iterator[Ends]:
    with ends("xe17") as raised:
        yield raised


@pytest.mark.usefixtures("added_plugin")
def test_a_yaml_stack_has_the_same_link(tmp_path: Path, lab: Ends, hosts: Path) -> None:
    stack = other_language(tmp_path / "lab", EXAMPLES / "yaml", lab, hosts)
    before = lab.routers[0].running_config()
    stack.set(settings(lab), {"routerPassword": lab.password})
    stack.up()
    assert [(t["awsState"], t["routerState"]) for t in stack.outputs()["tunnels"]] == [("UP", "UP")] * 2
    move(tmp_path, stack)
    assert stack.preview() == {}, "another place of the plugin is a change"
    assert_nothing_secret_is_written(tmp_path / "lab", lab, stack)
    stack.destroy()
    assert (lab.routers[0].running_config(), lab.aws.inventory()) == (before, ())


def move(folder: Path, stack: Project) -> None:
    """Leave the plugin's place as it is on the next machine: somewhere else."""
    lay_plugin(folder / "elsewhere" / "plugin")
    shutil.rmtree(folder / "plugin")
    settings_file = stack.folder / "Pulumi.yaml"
    settings_file.write_text(settings_file.read_text().replace("../../plugin", "../../elsewhere/plugin"))


def assert_nothing_secret_is_written(home: Path, lab: Ends, stack: Project) -> None:
    said = "".join(stack.said) + state_on_disk(home)
    assert "aws-cisco-vpn:index:VpnLink" in said
    keys = [
        option["PreSharedKey"]
        for connection in client(lab.aws).describe_vpn_connections()["VpnConnections"]
        for option in connection["Options"]["TunnelOptions"]
    ]
    assert len(set(keys)) == 2
    for secret in (lab.password, *keys):
        assert secret not in said


@pytest.mark.usefixtures("added_plugin")
def test_a_typescript_stack_has_the_same_link_with_types(tmp_path: Path, lab: Ends, hosts: Path) -> None:
    stack = other_language(tmp_path / "lab", EXAMPLES / "typescript", lab, hosts)
    before = lab.routers[0].running_config()
    add_typescript_sdk(stack.folder, hosts)
    stack.set(settings(lab), {"routerPassword": lab.password})

    stack.up()  # Pulumi compiles index.ts, under the example's `strict`
    assert stack.outputs()["states"] == ["tunnel1 UP UP", "tunnel2 UP UP"]
    workspace = stack.stack.workspace
    workspace.env_vars = {**workspace.env_vars, "PULUMI_NODEJS_TRANSPILE_ONLY": "true"}  # once is enough
    assert stack.preview() == {}
    assert_nothing_secret_is_written(tmp_path / "lab", lab, stack)
    stack.destroy()
    assert (lab.routers[0].running_config(), lab.aws.inventory()) == (before, ())


def add_typescript_sdk(folder: Path, hosts: Path) -> None:
    """Do what `pulumi package add` does: make the SDK of the plugin's schema, compile it, and link it."""
    (folder.parent / "node_modules").symlink_to(hosts / "node_modules", target_is_directory=True)
    sdk = folder / "sdks" / "aws-cisco-vpn"
    (folder / "node_modules" / "@pulumi").mkdir(parents=True)
    (folder / "node_modules" / "@pulumi" / "aws-cisco-vpn").symlink_to(sdk, target_is_directory=True)
    run([hosts / "sdk", "nodejs", PLUGIN / "schema.json", sdk], folder)
    compiler = hosts / "node_modules" / ".bin"
    run(["node", "scripts/postinstall.js"], sdk, PATH=os.pathsep.join((str(compiler), os.environ["PATH"])))


@pytest.mark.usefixtures("added_plugin")
def test_a_go_stack_has_the_same_link(tmp_path: Path, lab: Ends, hosts: Path) -> None:
    # Compiled as the CLI was: what the program has in common with it, nearly all, is in Go's cache.
    flags = "-trimpath -buildvcs=false -mod=mod"
    stack = other_language(tmp_path / "lab", EXAMPLES / "go", lab, hosts, GOFLAGS=flags)
    add_go_sdk(stack.folder, hosts)
    stack.set(settings(lab), {"routerPassword": lab.password})
    stack.up()
    assert [(t["awsState"], t["routerState"]) for t in stack.outputs()["tunnels"]] == [("UP", "UP")] * 2
    assert_nothing_secret_is_written(tmp_path / "lab", lab, stack)


def add_go_sdk(folder: Path, hosts: Path) -> None:
    """Do what `pulumi package add` does, and pin what the program needs as the CLI's own module does."""
    run([hosts / "sdk", "go", PLUGIN / "schema.json", folder / "sdks" / "aws-cisco-vpn"], folder)
    for name in ("go.mod", "go.sum"):
        shutil.copyfile(CLI_MODULE / name, folder / name)
    sdk = "example.com/pulumi-aws-cisco-vpn/sdk/go"
    edits = ("-module=vpn-in-go", f"-require={sdk}@v0.0.0", f"-replace={sdk}=./sdks/aws-cisco-vpn")
    run(["go", "mod", "edit", *edits], folder)


def run(command: Sequence[str | Path], folder: Path, **variables: str) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, **variables}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_typescript_example_pins_what_the_lab_has() -> None:
    pinned = [
        json.loads((folder / "package.json").read_text())
        for folder in (EXAMPLES / "typescript", ROOT / "lab/engine/node")
    ]
    assert pinned[0]["dependencies"] == pinned[1]["dependencies"]
    assert pinned[0]["devDependencies"] == pinned[1]["devDependencies"]


def test_the_go_example_pins_what_the_lab_has() -> None:
    pins = [
        re.search(r"github.com/pulumi/pulumi/sdk/v3 \S+", (folder / "go.mod").read_text())
        for folder in (EXAMPLES / "go", CLI_MODULE)
    ]
    assert all(pins)
    assert len({pin.group() for pin in pins if pin}) == 1


@pytest.mark.usefixtures("added_plugin")
def test_a_wrong_value_is_refused_in_a_sentence_before_anything_is_made(tmp_path: Path, lab: Ends, hosts: Path) -> None:
    stack = other_language(tmp_path / "lab", EXAMPLES / "yaml", lab, hosts)
    settings_file = stack.folder / "Pulumi.yaml"
    wrong = "bgpAsn: 0\n      tunnel1PresharedKey: { fn::secret: a.key.of.the.test }"
    settings_file.write_text(settings_file.read_text().replace("bgpAsn: 65001", wrong))
    stack.set(settings(lab), {"routerPassword": lab.password})
    with pytest.raises(automation.CommandError) as refused:
        stack.preview()
    said = str(refused.value)
    assert "has a problem: link: bgp_asn is 0, but must be " in said, said
    assert "a.key.of.the.test" not in "".join((said, *stack.said)), "a secret argument is shown with the wrong one"
    assert "Traceback" not in said, said
    assert ".py" not in said, said
