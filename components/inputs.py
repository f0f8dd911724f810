"""Where the pure checks meet Pulumi's inputs: at once when a value is known, else as soon as it is."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from inspect import isawaitable
from typing import Any, TypeVar

import pulumi

from ._validation import ArgumentError
from .hooks import all_taken

T = TypeVar("T")


@contextmanager
def refusing(name: str) -> Iterator[None]:
    """Turn a wrong argument into Pulumi's own kind of error, which is shown as a sentence and not as a traceback."""
    try:
        yield
    except ArgumentError as error:
        raise pulumi.RunError(f"{name}: {error}") from None


@asynccontextmanager
async def refusing_later(name: str) -> AsyncIterator[None]:
    """Do the same of a value that is known only while the program runs: see `all_taken`."""
    try:
        with refusing(name):
            yield
    except pulumi.RunError:
        await all_taken()
        raise


def checked(name: str, value: "pulumi.Input[T]", check: Callable[[T], object]) -> "pulumi.Output[T]":
    """Return the input once `check` has let it pass.

    A value that is known now is checked now, so that a wrong one stops the program before anything is made.
    """

    async def pass_on(known: T) -> T:
        async with refusing_later(name):
            check(known)
        return known

    if isinstance(value, pulumi.Output) or isawaitable(value):
        return pulumi.Output.from_input(value).apply(pass_on)
    with refusing(name):
        check(value)
    return pulumi.Output.from_input(value)


def resolved(value: object) -> "pulumi.Output[Any]":
    """Return nested inputs as one output; the SDK's own types know no inputs inside lists and maps."""
    return pulumi.Output.from_input(value)


def part_of(arguments: Mapping[str, object], shape: type[object]) -> dict[str, object]:
    """Return those of the arguments that `shape`, a TypedDict, has fields for, and that are given."""
    return {name: arguments[name] for name in shape.__annotations__ if arguments.get(name) is not None}
