"""The tunnels' pre-shared keys, owned by the stack: the caller's, or made once and kept secret in its state.

Why this way: docs/decisions/0002-preshared-keys.md
"""

from dataclasses import dataclass
from typing import cast

import pulumi
from pulumi_command import local

from ._agent import SHELL
from ._keys import GENERATE, require_distinct, require_key
from .inputs import checked, refusing
from .owner import Made, Owner
from .vpn_args import ConnectionArgs


@dataclass(frozen=True, slots=True)
class Keys:
    """Both tunnels' keys, tunnel 1 first, as secrets."""

    both: tuple[pulumi.Output[str], pulumi.Output[str]]
    made: Made = ()


def own_keys(owner: Owner, args: ConnectionArgs) -> Keys:
    """Return the keys that are given, and make those that are not."""
    given = args.get("tunnel1_preshared_key"), args.get("tunnel2_preshared_key")
    one = _key(owner, 1, given[0], args.get("tunnel1_key_serial", 1))
    two = _key(owner, 2, given[1], args.get("tunnel2_key_serial", 1))
    made = tuple(key for key, is_given in zip((one, two), given, strict=True) if is_given is None)
    return Keys((distinct_key(owner.name, one, two), distinct_key(owner.name, two, one)), made)


def _key(owner: Owner, number: int, given: pulumi.Input[str] | None, serial: int) -> pulumi.Output[str]:
    """Return a tunnel's key: `given`, or one that is made on create and again only when `serial` changes."""
    field = f"tunnel{number}_preshared_key"
    if given is not None:
        return pulumi.Output.secret(checked(owner.name, given, lambda key: require_key(field, key)))
    command = local.Command(
        f"{owner.name}-tunnel{number}-key",
        create=GENERATE,
        interpreter=list(SHELL),
        environment={"KEY_SERIAL": str(serial)},
        add_previous_output_in_env=False,
        logging=local.Logging.NONE,
        opts=owner.child(additional_secret_outputs=["stdout", "stderr"]),
    )
    # Nothing comes only from a unit test's mocks that know no link (docs/testing.md).
    return pulumi.Output.secret(checked(owner.name, command.stdout, lambda key: require_key(field, key or "")))


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
