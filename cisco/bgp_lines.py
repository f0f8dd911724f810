"""The lines of BGP, which leave before the tunnels go down, and stand where the process displays them: in a family or not."""

from collections.abc import Iterable

from . import nvgen
from .layout import named_peers
from .lines import FAMILY_MODE, inside, is_same, leaves_of, off
from .plan import Command
from .state import BGP_KINDS, BGP_VRF, IPV4_FAMILY, Entry, Section

_ROUTER_MODE = "config-router"


def _family_of(entry: Entry, *, has_families: bool) -> tuple[str, ...]:
    """Return where a BGP line lives in the display style of its process."""
    if entry.path not in ((), (IPV4_FAMILY,)):
        return entry.path
    words = entry.line.removeprefix("no ").split(" ")
    if words[0] == "neighbor":
        is_session = len(words) > 2 and words[2] in nvgen.SESSION_WORDS and words[3:4] != ["in"]
        return () if is_session or not has_families else (IPV4_FAMILY,)
    if words[0] == "network":
        return (IPV4_FAMILY,) if has_families else ()
    return entry.path if has_families else ()


def _peers(slots: Iterable[str]) -> set[str]:
    return set(named_peers(slots))


def _is_implied(section: Section, entry: Entry) -> bool:
    """Without address families a neighbour is active by itself, and typing it could bring the families in."""
    return not section.has_families and entry.slot.endswith(" activate") and entry.value == "yes"


def write_process(old: Section | None, new: Section) -> list[Command]:
    """Write what is added to a process or changed; what leaves is `leave`'s."""
    known = old.entries if old is not None else {}
    wanted = {s: e for s, e in new.entries.items() if known.get(s) is not e and not _is_implied(new, e)}
    wanted = {s: e for s, e in wanted.items() if not is_same(known.get(s), e)}
    plain = {s: e for s, e in wanted.items() if not _family_of(e, has_families=new.has_families)}
    family = {s: e for s, e in wanted.items() if _family_of(e, has_families=new.has_families) == (IPV4_FAMILY,)}
    return _bgp_lines(
        new,
        leaves_of({s: e for s, e in known.items() if s in plain}, plain, _ROUTER_MODE),
        leaves_of({s: e for s, e in known.items() if s in family}, family, FAMILY_MODE),
        is_new=old is None,
    )


def _bgp_lines(section: Section, plain: list[Command], family: list[Command], *, is_new: bool = False) -> list[Command]:
    # A family that holds nothing is displayed all the same, once it has been opened.
    if family or (is_new and section.has_families):
        opening = Command(IPV4_FAMILY, _ROUTER_MODE, FAMILY_MODE)
        closing = Command("exit-address-family", FAMILY_MODE, _ROUTER_MODE)
        family = [opening, *family, closing]
    return inside(section, [*plain, *family]) if plain or family or is_new else []


def write_vrf_family(old: Section | None, new: Section) -> list[Command]:
    """Write what is added or changed of BGP in a VRF; what leaves is `leave`'s."""
    known = old.entries if old is not None else {}
    wanted = {s: e for s, e in new.entries.items() if not is_same(known.get(s), e)}
    leaves = leaves_of({s: e for s, e in known.items() if s in wanted}, wanted, FAMILY_MODE)
    return _in_vrf_family(new, leaves) if leaves or old is None else []


def _in_vrf_family(section: Section, leaves: list[Command]) -> list[Command]:
    return [
        Command(_process_of(section), "config", _ROUTER_MODE),
        Command(section.header, _ROUTER_MODE, FAMILY_MODE),
        *leaves,
        Command("exit-address-family", FAMILY_MODE, _ROUTER_MODE),
        Command("exit", _ROUTER_MODE, "config"),
    ]


def _process_of(family: Section) -> str:
    return f"router bgp {family.name.partition(' ')[0]}"


def erase_vrf_family(old: Section) -> list[Command]:
    """Take BGP out of a VRF."""
    return [
        Command(_process_of(old), "config", _ROUTER_MODE),
        Command(f"no {old.header}", _ROUTER_MODE),
        Command("exit", _ROUTER_MODE, "config"),
    ]


def leave(old: Section, new: Section) -> list[Command]:
    """Take lines out of a BGP process, or a VRF's family of it, that stays."""
    if old.kind.name not in BGP_KINDS:
        return []
    gone = [entry for slot, entry in old.entries.items() if slot not in new.entries]
    if not gone:
        return []
    gone_peers = _peers(entry.slot for entry in gone) - _peers(new.entries)
    if old.kind.name == BGP_VRF:
        rest = [entry for entry in gone if _peers((entry.slot,)).isdisjoint(gone_peers)]
        forgotten = [Command(f"no neighbor {peer}", FAMILY_MODE) for peer in sorted(gone_peers)]
        return _in_vrf_family(old, [*forgotten, *(Command(off(entry), FAMILY_MODE) for entry in rest)])
    plain = [Command(f"no neighbor {peer}", _ROUTER_MODE) for peer in sorted(gone_peers)]
    family: list[Command] = []
    for entry in gone:
        if not _peers((entry.slot,)).isdisjoint(gone_peers) or _is_implied(old, entry):
            continue
        if _family_of(entry, has_families=old.has_families):
            family.append(Command(off(entry), FAMILY_MODE))
        else:
            plain.append(Command(off(entry), _ROUTER_MODE))
    return _bgp_lines(old, plain, family)
