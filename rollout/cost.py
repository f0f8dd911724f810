"""What a change costs before it is made: which tunnels go down for it, by what a preview foresees.

Default-deny: what is done to the connection, its gateways or the router, and is not known to leave a tunnel alone, is taken to
bring both down.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

CONNECTION = "aws:ec2/vpnConnection:VpnConnection"
COMMAND = "command:local:Command"
COMPONENT = "aws-cisco-vpn:index:"
"""How the kinds of the components begin, which only hold the others together."""

BOTH = frozenset((1, 2))
NEITHER: frozenset[int] = frozenset()

# Without them, or on their way from one to another, there is no link.
_CARRIERS = frozenset(
    (
        CONNECTION,
        "aws:ec2/customerGateway:CustomerGateway",
        "aws:ec2/vpnGateway:VpnGateway",
        "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment",
        "aws:ec2/vpc:Vpc",
    )
)
_HARMLESS_OPERATIONS = frozenset(("same", "read", "create", "refresh", "import"))
_TUNNEL_FIELD = re.compile(r"tunnel([12])[A-Z]")
_TUNNEL_KEY = re.compile(r"-tunnel([12])-key$")
_HARMLESS_FIELDS = frozenset(("tags", "tagsAll"))


@dataclass(frozen=True, slots=True)
class Change:
    """One step that a preview foresees: what is done to which resource, and which of its properties differ."""

    operation: str
    kind: str
    name: str
    fields: tuple[str, ...] = ()

    def words(self) -> str:
        """Say it in a line."""
        return f"{self.kind.rpartition(':')[2]} {self.name} ({self.operation})"


def tunnels_down(change: Change) -> frozenset[int]:
    """Return which tunnels a change takes down; one after the other counts as none, as the router's agent does it."""
    if change.operation in _HARMLESS_OPERATIONS:
        return NEITHER
    key = _TUNNEL_KEY.search(change.name) if change.kind == COMMAND else None
    if key:
        return frozenset((int(key[1]),))
    if change.operation != "update":
        return BOTH if change.kind in _CARRIERS or change.kind == COMMAND else NEITHER
    return _by_fields(change.fields) if change.kind == CONNECTION else NEITHER


def _by_fields(fields: Iterable[str]) -> frozenset[int]:
    down = set()
    for name in fields:
        tunnel = _TUNNEL_FIELD.match(name)
        if tunnel:
            down.add(int(tunnel[1]))
        elif re.split(r"[.\[]", name)[0] not in _HARMLESS_FIELDS:
            return BOTH
    return frozenset(down)


def cost(changes: Iterable[Change]) -> frozenset[int]:
    """Return which tunnels go down for all of it, at one time or another without a check between."""
    return frozenset().union(*(tunnels_down(change) for change in changes))


def words(down: frozenset[int]) -> str:
    """Say a cost."""
    if down == BOTH:
        return "both tunnels down"
    return f"tunnel{next(iter(down))} down" if down else "no tunnel down"


def beyond(changes: Iterable[Change], tunnel: int | None) -> tuple[Change, ...]:
    """Return what is not a change of this one tunnel; with None, of no tunnel."""
    allowed = NEITHER if tunnel is None else frozenset((tunnel,))
    return tuple(
        change
        for change in changes
        if not change.kind.startswith(COMPONENT)
        and (change.kind not in (CONNECTION, COMMAND) or not tunnels_down(change) <= allowed)
    )
