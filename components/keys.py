"""The tunnels' pre-shared keys, owned by the stack: the caller's, or made once and kept secret in its state.

Why this way: docs/decisions/0002-preshared-keys.md
"""

from typing import cast

import pulumi
from pulumi_command import local

from ._agent import SHELL
from ._keys import GENERATE, require_distinct, require_key
from .inputs import checked, refusing


def preshared_key(
    owner: str, number: int, given: pulumi.Input[str] | None, serial: int, child: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """Return a tunnel's key as a secret: `given`, or one that is made on create and again only when `serial` changes."""
    field = f"tunnel{number}_preshared_key"
    if given is not None:
        return pulumi.Output.secret(checked(owner, given, lambda key: require_key(field, key)))
    command = local.Command(
        f"{owner}-tunnel{number}-key",
        create=GENERATE,
        interpreter=list(SHELL),
        environment={"KEY_SERIAL": str(serial)},
        add_previous_output_in_env=False,
        logging=local.Logging.NONE,
        opts=pulumi.ResourceOptions.merge(
            pulumi.ResourceOptions(additional_secret_outputs=["stdout", "stderr"]), child
        ),
    )
    # Nothing comes only from a unit test's mocks that know no link (docs/testing.md).
    return pulumi.Output.secret(checked(owner, command.stdout, lambda key: require_key(field, key or "")))


def distinct_key(owner: str, own: "pulumi.Output[str]", other: "pulumi.Output[str]") -> "pulumi.Output[str]":
    """Return a tunnel's key once it is seen not to be the other's.

    It stays known in a preview in which the other is made anew: only one tunnel is then shown to change.
    """

    async def checked_key() -> str:
        key, others = await own.future(), await other.future()
        if key is not None and others is not None:
            with refusing(owner):
                require_distinct(key, others)
        return cast("str", key)

    return pulumi.Output(own.resources(), checked_key(), own.is_known(), own.is_secret())
