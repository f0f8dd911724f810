"""What somebody else has built on objects of ours that are to go: IOS refuses to delete the one, and takes the other along unasked."""

from collections.abc import Iterator

from .layout import route_interface
from .plan import Collision
from .state import Sections
from .tree import Config

# What IOS does not delete while another line names it. Their names hold the connection's id, so that nothing else is called so.
_NAMED = frozenset(
    {"keyring", "isakmp-profile", "transform-set", "ipsec-profile", "ikev2-keyring", "ikev2-profile", "proposal"}
)
# How a line begins that names one of them; a description or a remark may do so too, and holds nothing.
_USES = ("set ", "keyring ", "proposal ", "tunnel protection ", "crypto ")


def in_use(config: Config, before: Sections, after: Sections) -> Iterator[Collision]:
    """Yield a collision for each object of somebody else's that uses one of ours which goes."""
    gone = {name for kind, name in before.keys() - after.keys() if kind in _NAMED}
    ours = {section.header for ref, section in before.items() if after.get(ref) is not section}
    for line in config.lines if gone else ():
        if line.text in ours:
            continue
        for user in (each for each in (line, *line.children) if each.text.startswith(_USES)):
            for name in sorted(gone.intersection(user.text.split(" "))):
                yield Collision(f"'{line.text}'", f"uses {name}, which is to go", f"take '{user.text}' away first")


def taken_along(before: Sections, after: Sections) -> Iterator[str]:
    """Yield a warning for each static route of somebody else's out of an interface that goes."""
    gone = {name for kind, name in before.keys() - after.keys() if kind == "interface"}
    for (kind, name), section in after.items():
        if kind == "route" and (interface := route_interface(name)) in gone:
            yield f"'{section.header}' is not ours, and goes with {interface}: IOS keeps no route out of an interface that is not there"
