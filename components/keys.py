"""The tunnels' pre-shared keys, owned by the stack: the caller's, or made once and kept secret in its state.

Why this way: docs/decisions/0002-preshared-keys.md
"""

import pulumi
from pulumi_command import local

from ._agent import INTERPRETER
from ._keys import GENERATE, require_key
from .inputs import checked


def preshared_key(
    name: str, field: str, given: pulumi.Input[str] | None, serial: int, child: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """Return the key as a secret: `given`, or one that is made on create and again only when `serial` changes."""
    if given is not None:
        return pulumi.Output.secret(checked(name, given, lambda key: require_key(field, key)))
    command = local.Command(
        name,
        create=GENERATE,
        interpreter=list(INTERPRETER),
        environment={"KEY_SERIAL": str(serial)},
        add_previous_output_in_env=False,
        logging=local.Logging.NONE,
        opts=pulumi.ResourceOptions.merge(
            pulumi.ResourceOptions(additional_secret_outputs=["stdout", "stderr"]), child
        ),
    )
    return pulumi.Output.secret(checked(name, command.stdout, lambda key: require_key(field, key)))
