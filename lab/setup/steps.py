"""The steps of the set-up, in order."""

import sys

from lab.setup import engine, plugins, virtualenv
from lab.setup.progress import Step, run_steps


def steps() -> tuple[Step, ...]:
    """List what is to be made."""
    return (virtualenv.environment(), virtualenv.packages(), engine.step(), plugins.step())


def run() -> None:
    """Make everything that is not there yet."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # standard output is a text stream
    run_steps(steps())
