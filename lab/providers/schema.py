"""What a resource takes and gives, and what the real plugin would refuse of it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from lab.providers.plugin import Failure
from lab.providers.values import Properties, Unknown, Value, plain

Shape: TypeAlias = str | Mapping[str, Any]
"""A type as JSON has it: "any", "boolean", "integer", "number", "string", `{"list": Shape}`, `{"map": Shape}` or `{"object": {name: Shape}}`."""


@dataclass(frozen=True, slots=True)
class Schema:
    """The names, shapes and secrets of one resource."""

    inputs: Mapping[str, Shape]
    required: Sequence[str]
    outputs: Sequence[str]
    secrets: Sequence[str]
    """Outputs that the real plugin marks secret whatever the program does."""


Schemas: TypeAlias = Mapping[str, Schema]
"""Type token to what the pinned SDK says of it; `lab.providers.sdk` makes it."""


def written(schemas: Schemas) -> str:
    """Write schemas as `read` takes them."""
    return json.dumps({token: asdict(schema) for token, schema in schemas.items()})


def read(text: str) -> Schemas:
    """Read what `written` wrote."""
    return {token: Schema(**fields) for token, fields in json.loads(text).items()}


def problems(schema: Schema, inputs: Properties) -> list[Failure]:
    """Say what the real plugin would refuse: what is missing, what it does not know, and what has the wrong shape."""
    missing = [Failure(name, "Missing required property") for name in schema.required if name not in inputs]
    return missing + list(_object_problems(schema.inputs, plain(inputs), ""))


def _object_problems(known: Mapping[str, Shape], value: Properties, path: str) -> Iterator[Failure]:
    for name, item in value.items():
        if name not in known:
            yield Failure(path + name, f"unknown property; known are {', '.join(sorted(known))}")
        else:
            yield from _value_problems(known[name], item, path + name)


def _value_problems(shape: Shape, value: Value, path: str) -> Iterator[Failure]:
    if value is None or isinstance(value, Unknown):
        return
    if isinstance(shape, str):
        if not _fits(shape, value):
            yield Failure(path, f"expected {shape}, got {type(value).__name__}")
        return
    ((kind, members),) = shape.items()
    match kind, value:
        case "list", list():
            for index, item in enumerate(value):
                yield from _value_problems(members, item, f"{path}[{index}]")
        case "map", dict():
            for key, item in value.items():
                yield from _value_problems(members, item, f"{path}.{key}")
        case "object", dict():
            yield from _object_problems(members, value, f"{path}.")
        case _:
            expected = "a list" if kind == "list" else "an object"
            yield Failure(path, f"expected {expected}, got {type(value).__name__}")


def _fits(scalar: str, value: Value) -> bool:
    """Tell whether the real plugin would take a scalar: its bridge turns text and numbers into each other."""
    if scalar == "any":
        return True
    if isinstance(value, (list, dict)):
        return False
    if scalar == "boolean":
        return isinstance(value, bool) or value in ("true", "false")
    if scalar in ("integer", "number"):
        return not isinstance(value, bool) and (
            isinstance(value, (int, float)) or re.fullmatch(r"-?\d+(\.\d+)?", str(value)) is not None
        )
    return True


def coerced(schema: Schema, inputs: Properties) -> Properties:
    """Give top-level scalars the type that the schema has, as the real plugin's bridge does."""
    return {name: _coerced(schema.inputs.get(name), value) for name, value in inputs.items()}


def _coerced(shape: Shape | None, value: Value) -> Value:
    if shape == "string" and isinstance(value, bool):
        return str(value).lower()
    if shape == "string" and isinstance(value, (int, float)):
        return str(value)
    if shape == "integer" and isinstance(value, str):
        return int(value)
    if shape == "boolean" and isinstance(value, str):
        return value == "true"
    return value
