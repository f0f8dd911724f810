"""IPsec: transform-sets, profiles and the settings of the whole router."""

from .grammar import Match
from .line import Context, Line, Mode, Refusal, Reply, only_shown_unless, refuse_at, reject_weak
from .release import Release

_CIPHERS = ("esp-aes", "esp-gcm", "esp-gmac", "esp-3des", "esp-des", "esp-null")
_HASHES = (
    "esp-sha-hmac",
    "esp-sha256-hmac",
    "esp-sha384-hmac",
    "esp-sha512-hmac",
    "esp-md5-hmac",
    "ah-sha-hmac",
    "ah-md5-hmac",
)
_SINCE_IOS15 = ("esp-gcm", "esp-gmac", "esp-sha256-hmac", "esp-sha384-hmac", "esp-sha512-hmac")
_SIZES = ("128", "192", "256")
_WEAK = frozenset({"esp-des", "esp-3des", "esp-null", "esp-gmac", "ah-md5-hmac", "esp-md5-hmac"})
_WEAK_GROUPS = frozenset({"group1", "group2", "group5", "group24"})
_GROUPS = "(group1|group2|group5|group14|group15|group16|group19|group20|group21|group24)"
_WINDOWS = "(64|128|256|512|1024)"


def _transforms(match: Match[Line]) -> list[str]:
    """Return the transforms in full, 128 left out as IOS does."""
    full: list[str] = []
    for at in range(4, len(match.words)):
        word = match.words[at].lower()
        if word in _SIZES and full and full[-1] in ("esp-aes", "esp-gcm", "esp-gmac"):
            full += [] if word == "128" else [word]
            continue
        names = (*_CIPHERS, *_HASHES)
        found = [word] if word in names else [name for name in names if name.startswith(word)]
        if len(found) != 1:
            raise refuse_at(match, at)
        full.append(found[0])
    return full


def _check_transforms(ctx: Context, match: Match[Line]) -> Reply | None:
    words = _transforms(match)
    if ctx.release.name == "ios12" and any(word in _SINCE_IOS15 for word in words):
        raise refuse_at(match, 4)
    if not words:
        raise Refusal("% Incomplete command.", "")
    if any(word in ("esp-gcm", "esp-gmac") for word in words) and any(word in _HASHES for word in words):
        # The model's rule from 16.12: no hash with GCM or GMAC.
        raise Refusal("% Invalid transform combination: esp-gcm and esp-gmac take no authentication transform")
    full = Match(
        match.row, (*match.words[:4], *words), (*match.starts[:4], *[match.starts[4]] * len(words)), match.values
    )
    return reject_weak(ctx, full, _WEAK)


def _shown_transforms(match: Match[Line], _release: Release) -> str:
    return f"crypto ipsec transform-set {match['name']} {' '.join(_transforms(match))} "


def _default_mode(ctx: Context, match: Match[Line]) -> Reply | None:
    entry = ctx.config.find(f"crypto ipsec transform-set {match['name']}")
    if entry and ctx.release.shows_mode_tunnel and not entry.find("mode"):
        ctx.router.document.put(entry, "mode", " mode tunnel")
    return None


def _transform_unused(ctx: Context, match: Match[Line]) -> Reply | None:
    profiles = ctx.config.starting("crypto ipsec profile")
    if any(match["name"] in profile.value("set transform-set").split() for profile in profiles):
        raise Refusal(f"% Transform-set {match['name']} is in use by an IPsec profile and cannot be removed")
    return None


def _profile_unused(ctx: Context, match: Match[Line]) -> Reply | None:
    users = [
        entry.key.removeprefix("interface ")
        for entry in ctx.config.starting("interface")
        if entry.value("tunnel protection").split()[2:3] == [match["name"]]
    ]
    if users:
        raise Refusal(f"% Cannot remove IPsec profile {match['name']}: referred by {', '.join(users)}")
    return None


def _transform_exists(ctx: Context, match: Match[Line]) -> Reply | None:
    for name in match["names"].split():
        if name != "default" and not ctx.config.find(f"crypto ipsec transform-set {name}"):
            raise Refusal(f'ERROR: transform set with tag "{name}" does not exist.')
    return None


