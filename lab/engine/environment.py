"""The environment in which the lab and the tests run Pulumi: nothing of the user's own is read or changed."""

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
INSTALLED: Final = ROOT / ".tools"
"""What `make setup` installs; `pulumi.automation.PulumiCommand(root=str(INSTALLED))` finds the CLI in it."""
TOOLS: Final = INSTALLED / "bin"
PYTHON: Final = ROOT / ".venv" / "bin"
PLUGINS: Final = INSTALLED / "plugins"

PASSPHRASE: Final = "the-lab-keeps-no-secret-worth-stealing"  # noqa: S105 - a stack of the lab, on this machine only


def pulumi_environment(home: Path) -> dict[str, str]:
    """Return the environment of a Pulumi that keeps everything under `home`.

    The tools of `make setup` come first on the PATH, so that the engine finds its language host and the stack's
    virtual environment; state is kept in files, encrypted with the lab's own passphrase.
    """
    backend = home / "state"
    backend.mkdir(parents=True, exist_ok=True)
    _share_plugins(home)
    # The agent, the program and the plugins are started at every turn: what they are compiled to is to be kept.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        **inherited,
        "PATH": os.pathsep.join((str(TOOLS), str(PYTHON), os.environ.get("PATH", ""))),
        "VIRTUAL_ENV": str(PYTHON.parent),
        "PULUMI_HOME": str(home),
        "PULUMI_BACKEND_URL": backend.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


def _share_plugins(home: Path) -> None:
    """Make every home see the one set of plugins that `make setup` installed."""
    plugins = home / "plugins"
    if not plugins.exists():
        home.mkdir(parents=True, exist_ok=True)
        plugins.symlink_to(PLUGINS, target_is_directory=True)
