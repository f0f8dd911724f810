"""What a line, the archive and a rollback see of the router around them."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from ipaddress import IPv4Address
from typing import Protocol

from .clock import Clock
from .document import Document
from .release import Release


class Surroundings(Protocol):
    """The part of `RouterState` that its own parts work on."""

    release: Release
    clock: Clock
    document: Document
    weak: str
    sla_started: dict[int, datetime]
    public_addresses: tuple[IPv4Address, ...]
    flash_free: int

    @property
    def lock(self) -> AbstractContextManager[bool]:
        """Held by whoever reads or changes the router."""

    def running_config(self) -> str:
        """Return the running-config, without the header that `show running-config` adds."""

    def has_vrf(self, name: str) -> bool:
        """Return whether the VRF is configured."""

    def changed(self, user: str) -> None:
        """Note a change of the running-config."""

    def protected(self, text: str) -> str:
        """Return the line as it is kept: with `password encryption aes` keys are in type 6."""

    def clear_secret(self, shown: str) -> str:
        """Return a key as IKE uses it, from how it is shown."""

    def peers_with_sa(self, *, but: str) -> set[str]:
        """Return the peers with which there is an SA, but those whose tunnel negotiates with that IKE version: it is of it."""

    def announce(self, user: str, lines: Sequence[str]) -> None:
        """Print something on the user's terminals without being asked."""
