"""strongSwan's user-space ESP with room for a LAN's packets.

kernel-libipsec reads 1400 bytes from its device at most: a constant in its source, and no setting. AWS's segment sizes make
packets of up to 1446 bytes, and to see those pass is the point. So each daemon of the lab gets, in its own mount namespace, a
copy of the plugin with 1500 in that one place. Where the place is not found, the device stays at 1400.
"""

import struct
from pathlib import Path

PLUGIN = Path("/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so")
NARROW, WIDE = 1400, 1500
# `mov esi, 1400`, the argument of set_mtu (x86-64); `mov w1, #1400` (AArch64) is encoded otherwise.
_PLACES = (
    (b"\xbe" + struct.pack("<I", NARROW), b"\xbe" + struct.pack("<I", WIDE)),
    (struct.pack("<I", 0x52800001 | NARROW << 5), struct.pack("<I", 0x52800001 | WIDE << 5)),
)


def device_mtu() -> int:
    """Return the largest packet that a tunnel of the lab takes."""
    return NARROW if _widened() is None else WIDE


def write_widened(target: Path) -> bool:
    """Write the plugin with a wider device; say whether that could be done."""
    content = _widened()
    if content is None:
        return False
    target.write_bytes(content)
    target.chmod(0o644)
    return True


def _widened() -> bytes | None:
    content = PLUGIN.read_bytes()
    for place, wider in _PLACES:
        if content.count(place) == 1:
            return content.replace(place, wider)
    return None
