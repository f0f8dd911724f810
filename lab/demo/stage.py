"""Where the story plays: the fake AWS, the simulated router and an engine whose every file is the lab's own."""

import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi import automation

from lab.aws.server import FakeAws
from lab.engine.environment import pulumi_environment
from lab.engine.stack import LabStack, link_project, make_stack
from lab.router.server import Router

if TYPE_CHECKING:
    from lab.wire.wire import Wire  # needs Linux's namespaces: imported only where it is asked for

USER = "pulumi"


@dataclass(frozen=True, slots=True)
class Stage:
    """The running lab and one stack on it."""

    aws: FakeAws
    router: Router
    stack: LabStack
    environment: Mapping[str, str]
    password: str
    wire: "Wire | None" = None

    def set(self, **settings: object) -> None:
        """Set plain configuration."""
        self.stack.set(settings)

    def up(self, tell: Callable[[str], None] | None = None) -> automation.UpResult:
        """Run `pulumi up`; outputs stay masked."""
        return self.stack.up(on_output=tell, show_secrets=False, color="never")

    def tunnels(self) -> list[dict[str, object]]:
        """Return the stack's exported tunnels."""
        return list(self.stack.outputs()["tunnels"].value)


@contextmanager
def stage(name: str, *, release: str = "ios15", routing: str = "bgp", is_on_wire: bool = False) -> Iterator[Stage]:
    """Raise the lab, make a stack of the guide's example on it, and take everything away at the end."""
    home = Path(tempfile.mkdtemp(prefix="aws-cisco-vpn-"))
    password = secrets.token_urlsafe(16)
    try:
        with _parts(is_on_wire=is_on_wire, release=release, user=USER, password=password) as (aws, router, wire):
            environment = pulumi_environment(home) | aws.environment()
            running = Stage(aws, router, _stack(name, home, environment), environment, password, wire)
            _configure(running, routing)
            yield running
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _parts(*, is_on_wire: bool, **router: str) -> "Iterator[tuple[FakeAws, Router, Wire | None]]":
    """Run the fake AWS and the router; on the wire, real daemons carry what they are told."""
    if is_on_wire:
        from lab.wire.bed import Bed

        with Bed(**router) as bed:
            yield bed.aws, bed.router, bed.wire
        return
    with FakeAws() as aws, Router(exchange=aws.exchange, **router) as running:  # type: ignore[arg-type]  # texts only
        yield aws, running, None


def _stack(name: str, home: Path, environment: Mapping[str, str]) -> LabStack:
    link_project(home / "project")
    return make_stack(name, home / "project", environment)


def _configure(running: Stage, routing: str) -> None:
    router = running.router
    running.stack.set(
        {
            "aws:region": "ap-northeast-1",
            "routerHost": router.host,
            "routerPort": router.port,
            "routerHostKey": router.host_key,
            "routerUsername": USER,
            "publicIp": "203.0.113.100",
            "profile": "guide-2015",
            "routing": routing,
            "checkTimeout": 30 if running.wire is None else 120,
        },
        {"routerPassword": running.password},
    )
