"""Pre-shared keys: AWS's rule, and the command that makes one."""

import re

from ._validation import ArgumentError, Words

_KEY = re.compile(r"(?!0)[A-Za-z0-9._]{8,64}\Z")
_RULE = "8 to 64 letters, digits, '.' or '_', not starting with 0"

KEY_LENGTH = 32

GENERATE = f"""set -eu
key=$(LC_ALL=C tr -dc '1-9A-Za-z' < /dev/urandom | head -c {KEY_LENGTH})
test ${{#key}} -eq {KEY_LENGTH}
printf '%s' "$key"
"""
"""Prints a new key: 61 symbols (no 0, which AWS refuses in front), 32 of them, 189 bits from the kernel."""


def require_key(field: str, key: str) -> None:
    """Refuse what is no pre-shared key for AWS, or only the word that stands for one; never shows it."""
    if key.upper() == "REDACTED" or not _KEY.match(key):
        raise ArgumentError(field, "***" if key else Words("empty"), _RULE)


def require_distinct(one: str, two: str) -> None:
    """Refuse one key for both tunnels: who learns one would have the other."""
    if one == two:
        raise ArgumentError("tunnel2_preshared_key", "***", "different from tunnel1_preshared_key")
