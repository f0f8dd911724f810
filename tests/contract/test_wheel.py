"""The package as people have it: built, installed elsewhere, and used by another Pulumi project on a real engine.

Nothing here comes from the repository but what the wheel brings. The environment that it is installed into borrows the
libraries of the one that runs the tests, so that neither a network nor a minute is needed.
"""

import os
import re
import secrets
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pulumi import automation

from lab.aws.server import FakeAws
from lab.engine.environment import INSTALLED, ROOT, TOOLS, pulumi_environment
from lab.router.server import Router
from tests.lab.stack_lab import changes
from tests.unit.aws_documents import DATA, xml

SOURCES = ("components", "cisco", "rollout", "pyproject.toml", "README.md", "LICENSE")
SITE_PACKAGES = sysconfig.get_path("purelib")

PROJECT = """\
name: branch-office
runtime:
  name: python
  options: {toolchain: pip, virtualenv: env}
"""
# Not the repository's stack: static routing, a name and numbers of its own, no guide's profile, its own exports.
PROGRAM = """\
import pulumi
from aws_cisco_vpn import VpnLink, VpnLinkArgs

settings = pulumi.Config()
args: VpnLinkArgs = {
    "public_ip": "203.0.113.100",
    "bgp_asn": 4200000007,
    "routing": "static",
    "onprem_cidrs": ["172.16.0.0/20", "192.168.77.0/24"],
    "vpc_cidr": "10.44.0.0/16",
    "subnet_cidrs": ["10.44.1.0/24", "10.44.2.0/24"],
    "router": {
        "host": settings.require("host"),
        "port": settings.require_int("port"),
        "host_key": settings.require("hostKey"),
        "username": "netops",
        "tunnel_numbers": [71, 72],
        "sla_numbers": [710, 720],
    },
    "router_password": settings.require_secret("password"),
    "check_timeout": 60,
}
branch = VpnLink("osaka", args)
pulumi.export("connection", branch.vpn_connection_id)
pulumi.export("states", branch.tunnels.apply(lambda tunnels: [tunnel["state"] for tunnel in tunnels]))
"""


@dataclass(frozen=True)
class Built:
    wheel: Path
    sdist: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build both; the wheel is made from the unpacked sdist, so that the sdist is whole."""
    folder = tmp_path_factory.mktemp("build")
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, folder / name)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Warning" not in done.stdout + done.stderr, "the build warns"
    (wheel,), (sdist,) = (folder / "dist").glob("*.whl"), (folder / "dist").glob("*.tar.gz")
    return Built(wheel, sdist)


@pytest.fixture(scope="module")
def environment(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a virtual environment that has the libraries, but not the project."""
    return installed(built, tmp_path_factory.mktemp("installed") / "env")


def installed(built: Built, folder: Path) -> Path:
    run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(folder / "bin" / "python")]
    run([*pip, "install", "--no-deps", "--no-index", "--quiet", str(built.wheel)])
    (site_packages,) = folder.glob("lib/python*/site-packages")
    (site_packages / "libraries.pth").write_text(SITE_PACKAGES + "\n")
    return folder


