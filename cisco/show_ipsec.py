"""``show crypto ipsec sa [detail]`` and ``show crypto session [detail]``: what is encrypted to whom."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from .show import address, blocks, first, lines


@dataclass(frozen=True, slots=True)
class EspSa:
    """One ESP security association; `seconds` is what is left of it, `status` empty where not shown."""

    spi: int
    transform: str = ""
    status: str = ""
    seconds: int | None = None

    @property
    def is_valid(self) -> bool:
        """Whether it can carry traffic: known by its SPI, active, and not run out."""
        is_active = self.status in ("ACTIVE", "ACTIVE(ACTIVE)") if self.status else self.seconds is not None
        return self.spi != 0 and is_active and self.seconds != 0


@dataclass(frozen=True, slots=True)
class Flow:
    """What one interface protects towards one peer: the SAs of each direction."""

    interface: str
    peer: IPv4Address | None
    inbound: tuple[EspSa, ...]
    outbound: tuple[EspSa, ...]

    @property
    def is_up(self) -> bool:
        """Whether traffic can go both ways."""
        return any(sa.is_valid for sa in self.inbound) and any(sa.is_valid for sa in self.outbound)


_INTERFACE = re.compile(r"^interface: (\S+)$")
# Every flow starts with the VRF it protects, also the second one of an interface.
_FLOW = re.compile(r"^protected vrf:")
# `current_peer 192.0.2.1 port 500`; older `current_peer: 192.0.2.1:500`.
_CURRENT_PEER = re.compile(r"^current_peer:? ?(\d+\.\d+\.\d+\.\d+)\b")
_ENDPOINT = re.compile(r"\bremote crypto endpt\.?: ?(\d+\.\d+\.\d+\.\d+)$")
_DIRECTION = re.compile(r"^(inbound|outbound) (esp|ah|pcp) sas:")
_SPI = re.compile(r"^spi: 0x([0-9A-Fa-f]{1,8})\b")
_TRANSFORM = re.compile(r"^transform: (.+?) ?,?$")
_STATUS = re.compile(r"^Status: (\S+)")
# `(k/sec): (4467148/3189)`, `(sec): 3189`, `(k/sec): (KB Vol Rekey Disabled/3189)`
_LIFETIME = re.compile(r"^sa timing: remaining key lifetime \([kKB]*/?sec\): (?:\((?:[^/()]+/)?(\d{1,9})\)|(\d{1,9}))$")


def flows(text: str) -> tuple[Flow, ...]:
    """Read ``show crypto ipsec sa``, whole or for one peer or interface, with or without ``detail``."""
    return tuple(_flow(interface, block) for interface, block in _blocks(lines(text)))


def _blocks(rows: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    interface, block = "", None
    for row in rows:
        if (match := _INTERFACE.match(row)) is not None:
            if block:
                yield interface, block
            interface, block = match[1], None
        elif _FLOW.match(row) is not None:
            if block:
                yield interface, block
            block = [row]
        elif block is not None:
            block.append(row)
    if block:
        yield interface, block


def _with(sa: EspSa, row: str) -> EspSa:
    """Return the SA with what one more line says of it."""
    if (match := _TRANSFORM.match(row)) is not None:
        return replace(sa, transform=match[1])
    if (match := _STATUS.match(row)) is not None:
        return replace(sa, status=match[1])
    if (match := _LIFETIME.match(row)) is not None:
        return replace(sa, seconds=int(match[1] or match[2]))
    return sa


def _flow(interface: str, block: list[str]) -> Flow:
    peer = _last_address(_CURRENT_PEER, block)
    # Where both are shown, the endpoint is the address that packets really go to.
    endpoint = _last_address(_ENDPOINT, block) or peer
    found: dict[str, list[EspSa]] = {"inbound": [], "outbound": []}
    current: list[EspSa] | None = None
    for row in block:
        if (match := _DIRECTION.match(row)) is not None:
            current = found[match[1]] if match[2] == "esp" else None
        elif current is None:
            continue
        elif (match := _SPI.match(row)) is not None:
            current.append(EspSa(int(match[1], 16)))
        elif current:
            current[-1] = _with(current[-1], row)
    return Flow(
        interface,
        endpoint,
        tuple(found["inbound"]),
        tuple(found["outbound"]),
    )


def _last_address(pattern: re.Pattern[str], block: list[str]) -> IPv4Address | None:
    found = (match for row in reversed(block) if (match := pattern.search(row)) is not None)
    return next((address(match[1]) for match in found), None)


@dataclass(frozen=True, slots=True)
class Session:
    """One entry of ``show crypto session``; `status` is IOS's word (``UP-ACTIVE``, ``DOWN-NEGOTIATING``)."""

    interface: str
    status: str
    peer: IPv4Address | None
    uptime: str | None = None
    active_sas: int = 0

    @property
    def is_up(self) -> bool:
        """Whether IPsec carries traffic, with or without a living IKE SA (``UP-NO-IKE``)."""
        return self.status in ("UP-ACTIVE", "UP-NO-IKE") and self.active_sas >= 2


_SESSION_INTERFACE = re.compile(r"^Interface: (\S+)")
_SESSION_STATUS = re.compile(r"^Session status: ([A-Z-]+)$")
_SESSION_UPTIME = re.compile(r"^Uptime: (\S+)$")
_SESSION_PEER = re.compile(r"^Peer: (\d+\.\d+\.\d+\.\d+)(?: port \d+|/\d+)?\b")
_SESSION_SAS = re.compile(r"^Active SAs: (\d{1,6})\b")


def sessions(text: str) -> tuple[Session, ...]:
    """Read ``show crypto session``, with or without ``detail``."""
    return tuple(_session(header[1], block) for header, block in blocks(_SESSION_INTERFACE, lines(text)))


def _session(interface: str, block: list[str]) -> Session:
    return Session(
        interface,
        first(_SESSION_STATUS, block) or "",
        address(first(_SESSION_PEER, block) or ""),
        first(_SESSION_UPTIME, block),
        sum(int(match[1]) for row in block if (match := _SESSION_SAS.match(row)) is not None),
    )
