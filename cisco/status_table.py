"""A report for people: one row per tunnel, and below it why a tunnel is down."""

from .paint import BOLD, GREEN, RED, YELLOW, painted
from .remedies import with_remedy
from .report import Report, TunnelReport

_HEADINGS = (
    "TUNNEL", "STATE", "AWS", "INSIDE (ROUTER, AWS)", "IKE", "IPSEC", "LINE", "ROUTING", "PREFIXES", "UPTIME",
)  # fmt: skip
_COLOURS = {"UP": GREEN, "up": GREEN, "DOWN": RED, "down": RED, "unknown": YELLOW}
# A cell of several words is coloured by how it begins.
_BEGINNINGS = {"BGP Established": GREEN, "BGP unknown": YELLOW, "BGP ": RED, "track up": GREEN, "track down": RED}


def table(report: Report, *, is_coloured: bool) -> str:
    """Return the table, ending with a newline."""
    up = sum(tunnel.is_up for tunnel in report.tunnels)
    colour = GREEN if report.is_up else RED
    rows = [_cells(tunnel) for tunnel in report.tunnels]
    widths = [max(len(row[column]) for row in (_HEADINGS, *rows)) for column in range(len(_HEADINGS))]
    lines = [painted(_row(_HEADINGS, widths), BOLD, is_on=is_coloured)]
    lines += [_painted_row(row, widths, is_on=is_coloured) for row in rows]
    for tunnel in report.tunnels:
        if tunnel.reason is not None:
            lines.append(f"{tunnel.name} is {painted('DOWN', RED, is_on=is_coloured)}: {with_remedy(tunnel.reason)}")
        if tunnel.note is not None:
            lines.append(f"{tunnel.name}: note: {tunnel.note}")
    lines.append(painted(f"{up} of {len(report.tunnels)} tunnels UP", colour, is_on=is_coloured))
    return "\n".join(lines) + "\n"


def _cells(tunnel: TunnelReport) -> tuple[str, ...]:
    return (
        tunnel.name,
        "UP" if tunnel.is_up else "DOWN",
        tunnel.aws_outside,
        f"{tunnel.router_inside}, {tunnel.aws_inside}",
        tunnel.ike,
        tunnel.ipsec,
        tunnel.line_protocol,
        tunnel.routing,
        "-" if tunnel.bgp is None else str(tunnel.bgp.prefixes),
        tunnel.uptime or "-",
    )


def _row(cells: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _colour(cell: str) -> str:
    beginning = next((colour for start, colour in _BEGINNINGS.items() if cell.startswith(start)), "")
    return _COLOURS.get(cell, beginning)


def _painted_row(cells: tuple[str, ...], widths: list[int], *, is_on: bool) -> str:
    padded = (
        painted(cell, colour, is_on=is_on) + " " * (width - len(cell))
        if (colour := _colour(cell))
        else cell.ljust(width)
        for cell, width in zip(cells, widths, strict=True)
    )
    return "  ".join(padded).rstrip()
