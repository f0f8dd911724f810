"""IOS's zone-based firewall: an interface in no zone and one in a zone never reach each other, whatever the tunnel's state."""

from collections.abc import Iterator

from ..counted import listed
from ..layout import source_of
from ..state import Section, Sections
from ..tree import Config

_MEMBER = "?zone-member security "
# It turns being in no zone into a zone of its own, for which there may be a policy.
_DEFAULT_ZONE = "zone security default"


def outside(config: Config, running: Sections, intended: Sections) -> Iterator[str]:
    """Yield a warning where interfaces are in zones and tunnels of ours are in none."""
    tunnels = {name: running.get(ref, section) for ref, section in intended.items() if (name := _interface(ref))}
    ways_out = [source_of(running, intended["interface", name]) for name in tunnels]
    members = [
        f"{name} ({zone})"
        for ref, section in running.items()
        # The way out carries what is encrypted, which goes to the router itself.
        if (name := _interface(ref)) and name not in tunnels and section not in ways_out and (zone := _zone(section))
    ]
    bare = [name for name, section in tunnels.items() if not _zone(section)]
    if members and bare and not any(line.text == _DEFAULT_ZONE for line in config.lines):
        yield (
            f"{listed(members)}: in a security zone, and {' and '.join(bare)} in none, so that IOS drops what goes between them; "
            f"enter 'zone-member security ZONE' on the tunnels, and a zone-pair each way"
        )


def _interface(ref: tuple[str, str]) -> str:
    return ref[1] if ref[0] == "interface" else ""


def _zone(interface: Section) -> str:
    return next((slot.removeprefix(_MEMBER) for slot in interface.entries if slot.startswith(_MEMBER)), "")
