"""What may be set otherwise than in a tunnel's profile."""

from ._typed import NotRequired, TypedDict


class ProfileOverridesArgs(TypedDict):
    """Single options of a tunnel, over its profile's: always one value, and the router gets the same."""

    ike_version: NotRequired[str]
    """ikev1 or ikev2."""
    phase1_encryption_algorithm: NotRequired[str]
    """AES128, AES256, or with ikev2 AES128-GCM-16, AES256-GCM-16."""
    phase1_integrity_algorithm: NotRequired[str]
    """SHA1, SHA2-256, SHA2-384 or SHA2-512; with GCM it is the PRF."""
    phase1_dh_group_number: NotRequired[int]
    """2, 14, 15, 16, 19, 20, 21 or 24. Recent IOS-XE refuses 2 and 24."""
    phase1_lifetime_seconds: NotRequired[int]
    """900 to 28800; 28800 in both profiles."""
    phase2_encryption_algorithm: NotRequired[str]
    """AES128, AES256, AES128-GCM-16 or AES256-GCM-16."""
    phase2_integrity_algorithm: NotRequired[str]
    """SHA1, SHA2-256, SHA2-384 or SHA2-512; without meaning with GCM."""
    phase2_dh_group_number: NotRequired[int]
    """2, 5, 14, 15, 16, 19, 20, 21 or 24, for perfect forward secrecy. Recent IOS-XE refuses 2, 5 and 24."""
    phase2_lifetime_seconds: NotRequired[int]
    """900 to 3600, and less than phase 1's; 3600 in both profiles."""
    rekey_margin_time_seconds: NotRequired[int]
    """How long before the end AWS renews: 60 to half of phase 2's lifetime; 270."""
    rekey_fuzz_percentage: NotRequired[int]
    """By how much AWS varies that: 1 to 100; 100."""
    replay_window_size: NotRequired[int]
    """Packets, a size that IOS has: 64, 128, 256, 512 or 1024; 128 in guide-2015, else 1024."""
    dpd_timeout_seconds: NotRequired[int]
    """After how long without an answer the peer is dead: 30 to 3600; 30."""
    dpd_timeout_action: NotRequired[str]
    """What AWS does then: clear, none or restart; clear."""
    startup_action: NotRequired[str]
    """add: the router begins; start: AWS begins, with ikev2 only; add."""
    enable_tunnel_lifecycle_control: NotRequired[bool]
    """Whether AWS asks before it replaces an endpoint for maintenance; false."""