def _ike_profile_exists(ctx: Context, match: Match[Line]) -> Reply | None:
    kind = match.words[1].removesuffix("-profile")
    other = "isakmp" if kind == "ikev2" else "ikev2"
    if not ctx.config.find(f"crypto {kind} profile {match['profile']}"):
        raise Refusal(f"% {kind} profile {match['profile']} does not exist")
    if ctx.section.find(f"set {other}-profile"):
        raise Refusal(f"% An {other} profile is already set: {kind} and {other} profiles are exclusive")
    return None


def _pfs(match: Match[Line], release: Release) -> str:
    # A bare `set pfs` takes the release's default group: group1 in classic IOS, group14 in recent models.
    return match.text if len(match.words) > 2 else f"set pfs {'group14' if release.weak == 'refuse' else 'group1'}"


def _shield_known(release: Release) -> bool:
    return release.weak != "accept"  # the command came with 17.7; 17.6 has it in its later rebuilds


TRANSFORM = Mode(
    "cfg-crypto-trans",
    (
        Line(
            "mode / (tunnel|transport [require])",
            key="mode",
            shown=lambda match, release: (
                match.text if release.shows_mode_tunnel or match.words[1] != "tunnel" else None
            ),
        ),
    ),
)

PROFILE = Mode(
    "ipsec-profile",
    (
        Line("description / text:LINE", key="description"),
        Line(
            "set security-association lifetime seconds / seconds:<120-2592000>",
            key="set security-association lifetime seconds",
            shown=only_shown_unless("set security-association lifetime seconds 3600"),
        ),
        Line(
            "set security-association lifetime kilobytes / (disable|kilobytes:<2560-4294967295>)",
            key="set security-association lifetime kilobytes",
            shown=only_shown_unless("set security-association lifetime kilobytes 4608000"),
        ),
        Line(
            f"set security-association replay window-size / {_WINDOWS}",
            key="set security-association replay window-size",
        ),
        Line("set security-association replay disable"),
        Line("set security-association dfbit / (clear|copy|set)", key="set security-association dfbit"),
        Line(
            "set transform-set / names:WORD+",
            key="set transform-set",
            shown=lambda match, _release: f"{match.text} ",
            check=_transform_exists,
        ),
        Line(
            f"set pfs / [{_GROUPS}]",
            key="set pfs",
            shown=_pfs,
            check=lambda ctx, match: reject_weak(ctx, match, _WEAK_GROUPS),
        ),
        Line("set ikev2-profile / profile:WORD", key="set ikev2-profile", check=_ike_profile_exists,
             when=lambda release: release.has_ikev2),
        Line("set isakmp-profile / profile:WORD", key="set isakmp-profile", check=_ike_profile_exists),
        Line("responder-only"),
    ),
)  # fmt: skip


MODES = (TRANSFORM, PROFILE)

GLOBAL = (
    Line(
        "crypto ipsec transform-set name:WORD / words:WORD+",
        key="crypto ipsec transform-set {name}",
        shown=_shown_transforms,
        opens=TRANSFORM.name,
        check=_check_transforms,
        after=_default_mode,
        check_no=_transform_unused,
    ),
    Line("crypto ipsec profile name:WORD", opens=PROFILE.name, check_no=_profile_unused),
    Line("crypto ipsec df-bit / (clear|copy|set)", key="crypto ipsec df-bit",
         shown=only_shown_unless("crypto ipsec df-bit copy")),
    Line("crypto ipsec fragmentation / (before-encryption|after-encryption)", key="crypto ipsec fragmentation",
         shown=only_shown_unless("crypto ipsec fragmentation before-encryption")),
    Line(f"crypto ipsec security-association replay window-size / {_WINDOWS}",
         key="crypto ipsec security-association replay window-size",
         shown=only_shown_unless("crypto ipsec security-association replay window-size 64")),
    Line("crypto ipsec security-association replay disable"),
    Line("crypto ipsec security-association lifetime seconds / seconds:<120-86400>",
         key="crypto ipsec security-association lifetime seconds",
         shown=only_shown_unless("crypto ipsec security-association lifetime seconds 3600")),
    Line("crypto ipsec security-association lifetime kilobytes / (disable|kilobytes:<2560-4294967295>)",
         key="crypto ipsec security-association lifetime kilobytes",
         shown=only_shown_unless("crypto ipsec security-association lifetime kilobytes 4608000")),
    Line("crypto ipsec nat-transparency udp-encapsulation", shown=lambda _match, _release: None,
         negated="no crypto ipsec nat-transparency udp-encapsulation"),
    Line("crypto engine compliance shield disable", when=_shield_known),
)  # fmt: skip
