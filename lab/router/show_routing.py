"""`show` commands about BGP, the routing table, IP SLA and tracks."""

from ipaddress import IPv4Address, IPv4Network

from lab.ends import RouterEnd
from lab.measured import Measured
from lab.negotiation import Outcome

from . import asn, bgp, sla
from .document import Entry
from .ends import router_ends
from .ends_bgp import process
from .grammar import Match
from .interface import address_of, vrf_of
from .line import Reply
from .routes import static_routes
from .shell import ExecLine, Output, Shell
from .show_system import age, is_protocol_up, tunnels_up


def _by_neighbor(shell: Shell, vrf: str = "") -> dict[IPv4Address, tuple[RouterEnd, Outcome]]:
    """Return the tunnels by the address at their far end: a neighbor in a tunnel's network goes through it."""
    outcomes = shell.router.outcomes()
    found = {}
    for end in router_ends(shell.router):
        if end.inside and end.bgp and _vrf_of_tunnel(shell, end.number) == vrf:
            for neighbor in end.bgp.neighbors:
                if neighbor.address in end.inside.network:
                    found[neighbor.address] = (end, outcomes[end.number])
    return found


def _vrf_of_tunnel(shell: Shell, number: int) -> str:
    entry = shell.router.document.root.find(f"interface Tunnel{number}")
    return vrf_of(entry) if entry else ""


def _router_id(root: Entry) -> str:
    section = bgp.process(root)
    if section and (own := section.value("bgp router-id")):
        return own
    addresses = [a.ip for e in root.starting("interface") if (a := address_of(e)) and not e.find("shutdown")]
    return str(max(addresses, default=IPv4Address("0.0.0.0")))  # noqa: S104 - IOS's own word for none


def bgp_summary(shell: Shell, match: Match[ExecLine]) -> Reply:
    """Return `show ip bgp summary`, of a VRF where one is named."""
    root, vrf = shell.router.document.root, match["vrf"]
    if vrf and not shell.router.has_vrf(vrf):
        return (f"% VRF {vrf} not found", "")
    running = process(root, vrf)
    if running is None:
        return ("% BGP not active", "")
    tunnels, is_dotted = _by_neighbor(shell, vrf), bgp.is_dotted(root)
    learnt = {network for _, outcome in tunnels.values() for network in outcome.received_by_router}
    entries = len(learnt | set(running.networks))
    lines = [
        f"BGP router identifier {_router_id(root)}, local AS number {asn.noted(running.local_as, is_dotted=is_dotted)}",
        f"BGP table version is {entries + 1}, main routing table version {entries + 1}",
        f"{entries} network entries using {entries * 248} bytes of memory",
        f"{entries} path entries using {entries * 136} bytes of memory",
        "1/1 BGP path/bestpath attribute entries using 288 bytes of memory",
        "1 BGP AS-PATH entries using 24 bytes of memory",
        "0 BGP route-map cache entries using 0 bytes of memory",
        "0 BGP filter-list cache entries using 0 bytes of memory",
        f"BGP using {entries * 384 + 312} total bytes of memory",
        f"BGP activity {entries}/0 prefixes, {entries}/0 paths, scan interval 60 secs",
        "",
        "Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd",
    ]
    for neighbor in sorted(running.neighbors, key=lambda n: n.address):
        end, outcome = tunnels.get(neighbor.address, (None, None))
        if not neighbor.is_active:
            up, state = "never", "Idle (Admin)"
        elif end is not None and outcome is not None and outcome.bgp_state == "Established":
            up = age(_session_age(shell, end, outcome))
            state = str(len(outcome.received_by_router))
        else:
            up, state = "never", (outcome.bgp_state if outcome and outcome.bgp_state else "Idle")
        number = asn.noted(neighbor.remote_as, is_dotted=is_dotted)
        lines.append(_row(neighbor.address, number, entries + 1, up, state))
    return tuple(lines)


def _session_age(shell: Shell, end: RouterEnd, outcome: Outcome) -> int:
    if outcome.measured is not None and outcome.measured.bgp_age is not None:
        return outcome.measured.bgp_age
    return shell.router.associations.age(str(end.destination))


def _row(address: IPv4Address, number: str, version: int, up: str, state: str) -> str:
    messages = 0 if up == "never" else 20
    return f"{address!s:<15} 4 {number:>12} {messages:>7} {messages:>7} {version if messages else 1:>8}    0    0 {up:<8} {state:>8}"


def route(shell: Shell, match: Match[ExecLine]) -> Output:
    """Return `show ip route`, all of it or what one source gave."""
    rows: list[tuple[IPv4Network, str]] = []
    vrf = match["vrf"]
    if vrf and not shell.router.has_vrf(vrf):
        return Output((f"% IP routing table {vrf} does not exist",))
    kind = next((word for word in match.words[3:] if word in ("connected", "static", "bgp") and word != vrf), "")
    connected, static, learnt, _ = _table(shell, vrf)
    if kind in ("", "connected"):
        rows += connected
    if kind in ("", "static"):
        rows += static
    if kind in ("", "bgp"):
        rows += [(network, text) for network, _, text in learnt]
    codes = (
        *((f"Routing Table: {vrf}",) if vrf else ()),
        "Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP",
        "       * - candidate default",
        "",
        f"Gateway of last resort is {_last_resort(shell)}",
        "",
    )
    return Output((*codes, *(text for _, text in sorted(rows))), is_paged=True)


