"""What AWS picks by itself for a new tunnel: outside address, inside CIDR, pre-shared key."""

import secrets
import string
from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network

from lab.aws.tunnel_options import is_reserved

_OUTSIDE = IPv4Network("198.51.100.0/24")  # RFC 5737, so that no packet of the lab can reach anybody
_OUTSIDE_BEYOND = IPv4Network("198.18.0.0/15")  # RFC 2544, for labs of more than a hundred connections
_INSIDE = IPv4Network("169.254.0.0/16")


def outside_pair(taken: Collection[IPv4Address]) -> tuple[IPv4Address, IPv4Address]:
    """Return two free outside addresses, the lower first.

    The two lie apart, as AWS's endpoints do, and in some pairs the order as numbers is not the order as text.
    """
    for index in range(99):
        low = _OUTSIDE[1 + (10 + 37 * index) % 99]
        high = _OUTSIDE[100 + (20 + 53 * index) % 155]
        if low not in taken and high not in taken:
            return low, high
    half = _OUTSIDE_BEYOND.num_addresses // 2
    index = next(i for i in range(1, half) if _OUTSIDE_BEYOND[i] not in taken)
    return _OUTSIDE_BEYOND[index], _OUTSIDE_BEYOND[index + half]


def free_inside_cidr(taken: Collection[IPv4Network]) -> IPv4Network:
    """Return an inside CIDR that is neither reserved nor `taken`."""
    count = _INSIDE.num_addresses // 4
    for index in range(count):
        # An odd stride visits every /30 once, and neighbours get numbers that do not look alike.
        network = IPv4Network((_INSIDE[4 * ((2557 * (index + 1)) % count)], 30))
        if network not in taken and not is_reserved(network):
            return network
    raise AssertionError("16384 inside CIDRs are in use")


def new_preshared_key() -> str:
    """Return 32 characters as AWS makes them; the first is no zero."""
    alphabet = string.ascii_letters + string.digits + "._"
    return secrets.choice(string.ascii_letters) + "".join(secrets.choice(alphabet) for _ in range(31))
