"""The schema of a resource, read from the pinned Pulumi SDK, whose classes are generated from the real plugin's."""

import importlib.util
import inspect
import re
import sys
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any, TypeAlias

from pulumi import _types

from lab.providers.plugin import Failure
from lab.providers.values import Properties, Unknown, Value, plain

Hint: TypeAlias = Any
"""A type as the SDK's annotations spell it."""

_LOADING = Lock()


class UnknownTypeError(LookupError):
    """The SDK has no resource or function of this token."""

    def __init__(self, token: str) -> None:
        super().__init__(f"the pinned SDK knows no {token}")
        self.token = token


@dataclass(frozen=True, slots=True)
class Schema:
    """The names, shapes and secrets of one resource."""

    inputs: Mapping[str, Hint]
    """Property name to the type that the SDK declares for it."""
    required: frozenset[str]
    outputs: Mapping[str, Hint]
    secrets: frozenset[str]
    """Outputs that the real plugin marks secret whatever the program does."""


@cache
def schema_of(token: str) -> Schema:
    """Read the schema of a resource from the class that the SDK has for it."""
    resource, arguments = _classes(token)
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


def _classes(token: str) -> tuple[Hint, Hint]:
    """Return a resource's class and its arguments'."""
    package, path, name = token.split(":")
    module_name = "/".join(_snake(part) for part in path.split("/")).replace("/", ".")
    # The engine asks in parallel, and a module that another thread is loading lacks names.
    with _LOADING:
        try:
            module = _module(f"pulumi_{package}.{module_name}")
            resource = getattr(module, name)
            # The SDK calls the arguments InitArgs where another type has the plain name.
            arguments = getattr(module, f"{name}InitArgs", None) or getattr(module, f"{name}Args")
        except (ImportError, AttributeError):
            raise UnknownTypeError(token) from None
    return resource, arguments


def _module(name: str) -> types.ModuleType:
    """Import one module of an SDK without the hundreds beside it, which cost each start of a plugin a second.

    A package that stands in `sys.modules` is not executed. What stood there before comes back: the SDK's own stand-in,
    which loads the whole when a name of it is first asked for.
    """
    parent = name.rpartition(".")[0]
    importlib.import_module(name.partition(".")[0])
    spec, before = importlib.util.find_spec(parent), sys.modules.get(parent)
    if spec is None or type(before) is types.ModuleType:
        return importlib.import_module(name)
    sys.modules[parent] = importlib.util.module_from_spec(spec)
    try:
        return importlib.import_module(name)
    finally:
        del sys.modules[parent]
        if before is not None:
            sys.modules[parent] = before


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _secret_outputs(resource: Hint) -> frozenset[str]:
    """Find what the SDK passes to `additional_secret_outputs`, which nothing but its constructor's code tells."""
    found = re.search(r"additional_secret_outputs=\[([^\]]*)\]", inspect.getsource(resource._internal_init))  # noqa: SLF001 - see above
    return frozenset(re.findall(r'"([^"]+)"', found.group(1))) if found else frozenset()


def problems(schema: Schema, inputs: Properties) -> list[Failure]:
    """Say what the real plugin would refuse: what is missing, what it does not know, and what has the wrong shape."""
    missing = [Failure(name, "Missing required property") for name in sorted(schema.required - inputs.keys())]
    return missing + list(_object_problems(schema.inputs, plain(inputs), ""))


def _object_problems(known: Mapping[str, Hint], value: Properties, path: str) -> Iterator[Failure]:
    for name, item in value.items():
        if name not in known:
            yield Failure(path + name, f"unknown property; known are {', '.join(sorted(known))}")
        else:
            yield from _value_problems(known[name], item, path + name)


def _value_problems(hint: Hint, value: Value, path: str) -> Iterator[Failure]:
    kind = _unwrapped(hint)
    if value is None or isinstance(value, Unknown) or kind is Any:
        return
    shape, members = _shape(kind)
    has_shape: bool = isinstance(value, shape)
    if not has_shape:
        yield Failure(path, f"expected {_NAMES[shape]}, got {type(value).__name__}")
    elif shape is list:
        for index, item in enumerate(value):
            yield from _value_problems(members, item, f"{path}[{index}]")
    elif shape is dict and isinstance(members, dict):
        yield from _object_problems(members, value, f"{path}.")
    elif shape is dict:
        for key, item in value.items():
            yield from _value_problems(members, item, f"{path}.{key}")
    elif not _fits(kind, value):
        yield Failure(path, f"expected {kind.__name__}, got {type(value).__name__}")


_NAMES = {list: "a list", dict: "an object", object: "a value"}


def _shape(kind: Hint) -> tuple[type, Hint]:
    """Tell how a type is spelled on the wire: list, object or scalar, and what its members are."""
    origin = typing.get_origin(kind)
    if isinstance(kind, type) and _types.is_input_type(kind):
        return dict, _types.input_type_types(kind)
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return list, typing.get_args(kind)[0]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return dict, typing.get_args(kind)[1]
    return object, None


def _unwrapped(hint: Hint) -> Hint:
    """Take `Input[…]` and `Optional[…]` off a type: the value on the wire is never an output or a coroutine."""
    origin: Hint = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        candidates = [item for item in typing.get_args(hint) if item is not type(None)]
        return _unwrapped(candidates[0])
    return hint


def _fits(kind: type, value: Value) -> bool:
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


def _coerced(kind: Hint, value: Value) -> Value:
    if kind is str and isinstance(value, bool):
        return str(value).lower()
    if kind is str and isinstance(value, (int, float)):
        return str(value)
    if kind is int and isinstance(value, str):
        return int(value)
    if kind is bool and isinstance(value, str):
        return value == "true"
    return value
