"""Which of a transit gateway's route tables may be used, and by which subnets a VPC is attached to it."""

from collections.abc import Iterable
from dataclasses import dataclass

from ._validation import ArgumentError, Words

_FIELD = "transit_gateway_route_table_id"


@dataclass(frozen=True, slots=True)
class DefaultTables:
    """The tables where a transit gateway puts new attachments by itself; None where it does not."""

    association: str | None
    propagation: str | None


def require_table(table: str | None, defaults: DefaultTables) -> None:
    """Refuse no table where AWS puts nothing into one, and the default itself: AWS refuses what it has done already."""
    if table is None:
        if None in (defaults.association, defaults.propagation):
            allowed = "given: this transit gateway puts attachments, or their routes, into no route table by itself"
            raise ArgumentError(_FIELD, Words("missing"), allowed)
    elif table == defaults.propagation:
        raise ArgumentError(
            _FIELD, table, "absent, or another table: this is the gateway's default, where AWS puts it by itself"
        )


def one_a_zone(subnets: Iterable[tuple[str, str]]) -> list[str]:
    """Return the first subnet of each zone, from (id, zone): an attachment takes no second one."""
    first: dict[str, str] = {}
    for subnet, zone in subnets:
        first.setdefault(zone, subnet)
    return list(first.values())
