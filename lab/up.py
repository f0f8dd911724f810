"""The whole lab in one process: the fake AWS and a router that share one exchange, and the files to use them with."""

import os
import secrets
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh

from lab.aws.server import FakeAws
from lab.background import hold_lock
from lab.choice import Choice
from lab.engine.environment import pulumi_environment
from lab.foreground import announce_and_wait
from lab.router.server import Router

USER = "pulumi"


def serve(choice: Choice) -> int:
    """Run the lab until told to end."""
    choice.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    password = secrets.token_urlsafe(16)
    host_key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    arguments = {"release": choice.release, "user": USER, "password": password, "host_key": host_key}
    with hold_lock(choice.folder), _parts(choice, arguments) as (aws, router):
        _write_files(choice, aws, router, password, host_key)
        announce_and_wait(f"127.0.0.1:{aws.port}")
    return 0


@contextmanager
def _parts(choice: Choice, router: dict[str, Any]) -> Iterator[tuple[FakeAws, Router]]:
    """Run the fake AWS and the router; with `--wire`, real daemons decide in the place of `negotiate`."""
    if choice.is_on_wire:
        from lab.wire.bed import Bed

        with Bed(**router) as bed:
            yield bed.aws, bed.router
        return
    with FakeAws() as aws, Router(exchange=aws.exchange, **router) as running:
        yield aws, running


def _write_files(choice: Choice, aws: FakeAws, router: Router, password: str, host_key: asyncssh.SSHKey) -> None:
    folder = choice.folder
    _write_private(folder / "router-password", password + "\n")
    _write_private(folder / "passphrase", secrets.token_urlsafe(16) + "\n")
    public = host_key.export_public_key().decode().split()
    _write_private(folder / "known_hosts", f"[{router.host}]:{router.port} {public[0]} {public[1]}\n")
    (folder / "pid").write_text(f"{os.getpid()}\n")
    variables = _pulumi(folder) | aws.environment() | _router(choice, router)
    # What would go before the lab's own if the user's shell has it.
    lines = ["unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL_EC2 PULUMI_CONFIG_PASSPHRASE PULUMI_ACCESS_TOKEN\n"]
    lines += [f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()]
    # The agent's password for whoever runs it by hand, without showing it on the terminal.
    lines.append(f'export IOS_PASSWORD="$(cat {shlex.quote(str(folder / "router-password"))})"\n')
    # Last, and at one stroke: this file says that all the others are there.
    _write_private(folder / "environment.new", "".join(lines))
    (folder / "environment.new").rename(folder / "environment")


def _pulumi(folder: Path) -> dict[str, str]:
    """Return what differs from the user's own environment, the passphrase as a file."""
    whole = pulumi_environment(folder / "pulumi")
    changed = {name: value for name, value in whole.items() if os.environ.get(name) != value}
    changed.pop("PULUMI_CONFIG_PASSPHRASE", None)
    return changed | {"PULUMI_CONFIG_PASSPHRASE_FILE": str(folder / "passphrase")}


def _router(choice: Choice, router: Router) -> dict[str, str]:
    return {
        "LAB_ROUTER_HOST": router.host,
        "LAB_ROUTER_PORT": str(router.port),
        "LAB_ROUTER_HOST_KEY": router.host_key,
        "LAB_ROUTER_USERNAME": USER,
        "LAB_ROUTER_PASSWORD_FILE": str(choice.folder / "router-password"),
        "LAB_ROUTER_KNOWN_HOSTS": str(choice.folder / "known_hosts"),
        "LAB_ROUTING": choice.routing,
    }


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)
