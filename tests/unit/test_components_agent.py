"""How the agent is found and started: shell text without a secret or a path of one machine."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cisco.errors import InputError
from cisco.login import Options
from components._agent import agent_module, asking, doing, masked, read_answer
from components._keys import GENERATE, require_key
from components._request import request_json, require_options, secrets_of
from components._validation import ArgumentError

HANDOUT = json.dumps(
    {
        "customer_gateway_configuration": "<xml/>",
        "tunnel_options": [{"PreSharedKey": "key.of.one"}, {"PreSharedKey": "key.of.two"}],
    }
)
KNOWN = {
    "link": "tokyo",
    "handout": HANDOUT,
    "router": {"host": "192.0.2.10", "username": "pulumi", "host_key": "SHA256:x", "port": None},
    "advertise": ["192.168.10.0/24"],
    "options": {"save": True},
    "router_password": "pass.word",
    "router_enable_password": None,
    "jump_host_password": None,
}


def fake_python(path: Path, answer: str, code: int = 0, *, has_agent: bool = True) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    found = "exit 0" if has_agent else "exit 1"
    path.write_text(f'#!/bin/sh\ncase "$1" in -c) {found};; esac\nprintf "%s" "{answer} $2 $3 "\ncat\nexit {code}\n')
    path.chmod(0o755)


def run(interpreter: list[str], verb: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{folder / 'bin'}:/usr/bin:/bin"
    return subprocess.run(
        [*interpreter, verb], cwd=folder, input="stdin", capture_output=True, text=True, check=False,
        env={"PATH": path, **environment},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("package", "module"), [("components", "cisco"), ("aws_cisco_vpn", "aws_cisco_vpn.cisco"), (None, "cisco")]
)
def test_the_agent_is_the_one_beside_the_components(package: str | None, module: str) -> None:
    assert agent_module(package) == module


def test_a_script_names_no_path_of_this_machine() -> None:
    for script in (*doing("cisco"), *asking("cisco")):
        assert str(Path.cwd()) not in script
        assert str(Path.home()) not in script


@pytest.mark.parametrize("place", [".venv/bin/python", "venv/bin/python", "bin/python3", "named/bin/python"])
def test_the_agent_is_found_in_each_usual_place(tmp_path: Path, place: str) -> None:
    (tmp_path / "Pulumi.yaml").write_text("runtime:\n  name: python\n  options:\n    virtualenv: named\n")
    fake_python(tmp_path / "bin" / "python3", "none", has_agent=False)
    fake_python(tmp_path / place, "found")
    assert run(doing("cisco"), "apply", tmp_path).stdout == "found cisco apply stdin"


@pytest.mark.parametrize(
    "line", ['virtualenv: "named"', "virtualenv: 'named' # ours", "options: {toolchain: pip, virtualenv: named}"]
)
def test_the_virtual_environment_that_pulumi_yaml_names_is_read_however_it_is_written(
    tmp_path: Path, line: str
) -> None:
    (tmp_path / "Pulumi.yaml").write_text(f"runtime:\n  {line}\n")
    fake_python(tmp_path / "named" / "bin" / "python", "found")
    assert run(doing("cisco"), "apply", tmp_path).stdout.startswith("found")


@pytest.mark.parametrize("place", [".venv/bin/python", "venv/bin/python", "named/bin/python"])
def test_the_agent_is_found_from_the_folder_too_that_main_of_pulumi_yaml_leads_to(tmp_path: Path, place: str) -> None:
    (tmp_path / "Pulumi.yaml").write_text("main: src\nruntime:\n  name: python\n  options:\n    virtualenv: named\n")
    fake_python(tmp_path / place, "found")
    fake_python(tmp_path / "src" / "bin" / "python3", "none", has_agent=False)
    assert run(doing("cisco"), "apply", tmp_path / "src").stdout.startswith("found")


@pytest.mark.parametrize(
    "line", ["aws-cisco-vpn: ../repository/plugin", 'aws-cisco-vpn: "../repository/plugin" # ours']
)
def test_a_stack_in_another_language_finds_the_plugin_that_pulumi_yaml_names(tmp_path: Path, line: str) -> None:
    (tmp_path / "stack").mkdir()
    (tmp_path / "stack" / "Pulumi.yaml").write_text(f"name: x\nruntime: nodejs\npackages:\n  {line}\n")
    fake_python(tmp_path / "stack" / "bin" / "python3", "none", has_agent=False)
    fake_python(tmp_path / "repository" / "plugin" / "venv" / "bin" / "python", "found")
    assert run(doing("cisco"), "apply", tmp_path / "stack").stdout.startswith("found")


@pytest.mark.parametrize("inside", ["", "plugin"], ids=["by name", "from Git"])
def test_a_stack_in_another_language_finds_the_plugin_that_was_installed_last(tmp_path: Path, inside: str) -> None:
    for place, answer, second in (("v0.9.0", "older", 1_000_000), ("v0.10.0", "newer", 2_000_000)):
        virtualenv = (
            tmp_path / "home" / "plugins" / f"resource-github.com_x_aws-cisco-vpn.git-{place}" / inside / "venv"
        )
        fake_python(virtualenv / "bin" / "python", answer)
        (virtualenv / "pyvenv.cfg").touch()
        os.utime(virtualenv / "pyvenv.cfg", (second, second))
    fake_python(tmp_path / "bin" / "python3", "none", has_agent=False)
    done = run(doing("cisco"), "apply", tmp_path, PULUMI_HOME=str(tmp_path / "home"))
    assert done.stdout.startswith("newer")


def test_the_variable_wins_over_every_place(tmp_path: Path) -> None:
    fake_python(tmp_path / ".venv" / "bin" / "python", "wrong")
    fake_python(tmp_path / "elsewhere" / "python", "right")
    done = run(doing("cisco"), "apply", tmp_path, AWS_CISCO_VPN_PYTHON=str(tmp_path / "elsewhere" / "python"))
    assert done.stdout.startswith("right")


def test_a_python_without_the_agent_is_passed_over(tmp_path: Path) -> None:
    fake_python(tmp_path / ".venv" / "bin" / "python", "wrong", has_agent=False)
    fake_python(tmp_path / "venv" / "bin" / "python", "right")
    assert run(doing("cisco"), "apply", tmp_path).stdout.startswith("right")


def test_without_any_the_variable_to_set_is_named(tmp_path: Path) -> None:
    fake_python(tmp_path / "bin" / "python3", "none", has_agent=False)
    done = run(doing("cisco"), "apply", tmp_path)
    assert (done.returncode, "AWS_CISCO_VPN_PYTHON" in done.stderr) == (2, True)
    answer = read_answer(*[(asked := run(asking("cisco"), "check", tmp_path)).stdout, asked.stderr])
    assert (asked.returncode, answer.is_given, "AWS_CISCO_VPN_PYTHON" in answer.message) == (0, False, True)


def test_doing_fails_as_the_agent_fails(tmp_path: Path) -> None:
    fake_python(tmp_path / ".venv" / "bin" / "python", "", 4)
    assert run(doing("cisco"), "apply", tmp_path).returncode == 4


def test_doing_leaves_a_shell_that_can_be_killed_and_that_the_agent_knows(tmp_path: Path) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    fake_python(python, "$AWS_CISCO_VPN_STARTER is $PPID:")
    starter, _, parent = run(doing("cisco"), "apply", tmp_path).stdout.partition(":")[0].partition(" is ")
    assert starter == parent != ""


def test_asking_makes_an_answer_of_a_failure(tmp_path: Path) -> None:
    fake_python(tmp_path / ".venv" / "bin" / "python", "", 6)
    done = run(asking("cisco"), "verify", tmp_path)
    answer = read_answer(done.stdout, "one line\nConnect: refused\n")
    assert (done.returncode, answer.exit_code, answer.is_given, answer.message) == (0, 6, False, "Connect: refused")


def test_a_tunnel_that_is_down_is_an_answer_too() -> None:
    answer = read_answer('{"up": false, "tunnels": []}\n\nexit 3', "")
    assert answer.is_given
    assert answer.result["up"] is False


def test_what_is_no_answer_is_a_failure() -> None:
    assert not read_answer("", "").is_given
    assert not read_answer("Killed", "sh: out of memory").is_given


def test_every_secret_is_masked_even_one_within_another() -> None:
    assert masked("a key.of.one.more b key.of.one", ["key.of.one", "key.of.one.more", None, ""]) == "a *** b ***"


def test_a_short_word_is_left_to_the_agent_which_knows_the_words_of_ios() -> None:
    assert (
        masked("+ router bgp 65001 r0uter rendezvous", ["router", "r0uter", "rendezvous"])
        == "+ router bgp 65001 *** ***"
    )


def test_the_request_has_what_is_given_and_nothing_empty() -> None:
    request = json.loads(request_json(KNOWN, generation=7, wait=30))
    assert request["router"] == {
        "host": "192.0.2.10", "username": "pulumi", "host_key": "SHA256:x", "password": "pass.word",
        "advertise": ["192.168.10.0/24"],
    }  # fmt: skip
    assert (request["generation"], request["options"], request["link"]) == (7, {"save": True, "wait": 30}, "tokyo")
    assert request["vpn"]["customer_gateway_configuration"] == "<xml/>"


def test_the_jump_hosts_password_goes_to_the_jump_host() -> None:
    known = {**KNOWN, "router": {**KNOWN["router"], "jump_host": {"host": "j"}}, "jump_host_password": "jump.word"}  # type: ignore[dict-item]  # a mapping
    assert json.loads(request_json(known))["router"]["jump_host"] == {"host": "j", "password": "jump.word"}
    assert secrets_of(known) == ["pass.word", "jump.word", "key.of.one", "key.of.two"]


def test_a_generated_key_keeps_to_awss_rule_and_is_never_the_same() -> None:
    made = {
        subprocess.run(["/bin/sh", "-c", GENERATE], capture_output=True, text=True, check=True).stdout
        for _ in range(20)
    }
    assert len(made) == 20
    for key in made:
        require_key("tunnel1_preshared_key", key)
        assert len(key) == 32


@pytest.mark.parametrize("name", ["revert_minutes", "window", "deadline"])
@pytest.mark.parametrize("value", [0, 1, 9, 10, 11, 120, 121, 7200, 7201])
def test_an_option_has_the_range_that_the_agent_gives_it(name: str, value: int) -> None:
    def refuses(check: Callable[[], object]) -> bool:
        try:
            check()
        except (ArgumentError, InputError):
            return True
        return False

    assert refuses(lambda: require_options({name: value})) == refuses(lambda: Options(**{name: value}))  # type: ignore[arg-type]  # a name of its own
