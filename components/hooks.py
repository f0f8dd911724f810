"""Hooks, which the engine calls before it makes or changes a resource; in a preview too."""

from collections.abc import Awaitable, Callable
from itertools import count

import pulumi
from pulumi.runtime.sync_await import _sync_await

_numbers = count(1)


def hook(
    what: str, name: str, run: Callable[[pulumi.ResourceHookArgs], Awaitable[None]], *, may_fail: bool = False
) -> pulumi.ResourceHook:
    """Return a hook; one that fails ends the preview or the up, unless it may.

    The engine takes each name once, and two components may have one name, under parents of different types.
    """
    options = pulumi.ResourceHookOptions(on_dry_run=True, ignore_errors=may_fail)
    made = pulumi.ResourceHook(f"aws-cisco-vpn:{what}:{name}:{next(_numbers)}", run, options)
    # The SDK serves hooks by gRPC. A program that fails while that server starts, as one does by a wrong value that is known
    # a moment later than the rest (any secret), stops it in the midst: Python crashes (grpcio 1.85), and nobody hears why.
    _sync_await(made._registered)  # noqa: SLF001  # as the SDK itself waits for that server
    return made
