"""Terraform for AWS and Ansible for the router, joined by a script, as people do it today; nothing looks for UP."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from benchmarks.guide import WAN, as_shown
from benchmarks.peers import ansible
from benchmarks.process import measure
from benchmarks.router import RouterUnderTest
from cisco.aws import intent_from_aws
from cisco.model import Intent
from cisco.request import RouterSettings
from lab.aws.server import FakeAws

_MAIN = Path(__file__).with_name("main.tf")
_REMOVAL = """\
- hosts: router
  gather_facts: false
  tasks:
    - cisco.ios.ios_config:
        src: remove.ios
    - cisco.ios.ios_config:
        save_when: always
        src: held.ios
      register: removed
      until: removed is succeeded
      retries: 30
      delay: 5
"""


@dataclass(frozen=True, slots=True)
class Peers:
    """One working folder. `mirror` has the AWS provider, as `terraform providers mirror` lays it."""

    folder: Path
    aws: FakeAws
    router: RouterUnderTest
    mirror: Path

    def prepare(self) -> None:
        """Initialise, which nobody measures."""
        shutil.copy(_MAIN, self.folder)
        (self.folder / "terraform.rc").write_text(
            f'provider_installation {{\n  filesystem_mirror {{ path = "{self.mirror}" }}\n}}\n'
        )
        measure(["terraform", "init"], environment=self._environment, folder=self.folder)

    def up(self, onprem: Sequence[str]) -> None:
        """Apply on both sides."""
        self._terraform("apply", onprem)
        ansible.prepare(self.folder, self.router, as_shown(self._intent(onprem)))
        ansible.run(self.folder)

    def destroy(self, onprem: Sequence[str]) -> None:
        """Take both sides away, the router's in the order that IOS asks for."""
        link = self._intent(onprem)
        names = [f"{link.connection_id}-{tunnel.index}" for tunnel in link.tunnels]
        lines = ["no router bgp 65001", *(f"no interface Tunnel{tunnel.number}" for tunnel in link.tunnels)]
        lines += [f"no crypto ipsec profile ipsec-{name}" for name in names]
        lines += [f"no crypto ipsec transform-set ipsec-prop-{name}" for name in names]
        held = [f"no crypto isakmp profile isakmp-{name}" for name in names]
        held += [f"no crypto keyring keyring-{name}" for name in names]
        held += [f"no crypto isakmp policy {number}" for number in link.policies]
        (self.folder / "remove.ios").write_text("\n".join(lines) + "\n")
        (self.folder / "held.ios").write_text("\n".join(held) + "\n")
        (self.folder / "play.yml").write_text(_REMOVAL)
        ansible.run(self.folder)
        self._terraform("destroy", onprem)

    def _terraform(self, verb: str, onprem: Sequence[str]) -> None:
        command = ["terraform", verb, "-auto-approve", "-no-color", f"-var=onprem={json.dumps(list(onprem))}"]
        measure(command, environment=self._environment, folder=self.folder)

    def _intent(self, onprem: Sequence[str]) -> Intent:
        """Return what the script between the two tools makes of Terraform's output, at no cost to them."""
        xml = subprocess.run(
            ["terraform", "output", "-raw", "xml"],  # noqa: S607 - whichever Terraform the user has
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        settings = RouterSettings(wan_interface=WAN, advertise=tuple(IPv4Network(network) for network in onprem))
        return intent_from_aws({"customer_gateway_configuration": xml}, settings, "link")

    @property
    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.aws.environment(),
            "HOME": str(self.folder),
            "TF_CLI_CONFIG_FILE": str(self.folder / "terraform.rc"),
            "CHECKPOINT_DISABLE": "1",
        }
