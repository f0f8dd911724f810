"""A tunnel's options: what AWS permits, what it takes when nothing is said, and how it shows them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from types import MappingProxyType
from typing import Any

from lab.aws.refusal import invalid_value

_RANGE = IPv4Network("169.254.0.0/16")
_RESERVED = tuple(IPv4Network(f"169.254.{tail}/30") for tail in ("0.0", "1.0", "2.0", "3.0", "4.0", "5.0", "169.252"))
_PRESHARED_KEY = re.compile(r"(?!0)[A-Za-z0-9._]{8,64}")
_ENCRYPTION = ("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16")
_INTEGRITY = ("SHA1", "SHA2-256", "SHA2-384", "SHA2-512")
_GROUPS = tuple(range(14, 25))

Check = Callable[[str, Any], None]


def _between(low: int, high: int) -> Check:
    def check(name: str, value: int) -> None:
        if not low <= value <= high:
            raise invalid_value(name, value, f"The value must be between {low} and {high}.")

    return check


def _one_of(*allowed: str) -> Check:
    def check(name: str, value: str) -> None:
        if value not in allowed:
            raise invalid_value(name, value, f"The value must be one of {', '.join(allowed)}.")

    return check


def _some_of(allowed: tuple[str, ...] | tuple[int, ...]) -> Check:
    def check(name: str, values: tuple[Any, ...]) -> None:
        for value in values:
            if value not in allowed:
                words = ", ".join(str(each) for each in allowed)
                raise invalid_value(name, value, f"The value must be one of {words}.")

    return check


def _anything(_name: str, _value: object) -> None:
    """Some options are kept and shown as they come."""


@dataclass(frozen=True, slots=True)
class _Option:
    """One option: its name in requests, in answers, what is permitted and AWS's default (None: absent)."""

    requested: str
    shown: str
    check: Check
    default: Any = None
    is_list: bool = False


def _numeric(name: str, low: int, high: int, default: int, shown: str | None = None) -> _Option:
    return _Option(name, shown or name, _between(low, high), default)


def _listed(
    name: str, allowed: tuple[str, ...] | tuple[int, ...], beyond: tuple[int, ...] = (), shown: str | None = None
) -> _Option:
    """The default is all that is `allowed`; values `beyond` it are taken only when asked for."""
    return _Option(name, shown or name, _some_of((*allowed, *beyond)), allowed, is_list=True)


# AWS user guide, "Tunnel options"; DH groups 35 to 37 and the spelling of names from the EC2 API model.
_OPTIONS = (
    _numeric("Phase1LifetimeSeconds", 900, 28800, 28800),
    _numeric("Phase2LifetimeSeconds", 900, 3600, 3600),
    _numeric("RekeyMarginTimeSeconds", 60, 1800, 270),
    _numeric("RekeyFuzzPercentage", 0, 100, 100),
    _numeric("ReplayWindowSize", 64, 2048, 1024),
    _numeric("DPDTimeoutSeconds", 30, 2**31 - 1, 30, "DpdTimeoutSeconds"),
    _Option("DPDTimeoutAction", "DpdTimeoutAction", _one_of("clear", "none", "restart"), "clear"),
    _Option("StartupAction", "StartupAction", _one_of("add", "start"), "add"),
    _listed("Phase1EncryptionAlgorithms", _ENCRYPTION),
    _listed("Phase2EncryptionAlgorithms", _ENCRYPTION),
    _listed("Phase1IntegrityAlgorithms", _INTEGRITY),
    _listed("Phase2IntegrityAlgorithms", _INTEGRITY),
    _listed("Phase1DHGroupNumbers", (2, *_GROUPS), (35,)),
    _listed("Phase2DHGroupNumbers", (2, 5, *_GROUPS), (35, 36, 37)),
    _listed("IKEVersions", ("ikev1", "ikev2"), shown="IkeVersions"),
    _Option("LogOptions", "LogOptions", _anything),
    _Option("EnableTunnelLifecycleControl", "EnableTunnelLifecycleControl", _anything),
    _Option("TunnelInsideIpv6Cidr", "TunnelInsideIpv6Cidr", _anything),
    _Option("Phase1AdditionalKeyExchanges", "Phase1AdditionalKeyExchanges", _anything),
    _Option("Phase2AdditionalKeyExchanges", "Phase2AdditionalKeyExchanges", _anything),
)
_BY_REQUEST = {option.requested: option for option in _OPTIONS}
_BY_SHOWN = {option.shown: option for option in _OPTIONS}
# What is not in the table because a tunnel always has one of its own.
_OWN = ("TunnelInsideCidr", "PreSharedKey")


