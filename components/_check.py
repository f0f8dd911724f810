"""The final check: what the router says and what AWS says of each tunnel, put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TunnelState:
    """One tunnel as both ends see it; `router` is the agent's own account of it."""

    router: Mapping[str, Any]
    aws_state: str
    aws_message: str

    @property
    def router_state(self) -> str:
        """UP or DOWN, or unknown when the router could not be asked."""
        return str(self.router.get("state", "unknown"))

    @property
    def problem(self) -> str | None:
        """Why the tunnel is not UP on both ends; None when it is."""
        name = f"{self.router.get('name', 'a tunnel')} (to {self.router.get('aws_outside', 'AWS')})"
        if self.router_state != "UP":
            return f"{name} is {self.router_state} on the router: {self.router.get('reason') or 'no reason given'}"
        if self.aws_state != "UP":
            return f"{name} is UP on the router, but {self.aws_state} on AWS's side: {self.aws_message or 'no reason given'}"
        return None

    def as_output(self, asns: Mapping[str, int]) -> dict[str, Any]:
        """Return the form that the stack exports; nothing in it is secret."""
        bgp, sla = self.router.get("bgp") or {}, self.router.get("sla") or {}
        return {
            "name": self.router.get("name", ""),
            "aws_outside": self.router.get("aws_outside", ""),
            "aws_inside": self.router.get("aws_inside", ""),
            "router_inside": self.router.get("router_inside", ""),
            **asns,
            "router_state": self.router_state,
            "aws_state": self.aws_state,
            "bgp_state": bgp.get("state"),
            "bgp_prefixes": bgp.get("prefixes"),
            "sla_state": sla.get("state"),
            "reason": self.problem,
        }


def combine(report: Mapping[str, Any], telemetry: Mapping[str, tuple[str, str]]) -> tuple[TunnelState, ...]:
    """Match the router's tunnels with AWS's telemetry by AWS's outside address, never by position."""
    tunnels = report.get("tunnels", [])
    if not tunnels:
        return tuple(
            TunnelState({"aws_outside": address}, status, message)
            for address, (status, message) in sorted(telemetry.items())
        )
    return tuple(
        TunnelState(tunnel, *telemetry.get(str(tunnel["aws_outside"]), ("unknown", "AWS has no such tunnel")))
        for tunnel in tunnels
    )


def verdict(states: Sequence[TunnelState]) -> str | None:
    """Return what is wrong, a sentence a tunnel; None when both are UP on both ends."""
    problems = [state.problem for state in states if state.problem]
    if len(states) < 2:  # a link has two tunnels: fewer known is not UP
        problems.append(f"only {len(states)} of 2 tunnels are known")
    return "; ".join(problems) or None
