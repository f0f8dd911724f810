"""The two ends as JSON: field names as they are, addresses as text."""

import types
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from functools import cache
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from lab.ends import AwsEnd, RouterEnd

End = TypeVar("End", RouterEnd, AwsEnd)
_ADDRESSES = (IPv4Address, IPv4Interface, IPv4Network)


def encode_ends(ends: Iterable[RouterEnd] | Iterable[AwsEnd]) -> list[object]:
    """Return `ends` as what `json.dumps` takes, pre-shared keys included."""
    return [_encode(end) for end in ends]


def decode_ends(kind: type[End], data: object) -> tuple[End, ...]:
    """Return the ends that `encode_ends` was given; an unknown or missing field raises."""
    if not isinstance(data, list):
        raise TypeError("the ends must be a JSON list")
    return tuple(_decode(kind, item) for item in data)


def _encode(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    return str(value) if isinstance(value, _ADDRESSES) else value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _decode(kind: Any, value: Any) -> Any:  # noqa: ANN401  # the shape is the dataclass's, known at run time
    if get_origin(kind) is types.UnionType:
        if value is None:
            return None
        (kind,) = (part for part in get_args(kind) if part is not types.NoneType)
    if get_origin(kind) is tuple:
        parts = get_args(kind)
        items = [parts[0]] * len(value) if parts[-1] is Ellipsis else parts
        return tuple(_decode(part, item) for part, item in zip(items, value, strict=True))
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _decode(hints[name], item) for name, item in value.items()})
    if kind in _ADDRESSES:
        return kind(value)
    if type(value) is not kind:
        raise TypeError(f"expected {kind.__name__}, found {type(value).__name__}")
    return value
