"""What lies between the two daemons of a tunnel: a cable, NAT where the router stands behind it, and faults."""

from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address

from lab.wire.netns import Namespace, join

# kernel-libipsec always wraps ESP in UDP, and real ends do so only behind NAT: where there is none, the underlay is as
# much wider as that header is long, so that the same packets fit as on a real path of 1500 bytes.
UDP_HEADER = 8
PATH_MTU = 1500


class Fault(Enum):
    """What the way between the two ends does to packets; the value is the filter on either side."""

    NONE = ""
    # IKE on port 4500 begins with four zero bytes, ESP with its index, which is never zero (RFC 3948).
    ESP_BLOCKED = "meta l4proto esp drop; udp dport 4500 @th,64,32 != 0 drop"
    CUT = "drop"
    # A firewall that lets nobody inside begin: an IKE packet without the responder's SPI is the first of its exchange.
    INWARD_ONLY = 'iifname "in0" udp dport 500 @th,128,64 0 drop'


@dataclass(frozen=True, slots=True)
class Way:
    """The addresses at both ends of the way; `translated` is the router's as AWS sees it, where NAT changes it."""

    source: IPv4Address
    outside: IPv4Address
    translated: IPv4Address | None = None


class Underlay:
    """The namespaces of the two daemons and what joins them."""

    def __init__(self, prefix: str, slot: int, outside: IPv4Address) -> None:
        self.customer = Namespace(f"{prefix}cgw{slot}")
        self._nat = Namespace(f"{prefix}nat{slot}")
        self.provider = Namespace(f"{prefix}aws{slot}")
        join(self.customer, "wan0", self._nat, "in0", PATH_MTU + UDP_HEADER)
        join(self._nat, "out0", self.provider, "wan0", PATH_MTU + UDP_HEADER)
        self._nat.allow_forwarding()
        self.provider.ip("addr", "add", f"{outside}/32", "dev", "wan0")
        self._way: Way | None = None
        self._fault = Fault.NONE

    def lay(self, way: Way) -> None:
        """Lead from `source` to `outside` and back, through NAT where there is one."""
        if way == self._way:
            return
        seen = way.translated or way.source
        mtu = str(PATH_MTU if way.translated else PATH_MTU + UDP_HEADER)
        for namespace, device in (
            (self.customer, "wan0"),
            (self._nat, "in0"),
            (self._nat, "out0"),
            (self.provider, "wan0"),
        ):
            namespace.ip("link", "set", device, "mtu", mtu)
        self.customer.ip("addr", "flush", "dev", "wan0")
        self.customer.ip("addr", "add", f"{way.source}/32", "dev", "wan0")
        self._route(self.customer, way.outside, "wan0", way.source)
        self._route(self.provider, seen, "wan0", way.outside)
        # The middle has no address of its own: it answers for those behind it.
        for device in ("in0", "out0"):
            self._nat.run("sysctl", "-q", "-w", f"net.ipv4.conf.{device}.proxy_arp=1")
            self._nat.run("sysctl", "-q", "-w", f"net.ipv4.neigh.{device}.proxy_delay=0")
        self._nat.ip("route", "flush", "dev", "in0")
        self._nat.ip("route", "flush", "dev", "out0")
        self._nat.ip("route", "replace", str(way.source), "dev", "in0")
        self._nat.ip("route", "replace", str(way.outside), "dev", "out0")
        self._nat.ip("addr", "flush", "dev", "lo", "scope", "global")
        if way.translated:
            self._nat.ip("addr", "add", f"{way.translated}/32", "dev", "lo")
        self._way = way
        self._filter()

    @staticmethod
    def _route(namespace: Namespace, to: IPv4Address, device: str, source: IPv4Address) -> None:
        namespace.ip("route", "flush", "dev", device)
        namespace.ip("route", "replace", str(to), "dev", device, "src", str(source))

    def suffer(self, fault: Fault) -> None:
        """Do this to what passes from now on."""
        self._fault = fault
        self._filter()

    def _filter(self) -> None:
        rules = "\n".join(f"  {rule.strip()}" for rule in self._fault.value.split(";"))
        chains = [f"chain forward {{ type filter hook forward priority filter; policy accept\n{rules}\n}}"]
        if self._way and self._way.translated:
            nat = f'oifname "out0" snat ip to {self._way.translated}'
            chains.append(f"chain post {{ type nat hook postrouting priority srcnat; policy accept\n{nat}\n}}")
        self._nat.filter("\n".join(chains))

    def delete(self) -> None:
        """Take it away, with all that runs in it."""
        for namespace in (self.customer, self._nat, self.provider):
            namespace.delete()
