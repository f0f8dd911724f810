"""NAPALM's merge, given the router's own form of the lines: copied over, compared by the router, and committed."""

import json
from pathlib import Path

from benchmarks.peers.environment import PYTHON
from benchmarks.process import Usage, measure
from benchmarks.router import USER, RouterUnderTest

_PROGRAM = '''\
"""What NAPALM's own documentation shows, and nothing more."""
import json

from napalm import get_network_driver

given = json.load(open("router.json"))
driver = get_network_driver("ios")
with driver(given["host"], given["username"], given["password"], optional_args={"port": given["port"]}) as device:
    device.load_merge_candidate(filename="link.ios")
    if device.compare_config():
        device.commit_config(revert_in=300)
        device.confirm_commit()
    else:
        device.discard_config()
'''


def prepare(folder: Path, router: RouterUnderTest, text: str) -> None:
    """Write the program and what it reads."""
    (folder / "merge.py").write_text(_PROGRAM)
    (folder / "link.ios").write_text(f"{text}end\n")
    secret = folder / "router.json"
    secret.touch(mode=0o600)
    secret.write_text(
        json.dumps({"host": router.host, "port": router.port, "username": USER, "password": router.password})
    )


def run(folder: Path) -> Usage:
    """Run the program."""
    return measure([str(PYTHON), "merge.py"], folder=folder)
