"""Taking over what was made by hand: the resource is imported, and what of it the program leaves alone stays as it is."""

from collections.abc import Iterable, Sequence

import pulumi
import pulumi_aws as aws

from ._addresses import InsidePair
from ._states import tunnel_keys


def importing(identity: str | None, left_alone: Iterable[str]) -> pulumi.ResourceOptions:
    """Return the options that take a resource over; where what is not left alone differs, the up would change it."""
    if identity is None:
        return pulumi.ResourceOptions()
    return pulumi.ResourceOptions(import_=identity, ignore_changes=["tags", *left_alone])


def keys_held(
    connection: aws.ec2.VpnConnection, pairs: Sequence[InsidePair]
) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
    """Return the keys that AWS has, in the order of our tunnels: by inside address, since AWS's order is its own."""
    known: pulumi.Output[Sequence[str | None]] = pulumi.Output.all(
        connection.tunnel1_vgw_inside_address,
        connection.tunnel1_preshared_key,
        connection.tunnel2_vgw_inside_address,
        connection.tunnel2_preshared_key,
    )
    keys = known.apply(lambda k: tunnel_keys(pairs, [(k[0], k[1]), (k[2], k[3])]))
    return pulumi.Output.secret(keys.apply(lambda k: k[0])), pulumi.Output.secret(keys.apply(lambda k: k[1]))
