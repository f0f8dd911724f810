"""The package as a user has it: a virtual environment of its own in which it is installed under its own name."""

import re
import sys
import venv
from pathlib import Path
from typing import Final

from lab.engine.environment import PYTHON, ROOT

_SECTION: Final = re.compile(r"^\[tool\.setuptools\.package-dir\]\n(.*?)\n\n", re.MULTILINE | re.DOTALL)
_PACKAGE: Final = re.compile(r'^"?([\w.]+)"? = "([\w/]+)"$', re.MULTILINE)
_SITE: Final = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"


def package_version() -> str:
    """Return the package's version, from where it is written."""
    found = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert found is not None
    return found.group(1)


def install(folder: Path) -> Path:
    """Make a virtual environment with the package in it, from links instead of a wheel, and return it.

    What the package needs is taken from the environment that the tests run in.
    """
    venv.EnvBuilder(symlinks=True).create(folder)
    site = folder / _SITE
    (site / "tests-own.pth").write_text(f"{PYTHON.parent / _SITE}\n")
    section = _SECTION.search((ROOT / "pyproject.toml").read_text())
    assert section is not None
    for name, source in sorted(_PACKAGE.findall(section.group(1))):
        target = site.joinpath(*name.split("."))
        target.mkdir()
        for entry in (ROOT / source).iterdir():
            if entry.name != "__pycache__":
                (target / entry.name).symlink_to(entry)
    metadata = site / f"aws_cisco_vpn-{package_version()}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.4\nName: aws-cisco-vpn\nVersion: {package_version()}\n")
    return folder
