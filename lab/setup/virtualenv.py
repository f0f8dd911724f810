"""The Python environment in `.venv`, with the pinned packages in it."""

import os
import platform
import sys
from collections.abc import Callable
from typing import Final

from lab.setup.progress import ROOT, VENV, NeedError, Step, contents, run

PYTHON: Final = VENV / "bin" / "python"
_RUNTIME, _DEVELOPMENT = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"


def environment() -> Step:
    """The virtual environment itself."""
    return Step(
        name="Python environment",
        inputs=(sys.version, os.path.realpath(sys.executable)),
        results=(PYTHON, VENV / "bin" / "pip"),
        make=_create,
    )


def _create(say: Callable[[str], None]) -> str:
    try:
        import ensurepip  # noqa: F401 - Debian keeps it in a package of its own
        import venv  # noqa: F401 - the same
    except ImportError:
        raise NeedError(
            "Python's venv module is missing: on Debian and Ubuntu, `apt-get install python3-venv` installs it."
        ) from None
    say("making .venv")
    # Without --clear: packages that are there already stay, and the next step checks them against the pins.
    run([sys.executable, "-m", "venv", VENV], "The virtual environment could not be made.")
    return f"Python {platform.python_version()} in .venv"


def packages() -> Step:
    """The packages that the two requirement files pin."""
    return Step(
        name="Python packages",
        inputs=(sys.version, *contents(_RUNTIME, _DEVELOPMENT)),
        results=(VENV / "bin" / "pytest", VENV / "bin" / "ruff", VENV / "bin" / "mypy"),
        make=_install,
    )


def _install(say: Callable[[str], None]) -> str:
    say("installing the pinned packages (about a minute)")
    run(
        # Python compiles what is imported: all of pulumi-aws beforehand takes as long as the rest of the installation.
        [PYTHON, "-m", "pip", "install", "--no-compile", "--disable-pip-version-check", "-r", _DEVELOPMENT],
        "The Python packages could not be installed: is there a way to PyPI?",
        say=say,
    )
    return "as pinned in requirements.txt and requirements-dev.txt"
