"""The repository's own program on a real engine, a fake AWS and a simulated router, with all they say kept."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi import automation

from lab.aws.server import FakeAws
from lab.engine.environment import pulumi_environment
from lab.engine.stack import LabStack, link_project, make_stack
from lab.router.server import Router

PROJECT = "aws-cisco-vpn"


@dataclass
class StackLab:
    """One stack, its two ends, and everything that was said."""

    stack: LabStack
    aws: FakeAws
    router: Router
    password: str
    said: list[str] = field(default_factory=list)
    events: list[automation.EngineEvent] = field(default_factory=list)

    def set(self, **settings: object) -> None:
        """Set configuration; a list or a dictionary element by element."""
        self.stack.set(settings)

    def set_secret(self, **settings: str) -> None:
        """Set secret configuration."""
        self.stack.set({}, settings)

    def up(self, plan: Path | None = None) -> dict[str, int]:
        """Run an up, held to a saved plan where there is one; return how many resources had which change."""
        result = self.stack.up(
            on_output=self._keep,
            on_event=self.events.append,
            show_secrets=False,
            color="never",
            parallel=8,
            plan=str(plan) if plan else None,
        )
        return changes(dict(result.summary.resource_changes or {}))

    def failing_up(self) -> str:
        """Run an up that must fail; return what it said."""
        before = len(self.said)
        try:
            self.up()
        except automation.CommandError as error:
            self._keep(str(error))
            return "".join(self.said[before:])
        raise AssertionError("the up succeeded")

    def preview(self, plan: Path | None = None) -> tuple[dict[str, int], str]:
        """Run a preview, saving its plan where asked to; return the changes that it foresees, and what it said."""
        before = len(self.said)
        result = self.stack.preview(
            on_output=self._keep, on_event=self.events.append, color="never", plan=str(plan) if plan else None
        )
        return changes(dict(result.change_summary)), "".join(self.said[before:])

    def sessions(self) -> int:
        """Return how many sessions the router has had."""
        return self.router.received.count("terminal length 0")

    def destroy(self) -> None:
        """Run a destroy."""
        self.stack.destroy(on_output=self._keep, on_event=self.events.append, show_secrets=False, color="never")

    def tunnels(self) -> list[dict[str, Any]]:
        """Return the exported tunnels."""
        return list(self.stack.outputs()["tunnels"].value)

    def set_links(self, **links: dict[str, Any]) -> None:
        """Say what the program `LINKS` makes: each link's arguments, whose router is this lab's unless they name another."""
        ours = {"router": self.access(self.router), "router_password": "@config.routerPassword", "check_timeout": 30}
        self.set(links=json.dumps({name: {**ours, **args} for name, args in links.items()}))

    def access(self, router: Router, **more: object) -> dict[str, object]:
        """Return the arguments that say where a router is."""
        return {"host": router.host, "port": router.port, "host_key": router.host_key, "username": "pulumi", **more}

    def links(self) -> dict[str, dict[str, Any]]:
        """Return what the program `LINKS` exported of each link."""
        return dict(self.stack.outputs()["links"].value)

    def _keep(self, text: str) -> None:
        self.said.append(text + "\n")


def changes(summary: dict[Any, int]) -> dict[str, int]:
    """Leave out what stays the same."""
    return {name_of(op): count for op, count in summary.items() if name_of(op) != "same"}


def name_of(operation: Any) -> str:
    """Return an operation's word, whether the SDK gives it as an enumeration or as text."""
    return str(getattr(operation, "value", operation))


LINKS = Path(__file__).parent / "programs" / "links.py"
"""A program of several links, instead of the repository's own."""


@contextmanager
def stack_lab(
    home: Path,
    *,
    release: str = "ios15",
    running_config: str = "",
    program: Path | None = None,
    **settings: object,
) -> Iterator[StackLab]:
    """Raise both ends and make a stack of the guide's example, or of another program, with these settings.

    The router boots `running_config` where one is given.
    """
    password = secrets.token_urlsafe(16)
    project = home / "project"
    link_project(project)
    if program is not None:
        for entry in ("__main__.py", "Pulumi.yaml"):
            (project / entry).unlink()
        (project / "__main__.py").symlink_to(program)
        (project / "Pulumi.yaml").write_text(f"name: {PROJECT}\nruntime: python\n")
    with (
        FakeAws() as aws,
        Router(
            running_config=running_config, release=release, user="pulumi", password=password, exchange=aws.exchange
        ) as router,
    ):
        stack = make_stack("dev", project, pulumi_environment(home) | aws.environment())
        lab = StackLab(stack, aws, router, password)
        if program is None:
            settings = {**_to(router), **settings}
        stack.set({"aws:region": "ap-northeast-1", **settings}, {"routerPassword": password})
        yield lab


def _to(router: Router) -> dict[str, object]:
    """Return the settings that lead the repository's own program to a router."""
    return {
        "routerHost": router.host,
        "routerPort": router.port,
        "routerHostKey": router.host_key,
        "profile": "guide-2015",
        "checkTimeout": 30,
    }
