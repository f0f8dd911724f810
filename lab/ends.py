"""The two ends of a tunnel: all that decides whether it comes up, as the router and as AWS hold it.

Algorithms are in AWS's words (``AES128``, ``SHA2-256``, …); one that AWS has no word for keeps the router's
(``3DES``, ``MD5``), and then simply never agrees.
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

ANY = IPv4Network("0.0.0.0/0")
# Beyond it a virtual private gateway ends the session with Cease, "Maximum Number of Prefixes Reached" (AWS
# quota).
MAXIMUM_PREFIXES_VGW = 100


@dataclass(frozen=True, slots=True)
class Phase1Offer:
    """One combination the router offers in phase 1; with a GCM encryption `integrity` is the PRF."""

    encryption: str
    integrity: str
    dh_group: int
    lifetime: int = 86400


@dataclass(frozen=True, slots=True)
class Phase2Offer:
    """One transform the router offers in phase 2; `integrity` is empty with GCM."""

    encryption: str
    integrity: str


@dataclass(frozen=True, slots=True)
class PrefixRule:
    """A line of a prefix list: which networks it is about, and whether they may pass."""

    is_permit: bool
    network: IPv4Network
    shortest: int | None = None
    longest: int | None = None

    def covers(self, network: IPv4Network) -> bool:
        """Whether the line is about this network; without bounds it is about its own alone."""
        if not network.subnet_of(self.network):
            return False
        longest = self.longest or (32 if self.shortest else self.network.prefixlen)
        return (self.shortest or self.network.prefixlen) <= network.prefixlen <= longest


def admitted(rules: tuple[PrefixRule, ...] | None, networks: tuple[IPv4Network, ...]) -> tuple[IPv4Network, ...]:
    """Return the networks that a prefix list lets pass: the first line about one decides, what none names is denied."""
    if rules is None:
        return networks
    return tuple(n for n in networks if next((rule.is_permit for rule in rules if rule.covers(n)), False))


@dataclass(frozen=True, slots=True)
class BgpNeighbor:
    """A `neighbor` of the BGP process; `is_active`: activated for IPv4 unicast and not shut down.

    `takes` and `tells` are its prefix lists inward and outward, None without one. `local_preference` is what its
    routes get, `prepended` and `metric` what those told to it get. A session that `maximum_prefix` ended is tried again after
    `restart` minutes, None for never.
    """

    address: IPv4Address
    remote_as: int
    is_active: bool = True
    default_originate: bool = False
    keepalive: int = 60
    hold: int = 180
    takes: tuple[PrefixRule, ...] | None = None
    tells: tuple[PrefixRule, ...] | None = None
    maximum_prefix: int | None = None
    restart: int | None = None
    local_preference: int = 100
    prepended: int = 0
    metric: int = 0


@dataclass(frozen=True, slots=True)
class RouterBgp:
    """The router's BGP process. `networks`: those its `network` lines name *and* its routing table holds."""

    local_as: int
    neighbors: tuple[BgpNeighbor, ...] = ()
    networks: tuple[IPv4Network, ...] = ()


@dataclass(frozen=True, slots=True)
class Sla:
    """An IP SLA ICMP echo out of this tunnel, with the track object that watches it (None: nobody does).

    `frequency`, `timeout` and the track's delays are in seconds.
    """

    number: int
    target: IPv4Address
    is_scheduled: bool = True
    track: int | None = None
    frequency: int = 60
    timeout: float = 5.0
    up_delay: int = 0
    down_delay: int = 0


@dataclass(frozen=True, slots=True)
class StaticRoute:
    """A static route into this tunnel; `track` is the track object it depends on, `distance` its administrative distance."""

    network: IPv4Network
    track: int | None = None
    distance: int = 1


@dataclass(frozen=True, slots=True)
class RouterEnd:
    """One Tunnel interface of a router with everything that decides whether it comes up.

    `number` is the interface's. `source` is the resolved local address, `public_address` the one the
    Internet sees when NAT changes it. `preshared_key` is the key the router would use with `destination`,
    None when no keyring has one; `matches_peer` is false when no ISAKMP or IKEv2 profile accepts the peer.
    `ike_version` is ``ikev1`` or ``ikev2``, `pfs` the group of `set pfs`. `mode` is the words after `tunnel
    mode`; `has_protection` says whether an IPsec profile is bound. `mss` is `ip tcp adjust-mss`, `dpd` the
    seconds between two probes of a silent peer and between two retries.
    """

    number: int
    is_interface_up: bool
    source: IPv4Address | None
    destination: IPv4Address | None
    inside: IPv4Interface | None
    mode: str = "ipsec ipv4"
    has_protection: bool = True
    ike_version: str = "ikev1"
    phase1: tuple[Phase1Offer, ...] = ()
    preshared_key: str | None = field(default=None, repr=False)
    matches_peer: bool = True
    phase2: tuple[Phase2Offer, ...] = ()
    pfs: int | None = None
    phase2_lifetime: int = 3600
    bgp: RouterBgp | None = None
    static_routes: tuple[StaticRoute, ...] = ()
    sla: Sla | None = None
    public_address: IPv4Address | None = None
    mss: int | None = None
    dpd: tuple[int, int] | None = None

    @property
    def seen_as(self) -> IPv4Address | None:
        """The address that AWS receives this tunnel's packets from."""
        return self.public_address or self.source


@dataclass(frozen=True, slots=True)
class AwsEnd:
    """One tunnel of a VPN connection, as AWS holds it.

    `outside` and `inside` are AWS's addresses, `customer_outside` the customer gateway's, `customer_inside`
    the router's end of the inside network. `bgp` is (AWS's AS, the customer gateway's AS), None for a
    static connection. `advertised` is what AWS sends to the router, `static_routes` the connection's own
    routes, `local_cidr` (on-premises) and `remote_cidr` (AWS) the traffic selectors, in AWS's words.
    `dpd_timeout` is the seconds of a peer's silence after which AWS ends the tunnel. AWS rekeys `rekey_margin` seconds before
    an SA's end, and up to `rekey_fuzz` percent of that earlier. `initiates`: it begins by itself (`StartupAction` is ``start``),
    `restarts`: it begins again when a peer has fallen silent (`DPDTimeoutAction` is ``restart``).
    """

    connection_id: str
    outside: IPv4Address
    customer_outside: IPv4Address
    inside: IPv4Interface
    customer_inside: IPv4Interface
    preshared_key: str = field(repr=False)
    ike_versions: tuple[str, ...] = ("ikev1", "ikev2")
    phase1_encryption: tuple[str, ...] = ()
    phase1_integrity: tuple[str, ...] = ()
    phase1_dh_groups: tuple[int, ...] = ()
    phase1_lifetime: int = 28800
    phase2_encryption: tuple[str, ...] = ()
    phase2_integrity: tuple[str, ...] = ()
    phase2_dh_groups: tuple[int, ...] = ()
    phase2_lifetime: int = 3600
    bgp: tuple[int, int] | None = None
    advertised: tuple[IPv4Network, ...] = ()
    static_routes: tuple[IPv4Network, ...] = ()
    local_cidr: IPv4Network = ANY
    remote_cidr: IPv4Network = ANY
    maximum_prefixes: int = MAXIMUM_PREFIXES_VGW
    dpd_timeout: int = 30
    rekey_margin: int = 270
    rekey_fuzz: int = 100
    initiates: bool = False
    restarts: bool = False
