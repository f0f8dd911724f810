"""`python -m lab.wire soak | measure`: faults for as long as you like, and what failures and changes cost (Linux, root)."""

import argparse
import secrets
import signal
import sys
import time
from collections.abc import Sequence

from lab.wire.link import PROFILES
from lab.wire.measure import changes, failovers, reach, running_link
from lab.wire.soak import Soak

_MEASUREMENTS = {"failover": failovers, "changes": changes, "reach": reach}


def main(argv: Sequence[str]) -> int:
    """Run one verb and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lab.wire", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    soak = verbs.add_parser("soak", help="a day's worth of faults, from a seed")
    soak.add_argument("--seconds", type=float, default=300)
    soak.add_argument("--seed", type=int, default=None, help="a new one unless told")
    soak.add_argument("--routing", choices=("bgp", "static"), default="bgp")
    measure = verbs.add_parser("measure", help="print tables of what failures and changes cost")
    measure.add_argument("what", choices=tuple(_MEASUREMENTS), nargs="+")
    arguments = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # through the clean-up, not past it
    if arguments.verb == "measure":
        for what in arguments.what:
            _MEASUREMENTS[what]()
        return 0
    seed = secrets.randbelow(10**6) if arguments.seed is None else arguments.seed
    return _soak(seed, arguments.seconds, is_static=arguments.routing == "static")


def _soak(seed: int, seconds: float, *, is_static: bool) -> int:
    began = time.monotonic()

    def tell(text: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {text}", flush=True)  # noqa: T201  # the command's output

    with running_link(PROFILES["modern"], is_static=is_static) as link:
        tell(f"both tunnels are UP; seed {seed}")
        report = Soak(link, seed, tell).run(seconds)
        verified = link.agent("verify", "--wait", "30")
        is_in_sync = link.is_in_sync()
    tell(
        f"{len(report.events)} events, both tunnels down {report.both_down} times; "
        f"verify ends with {verified.returncode}, both ends are {'in' if is_in_sync else 'NOT in'} agreement"
    )
    return 0 if verified.returncode == 0 and is_in_sync else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
