"""A drawing of the link for the terminal, with the live state of each tunnel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

GREEN, RED, DIM, PLAIN = "\033[32m", "\033[31m", "\033[2m", "\033[0m"


@dataclass(frozen=True, slots=True)
class TunnelView:
    """One tunnel as drawn: both outside addresses, both inside ones, and what each end says of it."""

    name: str
    aws_outside: str
    aws_inside: str
    router_inside: str
    router_state: str
    aws_state: str
    detail: str

    @property
    def is_up(self) -> bool:
        """UP only when both ends say so."""
        return self.router_state == self.aws_state == "UP"


def tunnel_views(tunnels: Sequence[Mapping[str, object]]) -> tuple[TunnelView, ...]:
    """Take the stack's exported `tunnels` for drawing."""
    return tuple(
        TunnelView(
            name=str(tunnel["name"]),
            aws_outside=str(tunnel["aws_outside"]),
            aws_inside=str(tunnel["aws_inside"]),
            router_inside=str(tunnel["router_inside"]).split("/")[0],
            router_state=str(tunnel["router_state"]),
            aws_state=str(tunnel["aws_state"]),
            detail=_detail(tunnel),
        )
        for tunnel in tunnels
    )


def _detail(tunnel: Mapping[str, object]) -> str:
    if tunnel.get("bgp_state"):
        return f"BGP {tunnel['bgp_state']}, {tunnel.get('bgp_prefixes') or 0} prefix(es) received"
    if tunnel.get("sla_state"):
        return f"IP SLA track {tunnel['sla_state']}"
    return str(tunnel.get("reason") or "")


def draw(vpc: str, site: str, router: str, tunnels: Sequence[TunnelView], *, has_colour: bool = False) -> str:
    """Return the drawing: the VPC on the left, the site on the right, one line per tunnel between them."""
    width = max(len(vpc), len("virtual private gateway"), 15)
    right = max(len(site), len(router), 15)
    middle = 46
    top = f"  ┌{'─' * (width + 2)}┐{' ' * middle}┌{'─' * (right + 2)}┐"
    bottom = f"  └{'─' * (width + 2)}┘{' ' * middle}└{'─' * (right + 2)}┘"
    rows = [top, _row("Amazon VPC", "", "on premises", width, middle, right)]
    rows.append(_row(vpc, "", site, width, middle, right))
    for tunnel in tunnels:
        rows.extend(_tunnel_rows(tunnel, width, middle, right, router, has_colour=has_colour))
    return "\n".join([*rows, bottom])


def _row(left: str, between: str, right_text: str, width: int, middle: int, right: int) -> str:
    return f"  │ {left:<{width}} │{between:^{middle}}│ {right_text:<{right}} │"


def _tunnel_rows(
    tunnel: TunnelView, width: int, middle: int, right: int, router: str, *, has_colour: bool
) -> list[str]:
    bar, word = ("═", "UP") if tunnel.is_up else ("╌", "DOWN")
    line = f" {tunnel.name} {word} ".center(middle - 2, bar).center(middle)
    if has_colour:
        line = f"{GREEN if tunnel.is_up else RED}{line}{PLAIN}"
    joint_left, joint_right = ("╞", "╡") if tunnel.is_up else ("┤", "├")
    inside = f"{tunnel.aws_inside}   {tunnel.router_inside}"
    return [
        _row("", "", "", width, middle, right),
        f"  │ {tunnel.aws_outside:<{width}} {joint_left}{line}{joint_right} {router:<{right}} │",
        _row(f"AWS says {tunnel.aws_state}", inside, f"router says {tunnel.router_state}", width, middle, right),
        _row("", tunnel.detail[:middle], "", width, middle, right),
    ]