_EBGP_DISTANCE = 20

_Row = tuple[IPv4Network, str]
_Learnt = tuple[IPv4Network, IPv4Address, str]


def _table(shell: Shell, vrf: str) -> tuple[list[_Row], list[_Row], list[_Learnt], list[_Learnt]]:
    """Return the table's rows by their source, connected, static, BGP; and those of BGP that others keep out of it."""
    connected, learnt = _connected(shell, vrf), _learnt(shell, vrf)
    networks = {network for network, *_ in learnt}
    static = [
        (network, text)
        for network, distance, text in _static(shell, vrf)
        if distance < _EBGP_DISTANCE or network not in networks
    ]
    nearer = {network for network, _ in (*connected, *static)}
    return connected, static, [r for r in learnt if r[0] not in nearer], [r for r in learnt if r[0] in nearer]


def rib_failure(shell: Shell, match: Match[ExecLine]) -> Reply:
    """Return `show ip bgp rib-failure`, of a VRF where one is named."""
    if process(shell.router.document.root, match["vrf"]) is None:
        return ("% BGP not active", "")
    *_, kept_out = _table(shell, match["vrf"])
    best = {network: way for network, way, _ in reversed(kept_out)}
    return (
        "  Network            Next Hop                      RIB-failure   RIB-NH Matches",
        *(f"{network!s:<19}{way!s:<20}Higher admin distance              n/a" for network, way in sorted(best.items())),
    )


def _connected(shell: Shell, vrf: str) -> list[tuple[IPv4Network, str]]:
    up, rows = tunnels_up(shell), []
    for entry in shell.router.document.root.starting("interface"):
        address, name = address_of(entry), entry.key.removeprefix("interface ")
        if address and is_protocol_up(entry, up) and vrf_of(entry) == vrf:
            rows.append((address.network, f"C        {address.network} is directly connected, {name}"))
            rows.append((IPv4Network(address.ip), f"L        {address.ip}/32 is directly connected, {name}"))
    return rows


def _static(shell: Shell, vrf: str) -> list[tuple[IPv4Network, int, str]]:
    """Of the routes whose interface and track are up those of the least distance."""
    up, rows = tunnels_up(shell), []
    root = shell.router.document.root
    tracks = {number for number in _tracks(root) if is_track_up(shell, number)}
    for route in static_routes(root):
        interface = root.find(f"interface {route.way}")
        if route.vrf != vrf or (interface and not is_protocol_up(interface, up)):
            continue
        if route.track is not None and route.track not in tracks:
            continue
        star = "*" if route.network.prefixlen == 0 else " "
        way = route.way
        via = f"[{route.distance}/0] via {way}" if way[0].isdigit() else f"is directly connected, {way}"
        rows.append((route.network, route.distance, f"S{star}       {route.network} {via}"))
    best = {network: min(d for other, d, _ in rows if other == network) for network, _, _ in rows}
    return [row for row in rows if row[1] == best[row[0]]]


def _learnt(shell: Shell, vrf: str) -> list[_Learnt]:
    """Of the ways to a network the one with the highest local preference is in the table."""
    rows: list[_Learnt] = []
    neighbors = sorted(_by_neighbor(shell, vrf).items())
    best = {
        network: max(o.local_preference for _, (_, o) in neighbors if network in o.received_by_router)
        for _, (_, outcome) in neighbors
        for network in outcome.received_by_router
    }
    for address, (end, outcome) in neighbors:
        up = age(_session_age(shell, end, outcome))
        rows += [
            (network, address, f"B        {network} [20/100] via {address}, {up}")
            for network in outcome.received_by_router
            if outcome.local_preference == best[network]
        ]
    return rows


def _last_resort(shell: Shell) -> str:
    value = [e.text.split()[4] for e in shell.router.document.root.starting("ip route 0.0.0.0 0.0.0.0")]
    return f"{value[0]} to network 0.0.0.0" if value else "not set"


def is_sla_up(shell: Shell, number: int) -> bool:
    """Return whether the echo is answered: its tunnel must be up and the target at its far end."""
    outcomes = shell.router.outcomes()
    for end in router_ends(shell.router):
        if end.sla and end.sla.number == number and end.sla.is_scheduled:
            outcome = outcomes[end.number]
            return outcome.is_sla_up if outcome.is_sla_up is not None else outcome.is_ipsec_up
    return False


