"""The command line of the rollout: what it refuses before it asks the engine, and what it knows a site by."""

import re
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest
from pulumi import automation

from rollout.__main__ import main, on_interruption
from rollout.errors import InputError
from rollout.fingerprint import program_fingerprint, site_fingerprint
from rollout.fleet import is_same
from rollout.given_keys import given_keys
from rollout.project import project_in
from rollout.stack import open_stack

HOST_KEY = "SHA256:" + "A" * 43


def make_project(folder: Path) -> Path:
    (folder / "Pulumi.yaml").write_text("name: vpn\nconfig:\n  profile: {type: string, default: modern}\n")
    (folder / "__main__.py").write_text("print(1)\n")
    (folder / "Pulumi.tokyo.yaml").write_text(
        "config:\n  aws:region: ap-northeast-1\n  vpn:profile: guide-2015\n  vpn:routerPassword:\n    secure: v1:x\n"
    )
    return folder


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["change", "--stack", "tokyo"],
            "say either what to change (--profile, --set, --unset, --unset-all) or --abort",
        ),
        (["change", "--stack", "tokyo", "--profile", "modern", "--abort"], "say either what to change"),
        (["rotate-keys", "--stack", "tokyo", "--project", "no/such"], "no/such has no Pulumi.yaml; --project names"),
        (["fleet", "up", "no/such.csv"], "no/such.csv cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_and_ends_in_2(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert said in capsys.readouterr().err


def test_a_site_that_the_table_does_not_have_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "sites.csv"
    table.write_text(f"site,routerHost,routerHostKey\ntokyo,r,{HOST_KEY}\n")
    assert main(["fleet", "status", str(table), "--only", "kyoto", "--project", str(make_project(tmp_path))]) == 2
    assert capsys.readouterr().err == "--only is kyoto, but the table has tokyo\n"


@pytest.mark.parametrize("words", [["--set", "phase1_dh_group_number"], ["--set", "=14"]])
def test_a_field_without_a_value_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["change", "--stack", "tokyo", *words])
    assert "is not FIELD=VALUE, such as phase1_dh_group_number=14" in capsys.readouterr().err


def test_sites_at_a_time_are_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["fleet", "up", "sites.csv", "--parallel", "many"])
    assert "argument --parallel: 'many' is not a number between 1 and 64" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("one", "two", "said"),
    [
        ("a.made.up.key", "", "TUNNEL2_PRESHARED_KEY is not set, but must hold the key that replaces"),
        ("0short.key", "a.made.up.key", "TUNNEL1_PRESHARED_KEY is '***', but must be 8 to 64 letters"),
        ("a.made.up.key", "a.made.up.key", "TUNNEL2_PRESHARED_KEY is '***', but must be different from TUNNEL1_PRES"),
    ],
)
def test_new_keys_are_refused_before_the_first_tunnel_has_its_own(one: str, two: str, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        given_keys((1, 2), {"TUNNEL1_PRESHARED_KEY": one, "TUNNEL2_PRESHARED_KEY": two})


def test_a_jobs_end_and_a_lost_terminal_end_a_run_as_ctrl_c_does(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[signal.Signals] = []
    ignored = {signal.SIGHUP: signal.SIG_IGN}
    monkeypatch.setattr(signal, "getsignal", lambda number: ignored.get(number, signal.SIG_DFL))
    monkeypatch.setattr(signal, "signal", lambda number, _act: taken.append(number))
    on_interruption(lambda: None)
    assert taken == [signal.SIGINT, signal.SIGTERM], "nohup's wish is heard"
    ignored.clear()
    on_interruption(lambda: None)
    assert taken[2:] == [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def test_a_project_is_read_with_its_defaults_and_its_stacks_settings(tmp_path: Path) -> None:
    project = project_in(make_project(tmp_path))
    assert (project.name, project.declared["profile"]["default"]) == ("vpn", "modern")
    assert project.settings("tokyo") == {
        "aws:region": "ap-northeast-1",
        "profile": "guide-2015",
        "routerPassword": {"secure": "v1:x"},
    }
    assert project.settings("osaka") == {}
    assert (project.key("profile"), project.key("aws:region")) == ("vpn:profile", "aws:region")


def test_a_project_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: [")
    with pytest.raises(InputError, match=r"Pulumi\.yaml"):
        project_in(tmp_path)


@pytest.mark.parametrize(("asked", "words"), [(None, []), ("awskms://a", ["--secrets-provider", "awskms://a"])])
def test_a_stack_that_is_made_has_its_secrets_encrypted_as_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str | None, words: list[str]
) -> None:
    said: list[list[str]] = []

    def run(line: list[str], *_: object) -> None:
        said.append(line)
        if "init" not in line:
            raise automation.StackNotFoundError(automation.CommandResult(stdout="", stderr="", code=1))

    pulumi = SimpleNamespace(run=run, version=None)
    monkeypatch.setattr("pulumi.automation._local_workspace.PulumiCommand", lambda **_: pulumi)
    open_stack(project_in(make_project(tmp_path)), "kyoto", is_made=True, secrets_provider=asked)
    assert said[1] == ["stack", "init", "kyoto", "--no-select", *words]


@pytest.mark.parametrize(
    "changed", ["__main__.py", "Pulumi.yaml", "Pulumi.tokyo.yaml", "requirements.txt", "cisco/surroundings/zones.py"]
)
def test_a_site_counts_as_done_only_while_its_settings_and_the_program_are_the_same(
    tmp_path: Path, changed: str
) -> None:
    project = project_in(make_project(tmp_path))

    def now() -> str:
        return site_fingerprint(project, "tokyo", program_fingerprint(project))

    before = now()
    assert now() == before
    file = tmp_path / changed
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text((file.read_text() if file.exists() else "") + "# changed\n")
    assert now() != before


@pytest.mark.parametrize(
    ("there", "value", "same"),
    [("65001", 65001, True), ("true", True, True), (["a", "b"], ("a", "b"), True), (None, "", False), ("2", 3, False)],
)
def test_a_setting_is_not_written_again_for_being_kept_as_text(there: object, value: object, *, same: bool) -> None:
    assert is_same(there, value) is same
