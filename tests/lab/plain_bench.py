"""The agent on the plain router, without SSH, and what to compare afterwards."""

import os

from cisco.connection import Connection
from cisco.login import Login
from cisco.secret import Secret
from tests.lab.plain_router import PlainRouter

# Entered to give the old value back, or hidden by a genuine router, for which the agent takes a line and its absence for one:
# this one shows them from then on.
_SAID_OR_NOT = {
    "crypto ipsec df-bit copy",
    "crypto ipsec security-association replay window-size 64",
    "hash sha",
    "mode tunnel",
    "set security-association lifetime seconds 3600",
    "ip virtual-reassembly",
}


def connection(router: PlainRouter, enable_password: str | None = None) -> Connection:
    """Return a way to it."""
    # The lock is the host's: parallel test processes each have their own.
    login = Login(
        f"plain-{os.getpid()}.invalid",
        router.user,
        "insecure-accept-any",
        password=Secret(router.password),
        enable_password=Secret(enable_password) if enable_password else None,
    )
    return Connection(login, clock=router.clock, open_channel=router.open_channel)


def says(text: str) -> list[str]:
    """Return what a configuration says, in an order of its own: what was taken out and put back stands elsewhere."""
    return sorted(line for line in text.splitlines() if line.strip() not in _SAID_OR_NOT)
