"""Whether a link is up, from what the router says: one verdict per tunnel, with the first cause when not.

UP takes all of these: ESP SAs in both directions with the right AWS address, the interface's line protocol,
and BGP Established with at least one prefix, or the tunnel's track object Up and the VPC's networks routed. The IKE SA may be missing: it
may run out before the IPsec SAs it made, and IOS makes a new one when they are to be renewed; routing over
the tunnel, which is asked for as well, then shows that the peer is alive. What the router refuses to show,
or shows in a form that is not known, is never UP.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import show_ike, show_ipsec, show_routing
from .counted import listed
from .model import Bgp, IkeVersion, Intent, Static, Tunnel
from .report import DOWN, UNKNOWN, UP, BgpState, Report, SlaState, TunnelReport
from .show import Interface, interfaces, refusal

_ISAKMP = "show crypto isakmp sa"
_IKEV2 = "show crypto ikev2 sa"
_IKE_COMMANDS = {IkeVersion.V1: _ISAKMP, IkeVersion.V2: _IKEV2}
_IPSEC = "show crypto ipsec sa"
_SESSION = "show crypto session"
_INTERFACES = "show interfaces"
_BGP = "show ip bgp"
_SUMMARY, _RIB_FAILURE = "summary", "rib-failure"
_SLA = "show ip sla statistics"
_TRACK = "show track"
_ROUTES = "show ip route"

# What an IKEv1 state means when the tunnel stays there.
_ISAKMP_STATES = {
    "MM_NO_STATE": "authentication failed or no proposal chosen",
    "MM_SA_SETUP": "the peer chose a proposal and then fell silent",
    "MM_KEY_EXCH": "the peer is not authenticated: another pre-shared key, or UDP 4500 is blocked",
    "MM_KEY_AUTH": "authenticated, but the peer does not finish",
    "AG_NO_STATE": "authentication failed or no proposal chosen, in aggressive mode",
}
_IKEV2_STATES = {
    "IN-NEG": "negotiating: no answer yet, another pre-shared key, or no proposal chosen",
    "DELETE": "the SA is being deleted",
    "DELETED": "the SA is being deleted",
}


def commands(intent: Intent, *, has_uptime: bool = False) -> tuple[str, ...]:
    """Return what to ask the router to verify this link; `has_uptime` adds how long sessions have been up."""
    asked = list(dict.fromkeys(_IKE_COMMANDS[tunnel.phase1.version] for tunnel in intent.tunnels))
    # A part of it, because a hub's whole `show crypto ipsec sa` takes a router seconds; a peer is looked for in the global table.
    asked += [f"{_IPSEC} {_part(intent, tunnel)}" for tunnel in intent.tunnels]
    asked += [f"{_INTERFACES} Tunnel{tunnel.number}" for tunnel in intent.tunnels]
    if isinstance(intent.routing, Bgp):
        # Not the routing table for the second: a router may have the whole Internet's.
        asked += [_bgp_command(intent, _SUMMARY), _bgp_command(intent, _RIB_FAILURE)]
    else:
        asked += [f"{show} {number}" for number in intent.routing.sla_numbers for show in (_SLA, _TRACK)]
        asked.append(f"{_routes_command(intent)} static")
    return (*asked, f"{_SESSION} detail") if has_uptime else tuple(asked)


def _part(intent: Intent, tunnel: Tunnel) -> str:
    return f"interface Tunnel{tunnel.number}" if intent.front_door_vrf else f"peer {tunnel.aws_outside}"


def _bgp_command(intent: Intent, what: str) -> str:
    return f"{_BGP} vpnv4 vrf {intent.inside_vrf} {what}" if intent.inside_vrf else f"{_BGP} {what}"


def _routes_command(intent: Intent) -> str:
    return f"{_ROUTES} vrf {intent.inside_vrf}" if intent.inside_vrf else _ROUTES


def verify(outputs: Mapping[str, str], intent: Intent) -> Report:
    """Judge both tunnels of a link.

    Args:
        outputs: What the router printed for each show command. Longer and shorter forms of a command
            (``detail``, a peer, an interface) serve alike.
        intent: What the link should be.
    """
    said = _Said.of(outputs, intent)
    return Report(tuple(_judge(said, intent, tunnel) for tunnel in intent.tunnels))


@dataclass(frozen=True, slots=True)
class _Said:
    """Everything the router said, parsed, and what it refused to say (by command)."""

    isakmp: tuple[show_ike.IkeSa, ...]
    ikev2: tuple[show_ike.IkeSa, ...]
    flows: tuple[show_ipsec.Flow, ...]
    sessions: tuple[show_ipsec.Session, ...]
    interfaces: tuple[Interface, ...]
    neighbors: tuple[show_routing.Neighbor, ...]
    slas: tuple[show_routing.Sla, ...]
    tracks: tuple[show_routing.Track, ...]
    routes: tuple[show_routing.Route, ...]
    has_route_table: bool
    rib_failures: tuple[show_routing.RibFailure, ...]
    refused: Mapping[str, str]

    @classmethod
    def of(cls, outputs: Mapping[str, str], intent: Intent) -> "_Said":
        def text(command: str) -> str:
            return "\n".join(shown for asked, shown in outputs.items() if _is_form_of(asked, command))

        return cls(
            show_ike.isakmp_sas(text(_ISAKMP)),
            show_ike.ikev2_sas(text(_IKEV2)),
            show_ipsec.flows(text(_IPSEC)),
            show_ipsec.sessions(text(_SESSION)),
            interfaces(text(_INTERFACES)),
            show_routing.bgp_neighbors(text(_bgp_command(intent, _SUMMARY))),
            show_routing.slas(text(_SLA)),
            show_routing.tracks(text(_TRACK)),
            show_routing.routes(text(_routes_command(intent))),
            show_routing.is_route_table(text(_routes_command(intent))),
            show_routing.rib_failures(text(_bgp_command(intent, _RIB_FAILURE))),
            {asked: line for asked, shown in outputs.items() if (line := refusal(shown)) is not None},
        )

    def refusal(self, command: str) -> str | None:
        """Return a sentence when the router did not run `command` or a form of it."""
        for asked, line in self.refused.items():
            if _is_form_of(asked, command):
                return f"unknown: the router refused '{asked}' ({line})"
        return None


def _is_form_of(asked: str, command: str) -> bool:
    return asked == command or asked.startswith(f"{command} ")


def _judge(said: _Said, intent: Intent, tunnel: Tunnel) -> TunnelReport:
    shown = next((i for i in said.interfaces if i.name.lower() == f"tunnel{tunnel.number}"), None)
    ike, ike_reason = _ike(said, tunnel)
    ipsec, ipsec_reason = _ipsec(said, tunnel)
    routing = _routing(said, intent, tunnel)
    causes = (
        _misconfigured(said, shown, tunnel),
        None if ipsec == UP else (ike_reason if ike != UP else ipsec_reason),
        _line_protocol(said, shown),
        routing.reason,
    )
    session = next((s for s in said.sessions if s.peer == tunnel.aws_outside and s.is_up), None)
    return TunnelReport(
        f"Tunnel{tunnel.number}",
        str(tunnel.aws_outside),
        str(tunnel.aws_inside),
        str(tunnel.router_inside.ip),
        ike,
        ipsec,
        UNKNOWN if shown is None else UP if shown.is_up else DOWN,
        routing.bgp,
        routing.sla,
        next((cause for cause in causes if cause is not None), None),
        _note(said, intent, tunnel, ike_reason) if ipsec == UP else None,
        (session.uptime if session is not None else None) or routing.since,
    )


def _note(said: _Said, intent: Intent, tunnel: Tunnel, ike_reason: str | None) -> str | None:
    if ike_reason is not None:
        return f"IPsec is up without an IKE SA now ({ike_reason})"
    return _unused(said, intent, tunnel)


def _unused(said: _Said, intent: Intent, tunnel: Tunnel) -> str | None:
    """Return which of the VPC's networks the routing table does not send through this tunnel, as a backup's, or that nobody can tell."""
    if isinstance(intent.routing, Static) and not said.has_route_table:
        return "the router does not show its routing table: whether the VPC's networks are in it is not known"
    missing = _without_route(said, intent, (tunnel,))
    return f"the routing table has no route to {missing} through this tunnel" if missing else None


def _unreached(said: _Said, intent: Intent) -> str | None:
    """Return which of the VPC's networks the routing table sends through neither tunnel: nothing gets there then."""
    missing = _without_route(said, intent, intent.tunnels)
    return f"the routing table has no route to {missing} through either tunnel" if missing else None


