"""A report as one HTML page: the link drawn, each tunnel's state and cause, the time of the look.

The page needs nothing but itself: no network, no script. It is made of a report and of a `Drawing`, which has no place
for a secret, and every value in it is escaped by the template engine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from .model import Bgp, Intent, Static
from .remedies import errors_page, remedy
from .report import Report, TunnelReport
from .templating import Template, environment

_MOST_NETWORKS = 5  # as many as the drawing has room for


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the page draws besides the tunnels; `asns` are the router's and AWS's, ``None`` with static routing."""

    link: str
    connection_id: str
    login_address: str
    router_address: str
    wan_interface: str | None
    is_behind_nat: bool
    asns: tuple[int, int] | None
    vpc_networks: tuple[str, ...]
    announced: tuple[str, ...]


def drawing(intent: Intent, login_address: str, vpc_cidrs: Sequence[object] = ()) -> Drawing:
    """Return what may be shown of an intent; `vpc_cidrs` are the VPC side's networks, where they are known."""
    routing = intent.routing
    return Drawing(
        link=intent.link,
        connection_id=intent.connection_id,
        login_address=login_address,
        router_address=str(intent.local_address),
        wan_interface=intent.wan_interface,
        is_behind_nat=intent.is_behind_nat,
        asns=(routing.router_asn, routing.aws_asn) if isinstance(routing, Bgp) else None,
        vpc_networks=_texts(routing.vpc_cidrs) if isinstance(routing, Static) else _texts(vpc_cidrs),
        announced=_texts(routing.announced) if isinstance(routing, Bgp) else (),
    )


def status_page(report: Report, drawn: Drawing, looked_at: datetime) -> str:
    """Return the page, a whole HTML document.

    Args:
        report: What the router said of both tunnels.
        drawn: The link.
        looked_at: When it said so, with its time zone.
    """
    up = sum(tunnel.is_up for tunnel in report.tunnels)
    return _template().render(
        drawn=drawn,
        tunnels=report.tunnels,
        verdict=_verdict(up, len(report.tunnels)),
        tone="good" if report.is_up else "unsure" if up else "bad",
        alternative=_alternative(report, drawn),
        looked_at=looked_at,
    )


def _texts(networks: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(network) for network in networks)


def _verdict(up: int, tunnels: int) -> str:
    if up == tunnels:
        return "Both tunnels are UP"
    return "Both tunnels are DOWN" if up == 0 else f"{up} of {tunnels} tunnels is UP"


def _alternative(report: Report, drawn: Drawing) -> str:
    """Return the drawing in words, for those who do not see it."""
    tunnels = "; ".join(
        f"{t.name} to {t.aws_outside}, inside {t.router_inside} to {t.aws_inside}, is {_state(t)}"
        for t in report.tunnels
    )
    return (
        f"AWS's gateway and the router {drawn.router_address} joined by two IPsec tunnels over the Internet. {tunnels}."
    )


def _state(tunnel: TunnelReport) -> str:
    return "UP" if tunnel.is_up else "DOWN"


def _fitting(text: str, length: int) -> str:
    """Return the text, cut where the drawing has no room for it."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _few(networks: Sequence[str]) -> tuple[str, ...]:
    """Return as many networks as the drawing has room for, and how many more there are."""
    if len(networks) <= _MOST_NETWORKS:
        return tuple(networks)
    return (*networks[: _MOST_NETWORKS - 1], f"and {len(networks) - _MOST_NETWORKS + 1} more")


@cache
def _template() -> Template:
    made = environment(autoescape=True)
    made.globals.update(state_of=_state, remedy_of=remedy, errors_page=errors_page)
    made.filters.update(fitting=_fitting, few=_few)
    return made.get_template("status_page.html.j2")
