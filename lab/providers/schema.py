"""The schema of a resource, read from the pinned Pulumi SDK, whose classes are generated from the real plugin's."""

import importlib
import inspect
import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pulumi import _types

from lab.providers.plugin import Failure
from lab.providers.values import Properties, Unknown, plain


class UnknownType(LookupError):
    """The SDK has no resource or function of this token."""

    def __init__(self, token: str) -> None:
        super().__init__(f"the pinned SDK knows no {token}")
        self.token = token


@dataclass(frozen=True, slots=True)
class Schema:
    """The names, shapes and secrets of one resource."""

    inputs: Mapping[str, Any]
    """Property name to the type that the SDK declares for it."""
    required: frozenset[str]
    outputs: Mapping[str, Any]
    secrets: frozenset[str]
    """Outputs that the real plugin marks secret whatever the program does."""


@lru_cache(maxsize=None)
def schema_of(token: str) -> Schema:
    """Read the schema of a resource from the class that the SDK has for it."""
    package, path, name = token.split(":")
    module_name = "/".join(_snake(part) for part in path.split("/")).replace("/", ".")
    try:
        module = importlib.import_module(f"pulumi_{package}.{module_name}")
        resource, arguments = getattr(module, name), getattr(module, f"{name}Args")
    except (ImportError, AttributeError):
        raise UnknownType(token) from None
    names = _types.input_type_py_to_pulumi_names(arguments)
    parameters = inspect.signature(arguments.__init__).parameters
    return Schema(
        inputs=_types.input_type_types(arguments),
        required=frozenset(
            names.get(parameter.name, parameter.name)
            for parameter in parameters.values()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY and parameter.default is inspect.Parameter.empty
        ),
        outputs=_types.resource_types(resource),
        secrets=_secret_outputs(resource),
    )


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _secret_outputs(resource: type) -> frozenset[str]:
    """Find the outputs that the SDK passes to `additional_secret_outputs`, which it keeps in the constructor's code."""
    found = re.search(r"additional_secret_outputs=\[([^\]]*)\]", inspect.getsource(resource))
    return frozenset(re.findall(r'"([^"]+)"', found.group(1))) if found else frozenset()


def problems(schema: Schema, inputs: Properties) -> list[Failure]:
    """Say what the real plugin would refuse: what is missing, what it does not know, and what has the wrong shape."""
    missing = [Failure(name, "Missing required property") for name in sorted(schema.required - inputs.keys())]
    return missing + list(_object_problems(schema.inputs, plain(inputs), ""))


def _object_problems(types: Mapping[str, Any], value: Properties, path: str) -> Iterator[Failure]:
    for name, item in value.items():
        if name not in types:
            yield Failure(path + name, f"unknown property; known are {', '.join(sorted(types))}")
        else:
            yield from _value_problems(types[name], item, path + name)


def _value_problems(hint: Any, value: Any, path: str) -> Iterator[Failure]:
    kind = _unwrapped(hint)
    origin = typing.get_origin(kind)
    if value is None or isinstance(value, Unknown) or kind is Any:
        return
    if _types.is_input_type(kind) if isinstance(kind, type) else False:
        if isinstance(value, dict):
            yield from _object_problems(_types.input_type_types(kind), value, f"{path}.")
        else:
            yield Failure(path, f"expected an object, got {type(value).__name__}")
    elif isinstance(origin, type) and issubclass(origin, Sequence):
        if not isinstance(value, list):
            yield Failure(path, f"expected a list, got {type(value).__name__}")
            return
        for index, item in enumerate(value):
            yield from _value_problems(typing.get_args(kind)[0], item, f"{path}[{index}]")
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, dict):
            yield Failure(path, f"expected a map, got {type(value).__name__}")
            return
        for key, item in value.items():
            yield from _value_problems(typing.get_args(kind)[1], item, f"{path}.{key}")
    elif isinstance(kind, type) and not _fits(kind, value):
        yield Failure(path, f"expected {kind.__name__}, got {type(value).__name__}")


def _unwrapped(hint: Any) -> Any:
    """Take `Input[…]` and `Optional[…]` off a type: the value on the wire is never an output or a coroutine."""
    if typing.get_origin(hint) is typing.Union:
        candidates = [item for item in typing.get_args(hint) if item is not type(None)]
        return _unwrapped(candidates[0])
    return hint


def _fits(kind: type, value: Any) -> bool:
    """Tell whether the real plugin would take a scalar: its bridge turns text and numbers into each other."""
    if isinstance(value, (list, dict)):
        return False
    if kind is bool:
        return isinstance(value, bool) or value in ("true", "false")
    if kind in (int, float):
        return not isinstance(value, bool) and (
            isinstance(value, (int, float)) or re.fullmatch(r"-?\d+(\.\d+)?", str(value)) is not None
        )
    return True


def coerced(schema: Schema, inputs: Properties) -> Properties:
    """Give top-level scalars the type that the schema has, as the real plugin's bridge does."""
    return {name: _coerced(_unwrapped(schema.inputs.get(name)), value) for name, value in inputs.items()}


def _coerced(kind: Any, value: Any) -> Any:
    if kind is str and isinstance(value, bool):
        return str(value).lower()
    if kind is str and isinstance(value, (int, float)):
        return str(value)
    if kind is int and isinstance(value, str):
        return int(value)
    if kind is bool and isinstance(value, str):
        return value == "true"
    return value