def _without_route(said: _Said, intent: Intent, tunnels: Sequence[Tunnel]) -> str:
    """Return the VPC's networks to which no route leads through these tunnels; none where the table is not shown."""
    if not isinstance(intent.routing, Static) or not said.has_route_table:
        return ""
    ways = {f"tunnel{tunnel.number}" for tunnel in tunnels}
    reached = {route.network for route in said.routes if (route.interface or "").lower() in ways}
    return ", ".join(str(network) for network in intent.routing.vpc_cidrs if network not in reached)


def _misconfigured(said: _Said, shown: Interface | None, tunnel: Tunnel) -> str | None:
    if shown is None:
        # IOS rejects the name of an interface that does not exist as invalid input.
        refused = said.refusal(f"{_INTERFACES} Tunnel{tunnel.number}") or ""
        return f"no interface Tunnel{tunnel.number}: the link is not configured" if "Invalid input" in refused else None
    if shown.is_shut_down:
        return f"interface {shown.status}"
    if shown.destination is not None and shown.destination != tunnel.aws_outside:
        return f"the tunnel goes to {shown.destination}, not to {tunnel.aws_outside}"
    if shown.inside is not None and shown.inside.ip != tunnel.router_inside.ip:
        return f"the inside address is {shown.inside.ip}, not {tunnel.router_inside.ip}"
    if shown.has_no_address:
        return f"interface {shown.name} has no inside address of its own: it is to be {tunnel.router_inside.ip}"
    return None


