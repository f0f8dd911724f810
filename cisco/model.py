"""The link as the router must hold it: frozen data whose invariants hold from construction on."""

import re
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from .errors import InputError, Words
from .secret import Secret

# AWS: 8-64 of letters, digits, '.' and '_', not starting with 0 (facts: CreateVpnConnection, PreSharedKey).
PRESHARED_KEY = re.compile(r"(?!0)[A-Za-z0-9._]{8,64}\Z")
CONNECTION_ID = re.compile(r"vpn-[0-9A-Za-z]{1,40}\Z")
LINK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}\Z")
INTERFACE = re.compile(r"[A-Za-z][A-Za-z-]*\d[\d/.:]*\Z")
# IOS takes 32 characters; a name that begins with a digit could be read as an address where it is positional.
VRF = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,31}\Z")


class IkeVersion(Enum):
    """IKE version, in AWS's words."""

    V1 = "ikev1"
    V2 = "ikev2"


class Encryption(Enum):
    """Encryption algorithm, in AWS's words."""

    AES128 = "AES128"
    AES256 = "AES256"
    AES128_GCM = "AES128-GCM-16"
    AES256_GCM = "AES256-GCM-16"

    @property
    def is_gcm(self) -> bool:
        """Whether the algorithm authenticates by itself, so that IOS takes no hash word beside it."""
        return self in (Encryption.AES128_GCM, Encryption.AES256_GCM)


class Integrity(Enum):
    """Integrity algorithm, in AWS's words; with GCM in phase 1 it is the PRF."""

    SHA1 = "SHA1"
    SHA2_256 = "SHA2-256"
    SHA2_384 = "SHA2-384"
    SHA2_512 = "SHA2-512"


# The groups both ends know: AWS's 17, 18, 22 and 23 have no IOS word, 35-37 need IOS-XE 26.1.
PHASE1_DH_GROUPS = (2, 14, 15, 16, 19, 20, 21, 24)
PHASE2_DH_GROUPS = (2, 5, 14, 15, 16, 19, 20, 21, 24)


