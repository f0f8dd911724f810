"""What a tunnel negotiates: the profiles, and what may be set otherwise.

One object says it for both ends. AWS chooses from its own lists, starting with the weakest value that the router
offers, so that every list has exactly one value; and the router is configured from the same object in AWS's words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

from ._validation import ArgumentError, require_between, require_one_of

IKE_VERSIONS = ("ikev1", "ikev2")
ENCRYPTION = ("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16")
INTEGRITY = ("SHA1", "SHA2-256", "SHA2-384", "SHA2-512")
# What both ends know: AWS's 17, 18, 22 and 23 have no IOS word, and its 35 to 37 need IOS-XE 26.1.
PHASE1_DH_GROUPS = (2, 14, 15, 16, 19, 20, 21, 24)
PHASE2_DH_GROUPS = (2, 5, 14, 15, 16, 19, 20, 21, 24)
REPLAY_WINDOWS = (64, 128, 256, 512, 1024)  # IOS's sizes; AWS takes any number from 64 to 2048
DPD_ACTIONS = ("clear", "none", "restart")
STARTUP_ACTIONS = ("add", "start")


@dataclass(frozen=True, slots=True)
class TunnelSettings:
    """Every option of one tunnel, but for its inside CIDR and key. The names are pulumi_aws's, in the singular."""

    ike_version: str
    phase1_encryption_algorithm: str
    phase1_integrity_algorithm: str
    phase1_dh_group_number: int
    phase2_encryption_algorithm: str
    phase2_integrity_algorithm: str
    phase2_dh_group_number: int
    phase1_lifetime_seconds: int = 28800
    phase2_lifetime_seconds: int = 3600
    rekey_margin_time_seconds: int = 270
    rekey_fuzz_percentage: int = 100
    replay_window_size: int = 1024
    dpd_timeout_seconds: int = 30
    dpd_timeout_action: str = "clear"
    startup_action: str = "add"
    enable_tunnel_lifecycle_control: bool = False

    def __post_init__(self) -> None:
        for name, allowed in _ALLOWED.items():
            require_one_of(name, getattr(self, name), allowed)
        require_between("phase1_lifetime_seconds", self.phase1_lifetime_seconds, 900, 28800)
        require_between("phase2_lifetime_seconds", self.phase2_lifetime_seconds, 900, 3600)
        if self.phase2_lifetime_seconds >= self.phase1_lifetime_seconds:
            raise ArgumentError(
                "phase2_lifetime_seconds",
                self.phase2_lifetime_seconds,
                f"less than phase1_lifetime_seconds, {self.phase1_lifetime_seconds}",
            )
        require_between(
            "rekey_margin_time_seconds", self.rekey_margin_time_seconds, 60, self.phase2_lifetime_seconds // 2
        )
        # The provider drops a 0 (Go's zero value), so that AWS would use 100 instead.
        require_between("rekey_fuzz_percentage", self.rekey_fuzz_percentage, 1, 100)
        require_between("dpd_timeout_seconds", self.dpd_timeout_seconds, 30, 3600)
        self._require_ikev2_where_needed()

    def _require_ikev2_where_needed(self) -> None:
        if self.ike_version == "ikev2":
            return
        if "GCM" in self.phase1_encryption_algorithm:  # RFC 5282 gives it to IKEv2 only
            raise ArgumentError(
                "phase1_encryption_algorithm", self.phase1_encryption_algorithm, "AES128 or AES256 with ikev1"
            )
        if self.startup_action == "start":
            raise ArgumentError("startup_action", "start", "add with ikev1: AWS starts ikev2 only")


_ALLOWED: Mapping[str, tuple[object, ...]] = {
    "ike_version": IKE_VERSIONS,
    "phase1_encryption_algorithm": ENCRYPTION,
    "phase1_integrity_algorithm": INTEGRITY,
    "phase1_dh_group_number": PHASE1_DH_GROUPS,
    "phase2_encryption_algorithm": ENCRYPTION,
    "phase2_integrity_algorithm": INTEGRITY,
    "phase2_dh_group_number": PHASE2_DH_GROUPS,
    "replay_window_size": REPLAY_WINDOWS,
    "dpd_timeout_action": DPD_ACTIONS,
    "startup_action": STARTUP_ACTIONS,
}

DEFAULT_PROFILE = "modern"

PROFILES: Mapping[str, TunnelSettings] = {
    # The guide's table (section 2.1): weak today, and used only by whoever asks for it by this name.
    "guide-2015": TunnelSettings(
        ike_version="ikev1",
        phase1_encryption_algorithm="AES128",
        phase1_integrity_algorithm="SHA1",
        phase1_dh_group_number=2,
        phase2_encryption_algorithm="AES128",
        phase2_integrity_algorithm="SHA1",
        phase2_dh_group_number=2,
        replay_window_size=128,
    ),
    "modern": TunnelSettings(
        ike_version="ikev2",
        phase1_encryption_algorithm="AES256-GCM-16",
        phase1_integrity_algorithm="SHA2-384",
        phase1_dh_group_number=20,
        phase2_encryption_algorithm="AES256-GCM-16",
        phase2_integrity_algorithm="SHA2-384",
        phase2_dh_group_number=20,
    ),
}

