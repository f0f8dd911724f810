"""What an account holds beyond what every new account has."""

from collections.abc import Iterator
from typing import Any

from moto.ec2.models import ec2_backends

# moto's collections of one Region, those that stay listed as deleted included.
_COLLECTIONS = (
    "vpn_connections",
    "vpn_gateways",
    "customer_gateways",
    "transit_gateways",
    "transit_gateway_attachments",
    "internet_gateways",
)


def made_by_somebody() -> tuple[str, ...]:
    """Return the ids of VPCs, what lies in them, and gateways and connections that are not deleted."""
    backends = [backend for account in list(ec2_backends.values()) for backend in list(account.values())]
    return tuple(sorted(item for backend in backends for item in _in_region(backend)))


def _in_region(backend: Any) -> Iterator[str]:  # noqa: ANN401  # moto's EC2Backend, without types of its own
    for name in _COLLECTIONS:
        for item in getattr(backend, name).values():
            if getattr(item, "state", "available") != "deleted":
                yield item.id
    default = backend.default_vpc.id
    yield from (vpc for vpc in backend.vpcs if vpc != default)
    yield from (table.id for table in backend.route_tables.values() if table.vpc_id != default)
    for zones in backend.subnets.values():
        yield from (subnet.id for subnet in zones.values() if subnet.vpc_id != default)
    for groups in backend.groups.values():
        yield from (group.id for group in groups.values() if group.vpc_id != default or group.name != "default")
