"""Running one local command as pulumi-command does: shell, environment, standard input, and what it says as it goes."""

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from lab.providers.plugin import ProviderError
from lab.providers.values import Properties

STDOUT, STDERR = "PULUMI_COMMAND_STDOUT", "PULUMI_COMMAND_STDERR"

_LOGGED = {
    None: (True, True),
    "stdoutAndStderr": (True, True),
    "stdout": (True, False),
    "stderr": (False, True),
    "none": (False, False),
}
"""The `logging` input: whether each of standard output and standard error is shown while the command runs."""

_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command printed, each stream without its final newline."""

    stdout: str
    stderr: str


def environment(inputs: Properties, previous: Outcome | None) -> Mapping[str, str]:
    """Build the environment of a command: the engine's, the program's on top, the previous output last."""
    result = dict(os.environ)
    result.update({name: str(value) for name, value in (inputs.get("environment") or {}).items()})
    if previous is not None and inputs.get("addPreviousOutputInEnv") is not False:
        result.update({name: text for name, text in ((STDOUT, previous.stdout), (STDERR, previous.stderr)) if text})
    return result


class Running:
    """The processes that are under way, so that they can be killed together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._processes: set[subprocess.Popen[bytes]] = set()

    @contextmanager
    def holding(self, process: subprocess.Popen[bytes]) -> Iterator[None]:
        """Count a process as under way."""
        with self._lock:
            self._processes.add(process)
        try:
            yield
        finally:
            with self._lock:
                self._processes.discard(process)

    def kill(self) -> None:
        """Kill every process that is under way."""
        with self._lock:
            for process in self._processes:
                process.kill()


def run(
    command: str, inputs: Properties, previous: Outcome | None, show: Callable[[str], None], running: Running
) -> Outcome:
    """Run a command to its end, and raise `ProviderError` in the real plugin's words when it fails."""
    words = [*(inputs.get("interpreter") or ("/bin/sh", "-c")), command]
    try:
        process = subprocess.Popen(  # noqa: S603 - running the program's command is what the resource is for
            words,
            stdin=subprocess.PIPE if inputs.get("stdin") else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=inputs.get("dir"),
            env=environment(inputs, previous),
        )
    except OSError as error:
        raise ProviderError(f"{_exec_error(error, words, inputs)}: running {_quoted(command)}:\n") from None
    with running.holding(process):
        streams = _Streams(process, _LOGGED[inputs.get("logging")], show)
        streams.feed(inputs.get("stdin") or "")
        stdout, stderr, both = streams.finish()
    if process.returncode != 0:
        raise ProviderError(f"{_ending(process.returncode)}: running {_quoted(command)}:\n{both}")
    return Outcome(stdout.removesuffix("\n"), stderr.removesuffix("\n"))


def _exec_error(error: OSError, words: list[str], inputs: Properties) -> str:
    reason = (error.strerror or str(error)).lower()
    if inputs.get("dir") and error.filename == inputs["dir"]:
        return f"chdir {inputs['dir']}: {reason}"
    return f"fork/exec {words[0]}: {reason}"


def _ending(code: int) -> str:
    """Say how a process ended, in the words of Go's os/exec."""
    return f"exit status {code}" if code > 0 else f"signal: {_SIGNALS.get(-code, -code)}"


_SIGNALS = {1: "hangup", 2: "interrupt", 9: "killed", 13: "broken pipe", 15: "terminated"}


def _quoted(command: str) -> str:
    """Quote text as Go's %q does."""
    return json.dumps(command, ensure_ascii=False)


def _discard(line: str) -> None:
    """Show nothing of a stream that the program does not want logged."""


class _Streams:
    """The three streams of a process, each moved by a thread of its own so that none can block another."""

    def __init__(
        self, process: subprocess.Popen[bytes], logged: tuple[bool, bool], show: Callable[[str], None]
    ) -> None:
        self._process = process
        self._lock = threading.Lock()
        self._both: list[bytes] = []
        self._captured: tuple[list[bytes], list[bytes]] = ([], [])
        self._readers = [
            threading.Thread(target=self._read, args=(stream, captured, show if shown else _discard), daemon=True)
            for stream, captured, shown in zip((process.stdout, process.stderr), self._captured, logged, strict=True)
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: IO[bytes], captured: list[bytes], show: Callable[[str], None]) -> None:
        """Capture a stream as it comes, and show each line as soon as it is whole."""
        pending = b""
        while chunk := os.read(stream.fileno(), _CHUNK):
            captured.append(chunk)
            with self._lock:
                self._both.append(chunk)
            *lines, pending = (pending + chunk).split(b"\n")
            for line in lines:
                show(line.decode(errors="replace"))
        if pending:
            show(pending.decode(errors="replace"))

    def feed(self, text: str) -> None:
        """Write the standard input; a command that ends without reading all of it is no error."""
        stream = self._process.stdin
        if stream is None:
            return
        try:
            stream.write(text.encode())
            stream.close()
        except BrokenPipeError:
            return

    def finish(self) -> tuple[str, str, str]:
        """Wait for the end; standard output, standard error, and both in the order in which they came."""
        self._process.wait()
        for reader in self._readers:
            reader.join()
        stdout, stderr, both = (b"".join(chunks).decode(errors="replace") for chunks in (*self._captured, self._both))
        return stdout, stderr, both


def properties(outcome: Outcome) -> Properties:
    """The outputs of a command as properties."""
    return {"stdout": outcome.stdout, "stderr": outcome.stderr}