def _ike(said: _Said, tunnel: Tunnel) -> tuple[str, str | None]:
    """Return the state of IKE with this tunnel's peer, and why it is not up."""
    peer, is_v1 = tunnel.aws_outside, tunnel.phase1.version is IkeVersion.V1
    command, words = (_ISAKMP, _ISAKMP_STATES) if is_v1 else (_IKEV2, _IKEV2_STATES)
    sas = [sa for sa in (said.isakmp if is_v1 else said.ikev2) if peer in sa.ends]
    if any(sa.is_established for sa in sas):
        return UP, None
    refused = said.refusal(command)
    if refused is not None:
        return UNKNOWN, refused
    if not sas:
        # IKEv1 keeps the SA of a negotiation that failed for a while; IKEv2 none.
        other = "" if is_v1 else ", or AWS refuses the proposal or the key"
        return DOWN, f"IKE: no SA with {peer}: no answer (UDP 500 blocked, or not the address AWS knows?){other}"
    # A live attempt says more than one that is about to be forgotten.
    sa = min(sas, key=lambda sa: sa.is_deleted)
    meaning = words.get(sa.state, "not established")
    return DOWN, f"IKE: {meaning} ({sa.state or sa.status})"


def _ipsec(said: _Said, tunnel: Tunnel) -> tuple[str, str | None]:
    peer = tunnel.aws_outside
    flows = [f for f in said.flows if f.peer == peer and f.interface.lower() == f"tunnel{tunnel.number}"]
    if any(flow.is_up for flow in flows):
        return UP, None
    refused = said.refusal(_IPSEC)
    if refused is not None:
        return UNKNOWN, refused
    if any(flow.inbound or flow.outbound for flow in flows):
        return DOWN, f"no valid IPsec SAs in both directions with {peer}"
    return DOWN, f"no IPsec SA with {peer}: phase 2 proposal or PFS group not agreed"


def _line_protocol(said: _Said, shown: Interface | None) -> str | None:
    if shown is None:
        return said.refusal(_INTERFACES) or "unknown: the router does not show the interface"
    return None if shown.is_up else f"line protocol {shown.line_protocol} (interface {shown.status})"