def sla_statistics(shell: Shell, match: Match[ExecLine]) -> Output:
    """Return `show ip sla statistics`."""
    root = shell.router.document.root
    words = (entry.key.split() for entry in root.starting("ip sla"))
    numbers = sorted(int(w[2]) for w in words if len(w) == 3 and w[2].isdigit())
    wanted = [number for number in numbers if match["number"] in ("", str(number))]
    lines: list[str] = [] if not wanted else ["IPSLAs Latest Operation Statistics", ""]
    for number in wanted:
        lines += _statistics(shell, number)
    if not wanted and match["number"]:
        lines = [f"Entry {match['number']} is not configured"]
    return Output(tuple(lines), is_paged=True)


def _statistics(shell: Shell, number: int) -> list[str]:
    started = shell.router.sla_started.get(number)
    heading = f"IPSLA operation id: {number}"
    if started is None or not sla.is_scheduled(shell.router.document.root, str(number)):
        return [heading, "Number of successes: Unknown", "Number of failures: Unknown", "Operation time to live: 0", ""]
    up = is_sla_up(shell, number)
    now = shell.router.clock.now()
    operation = shell.router.document.root.find(f"ip sla {number}")
    period = sla.setting(operation, "frequency", sla.DEFAULT_FREQUENCY_S) if operation else sla.DEFAULT_FREQUENCY_S
    count = 1 + int((now - started).total_seconds()) // period
    successes, failures = (count, 0) if up else (0, count)
    if (measured := _measured(shell, number)) is not None:
        successes, failures = measured.sla_successes or 0, measured.sla_failures or 0
    life = shell.router.document.root.value(f"ip sla schedule {number}")
    return [
        heading,
        f"        Latest RTT: {'1 milliseconds' if up else 'NoConnection/Busy/Timeout'}",
        f"Latest operation start time: {now:%H:%M:%S UTC %a %b} {now.day} {now:%Y}",
        f"Latest operation return code: {'OK' if up else 'Timeout'}",
        f"Number of successes: {successes}",
        f"Number of failures: {failures}",
        f"Operation time to live: {'Forever' if 'life forever' in life else '3599 sec'}",
        "",
    ]


def _measured(shell: Shell, number: int) -> Measured | None:
    """Return what real echoes of an IP SLA have come to, None where nothing really sends them."""
    outcomes = shell.router.outcomes()
    for end in router_ends(shell.router):
        if end.sla and end.sla.number == number:
            measured = outcomes[end.number].measured
            return measured if measured is not None and measured.sla_successes is not None else None
    return None


def _tracks(root: Entry) -> dict[int, int]:
    """Return the SLA each track watches."""
    found = {}
    for entry in root.starting("track"):
        words = entry.text.split()
        if words[2:4] == ["ip", "sla"]:
            found[int(words[1])] = int(words[4])
    return found


def is_track_up(shell: Shell, number: int) -> bool:
    """Return whether a track is up; one that watches a missing SLA is down."""
    watched = _tracks(shell.router.document.root).get(number)
    return watched is not None and is_sla_up(shell, watched)


def track(shell: Shell, match: Match[ExecLine]) -> Output:
    """Return `show track`."""
    root = shell.router.document.root
    lines: list[str] = []
    for number, watched in sorted(_tracks(root).items()):
        if match["number"] not in ("", str(number)):
            continue
        up, started = is_track_up(shell, number), shell.router.sla_started.get(watched)
        changed = age(int((shell.router.clock.now() - started).total_seconds())) if started else "00:00:00"
        measured = _measured(shell, watched)
        changes = (measured.track_changes or 0) if measured else int(up)
        entry = root.find(f"track {number}")
        what = entry.text.split()[5] if entry and len(entry.text.split()) > 5 else "state"
        lines += [
            f"Track {number}",
            f"  IP SLA {watched} {what}",
            f"  {what.capitalize()} is {'Up' if up else 'Down'}",
            f"    {changes} change{'' if changes == 1 else 's'}, last change {changed}",
        ]
        lines.append(f"  Latest operation return code: {('OK' if up else 'Timeout') if started else 'Unknown'}")
        if up:
            lines.append("  Latest RTT (millisecs) 1")
        users = [e.key.split()[2:4] for e in root.starting("ip route") if f"track {number}" in e.text]
        lines += ["  Tracked by:", "    Static IP Routing 0"] if users else []
    return Output(tuple(lines), is_paged=True)


EXEC = (
    ExecLine("show ip bgp summary", bgp_summary, privilege=1),
    ExecLine("show bgp ipv4 unicast summary", bgp_summary, privilege=1),
    ExecLine("show ip bgp vpnv4 vrf vrf:WORD summary", bgp_summary, privilege=1),
    ExecLine("show ip bgp rib-failure", rib_failure, privilege=1),
    ExecLine("show ip bgp vpnv4 vrf vrf:WORD rib-failure", rib_failure, privilege=1),
    ExecLine("show ip route [vrf vrf:WORD] [(bgp|static|connected)]", route, privilege=1),
    ExecLine("show ip sla statistics [number:<1-2147483647>]", sla_statistics, privilege=1),
    ExecLine("show track [number:<1-1000>]", track, privilege=1),
)
