"""BGP: the process, its neighbors and the IPv4 address-family."""

from dataclasses import replace
from ipaddress import IPv4Network

from . import asn
from .apply import apply
from .document import Entry
from .grammar import Match
from .line import Context, Line, Mode, Refusal, Reply, refuse_at
from .release import Release
from .vrf import definition, has_ipv4

FAMILY = "address-family ipv4"
_N = "neighbor neighbor:A.B.C.D"
_POLICY = (
    "activate", "default-originate", "soft-reconfiguration", "prefix-list", "route-map", "filter-list", "maximum-prefix",
    "weight", "next-hop-self", "send-community", "allowas-in", "network", "redistribute",
)  # fmt: skip


def process(config: Entry) -> Entry | None:
    """Return `router bgp`, None when BGP does not run."""
    return next(iter(config.starting("router bgp")), None)


def is_dotted(config: Entry) -> bool:
    """Return whether AS numbers are shown in the notation with a dot."""
    bgp = process(config)
    return bgp is not None and bgp.find("bgp asnotation dot") is not None


def family(bgp: Entry) -> Entry:
    """Return what holds the IPv4 unicast lines: the address-family, or the process in the older style."""
    return bgp.find(FAMILY) or bgp


def _is_vrf(section: Entry) -> bool:
    return section.key.startswith(f"{FAMILY} vrf ")


def vrf_family(bgp: Entry, vrf: str) -> Entry | None:
    """Return what BGP has of a VRF; "" is the global table."""
    return family(bgp) if not vrf else bgp.find(f"{FAMILY} vrf {vrf}")


def _open_vrf(ctx: Context, match: Match[Line]) -> Reply | None:
    name = match["vrf"]
    found = definition(ctx.config, name)
    if found is None or not has_ipv4(ctx.config, name):
        raise Refusal(f"% VRF {name} does not exist or does not have IPv4 enabled.")
    if found.find("rd") is None:  # so says IOS-XE 17.16 on a C8000V, and IOS before it
        raise Refusal(f"% VRF {name} does not have an RD configured.")
    return None


def _one_process(ctx: Context, match: Match[Line]) -> Reply | None:
    bgp = process(ctx.config)
    if bgp and bgp.key != f"router bgp {match['asn']}":
        shown = asn.noted(int(bgp.key.split()[2]), is_dotted=is_dotted(ctx.config))
        raise Refusal(f"BGP is already running; AS is {shown}")
    return None


def _log_changes(ctx: Context, match: Match[Line]) -> Reply | None:
    bgp = process(ctx.config)
    if bgp and bgp.key == f"router bgp {match['asn']}" and not any(bgp.entries):
        ctx.router.document.put(bgp, "bgp log-neighbor-changes", " bgp log-neighbor-changes")
    return None


def _same_process(ctx: Context, match: Match[Line]) -> Reply | None:
    bgp = process(ctx.config)
    if bgp is None or bgp.key != f"router bgp {match['asn']}":
        raise refuse_at(match, 2)
    return None


def _router_level(ctx: Context) -> Entry:
    bgp = process(ctx.config)
    return bgp if bgp is not None else ctx.section


def _session(ctx: Context, match: Match[Line]) -> Reply | None:
    """Session lines belong to the process; in the family old releases take them, recent ones say no."""
    _known(ctx, match)
    return None


def _known(ctx: Context, match: Match[Line]) -> None:
    place = ctx.section if " vrf " in ctx.section.key else _router_level(ctx)
    neighbor = match["neighbor"]
    if not (place.find(f"neighbor {neighbor} remote-as") or place.find(f"neighbor {neighbor} peer-group")):
        raise Refusal("% Specify remote-as or peer-group commands first")


def _policy(ctx: Context, match: Match[Line]) -> Reply | None:
    _known(ctx, match)
    return None


def _activate_new(ctx: Context, match: Match[Line]) -> Reply | None:
    """A new neighbor is active in the family by itself (`bgp default ipv4-unicast`), in a VRF always."""
    if _is_vrf(ctx.section):
        key = f"neighbor {match['neighbor']} activate"
        ctx.router.document.put(ctx.section, key, f"  {key}")
        return None
    bgp = _router_level(ctx)
    ipv4 = bgp.find(FAMILY)
    is_default = bgp.find("bgp default ipv4-unicast") is None
    key = f"neighbor {match['neighbor']} activate"
    if ipv4 and is_default and not any(isinstance(c, Entry) and c.is_present and c.key == key for c in ipv4.children):
        ctx.router.document.put(ipv4, key, f"  {key}")
    return None


