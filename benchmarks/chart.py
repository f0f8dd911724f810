"""Two contenders' medians as bars, in a file that a page can show."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.figures import Figure, ratio
from benchmarks.peers.environment import PYTHON
from benchmarks.router import ROOT

_BARS = Path(__file__).with_name("peers") / "bars.py"


def draw(name: str, steps: Sequence[str], ours: Mapping[str, Figure], peers: Mapping[str, Figure]) -> Path:
    """Draw each step's pair of bars, ours with its ratio, and return the file."""
    series = {next(iter(side.values())).name: [side[step].median for step in steps] for side in (ours, peers)}
    own, other = series
    file = ROOT / "build" / f"{name}.svg"
    file.parent.mkdir(exist_ok=True)
    chart = {
        "unit": "seconds, medians",
        "groups": list(steps),
        "series": series,
        "labels": {
            own: [f"{ours[step].median:.1f} ({ratio(ours[step], peers[step]):.2f})" for step in steps],
            other: [f"{peers[step].median:.1f}" for step in steps],
        },
    }
    subprocess.run([PYTHON, _BARS, file], input=json.dumps(chart), text=True, check=True)  # noqa: S603 - our own script
    return file
