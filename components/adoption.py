"""Taking over what was made by hand: the resource is imported, and what of it the program leaves alone stays as it is."""

from collections.abc import Iterable, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from ._addresses import InsidePair
from ._states import TunnelEnds, tunnel_keys
from ._validation import ArgumentError
from .existing import GONE, existing, router_asn
from .inputs import checked
from .owner import Owner

_STATIC = "NoBGPVPNConnection"  # in AWS's document of a connection with static routing


def importing(identity: str | None, left_alone: Iterable[str]) -> pulumi.ResourceOptions:
    """Return the options that take a resource over; where what is not left alone differs, the up would change it."""
    if identity is None:
        return pulumi.ResourceOptions()
    return pulumi.ResourceOptions(import_=identity, ignore_changes=["tags", *left_alone])


def same_customer_gateway(owner: Owner, identity: str, public_ip: pulumi.Output[str], asn: int) -> pulumi.Output[str]:
    """Return the address once the customer gateway that is imported has it, and the number: others would be another gateway."""

    def check(known: Sequence[Any]) -> None:
        held, address = known
        if held.get("ipAddress"):  # a unit test's mocks have none
            _require_held("public_ip", address, held["ipAddress"], identity)
            _require_held("bgp_asn", asn, router_asn(held), identity)

    found = existing("import_ids.customer_gateway", identity, owner)
    return checked(owner.name, pulumi.Output.all(found, public_ip), check).apply(lambda known: str(known[1]))


def same_connection(owner: Owner, identity: str, gateway: pulumi.Input[str], *, is_static: bool) -> pulumi.Output[str]:
    """Return the connection's end once the connection that is imported is there, and has this routing: another makes it anew."""

    def check(known: Sequence[Any]) -> None:
        held = known[0]
        if held.get("state") in GONE:
            allowed = f"absent, which makes another connection: AWS says that this one is {held['state']}"
            raise ArgumentError("import_ids.vpn_connection", identity, allowed)
        document = held.get("customerGatewayConfiguration")
        if document:  # as above
            routing = ("bgp", "static")
            _require_held("routing", routing[is_static], routing[_STATIC in document], identity)

    found = existing("import_ids.vpn_connection", identity, owner)
    return checked(owner.name, pulumi.Output.all(found, gateway), check).apply(lambda known: str(known[1]))


def _require_held(argument: str, value: object, held: object, identity: str) -> None:
    if value != held:
        raise ArgumentError(argument, value, f"{held!r}: so AWS has it in {identity}")


def keys_held(
    connection: aws.ec2.VpnConnection, pairs: Sequence[InsidePair], ends: pulumi.Output[tuple[TunnelEnds, ...]]
) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
    """Return the keys that AWS has, in the order of our tunnels: by inside address, since AWS's order is its own.

    They wait for the tunnels' `ends`, which are there only where the pairs are AWS's.
    """
    known: pulumi.Output[Sequence[Any]] = pulumi.Output.all(
        connection.tunnel1_vgw_inside_address,
        connection.tunnel1_preshared_key,
        connection.tunnel2_vgw_inside_address,
        connection.tunnel2_preshared_key,
        ends,
    )
    keys = known.apply(lambda k: tunnel_keys(pairs, [(k[0], k[1]), (k[2], k[3])]))
    return pulumi.Output.secret(keys.apply(lambda k: k[0])), pulumi.Output.secret(keys.apply(lambda k: k[1]))
