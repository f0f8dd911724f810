"""Hooks, which the engine calls before it makes or changes a resource; in a preview too."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from weakref import WeakSet

import pulumi

_numbers = count(1)
_made: WeakSet[pulumi.ResourceHook] = WeakSet()


def hook(
    what: str, name: str, run: Callable[[pulumi.ResourceHookArgs], Awaitable[None]], *, may_fail: bool = False
) -> pulumi.ResourceHook:
    """Return a hook; one that fails ends the preview or the up, unless it may.

    The engine takes each name once, and two components may have one name, under parents of different types.
    """
    options = pulumi.ResourceHookOptions(on_dry_run=True, ignore_errors=may_fail)
    made = pulumi.ResourceHook(f"aws-cisco-vpn:{what}:{name}:{next(_numbers)}", run, options)
    _made.add(made)
    return made


async def all_taken() -> None:
    """Wait until the engine has taken every hook, or refused it.

    The SDK serves them by gRPC, and takes that server down where the program fails. In the midst of its start, that crashes
    Python (SIGSEGV, grpcio 1.85), and the reason of the failure is never said.
    """
    loop = asyncio.get_running_loop()
    registered = [made._registered for made in _made]  # noqa: SLF001  # the SDK has no other word for it
    await asyncio.gather(*(one for one in registered if one.get_loop() is loop), return_exceptions=True)
