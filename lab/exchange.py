"""How the simulated routers and the fake AWS learn of each other: in one process an object, across processes HTTP."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address
from typing import Protocol

from lab.negotiation import Outcome, RouterEnd


class RouterExchange(Protocol):
    """What a router needs of the exchange; `Exchange` and `HttpExchange` both are one."""

    def publish(self, router: str, public_addresses: Sequence[IPv4Address], ends: Sequence[RouterEnd]) -> None:
        """Say what `router` holds now. `public_addresses` are those the Internet sees it as, first the one NAT uses."""

    def withdraw(self, router: str) -> None:
        """Take the router away, as when it reloads or is switched off."""

    def outcomes(self, router: str) -> Mapping[int, Outcome]:
        """Return what comes of each of the router's tunnels now, by Tunnel number; a tunnel to nowhere is down."""
