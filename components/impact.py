"""Tells in preview and up what a change costs, from the arguments of the last up, which the stack's state keeps."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pulumi

from ._addresses import InsidePair, inside_pairs
from ._impact import (
    MADE_ANEW,
    ROUTER_DEFAULTS,
    Cost,
    Impact,
    changed_at_aws,
    immovable,
    impact,
    last_tunnel,
    left_at_aws,
    left_on,
    taken_down,
    warning,
    way_around,
    wrong_way_round,
)
from ._profiles import TunnelSettings
from ._states import UnknownTunnelError, tunnel_ends
from .hooks import hook
from .remedies import with_remedy
from .telemetry import TelemetryError, telemetry

_PLAIN = (
    "enable_acceleration", "tunnel_bandwidth", "vpn_gateway_id", "transit_gateway_id", "amazon_side_asn",
    "customer_gateway_id", "public_ip", "bgp_asn", "device_name", "tunnel1_key_serial", "tunnel2_key_serial",
    "tunnel1_preshared_key", "tunnel2_preshared_key", "inside_cidrs", "import_ids", "transit_gateway_route_table_id",
)  # fmt: skip
# How the tunnels log, and what is meant where it is not given; how long that is kept is no matter of theirs.
_LOGS = {"log_group_arn": None, "log_format": "json", "log_bgp": True}
_INSIDE_CIDRS = ("tunnel1InsideCidr", "tunnel2InsideCidr")
_ELEMENTS = ("tunnel{}VgwInsideAddress", "tunnel{}Address")  # the connection's, as the provider has them
_KEYS = ("tunnel1_preshared_key", "tunnel2_preshared_key")


def costly(
    args: Mapping[str, Any], settings: tuple[TunnelSettings, TunnelSettings], *, is_static: bool
) -> dict[str, Any]:
    """Return the arguments whose change costs something, under the names of `COSTS`, as a component's inputs."""
    found = {key: args[key] for key in _PLAIN if args.get(key) is not None}
    found |= {key: pulumi.Output.secret(found[key]) for key in _KEYS if key in found}
    if args.get("transit_gateway_id") is None:  # of which a VPC is attached and taken off without the connection
        found |= {key: args[key] for key in ("vpc_id", "vpc_cidr") if args.get(key) is not None}
    if any(args.get(key) is not None for key in ("log_retention_days", "log_group_arn")):
        logs = {key: meant if args.get(key) is None else args[key] for key, meant in _LOGS.items()}
        found["logs"] = {key: value for key, value in logs.items() if value is not None}
    if args.get("router") is not None:
        found["router"] = {key: args["router"].get(key, default) for key, default in ROUTER_DEFAULTS.items()}
    return {
        **found,
        "routing": "static" if is_static else "bgp",
        "tunnel1": asdict(settings[0]),
        "tunnel2": asdict(settings[1]),
    }


