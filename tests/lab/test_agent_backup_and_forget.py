"""What somebody asks for in advance: a copy of the configuration from before, and a removal without the router."""

import json
import stat
from pathlib import Path

import pytest

from cisco import verbs
from cisco.command_line import main
from cisco.connection import Connection
from cisco.errors import ConnectError, InputError, PreflightError, RouterBusyError
from cisco.login import Login, Options
from cisco.request import FORGET_VARIABLE, parse_request
from cisco.result import Result
from cisco.secret import Secret
from cisco.transaction import apply, remove
from tests.lab.agent_bench import PASSWORD, TIMING, USER, default_running, link
from tests.lab.memory_vty import MemoryRouter


def test_the_configuration_from_before_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    router, file = MemoryRouter(default_running()), tmp_path / "before.cfg"
    before = router.running
    said: list[str] = []

    apply(link(), router.connection(), Options(backup=file), report=said.append)

    assert before.strip() in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["before.cfg"]
    assert any("keys included, is kept in" in line for line in said)


def test_without_a_change_an_earlier_backup_stays(tmp_path: Path) -> None:
    router, file = MemoryRouter(default_running()), tmp_path / "before.cfg"
    apply(link(), router.connection(), Options())
    file.write_text("from another day")

    apply(link(), router.connection(), Options(backup=file))

    assert file.read_text() == "from another day"


def test_a_backup_that_cannot_be_written_keeps_the_router_untouched(tmp_path: Path) -> None:
    router = MemoryRouter(default_running())
    before = router.running

    with pytest.raises(PreflightError, match="can't be written"):
        apply(link(), router.connection(), Options(backup=tmp_path / "no" / "such" / "folder"))
    assert router.running == before


def made_and_gone() -> tuple[dict[str, object], Connection]:
    """Return the manifest of a link, and the way to its router, which nobody answers any more."""

    def nobody(_login: Login, _timeout: float) -> MemoryRouter:
        raise RouterBusyError("cannot connect to router router.invalid:22: no route to host")

    router = MemoryRouter(default_running())
    manifest = dict(apply(link(), router.connection(), Options()).manifest)
    login = Login("router.invalid", USER, "insecure-accept-any", password=Secret(PASSWORD))
    return manifest, Connection(login, timing=TIMING, clock=router.clock, open_channel=nobody)  # type: ignore[arg-type]


def removed_from_nowhere(options: Options) -> Result:
    manifest, connection = made_and_gone()
    return remove(connection, options, manifest=manifest)


def test_a_removal_from_a_router_that_is_gone_says_how_to_give_it_up() -> None:
    with pytest.raises(ConnectError, match="--forget-unreachable, or IOS_FORGET_UNREACHABLE=yes"):
        removed_from_nowhere(Options())


def test_a_link_is_given_up_where_its_router_is_gone_with_a_warning_of_what_is_left() -> None:
    result = removed_from_nowhere(Options(forget_unreachable=True))

    assert (result.changed, result.saved, result.tier.value) == (False, False, "none")
    assert "it still holds link tokyo (vpn-0a1b2c3d); 'python -m cisco remove --link tokyo' takes" in result.warnings[0]


def test_what_was_given_up_is_taken_away_by_the_links_name_alone() -> None:
    router = MemoryRouter(default_running())
    before = router.running
    apply(link(), router.connection(), Options())

    with pytest.raises(
        PreflightError, match=r"no single connection of link osaka: its links are tokyo \(vpn-0a1b2c3d\)"
    ):
        remove(router.connection(), Options(), link="osaka")
    assert remove(router.connection(), Options(), link="tokyo").changed
    assert router.running == before


def test_the_manifest_of_a_link_that_was_given_up_is_kept_for_the_day_its_router_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest, connection = made_and_gone()
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(manifest))
    monkeypatch.setattr(verbs, "connection_of", lambda _request: connection)
    login = ("--host", "router.invalid", "--username", "u", "--host-key", "insecure-accept-any", "--ssh-agent")

    assert main(["remove", "--manifest", str(file), "--forget-unreachable", *login]) == 0
    assert json.loads(file.read_text()) == json.loads(capsys.readouterr().out)["manifest"] == manifest


def test_a_router_that_answers_is_never_just_forgotten() -> None:
    router = MemoryRouter(default_running())
    before = router.running
    apply(link(), router.connection(), Options())

    assert remove(router.connection(), Options(forget_unreachable=True), intent=link()).changed
    assert router.running == before


@pytest.mark.parametrize(("value", "expected"), [("yes", True), ("no", False), ("", False)])
def test_forgetting_can_be_said_in_the_environment(value: str, expected: bool) -> None:
    assert parse_request({}, {FORGET_VARIABLE: value}).options.forget_unreachable is expected


def test_another_word_in_the_environment_is_refused() -> None:
    with pytest.raises(InputError, match=f"{FORGET_VARIABLE} is 'true', but must be yes or no"):
        parse_request({}, {FORGET_VARIABLE: "true"})
