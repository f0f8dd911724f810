"""`python -m lab up | down | aws | router`: the test bed from the command line."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from lab.background import start, stop
from lab.choice import Choice
from lab.engine.environment import ROOT
from lab.foreground import announce_and_wait

FOLDER = ROOT / ".lab" / "up"


def main(argv: Sequence[str]) -> int:
    """Run one verb and return the exit code."""
    if argv[:1] == ["router"]:
        # The router has a command line of its own, which need not be imported for the others.
        from lab.router.command import main as router

        return router(argv[1:])
    arguments = _parser().parse_args(argv)
    if arguments.verb == "aws":
        return _aws(arguments.port)
    if arguments.verb == "down":
        return stop(arguments.folder)
    return _up(arguments)


def _absolute(text: str) -> Path:
    return Path(text).resolve()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    up = verbs.add_parser("up", help="start all of it and print the environment to use it with")
    up.add_argument("--routing", choices=("bgp", "static"), default="bgp", help="of the stack that is suggested")
    up.add_argument("--release", choices=("ios12", "ios15", "xe16", "xe17"), default="ios15")
    up.add_argument("--wire", action="store_true", help="carry the tunnels on real daemons (Linux, root)")
    up.add_argument("--foreground", action="store_true", help="stay, and print one `ready` line instead")
    up.add_argument("--folder", type=_absolute, default=FOLDER, help=argparse.SUPPRESS)
    down = verbs.add_parser("down", help="stop what `up` started and remove its files")
    down.add_argument("--folder", type=_absolute, default=FOLDER, help=argparse.SUPPRESS)
    aws = verbs.add_parser("aws", help="the fake AWS alone")
    aws.add_argument("--port", type=int, default=0, help="a free one unless told")
    verbs.add_parser("router", help="a simulated router alone; has its own --help")
    return parser


def _aws(port: int) -> int:
    from lab.aws.server import FakeAws

    with FakeAws(port) as aws:
        announce_and_wait(f"127.0.0.1:{aws.port}")
    return 0


def _up(arguments: argparse.Namespace) -> int:
    choice = Choice(arguments.folder, arguments.routing, arguments.release, arguments.wire)
    if not arguments.foreground:
        return start(choice)
    from lab.up import serve

    return serve(choice)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
