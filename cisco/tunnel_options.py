"""AWS's `Options.TunnelOptions`: which entry speaks of a tunnel, and which permitted values the router takes.

AWS accepts every value that a list permits; the router is given one: the strongest that IOS has, in the order of the
tables below. Where an entry is silent, the connection's XML holds. The IKE version is IKEv2 where the list permits it;
where there is no list, the guide's IKEv1, unless the other lists leave GCM only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Network
from typing import TypeVar

from .aws_connection import AwsTunnel
from .errors import InputError, Words
from .fields import whole_number
from .model import PHASE1_DH_GROUPS, PHASE2_DH_GROUPS, PRESHARED_KEY, Encryption, IkeVersion, Integrity, Phase1, Phase2
from .secret import Secret

Entry = Mapping[str, object]
_Word = TypeVar("_Word", bound=Enum)

_VERSIONS = (IkeVersion.V2, IkeVersion.V1)
_CIPHERS = (Encryption.AES256_GCM, Encryption.AES256, Encryption.AES128_GCM, Encryption.AES128)
_HASHES = (Integrity.SHA2_384, Integrity.SHA2_512, Integrity.SHA2_256, Integrity.SHA1)
# 24 comes late: RFC 8247 advises against it, and IOS-XE refuses it for IKEv2 from 17.11 on.
_GROUPS = (20, 21, 19, 16, 15, 14, 24, 5, 2)
_REPLAY_WINDOWS = (64, 128, 256, 512, 1024)  # all that IOS has; AWS has any from 64 to 2048
_GUIDE_REPLAY_WINDOW = 128
_IDENTITIES = ("OutsideIpAddress", "TunnelInsideCidr", "PreSharedKey")


@dataclass(frozen=True, slots=True)
class Settings:
    """What one tunnel is to negotiate."""

    preshared_key: Secret
    phase1: Phase1
    phase2: Phase2


def entries(raw: object) -> tuple[Entry, ...]:
    """Return the entries of a `TunnelOptions` list. Raises `InputError`."""
    if raw is None:
        return ()
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise InputError(
            "tunnel_options", Words(f"of type {type(raw).__name__}"), "a list of AWS's TunnelOptions objects"
        )
    for entry in raw:
        if not isinstance(entry, Mapping):
            raise InputError(
                "tunnel_options", Words(f"with a {type(entry).__name__}"), "a list of AWS's TunnelOptions objects"
            )
        if entry.get("TunnelInsideIpv6Cidr"):
            raise InputError("TunnelInsideIpv6Cidr", entry["TunnelInsideIpv6Cidr"], "absent: IPv6 is not supported")
    return tuple(raw)


def entry_for(options: Sequence[Entry], tunnel: AwsTunnel) -> Entry:
    """Return the entry of a tunnel, found by outside address, inside CIDR or key; its position says nothing."""
    if not options:
        return {}
    inside = tunnel.router_inside.network
    for entry in options:
        if entry.get("OutsideIpAddress") == str(tunnel.aws_outside):
            if entry.get("TunnelInsideCidr") and _inside(entry) != inside:
                raise InputError(
                    f"TunnelInsideCidr of {tunnel.aws_outside}", entry["TunnelInsideCidr"], f"{inside}, as in the XML"
                )
            return entry
    for entry in options:
        if not entry.get("OutsideIpAddress") and entry.get("TunnelInsideCidr") and _inside(entry) == inside:
            return entry
    key = tunnel.preshared_key.reveal()
    for entry in options:
        if key and not any(entry.get(name) for name in _IDENTITIES[:2]) and entry.get("PreSharedKey") == key:
            return entry
    if all(entry == options[0] for entry in options) and not any(options[0].get(name) for name in _IDENTITIES):
        return options[0]
    raise InputError(
        "tunnel_options",
        Words(f"without an entry for {tunnel.aws_outside}"),
        f"with each tunnel's {' or '.join(_IDENTITIES)}",
    )


def _inside(entry: Entry) -> IPv4Network:
    # AWS's answers have been seen with the host part set: 169.254.15.193/30.
    try:
        return IPv4Network(str(entry["TunnelInsideCidr"]), strict=False)
    except ValueError:
        raise InputError("TunnelInsideCidr", entry["TunnelInsideCidr"], "an IPv4 network in CIDR form") from None


def settings(entry: Entry, tunnel: AwsTunnel) -> Settings:
    """Return what a tunnel is to negotiate. Raises `InputError` for what IOS has no word for."""
    _refuse_required_rounds(entry)
    version = _version(entry)
    phase1 = Phase1(
        version=version,
        encryption=_choice(entry, "Phase1EncryptionAlgorithms", _phase1_ciphers(version), tunnel.phase1.encryption),
        integrity=_choice(entry, "Phase1IntegrityAlgorithms", _HASHES, tunnel.phase1.integrity),
        dh_group=_group(entry, "Phase1DHGroupNumbers", PHASE1_DH_GROUPS, tunnel.phase1.dh_group),
        lifetime=_number(entry, "Phase1LifetimeSeconds", tunnel.phase1.lifetime),
    )
    phase2 = Phase2(
        encryption=_choice(entry, "Phase2EncryptionAlgorithms", _phase2_ciphers(version), tunnel.phase2.encryption),
        integrity=_choice(entry, "Phase2IntegrityAlgorithms", _HASHES, tunnel.phase2.integrity),
        dh_group=_group(entry, "Phase2DHGroupNumbers", PHASE2_DH_GROUPS, tunnel.phase2.dh_group),
        lifetime=_number(entry, "Phase2LifetimeSeconds", tunnel.phase2.lifetime),
        replay_window=_replay_window(entry),
    )
    return Settings(_preshared_key(entry, tunnel), phase1, phase2)


def _preshared_key(entry: Entry, tunnel: AwsTunnel) -> Secret:
    given = (str(entry.get("PreSharedKey") or ""), tunnel.preshared_key.reveal())
    for key in given:
        if PRESHARED_KEY.match(key) and key.upper() != "REDACTED":
            return Secret(key)
    raise InputError(
        "pre-shared key",
        "empty" if not any(given) else "***",
        "8 to 64 letters, digits, '.' or '_', not starting with 0; AWS leaves it out or writes REDACTED where Secrets "
        "Manager keeps it: give it in the tunnel options' PreSharedKey",
    )


def _refuse_required_rounds(entry: Entry) -> None:
    """AWS keeps a tunnel down until the router has gone through each round of another key exchange that it requires."""
    for field in ("Phase1AdditionalKeyExchanges", "Phase2AdditionalKeyExchanges"):
        given = entry.get(field)
        rounds = given if isinstance(given, Sequence) else ()
        # In a request the word may be left out, which means required.
        if any(isinstance(each, Mapping) and each.get("Requirement", "required") == "required" for each in rounds):
            raise InputError(
                field, Words("required"), "absent or optional: the router is given one key exchange per phase"
            )


def _version(entry: Entry) -> IkeVersion:
    # AWS's answers have the first spelling, its requests and CloudFormation the second.
    field = next((name for name in ("IkeVersions", "IKEVersions") if _values(entry, name)), None)
    if field is not None:
        return _choice(entry, field, _VERSIONS, IkeVersion.V1)
    ciphers = (_values(entry, f"Phase{phase}EncryptionAlgorithms") for phase in (1, 2))
    is_gcm_only = any(words and all("GCM" in word for word in words) for words in ciphers)
    return IkeVersion.V2 if is_gcm_only else IkeVersion.V1


def _phase1_ciphers(version: IkeVersion) -> tuple[Encryption, ...]:
    # RFC 5282 brings GCM to IKEv2 only.
    return _CIPHERS if version is IkeVersion.V2 else tuple(cipher for cipher in _CIPHERS if not cipher.is_gcm)


def _phase2_ciphers(version: IkeVersion) -> tuple[Encryption, ...]:
    # Under IKEv1 GCM is for those who permit nothing else: few IOS releases are known to do it there.
    return _CIPHERS if version is IkeVersion.V2 else tuple(sorted(_CIPHERS, key=lambda cipher: cipher.is_gcm))


def _values(entry: Entry, field: str) -> tuple[str, ...]:
    raw = entry.get(field)
    if raw is None:
        return ()
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise InputError(field, raw, 'a list such as [{"Value": …}]')
    return tuple(str(item.get("Value") if isinstance(item, Mapping) else item) for item in raw)


def _choice(entry: Entry, field: str, preferred: Sequence[_Word], default: _Word) -> _Word:
    given = _values(entry, field)
    if not given:
        return default
    for word in preferred:
        if word.value in given:
            return word
    raise InputError(field, ", ".join(given), f"at least one of {', '.join(str(word.value) for word in preferred)}")


def _group(entry: Entry, field: str, known: Sequence[int], default: int) -> int:
    given = _values(entry, field)
    if not given:
        return default
    for group in _GROUPS:
        if group in known and str(group) in given:
            return group
    raise InputError(field, ", ".join(given), f"at least one that IOS has too: {', '.join(map(str, known))}")


def _number(entry: Entry, field: str, default: int) -> int:
    value = entry.get(field)
    return whole_number(field, value) if value else default


def _replay_window(entry: Entry) -> int:
    """Return IOS's size for AWS's: the next one down, so that the router accepts no more than was asked for."""
    asked = _number(entry, "ReplayWindowSize", _GUIDE_REPLAY_WINDOW)
    if not 64 <= asked <= 2048:
        raise InputError("ReplayWindowSize", asked, "between 64 and 2048")
    return max(size for size in _REPLAY_WINDOWS if size <= asked)
