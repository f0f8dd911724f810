"""A simulated router as a process of its own, so that what it uses is nobody's figure."""

import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
USER = "pulumi"


@dataclass(frozen=True, slots=True)
class RouterUnderTest:
    """Where it is and who may come in."""

    host: str
    port: int
    host_key: str
    password: str
    password_file: Path


@contextmanager
def router_under_test(
    release: str = "ios15",
    *,
    round_trip_ms: float = 0,
    latency_ms: float = 0,
    running_config: str = "",
    exchange: str | None = None,
) -> Iterator[RouterUnderTest]:
    """Start a router, and end it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        password, file = secrets.token_urlsafe(12), folder / "password"
        file.touch(mode=0o600)
        file.write_text(password)
        command = [
            sys.executable, "-m", "lab", "router", "--release", release, "--user", USER,
            "--password-file", str(file), "--latency", str(latency_ms), "--round-trip", str(round_trip_ms),
            "--host-key-file", str(folder / "key"),
        ]  # fmt: skip
        if exchange:
            command += ["--exchange", exchange]
        if running_config:
            (folder / "running-config").write_text(running_config)
            command += ["--running-config", str(folder / "running-config")]
        process = subprocess.Popen(  # noqa: S603 - this project's own simulator
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            yield _announced(process, password, file)
        finally:
            process.terminate()
            process.wait(10)


def _announced(process: "subprocess.Popen[str]", password: str, file: Path) -> RouterUnderTest:
    if process.stdout is None or process.stderr is None:
        raise RuntimeError("the router has no pipes")
    host, _, port = process.stdout.readline().split()[-1].rpartition(":")
    host_key = process.stderr.readline().split()[-1]
    return RouterUnderTest(host, int(port), host_key, password, file)


def apply_command(router: RouterUnderTest, document: Path, wan: str, folder: Path) -> list[str]:
    """Return the agent's own command; its manifest stands in `folder`, so that a second run knows of the first."""
    return [
        sys.executable, "-m", "cisco", "apply", "--aws-config", str(document), "--wan-interface", wan,
        "--host", f"{router.host}:{router.port}", "--username", USER, "--password-file", str(router.password_file),
        "--host-key", router.host_key, "--manifest", str(folder / "manifest.json"),
    ]  # fmt: skip
