"""Property values on the wire: between protobuf structs and Python, with secrets and unknowns kept apart."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
"""The key that marks a struct as something other than an object (Pulumi's wire format)."""

SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a public constant of the protocol
UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


class Unknown:
    """A value that only the real operation will tell: it exists during previews alone."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that the engine must encrypt in its state and mask on the terminal."""

    value: Any

    def __repr__(self) -> str:
        return "Secret(…)"


Value: TypeAlias = Any
"""A property's value as JSON has it, or UNKNOWN, or a Secret around either."""

Properties: TypeAlias = dict[str, Value]


def from_struct(struct: Struct) -> Properties:
    """Read the properties of a request."""
    return {key: _read(value) for key, value in json_format.MessageToDict(struct).items()}


def to_struct(properties: Mapping[str, Value]) -> Struct:
    """Write the properties of a response; those that are None are left out."""
    struct = Struct()
    struct.update({key: _write(value) for key, value in properties.items() if value is not None})
    return struct


def _read(value: Value) -> Value:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if value == UNKNOWN_TEXT:
        return UNKNOWN
    if isinstance(value, list):
        return [_read(item) for item in value]
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return Secret(_read(value["value"]))
        return {key: _read(item) for key, item in value.items()}
    return value


def _write(value: Value) -> Value:
    if isinstance(value, Unknown):
        return UNKNOWN_TEXT
    if isinstance(value, Secret):
        return {SIGNATURE: SECRET, "value": _write(value.value)}
    if isinstance(value, (list, tuple)):
        return [_write(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _write(item) for key, item in value.items()}
    return value


def plain(value: Value) -> Value:
    """Take the secret marks off a value, however deep they are."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def _leaves(value: Value) -> Iterator[Value]:
    yield value
    if isinstance(value, Secret):
        yield from _leaves(value.value)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)


def has_unknown(value: Value) -> bool:
    """Tell whether any part of a value is not known yet."""
    return any(isinstance(leaf, Unknown) for leaf in _leaves(value))


def canonical(value: Value) -> str:
    """Spell a plain value so that the members of a list taken as a set can be put in order."""
    return json.dumps(value, sort_keys=True, default=repr)
