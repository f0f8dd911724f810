"""Names: of child resources, of the link on the router, and the tags that AWS shows them under."""

import hashlib
import re
from collections.abc import Mapping

from ._validation import ArgumentError, Words

_LINK_LENGTH = 40  # the agent's limit: a tunnel's description also names the connection and what is owned
_LINK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}\Z")
_DEVICE_LENGTH = 255


def part(value: str) -> str:
    """Return a CIDR or another key as a part of a resource's name."""
    return value.replace("/", "-")


def link_name(stack: str, name: str) -> str:
    """Return what the link is called on the router: two stacks that share one have different names there."""
    full = name if name.startswith(stack) else f"{stack}-{name}"
    full = re.sub(r"[^A-Za-z0-9_-]", "-", full).lstrip("-_") or "link"
    if len(full) <= _LINK_LENGTH:
        return full
    digest = hashlib.sha256(full.encode()).hexdigest()[:8]
    return f"{full[: _LINK_LENGTH - len(digest) - 1]}-{digest}"


def require_link_name(field: str, name: str) -> None:
    """Refuse what the agent would."""
    if not _LINK_NAME.match(name):
        raise ArgumentError(field, name, "1 to 40 letters, digits, '-' or '_', the first a letter or digit")


def full_name(project: str, stack: str, name: str) -> str:
    """Return a name that no other stack has, for what AWS tells apart by its name."""
    return f"{project}-{stack}-{name}"[:_DEVICE_LENGTH]


def require_device_name(field: str, name: str) -> None:
    """Refuse what AWS would."""
    if not 1 <= len(name) <= _DEVICE_LENGTH:
        raise ArgumentError(field, Words(f"{len(name)} characters long"), f"1 to {_DEVICE_LENGTH} characters")


def tagged(name: str, tags: Mapping[str, str]) -> dict[str, str]:
    """Return the caller's tags with the resource's name, unless the caller names it."""
    return {"Name": name, **tags}
