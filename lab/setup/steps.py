"""The steps of the set-up, in order."""

import sys

from lab.setup import engine, languages, plugins, virtualenv
from lab.setup.progress import Step, run_steps


def steps() -> tuple[Step, ...]:
    """List what is to be made: first what may be missing on the machine, so that it is said at once."""
    return (virtualenv.environment(), engine.step(), virtualenv.packages(), plugins.step())


def run(*, with_languages: bool = False) -> None:
    """Make everything that is not there yet; what only stacks in other languages need, when asked for."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # standard output is a text stream
    run_steps((*steps(), *(languages.steps() if with_languages else ())))
