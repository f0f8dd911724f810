"""Schemas read from the pinned Pulumi SDKs, whose classes are generated from the real plugins' own.

The SDKs take seconds to load: `make setup` runs this once (`python -m lab.providers.sdk aws|command`) and keeps what it says
beside the stand-in.
"""

import importlib
import inspect
import re
import sys
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from pulumi import _types

from lab.providers.aws.rows import ROWS
from lab.providers.command import COMMAND
from lab.providers.schema import Schema, Schemas, Shape, written

Hint: TypeAlias = Any
"""A type as the SDK's annotations spell it."""

TOKENS: Final[Mapping[str, Iterable[str]]] = {"aws": ROWS, "command": (COMMAND,)}
"""The resources that each stand-in has."""

_SCALARS: Final[Mapping[Hint, str]] = {bool: "boolean", int: "integer", float: "number", str: "string", Any: "any"}


class UnknownTypeError(LookupError):
    """The SDK has no resource of this token."""

    def __init__(self, token: str) -> None:
        super().__init__(f"the pinned SDK knows no {token}")
        self.token = token


def schemas(plugin: str) -> Schemas:
    """Read the schemas of all resources of a stand-in."""
    return {token: schema_of(token) for token in TOKENS[plugin]}


def schema_of(token: str) -> Schema:
    """Read the schema of a resource from the class that the SDK has for it."""
    resource, arguments = _classes(token)
    names = _types.input_type_py_to_pulumi_names(arguments)
    parameters = inspect.signature(arguments.__init__).parameters
    return Schema(
        inputs=_shapes(arguments),
        required=sorted(
            names.get(parameter.name, parameter.name)
            for parameter in parameters.values()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY and parameter.default is inspect.Parameter.empty
        ),
        outputs=sorted(_types.resource_types(resource)),
        secrets=_secret_outputs(resource),
    )


def _classes(token: str) -> tuple[Hint, Hint]:
    """Return a resource's class and its arguments'."""
    package, path, name = token.split(":")
    try:
        # As its users do: the SDK loads its parts when they are asked for, and importing a part by itself leaves it half-loaded.
        module = getattr(importlib.import_module(f"pulumi_{package}"), path.partition("/")[0])
        resource = getattr(module, name)
        # The SDK calls the arguments InitArgs where another type has the plain name.
        arguments = getattr(module, f"{name}InitArgs", None) or getattr(module, f"{name}Args")
    except (ImportError, AttributeError):
        raise UnknownTypeError(token) from None
    return resource, arguments


def _secret_outputs(resource: Hint) -> list[str]:
    """Find what the SDK passes to `additional_secret_outputs`, which nothing but its constructor's code tells."""
    found = re.search(r"additional_secret_outputs=\[([^\]]*)\]", inspect.getsource(resource._internal_init))  # noqa: SLF001 - see above
    return re.findall(r'"([^"]+)"', found.group(1)) if found else []


def _shapes(arguments: Hint) -> dict[str, Shape]:
    return {name: _shape(hint) for name, hint in _types.input_type_types(arguments).items()}


def _shape(hint: Hint) -> Shape:
    """Tell how a type is spelled on the wire; one that has no name there is taken for text."""
    kind = _unwrapped(hint)
    origin = typing.get_origin(kind)
    if isinstance(kind, type) and _types.is_input_type(kind):
        return {"object": _shapes(kind)}
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return {"list": _shape(typing.get_args(kind)[0])}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"map": _shape(typing.get_args(kind)[1])}
    return _SCALARS.get(kind, "string")


def _unwrapped(hint: Hint) -> Hint:
    """Take `Input[…]` and `Optional[…]` off a type: the value on the wire is never an output or a coroutine."""
    origin: Hint = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        candidates = [item for item in typing.get_args(hint) if item is not type(None)]
        return _unwrapped(candidates[0])
    return hint


if __name__ == "__main__":
    sys.stdout.write(written(schemas(sys.argv[1])))
