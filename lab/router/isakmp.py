"""IKEv1: policies, keyrings and ISAKMP profiles."""

from .grammar import Match
from .line import Context, Line, Mode, Refusal, Reply, only_shown_unless, reject_weak
from .release import Release

_PROFILE_NOTICE = ("% A profile is deemed incomplete until it has match identity statements",)
HOST_MASK = "255.255.255.255"
_GROUPS = "(1|2|5|14|15|16|19|20|21|24)"
_WEAK_WORDS = frozenset({"des", "3des", "md5"})
_WEAK_GROUPS = frozenset({"1", "2", "5"})  # group 24 is not in FN72510's list for IKEv1 policies


def _encryption(match: Match[Line], _release: Release) -> str | None:
    words = [word for word in match.words[1:] if word != "128"]
    return None if words == ["des"] else f"encr {' '.join(words)}"


def _key_of_peer(match: Match[Line]) -> str:
    mask = match["mask"]
    return f"pre-shared-key address {match['address']}" + (f" {mask}" if mask and mask != HOST_MASK else "")


def _peer_key(match: Match[Line], _release: Release) -> str:
    encoding = "6 " if match["encoding"] == "6" else ""
    return f"{_key_of_peer(match)} key {encoding}{match['secret']}"


def _one_key_an_address(ctx: Context, match: Match[Line]) -> Reply | None:
    """IOS keeps the old key, and says so without a percent sign."""
    if ctx.section.find(_key_of_peer(match)):
        mask = match["mask"] or HOST_MASK
        raise Refusal(f"A pre-shared key for address mask {match['address']} {mask} already exists!")
    return None


def _one_global_key(ctx: Context, match: Match[Line]) -> Reply | None:
    if ctx.section.starting(f"crypto isakmp key address {match['address']}"):
        mask = match["mask"] or HOST_MASK
        raise Refusal(f"A pre-shared key for address mask {match['address']} {mask} already exists!")
    return None


def _keyring_exists(ctx: Context, match: Match[Line]) -> Reply | None:
    if match["keyring"] != "default" and not _keyring(ctx, match["keyring"]):
        raise Refusal(f"% Keyring {match['keyring']} does not exist")
    if ctx.section.find(f"keyring {match['keyring']}"):
        return ("% Profile already contains this keyring",)
    return None


def _keyring(ctx: Context, name: str) -> bool:
    return any(entry.key.split()[2] == name for entry in ctx.config.starting("crypto keyring"))


def _keyring_stays(ctx: Context, match: Match[Line]) -> Reply | None:
    """A keyring belongs to one VRF from the line that makes it."""
    if match["vrf"] and not ctx.router.has_vrf(match["vrf"]):
        raise Refusal(f"% VRF {match['vrf']} does not exist")
    held = ctx.config.find(f"crypto keyring {match['keyring']}")
    if held is not None and held.text.split()[3:] != match.text.split()[3:]:
        raise Refusal(f"% Keyring {match['keyring']} is already defined in another VRF")
    return None


def _vrf_exists(ctx: Context, match: Match[Line]) -> Reply | None:
    if match["vrf"] and not ctx.router.has_vrf(match["vrf"]):
        raise Refusal(f"% VRF {match['vrf']} does not exist")
    return None


def _keyring_unused(ctx: Context, match: Match[Line]) -> Reply | None:
    if any(profile.find(f"keyring {match['keyring']}") for profile in ctx.config.starting("crypto isakmp profile")):
        raise Refusal(f"% Keyring {match['keyring']} is in use by an ISAKMP profile and cannot be removed")
    return None


def _profile_unused(ctx: Context, match: Match[Line]) -> Reply | None:
    """A profile stays in use while SAs made with it live, up to a minute after their tunnel went."""
    name = match["profile"]
    profile = ctx.config.find(f"crypto isakmp profile {name}")
    if profile is None:
        return None
    if any(entry.value("set isakmp-profile") == name for entry in ctx.config.starting("crypto ipsec profile")):
        raise Refusal(f"% ISAKMP profile {name} is in use by an IPsec profile and cannot be removed")
    peers = {entry.key.split()[3] for entry in profile.starting("match identity address")}
    if peers & ctx.router.peers_with_sa(but="ikev2"):
        raise Refusal(f"% ISAKMP profile {name} is in use by security associations and cannot be removed")
    return None


def _profile_notice(ctx: Context, match: Match[Line]) -> Reply | None:
    profile = ctx.config.find(f"crypto isakmp profile {match['profile']}")
    return None if profile and profile.starting("match identity") else _PROFILE_NOTICE


