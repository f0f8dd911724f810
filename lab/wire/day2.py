"""Changes of a link that carries traffic, each as an operator would make it: AWS's side and the router's, one tunnel at a time."""

import secrets
import time
from collections.abc import Callable, Mapping
from ipaddress import IPv4Network

from lab.wire.link import INSIDE, PROFILES, Link

_PATIENCE = 120
LED_AWAY = "rotate one key, traffic led away by hand before"


def settle(link: Link) -> None:
    """Wait until both ends hold both tunnels UP: the check that stands between the two halves of a staged change.

    Raises:
        TimeoutError: That did not happen.
    """
    _wait_until(link.bed.wire.are_up, "not both tunnels are UP", lambda: str(link.bed.wire.outcomes()))


def _wait_until(condition: Callable[[], bool], otherwise: str, details: Callable[[], str] = str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{otherwise} after {_PATIENCE} s {details()}")
        time.sleep(0.1)


def one_key(link: Link) -> None:
    """Give the second tunnel a new key."""
    link.set_key(1, f"k{secrets.token_hex(15)}")


def led_away(link: Link) -> None:
    """Give the tunnel that carries the traffic a new key, once its BGP session has been shut by hand: traffic moves while it is UP.

    Raises:
        TimeoutError: Traffic did not move, or the tunnel did not come back.
    """
    wire = link.bed.wire
    active = wire.active()
    outside = next(str(outside) for outside, pair in wire.pairs.items() if pair is active)
    index = next(index for index in (0, 1) if link.outside(index) == outside)
    neighbor = next(IPv4Network(INSIDE[index]).hosts())
    link.bed.router.edit(["router bgp 65001", f"neighbor {neighbor} shutdown"])
    _wait_until(
        lambda: active not in (wire.active(), wire.active_of_aws()),
        "traffic still goes by the tunnel whose BGP is shut",
    )
    link.set_key(index, f"k{secrets.token_hex(15)}")
    _wait_until(lambda: active.router.is_up and active.aws.is_up, "the tunnel with the new key is not UP")
    link.bed.router.edit(["router bgp 65001", f"no neighbor {neighbor} shutdown"])


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
    LED_AWAY: led_away,
    "rotate both keys": both_keys,
    "guide-2015 to modern": profile,
    "add a prefix": prefix,
    "rename the link": rename,
    "prefer the other tunnel": primary,
}
