"""What an access list makes of a packet, as far as its text alone tells: what depends on more is a maybe, and accuses nobody."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv4Address

from ..tree import Config

_PROTOCOLS = {"17": "udp", "50": "esp", "ipv4": "ip"}
# The ports that matter here; IOS shows them by name. Other names are of other ports.
_PORTS = {"isakmp": 500, "non500-isakmp": 4500}
_COMPARISONS = ("eq", "neq", "gt", "lt", "range")
_NOTES = frozenset({"log", "log-input"})
_IN_STANDARD = (range(1, 100), range(1300, 2000))


class Fit(IntEnum):
    """How many of the packets a line is about."""

    NONE = 0
    SOME = 1
    ALL = 2


@dataclass(frozen=True, slots=True)
class Packet:
    """The packets asked about: `port` is that of both ends, a `destination` of ``None`` isn't known."""

    protocol: str
    source: IPv4Address
    destination: IPv4Address | None
    port: int | None = None


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a line: an address with its wildcard bits (``None``: an object group's), and ports in IOS's words."""

    address: tuple[int, int] | None
    ports: tuple[str, ...] = ()

    def fit(self, host: IPv4Address | None, port: int | None) -> Fit:
        """Return whether this end is about packets of such a host and port."""
        return min(self._address_fit(host), _port_fit(self.ports, port))

    def _address_fit(self, host: IPv4Address | None) -> Fit:
        if self.address is None:
            return Fit.SOME
        address, wildcard = self.address
        fixed = ~wildcard & 0xFFFFFFFF
        if not fixed:
            return Fit.ALL
        if host is None:
            return Fit.SOME
        return Fit.NONE if (int(host) ^ address) & fixed else Fit.ALL


_ANY = _End((0, 0xFFFFFFFF))


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of an access list. What it asks beside the ends (a time range, say) makes it fit some packets only."""

    is_permit: bool
    protocol: str
    source: _End
    destination: _End
    more: tuple[str, ...] = ()

    def fit(self, packet: Packet) -> Fit:
        """Return whether the line is about all of these packets, some or none."""
        is_more = not _NOTES.issuperset(self.more)
        return min(
            self._protocol_fit(packet.protocol),
            Fit.SOME if is_more else Fit.ALL,
            self.source.fit(packet.source, packet.port),
            self.destination.fit(packet.destination, packet.port),
        )

    def _protocol_fit(self, protocol: str) -> Fit:
        if self.protocol == "?":
            return Fit.SOME
        # What opens a session does not come in fragments, which is what such a line is about.
        is_about = self.protocol in ("ip", protocol) and "fragments" not in self.more
        return Fit.ALL if is_about else Fit.NONE


def access_list(config: Config, name: str) -> tuple[Rule, ...]:
    """Return an access list's lines; none where it has none or isn't there, which lets everything through."""
    return tuple(rule for text, is_standard in _lines(config, name) if (rule := _rule(text, is_standard=is_standard)))


def may_pass(rules: tuple[Rule, ...], packet: Packet) -> bool:
    """Whether the list lets such packets through, or could."""
    for rule in rules:
        fit = rule.fit(packet)
        if fit is not Fit.NONE and rule.is_permit:
            return True
        if fit is Fit.ALL:
            return False
    return not rules


def _lines(config: Config, name: str) -> Iterator[tuple[str, bool]]:
    is_standard = name.isdecimal() and any(int(name) in numbers for numbers in _IN_STANDARD)
    numbered = f"access-list {name} "
    for line in config.lines:
        if line.text.startswith(numbered):
            yield line.text.removeprefix(numbered), is_standard
        elif line.text in (f"ip access-list extended {name}", f"ip access-list standard {name}"):
            yield from ((child.text, "standard" in line.text) for child in line.children)


def _rule(text: str, *, is_standard: bool) -> Rule | None:
    words = deque(text.split())
    if words and words[0].isdecimal():
        words.popleft()
    if not words or words[0] == "remark":
        return None
    try:
        return _read(words, is_standard=is_standard)
    except (IndexError, ValueError):
        # Such as `evaluate`, `dynamic`, or what a later release has: it may well be a permission.
        return Rule(is_permit=True, protocol="?", source=_ANY, destination=_ANY)


def _read(words: deque[str], *, is_standard: bool) -> Rule:
    action = words.popleft()
    if action not in ("permit", "deny"):
        raise ValueError(action)
    if is_standard:
        return Rule(action == "permit", "ip", _end(words), _ANY, tuple(words))
    protocol = words.popleft()
    if protocol == "object-group":
        words.popleft()
        protocol = "?"
    source = _end(words)
    destination = _end(words)
    return Rule(action == "permit", _PROTOCOLS.get(protocol, protocol), source, destination, tuple(words))


def _end(words: deque[str]) -> _End:
    first = words.popleft()
    if first == "any":
        address: tuple[int, int] | None = _ANY.address
    elif first == "host":
        address = (int(IPv4Address(words.popleft())), 0)
    elif first in ("object-group", "addrgroup"):
        words.popleft()
        address = None
    else:
        # A standard list leaves out the wildcard of a host.
        wildcard = words.popleft() if words and words[0][0].isdigit() else "0.0.0.0"  # noqa: S104  # no address to bind
        address = (int(IPv4Address(first)), int(IPv4Address(wildcard)))
    return _End(address, tuple(_ports(words)))


def _ports(words: deque[str]) -> Iterator[str]:
    if not words or words[0] not in _COMPARISONS:
        return
    comparison = words.popleft()
    yield comparison
    yield words.popleft()
    if comparison == "range":
        yield words.popleft()
    # `eq` takes several, until the other end or another word begins.
    while words and (words[0].isdecimal() or words[0] in _PORTS):
        yield words.popleft()


def _port_fit(ports: tuple[str, ...], port: int | None) -> Fit:
    if not ports:
        return Fit.ALL
    if port is None:
        return Fit.SOME
    comparison, *words = ports
    numbers = [_PORTS.get(word, int(word) if word.isdecimal() else -1) for word in words]
    if comparison in ("eq", "neq"):
        is_in = (port in numbers) == (comparison == "eq")
    elif -1 in numbers:
        return Fit.SOME
    else:
        low, high = {"gt": (numbers[0] + 1, 65535), "lt": (0, numbers[0] - 1)}.get(
            comparison, (numbers[0], numbers[-1])
        )
        is_in = low <= port <= high
    return Fit.ALL if is_in else Fit.NONE
