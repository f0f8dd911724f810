"""What the demo shows of real packets between the two hosts, as lines to be told."""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.wire.wire import Wire  # needs Linux's namespaces: imported only where it is asked for

_HOST = "10.0.0.10"
_PATIENCE = 60


def full_segments(wire: "Wire") -> Iterator[str]:
    """Send a TCP stream under capture and tell what was seen on the way."""
    from lab.wire.capture import Capture
    from lab.wire.traffic import MARKER, stream

    with tempfile.TemporaryDirectory() as folder:
        captures = [
            Capture(pair.underlay.customer, "wan0", Path(folder) / f"{outside}.pcap")
            for outside, pair in wire.pairs.items()
        ]
        sent = stream(wire.branch.host, wire.vpc.host, _HOST, repeats=5000)
        packets = [packet for capture in captures for packet in capture.stop()]
    esp = sum(packet.is_esp for packet in packets)
    in_clear = sum(not packet.is_ike_or_esp or MARKER in packet.payload for packet in packets)
    yield f"192.168.10.10 sends {sent.received} bytes to {_HOST}, {sent.segment} in a segment."
    yield f"On the way between the routers: {esp} packets of ESP, {in_clear} in clear, none but IKE besides."


def failover(wire: "Wire") -> Iterator[str]:
    """Let AWS's endpoint of the tunnel in use die, and tell how traffic goes on."""
    active = wire.active()
    echoes = wire.echoes(3 * _PATIENCE)
    time.sleep(1)
    yield f"AWS's endpoint behind {active.router.device}, which carries the traffic, dies …"
    active.kill_endpoint(is_dead=True)
    deadline = time.monotonic() + _PATIENCE
    while wire.active() is active and time.monotonic() < deadline:
        time.sleep(0.2)
    time.sleep(1)
    active.kill_endpoint(is_dead=False)
    while not wire.are_up() and time.monotonic() < deadline + _PATIENCE:
        time.sleep(0.2)
    loss = echoes.stop()
    yield (
        f"… and traffic goes on through {wire.active().router.device}: {loss.longest_gap:.1f} s of silence "
        "(BGP's hold time is 30 s). The endpoint is back, both tunnels are UP."
    )


def echoes_during(wire: "Wire | None", change: Callable[[], object]) -> str:
    """Make a change under echoes and tell what was lost; without a wire there is nothing to tell."""
    if wire is None:
        change()
        return ""
    echoes = wire.echoes(300)
    change()
    time.sleep(1)
    loss = echoes.stop()
    return f"{loss.lost} of {loss.sent} echoes between the hosts were lost meanwhile."
