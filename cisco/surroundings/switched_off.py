"""What a link needs of the router and somebody has switched off: guides to hardening enter the one or the other of these lines."""

from collections.abc import Iterator

from ..layout import wan_interfaces
from ..plan import Collision
from ..state import Sections
from ..tree import Config

# The line, what it switches off, the kind of object that tells a link which needs it, and the way out.
_SWITCHES = (
    # Where IKEv2 alone is spoken.
    ("no crypto isakmp enable", "IKEv1", "policy", "enter 'crypto isakmp enable', or choose IKEv2"),
    ("no ip routing", "routing", "interface", "enter 'ip routing'"),
)


def in_the_way(config: Config, intended: Sections) -> Iterator[Collision]:
    """Yield the collision of a link with each thing that it needs and the router does not do."""
    kinds = {kind for kind, _ in intended}
    lines = {line.text for line in config.lines}
    for line, what, needed_by, way in _SWITCHES:
        if needed_by in kinds and line in lines:
            yield Collision(what, f"is switched off on the router ({line})", way)


def shut_down(running: Sections, intended: Sections) -> Iterator[str]:
    """Yield a warning for each interface by which tunnels are to leave, and which is shut down."""
    for source in wan_interfaces(running, intended):
        if source.value("shutdown") == "yes":
            yield f"{source.name} is shut down, so that tunnels which leave by it do not come up: enter 'no shutdown' there"
