"""The two ends of a link for the wire tests, built from a profile; keys are made at run time."""

import secrets
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from lab.ends import (
    AwsEnd,
    BgpNeighbor,
    Phase1Offer,
    Phase2Offer,
    RouterBgp,
    RouterEnd,
    Sla,
    StaticRoute,
)

GUIDE = ("ikev1", "AES128", "SHA1", 2)
MODERN = ("ikev2", "AES256-GCM-16", "SHA2-384", 20)
VPC, BRANCH = IPv4Network("10.0.0.0/16"), IPv4Network("192.168.10.0/24")


@dataclass
class Ends:
    """Both sides of the link, changeable while the wire follows them."""

    is_static: bool
    profiles: list[tuple[str, str, str, int]]
    keys: list[str] = field(default_factory=lambda: [secrets.token_hex(16) for _ in range(2)])
    networks: tuple[IPv4Network, ...] = (BRANCH,)
    router_changes: dict[int, dict[str, object]] = field(default_factory=dict)
    lifetimes: tuple[int, int] = (28800, 3600)
    rekey_margin: int = 270
    rekey_fuzz: int = 100
    aws_initiates: bool = False
    # Keepalive and hold time of the router's BGP, and seconds between two echoes of its IP SLA.
    bgp_timers: tuple[int, int] = (10, 30)
    sla_every: int = 5

    def __call__(self) -> tuple[list[RouterEnd], list[AwsEnd]]:
        return [self._router(i) for i in (0, 1)], [self._aws(i) for i in (0, 1)]

    def _router(self, index: int) -> RouterEnd:
        version, cipher, digest, group = self.profiles[index]
        keepalive, hold = self.bgp_timers
        neighbors = tuple(
            BgpNeighbor(IPv4Address(f"169.254.255.{1 + 4 * n}"), 64512, keepalive=keepalive, hold=hold) for n in (0, 1)
        )
        target = IPv4Address(f"169.254.255.{1 + 4 * index}")
        number = 100 * (index + 1)
        end = RouterEnd(
            number=index + 1,
            is_interface_up=True,
            source=IPv4Address("203.0.113.100"),
            destination=IPv4Address(f"198.51.100.{10 + index}"),
            inside=IPv4Interface(f"169.254.255.{2 + 4 * index}/30"),
            ike_version=version,
            phase1=(Phase1Offer(cipher, digest, group, self.lifetimes[0]),),
            preshared_key=self.keys[index],
            phase2=(Phase2Offer(cipher, "" if "GCM" in cipher else digest),),
            pfs=group,
            phase2_lifetime=self.lifetimes[1],
            bgp=None if self.is_static else RouterBgp(65001, neighbors, self.networks),
            static_routes=(StaticRoute(VPC, number),) if self.is_static else (),
            sla=Sla(number, target, track=number, frequency=self.sla_every, timeout=1) if self.is_static else None,
            dpd=(10, 3),
        )
        return replace(end, **self.router_changes.get(index, {}))  # type: ignore[arg-type]  # a test's own fields

    def _aws(self, index: int) -> AwsEnd:
        version, cipher, digest, group = self.profiles[index]
        return AwsEnd(
            connection_id="vpn-0123456789abcdef0",
            outside=IPv4Address(f"198.51.100.{10 + index}"),
            customer_outside=IPv4Address("203.0.113.100"),
            inside=IPv4Interface(f"169.254.255.{1 + 4 * index}/30"),
            customer_inside=IPv4Interface(f"169.254.255.{2 + 4 * index}/30"),
            preshared_key=self.keys[index],
            ike_versions=(version,),
            phase1_encryption=(cipher,),
            phase1_integrity=(digest,),
            phase1_dh_groups=(group,),
            phase1_lifetime=self.lifetimes[0],
            phase2_encryption=(cipher,),
            phase2_integrity=(digest,),
            phase2_dh_groups=(group,),
            phase2_lifetime=self.lifetimes[1],
            rekey_margin=self.rekey_margin,
            rekey_fuzz=self.rekey_fuzz,
            initiates=self.aws_initiates,
            bgp=None if self.is_static else (64512, 65001),
            advertised=() if self.is_static else (VPC,),
            static_routes=self.networks if self.is_static else (),
        )