_KINDS = {field.name: field.type for field in fields(TunnelSettings)}


def tunnel_settings(profile_field: str, profile: str, overrides: Mapping[str, Mapping[str, object]]) -> TunnelSettings:
    """Return a profile with what is set otherwise; later overrides win.

    Args:
        profile_field: The argument that names the profile, for messages.
        profile: Its name.
        overrides: Argument name to the fields that it sets.
    """
    require_one_of(profile_field, profile, PROFILES)
    changes: dict[str, object] = {}
    origin: dict[str, str] = {}
    for argument, values in overrides.items():
        for name, value in values.items():
            require_one_of(f"{argument} field", name, _KINDS)
            changes[name] = _typed(f"{argument}.{name}", name, value)
            origin[name] = argument
    try:
        return replace(PROFILES[profile], **changes)  # type: ignore[arg-type]  # kinds are checked by _typed
    except ArgumentError as error:
        where = f"{origin[error.field]}." if error.field in origin else ""
        raise ArgumentError(f"{where}{error.field}", error.value, error.allowed) from None


def _typed(field: str, name: str, value: object) -> object:
    kind = _KINDS[name]
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)  # numbers from other languages arrive as 3600.0
    if not isinstance(kind, type) or not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ArgumentError(field, value, f"of type {getattr(kind, '__name__', kind)}")
    return value


_LISTED = ("ike_version", "encryption_algorithm", "integrity_algorithm", "dh_group_number")


def connection_arguments(number: int, settings: TunnelSettings) -> dict[str, object]:
    """Return the settings as pulumi_aws's arguments of tunnel `number`, a list of one wherever it takes a list."""
    arguments: dict[str, object] = {}
    for field in fields(settings):
        name, value = f"tunnel{number}_{field.name}", getattr(settings, field.name)
        is_list = name.endswith(_LISTED)
        arguments[f"{name}s" if is_list else name] = [value] if is_list else value
    return arguments


def algorithms(settings: Sequence[TunnelSettings]) -> dict[str, list[object]]:
    """Return what both ends must agree on, under the names of pulumi_aws's arguments."""
    both = [connection_arguments(number, tunnel) for number, tunnel in enumerate(settings, 1)]
    return {name: value for arguments in both for name, value in arguments.items() if isinstance(value, list)}


_ALONE = "which takes that tunnel down: change the connection in the same up (no --target without it)"


def not_permitted(wanted: Mapping[str, Sequence[object]], held: Mapping[str, Sequence[object] | None]) -> str | None:
    """Say what the router is to get that AWS does not permit, as in an up of the router alone; none at AWS permits all."""
    for name, values in wanted.items():
        if (at_aws := held.get(name)) and not set(values) <= set(at_aws):
            return f"the router is to get {name} {list(values)} where AWS has {list(at_aws)}, {_ALONE}"
    return None


def not_a_key_of_aws(keys: Sequence[str], held: Sequence[str | None]) -> str | None:
    """Say that the router is to get a pre-shared key that AWS has not; by the keys alone, since AWS's order is its own."""
    if None in held or set(keys) <= set(held):
        return None
    return f"the router is to get a pre-shared key that AWS has not, {_ALONE}"


def aws_tunnel_options(settings: TunnelSettings, inside_cidr: str, preshared_key: str) -> dict[str, object]:
    """Return the settings as an entry of AWS's `Options.TunnelOptions`, which is what the router's agent reads."""
    s = settings
    return {
        "TunnelInsideCidr": inside_cidr,
        "PreSharedKey": preshared_key,
        "IkeVersions": [{"Value": s.ike_version}],
        "Phase1EncryptionAlgorithms": [{"Value": s.phase1_encryption_algorithm}],
        "Phase1IntegrityAlgorithms": [{"Value": s.phase1_integrity_algorithm}],
        "Phase1DHGroupNumbers": [{"Value": s.phase1_dh_group_number}],
        "Phase1LifetimeSeconds": s.phase1_lifetime_seconds,
        "Phase2EncryptionAlgorithms": [{"Value": s.phase2_encryption_algorithm}],
        "Phase2IntegrityAlgorithms": [{"Value": s.phase2_integrity_algorithm}],
        "Phase2DHGroupNumbers": [{"Value": s.phase2_dh_group_number}],
        "Phase2LifetimeSeconds": s.phase2_lifetime_seconds,
        "RekeyMarginTimeSeconds": s.rekey_margin_time_seconds,
        "RekeyFuzzPercentage": s.rekey_fuzz_percentage,
        "ReplayWindowSize": s.replay_window_size,
        "DpdTimeoutSeconds": s.dpd_timeout_seconds,
        "DpdTimeoutAction": s.dpd_timeout_action,
        "StartupAction": s.startup_action,
    }
