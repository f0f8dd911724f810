"""A connection as Terraform or Pulumi keeps it: the resource's attributes, in either spelling, however deep in a state."""

import re
from collections.abc import Iterator, Mapping

from .errors import InputError, Words

_DOCUMENT = "customer_gateway_configuration"
# What the providers read from AWS's `TunnelOptions`, tunnel by tunnel. The key and the outside address are not among
# them: those come from the XML, whose order may be the other one.
_OPTIONS = {
    "inside_cidr": "TunnelInsideCidr",
    "inside_ipv6_cidr": "TunnelInsideIpv6Cidr",
    "ike_versions": "IkeVersions",
    "phase1_encryption_algorithms": "Phase1EncryptionAlgorithms",
    "phase1_integrity_algorithms": "Phase1IntegrityAlgorithms",
    "phase1_dh_group_numbers": "Phase1DHGroupNumbers",
    "phase1_lifetime_seconds": "Phase1LifetimeSeconds",
    "phase2_encryption_algorithms": "Phase2EncryptionAlgorithms",
    "phase2_integrity_algorithms": "Phase2IntegrityAlgorithms",
    "phase2_dh_group_numbers": "Phase2DHGroupNumbers",
    "phase2_lifetime_seconds": "Phase2LifetimeSeconds",
    "replay_window_size": "ReplayWindowSize",
}


def read_resource(value: object, field: str) -> dict[str, object] | None:
    """Return the `vpn` part of a request for the one connection in a JSON document; None where there is none.

    Takes `terraform show -json`, `terraform output -json` of the resource, and a resource's own attributes.
    """
    found = [resource for resource in _resources(value) if resource.get(_DOCUMENT)]
    if not found:
        return None
    if len({str(resource[_DOCUMENT]) for resource in found}) > 1:
        raise InputError(
            field, Words(f"{len(found)} connections"), "one connection: the attributes of one aws_vpn_connection"
        )
    resource = found[0]
    return {_DOCUMENT: resource[_DOCUMENT], "tunnel_options": _tunnel_options(resource)}


def _resources(value: object) -> Iterator[Mapping[str, object]]:
    """Go through a document for objects that have the XML, by its name in Terraform or in Pulumi."""
    if isinstance(value, Mapping):
        named = {_snake(str(name)): content for name, content in value.items()}
        if isinstance(named.get(_DOCUMENT), str):
            yield named
            return
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _resources(item)


def _snake(name: str) -> str:
    # AWS's own names begin with a capital and are none of a provider's.
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower() if name[:1].islower() else name


def _tunnel_options(resource: Mapping[str, object]) -> list[dict[str, object]]:
    """Return the entries in AWS's words; a field that is zero or empty says nothing."""
    options = [
        {name: value for attribute, name in _OPTIONS.items() if (value := resource.get(f"{tunnel}_{attribute}"))}
        for tunnel in ("tunnel1", "tunnel2")
    ]
    return options if any(options) else []
