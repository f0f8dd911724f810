"""Segments for a WAN that takes less than 1500 bytes, such as a dialer's with PPPoE."""

from .layout import source_of
from .state import Section, Sections, entry

# AWS's table is for a way that takes packets of 1500 bytes. A cipher's blocks are of 16.
_MTU = 1500
_BLOCK = 16
_LEAST = 500  # that IOS takes


def fitted(intended: Sections, running: Sections) -> Sections:
    """Return the intended objects with segments that fit the interface the tunnels leave by."""
    return {ref: _fitted(section, running) if ref[0] == "interface" else section for ref, section in intended.items()}


def _fitted(tunnel: Section, running: Sections) -> Section:
    size = tunnel.value("ip tcp adjust-mss")
    source = source_of(running, tunnel)
    if size is None or source is None or (lacking := _MTU - _mtu(source)) <= 0:
        return tunnel
    smaller = max(_LEAST, int(size) - -(-lacking // _BLOCK) * _BLOCK)
    changed = entry(tunnel.kind, f"ip tcp adjust-mss {smaller}")
    return tunnel.with_entries({slot: changed if slot == changed.slot else e for slot, e in tunnel.entries.items()})


def _mtu(interface: Section) -> int:
    """Return the largest packet that the interface takes, as far as its lines say."""
    own = (slot.removeprefix("?mtu ") for slot in interface.entries if slot.startswith("?mtu "))
    said = (interface.value("ip mtu"), *own)
    return min((int(text) for text in said if text is not None and text.isdecimal()), default=_MTU)
