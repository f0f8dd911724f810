"""Single values of the input, from JSON, AWS's documents or flags: each is taken as what it must be, or refused by its name.

Every function raises `InputError`.
"""

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from .errors import InputError, Words


def json_object(name: str, value: object, known: set[str] | None = None) -> Mapping[str, object]:
    """Return an object, of which only the `known` fields are taken."""
    if not isinstance(value, Mapping):
        raise InputError(name, Words(f"of type {type(value).__name__}"), "a JSON object")
    for key in value:
        if known is not None and key not in known:
            raise InputError(f"{name} field", key, f"one of {', '.join(sorted(known))}")
    return value


def text(name: str, value: object) -> str:
    """Return a text that isn't empty."""
    if not isinstance(value, str) or not value:
        raise InputError(name, value, "text")
    return value


def optional_text(name: str, value: object) -> str | None:
    """Return a text, or ``None`` where none is given."""
    return None if value is None else text(name, value)


def flag(name: str, value: object) -> bool:
    """Return a flag."""
    if not isinstance(value, bool):
        raise InputError(name, value, "true or false")
    return value


def integer(name: str, value: object) -> int:
    """Return a number; JSON from other languages may carry whole numbers as 5.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(name, value, "a whole number")
    return value


def pair(name: str, value: object) -> tuple[int, int]:
    """Return two numbers, the first tunnel's and the second's."""
    if not isinstance(value, Sequence) or len(value) != 2:
        raise InputError(name, value, "two numbers, one per tunnel")
    return integer(name, value[0]), integer(name, value[1])


def whole_number(name: str, value: object) -> int:
    """Return a number that AWS may write as text, and JSON from other languages as 28800.0."""
    digits = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    # int() takes more than digits: signs, underscores, other scripts.
    if not re.fullmatch(r"[0-9]{1,20}", digits):
        raise InputError(name, value, "a whole number")
    return int(digits)


def ipv4_address(name: str, value: object) -> IPv4Address:
    """Return an address."""
    try:
        return IPv4Address(str(value))
    except ValueError:
        raise InputError(name, value, "an IPv4 address") from None


def endpoint(name: str, value: object) -> IPv4Address:
    """Return the outside address of one end, public or private."""
    address = ipv4_address(name, value)
    is_a_host = not (address.is_unspecified or address.is_loopback or address.is_multicast or address.is_link_local)
    if not is_a_host or address.is_reserved:
        raise InputError(name, str(address), "the address of a host")
    return address


def ipv4_network(name: str, value: object) -> IPv4Network:
    """Return a network; host bits are an error."""
    try:
        return IPv4Network(str(value))
    except ValueError:
        raise InputError(name, value, "an IPv4 network in CIDR form with no host bits set") from None
