"""Many routers in one stack: what one more costs, on a real engine."""

import json
import os
import resource
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pulumi import automation

from benchmarks.figures import table
from benchmarks.guide import DOCUMENT, WAN
from benchmarks.memory import PeakMemory
from benchmarks.router import ROOT, USER
from lab.engine.environment import INSTALLED, pulumi_environment

_COUNTS = (1, 10, 100)
_PROGRAM = """\
import json, os
from components import IosCustomerGateway

for number, port in enumerate(json.loads(os.environ["PORTS"])):
    IosCustomerGateway(f"router{number}", {
        "handout": os.environ["HANDOUT"],
        "link_name": f"router{number}",
        "router": {
            "host": "127.0.0.1", "port": port, "username": os.environ["LOGIN"], "host_key": os.environ["HOST_KEY"],
            "wan_interface": os.environ["WAN"],
        },
    })
"""


def stack_tables(_runs: int) -> Iterator[str]:
    """Bring up stacks of 1, 10 and 100 routers, and again without a change; once each, for they take minutes."""
    rows = []
    for count in _COUNTS:
        with _stack(count) as (stack, routers):
            first, second = _measured(stack, routers), _measured(stack, routers)
            stack.destroy(on_output=None)
        rows.append((str(count), *first.cells(count), *second.cells(count)))
    of_one = ("a router", "CPU a router", "memory", "a router")
    head = ("routers", "up", *of_one, "again", *of_one)
    yield f"**One stack**, all routers on loopback, parallel as Pulumi decides\n\n{table(head, rows)}"


@dataclass(frozen=True, slots=True)
class _Measured:
    """One `up`: seconds of the clock and of the processors, and the memory at its peak; engine and agents together."""

    wall: float
    cpu: float
    mebibytes: float

    def cells(self, count: int) -> tuple[str, ...]:
        return (
            f"{self.wall:.1f} s",
            f"{self.wall / count:.2f} s",
            f"{self.cpu / count:.2f} s",
            f"{self.mebibytes:.0f} MiB",
            f"{self.mebibytes / count:.0f} MiB",
        )


def _measured(stack: automation.Stack, routers: int) -> _Measured:
    before, began = _children_cpu(), time.monotonic()
    with PeakMemory(but=routers) as memory:
        stack.up(show_secrets=False)
    return _Measured(time.monotonic() - began, _children_cpu() - before, memory.mebibytes)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def _stack(count: int) -> Iterator[tuple[automation.Stack, int]]:
    """Yield the stack, and the process in which its routers are."""
    with _routers(count) as (routers, password), TemporaryDirectory() as name:
        home = Path(name)
        project = home / "project"
        project.mkdir()
        (project / "__main__.py").write_text(_PROGRAM)
        for folder in ("components", "cisco"):
            (project / folder).symlink_to(ROOT / folder)
        handout = {"customer_gateway_configuration": DOCUMENT.read_text(), "vpc_cidrs": ["10.0.0.0/16"]}
        environment = pulumi_environment(home) | {
            "PORTS": json.dumps(routers["ports"]),
            "HOST_KEY": routers["host_key"],
            "HANDOUT": json.dumps(handout),
            "LOGIN": USER,
            "WAN": WAN,
            "IOS_PASSWORD": password,
        }
        settings = automation.ProjectSettings(name="routers", runtime="python")
        stack = automation.create_stack(
            "bench",
            work_dir=str(project),
            opts=automation.LocalWorkspaceOptions(
                project_settings=settings,
                env_vars=environment,
                pulumi_command=automation.PulumiCommand(root=str(INSTALLED)),
            ),
        )
        yield stack, routers["pid"]


@contextmanager
def _routers(count: int) -> Iterator[tuple[dict[str, Any], str]]:
    password = secrets.token_urlsafe(12)
    process = subprocess.Popen(  # noqa: S603 - this project's own simulator
        [sys.executable, "-m", "benchmarks.many_routers", str(count), USER],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the routers have no pipes")
    process.stdin.write(f"{password}\n")
    process.stdin.flush()
    try:
        yield json.loads(process.stdout.readline()) | {"pid": process.pid}, password
    finally:
        process.stdin.close()
        process.wait(60)
