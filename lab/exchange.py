"""How simulated routers and the fake AWS learn of each other: an object in one process, HTTP across two."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from threading import Lock
from typing import Protocol
from urllib.parse import quote
from urllib.request import Request, urlopen

from lab.ends import AwsEnd, RouterEnd
from lab.exchange_json import decode_ends, encode_ends
from lab.negotiation import Cause, Outcome, negotiate

# What NAT on the way to the Internet translates: RFC 1918 and RFC 6598. (`is_private` counts RFC 5737 as well.)
_TRANSLATED = tuple(IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
Judge = Callable[[RouterEnd, AwsEnd], Outcome]


class RouterExchange(Protocol):
    """What a router needs of the exchange; `Exchange` and `HttpExchange` both are one."""

    def publish(self, router: str, public_addresses: Sequence[IPv4Address], ends: Sequence[RouterEnd]) -> None:
        """Say what `router` holds; the first of the addresses the Internet sees it as is the one NAT uses."""

    def withdraw(self, router: str) -> None:
        """Take the router away, as when it reloads or is switched off."""

    def outcomes(self, router: str) -> Mapping[int, Outcome]:
        """Return what comes of each of the router's tunnels now, by Tunnel number."""


class Exchange:
    """The meeting point of one process: routers publish to it, AWS's ends are asked for when needed.

    `judge` decides about a pair of ends as the router sees it, `aws_judge` as AWS does; both are `negotiate` unless
    something really carries the tunnels, and then the two can differ for a while.
    """

    def __init__(
        self,
        aws_ends: Callable[[], Iterable[AwsEnd]],
        judge: Judge = negotiate,
        aws_judge: Judge | None = None,
    ) -> None:
        self._aws_ends = aws_ends
        self._judge = judge
        self._aws_judge = aws_judge or judge
        self._routers: dict[str, tuple[RouterEnd, ...]] = {}
        self._lock = Lock()

    def publish(self, router: str, public_addresses: Sequence[IPv4Address], ends: Sequence[RouterEnd]) -> None:
        """Say what `router` holds; the first of the addresses the Internet sees it as is the one NAT uses."""
        with self._lock:
            self._routers[router] = tuple(_seen_from_outside(end, public_addresses) for end in ends)

    def withdraw(self, router: str) -> None:
        """Take the router away, as when it reloads or is switched off."""
        with self._lock:
            self._routers.pop(router, None)

    def outcomes(self, router: str) -> Mapping[int, Outcome]:
        """Return what comes of each of the router's tunnels now, by Tunnel number."""
        with self._lock:
            ends = self._routers.get(router, ())
        return outcomes_of(ends, self._aws_ends(), self._judge)

    def outcome_at(self, aws: AwsEnd) -> Outcome:
        """Return what comes of AWS's tunnel `aws`, whichever router is at its other end."""
        with self._lock:
            ends = [end for held in self._routers.values() for end in held if end.destination == aws.outside]
        outcomes = [self._aws_judge(end, aws) for end in ends]
        if not outcomes:
            return _nobody_there(aws)
        return max(outcomes, key=lambda outcome: (outcome.is_up, outcome.is_ipsec_up, outcome.is_ike_up))

    def router_ends(self) -> tuple[RouterEnd, ...]:
        """Return every tunnel that the routers have now."""
        with self._lock:
            return tuple(end for held in self._routers.values() for end in held)

    def tunnels(self) -> tuple[AwsEnd, ...]:
        """Return every tunnel that AWS has now."""
        return tuple(self._aws_ends())


class HttpExchange:
    """The same for a router in a process of its own, over the fake AWS's `/lab` paths."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "http://localhost:")):
            raise ValueError(f"the exchange is {url!r}, but must be an http:// address on loopback with a port")
        self._url = url.rstrip("/")
        self._ends: dict[str, tuple[RouterEnd, ...]] = {}

    def publish(self, router: str, public_addresses: Sequence[IPv4Address], ends: Sequence[RouterEnd]) -> None:
        """Say what `router` holds; the first of the addresses the Internet sees it as is the one NAT uses."""
        self._ends[router] = tuple(_seen_from_outside(end, public_addresses) for end in ends)
        self._send(
            "PUT",
            f"/lab/routers/{quote(router, safe='')}",
            {
                "public_addresses": [str(address) for address in public_addresses],
                "ends": encode_ends(self._ends[router]),
            },
        )

    def withdraw(self, router: str) -> None:
        """Take the router away, as when it reloads or is switched off."""
        self._ends.pop(router, None)
        self._send("DELETE", f"/lab/routers/{quote(router, safe='')}")

    def outcomes(self, router: str) -> Mapping[int, Outcome]:
        """Return what comes of each of the router's tunnels now, by Tunnel number."""
        tunnels = decode_ends(AwsEnd, json.loads(self._send("GET", "/lab/tunnels")))
        return outcomes_of(self._ends.get(router, ()), tunnels)

    def _send(self, method: str, path: str, body: object = None) -> bytes:
        data = None if body is None else json.dumps(body).encode()
        request = Request(self._url + path, data, {"Content-Type": "application/json"}, method=method)  # noqa: S310  # loopback only, see __init__
        with urlopen(request, timeout=10) as reply:  # noqa: S310  # as above
            return bytes(reply.read())


def outcomes_of(
    ends: Iterable[RouterEnd], tunnels: Iterable[AwsEnd], judge: Judge = negotiate
) -> Mapping[int, Outcome]:
    """Pair each of a router's tunnels with AWS's by its destination, and judge the pair."""
    by_outside = {aws.outside: aws for aws in tunnels}
    outcomes = {}
    for end in ends:
        aws = None if end.destination is None else by_outside.get(end.destination)
        outcomes[end.number] = _leads_nowhere(end) if aws is None else judge(end, aws)
    return outcomes


def _seen_from_outside(end: RouterEnd, public_addresses: Sequence[IPv4Address]) -> RouterEnd:
    if not public_addresses or end.source is None or end.source in public_addresses:
        return end
    if any(end.source in network for network in _TRANSLATED):
        return replace(end, public_address=public_addresses[0])
    return end


def _nobody_there(aws: AwsEnd) -> Outcome:
    return Outcome(
        is_up=False,
        cause=Cause.PEER_ADDRESS,
        reason=f"no router has a tunnel to {aws.outside}",
        bgp_state=None if aws.bgp is None else "Idle",
    )


def _leads_nowhere(end: RouterEnd) -> Outcome:
    if end.destination is None:
        return Outcome(is_up=False, cause=Cause.NOT_CONFIGURED, reason=f"Tunnel{end.number} has no tunnel destination")
    return Outcome(
        is_up=False,
        cause=Cause.PEER_ADDRESS,
        reason=f"no VPN connection has a tunnel at {end.destination}",
        bgp_state=None if end.bgp is None else "Idle",
    )
