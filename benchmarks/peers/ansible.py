"""Ansible's `cisco.ios.ios_config`, given the router's own form of the lines: its best case."""

import os
from collections.abc import Mapping
from pathlib import Path

from benchmarks.peers.environment import COLLECTIONS, PLAYBOOK
from benchmarks.process import Usage, measure
from benchmarks.router import USER, RouterUnderTest

_INVENTORY = """\
router ansible_host={host} ansible_port={port} ansible_user={user} ansible_connection=ansible.netcommon.network_cli \
ansible_network_os=cisco.ios.ios ansible_network_cli_ssh_type=paramiko
"""
_PLAY = """\
- hosts: router
  gather_facts: false
  tasks:
    - cisco.ios.ios_config:
        src: link.ios
        save_when: modified
"""


def prepare(folder: Path, router: RouterUnderTest, text: str) -> None:
    """Write the inventory, the play and the configuration."""
    (folder / "inventory").write_text(_INVENTORY.format(host=router.host, port=router.port, user=USER))
    (folder / "play.yml").write_text(_PLAY)
    (folder / "link.ios").write_text(text)
    secret = folder / "secret.yml"
    secret.touch(mode=0o600)
    secret.write_text(f"ansible_password: {router.password}\n")


def run(folder: Path) -> Usage:
    """Run the play."""
    command = [str(PLAYBOOK), "-i", "inventory", "-e", "@secret.yml", "play.yml"]
    return measure(command, environment=_environment(folder), folder=folder)


def _environment(folder: Path) -> Mapping[str, str]:
    return {
        **os.environ,
        "HOME": str(folder),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_HOST_KEY_CHECKING": "false",
        "ANSIBLE_DEPRECATION_WARNINGS": "false",
    }
