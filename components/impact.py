"""Tells in preview and up what a change costs, from the arguments of the last up, which the stack's state keeps."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pulumi

from ._impact import ROUTER_DEFAULTS, Cost, impact, warning
from ._profiles import TunnelSettings

_PLAIN = (
    "enable_acceleration", "tunnel_bandwidth", "vpn_gateway_id", "transit_gateway_id", "amazon_side_asn",
    "customer_gateway_id", "public_ip", "bgp_asn", "device_name", "tunnel1_key_serial", "tunnel2_key_serial",
    "tunnel1_preshared_key", "tunnel2_preshared_key", "inside_cidrs",
    "import_ids", "vpc_cidr",
)  # fmt: skip
_LOGS = ("log_retention_days", "log_group_arn", "log_format", "log_bgp")
_KEYS = ("tunnel1_preshared_key", "tunnel2_preshared_key")


def costly(
    args: Mapping[str, Any], settings: tuple[TunnelSettings, TunnelSettings], *, is_static: bool
) -> dict[str, Any]:
    """Return the arguments whose change costs something, under the names of `COSTS`, as a component's inputs."""
    found = {key: args[key] for key in _PLAIN if args.get(key) is not None}
    found |= {key: pulumi.Output.secret(found[key]) for key in _KEYS if key in found}
    logs = {key: args[key] for key in _LOGS if args.get(key) is not None}
    if args.get("vpc_id") is not None and args.get("transit_gateway_id") is None:
        found["vpc_id"] = args["vpc_id"]
    if "log_retention_days" in logs or "log_group_arn" in logs:
        found["logs"] = {key: value for key, value in logs.items() if key != "log_retention_days"} | {"on": True}
    if args.get("router") is not None:
        found["router"] = {key: args["router"].get(key, default) for key, default in ROUTER_DEFAULTS.items()}
    return {
        **found,
        "routing": "static" if is_static else "bgp",
        "tunnel1": asdict(settings[0]),
        "tunnel2": asdict(settings[1]),
    }


def telling(name: str, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """Return a component's options with a hook that says what a change of its inputs costs."""
    hook = pulumi.ResourceHook(
        f"aws-cisco-vpn:cost:{name}", _tell, pulumi.ResourceHookOptions(on_dry_run=True, ignore_errors=True)
    )
    own = pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(before_update=[hook]))
    return pulumi.ResourceOptions.merge(opts, own)


async def _tell(change: pulumi.ResourceHookArgs) -> None:
    found = impact(await _known(change.old_inputs), await _known(change.new_inputs))
    text = f"{change.name}: {warning(found)}"
    if found.cost is Cost.NOTHING:
        pulumi.log.info(text)
    else:
        pulumi.log.warn(text)


async def _known(inputs: Mapping[str, Any] | None) -> dict[str, object]:
    """Return inputs with the secrets among them in clear: they are compared, and never shown."""
    return {
        name: await value.future() if isinstance(value, pulumi.Output) else value
        for name, value in (inputs or {}).items()
    }
