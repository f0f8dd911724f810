"""What the daemons negotiated, back in AWS's words: the SA parameters come from strongSwan, never from the settings."""

from collections.abc import Mapping

from lab.ends import Phase1Offer, Phase2Offer
from lab.wire.charon import SecurityAssociation

_CIPHER: Mapping[tuple[str, str], str] = {
    ("AES_CBC", "128"): "AES128",
    ("AES_CBC", "192"): "AES192",
    ("AES_CBC", "256"): "AES256",
    ("AES_GCM_16", "128"): "AES128-GCM-16",
    ("AES_GCM_16", "256"): "AES256-GCM-16",
}
_DIGEST: Mapping[str, str] = {
    "HMAC_SHA1_96": "SHA1",
    "HMAC_SHA2_256_128": "SHA2-256",
    "HMAC_SHA2_384_192": "SHA2-384",
    "HMAC_SHA2_512_256": "SHA2-512",
    "PRF_HMAC_SHA1": "SHA1",
    "PRF_HMAC_SHA2_256": "SHA2-256",
    "PRF_HMAC_SHA2_384": "SHA2-384",
    "PRF_HMAC_SHA2_512": "SHA2-512",
}
_GROUP: Mapping[str, int] = {
    "MODP_1024": 2,
    "MODP_1536": 5,
    "MODP_2048": 14,
    "MODP_3072": 15,
    "MODP_4096": 16,
    "MODP_6144": 17,
    "MODP_8192": 18,
    "ECP_256": 19,
    "ECP_384": 20,
    "ECP_521": 21,
    "MODP_1024_160": 22,
    "MODP_2048_224": 23,
    "MODP_2048_256": 24,
}


def phase1_of(sa: SecurityAssociation, lifetime: int) -> Phase1Offer:
    """Return phase 1 as negotiated."""
    cipher, size, *rest = sa.ike.split("/")
    return Phase1Offer(_CIPHER[cipher, size], _DIGEST[rest[0]], _GROUP[rest[-1]], lifetime)


def phase2_of(sa: SecurityAssociation) -> tuple[Phase2Offer, int | None]:
    """Return phase 2 as negotiated and its PFS group (None for IKEv2's first child, which rides on IKE_AUTH)."""
    cipher, size, *rest = (sa.esp or "").split("/")
    digest = next((_DIGEST[word] for word in rest if word in _DIGEST), "")
    group = next((_GROUP[word] for word in rest if word in _GROUP), None)
    return Phase2Offer(_CIPHER[cipher, size], digest), group