@dataclass(frozen=True, slots=True, repr=False)
class Tunnel:
    """One tunnel: its addresses, its key, and the options that were asked for, under the names AWS shows them by."""

    outside: IPv4Address
    inside: IPv4Network
    preshared_key: str
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def aws_inside(self) -> IPv4Interface:
        """AWS's address inside the tunnel: the first host."""
        return IPv4Interface((self.inside.network_address + 1, self.inside.prefixlen))

    @property
    def customer_inside(self) -> IPv4Interface:
        """The router's address inside the tunnel: the second host."""
        return IPv4Interface((self.inside.network_address + 2, self.inside.prefixlen))

    def value(self, shown: str) -> Any:  # noqa: ANN401  # an option's type is its table row's
        """Return an option's value in force: the one asked for, else AWS's default."""
        return self.options.get(shown, _BY_SHOWN[shown].default)

    def describe(self) -> dict[str, object]:
        """Return the entry of ``Options.TunnelOptions``: AWS shows no option that was never set."""
        shown: dict[str, object] = {
            "OutsideIpAddress": str(self.outside),
            "TunnelInsideCidr": str(self.inside),
            "PreSharedKey": self.preshared_key,
        }
        for name, value in self.options.items():
            shown[name] = [{"Value": item} for item in value] if _BY_SHOWN[name].is_list else value
        return shown

    def modified(self, request: Mapping[str, Any]) -> "Tunnel":
        """Return the tunnel after `request` (a TunnelOptions structure); raise EC2's refusal if it is not permitted."""
        options = {**self.options, **requested_options(request)}
        inside = inside_cidr(request["TunnelInsideCidr"]) if request.get("TunnelInsideCidr") else self.inside
        key = preshared_key(request["PreSharedKey"]) if request.get("PreSharedKey") else self.preshared_key
        changed = replace(self, inside=inside, preshared_key=key, options=MappingProxyType(options))
        _check_together(changed)
        return changed


def requested_options(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a request under the names AWS shows them by; raise EC2's refusal of a value."""
    options = {}
    for name, given in request.items():
        if name in _OWN or given is None:
            continue
        option = _BY_REQUEST[name]
        value = tuple(item["Value"] for item in given) if option.is_list else given
        option.check(name, value)
        options[option.shown] = value
    return options


def inside_cidr(text: str) -> IPv4Network:
    """Return a permitted inside CIDR; raise EC2's refusal of any other."""
    try:
        network = IPv4Network(text)
    except ValueError as error:
        raise invalid_value("tunnelInsideCidr", text, "It is not a CIDR block.") from error
    if network.prefixlen != 30 or not network.subnet_of(_RANGE):
        raise invalid_value("tunnelInsideCidr", text, f"It must be a size /30 CIDR block from the {_RANGE} range.")
    if network in _RESERVED:
        raise invalid_value("tunnelInsideCidr", text, "The CIDR block is reserved.")
    return network


def preshared_key(text: str) -> str:
    """Return a permitted pre-shared key; raise EC2's refusal of any other, without repeating it."""
    if not _PRESHARED_KEY.fullmatch(text):
        raise invalid_value(
            "preSharedKey",
            "***",
            "It must be between 8 and 64 characters of A-Z, a-z, 0-9, '.' and '_', and cannot start with zero.",
        )
    return text


def is_reserved(network: IPv4Network) -> bool:
    """Whether AWS keeps this inside CIDR for itself."""
    return network in _RESERVED


def _check_together(tunnel: Tunnel) -> None:
    phase1, phase2 = tunnel.value("Phase1LifetimeSeconds"), tunnel.value("Phase2LifetimeSeconds")
    margin = tunnel.value("RekeyMarginTimeSeconds")
    if phase2 >= phase1:
        raise invalid_value("Phase2LifetimeSeconds", phase2, f"It must be less than the phase 1 lifetime ({phase1}).")
    if margin > phase2 // 2:
        raise invalid_value(
            "RekeyMarginTimeSeconds", margin, f"It must not exceed half of the phase 2 lifetime ({phase2})."
        )
    if tunnel.value("StartupAction") == "start" and "ikev2" not in tunnel.value("IkeVersions"):
        raise invalid_value("StartupAction", "start", "AWS initiates IKEv2 only, and ikev2 is not permitted.")
