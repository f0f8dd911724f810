"""`python -m rollout` as a user runs it: a process of its own, on a real engine, a fake AWS and simulated routers."""

import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml  # type: ignore[import-untyped]  # PyYAML has no type hints
from typing_extensions import Self

from lab.aws.server import FakeAws
from lab.engine.environment import ROOT, TOOLS, pulumi_environment
from lab.engine.stack import link_project
from lab.router.default_config import default_running_config
from lab.router.release import RELEASES
from lab.router.server import Router

WAN = "203.0.113.100"
_SAMPLE_SECONDS = 0.01


@dataclass
class RolloutLab:
    """The ends, a project's folder, and everything that was said."""

    aws: FakeAws
    routers: Sequence[Router]
    project: Path
    environment: Mapping[str, str]
    password: str
    said: list[str] = field(default_factory=list)

    def rollout(self, *words: str, code: int = 0, environment: Mapping[str, str] | None = None) -> str:
        """Run a command to its end, which must be this; return what it said."""
        done = subprocess.run(
            self._command(words),
            cwd=ROOT,
            env={**self.environment, **(environment or {})},
            capture_output=True,
            text=True,
        )
        self.said.append(done.stdout + done.stderr)
        assert done.returncode == code, self.said[-1]
        return self.said[-1]

    def rollout_killed_at(self, line: str, *words: str) -> str:
        """Run a command until it says so, and kill it and the engine at once; return what it had said."""
        return self._struck_at(line, words, signal.SIGKILL)

    def rollout_interrupted_at(self, line: str, *words: str, environment: Mapping[str, str]) -> str:
        """Run a command until it says so, interrupt it and the engine as Ctrl-C does, and return all that it said."""
        return self._struck_at(line, words, signal.SIGINT, environment)

    def _struck_at(
        self, line: str, words: Sequence[str], by: signal.Signals, environment: Mapping[str, str] | None = None
    ) -> str:
        heard = []
        is_struck = False
        with subprocess.Popen(
            self._command(words),
            cwd=ROOT,
            env={**self.environment, **(environment or {})},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as child:
            assert child.stdout is not None
            for said in child.stdout:
                heard.append(said)
                if line in said and not is_struck:
                    os.killpg(child.pid, by)
                    is_struck = True
        self.said += heard
        assert is_struck, "".join(heard)
        return "".join(heard)

    def pulumi(self, *words: str, value: str | None = None) -> str:
        """Run the engine's own command line."""
        done = subprocess.run(
            [str(TOOLS / "pulumi"), *words, "--non-interactive"],
            cwd=self.project,
            env=self.environment,
            input=value,
            capture_output=True,
            text=True,
        )
        self.said.append(done.stdout + done.stderr)
        assert done.returncode == 0, self.said[-1]
        return done.stdout

    def settings(self, stack: str) -> dict[str, object]:
        """Return a stack's settings, secrets left out."""
        config = yaml.safe_load(self.file(stack).read_text())["config"]
        return {key.removeprefix("aws-cisco-vpn:"): v for key, v in config.items() if not isinstance(v, dict)}

    def file(self, stack: str) -> Path:
        """Return where a stack's settings are."""
        return self.project / f"Pulumi.{stack}.yaml"

    def keys(self) -> set[str]:
        """Return the pre-shared keys that AWS has now."""
        return {str(end.preshared_key) for end in self.aws.exchange.tunnels()}

    def up(self) -> list[bool]:
        """Return of each of AWS's tunnels whether it is UP now."""
        exchange = self.aws.exchange
        return [exchange.outcome_at(end).is_up for end in exchange.tunnels()]

    @staticmethod
    def _command(words: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "rollout", *words]


class Watch:
    """Looks at AWS's tunnels all the time, and keeps what it saw; the only link there is."""

    def __init__(self, lab: RolloutLab) -> None:
        self._lab = lab
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.seen: list[tuple[bool, ...]] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_over.set()
        self._thread.join()

    @property
    def was_down(self) -> bool:
        """Whether both tunnels were down at any look."""
        return (False, False) in self.seen

    @property
    def moments(self) -> list[tuple[bool, ...]]:
        """What was seen, each state once until it changed."""
        return [now for before, now in zip([None, *self.seen], self.seen, strict=False) if now != before]

    def _look(self) -> None:
        while not self._is_over.wait(_SAMPLE_SECONDS):
            self.seen.append(tuple(self._lab.up()))


@contextmanager
def rollout_lab(home: Path, *releases: str, backend: str | None = None) -> Iterator[RolloutLab]:
    """Raise the ends, a router for each release, and make the project's folder."""
    password = secrets.token_urlsafe(16)
    project = home / "project"
    link_project(project)
    with FakeAws() as aws:
        routers = [_router(aws, number, release, password) for number, release in enumerate(releases)]
        for router in routers:
            router.start()
        try:
            environment = pulumi_environment(home) | aws.environment()
            if backend:
                environment["PULUMI_BACKEND_URL"] = backend.format(endpoint=f"127.0.0.1:{aws.port}")
            yield RolloutLab(aws, routers, project, environment, password)
        finally:
            for router in routers:
                router.stop()


def _router(aws: FakeAws, number: int, release: str, password: str) -> Router:
    config = default_running_config(RELEASES[release], "pulumi").replace(WAN, address(number))
    return Router(
        running_config=config,
        release=release,
        user="pulumi",
        password=password,
        exchange=aws.exchange,
        name=f"router{number}",
    )


def address(number: int) -> str:
    """Return a router's public address."""
    return f"203.0.113.{100 + number}"
