"""What a site was brought to: one word for its settings and the program, kept by the engine with each update.

So a run knows what the last one has done from the stack alone, on whichever machine that was.
"""

import hashlib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from .project import Project

_DISTRIBUTION = "aws-cisco-vpn"
# The project's own program; in this project's repository the components and the agent are beside it.
_PROGRAM = (
    "Pulumi.yaml",
    "*.py",
    "requirements.txt",
    "pyproject.toml",
    "components/*.py",
    "cisco/**/*.py",
    "cisco/templates/*",
)


def program_fingerprint(project: Project) -> str:
    """Return one for the program: its own files, and the release of the package where that is installed."""
    digest = hashlib.sha256()
    for file in _files(project.folder):
        digest.update(f"{file.relative_to(project.folder)}\0".encode() + file.read_bytes() + b"\0")
    try:
        digest.update(metadata.version(_DISTRIBUTION).encode())
    except metadata.PackageNotFoundError:
        digest.update(b"not installed")
    return digest.hexdigest()


def site_fingerprint(project: Project, site: str, program: str) -> str:
    """Return one for a site: the program's and its settings file, in which a secret is encrypted."""
    file = project.settings_file(site)
    content = file.read_bytes() if file.exists() else b""
    return hashlib.sha256(program.encode() + b"\0" + content).hexdigest()[:16]


def _files(folder: Path) -> Iterable[Path]:
    found = {file for pattern in _PROGRAM for file in folder.glob(pattern) if file.is_file()}
    return sorted(found)