def _forget(ctx: Context, match: Match[Line]) -> Reply:
    """`no neighbor A` takes the neighbor out everywhere."""
    is_in_vrf = _is_vrf(ctx.section)
    bgp = ctx.section if is_in_vrf else _router_level(ctx)
    prefix = f"neighbor {match['neighbor']}"
    found = bgp.starting(prefix)
    if not found:
        raise Refusal("% Specify remote-as or peer-group commands first")
    families = [] if is_in_vrf else [entry for entry in bgp.starting(FAMILY) if not _is_vrf(entry)]
    for place in (bgp, *families):
        for entry in place.starting(prefix):
            entry.remove()
    ctx.router.changed(ctx.user)
    return ()


def _in_family_session(ctx: Context, match: Match[Line]) -> Reply:
    """Old releases take the process's lines here too and show them there; recent ones refuse."""
    if _is_vrf(ctx.section):
        row = next(line for line in ROUTER.lines if line.pattern == match.row.pattern)
        return apply(ctx, replace(match, row=row))
    if not ctx.release.takes_session_commands_in_family:
        raise Refusal("% General session commands not allowed under the address family")
    bgp = _router_level(ctx)
    row = next(line for line in ROUTER.lines if line.pattern == match.row.pattern)
    return apply(replace(ctx, section=bgp), replace(match, row=row))


def _in_process_policy(ctx: Context, match: Match[Line]) -> Reply:
    """The process takes the family's lines for IPv4 unicast, and shows them in the family once that is open."""
    bgp = _router_level(ctx)
    ipv4 = bgp.find(FAMILY)
    if ipv4 and bgp.find("bgp default ipv4-unicast"):
        raise Refusal("% Policy commands not allowed without an address family")
    row = next(line for line in ADDRESS_FAMILY.lines if line.pattern == match.row.pattern)
    if match.words[-1] == "activate" and ipv4 is None:
        _known(ctx, match)
        return ()  # in the older style neighbors are active, and that is not shown
    return apply(replace(ctx, section=ipv4 or bgp), replace(match, row=row))


def _convert(ctx: Context, _match: Match[Line]) -> Reply | None:
    """Opening the family moves the neighbors' policy lines into it: from then on all of BGP is shown so."""
    bgp = process(ctx.config)
    ipv4 = bgp.find(FAMILY) if bgp else None
    if bgp is None or ipv4 is None or not ctx.is_new:
        return None
    for entry in [e for e in bgp.entries if e.key.split()[0] in _POLICY or _is_policy(e)]:
        ctx.router.document.put(ipv4, entry.key, f"  {entry.text.strip()}")
        entry.remove()
    if bgp.find("bgp default ipv4-unicast"):
        return None
    for entry in list(bgp.entries):
        if entry.key.endswith(" remote-as"):
            key = entry.key.removesuffix("remote-as") + "activate"
            ctx.router.document.put(ipv4, key, f"  {key}")
    return None


def _is_policy(entry: Entry) -> bool:
    words = entry.key.split()
    return words[0] == "neighbor" and len(words) > 2 and words[2] in _POLICY


def _network(match: Match[Line], _release: Release) -> str:
    mask = match["mask"]
    return f"network {match['address']}" + (f" mask {mask}" if mask and mask != classful_mask(match["address"]) else "")


def classful_mask(address: str) -> str:
    """Return the mask that a network has without one named: IOS hides it, and 0.0.0.0 is the default route."""
    first = int(address.split(".")[0])
    if address == "0.0.0.0":  # noqa: S104 - a network
        return "0.0.0.0"  # noqa: S104 - a mask
    return "255.0.0.0" if first < 128 else "255.255.0.0" if first < 192 else "255.255.255.0"


def _network_key(match: Match[Line]) -> str:
    mask = match["mask"] or classful_mask(match["address"])
    return f"network {IPv4Network((match['address'], mask), strict=False)}"


