"""The TCP segment size that fits a tunnel, from AWS's table of MTU and MSS by cipher, hash and NAT traversal."""

from .model import Encryption, Integrity

# AWS, "Best practices for an AWS Site-to-Site VPN customer gateway device": (NAT-T off, NAT-T on).
_GCM = (1406, 1398)
_CBC: dict[Integrity, tuple[int, int]] = {
    Integrity.SHA1: (1398, 1382),
    Integrity.SHA2_256: (1398, 1382),
    Integrity.SHA2_384: (1382, 1382),
    Integrity.SHA2_512: (1382, 1366),
}


def mss(encryption: Encryption, integrity: Integrity, *, behind_nat: bool) -> int:
    """Return the segment size in bytes for phase 2's algorithms."""
    without_nat, with_nat = _GCM if encryption.is_gcm else _CBC[integrity]
    return with_nat if behind_nat else without_nat
