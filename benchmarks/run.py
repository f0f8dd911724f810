"""A whole run against one router, as a process: log in, compare, push, prove, save; then the same again."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, ratio, table
from benchmarks.guide import DOCUMENT, RELEASE, WAN, as_shown, intent
from benchmarks.peers import ansible, environment, napalm
from benchmarks.process import Usage, measure
from benchmarks.router import ROOT, USER, RouterUnderTest, apply_command, router_under_test
from lab.router.default_config import default_running_config
from lab.router.release import RELEASES

OURS = "this agent"
Run = Callable[[Path], Usage]


def run_tables(runs: int) -> Iterator[str]:
    """Measure a first and a second run of each contender, and yield a table each."""
    environment.make()
    first: dict[str, list[Usage]] = {}
    second: dict[str, list[Usage]] = {}
    for _ in range(runs):
        for name, prepare in _CONTENDERS.items():
            with (
                router_under_test(round_trip_ms=30, latency_ms=10, running_config=_running_config()) as router,
                TemporaryDirectory() as folder,
            ):
                run = prepare(Path(folder), router)
                first.setdefault(name, []).append(run(Path(folder)))
                second.setdefault(name, []).append(run(Path(folder)))
    yield f"**The first run**, 30 ms round trip, 10 ms a line\n\n{_table(first)}"
    yield f"**The second run**: nothing to change\n\n{_table(second)}"
    yield _round_trips(first[OURS][0], second[OURS][0])


def _running_config() -> str:
    """Return a router's configuration that takes files, for NAPALM brings one."""
    plain = default_running_config(RELEASES[RELEASE], USER)
    return plain.replace("ip forward-protocol nd\n", "ip forward-protocol nd\nip scp server enable\n")


def _table(measured: dict[str, list[Usage]]) -> str:
    wall = {name: Figure(name, tuple(u.wall for u in usages)) for name, usages in measured.items()}
    cpu = {name: Figure(name, tuple(u.cpu for u in usages)) for name, usages in measured.items()}
    return table(
        ("", "time", "least to most", "times ours", "CPU"),
        (
            (
                name,
                f"{wall[name].median:.2f} s",
                wall[name].spread,
                "1" if name == OURS else f"{ratio(wall[name], wall[OURS]):.1f}",
                f"{cpu[name].median:.2f} s",
            )
            for name in measured
        ),
    )


def _round_trips(first: Usage, second: Usage) -> str:
    """Return what our own result says of its two runs."""
    rows = []
    for name, usage in (("first", first), ("second", second)):
        result = json.loads(usage.output.strip().splitlines()[-1])
        rows.append((name, str(result["round_trips"]), str(result["lines_sent"])))
    return f"**Our round trips**, both logins and all proofs included\n\n{table(('run', 'round trips', 'lines'), rows)}"


def _ours(folder: Path, router: RouterUnderTest) -> Run:
    command = apply_command(router, DOCUMENT, WAN, folder)
    return lambda _folder: measure(command, folder=ROOT)


def _ansible(folder: Path, router: RouterUnderTest) -> Run:
    ansible.prepare(folder, router, as_shown(intent()))
    return ansible.run


def _napalm(folder: Path, router: RouterUnderTest) -> Run:
    napalm.prepare(folder, router, as_shown(intent()))
    return napalm.run


_CONTENDERS: dict[str, Callable[[Path, RouterUnderTest], Run]] = {
    OURS: _ours,
    "Ansible cisco.ios.ios_config": _ansible,
    "NAPALM merge": _napalm,
}
