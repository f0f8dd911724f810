"""Where the pure checks meet Pulumi's inputs: at once when a value is known, else as soon as it is."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from inspect import isawaitable
from typing import Any, TypeVar

import pulumi

from ._validation import ArgumentError

T = TypeVar("T")


@contextmanager
def refusing(name: str) -> Iterator[None]:
    """Turn a wrong argument into Pulumi's own kind of error, which is shown as a sentence and not as a traceback."""
    try:
        yield
    except ArgumentError as error:
        raise pulumi.RunError(f"{name}: {error}") from None


def checked(name: str, value: "pulumi.Input[T]", check: Callable[[T], object]) -> "pulumi.Output[T]":
    """Return the input once `check` has let it pass.

    A value that is known now is checked now, so that a wrong one stops the program before anything is made.
    """

    def pass_on(known: T) -> T:
        with refusing(name):
            check(known)
        return known

    if isinstance(value, pulumi.Output):
        return value.apply(pass_on)
    if isawaitable(value):
        return pulumi.Output.from_input(value).apply(pass_on)
    return pulumi.Output.from_input(pass_on(value))


def resolved(value: object) -> "pulumi.Output[Any]":
    """Return nested inputs as one output; the SDK's own types know no inputs inside lists and maps."""
    return pulumi.Output.from_input(value)


def part_of(arguments: Mapping[str, object], shape: type[object]) -> dict[str, object]:
    """Return those of the arguments that `shape`, a TypedDict, has fields for, and that are given."""
    return {name: arguments[name] for name in shape.__annotations__ if arguments.get(name) is not None}
