"""What is known of a link's tunnels at one moment, and its machine form."""

from dataclasses import dataclass

from .remedies import remedy

UP, DOWN, UNKNOWN = "up", "down", "unknown"


@dataclass(frozen=True, slots=True)
class BgpState:
    """The tunnel's BGP session; `state` is the FSM's word, or ``unknown``, or ``absent``."""

    state: str
    prefixes: int
    uptime: str | None


@dataclass(frozen=True, slots=True)
class SlaState:
    """The tunnel's track object: `state` is up, down, or unknown; `return_code` the IP SLA's last."""

    state: str
    return_code: str | None


@dataclass(frozen=True, slots=True)
class TunnelReport:
    """One tunnel: its parts, and the first cause when it is not UP; `note` is worth knowing when it is."""

    name: str
    """The interface, such as Tunnel1."""
    aws_outside: str
    """AWS's public address."""
    aws_inside: str
    """AWS's address inside the tunnel."""
    router_inside: str
    """The router's address inside the tunnel."""
    ike: str
    """up, down or unknown."""
    ipsec: str
    """up, down or unknown: ESP SAs in both directions."""
    line_protocol: str
    """up, down or unknown."""
    bgp: BgpState | None
    """`state`, `prefixes` and `uptime` of the session; null with static routing."""
    sla: SlaState | None
    """`state` of the track object and `return_code` of the IP SLA; null with BGP."""
    reason: str | None
    """The first cause when `state` is DOWN; `remedy` beside it is the section of the errors page that treats it."""
    note: str | None = None
    """What is worth knowing of a tunnel that is UP."""
    uptime: str | None = None
    """How long it has been up, in IOS's words."""

    @property
    def is_up(self) -> bool:
        """Whether traffic can flow and routing sends it here."""
        return self.reason is None

    @property
    def routing(self) -> str:
        """The tunnel's routing in a few words."""
        if self.bgp is not None:
            return f"BGP {self.bgp.state}"
        return "-" if self.sla is None else f"track {self.sla.state}, SLA {self.sla.return_code or 'unknown'}"


@dataclass(frozen=True, slots=True)
class Report:
    """Both tunnels of a link."""

    tunnels: tuple[TunnelReport, ...]

    @property
    def is_up(self) -> bool:
        """Whether every tunnel is UP."""
        return all(tunnel.is_up for tunnel in self.tunnels)

    @property
    def reasons(self) -> tuple[str, ...]:
        """One sentence for each tunnel that is not UP."""
        return tuple(f"{t.name} ({t.aws_outside}): {t.reason}" for t in self.tunnels if t.reason is not None)


def as_json(report: Report) -> dict[str, object]:
    """Return the machine form of a report, as ``verify`` and ``status --json`` print it."""
    return {"up": report.is_up, "tunnels": [_tunnel_json(tunnel) for tunnel in report.tunnels]}


def _tunnel_json(tunnel: TunnelReport) -> dict[str, object]:
    bgp, sla = tunnel.bgp, tunnel.sla
    return {
        "name": tunnel.name,
        "aws_outside": tunnel.aws_outside,
        "aws_inside": tunnel.aws_inside,
        "router_inside": tunnel.router_inside,
        "ike": tunnel.ike,
        "ipsec": tunnel.ipsec,
        "line_protocol": tunnel.line_protocol,
        "bgp": None if bgp is None else {"state": bgp.state, "prefixes": bgp.prefixes, "uptime": bgp.uptime},
        "sla": None if sla is None else {"state": sla.state, "return_code": sla.return_code},
        "state": "UP" if tunnel.is_up else "DOWN",
        "reason": tunnel.reason,
        "remedy": None if tunnel.reason is None else remedy(tunnel.reason),
        "note": tunnel.note,
        "uptime": tunnel.uptime,
    }
