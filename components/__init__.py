"""One `pulumi up` for a whole AWS Site-to-Site VPN: the VPC side and the Cisco IOS router at the other end."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .ios import IosCustomerGateway, IosCustomerGatewayArgs, RouterArgs
    from .link import VpnLink, VpnLinkArgs
    from .network import VpcNetwork, VpcNetworkArgs
    from .vpn import SiteToSiteVpn, SiteToSiteVpnArgs

_HOME = {
    "IosCustomerGateway": ".ios",
    "IosCustomerGatewayArgs": ".ios",
    "RouterArgs": ".ios",
    "SiteToSiteVpn": ".vpn",
    "SiteToSiteVpnArgs": ".vpn",
    "VpcNetwork": ".network",
    "VpcNetworkArgs": ".network",
    "VpnLink": ".link",
    "VpnLinkArgs": ".link",
}
__all__ = [
    "IosCustomerGateway",
    "IosCustomerGatewayArgs",
    "RouterArgs",
    "SiteToSiteVpn",
    "SiteToSiteVpnArgs",
    "VpcNetwork",
    "VpcNetworkArgs",
    "VpnLink",
    "VpnLinkArgs",
]


def __getattr__(name: str) -> object:
    # The agent lives in this package too and must start without the Pulumi SDKs, which take a second to import.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name], __name__), name)
