"""The set-up takes what is there, checks what it fetches, and does nothing twice."""

import hashlib
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.setup import download, engine, languages, plugins, progress
from lab.setup.progress import NeedError, Step, run_steps


@pytest.fixture
def stamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(progress, "_STAMPS", tmp_path / "stamps")
    return tmp_path


def step_of(folder: Path, runs: list[str], inputs: tuple[str, ...] = ("pin==1",)) -> Step:
    def make(say: Callable[[str], None]) -> str:
        say("making it")
        runs.append("made")
        (folder / "result").write_text("here")
        return "made anew"

    return Step(name="The thing", inputs=inputs, results=(folder / "result",), make=make)


def test_a_second_run_does_nothing(stamps: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs: list[str] = []

    run_steps([step_of(stamps, runs)])
    run_steps([step_of(stamps, runs)])

    assert runs == ["made"]
    assert capsys.readouterr().out.splitlines()[-1] == "[1/1] The thing  made anew (there already)"


def test_a_changed_pin_makes_the_thing_anew(stamps: Path) -> None:
    runs: list[str] = []

    run_steps([step_of(stamps, runs)])
    run_steps([step_of(stamps, runs, inputs=("pin==2",))])

    assert runs == ["made", "made"]


def test_a_result_that_is_gone_is_made_anew(stamps: Path) -> None:
    runs: list[str] = []

    run_steps([step_of(stamps, runs)])
    (stamps / "result").unlink()
    run_steps([step_of(stamps, runs)])

    assert runs == ["made", "made"]


def test_a_step_that_fails_is_not_taken_for_done(stamps: Path) -> None:
    def fail(_: Callable[[str], None]) -> str:
        raise NeedError("Go is missing.")

    with pytest.raises(NeedError):
        run_steps([Step(name="The thing", inputs=(), results=(), make=fail)])

    assert not (stamps / "stamps").exists()


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(progress, "TOOLS", tmp_path)
    monkeypatch.setattr(progress, "ROOT", tmp_path)
    monkeypatch.setattr(progress, "LOG", tmp_path / "setup.log")
    return tmp_path / "setup.log"


@pytest.mark.usefixtures("log")
def test_a_program_that_takes_long_is_said_to_be_at_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_BEAT_SECONDS", 0.01)
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        (tmp_path / "heard").touch()

    progress.run(["sh", "-c", "until [ -e heard ]; do sleep 0.01; done"], "It failed.", cwd=tmp_path, say=say)

    assert said[0] == "still at it after 1 min"


@pytest.mark.usefixtures("log")
def test_a_failing_program_s_last_words_are_in_the_error(tmp_path: Path) -> None:
    with pytest.raises(NeedError, match=r"(?s)no such module.*It could not be built\. \(all of it: setup\.log\)"):
        progress.run(
            [sys.executable, "-c", "import sys; sys.exit('no such module')"], "It could not be built.", cwd=tmp_path
        )


CONTENT = b"the archive"
CHECKSUM = hashlib.sha256(CONTENT).hexdigest()
LISTING = f"{'0' * 64}  pulumi-v3.250.0-darwin-x64.tar.gz\n{CHECKSUM}  pulumi-v3.250.0-linux-x64.tar.gz\n"


def test_an_archive_with_the_published_checksum_is_used() -> None:
    checksum = download.published_checksum(LISTING, "pulumi-v3.250.0-linux-x64.tar.gz")

    assert download.verified(CONTENT, checksum, "the archive") == CONTENT


def test_an_archive_with_another_checksum_is_refused() -> None:
    with pytest.raises(download.ChecksumError, match="it is not used"):
        download.verified(CONTENT + b"!", CHECKSUM, "the archive")


def test_an_archive_that_the_publisher_does_not_list_is_refused() -> None:
    with pytest.raises(download.ChecksumError, match="linux-riscv"):
        download.published_checksum(LISTING, "pulumi-v3.250.0-linux-riscv.tar.gz")


def test_only_https_is_fetched() -> None:
    with pytest.raises(ValueError, match="not https"):
        download.read("http://127.0.0.1/pulumi.tar.gz")


def test_an_archive_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_text("#!/bin/sh\n")
    archive = tmp_path / "archive.tar.gz"
    with tarfile.open(archive, "w:gz") as members:
        members.add(source, arcname="pulumi/pulumi")
        members.add(source, arcname="../../escaped")

    download.unpack(archive, tmp_path / "bin")

    assert sorted(path.name for path in (tmp_path / "bin").iterdir()) == ["escaped", "pulumi"]
    assert not (tmp_path.parent / "escaped").exists()


@pytest.mark.parametrize(
    ("version", "usable"),
    [("3.250.0", True), ("3.220.0", True), ("3.219.9", False), ("4.0.0", False), ("3.251.0-alpha", True), ("", False)],
)
def test_an_installed_cli_is_taken_within_its_range(version: str, usable: bool) -> None:
    assert engine.is_usable(version) is usable


@pytest.mark.parametrize(
    ("system", "machine", "name"),
    [
        ("Linux", "x86_64", "pulumi-v3.250.0-linux-x64.tar.gz"),
        ("Linux", "aarch64", "pulumi-v3.250.0-linux-arm64.tar.gz"),
        ("Darwin", "arm64", "pulumi-v3.250.0-darwin-arm64.tar.gz"),
    ],
)
def test_the_archive_of_a_machine_has_pulumi_s_name_for_it(system: str, machine: str, name: str) -> None:
    assert engine.archive_name(system, machine) == name


def executable(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_an_installed_cli_with_its_language_host_is_found(tmp_path: Path) -> None:
    executable(tmp_path, "pulumi", "echo v3.249.0")
    executable(tmp_path, "pulumi-language-python", "true")

    assert engine.installed(f"{tmp_path}:/usr/bin:/bin") == (tmp_path / "pulumi", "3.249.0")


def test_an_installed_cli_without_its_language_host_is_not_taken(tmp_path: Path) -> None:
    executable(tmp_path, "pulumi", "echo v3.249.0")

    assert engine.installed(str(tmp_path)) is None


def test_our_own_cli_is_never_taken_for_an_installed_one() -> None:
    assert engine.installed(str(engine.BIN)) is None


@pytest.mark.parametrize(
    ("module", "pin"),
    [
        ("cli", f"pulumi/pkg/v3 v{engine.VERSION}"),
        ("python_host", f"pulumi/sdk/v3 v{engine.HOST_VERSION}"),
        ("more_hosts", f"pulumi/sdk/v3 v{languages.HOSTS_VERSION}"),
        ("yaml_host", f"pulumi-yaml v{languages.YAML_VERSION}"),
    ],
)
def test_what_is_downloaded_is_what_the_go_modules_build(module: str, pin: str) -> None:
    assert f"{pin}\n" in (progress.ROOT / "lab" / "engine" / module / "go.mod").read_text()


def test_the_plugins_are_of_the_pinned_sdks_versions() -> None:
    requirements = (progress.ROOT / "requirements.txt").read_text()

    assert plugins.versions(requirements) == {"aws": "7.51.1", "command": "1.2.1"}


def test_without_cli_internet_and_go_one_sentence_says_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BIN", tmp_path / "bin")
    monkeypatch.setattr(download, "reachable", lambda: False)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NeedError, match=r"one of them is needed"):
        engine.step().make(lambda _: None)
