"""A tunnel's options: between pulumi-aws's flat names, `tunnel1Phase1LifetimeSeconds`, and AWS's nested ones."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lab.providers.aws.difference import same
from lab.providers.values import Properties, Value

PREFIXES: Final = ("tunnel1", "tunnel2")


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a tunnel."""

    name: str
    """What follows the prefix in pulumi-aws's name."""
    request: str
    """AWS's name in requests."""
    is_list: bool = False
    response: str = ""
    """AWS's name in responses, where it differs."""
    default: Any = None
    """What the provider sends when the option is taken out of the program (its own table, not AWS's)."""
    limits: tuple[int, int] | None = None
    permitted: frozenset[str] = frozenset()

    @property
    def described(self) -> str:
        """AWS's name in responses."""
        return self.response or self.request


_ENCRYPTIONS = ("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16")
_INTEGRITIES = ("SHA1", "SHA2-256", "SHA2-384", "SHA2-512")
_GROUPS = (2, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24)

OPTIONS: Final = (
    Option(
        "DpdTimeoutAction",
        "DPDTimeoutAction",
        response="DpdTimeoutAction",
        default="clear",
        permitted=frozenset({"clear", "none", "restart"}),
    ),
    Option("DpdTimeoutSeconds", "DPDTimeoutSeconds", response="DpdTimeoutSeconds", default=30, limits=(30, 2**31 - 1)),
    Option(
        "IkeVersions",
        "IKEVersions",
        is_list=True,
        response="IkeVersions",
        default=("ikev1", "ikev2"),
        permitted=frozenset({"ikev1", "ikev2"}),
    ),
    Option("Phase1DhGroupNumbers", "Phase1DHGroupNumbers", is_list=True, default=_GROUPS),
    Option(
        "Phase1EncryptionAlgorithms",
        "Phase1EncryptionAlgorithms",
        is_list=True,
        default=_ENCRYPTIONS,
        permitted=frozenset(_ENCRYPTIONS),
    ),
    Option(
        "Phase1IntegrityAlgorithms",
        "Phase1IntegrityAlgorithms",
        is_list=True,
        default=_INTEGRITIES,
        permitted=frozenset(_INTEGRITIES),
    ),
    Option("Phase1LifetimeSeconds", "Phase1LifetimeSeconds", default=28800, limits=(900, 28800)),
    Option("Phase2DhGroupNumbers", "Phase2DHGroupNumbers", is_list=True, default=(2, 5, *_GROUPS[1:])),
    Option(
        "Phase2EncryptionAlgorithms",
        "Phase2EncryptionAlgorithms",
        is_list=True,
        default=_ENCRYPTIONS,
        permitted=frozenset(_ENCRYPTIONS),
    ),
    Option(
        "Phase2IntegrityAlgorithms",
        "Phase2IntegrityAlgorithms",
        is_list=True,
        default=_INTEGRITIES,
        permitted=frozenset(_INTEGRITIES),
    ),
    Option("Phase2LifetimeSeconds", "Phase2LifetimeSeconds", default=3600, limits=(900, 3600)),
    Option("PresharedKey", "PreSharedKey"),
    Option("RekeyFuzzPercentage", "RekeyFuzzPercentage", default=100, limits=(0, 100)),
    # 540 is the provider's number; AWS's own default is 270.
    Option("RekeyMarginTimeSeconds", "RekeyMarginTimeSeconds", default=540, limits=(60, 1800)),
    Option("ReplayWindowSize", "ReplayWindowSize", default=1024, limits=(64, 2048)),
    Option("StartupAction", "StartupAction", default="add", permitted=frozenset({"add", "start"})),
    Option("EnableTunnelLifecycleControl", "EnableTunnelLifecycleControl"),
    # Changed in place since Terraform's 6.28 (its PR 45781).
    Option("InsideCidr", "TunnelInsideCidr"),
    Option("InsideIpv6Cidr", "TunnelInsideIpv6Cidr"),
)

_RESERVED: Final = frozenset(
    {*(f"169.254.{third}.0/30" for third in range(6)), "169.254.169.252/30"},
)
"""Blocks that AWS keeps for itself."""


def specification(inputs: Properties, prefix: str) -> dict[str, Any]:
    """Build the options of a tunnel for a create call; Go's zero values count as not given, as in the provider."""
    result = {
        option.request: _sent(option, inputs[prefix + option.name])
        for option in OPTIONS
        if inputs.get(prefix + option.name)
    }
    log = inputs.get(f"{prefix}LogOptions")
    return {**result, "LogOptions": _log_request(log)} if log else result


