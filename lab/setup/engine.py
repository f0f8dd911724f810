"""The Pulumi CLI and its Python language host: installed, else downloaded, else built from Go modules."""

import os
import platform
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from lab.setup import download
from lab.setup.progress import ROOT, TOOLS, NeedError, Step, contents, run

VERSION: Final = "3.250.0"
"""The release that is downloaded or built; `lab/engine/cli/go.mod` names the same."""

OLDEST: Final = (3, 220, 0)
NEWEST_MAJOR: Final = 3
"""An installed CLI is taken from `OLDEST` on, within this major version."""

HOST_VERSION: Final = "3.75.0"
"""The last Python language host inside Pulumi's SDK module; later ones are not on the Go module proxy."""

BIN: Final = TOOLS / "bin"
_MODULES: Final = ROOT / "lab" / "engine"
_CLI, _HOST = _MODULES / "cli", _MODULES / "python_host"
_VERSION_SETTING: Final = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"

_NAMES: Final[Mapping[str, str]] = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def step() -> Step:
    """The CLI with its language host."""
    return Step(
        name="Pulumi CLI",
        inputs=(
            VERSION,
            HOST_VERSION,
            *contents(_CLI / "go.mod", _CLI / "go.sum", _HOST / "go.mod", _HOST / "go.sum"),
        ),
        results=(BIN / "pulumi",),
        make=_make,
    )


def _make(say: Callable[[str], None]) -> str:
    """Make the new folder beside the old one and swap them, so that whoever is using the old one is not disturbed."""
    fresh = BIN.with_name("bin.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    taken = _fill(fresh, say)
    shutil.rmtree(BIN, ignore_errors=True)
    fresh.rename(BIN)
    return taken


def _fill(folder: Path, say: Callable[[str], None]) -> str:
    found = installed(os.environ.get("PATH", ""))
    if found:
        path, version = found
        (folder / "pulumi").symlink_to(path)
        return f"{version}, installed at {path}"
    if download.reachable():
        say(f"downloading {VERSION} from {download.SITE}")
        try:
            _download(folder)
        except download.UnreachableError as error:
            say(str(error))
        except download.ChecksumError as error:
            raise NeedError(f"Pulumi's release failed its check: {error}.") from None
        else:
            return f"{VERSION}, downloaded and checked"
    return _build(folder, say)


def installed(path: str) -> tuple[Path, str] | None:
    """Find a CLI on the PATH that is new enough and has its Python language host beside it or on the PATH."""
    path = os.pathsep.join(folder for folder in path.split(os.pathsep) if Path(folder) != BIN)
    cli, host = shutil.which("pulumi", path=path), shutil.which("pulumi-language-python", path=path)
    if not cli or not host:
        return None
    answer = subprocess.run([cli, "version"], capture_output=True, text=True, check=False)  # noqa: S603 - the CLI that was found
    version = answer.stdout.strip().removeprefix("v")
    return (Path(cli), version) if is_usable(version) else None


def is_usable(version: str) -> bool:
    """Tell whether an installed CLI's version is one that the lab works with."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if not found:
        return False
    numbers = tuple(int(number) for number in found.groups())
    return numbers >= OLDEST and numbers[0] == NEWEST_MAJOR


def archive_name(system: str, machine: str) -> str:
    """Name the release archive for a machine, as Pulumi names it."""
    return f"pulumi-v{VERSION}-{system.lower()}-{_NAMES.get(machine.lower(), machine.lower())}.tar.gz"


def _download(target: Path) -> None:
    name = archive_name(platform.system(), platform.machine())
    releases = f"{download.SITE}/releases/sdk"
    listing = download.read(f"{releases}/pulumi-{VERSION}-checksums.txt").decode()
    content = download.read(f"{releases}/{name}", timeout=download.READ_SECONDS)
    download.verified(content, download.published_checksum(listing, name), name)
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / name
        archive.write_bytes(content)
        download.unpack(archive, target)


def _build(folder: Path, say: Callable[[str], None]) -> str:
    go = shutil.which("go")
    if not go:
        raise NeedError(
            "Neither a Pulumi CLI, nor a way to get.pulumi.com, nor Go is here; one of them is needed: "
            "https://www.pulumi.com/docs/install/ or https://go.dev/doc/install (Go 1.25 or later)."
        )
    say(f"get.pulumi.com is out of reach; building {VERSION} with Go (3 to 10 minutes the first time)")
    start = time.monotonic()
    go_build(go, _CLI, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", folder / "pulumi", VERSION, say)
    say("building the Python language host")
    host = "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
    go_build(go, _HOST, host, folder / "pulumi-language-python", HOST_VERSION, say)
    _copy_executor(go, folder)
    return f"{VERSION}, built with Go in {time.monotonic() - start:.0f} s"


def go_build(go: str, module: Path, package: str, target: Path, version: str, say: Callable[[str], None]) -> None:
    """Build a program of a Go module that pins it."""
    # The CLI takes its version from the linker; without it `pulumi version` is empty and the Automation API refuses it.
    flags = f"-s -w -X {_VERSION_SETTING}=v{version}"
    run(
        [go, "build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", target, package],
        f"{target.name} could not be built: it needs Go 1.25 or later and a way to a Go module proxy.",
        cwd=module,
        say=say,
    )


def _copy_executor(go: str, folder: Path) -> None:
    """Put the script that runs a program beside the language host, from the SDK that the CLI is built with."""
    sdk = subprocess.run(  # noqa: S603 - the Go that was found
        [go, "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"],
        cwd=_CLI,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    target = folder / "pulumi-language-python-exec"
    shutil.copyfile(Path(sdk) / "python" / "cmd" / "pulumi-language-python-exec", target)
    target.chmod(0o755)
