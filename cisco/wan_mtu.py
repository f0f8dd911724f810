"""Segments for a WAN that takes less than 1500 bytes, such as a dialer's with PPPoE, or a tunnel that somebody keeps smaller."""

from .layout import source_of
from .state import Section, Sections, entry

# AWS's table is for a way that takes packets of 1500 bytes. A cipher's blocks are of 16.
_MTU = 1500
_BLOCK = 16
_PPPOE = 1492  # RFC 2516
_LEAST = 500  # that IOS takes
_HEADERS = 40  # of IP and TCP


def fitted(intended: Sections, running: Sections) -> Sections:
    """Return the intended objects with segments that fit the interface the tunnels leave by, and a tunnel's own `ip mtu`, which stays."""
    return {ref: _fitted(section, running) if ref[0] == "interface" else section for ref, section in intended.items()}


def _fitted(tunnel: Section, running: Sections) -> Section:
    size = tunnel.value("ip tcp adjust-mss")
    if size is None:
        return tunnel
    source, own = source_of(running, tunnel), running.get(tunnel.ref)
    lacking = 0 if source is None else max(0, _MTU - min(_mtu(source), _dialed_mtu(source, running)))
    inside = _MTU if own is None else _mtu(own)
    smaller = max(_LEAST, min(int(size) - -(-lacking // _BLOCK) * _BLOCK, inside - _HEADERS))
    if smaller >= int(size):
        return tunnel
    changed = entry(tunnel.kind, f"ip tcp adjust-mss {smaller}")
    return tunnel.with_entries({slot: changed if slot == changed.slot else e for slot, e in tunnel.entries.items()})


def _mtu(interface: Section) -> int:
    """Return the largest packet that the interface takes, as far as its lines say."""
    own = (slot.removeprefix("?mtu ") for slot in interface.entries if slot.startswith("?mtu "))
    said = (interface.value("ip mtu"), *own)
    return min((int(text) for text in said if text is not None and text.isdecimal()), default=_MTU)


def _dialed_mtu(dialer: Section, running: Sections) -> int:
    """Return what PPPoE takes, where a dialer's pool is a port's that speaks it and has not agreed on more (RFC 4638)."""
    pool = next((slot.removeprefix("?dialer pool ") for slot in dialer.entries if slot.startswith("?dialer pool ")), "")
    dials = ["?pppoe-client", "dial-pool-number", pool]
    for port in running.values():
        if any(slot.split(" ")[:3] == dials for slot in port.entries):
            return _MTU if any(slot.startswith("?pppoe-client ppp-max-payload ") for slot in port.entries) else _PPPOE
    return _MTU
