"""AWS Site-to-Site VPN to a Cisco IOS router as Pulumi components; `VpnLink` is all of it.

The classes are loaded when they are first used: the router's agent, which is installed inside this package, starts
without Pulumi's SDKs, whose import takes longer than all of its work.
"""

import gc
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
    # Python's collector would look for garbage among the SDKs' classes again and again, for a third of their import,
    # and once more when the program ends. None of them is: they stay, and are set aside.
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        loaded: object = getattr(import_module(f".{_HOME[name]}", __name__), name)
    finally:
        if is_collecting:
            gc.enable()
    gc.freeze()
    globals()[name] = loaded  # not asked again
    return loaded


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
