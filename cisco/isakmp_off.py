"""IKEv1 switched off: guides to hardening enter `no crypto isakmp enable` where IKEv2 alone is spoken."""

from collections.abc import Iterator

from .plan import Collision
from .state import Sections
from .tree import Config

_SWITCH = "crypto isakmp enable"


def in_the_way(config: Config, intended: Sections) -> Iterator[Collision]:
    """Yield the collision of a link that speaks IKEv1 with a router that does not."""
    speaks = any(kind == "policy" for kind, _ in intended)
    if speaks and any(line.text == f"no {_SWITCH}" for line in config.lines):
        yield Collision("IKEv1", f"is switched off on the router (no {_SWITCH})", f"enter '{_SWITCH}', or choose IKEv2")
