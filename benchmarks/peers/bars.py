"""`python bars.py FILE` in the peers' environment, which has Matplotlib: draw what standard input says (see `chart.py`)."""

import json
import sys

import matplotlib as mpl  # type: ignore[import-not-found]  # installed beside the peers, not with the project
from matplotlib import pyplot

_HEIGHT = 0.38
_COLOURS = ("#1f77b4", "#c7c7c7")

chart = json.load(sys.stdin)
# The same figures give the same file: no date, no random ids; and text stays text.
mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "benchmarks", "font.family": "sans-serif"})
figure, axes = pyplot.subplots(figsize=(8, 0.9 * len(chart["groups"]) + 0.9), layout="constrained")
for number, (name, values) in enumerate(chart["series"].items()):
    places = [group + _HEIGHT * number for group in range(len(values))]
    bars = axes.barh(places, values, height=_HEIGHT, label=name, color=_COLOURS[number])
    axes.bar_label(bars, labels=chart["labels"][name], padding=4)
axes.set_yticks([group + _HEIGHT / 2 for group in range(len(chart["groups"]))], chart["groups"])
axes.invert_yaxis()
axes.set_xlabel(chart["unit"])
axes.spines[["top", "right"]].set_visible(False)
axes.margins(x=0.12)
figure.legend(loc="outside upper left", ncols=2, frameon=False)
figure.savefig(sys.argv[1], metadata={"Date": None})