def _require_between(field: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise InputError(field, value, f"between {low} and {high}")


@dataclass(frozen=True, slots=True)
class Phase1:
    """What IKE negotiates. `lifetime` in seconds, 900-28800 (AWS)."""

    version: IkeVersion
    encryption: Encryption
    integrity: Integrity
    dh_group: int
    lifetime: int = 28800

    def __post_init__(self) -> None:
        if self.version is IkeVersion.V1 and self.encryption.is_gcm:
            raise InputError("phase 1 encryption", self.encryption.value, "AES128 or AES256 with ikev1 (RFC 5282)")
        if self.dh_group not in PHASE1_DH_GROUPS:
            raise InputError("phase 1 DH group", self.dh_group, f"one of {PHASE1_DH_GROUPS}")
        _require_between("phase 1 lifetime", self.lifetime, 900, 28800)


@dataclass(frozen=True, slots=True)
class Phase2:
    """What IPsec negotiates. `lifetime` in seconds, 900-3600; `replay_window` in packets, a size IOS has."""

    encryption: Encryption
    integrity: Integrity
    dh_group: int
    lifetime: int = 3600
    replay_window: int = 128

    def __post_init__(self) -> None:
        if self.dh_group not in PHASE2_DH_GROUPS:
            raise InputError("phase 2 DH group", self.dh_group, f"one of {PHASE2_DH_GROUPS}")
        _require_between("phase 2 lifetime", self.lifetime, 900, 3600)
        if self.replay_window not in (64, 128, 256, 512, 1024):
            raise InputError("replay window", self.replay_window, "one of 64, 128, 256, 512, 1024")


@dataclass(frozen=True, slots=True)
class Tunnel:
    """One of the two tunnels, seen from the router.

    `index` is the position in AWS's document (0 or 1) and names the crypto objects as AWS does (``keyring-vpn-…-0``);
    `number` is the Tunnel interface. `router_inside` is the router's address with its /30.
    """

    index: int
    number: int
    aws_outside: IPv4Address
    aws_inside: IPv4Address
    router_inside: IPv4Interface
    preshared_key: Secret
    phase1: Phase1
    phase2: Phase2
    mss: int

    def __post_init__(self) -> None:
        _require_between("tunnel number", self.number, 0, 2147483647)
        _require_between("tcp mss", self.mss, 500, 1460)
        if not PRESHARED_KEY.match(self.preshared_key.reveal()) or self.preshared_key.reveal() == "REDACTED":
            raise InputError("pre-shared key", "***", "8 to 64 letters, digits, '.' or '_', not starting with 0")
        others = [host for host in self.router_inside.network.hosts() if host != self.router_inside.ip]
        if self.aws_inside not in others:
            network = self.router_inside.network
            raise InputError("AWS inside address", str(self.aws_inside), f"the other host within {network}")


class Steering(Enum):
    """How the backup tunnel's announcements tell AWS to prefer the other tunnel, in the order in which AWS compares."""

    AS_PATH = "as-path"
    MED = "med"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Bgp:
    """BGP over both tunnels.

    `advertise` is ``None`` for the guide's default route (``default-originate`` and ``network 0.0.0.0``), else exactly
    these networks. `accept` are the only networks admitted from AWS, and then only what is announced is let out too;
    ``None`` filters nothing. `maximum_prefix` ends the session when AWS sends more. `keepalive` and `hold` in seconds.
    """

    router_asn: int
    aws_asn: int
    advertise: tuple[IPv4Network, ...] | None = None
    keepalive: int = 10
    hold: int = 30
    accept: tuple[IPv4Network, ...] | None = None
    maximum_prefix: int | None = None
    steering: Steering = Steering.AS_PATH

    def __post_init__(self) -> None:
        _require_between("router ASN", self.router_asn, 1, 4294967295)
        _require_between("AWS ASN", self.aws_asn, 1, 4294967295)
        if self.router_asn == self.aws_asn:
            raise InputError("router ASN", self.router_asn, "different from the AWS side's ASN")
        if self.accept is not None and not self.accept:
            raise InputError(
                "accepted networks", Words("none"), "the VPC side's networks: a list that admits nothing cuts the link"
            )
        if self.maximum_prefix is not None:
            _require_between("maximum prefix", self.maximum_prefix, 1, 2147483647)

    @property
    def announced(self) -> tuple[IPv4Network, ...]:
        """The networks that AWS is told of."""
        return (_DEFAULT,) if self.advertise is None else self.advertise


_DEFAULT = IPv4Network("0.0.0.0/0")


@dataclass(frozen=True, slots=True)
class Static:
    """Tracked static routes to `vpc_cidrs` over both tunnels; `sla_numbers` name both the IP SLA and the track.

    Without networks it is AWS's own sample, whose routes are the reader's to add: good for printing only.
    """

    vpc_cidrs: tuple[IPv4Network, ...]
    sla_numbers: tuple[int, int] = (100, 200)

    def __post_init__(self) -> None:
        if len(set(self.vpc_cidrs)) != len(self.vpc_cidrs):
            raise InputError("vpc cidrs", [str(n) for n in self.vpc_cidrs], "without repetition")
        for number in self.sla_numbers:
            _require_between("sla number", number, 1, 1000)  # `ip route … track` takes 1-1000 in every release


@dataclass(frozen=True, slots=True)
class Intent:
    """One link: everything the router must hold for one AWS VPN connection.

    `local_address` is the address IKE speaks from (the customer gateway's public address, or, behind NAT, the WAN
    interface's own); `wan_interface` replaces it as tunnel source and in ``local-address`` when given. `policies` are
    the ISAKMP policy numbers, a tunnel each (IKEv1). `link` and `generation` go into the tunnels' descriptions.
    `front_door_vrf` is the VRF that the WAN interface is in, `inside_vrf` the one that the tunnels' inside and their
    routes are in; ``None`` is the global table. `primary` is the index of the tunnel that carries the traffic while
    both are UP; ``None`` leaves it to routing.
    """

    link: str
    connection_id: str
    local_address: IPv4Address
    tunnels: tuple[Tunnel, Tunnel]
    routing: Bgp | Static
    wan_interface: str | None = None
    is_behind_nat: bool = False
    policies: tuple[int, int] = (200, 201)
    generation: int = 1
    front_door_vrf: str | None = None
    inside_vrf: str | None = None
    primary: int | None = None

    def __post_init__(self) -> None:
        if not LINK_NAME.match(self.link):
            raise InputError("link name", self.link, "1 to 40 letters, digits, '-' or '_'")
        if not CONNECTION_ID.match(self.connection_id):
            raise InputError(
                "vpn connection id", self.connection_id, "vpn- and letters or digits, such as vpn-0123456789abcdef0"
            )
        if self.wan_interface is not None and not INTERFACE.match(self.wan_interface):
            raise InputError("wan interface", self.wan_interface, "an interface name such as GigabitEthernet1")
        for field, vrf in (("front-door VRF", self.front_door_vrf), ("inside VRF", self.inside_vrf)):
            if vrf is not None and (not VRF.match(vrf) or vrf in ("any", "global")):
                raise InputError(
                    field, vrf, "a VRF's name: a letter, then up to 31 letters, digits, '_', '.', ':' or '-'"
                )
        if self.primary is not None:
            _require_between("index of the primary tunnel", self.primary, 0, 1)
        for number in self.policies:
            _require_between("isakmp policy", number, 1, 10000)
        _require_distinct(self)

    def is_backup(self, tunnel: Tunnel) -> bool:
        """Whether this tunnel is used only while the other one is not UP."""
        return self.primary is not None and tunnel.index != self.primary


def _require_distinct(intent: Intent) -> None:
    one, two = intent.tunnels
    pairs = (
        ("tunnel number", one.number, two.number),
        ("AWS outside address", str(one.aws_outside), str(two.aws_outside)),
        ("inside CIDR", str(one.router_inside.network), str(two.router_inside.network)),
        ("isakmp policy", *intent.policies),
    )
    for field, a, b in pairs:
        if a == b:
            raise InputError(field, a, "different for the two tunnels")
