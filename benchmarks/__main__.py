"""`python -m benchmarks [PART …]`: measure, and print the tables as Markdown."""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence

from benchmarks.cost import cost_tables
from benchmarks.link import link_tables
from benchmarks.push import push_tables
from benchmarks.run import run_tables
from benchmarks.stack import stack_tables

PARTS: Mapping[str, tuple[str, Callable[[int], Iterator[str]]]] = {
    "push": ("Push of the guide's link on an open session", push_tables),
    "run": ("A whole run against one router", run_tables),
    "cost": ("What one apply costs its own machine", cost_tables),
    "stack": ("Many routers in one stack", stack_tables),
    "link": ("The whole link beside Terraform and Ansible", link_tables),
}


def main(argv: Sequence[str]) -> int:
    """Measure the parts that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="how often each is measured (5)")
    given = parser.parse_args(argv)
    for name in given.part or PARTS:
        title, measure = PARTS[name]
        print(f"\n## {title}", flush=True)  # noqa: T201 - the command's output
        for text in measure(given.runs):
            print(f"\n{text}", flush=True)  # noqa: T201 - the command's output
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
