"""The router as a whole: its name, users, routes, archive and lines."""

import re
from ipaddress import IPv4Network

from .grammar import Match
from .interface import vrf_of
from .line import Context, Line, Mode, Refusal, Reply, only_shown_unless, refuse_at
from .release import Release

_NO_GATEWAY = ("%Default route without gateway, if not a point-to-point interface, may impact performance",)


def _route_key(match: Match[Line]) -> str:
    vrf = f" vrf {match['vrf']}" if match["vrf"] else ""
    via = " ".join(word for word in (match["interface"], match["hop"]) if word)
    return f"ip route{vrf} {match['address']} {match['mask']} {via}"


def _shown_route(match: Match[Line], _release: Release) -> str:
    """Distance 1 is the default, and hidden; it stands right behind the way out."""
    key = _route_key(match)
    rest = match.text[len(key) :].split()
    return " ".join((key, *(rest[1:] if match["distance"] == "1" else rest)))


def _check_route(ctx: Context, match: Match[Line]) -> Reply | None:
    try:
        IPv4Network((match["address"], match["mask"]))
    except ValueError as wrong:
        raise Refusal("%Inconsistent address and mask") from wrong
    name = match["interface"]
    if name and not name.startswith("Null") and not ctx.config.find(f"interface {name}"):
        raise refuse_at(match, match.words.index(name))
    if match["vrf"] and not ctx.router.has_vrf(match["vrf"]):
        raise refuse_at(match, 3)
    entry = ctx.config.find(f"interface {name}") if name else None
    if entry is not None and vrf_of(entry) != match["vrf"]:
        raise Refusal(f"% Invalid next hop interface: {name} is not in {match['vrf'] or 'the global table'}")
    return None


def _route_notice(ctx: Context, match: Match[Line]) -> Reply | None:
    """IOS 15 and later say so of any route out of an interface, a tunnel too, and take it."""
    is_out_of_interface = match["interface"] and not match["hop"] and not match["interface"].startswith("Null")
    return _NO_GATEWAY if is_out_of_interface and ctx.release.name != "ios12" else None


def _route_is_there(ctx: Context, match: Match[Line]) -> Reply | None:
    if not ctx.section.find(_route_key(match)):
        raise Refusal("%No matching route to delete")
    return None


_FILE_SYSTEM = re.compile(r"^(bootflash|flash\d*|harddisk|disk\d|slot\d|pram|https?|ftp|rcp|scp|tftp):")


def _file_system(_ctx: Context, match: Match[Line]) -> Reply | None:
    if not _FILE_SYSTEM.match(match["url"]):
        raise refuse_at(match, 1)
    return None


ARCHIVE = Mode(
    "config-archive",
    (
        Line("path / url:WORD", key="path", check=_file_system),
        Line("maximum / number:<1-14>", key="maximum", shown=only_shown_unless("maximum 10")),
        Line("write-memory"),
        Line("time-period / minutes:<1-525600>", key="time-period"),
        Line("log config", opens="config-archive-log-cfg"),
    ),
)

ARCHIVE_LOG = Mode(
    "config-archive-log-cfg",
    (
        Line("logging enable"),
        Line("logging size / entries:<1-1000>", key="logging size"),
        Line("hidekeys"),
        Line("notify syslog [contenttype (plaintext|xml)]", key="notify syslog"),
    ),
    parent="config-archive",
)

TERMINAL_LINE = Mode(
    "config-line",
    (
        Line("exec-timeout / minutes:<0-35791> [seconds:<0-2147483>]", key="exec-timeout"),
        Line("logging synchronous"),
        Line("login [local]", key="login"),
        Line("privilege level / level:<0-15>", key="privilege level"),
        Line("transport input / protocols:WORD+", key="transport input"),
        Line("length / lines:<0-512>", key="length"),
        Line("width / columns:<0-512>", key="width"),
    ),
)

MODES = (ARCHIVE, ARCHIVE_LOG, TERMINAL_LINE)

GLOBAL = (
    Line("hostname / name:WORD", key="hostname"),
    Line("archive", opens=ARCHIVE.name),
    Line(
        "ip route [vrf vrf:WORD] address:A.B.C.D mask:MASK (interface:IFACE [hop:A.B.C.D]|hop:A.B.C.D) / "
        "[distance:<1-255>] [tag tag:<1-4294967295>] [name name:WORD] [(permanent|track track:<1-1000>)] [name name:WORD]",
        key=_route_key,
        shown=_shown_route,
        check=_check_route,
        after=_route_notice,
        check_no=_route_is_there,
    ),
    Line("line (vty|con|aux) first:<0-1000> [last:<0-1000>]", opens=TERMINAL_LINE.name),
    Line("username name:WORD / rest:LINE", key="username {name}"),
    Line("enable (secret|password) / rest:LINE", key=lambda match: f"enable {match.words[1]}"),
    Line("password encryption aes"),
    Line("logging host / address:A.B.C.D", key="logging host {address}"),
    Line("logging buffered / [size:<4096-2147483647>]", key="logging buffered"),
    Line("ntp server address:A.B.C.D"),
    Line("ip name-server address:A.B.C.D"),
    Line(
        "ip domain (lookup|name name:WORD)",
        key=lambda match: f"ip domain {match.words[2]}",
        negated="no ip domain lookup",
    ),
    Line("ip http (server|secure-server)", shown=lambda match, _release: match.text, key=lambda match: match.text),
    Line("ip ssh version / number:<1-2>", key="ip ssh version"),
    Line("ip forward-protocol nd"),
    Line("ip scp server enable"),
    Line("service (timestamps|password-encryption) / [rest:LINE]", key=lambda match: " ".join(match.words)),
    Line("snmp-server community name:WORD / [rest:LINE]", key="snmp-server community {name}"),
    Line("configuration mode exclusive / [(auto|manual)]", key="configuration mode exclusive"),
    Line("file prompt / (quiet|alert|noisy)", key="file prompt"),
)
