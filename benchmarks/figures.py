"""Figures of several runs: medians, ratios, and the tables they are printed in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured several times, in one unit."""

    name: str
    samples: tuple[float, ...]

    @property
    def median(self) -> float:
        """The value to quote."""
        return median(self.samples)

    @property
    def spread(self) -> str:
        """The least and the most, to show how quiet the machine was."""
        return f"{min(self.samples):.2f} to {max(self.samples):.2f}"


def in_turn(runs: int, contenders: Mapping[str, Callable[[], float]]) -> dict[str, Figure]:
    """Measure the contenders in turn, A B C A B C …, so that a slow minute of the machine meets all of them."""
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(runs):
        for name, measure in contenders.items():
            samples[name].append(measure())
    return {name: Figure(name, tuple(values)) for name, values in samples.items()}


def ratio(one: Figure, other: Figure) -> float:
    """Return how many times `one` is `other`: the median over the pairs of a turn."""
    return median(a / b for a, b in zip(one.samples, other.samples, strict=True))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table, its columns in line for a terminal too."""
    lines = [tuple(head), *(tuple(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    shown = [f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |" for line in lines]
    rule = f"|{'|'.join('-' * (width + 2) for width in widths)}|"
    return "\n".join((shown[0], rule, *shown[1:]))


def compared(figures: Mapping[str, Figure], to: str, unit: str = "s") -> str:
    """Return a table of figures and their ratios to one of them."""
    base = figures[to]
    rows = (
        (f.name, f"{f.median:.2f} {unit}", f.spread, "1" if f is base else f"{ratio(f, base):.2f}")
        for f in figures.values()
    )
    return table(("", "median", "least to most", f"ratio to {to}"), rows)
