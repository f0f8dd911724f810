"""AWS Site-to-Site VPN to a Cisco IOS router as Pulumi components; `VpnLink` is all of it.

The classes are loaded when they are first used: the router's agent, which is installed inside this package, starts
without Pulumi's SDKs, whose import takes longer than all of its work.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._states import TunnelState
    from ._validation import ArgumentError
    from .ios import IosCustomerGateway
    from .link import VpnLink, VpnLinkArgs
    from .network import VpcNetwork, VpcNetworkArgs
    from .router_args import AgentOptionsArgs, IosCustomerGatewayArgs, JumpHostArgs, RouterArgs
    from .tunnel_args import ProfileOverridesArgs
    from .vpn import SiteToSiteVpn
    from .vpn_args import ImportIdsArgs, SiteToSiteVpnArgs

__all__ = [
    "AgentOptionsArgs",
    "ArgumentError",
    "ImportIdsArgs",
    "IosCustomerGateway",
    "IosCustomerGatewayArgs",
    "JumpHostArgs",
    "ProfileOverridesArgs",
    "RouterArgs",
    "SiteToSiteVpn",
    "SiteToSiteVpnArgs",
    "TunnelState",
    "VpcNetwork",
    "VpcNetworkArgs",
    "VpnLink",
    "VpnLinkArgs",
]

_HOME = {
    "AgentOptionsArgs": "router_args",
    "ArgumentError": "_validation",
    "ImportIdsArgs": "vpn_args",
    "IosCustomerGateway": "ios",
    "IosCustomerGatewayArgs": "router_args",
    "JumpHostArgs": "router_args",
    "RouterArgs": "router_args",
    "SiteToSiteVpn": "vpn",
    "SiteToSiteVpnArgs": "vpn_args",
    "ProfileOverridesArgs": "tunnel_args",
    "TunnelState": "_states",
    "VpcNetwork": "network",
    "VpcNetworkArgs": "network",
    "VpnLink": "link",
    "VpnLinkArgs": "link",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
