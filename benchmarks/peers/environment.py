"""The peers' own environment: made once, in the folder of the set-up."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from lab.setup.progress import TOOLS, Step, contents, run_steps

PEERS: Final = TOOLS / "peers"
PYTHON: Final = PEERS / "venv" / "bin" / "python"
PLAYBOOK: Final = PEERS / "venv" / "bin" / "ansible-playbook"
COLLECTIONS: Final = PEERS / "collections"
_REQUIREMENTS: Final = Path(__file__).with_name("requirements.txt")
_ANSIBLE: Final = "ansible==12.3.0"
"""The package that brings the collections; of its eighty or so these are used."""
_NEEDED: Final = tuple(f"ansible_collections/{name}/" for name in ("cisco/ios", "ansible/netcommon", "ansible/utils"))


def make() -> None:
    """Install the peers, unless they are there."""
    run_steps(
        [
            Step(
                name="Peers",
                inputs=(*contents(_REQUIREMENTS), _ANSIBLE, *_NEEDED),
                results=(PYTHON, PLAYBOOK, COLLECTIONS),
                make=_make,
            )
        ]
    )


def _make(say: Callable[[str], None]) -> str:
    say("installing Ansible and NAPALM (some minutes)")
    _run(sys.executable, "-m", "venv", "--clear", str(PEERS / "venv"))
    _run(str(PYTHON), "-m", "pip", "install", "-q", "-r", str(_REQUIREMENTS))
    with TemporaryDirectory() as folder:
        _run(str(PYTHON), "-m", "pip", "download", "-q", "--no-deps", "-d", folder, _ANSIBLE)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            wheel.extractall(COLLECTIONS, [n for n in wheel.namelist() if n.startswith(_NEEDED)])
    return f"{_ANSIBLE.replace('==', ' ')} with cisco.ios, NAPALM, in an environment of their own"


def _run(*command: str) -> None:
    subprocess.run(command, check=True)  # noqa: S603 - pip, with our own pins