class ImpactGuard:
    """Says what a change costs before it is made, in a preview too, and keeps it from the last tunnel that is UP.

    Args:
        name: The component's name.
        requires_up: Whether a change that would take the last tunnel down is refused; else that is only said.
    """

    def __init__(self, name: str, *, requires_up: bool = False) -> None:
        self._name = name
        self._requires_up = requires_up
        self._told: frozenset[int] = frozenset()
        self._has_table = False
        self.sees_change = False
        """Whether the component or its connection is being changed, whatever that costs."""

    def on_component(self, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
        """Return a component's options with the hook that tells."""
        told = hook("cost", self._name, self._tell, may_fail=True)
        own = pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(before_update=[told]))
        return pulumi.ResourceOptions.merge(opts, own)

    def on_connection(
        self, parent: pulumi.Resource, pairs: Sequence[InsidePair], is_made: Callable[[], Awaitable[bool]]
    ) -> pulumi.ResourceOptions:
        """Return the connection's options with the hooks that say what no argument tells, and ask AWS.

        Args:
            parent: Who asks.
            pairs: The inside pairs, tunnel 1 first.
            is_made: Whether the stack has parts of the link already; in a preview.
        """

        async def foresee(_change: pulumi.ResourceHookArgs) -> None:
            if pulumi.runtime.is_dry_run() and not self._told and await is_made():
                self._say(MADE_ANEW)

        async def look(change: pulumi.ResourceHookArgs) -> None:
            self.sees_change = True
            old, new = await _known(change.old_inputs), await _known(change.new_inputs)
            if why := immovable(old, new, has_table=self._has_table):
                anew = f"make the connection anew there: pulumi up --replace '{change.urn}'"
                raise pulumi.RunError(f"{self._name}: {why}; {anew}")
            changed = changed_at_aws(old, new)
            if not changed <= self._told:
                self._say(left_at_aws(changed | self._told))
            outputs = change.old_outputs or {}
            inside = [outputs.get(f"tunnel{number}VgwInsideAddress") for number in (1, 2)]
            has_others = any(old.get(name) != new.get(name) for name in _INSIDE_CIDRS)
            if changed and (why := wrong_way_round(pairs, inside, is_asked_for=has_others)):
                raise pulumi.RunError(f"{self._name}: {with_remedy(why)}")
            if len(changed) == 1:
                await self._require_other(min(changed), change, parent, pairs)

        anew, last = hook("anew", self._name, foresee, may_fail=True), hook("last-tunnel", self._name, look)
        return pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(before_create=[anew], before_update=[last]))

    async def _require_other(
        self, number: int, change: pulumi.ResourceHookArgs, parent: pulumi.Resource, pairs: Sequence[InsidePair]
    ) -> None:
        outputs = change.old_outputs or {}
        elements = [tuple(outputs.get(field.format(n)) for field in _ELEMENTS) for n in (1, 2)]
        try:
            ends = tunnel_ends(_as_before(pairs, change), [(inside, outside, None) for inside, outside in elements])
            said = await telemetry(change.id, parent)
        except (UnknownTunnelError, TelemetryError) as error:  # AWS's answer is no condition of a change
            pulumi.log.warn(f"{self._name}: whether the other tunnel is UP is not known: {error}")
            return
        why = last_tunnel(number, ends, said)
        if why and self._requires_up:
            raise pulumi.RunError(f"{self._name}: {why}; nothing was changed. {way_around(number)}")
        if why:
            pulumi.log.warn(f"{self._name}: {why}")

    async def _tell(self, change: pulumi.ResourceHookArgs) -> None:
        self.sees_change = True
        old, new = await _known(change.old_inputs), await _known(change.new_inputs)
        self._has_table = bool(old.get("transit_gateway_route_table_id"))
        self._say(impact(old, new))
        if why := left_on(old, new):
            pulumi.log.warn(f"{self._name}: {why}")

    def _say(self, found: Impact) -> None:
        self._told = taken_down(found.cost)
        say = pulumi.log.info if found.cost is Cost.NOTHING else pulumi.log.warn
        say(f"{self._name}: {warning(found)}")


def told_when_new(name: str, text: str, fields: Sequence[str]) -> pulumi.ResourceOptions:
    """Return a component's options with the hooks that warn when it is made, and when one of these inputs changes."""

    async def tell(change: pulumi.ResourceHookArgs) -> None:
        old, new = await _known(change.old_inputs), await _known(change.new_inputs)
        if change.old_inputs is None or any(old.get(field) != new.get(field) for field in fields):
            pulumi.log.warn(f"{name}: {text}")

    told = hook("new", name, tell, may_fail=True)
    return pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(before_create=[told], before_update=[told]))


def _as_before(pairs: Sequence[InsidePair], change: pulumi.ResourceHookArgs) -> Sequence[InsidePair]:
    """Return the inside pairs that the tunnels have until the change."""
    before = [(change.old_inputs or {}).get(name) for name in _INSIDE_CIDRS]
    known = [cidr for cidr in before if isinstance(cidr, str)]
    return inside_pairs(known) if len(known) == len(before) else pairs


async def _known(inputs: Mapping[str, Any] | None) -> dict[str, object]:
    """Return inputs with the secrets among them in clear: they are compared, and never shown."""
    return {
        name: await value.future() if isinstance(value, pulumi.Output) else value
        for name, value in (inputs or {}).items()
    }
