"""Who owns what: the marks that the router itself keeps in the descriptions of our tunnel interfaces.

``aws-cisco-vpn <link> <vpn-id> gen <N> own <tokens>`` survives a lost manifest and an agent killed half-way, because
it is written before the first object it names. Crypto objects carry the connection's id in their name and
need no token; what IOS numbers or shares does:

=================  ==========================================================================
``p200``           ISAKMP policy 200 was made by us
``df=copy``        a global setting was ``copy`` before us (the codes are nvgen.GLOBALS')
``sla100``         IP SLA 100; ``trk100`` track 100
``t2``             ``interface Tunnel2``, the one without these tokens, while it has no description yet
``bgp``            ``router bgp`` was made by us
``net0``           BGP's ``network 0.0.0.0``; ``net=10.0.0.0/8`` any other network; ``net=10.0.0.0/8@V`` one in VRF V
``af=V``           BGP's ``address-family ipv4 vrf V`` was made by us
``max``            ``maximum-prefix`` of our neighbours was set by us
``~p200``          used by us, made by another link of ours; becomes ``p200`` when that link goes
=================  ==========================================================================
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from .mark import Mark, read_mark
from .plan import Owned
from .state import Sections, State

# IOS-XE takes 200 characters from 17.4 on (240 before).
MAX_DESCRIPTION = 200
USED = "~"
FAMILY = "af="
MAXIMUM_PREFIX = "max"

_OBJECT = re.compile(
    r"(?:(?:keyring(?:-(?P<vrf>[A-Za-z][A-Za-z0-9_.:-]*))?|isakmp|ikev2|ipsec|ipsec-prop|primary|backup)"
    r"-(?P<tunnel>vpn-[0-9A-Za-z]+)-[01]"
    r"|(?:policy|proposal-[a-z0-9-]+|from-aws|to-aws)-(?P<link>vpn-[0-9A-Za-z]+))"
)


def marks(sections: Sections) -> dict[str, Mark]:
    """Return the marks on a router by interface name."""
    found: dict[str, Mark] = {}
    for (kind, name), section in sections.items():
        if kind == "interface" and name.startswith("Tunnel"):
            mark = read_mark(section.value("description") or "")
            if mark is not None:
                found[name] = mark
    return found


def newest_mark(running: State, connection_id: str) -> Mark | None:
    """Return the mark with the highest generation that the router holds of a connection, or ``None``."""
    held = (mark for mark in marks(running.sections).values() if mark.connection_id == connection_id)
    return max(held, key=lambda mark: mark.generation, default=None)


def generation(running: State, connection_id: str) -> int | None:
    """Return the highest generation that the router holds of a connection, or ``None`` when it holds none."""
    mark = newest_mark(running, connection_id)
    return None if mark is None else mark.generation


def connection_of(running: State, link: str | None) -> str | None:
    """Return the connection that the router's marks give to a link, or ``None`` where they name none, or several."""
    ids = {m.connection_id for m in marks(running.sections).values() if m.link == link}
    return ids.pop() if len(ids) == 1 else None


def key(token: str) -> str:
    """Return what a token is about: ``df=copy`` and ``~df`` are both about ``df``."""
    bare = token.removeprefix(USED)
    return bare if bare.startswith(("net=", FAMILY)) else bare.partition("=")[0]


def previous(token: str) -> str:
    """Return the value that a global setting had before us, as IOS has it (a token holds no blank)."""
    return token.partition("=")[2].replace("/", " ")


def setting_token(code: str, value: str) -> str:
    """Return the token that remembers a global setting's value."""
    return f"{code}={value.replace(' ', '/')}"


def network_token(slot: str, vrf: str = "") -> str:
    """Return the token for a BGP network slot, such as ``network 10.0.0.0/8``."""
    prefix = slot.removeprefix("network ")
    if vrf:
        return f"net={prefix}@{vrf}"
    return "net0" if prefix == "0.0.0.0/0" else f"net={prefix}"


def network_place(thing: str) -> tuple[str, str]:
    """Return the VRF ("" is the global table) and the BGP network slot that a token is about."""
    if thing == "net0":
        return "", "network 0.0.0.0/0"
    prefix, _, vrf = thing.removeprefix("net=").partition("@")
    return vrf, f"network {prefix}"


