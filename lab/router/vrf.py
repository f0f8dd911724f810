"""VRFs: their two definitions, and what an interface loses that joins or leaves one."""

from .document import Entry
from .grammar import Match
from .line import Context, Line, Mode, Refusal, Reply
from .release import Release


def definition(config: Entry, name: str) -> Entry | None:
    """Return the VRF's definition, in whichever form it was made."""
    return config.find(f"vrf definition {name}") or config.find(f"ip vrf {name}")


def has_ipv4(config: Entry, name: str) -> bool:
    """`ip vrf` is IPv4 by nature; the other form has it with the family only."""
    found = definition(config, name)
    return found is not None and (found.key.startswith("ip vrf") or found.find("address-family ipv4") is not None)


def forwarding(ctx: Context, match: Match[Line]) -> Reply | None:
    """`vrf forwarding` goes with `vrf definition`, `ip vrf forwarding` with `ip vrf`; the addresses go."""
    found = definition(ctx.config, match["vrf"])
    if found is None:
        raise Refusal(f"% VRF {match['vrf']} not configured.")
    if found.key.startswith("ip vrf") != (match.words[0] == "ip"):
        wanted = "ip vrf forwarding" if found.key.startswith("ip vrf") else "vrf forwarding"
        raise Refusal(f"% Use '{wanted}' command for VRF '{match['vrf']}'")
    held = next((ctx.section.value(key) for key in _KEYS if ctx.section.find(key)), "")
    return None if held == match["vrf"] else _lose_addresses(ctx, f"enabling VRF {match['vrf']}")


def leave(ctx: Context, match: Match[Line]) -> Reply | None:
    """`no vrf forwarding` takes the addresses as well."""
    return _lose_addresses(ctx, f"disabling VRF {match['vrf']}") if ctx.section.find(match.row.key_of(match)) else None


_KEYS = ("vrf forwarding", "ip vrf forwarding")


def _lose_addresses(ctx: Context, why: str) -> Reply | None:
    addresses = [e for e in ctx.section.starting("ip address") if e.text.strip() != "no ip address"]
    for entry in addresses:
        entry.remove()
    if not addresses:
        return None
    ctx.router.document.put(ctx.section, "ip address", " no ip address")
    name = ctx.section.key.removeprefix("interface ")
    return (f"% Interface {name} IPv4 disabled and address(es) removed due to {why}",)


FAMILY = Mode("config-vrf-af", (Line("route-target (import|export|both) target:WORD"),), parent="config-vrf")

VRF = Mode(
    "config-vrf",
    (
        Line("description / text:LINE", key="description"),
        Line("rd / distinguisher:WORD", key="rd"),
        Line("route-target (import|export|both) target:WORD"),
        Line("address-family ipv4", opens=FAMILY.name),
    ),
)

MODES = (VRF, FAMILY)


def _has_definition(release: Release) -> bool:
    return release.name != "ios12"


GLOBAL = (
    Line("vrf definition name:WORD", opens=VRF.name, when=_has_definition),
    Line("ip vrf name:WORD", opens=VRF.name),
)
