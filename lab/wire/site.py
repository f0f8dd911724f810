"""The two routers that tunnels end in, each with one host behind it, and the routes that are not BGP's."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Interface, IPv4Network
from pathlib import Path

from lab.wire.frr import Frr
from lab.wire.netns import Namespace, WireError, join


class Site:
    """A router with FRR, a LAN and one host on it."""

    def __init__(self, prefix: str, name: str, lan: IPv4Interface, host: IPv4Interface, folder: Path) -> None:
        self._routes: dict[IPv4Network, tuple[str, ...]] = {}
        self._clamp: dict[str, int] = {}
        self.router = Namespace(f"{prefix}{name}")
        try:
            self.host = Namespace(f"{prefix}{name}-host")
        except WireError:
            self.router.delete()
            raise
        try:
            self._build(lan, host, folder)
        except Exception:
            self.delete()
            raise

    def _build(self, lan: IPv4Interface, host: IPv4Interface, folder: Path) -> None:
        join(self.router, "lan0", self.host, "eth0")
        self.router.ip("addr", "add", str(lan), "dev", "lan0")
        self.host.ip("addr", "add", str(host), "dev", "eth0")
        self.host.ip("route", "add", "default", "via", str(lan.ip))
        self.router.allow_forwarding()
        # An address inside a tunnel is reached through that tunnel or not at all: not over the other one and a default route.
        self.router.ip("route", "add", "blackhole", "169.254.0.0/16")
        self.router_id = str(lan.ip)
        self.frr = Frr(self.router, folder)
        self.frr.wait_until_ready()

    def clamp(self, mss: Mapping[str, int]) -> None:
        """Lower the segment size that TCP connections over a device agree on, as `ip tcp adjust-mss` does, both ways."""
        if mss == self._clamp:
            return
        rules = [
            f'{way} "{device}" tcp flags & (syn | rst) == syn tcp option maxseg size > {size} tcp option maxseg size set {size}'
            for device, size in mss.items()
            for way in ("iifname", "oifname")
        ]
        hook = "type filter hook forward priority mangle; policy accept"
        self.router.filter("chain forward {\n" + "\n".join([hook, *rules]) + "\n}")
        self._clamp = dict(mss)

    def address(self, device: str, inside: IPv4Interface | None) -> None:
        """Give a tunnel interface exactly this address."""
        self.router.ip("addr", "flush", "dev", device)
        if inside is not None:
            self.router.ip("addr", "add", str(inside), "dev", device)

    def set_link(self, device: str, *, is_up: bool) -> None:
        """Raise or drop a tunnel's line protocol."""
        self.router.ip("link", "set", device, "up" if is_up else "down")

    def route(self, wanted: Iterable[tuple[IPv4Network, tuple[str, ...]]]) -> None:
        """Hold exactly these static routes; a network over several devices is balanced over them."""
        target = {network: devices for network, devices in wanted if devices}
        for network in [n for n in self._routes if n not in target]:
            self._forget(network)
        for network, devices in target.items():
            if self._routes.get(network) != devices:
                hops = [word for device in devices for word in ("nexthop", "dev", device)]
                self.router.ip("route", "replace", str(network), *hops)
                self._routes[network] = devices

    def routes_over(self, device: str) -> tuple[IPv4Network, ...]:
        """Return the static routes in force over a device."""
        return tuple(network for network, devices in self._routes.items() if device in devices)

    def has_route(self, network: IPv4Network) -> bool:
        """Whether a static route to this network is in force, over whichever device."""
        return network in self._routes

    def _forget(self, network: IPv4Network) -> None:
        try:
            self.router.ip("route", "del", str(network))
        except WireError:
            # The kernel took the route away itself when its device went down.
            del self._routes[network]
        else:
            del self._routes[network]

    def forget_routes_over(self, device: str) -> None:
        """The kernel dropped every route over a device that went down: know it, so that they are set again."""
        self._routes = {network: devices for network, devices in self._routes.items() if device not in devices}

    def reaches(self, target: str, device: str, timeout: float) -> bool:
        """Send one echo out of `device`, as IP SLA's icmp-echo does."""
        try:
            self.router.run("ping", "-c", "1", "-W", f"{timeout:g}", "-I", device, target)
        except WireError:
            return False
        return True

    def delete(self) -> None:
        """Take the site away."""
        self.host.delete()
        self.router.delete()
