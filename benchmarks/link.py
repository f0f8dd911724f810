"""The whole link, from nothing to nothing: this project beside Terraform and Ansible, on the same lab."""

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.chart import draw
from benchmarks.figures import Figure, compared, ratio, table
from benchmarks.least import seconds_without_a_change
from benchmarks.peers import environment
from benchmarks.peers.terraform import Peers
from benchmarks.process import measure
from benchmarks.router import ROOT, USER, RouterUnderTest
from lab.aws.server import FakeAws
from lab.demo.stage import Stage, stage
from lab.engine.environment import TOOLS
from lab.router.server import Router

OURS, PEERS = "this project", "Terraform + Ansible"
WAITED = f"{OURS}, with the AWS provider's waits"
LEAST = "a Pulumi program of one VPC"
ONE, TWO = ("192.168.10.0/24",), ("192.168.10.0/24", "192.168.20.0/24")
STEPS = ("first up", "no change", "one network more", "destroy")

# What Terraform's AWS provider waits before it first looks whether a thing is there, or gone, whatever AWS takes: 10 s for
# the two gateways, side by side, then 10 s for the connection; in a destroy 10 s for the connection, then 10 s for the VPN
# gateway. The real pulumi-aws is the same code; the lab's stand-in does not wait, so these seconds are added to ours.
_PROVIDER_WAITS = {"first up": 20.0, "destroy": 20.0}


def link_tables(runs: int) -> Iterator[str]:
    """Measure the four steps in turn; yield a table, where it is drawn, and the least that no change can take."""
    environment.make()
    samples: dict[str, dict[str, list[float]]] = {OURS: {}, PEERS: {}}
    least: list[float] = []
    for _ in range(runs):
        for name, live in ((OURS, _ours), (PEERS, _peers)):
            for step, seconds in zip(STEPS, live(), strict=True):
                samples[name].setdefault(step, []).append(seconds)
        least.append(_least())
    ours, peers = ({step: Figure(name, tuple(samples[name][step])) for step in STEPS} for name in (OURS, PEERS))
    waited = {
        step: Figure(WAITED, tuple(seconds + _PROVIDER_WAITS.get(step, 0.0) for seconds in figure.samples))
        for step, figure in ours.items()
    }
    rows = (
        (
            step,
            f"{ours[step].median:.1f} s",
            f"{waited[step].median:.1f} s",
            f"{peers[step].median:.1f} s",
            f"{ratio(waited[step], peers[step]):.2f}",
        )
        for step in STEPS
    )
    yield table(("", OURS, "with the provider's waits", PEERS, "ratio"), rows)
    yield f"Drawn in {draw('link', STEPS, waited, peers).relative_to(ROOT)}"
    unchanged = (ours["no change"], Figure(LEAST, tuple(least)), peers["no change"])
    yield compared({figure.name: figure for figure in unchanged}, to=PEERS)


def _timed(step: Callable[[], object]) -> float:
    began = time.monotonic()
    step()
    return time.monotonic() - began


def _ours() -> Sequence[float]:
    with stage("bench") as stack:
        stack.set(advertise="onprem", gatewayRoutes="true", propagateRoutes="false")
        first = _timed(lambda: _pulumi(stack, "up"))
        again = _timed(lambda: _pulumi(stack, "up"))
        stack.set(onpremCidrs=TWO)
        change = _timed(lambda: _pulumi(stack, "up"))
        return first, again, change, _timed(lambda: _pulumi(stack, "destroy"))


def _pulumi(stack: Stage, verb: str) -> None:
    """Run the CLI as a person does: the Automation API starts it once more, for the history."""
    measure(
        [str(TOOLS / "pulumi"), verb, "--skip-preview", "--yes", "--non-interactive", "--stack", stack.stack.name],
        environment=stack.environment,
        folder=Path(stack.stack.workspace.work_dir),
    )


def _least() -> float:
    with stage("bench") as lab:
        return seconds_without_a_change(Path(lab.stack.workspace.work_dir).with_name("least"), lab.environment)


def _peers() -> Sequence[float]:
    password = secrets.token_urlsafe(12)
    with (
        TemporaryDirectory() as folder,
        FakeAws() as aws,
        Router(release="ios15", user=USER, password=password, exchange=aws.exchange) as router,
    ):
        there = RouterUnderTest(router.host, router.port, router.host_key, password, Path(folder) / "password")
        peers = Peers(Path(folder), aws, there, _mirror())
        peers.prepare()
        first = _timed(lambda: peers.up(ONE))
        again = _timed(lambda: peers.up(ONE))
        change = _timed(lambda: peers.up(TWO))
        return first, again, change, _timed(lambda: peers.destroy(TWO))


def _mirror() -> Path:
    """Find Terraform's AWS provider where its users keep a mirror."""
    named = os.environ.get("LAB_TERRAFORM_MIRROR")
    places = [Path(named)] if named else [Path.home() / ".terraform.d/plugins", *sorted(Path("/opt").glob("*"))]
    for place in places:
        if shutil.which("terraform") and (place / "registry.terraform.io/hashicorp/aws").is_dir():
            return place
    raise FileNotFoundError("Terraform and a mirror of its AWS provider are needed: LAB_TERRAFORM_MIRROR may name it")
