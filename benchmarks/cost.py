"""What one `apply` costs the machine it runs on: until its first byte on the wire, of the processor, and of memory."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, table
from benchmarks.guide import DOCUMENT
from benchmarks.process import measure
from benchmarks.router import ROOT, apply_command, router_under_test
from lab.router.release import RELEASES

# The guide's algorithms are refused by IOS-XE 17.12, as Cisco's field notice FN72510 says, but for this change.
_OLD, _NEW = ">group2<", ">group14<"
# For comparison: what a program pays that only imports the two libraries, whole.
_LIBRARIES = "Python with Paramiko and Jinja2, doing nothing"
# What the system says of a child holds what its parent had: so the parent is one that is smaller than any agent.
_TELL_MEMORY = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def cost_tables(runs: int) -> Iterator[str]:
    """Measure a first and a second run against an old and a new router on this machine, and yield one table.

    One run more than asked for of each: it makes the compiled files, and tells the memory.
    """
    rows: list[tuple[str, ...]] = []
    with TemporaryDirectory() as name:
        document = Path(name, "modern.xml")
        document.write_text(DOCUMENT.read_text().replace(_OLD, _NEW))
        for release, link in (("ios15", DOCUMENT), ("xe17", document)):
            rows += _rows(runs, release, link)
    nothing = [sys.executable, "-c", "import paramiko, jinja2"]
    floor = Figure(_LIBRARIES, tuple(measure(nothing, folder=ROOT).cpu for _ in range(2 * runs)))
    rows.append((floor.name, "", f"{floor.median:.2f} s", floor.spread, f"{_peak_memory(nothing):.0f} MiB"))
    yield table(("", "to the first byte", "CPU", "least to most", "memory"), rows)


def _rows(runs: int, release: str, document: Path) -> Iterator[tuple[str, ...]]:
    first, again, byte = [], [], []
    memory = 0.0
    for turn in range(runs + 1):
        with router_under_test(release) as router, TemporaryDirectory() as folder:
            command = apply_command(router, document, RELEASES[release].wan, Path(folder))
            if turn == 0:
                memory = _peak_memory(command)
                continue
            byte.append(_until_first_byte(command, f"{router.host}:{router.port}"))
            first.append(measure(command, folder=ROOT).cpu)
            again.append(measure(command, folder=ROOT).cpu)
    shown = Figure("first byte", tuple(byte))
    router_name = f"IOS{'-XE' if RELEASES[release].is_xe else ''} {RELEASES[release].version}"
    for name, samples in (("first", first), ("nothing to change", again)):
        cpu = Figure(name, tuple(samples))
        yield f"{router_name}, {name}", f"{shown.median:.2f} s", f"{cpu.median:.2f} s", cpu.spread, f"{memory:.0f} MiB"


def _until_first_byte(command: Sequence[str], router: str) -> float:
    """Return the seconds from the agent's start until what is to be the router hears from it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
        here = [f"{host}:{port}" if word == router else word for word in command]
        began = time.monotonic()
        process = subprocess.Popen(  # noqa: S603 - the benchmark's own command
            here, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        connection, _ = listener.accept()
        with connection:
            connection.recv(1)
            taken = time.monotonic() - began
            process.kill()
            process.wait()
    return taken


def _peak_memory(command: Sequence[str]) -> float:
    """Return the peak of a run's memory in MiB."""
    told = measure([sys.executable, "-c", _TELL_MEMORY, *command], folder=ROOT).output
    return int(told.split()[-1]) / 1024
