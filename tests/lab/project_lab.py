"""A project of a user's own on the lab: its folder is copied, its stack made, and both ends stand ready."""

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.aws.server import FakeAws
from lab.engine.environment import pulumi_environment
from lab.engine.stack import LabStack, make_stack
from lab.router.default_config import default_running_config
from lab.router.release import RELEASES
from lab.router.server import Router
from tests.lab.stack_lab import changes

NOT_COPIED = shutil.ignore_patterns(".venv", "venv", "node_modules", "sdks", "Pulumi.*.yaml", "__pycache__")
PARALLEL = 8
USER = "pulumi"
PUBLIC_IPS = ("203.0.113.100", "203.0.113.200")
"""The routers' addresses: the guide's, which the lab's router has by itself, and its neighbour's."""


@dataclass
class Ends:
    """The fake AWS, routers that share its exchange, and the password to all of them."""

    aws: FakeAws
    routers: Sequence[Router]
    password: str

    def login(self, number: int = 0) -> dict[str, object]:
        """Return how to log in to a router, as a project's settings say it."""
        router = self.routers[number]
        return {"host": router.host, "port": router.port, "username": USER, "host_key": router.host_key}


@contextmanager
def ends(*releases: str) -> Iterator[Ends]:
    """Raise the fake AWS and a router of each release."""
    password = secrets.token_urlsafe(16)
    with ExitStack() as stack:
        aws = stack.enter_context(FakeAws())
        routers = [
            stack.enter_context(
                Router(
                    running_config=default_running_config(RELEASES[release], USER).replace(PUBLIC_IPS[0], public_ip),
                    release=release,
                    user=USER,
                    password=password,
                    exchange=aws.exchange,
                    name=public_ip,
                )
            )
            for release, public_ip in zip(releases, PUBLIC_IPS, strict=False)
        ]
        yield Ends(aws, routers, password)


@dataclass
class Project:
    """One stack of a project, and all that was said."""

    stack: LabStack
    folder: Path
    said: list[str] = field(default_factory=list)

    def set(self, settings: Mapping[str, Any], secrets: Mapping[str, str] | None = None) -> None:
        """Set configuration; what is nested by its path."""
        self.stack.set(settings, secrets)

    def up(self) -> dict[str, int]:
        """Run an up; return how many resources had which change."""
        done = self.stack.up(on_output=self._keep, show_secrets=False, color="never", parallel=PARALLEL)
        return changes(dict(done.summary.resource_changes or {}))

    def preview(self) -> dict[str, int]:
        """Run a preview; return the changes that it foresees."""
        return changes(dict(self.stack.preview(on_output=self._keep, color="never").change_summary))

    def destroy(self) -> None:
        """Run a destroy."""
        self.stack.destroy(on_output=self._keep, show_secrets=False, color="never", parallel=PARALLEL)

    def outputs(self) -> dict[str, Any]:
        """Return the exported values."""
        return {name: output.value for name, output in self.stack.outputs().items()}

    def _keep(self, text: str) -> None:
        self.said.append(text + "\n")


def project(home: Path, source: Path, aws: FakeAws, variables: Mapping[str, str]) -> Project:
    """Copy a project beside a Pulumi home of its own, and make a stack of it.

    Args:
        home: Where everything goes.
        source: The project.
        aws: The fake AWS.
        variables: What the project's user has in the environment.
    """
    folder = home / "project"
    shutil.copytree(source, folder, ignore=NOT_COPIED)
    environment = {**pulumi_environment(home), **aws.environment(), **variables}
    return Project(make_stack("dev", folder, environment), folder)


def python_project(home: Path, source: Path, virtualenv: Path, aws: FakeAws) -> Project:
    """Make a stack of a project in Python that has this virtual environment as its `.venv`."""
    variables = {"PATH": os.pathsep.join((str(virtualenv / "bin"), os.environ["PATH"])), "VIRTUAL_ENV": str(virtualenv)}
    made = project(home, source, aws, variables)
    (made.folder / ".venv").symlink_to(virtualenv, target_is_directory=True)
    return made


def state_on_disk(home: Path) -> str:
    """Return everything that the engine has written of the stacks, as it lies on the disk."""
    return "".join(
        (Path(folder) / name).read_text(errors="replace")
        for folder, _, names in os.walk(home / "state")
        for name in names
    )
