"""Where the story plays: the fake AWS, the simulated router and an engine whose every file is the lab's own."""

import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pulumi import automation

from lab.aws.server import FakeAws
from lab.engine.environment import INSTALLED, ROOT, pulumi_environment
from lab.router.server import Router

PROJECT = "aws-cisco-vpn"
USER = "pulumi"


@dataclass(frozen=True, slots=True)
class Stage:
    """The running lab and one stack on it."""

    aws: FakeAws
    router: Router
    stack: automation.Stack
    environment: Mapping[str, str]
    password: str

    def set(self, **settings: str) -> None:
        """Set plain configuration."""
        for key, value in settings.items():
            self.stack.set_config(f"{PROJECT}:{key}", automation.ConfigValue(value))

    def set_path(self, path: str, value: str) -> None:
        """Set one element of a structured setting, such as ``onpremCidrs[1]``."""
        self.stack.set_config(f"{PROJECT}:{path}", automation.ConfigValue(value), path=True)

    def set_secret(self, **settings: str) -> None:
        """Set secret configuration."""
        for key, value in settings.items():
            self.stack.set_config(f"{PROJECT}:{key}", automation.ConfigValue(value, secret=True))

    def up(self, tell: Callable[[str], None] | None = None) -> automation.UpResult:
        """Run `pulumi up`; outputs stay masked."""
        return self.stack.up(on_output=tell, show_secrets=False, color="never")

    def tunnels(self) -> list[dict[str, object]]:
        """Return the stack's exported tunnels."""
        return list(self.stack.outputs()["tunnels"].value)


@contextmanager
def stage(name: str, *, release: str = "ios15", routing: str = "bgp") -> Iterator[Stage]:
    """Raise the lab, make a stack of the guide's example on it, and take everything away at the end."""
    home = Path(tempfile.mkdtemp(prefix="aws-cisco-vpn-"))
    password = secrets.token_urlsafe(16)
    try:
        with FakeAws() as aws, Router(release=release, user=USER, password=password, exchange=aws.exchange) as router:
            environment = pulumi_environment(home) | aws.environment()
            yield _stack(name, home, environment, aws, router, password, routing)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _stack(
    name: str,
    home: Path,
    environment: Mapping[str, str],
    aws: FakeAws,
    router: Router,
    password: str,
    routing: str,
) -> Stage:
    # The stack's own settings file would land in the repository: the program runs from a copy of the project's head.
    project = home / "project"
    project.mkdir()
    for entry in ("Pulumi.yaml", "__main__.py", "components", "cisco"):
        (project / entry).symlink_to(ROOT / entry)
    stack = automation.create_or_select_stack(
        name,
        work_dir=str(project),
        opts=automation.LocalWorkspaceOptions(
            env_vars=dict(environment), pulumi_command=automation.PulumiCommand(root=str(INSTALLED))
        ),
    )
    running = Stage(aws, router, stack, environment, password)
    stack.set_config("aws:region", automation.ConfigValue("ap-northeast-1"))
    running.set(
        routerHost=router.host,
        routerPort=str(router.port),
        routerHostKey=router.host_key,
        routerUsername=USER,
        publicIp="203.0.113.100",
        profile="guide-2015",
        routing=routing,
        checkTimeout="30",
    )
    running.set_secret(routerPassword=password)
    return running