def _bgp(said: _Said, intent: Intent, tunnel: Tunnel) -> BgpState:
    neighbor = next((n for n in said.neighbors if n.address == tunnel.aws_inside), None)
    if neighbor is None:
        return BgpState(UNKNOWN if said.refusal(_bgp_command(intent, _SUMMARY)) else "absent", 0, None)
    return BgpState(neighbor.state, neighbor.prefixes or 0, neighbor.uptime)


def _sla(said: _Said, number: int) -> tuple[SlaState, show_routing.Track | None]:
    track = next((t for t in said.tracks if t.number == number), None)
    code = next((s.return_code for s in said.slas if s.number == number), None)
    if code is None and track is not None:
        code = track.return_code
    state = {"Up": UP, "Down": DOWN}.get(track.state, UNKNOWN) if track is not None else UNKNOWN
    return SlaState(state, code), track


@dataclass(frozen=True, slots=True)
class _Routing:
    """Of one tunnel: its state, why it isn't up, and since when it is."""

    bgp: BgpState | None
    sla: SlaState | None
    reason: str | None
    since: str | None


def _routing(said: _Said, intent: Intent, tunnel: Tunnel) -> _Routing:
    if isinstance(intent.routing, Bgp):
        bgp = _bgp(said, intent, tunnel)
        since = bgp.uptime if bgp.state == "Established" else None
        return _Routing(bgp, None, _bgp_reason(said, intent, intent.routing, tunnel, bgp), since)
    number = intent.routing.sla_numbers[tunnel.index]
    sla, track = _sla(said, number)
    since = track.last_change if track is not None and track.state == "Up" else None
    reason = _tracks_other(track) or _sla_reason(said, number, sla) or _unreached(said, intent)
    return _Routing(None, sla, reason, since)


def _tracks_other(track: show_routing.Track | None) -> str | None:
    """Tell that a track object is not the tunnel's own: its state says nothing of the tunnel."""
    if track is None or str(track.number) in track.subject.split() or not track.subject:
        return None
    return f"track {track.number} watches {track.subject!r}, not SLA {track.number}"


def _bgp_reason(said: _Said, intent: Intent, routing: Bgp, tunnel: Tunnel, bgp: BgpState) -> str | None:
    if bgp.state == UNKNOWN:
        return (
            said.refusal(_bgp_command(intent, _SUMMARY))
            or f"BGP: neighbor {tunnel.aws_inside} is in a state that is not known"
        )
    if bgp.state == "absent":
        return f"BGP: no neighbor {tunnel.aws_inside}"
    if bgp.state != "Established":
        return f"BGP {bgp.state}"
    remote_as = next(n.remote_as for n in said.neighbors if n.address == tunnel.aws_inside)
    if remote_as != routing.aws_asn:
        return f"BGP: neighbor {tunnel.aws_inside} is in AS {remote_as}, not {routing.aws_asn}"
    if bgp.prefixes:
        return _overruled(said, intent)
    wanted = "no prefix from AWS that the prefix list admits" if routing.accept is not None else "no prefix from AWS"
    return f"BGP Established, but {wanted} (is the gateway attached?)"


def _overruled(said: _Said, intent: Intent) -> str | None:
    """Tell that none of the prefixes that BGP has got from AWS is in the routing table: nothing gets there then."""
    ways = {tunnel.aws_inside for tunnel in intent.tunnels}
    networks = sorted({failure.network for failure in said.rib_failures if failure.next_hop in ways})
    if len(networks) < max(n.prefixes or 0 for n in said.neighbors if n.address in ways):
        return None
    return (
        f"the routing table has other routes to {listed(networks)}, which go before BGP's: nothing "
        f"goes through either tunnel"
    )


def _sla_reason(said: _Said, number: int, sla: SlaState) -> str | None:
    if sla.state == UP:
        return None
    if sla.state == UNKNOWN:
        return said.refusal(_TRACK) or f"unknown: the router shows no state of track {number}"
    if sla.return_code is None or sla.return_code.lower() == "unknown":
        return f"track {number} Down: SLA {number} has not run (is it scheduled?)"
    if sla.return_code == "OK":
        return f"track {number} Down, although SLA {number} is OK again"
    return f"SLA {number} {sla.return_code[:1].lower()}{sla.return_code[1:]}"
