"""Changes of a link that carries traffic, each as an operator would make it: AWS's side and the router's, one tunnel at a time."""

import secrets
import time
from collections.abc import Callable, Mapping

from lab.wire.link import PROFILES, Link

_PATIENCE = 120


def settle(link: Link) -> None:
    """Wait until both ends hold both tunnels UP: the check that stands between the two halves of a staged change.

    Raises:
        TimeoutError: That did not happen.
    """
    deadline = time.monotonic() + _PATIENCE
    while not link.bed.wire.are_up():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not both tunnels are UP after {_PATIENCE} s: {link.bed.wire.outcomes()}")
        time.sleep(0.2)


def one_key(link: Link) -> None:
    """Give the second tunnel a new key."""
    link.set_key(1, f"k{secrets.token_hex(15)}")


def both_keys(link: Link) -> None:
    """Give both tunnels new keys: the second, a check, the first."""
    for index in (1, 0):
        link.set_key(index, f"k{secrets.token_hex(15)}")
        settle(link)


def profile(link: Link) -> None:
    """Go from `guide-2015` to `modern`: the second tunnel, a check, the first."""
    for index in (1, 0):
        link.set_profile(index, PROFILES["modern"])
        settle(link)


def prefix(link: Link) -> None:
    """Announce one prefix more from the premises."""
    link.bed.router.edit(["interface Loopback20", "ip address 192.168.20.1 255.255.255.0"])
    link.advertised = (*link.advertised, "192.168.20.0/24")
    link.apply()


def rename(link: Link) -> None:
    """Give the link another name."""
    link.name = "osaka"
    link.apply()


def primary(link: Link) -> None:
    """Make the tunnel that does not carry the router's traffic now the primary; with BGP, believe one network alone."""
    wire = link.bed.wire
    active = wire.active()
    outside = next(outside for outside, pair in wire.pairs.items() if pair is not active)
    filters = ("--prefix-lists", "--cidr", "10.0.0.0/16", "--maximum-prefix", "50")
    link.more_flags = ("--primary", str(outside), *(() if link.is_static else filters))
    link.apply()


CHANGES: Mapping[str, Callable[[Link], None]] = {
    "rotate one key": one_key,
    "rotate both keys": both_keys,
    "guide-2015 to modern": profile,
    "add a prefix": prefix,
    "rename the link": rename,
    "prefer the other tunnel": primary,
}