def _identity(match: Match[Line]) -> str:
    return " ".join(("match identity address", match["address"], match["mask"] or HOST_MASK, match["vrf"])).strip()


def _shown_identity(match: Match[Line], _release: Release) -> str:
    # IOS leaves a blank where the VRF's name would stand.
    return _identity(match) + ("" if match["vrf"] else " ")


def _identity_is_new(ctx: Context, match: Match[Line]) -> Reply | None:
    _vrf_exists(ctx, match)
    return ("% Already found same 'match identity' statement",) if ctx.section.find(_identity(match)) else None


def _keepalive(match: Match[Line], _release: Release) -> str:
    return match.text.removesuffix(" on-demand")


POLICY = Mode(
    "config-isakmp",
    (
        Line(
            "encryption / (aes [(128|192|256)]|3des|des)",
            key="encr",
            shown=_encryption,
            check=lambda ctx, match: reject_weak(ctx, match, _WEAK_WORDS),
        ),
        Line(
            "hash / (sha|sha256|sha384|sha512|md5)",
            key="hash",
            shown=only_shown_unless("hash sha"),
            check=lambda ctx, match: reject_weak(ctx, match, _WEAK_WORDS),
            when=lambda release: release.name != "ios12",
        ),
        Line(
            "hash / (sha|md5)",
            key="hash",
            shown=only_shown_unless("hash sha"),
            when=lambda release: release.name == "ios12",
        ),
        Line(
            "authentication / (pre-share|rsa-sig|rsa-encr)",
            key="authentication",
            shown=only_shown_unless("authentication rsa-sig"),
        ),
        Line(
            f"group / {_GROUPS}",
            key="group",
            shown=only_shown_unless("group 1"),
            check=lambda ctx, match: reject_weak(ctx, match, _WEAK_GROUPS),
        ),
        Line("lifetime / seconds:<60-86400>", key="lifetime", shown=only_shown_unless("lifetime 86400")),
    ),
)

KEYRING = Mode(
    "conf-keyring",
    (
        Line("description / text:LINE", key="description"),
        Line("local-address / (address:A.B.C.D [vrf:NAME]|interface:IFACE)", key="local-address", check=_vrf_exists),
        Line(
            "pre-shared-key address address:A.B.C.D / [mask:MASK] key [encoding:<0-6>] secret:LINE",
            key=_key_of_peer,
            shown=_peer_key,
            check=_one_key_an_address,
        ),
    ),
)

PROFILE = Mode(
    "conf-isa-prof",
    (
        Line("description / text:LINE", key="description"),
        Line("vrf / vrf:WORD", key="vrf"),
        Line("keyring keyring:WORD", check=_keyring_exists),
        Line(
            "match identity address address:A.B.C.D [mask:MASK] [vrf:NAME]",
            key=_identity,
            shown=_shown_identity,
            check=_identity_is_new,
        ),
        Line("self-identity / (address [ipv6]|fqdn [name:WORD]|user-fqdn user:WORD)", key="self-identity"),
        Line("keepalive / seconds:<10-3600> retry retries:<2-60>", key="keepalive"),
        Line("local-address / (address:A.B.C.D [vrf:NAME]|interface:IFACE)", key="local-address", check=_vrf_exists),
        Line("initiate mode / aggressive", key="initiate mode"),
    ),
)

MODES = (POLICY, KEYRING, PROFILE)

GLOBAL = (
    Line("crypto isakmp policy number:<1-10000>", opens=POLICY.name),
    Line(
        "crypto isakmp key [encoding:<0-6>] secret:WORD address address:A.B.C.D [mask:MASK]",
        key="crypto isakmp key address {address}",
        check=_one_global_key,
    ),
    Line("crypto isakmp invalid-spi-recovery"),
    Line(
        "crypto isakmp keepalive / seconds:<10-3600> [retries:<2-60>] [(on-demand|periodic)]",
        key="crypto isakmp keepalive",
        shown=_keepalive,
    ),
    Line("crypto isakmp nat keepalive / seconds:<5-3600>", key="crypto isakmp nat keepalive"),
    Line("crypto isakmp profile profile:WORD", opens=PROFILE.name, after=_profile_notice, check_no=_profile_unused),
    Line(
        "crypto keyring keyring:WORD [vrf vrf:WORD]",
        key="crypto keyring {keyring}",
        # Two blanks stand where ` vrf NAME` would.
        shown=lambda match, _release: match.text + ("" if match["vrf"] else "  "),
        opens=KEYRING.name,
        check=_keyring_stays,
        check_no=_keyring_unused,
    ),
)
