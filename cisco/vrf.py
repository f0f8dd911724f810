"""VRFs are the user's: what the router says of them, in which words it wants them named, and what is wrong with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from .layout import ways_out
from .plan import Collision
from .state import BGP_VRF, Section, Sections, vrf_of
from .tree import Config, Line

_STYLES = ("vrf definition", "ip vrf")


@dataclass(frozen=True, slots=True)
class Vrf:
    """A VRF on the router. `style` is the word that defines it: ``ip vrf`` in older releases, ``vrf definition`` since 15."""

    name: str
    style: str
    has_ipv4: bool
    has_rd: bool


def vrfs(config: Config) -> Mapping[str, Vrf]:
    """Return the VRFs that a running-config defines, by name."""
    found: dict[str, Vrf] = {}
    for line in config.lines:
        for style in _STYLES:
            words = line.text.split()
            if " ".join(words[:-1]) == style:
                found[words[-1]] = _vrf(words[-1], style, line)
    return found


def _vrf(name: str, style: str, line: Line) -> Vrf:
    texts = [child.text for child in line.children]
    # `ip vrf` is IPv4's alone; `vrf definition` has an address family for each protocol.
    has_ipv4 = style == "ip vrf" or any(text.startswith("address-family ipv4") for text in texts)
    return Vrf(name, style, has_ipv4, any(text.startswith("rd ") for text in texts))


def worded(intended: Sections, known: Mapping[str, Vrf]) -> Sections:
    """Return the intended objects with each tunnel's VRF in the word that goes with its definition."""
    return {ref: _worded(section, known) if ref[0] == "interface" else section for ref, section in intended.items()}


def _worded(interface: Section, known: Mapping[str, Vrf]) -> Section:
    entry = interface.entries.get("vrf forwarding")
    if entry is None or entry.value not in known or known[entry.value].style != "ip vrf":
        return interface
    older = replace(entry, line=f"ip vrf forwarding {entry.value}")
    return interface.with_entries({slot: older if slot == entry.slot else e for slot, e in interface.entries.items()})


def missing(running: Sections, intended: Sections, known: Mapping[str, Vrf]) -> Iterator[Collision]:
    """Yield what keeps the link out of its VRFs."""
    for name in sorted(_named(intended)):
        if name not in known:
            how = f"define it first, such as 'vrf definition {name}' with 'address-family ipv4'"
            yield Collision(f"VRF {name}", "is not on the router", how)
        elif not known[name].has_ipv4:
            yield Collision(f"VRF {name}", "has no IPv4", f"enter 'address-family ipv4' under 'vrf definition {name}'")
    yield from _without_rd(running, intended, known)
    yield from _outside(running, intended)


def _without_rd(running: Sections, intended: Sections, known: Mapping[str, Vrf]) -> Iterator[Collision]:
    """IOS takes no ``address-family ipv4 vrf`` before the VRF has an rd, and stays in the mode above (IOS-XE 17.16 too)."""
    for ref, section in intended.items():
        found = known.get(vrf_of(section)) if ref[0] == BGP_VRF else None
        if found is None or found.has_rd or ref in running:
            continue
        asn = section.name.partition(" ")[0]
        yield Collision(
            f"VRF {found.name}",
            "has no route distinguisher, and BGP needs one",
            f"enter one under '{found.style} {found.name}', such as 'rd {asn}:1'",
        )


def _named(intended: Sections) -> set[str]:
    names = {vrf_of(section) for section in intended.values() if section.kind.name in ("interface", BGP_VRF)}
    names |= {section.value("tunnel vrf") or "" for section in intended.values()}
    return names - {""}


def _outside(running: Sections, intended: Sections) -> Iterator[Collision]:
    """A tunnel's packets leave by an interface, which must be in the tunnel's front-door VRF."""
    seen: set[str] = set()
    for tunnel, source in ways_out(running, intended):
        if source.name in seen or vrf_of(source) == (tunnel.value("tunnel vrf") or ""):
            continue
        seen.add(source.name)
        where = f"in VRF {vrf_of(source)}" if vrf_of(source) else "in no VRF"
        wanted = tunnel.value("tunnel vrf") or "none"
        yield Collision(
            f"{source.name}, the tunnels' source,",
            f"is {where}, and front_door_vrf is {wanted}",
            f"set front_door_vrf to {vrf_of(source)}" if vrf_of(source) else "leave front_door_vrf out",
        )
