"""The pre-shared keys that replace given ones: in the environment, never on a command line."""

import re
from collections.abc import Mapping, Sequence

from .errors import InputError

_KEY = re.compile(r"(?!0)[A-Za-z0-9._]{8,64}")  # EC2 API reference, PreSharedKey


def given_keys(tunnels_with: Sequence[int], environment: Mapping[str, str]) -> Mapping[int, str]:
    """Return the new keys by tunnel.

    One that AWS refuses is refused here: tunnel 1's turn comes when tunnel 2 has changed.

    Raises:
        InputError: One is missing, is none, or is the other's too.
    """
    found: dict[int, str] = {}
    for tunnel in tunnels_with:
        name = f"TUNNEL{tunnel}_PRESHARED_KEY"
        key = environment.get(name)
        if not key:
            raise InputError(f"{name} is not set, but must hold the key that replaces tunnel{tunnel}PresharedKey")
        if not _KEY.fullmatch(key):
            raise InputError(f"{name} is '***', but must be 8 to 64 letters, digits, '.' or '_', not starting with 0")
        if key in found.values():
            raise InputError(f"{name} is '***', but must be different from TUNNEL1_PRESHARED_KEY")
        found[tunnel] = key
    return found