def _timers(ctx: Context, match: Match[Line]) -> Reply | None:
    _known(ctx, match)
    keep, hold = int(match["keep"]), int(match["hold"])
    if hold and (hold < 3 or keep >= hold):
        raise Refusal("% Hold time must be 0 or at least 3 seconds and greater than the keepalive interval")
    return None


def _leaf(words: str, value: str = "") -> tuple[str, str]:
    """Return pattern and key of a neighbor line."""
    return f"{_N} {words} / {value}".rstrip(" /"), f"neighbor {{neighbor}} {words}"


_SESSION = (
    (*_leaf("description", "text:LINE"), _session),
    (*_leaf("timers", "keep:<0-65535> hold:<0-65535> [minimum:<0-65535>]"), _timers),
    (*_leaf("local-as", "number:ASN [no-prepend [replace-as [dual-as]]]"), _session),
    (*_leaf("ebgp-multihop", "[hops:<1-255>]"), _session),
    (*_leaf("update-source", "interface:IFACE"), _session),
    (*_leaf("password", "[encoding:<0-7>] secret:LINE"), _session),
    (*_leaf("shutdown"), _session),
    (*_leaf("fall-over", "[bfd]"), _session),
    (*_leaf("peer-group", "group:WORD"), _session),
)

_FAMILY_LEAVES = (
    _leaf("default-originate", "[route-map map:WORD]"),
    _leaf("next-hop-self"),
    _leaf("allowas-in", "[number:<1-10>]"),
    _leaf("send-community", "[(both|extended|standard)]"),
    _leaf("maximum-prefix", "number:<1-2147483647> [threshold:<1-100>] [(restart minutes:<1-65535>|warning-only)]"),
    _leaf("weight", "number:<0-65535>"),
)


def _policy_lines(*, in_family: bool) -> tuple[Line, ...]:
    run = None if in_family else _in_process_policy
    check = _policy if in_family else None
    return (
        Line("network address:A.B.C.D [mask mask:MASK]", key=_network_key, shown=_network, run=run),
        Line("redistribute (connected|static)", run=run),
        Line(f"{_N} activate", check=check, negated="no neighbor {neighbor} activate", run=run),
        Line(f"{_N} soft-reconfiguration inbound", check=check, run=run),
        *(Line(pattern, key=key, check=check, run=run) for pattern, key in _FAMILY_LEAVES),
        *(
            Line(f"{_N} {kind} name:WORD (in|out)", check=check, run=run,
                 key=lambda match: f"neighbor {match['neighbor']} {match.words[2]} {match.words[-1]}")
            for kind in ("prefix-list", "route-map", "filter-list")
        ),
        Line(_N, is_only_negated=True, run=_forget),
    )  # fmt: skip


ROUTER = Mode(
    "config-router",
    (
        Line("bgp router-id / address:A.B.C.D", key="bgp router-id"),
        Line("bgp log-neighbor-changes"),
        Line("bgp asnotation dot"),
        Line("bgp default ipv4-unicast", shown=lambda _match, _release: None, negated="no bgp default ipv4-unicast"),
        Line("timers bgp / keep:<0-65535> hold:<0-65535>", key="timers bgp"),
        Line(f"{_N} remote-as / asn:ASN", key="neighbor {neighbor} remote-as", after=_activate_new, check_no=_forget),
        *(Line(pattern, key=key, check=check) for pattern, key, check in _SESSION),
        *_policy_lines(in_family=False),
        Line("address-family ipv4 [unicast]", key=FAMILY, opens="config-router-af", shown=lambda _m, _r: FAMILY,
             after=_convert),
        Line("address-family ipv4 vrf vrf:WORD", opens="config-router-af", check=_open_vrf),
    ),
)  # fmt: skip

ADDRESS_FAMILY = Mode(
    "config-router-af",
    (
        *_policy_lines(in_family=True),
        Line(f"{_N} remote-as / asn:ASN", key="neighbor {neighbor} remote-as", run=_in_family_session),
        *(Line(pattern, key=key, run=_in_family_session) for pattern, key, _ in _SESSION),
    ),
    parent="config-router",
)

MODES = (ROUTER, ADDRESS_FAMILY)

GLOBAL = (
    Line("router bgp asn:ASN", opens=ROUTER.name, check=_one_process, after=_log_changes,
         check_no=_same_process),
)  # fmt: skip
