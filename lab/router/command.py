"""`python -m lab router`: one simulated router in the foreground."""

import argparse
import sys
from collections.abc import Sequence
from ipaddress import IPv4Address
from pathlib import Path

import asyncssh

from lab.ending import ToldToEnd

from .release import RELEASES
from .server import Router


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments."""
    arguments = argparse.ArgumentParser(prog="python -m lab router", description="Play a Cisco IOS router over SSH.")
    arguments.add_argument("--port", type=int, default=0, metavar="N", help="port on 127.0.0.1 (default: a free one)")
    arguments.add_argument("--release", choices=sorted(RELEASES), default="xe17", help="the IOS release to play")
    arguments.add_argument(
        "--running-config", type=Path, metavar="FILE", help="what it runs and boots (default: a small branch)"
    )
    arguments.add_argument("--user", default="admin", metavar="U", help="who may log in (default: admin)")
    arguments.add_argument(
        "--password-file", type=Path, required=True, metavar="F", help="file with that user's password"
    )
    arguments.add_argument(
        "--enable-file", type=Path, metavar="F", help="file with the enable secret; the user then has privilege 1"
    )
    arguments.add_argument(
        "--host-key-file", type=Path, metavar="F", help="host key, made there when missing (default: a new one)"
    )
    arguments.add_argument(
        "--latency", type=float, default=0.0, metavar="MS", help="milliseconds it thinks about each line"
    )
    arguments.add_argument(
        "--round-trip", type=float, default=0.0, metavar="MS", help="milliseconds a packet takes there and back"
    )
    arguments.add_argument("--exchange", metavar="URL", help="the fake AWS that its tunnels lead to")
    arguments.add_argument("--public-address", type=IPv4Address, metavar="A", help="what NAT makes of its address")
    arguments.add_argument("--name", default="router", help="what the exchange knows it as")
    return arguments


def main(argv: Sequence[str]) -> int:
    """Serve until interrupted; print `ready ADDRESS`, and the host key's fingerprint on stderr."""
    given = parser().parse_args(argv)
    # Before `ready` is said: who reads it may say at once that it is enough.
    told_to_end = ToldToEnd()
    with _router(given) as router:
        print(f"ready {router.host}:{router.port}", flush=True)  # noqa: T201 - the command's output
        print(f"host key {router.host_key}", file=sys.stderr, flush=True)  # noqa: T201 - the command's output
        told_to_end.wait()
    return 0


def _router(given: argparse.Namespace) -> Router:
    enable = _secret(given.enable_file) if given.enable_file else None
    exchange = None
    if given.exchange:
        from lab.exchange import HttpExchange

        exchange = HttpExchange(given.exchange)
    return Router(
        running_config=given.running_config.read_text(encoding="utf-8-sig") if given.running_config else "",
        release=given.release,
        user=given.user,
        password=_secret(given.password_file),
        privilege=15 if enable is None else 1,
        enable_secret=enable,
        port=given.port,
        latency=given.latency / 1000,
        round_trip=given.round_trip / 1000,
        host_key=_host_key(given.host_key_file) if given.host_key_file else None,
        exchange=exchange,
        public_addresses=(given.public_address,) if given.public_address else (),
        name=given.name,
    )


def _secret(file: Path) -> str:
    return file.read_text().strip()


def _host_key(file: Path) -> asyncssh.SSHKey:
    if not file.exists():
        key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
        file.touch(mode=0o600)
        file.write_bytes(key.export_private_key())
    return asyncssh.read_private_key(str(file))
