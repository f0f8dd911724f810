"""One stack as the rollout drives it: what the engine's command line says, and what is made of it."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from pulumi import automation

from rollout.errors import InputError, StepError
from rollout.project import Project
from rollout.stack import LinkStack, _Events, open_stack

LOCKED = """\
error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file.
  s3://state/.pulumi/locks/1.json: created by alice@laptop (pid 4711) at 2026-11-27T03:00:00Z"""
LAST = automation.UpdateSummary("destroy", None, "", {}, {}, "succeeded")  # type: ignore[arg-type]  # when is no matter
RESOURCES = '{"deployment": {"resources": [{"urn": "urn:pulumi:tokyo::vpn::aws:ec2/vpnGateway:VpnGateway::tokyo"}]}}'


def opened(monkeypatch: pytest.MonkeyPatch, *, code: int = 0, stdout: str = "", stderr: str = "") -> LinkStack:
    """Return a stack whose engine answers so to all but the opening."""

    def run(words: list[str], *_: object) -> automation.CommandResult:
        result = automation.CommandResult(stdout=stdout, stderr=stderr, code=code)
        if code and words[:2] != ["stack", "--stack"]:
            raise automation.CommandError(result)
        return result

    pulumi = SimpleNamespace(run=run, version=None)
    monkeypatch.setattr("pulumi.automation._local_workspace.PulumiCommand", lambda **_: pulumi)
    return open_stack(Project(Path(), "vpn", {}, Path()), "tokyo")


def test_a_stack_that_somebody_has_locked_is_said_to_be_and_by_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    link = opened(monkeypatch, code=255, stderr=LOCKED)
    with pytest.raises(
        StepError, match=r"^error: the stack is currently locked by 1 lock(?s:.*)created by alice@laptop"
    ):
        link.last_update()


def test_an_engine_that_is_ended_without_a_word_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StepError, match=r"^Pulumi ended without a word, code: -2$"):
        opened(monkeypatch, code=-2).secret("tunnel1PresharedKey")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (("tokyo: bgp_asn is 0", "an unhandled error occurred: program exited with 1"), "tokyo: bgp_asn is 0"),
        (
            ("an unhandled error occurred: program exited with -1",),
            "an unhandled error occurred: program exited with -1",
        ),
    ],
)
def test_why_a_program_failed_is_said_without_that_it_did(said: tuple[str, ...], reason: str) -> None:
    seen = _Events()
    for text in said:
        seen(automation.EngineEvent(0, 0, diagnostic_event=automation.DiagnosticEvent(text, "never", "error")))
    assert seen.reason(automation.CommandError(automation.CommandResult("", "", 1))) == reason


@pytest.mark.parametrize(("export", "is_there"), [(RESOURCES, True), ('{"deployment": {}}', False)])
def test_a_destroy_of_a_part_leaves_a_stack_that_is_there(
    monkeypatch: pytest.MonkeyPatch, export: str, *, is_there: bool
) -> None:
    assert opened(monkeypatch, stdout=export).is_there(LAST) is is_there


def test_an_engine_that_is_not_installed_is_missed_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match=r"Pulumi's CLI does not run .*'pulumi'"):
        open_stack(Project(tmp_path, "vpn", {}, tmp_path), "tokyo")
