"""The stack's program and its settings: what is declared is read, what is read is declared."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml  # type: ignore[import-untyped]  # PyYAML has no type hints
from pulumi.runtime.stack import wait_for_rpcs

from tests.unit.recorded import Recorder, program

ROOT = Path(__file__).resolve().parents[2]
PROJECT = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
STACKS = ("dev", "static")
NEEDED = {"routerHost": "192.0.2.10", "routerHostKey": "SHA256:" + "A" * 43}
VERIFIED = {
    "up": True,
    "tunnels": [{"name": f"Tunnel{n}", "aws_outside": f"198.51.100.{n}", "state": "UP"} for n in (1, 2)],
}
ANSWERS = {
    "check": json.dumps({"generation": 1, "in_sync": True, "diff": "", "unreachable": None}) + "\n\nexit 0",
    "verify": json.dumps(VERIFIED) + "\n\nexit 0",
}


def settings(stack: str, **more: Any) -> dict[str, str]:
    """Return what the engine hands to the program: the stack's settings over the declared defaults, as text."""
    defaults = {name: kind["default"] for name, kind in PROJECT["config"].items() if "default" in kind}
    given = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    own = {
        key.removeprefix("aws-cisco-vpn:"): value for key, value in given.items() if key.startswith("aws-cisco-vpn:")
    }
    values = {**defaults, **own, **NEEDED, **more}
    return {f"aws-cisco-vpn:{name}": v if isinstance(v, str) else json.dumps(v) for name, v in values.items()}


async def run(stack: str, **more: Any) -> Recorder:
    recorder = Recorder(answers=ANSWERS)
    pulumi.runtime.set_mocks(recorder, project="aws-cisco-vpn", stack=stack)
    pulumi.runtime.set_all_config(settings(stack, **more))
    done = runpy.run_path(str(ROOT / "__main__.py"))
    await done["link"].tunnels.future()
    await wait_for_rpcs(await_all_outstanding_tasks=False)
    return recorder


@program
async def test_the_dev_stack_is_the_guides_example() -> None:
    recorder = await run("dev")
    assert recorder.one("Vpc").inputs["cidrBlock"] == "10.0.0.0/16"
    assert recorder.one("Subnet").inputs["cidrBlock"] == "10.0.0.0/24"
    assert recorder.one("CustomerGateway").inputs["ipAddress"] == "203.0.113.100"
    assert recorder.one("CustomerGateway").inputs["bgpAsn"] == "65001"
    assert recorder.one("Route").inputs["destinationCidrBlock"] == "192.168.10.0/24"
    connection = recorder.one("VpnConnection").inputs
    assert connection["staticRoutesOnly"] is False
    assert (connection["tunnel1IkeVersions"], connection["tunnel1Phase1DhGroupNumbers"]) == (["ikev1"], [2])


@program
async def test_the_static_stack_is_the_guides_example_without_bgp() -> None:
    recorder = await run("static")
    assert recorder.one("VpnConnection").inputs["staticRoutesOnly"] is True
    assert recorder.one("VpnConnectionRoute").inputs["destinationCidrBlock"] == "192.168.10.0/24"


@program
async def test_a_setting_reaches_the_component() -> None:
    recorder = await run(
        "dev", profileOverrides={"phase1_dh_group_number": 14}, wanInterface="GigabitEthernet1", behindNat=True
    )
    assert recorder.one("VpnConnection").inputs["tunnel2Phase1DhGroupNumbers"] == [14]
    router = json.loads(recorder.one("Command", "dev").inputs["stdin"])["router"]
    assert (router["wan_interface"], router["behind_nat"], router["port"]) == ("GigabitEthernet1", True, 22)


@program
async def test_a_password_is_a_secret_however_it_was_set() -> None:
    recorder = await run("dev", routerPassword="a.made.up.password")
    command = recorder.one("Command", "dev")
    assert command.secret == {"stdin"}
    assert "a.made.up.password" in command.inputs["stdin"]


@program
async def test_a_switch_that_is_off_is_off() -> None:
    recorder = await run("dev", driftCheck=False, propagateRoutes=False, check="off")
    assert recorder.of("VpnGatewayRoutePropagation") == []
    assert [token for token, _ in recorder.calls if token.endswith(":run")] == []


def test_what_the_program_reads_is_declared_and_what_is_declared_is_read() -> None:
    read = set(re.findall(r'\((?:TEXT|VALUE|SECRET), "(\w+)"\)', (ROOT / "__main__.py").read_text()))
    assert read == set(PROJECT["config"])


@pytest.mark.parametrize("name", PROJECT["config"])
def test_every_setting_has_a_type_and_a_description(name: str) -> None:
    declared = PROJECT["config"][name]
    assert declared["type"] in ("string", "integer", "boolean", "array", "object")
    assert len(declared["description"]) > 8


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_sets_only_what_is_declared(stack: str) -> None:
    given = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    assert {key for key in given if not key.startswith("aws:")} <= {
        f"aws-cisco-vpn:{name}" for name in PROJECT["config"]
    }


def test_the_readme_names_every_setting_that_must_be_set() -> None:
    readme = (ROOT / "README.md").read_text()
    needed = {name for name, declared in PROJECT["config"].items() if "default" not in declared}
    assert needed == set(NEEDED)
    assert {name for name in needed if f"`{name}`" not in readme} == set()
