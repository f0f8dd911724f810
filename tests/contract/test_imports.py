"""The walls of the design: who may import what. `components` and `cisco` know nothing of each other."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPONENTS = sorted((ROOT / "components").glob("*.py"))
CISCO = sorted((ROOT / "cisco").rglob("*.py"))
ROLLOUT = sorted((ROOT / "rollout").glob("*.py"))
PULUMI = {"pulumi", "pulumi_aws", "pulumi_command"}
AWS_SDK = {"boto3", "botocore"}
SSH = {"netmiko", "paramiko", "asyncssh", "scp", "fabric"}
# What reads or changes the world outside, or the time; a pure file has none of it.
WORLD = {"os", "sys", "socket", "subprocess", "time", "pathlib", "threading", "random", "secrets", "urllib", "shutil"}
PURE_ROLLOUT = ("tunnels", "cost", "columns", "kubernetes", "board")
PURE_CISCO = (
    "model", "tree", "nvgen", "diff", "verify", "ownership", "plan", "order", "mss",
    *(f"surroundings/{file.stem}" for file in CISCO if file.parent.name == "surroundings"),
)  # fmt: skip
# The only files that may: one talks SSH, one renders templates.
ONLY = {"paramiko": ("transport.py",), "jinja2": ("templating.py",)}


def imported(file: Path) -> Iterator[str]:
    """Yield the top package of every absolute import, wherever in the file it stands."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield str(node.module).partition(".")[0]


def climbs(file: Path) -> list[str]:
    """Return the relative imports that leave the package."""
    depth = len(file.relative_to(ROOT).parts) - 1
    return [
        str(node.module)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and node.level > depth
    ]


def loaded_by(statement: str) -> set[str]:
    """Return the top packages that a fresh interpreter has loaded after a statement."""
    script = (
        f"{statement}\nimport json, sys\nprint(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("file", COMPONENTS, ids=lambda file: file.name)
def test_components_know_no_router_no_ssh_and_no_aws_sdk(file: Path) -> None:
    assert not set(imported(file)) & (AWS_SDK | SSH | {"cisco", "components", "aws_cisco_vpn", "lab", "jinja2"})
    assert climbs(file) == []


@pytest.mark.parametrize(
    "file", [f for f in COMPONENTS if f.name.startswith("_") and f.name != "__init__.py"], ids=lambda f: f.name
)
def test_a_decision_is_pure(file: Path) -> None:
    allowed = {"sys"} if file.name == "_typed.py" else set()  # asks for Python's version
    assert not set(imported(file)) & (PULUMI | (WORLD - allowed))


@pytest.mark.parametrize("file", COMPONENTS, ids=lambda file: file.name)
def test_components_keep_their_annotations_and_read_no_configuration(file: Path) -> None:
    text = file.read_text()
    assert "from __future__ import annotations" not in text, "Pulumi's analyser could not read the arguments"
    assert "pulumi.Config" not in text, "configuration is the program's: a component has arguments"


def test_the_architecture_page_has_a_place_for_every_file_of_the_agent() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text().partition("## Inside `cisco/`")[2].partition("\n## ")[0]
    assert set(re.findall(r"`(\w+\.py)`", page)) == {file.name for file in CISCO} - {"__init__.py"}


@pytest.mark.parametrize("file", CISCO, ids=lambda file: file.name)
def test_the_agent_knows_no_pulumi_and_no_aws_sdk(file: Path) -> None:
    assert not set(imported(file)) & (PULUMI | AWS_SDK | {"cisco", "components", "aws_cisco_vpn", "lab"})
    assert climbs(file) == []


@pytest.mark.parametrize("file", CISCO, ids=lambda file: file.name)
def test_only_the_named_files_import_the_ssh_library_and_the_templates(file: Path) -> None:
    for library, only in ONLY.items():
        assert library not in set(imported(file)) or file.name in only
    assert not set(imported(file)) & SSH or file.name in ONLY["paramiko"]


@pytest.mark.parametrize("name", PURE_CISCO)
def test_a_pure_file_of_the_agent_has_no_world(name: str) -> None:
    assert not set(imported(ROOT / "cisco" / f"{name}.py")) & WORLD


@pytest.mark.parametrize("file", ROLLOUT, ids=lambda file: file.name)
def test_the_rollout_knows_the_engine_but_neither_components_nor_agent(file: Path) -> None:
    assert not set(imported(file)) & (AWS_SDK | SSH | (PULUMI - {"pulumi"}))
    assert not set(imported(file)) & {"cisco", "components", "rollout", "aws_cisco_vpn", "lab", "jinja2"}
    assert "pulumi" not in set(imported(file)) or file.name == "stack.py"
    assert climbs(file) == []


@pytest.mark.parametrize("name", PURE_ROLLOUT)
def test_a_decision_of_the_rollout_has_no_world(name: str) -> None:
    # The table of progress asks how big the terminal is and what time it is.
    allowed = {"shutil", "time", "threading"} if name == "board" else set()
    assert not set(imported(ROOT / "rollout" / f"{name}.py")) & (WORLD - allowed)


def test_the_agent_starts_without_what_it_may_not_need() -> None:
    assert not loaded_by("import cisco.command_line") & (SSH | PULUMI | AWS_SDK | {"jinja2"})


def test_the_package_is_imported_without_pulumi() -> None:
    """The agent is installed inside it: starting the agent imports the package first."""
    assert not loaded_by("import components") & (PULUMI | SSH | {"grpc"})


def test_the_import_of_the_sdks_leaves_the_collector_as_it_was_and_nothing_for_it_to_look_through() -> None:
    program = (
        "import gc\n"
        "from components import VpnLink\n"
        "assert gc.isenabled() and gc.get_freeze_count() > 50_000\n"
        "gc.disable()\n"
        "from components import TunnelState\n"
        "assert not gc.isenabled()"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_a_link_does_not_load_the_sdk_s_part_for_transit_gateways() -> None:
    program = (
        "import sys; from components import VpnLink; assert 'pulumi_aws.ec2transitgateway.route' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_every_exported_name_is_there_and_in_order() -> None:
    import components

    assert list(components.__all__) == sorted(components.__all__)
    for name in components.__all__:
        assert getattr(components, name).__name__ == name
    assert not hasattr(components, "Helper")
