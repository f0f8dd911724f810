"""The least that a stack on AWS can take: a Python program of one VPC, on the same engine and the same lab."""

import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.process import measure
from lab.engine.environment import TOOLS

_PROJECT = "name: least\nruntime:\n  name: python\n  options:\n    toolchain: pip\n    virtualenv: {prefix}\n"
_PROGRAM = 'import pulumi_aws as aws\n\naws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")\n'


def seconds_without_a_change(folder: Path, environment: Mapping[str, str]) -> float:
    """Return how long an up without a change takes, once the VPC is there."""
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(_PROJECT.format(prefix=sys.prefix))
    (folder / "__main__.py").write_text(_PROGRAM)

    def pulumi(*words: str) -> float:
        command = (str(TOOLS / "pulumi"), *words, "--non-interactive")
        return measure(command, environment=environment, folder=folder).wall

    pulumi("stack", "init", "least")
    pulumi("config", "set", "aws:region", "ap-northeast-1")
    pulumi("up", "--skip-preview", "--yes")
    seconds = pulumi("up", "--skip-preview", "--yes")
    pulumi("destroy", "--skip-preview", "--yes")
    return seconds
