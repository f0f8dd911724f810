"""Steps: what is done is said in one line each, and what is done already is not done again."""

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
TOOLS: Final = ROOT / ".tools"
VENV: Final = ROOT / ".venv"
LOG: Final = TOOLS / "setup.log"
_STAMPS: Final = TOOLS / "stamps"
_BEAT_SECONDS = 60.0


class NeedError(Exception):
    """Something is missing that only the person at the terminal can give; one sentence says what."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to make."""

    name: str
    inputs: tuple[str, ...]
    """What the result depends on: when none of it changed, there is nothing to do."""
    results: tuple[Path, ...]
    """What must be there for the step to count as done."""
    make: Callable[[Callable[[str], None]], str]
    """Make it; called with a function that says what takes long, and says at the end what was taken."""


def digest(parts: Iterable[str]) -> str:
    """One short name for all that a result depends on."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def contents(*paths: Path) -> tuple[str, ...]:
    """Return the text of files that a result depends on."""
    return tuple(path.read_text() for path in paths)


def run_steps(steps: Sequence[Step]) -> None:
    """Do what is not done yet."""
    width = max(len(step.name) for step in steps)
    for number, step in enumerate(steps, 1):
        start = f"[{number}/{len(steps)}] {step.name.ljust(width)}  "
        stamp = _STAMPS / step.name.lower().replace(" ", "-")
        wanted = digest(step.inputs)
        if stamp.exists() and all(path.exists() for path in step.results):
            done, _, what = stamp.read_text().partition("\n")
            if done == wanted:
                _say(f"{start}{what} (there already)")
                continue
        what = step.make(lambda text, start=start: _say(f"{start}{text} …"))  # type: ignore[misc]  # a lambda's default has no type
        _STAMPS.mkdir(parents=True, exist_ok=True)
        stamp.write_text(f"{wanted}\n{what}")
        _say(f"{start}{what}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def run(
    command: Sequence[str | Path],
    failure: str,
    *,
    cwd: Path = ROOT,
    env: dict[str, str] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Run a program; what it prints goes to the log, whose end is shown when it fails.

    Args:
        command: The program and its arguments.
        failure: What to say when it fails.
        cwd: Where to run it.
        env: Its environment, if not ours.
        say: Called every minute, for a program that takes many.
    """
    TOOLS.mkdir(exist_ok=True)
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(map(str, command))}\n")
        log.flush()
        with subprocess.Popen(  # noqa: S603 - the set-up's own commands
            [str(word) for word in command], cwd=cwd, env=env, stdout=log, stderr=subprocess.STDOUT
        ) as process:
            code = _outcome(process, say)
    if code:
        end = "\n".join(LOG.read_text(errors="replace").splitlines()[-15:])
        raise NeedError(f"{end}\n{failure} (all of it: {LOG.relative_to(ROOT)})")


def _outcome(process: "subprocess.Popen[bytes]", say: Callable[[str], None]) -> int:
    minutes = 0
    while True:
        try:
            return process.wait(_BEAT_SECONDS)
        except subprocess.TimeoutExpired:  # noqa: PERF203 - once a minute
            minutes += 1
            say(f"still at it after {minutes} min")
        except KeyboardInterrupt:
            process.kill()
            raise