def process_token(vrf: str) -> str:
    """Return the token for BGP itself: the process, or a VRF's part of it."""
    return f"{FAMILY}{vrf}" if vrf else "bgp"


@dataclass(frozen=True, slots=True)
class Ours:
    """What is ours on a router before a plan.

    `connection_ids` also holds the connection that the manifest says this one replaces. `is_known` is false while
    neither a mark nor the manifest knows the connection: then even objects named after it were made by hand.
    `neighbors` are VRF and peer of those that a removal knows to be ours although their tunnel is gone.
    """

    link: str
    connection_id: str
    connection_ids: frozenset[str]
    is_known: bool
    tokens: Mapping[str, str]
    tunnels: tuple[str, ...]
    others: Mapping[str, Mark]
    neighbors: frozenset[tuple[str, str]] = frozenset()

    def owns(self, thing: str) -> bool:
        """Whether we made the thing that a token is about."""
        return thing in self.tokens and not self.tokens[thing].startswith(USED)

    def holders(self, thing: str) -> tuple[str, ...]:
        """Return the interfaces of other links of ours whose mark owns or uses the thing."""
        return tuple(n for n, m in self.others.items() if any(key(t) == thing for t in m.tokens))

    def named(self, name: str) -> bool:
        """Whether a crypto object has a name that we, or AWS's own text, give to one of our connections' objects.

        Anything else that ends in the id (a copy that somebody keeps, say) is not ours.
        """
        found = _OBJECT.fullmatch(name)
        return found is not None and (found["tunnel"] or found["link"]) in self.connection_ids


def vrf_in_name(name: str) -> str:
    """Return the VRF in the name of a keyring of ours, "" for none: IOS can't move a keyring, so we make another."""
    found = _OBJECT.fullmatch(name)
    return (found["vrf"] or "") if found is not None else ""


def ours(running: State, link: str, connection_id: str, owned: Owned, tunnels_like: frozenset[str]) -> Ours:
    """Return what is ours by the router's marks and by the manifest.

    `tunnels_like` are the tunnel interfaces that are this very link's by their destination, for adoption.
    """
    marked = marks(running.sections)
    ids = frozenset({connection_id} | ({owned.connection_id} if owned.connection_id else set()))
    mine = {name: mark for name, mark in marked.items() if mark.connection_id in ids}
    # What an old manifest claims and another link's mark owns by now was handed over when this link went.
    elsewhere = {key(t) for n, m in marked.items() if n not in mine for t in m.tokens if not t.startswith(USED)}
    claimed = (token for token in owned.tokens if key(token) not in elsewhere)
    tokens: dict[str, str] = {}
    for token in (*claimed, *(t for mark in mine.values() for t in mark.tokens)):
        known = tokens.get(key(token))
        # A mark wins over an older manifest; owning wins over using.
        if known is None or known.startswith(USED) or not token.startswith(USED):
            tokens[key(token)] = token
    is_known = owned.adopt or owned.connection_id == connection_id or bool(mine)
    result = Ours(
        link, connection_id, ids, is_known, tokens, tuple(mine), {n: m for n, m in marked.items() if n not in mine}
    )
    if not is_known:
        return result
    by_name = tuple(
        name
        for (kind, name), section in running.sections.items()
        if kind == "interface"
        and name not in marked
        and (
            name in tunnels_like
            or result.named((section.value("tunnel protection") or "").split(" ")[0])
            or (section.is_bare and result.owns(name.replace("Tunnel", "t")))
        )
    )
    return replace(result, tunnels=(*mine, *by_name))


def spread(mark: Mark, tokens: Iterable[str]) -> tuple[Mark, Mark, tuple[str, ...]]:
    """Return a link's two marks with its tokens, and those that neither description has room for.

    All go to the first while it has room, so that one description, written first and deleted last, tells it all.
    """
    filled = [replace(mark, tokens=()), replace(mark, tokens=())]
    dropped: list[str] = []
    for token in tokens:
        for i, candidate in enumerate(filled):
            longer = replace(candidate, tokens=(*candidate.tokens, token))
            if len(longer.text) <= MAX_DESCRIPTION:
                filled[i] = longer
                break
        else:
            dropped.append(token)
    return filled[0], filled[1], tuple(dropped)