def modification(state: Properties, news: Properties, prefix: str) -> dict[str, Any]:
    """Build the options of a tunnel that a change touches; empty when it touches none."""
    result: dict[str, Any] = {}
    for option in OPTIONS:
        name = prefix + option.name
        wanted = news.get(name)
        if wanted is None and option.default is None:
            continue
        if not wanted and same(state.get(name), _plain_default(option)):
            continue
        if not same(wanted, state.get(name)) and (wanted or state.get(name)):
            kept = wanted or isinstance(wanted, bool)
            result[option.request] = _sent(option, wanted if kept else _plain_default(option))
    log = news.get(f"{prefix}LogOptions")
    if log and not same(log, state.get(f"{prefix}LogOptions")):
        result["LogOptions"] = _log_request(log)
    return result


def properties(described: Mapping[str, Any], prefix: str) -> Properties:
    """Read a tunnel's options as AWS describes them; the key is read from the connection's XML instead."""
    result: Properties = {}
    for option in OPTIONS:
        if option.name == "PresharedKey":
            continue
        value = described.get(option.described)
        result[prefix + option.name] = [entry["Value"] for entry in value or []] if option.is_list else value
    result[f"{prefix}LogOptions"] = _log_properties(described.get("LogOptions"))
    return result


def suppressed() -> dict[str, Any]:
    """Values that count as absent when an option is taken out of the program."""
    return {
        prefix + option.name: option.default
        for prefix in PREFIXES
        for option in OPTIONS
        if option.default is not None and not option.is_list
    }


def problems(inputs: Properties) -> dict[str, str]:
    """Say what the provider refuses at preview, without repeating a key."""
    result: dict[str, str] = {}
    for prefix in PREFIXES:
        for option in OPTIONS:
            name = prefix + option.name
            reason = _option_problem(option, name, inputs.get(name))
            if reason:
                result[name] = reason
        reasons = {
            f"{prefix}InsideCidr": _inside_problem(inputs.get(f"{prefix}InsideCidr")),
            f"{prefix}PresharedKey": _key_problem(inputs.get(f"{prefix}PresharedKey")),
        }
        result.update({name: reason for name, reason in reasons.items() if reason})
    return result


def _option_problem(option: Option, name: str, value: Value) -> str:
    if value is None:
        return ""
    if option.limits and not option.limits[0] <= value <= option.limits[1]:
        return f"expected {name} to be in the range ({option.limits[0]} - {option.limits[1]}), got {value}"
    wrong = [
        item for item in (value if option.is_list else [value]) if option.permitted and item not in option.permitted
    ]
    return f"expected {name} to be one of {sorted(option.permitted)}, got {wrong[0]}" if wrong else ""


def _inside_problem(cidr: str | None) -> str:
    if cidr is None:
        return ""
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError as error:
        return f"expected a valid CIDR Value: {error}"
    if network.prefixlen != 30:
        return f"expected a network Value with between 30 and 30 significant bits, got: {network.prefixlen}"
    if not cidr.startswith("169.254."):
        return "must be within 169.254.0.0/16"
    return f"expected not to be any of {sorted(_RESERVED)}, got {cidr}" if cidr in _RESERVED else ""


def _key_problem(key: str | None) -> str:
    if key is None:
        return ""
    if not 8 <= len(key) <= 64:
        return f"expected length to be in the range (8 - 64), got {len(key)}"
    if key.startswith("0"):
        return "cannot start with zero character"
    if not re.fullmatch(r"[0-9a-zA-Z_.]+", key):
        return "can only contain alphanumeric, period and underscore characters"
    return ""


def _plain_default(option: Option) -> Value:
    return list(option.default) if isinstance(option.default, tuple) else option.default


def _sent(option: Option, value: Value) -> Value:
    return [{"Value": item} for item in value] if option.is_list else value


_LOG_FIELDS: Final = {
    "logEnabled": "LogEnabled",
    "logGroupArn": "LogGroupArn",
    "logOutputFormat": "LogOutputFormat",
    "bgpLogEnabled": "BgpLogEnabled",
    "bgpLogGroupArn": "BgpLogGroupArn",
    "bgpLogOutputFormat": "BgpLogOutputFormat",
}


def _log_request(log: Mapping[str, Any]) -> dict[str, Any]:
    options = log.get("cloudwatchLogOptions") or {}
    return {"CloudWatchLogOptions": {api: options[name] for name, api in _LOG_FIELDS.items() if options.get(name)}}


def _log_properties(described: Mapping[str, Any] | None) -> Properties | None:
    options = (described or {}).get("CloudWatchLogOptions")
    if not options:
        return None
    return {"cloudwatchLogOptions": {name: options[api] for name, api in _LOG_FIELDS.items() if api in options}}