def run(command: list[str], cwd: Path | None = None, code: int = 0) -> str:
    """Run a program that knows nothing of the repository."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(command, cwd=cwd or Path("/"), env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_has_code_templates_types_and_licence_and_nothing_else(built: Built) -> None:
    names = set(zipfile.ZipFile(built.wheel).namelist())
    source = {
        f"aws_cisco_vpn/{'' if package == 'components' else package + '/'}{path.relative_to(ROOT / package)}"
        for package in ("components", "cisco", "rollout")
        for path in (ROOT / package).rglob("*")
        if path.suffix in (".py", ".j2", ".typed")
    }
    packaged = {name for name in names if ".dist-info/" not in name}
    assert packaged == source
    assert any(re.fullmatch(r"aws_cisco_vpn-[\d.]+\.dist-info/licenses/LICENSE", name) for name in names)


def test_the_sdist_has_all_that_the_wheel_is_made_of(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "README.md", "pyproject.toml", "components/py.typed", "cisco/templates/bgp.j2"} <= names


def test_the_installed_agent_renders_as_the_repositorys(environment: Path, tmp_path: Path) -> None:
    python = str(environment / "bin" / "python")
    document = tmp_path / "vpn.xml"
    document.write_text(xml("bgp-vgw.xml"))
    command = [python, "-m", "aws_cisco_vpn.cisco", "render", "--link", "tokyo", "--aws-config", str(document)]
    assert run([*command, "--show-secrets"]) == (DATA / "bgp-vgw.default.ios").read_text()
    assert run([python, "-c", "import aws_cisco_vpn; print(aws_cisco_vpn.__file__)"]).startswith(str(environment))
    run([python, "-c", "import components"], code=1)


def test_the_installed_rollout_reads_a_table(environment: Path, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "sites.csv").write_text(f"site,routerHost,routerHostKey\nosaka,192.0.2.7,SHA256:{'A' * 43}\n")
    command = [str(environment / "bin" / "python"), "-m", "aws_cisco_vpn.rollout", "operator", "sites.csv"]
    said = run([*command, "--repository", "https://github.com/example/vpn", "--branch", "main"], cwd=tmp_path)
    assert "branch-office:routerHost: 192.0.2.7" in said


def test_a_type_checker_sees_the_installed_types(environment: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    # The provider's SDK alone takes a checker a minute: what is asked here is asked of the wheel.
    (tmp_path / "mypy.ini").write_text("[mypy]\n[mypy-pulumi_aws.*,pulumi_command.*]\nfollow_imports = skip\n")
    python = str(environment / "bin" / "python")
    mypy = [sys.executable, "-m", "mypy", "--python-executable", python, "--cache-dir", str(tmp_path / "cache")]
    program.write_text(PROGRAM)
    run([*mypy, "program.py"], cwd=tmp_path)
    program.write_text(PROGRAM.replace('"203.0.113.100"', "7").replace('"check_timeout"', '"timeout"'))
    said = run([*mypy, "program.py"], cwd=tmp_path, code=1)
    assert 'Extra key "timeout"' in said
    assert '"public_ip"' in said


class Branch:
    """The second project in its own folder, with its own environment."""

    def __init__(self, home: Path, folder: Path, environment: Path, aws: FakeAws) -> None:
        folder.mkdir(parents=True)
        (folder / "Pulumi.yaml").write_text(PROJECT)
        (folder / "__main__.py").write_text(PROGRAM)
        (folder / "env").symlink_to(environment, target_is_directory=True)
        settings = pulumi_environment(home) | aws.environment()
        # Neither the tests' environment nor a variable says where the agent is.
        settings["PATH"] = os.pathsep.join((str(TOOLS), f"{environment}/bin", "/usr/local/bin", "/usr/bin", "/bin"))
        settings["VIRTUAL_ENV"] = settings["PYTHONPATH"] = settings["AWS_CISCO_VPN_PYTHON"] = ""
        self.stack = automation.create_or_select_stack(
            "branch",
            work_dir=str(folder),
            opts=automation.LocalWorkspaceOptions(
                env_vars=settings, pulumi_command=automation.PulumiCommand(root=str(INSTALLED))
            ),
        )


@pytest.fixture
def ends() -> Iterator[tuple[FakeAws, Router, str]]:
    password = secrets.token_urlsafe(16)
    with (
        FakeAws() as aws,
        Router(release="xe17", user="netops", password=password, exchange=aws.exchange) as router,
    ):
        yield aws, router, password


def test_another_project_lives_on_the_installed_package_wherever_it_lies(
    built: Built, environment: Path, ends: tuple[FakeAws, Router, str], tmp_path: Path
) -> None:
    aws, router, password = ends
    before = router.running_config()
    one = Branch(tmp_path / "home", tmp_path / "here", environment, aws)
    settings = {"host": router.host, "port": str(router.port), "hostKey": router.host_key, "aws:region": "us-east-2"}
    plain = {key: automation.ConfigValue(value) for key, value in settings.items()}
    one.stack.set_all_config(plain | {"password": automation.ConfigValue(password, secret=True)})
    outputs = one.stack.up(color="never").outputs
    assert outputs["states"].value == ["UP", "UP"]
    assert "interface Tunnel71" in router.running_config()
    assert changes(dict(one.stack.preview(color="never").change_summary)) == {}

    # Another checkout on another machine: another folder, another environment, the same state.
    other = installed(built, tmp_path / "elsewhere" / "python environment")
    two = Branch(tmp_path / "home", tmp_path / "there" / "work", other, aws)
    shutil.copyfile(tmp_path / "here" / "Pulumi.branch.yaml", tmp_path / "there" / "work" / "Pulumi.branch.yaml")
    assert changes(dict(two.stack.preview(color="never").change_summary)) == {}
    state = (tmp_path / "home" / "state" / ".pulumi" / "stacks" / "branch-office" / "branch.json").read_text()
    assert str(tmp_path) not in state, "a path of this machine is in the state"

    two.stack.destroy(color="never")
    assert router.running_config() == before
    assert aws.inventory() == ()
