"""No key and no password in anything that a person, a log or an unencrypted state can show."""

import json
import re
from pathlib import Path

import pytest
from pulumi import automation

from lab.router.faults import Reject
from tests.lab.stack_lab import PROJECT, StackLab, stack_lab


def test_no_secret_appears_anywhere_in_the_life_of_a_link(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with stack_lab(tmp_path / "lab", checkTimeout=20) as lab:
        lab.set_secret(tunnel1PresharedKey="given.by_the.test.1")
        lab.up()
        secrets = {lab.password, *keys(lab)}
        assert len(secrets) == 3, "two keys and a password are to be looked for"
        lab.router.edit(["interface Tunnel1", "no ip tcp adjust-mss"])
        lab.preview()
        lab.set(tunnel2KeySerial=2)
        lab.router.add_fault(Reject("pre-shared-key"))
        lab.failing_up()
        secrets |= rotated_keys(lab)
        assert len(secrets) == 4, "the new key is to be looked for too"
        state = files_below(tmp_path / "lab" / "state")
        assert "ciphertext" in state, "this is not the state"
        lab.stack.refresh(on_output=lab.said.append, on_event=lab.events.append, show_secrets=False, color="never")
        lab.destroy()
        places = {
            "what pulumi said": "".join(lab.said),
            "the engine's events": repr([vars_of(event) for event in lab.events]),
            "the state": state,
            "the state after the destroy, and its history": files_below(tmp_path / "lab" / "state"),
            "the stack's settings": (tmp_path / "lab" / "project" / "Pulumi.dev.yaml").read_text(),
            "the agent's terminal": "".join(capfd.readouterr()),
        }
        found = [place for place, text in places.items() if any(secret in text for secret in secrets)]
        assert found == []


def files_below(folder: Path) -> str:
    return "".join(file.read_text() for file in folder.rglob("*") if file.is_file())


def keys(lab: StackLab) -> set[str]:
    return set(re.findall(r"pre-shared-key address \S+ key (\S+)", lab.router.running_config()))


def rotated_keys(lab: StackLab) -> set[str]:
    """Return the keys that AWS has now: the router refused the new one."""
    return {end.preshared_key for end in lab.aws.exchange.tunnels()}


def vars_of(event: automation.EngineEvent) -> str:
    return json.dumps(event, default=lambda part: getattr(part, "__dict__", str(part)))


def test_a_setting_that_is_secret_stays_encrypted(tmp_path: Path) -> None:
    with stack_lab(tmp_path / "lab") as lab:
        config = lab.stack.get_all_config()
        assert config[f"{PROJECT}:routerPassword"].secret
