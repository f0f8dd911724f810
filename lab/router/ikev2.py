"""IKEv2: proposals, policies, keyrings and profiles."""

from .document import Entry
from .grammar import Match
from .isakmp import HOST_MASK
from .line import Context, Line, Mode, Refusal, Reply, only_shown_unless, refuse_at, reject_weak
from .release import Release

_ENCRYPTIONS = ("aes-cbc-128", "aes-cbc-192", "aes-cbc-256", "aes-gcm-128", "aes-gcm-256", "3des", "des")
_HASHES = ("sha1", "sha256", "sha384", "sha512", "md5")
_GROUPS = ("1", "2", "5", "14", "15", "16", "19", "20", "21", "24")
_WEAK_WORDS = frozenset({"des", "3des", "md5"})
_WEAK_GROUPS = frozenset({"1", "2", "5", "24"})

_PROPOSAL_NOTICE = (
    (
        "IKEv2 proposal MUST either have a set of an encryption algorithm other than aes-gcm, "
        "an integrity algorithm and a DH group configured or "
    ),
    " encryption algorithm aes-gcm, a prf algorithm and a DH group configured",
)
_POLICY_NOTICE = ("IKEv2 policy MUST have atleast one complete proposal attached ",)
_PROFILE_NOTICE = (
    "IKEv2 profile MUST have:",
    "   1. A local and a remote authentication method.",
    "   2. A match identity or a match certificate or match any statement.",
)


def is_complete_proposal(proposal: Entry) -> bool:
    """A CBC cipher needs an integrity and a group, GCM a PRF and a group, never GCM with an integrity only."""
    ciphers = proposal.value("encryption").split()
    if not ciphers or not proposal.value("group"):
        return False
    return bool(proposal.value("prf" if all("gcm" in cipher for cipher in ciphers) else "integrity"))


def _word_list(allowed: tuple[str, ...], weak: frozenset[str]) -> "_WordList":
    return _WordList(allowed, weak)


class _WordList:
    """Algorithms on one line: IOS takes them in full or shortened, in the order of preference."""

    def __init__(self, allowed: tuple[str, ...], weak: frozenset[str]) -> None:
        self._allowed = allowed
        self._weak = weak

    def words(self, match: Match[Line]) -> list[str]:
        """Return the words in full."""
        return [self._in_full(match, at) for at in range(1, len(match.words))]

    def _in_full(self, match: Match[Line], at: int) -> str:
        word = match.words[at].lower()
        found = [word] if word in self._allowed else [name for name in self._allowed if name.startswith(word)]
        if len(found) != 1:
            raise refuse_at(match, at)
        return found[0]

    def shown(self, match: Match[Line], _release: Release) -> str:
        """Return the line with its words in full."""
        return " ".join((match.words[0], *self.words(match)))

    def check(self, ctx: Context, match: Match[Line]) -> Reply | None:
        """Refuse unknown words, and weak ones where the release does."""
        full = Match(match.row, (match.words[0], *self.words(match)), match.starts, match.values)
        return reject_weak(ctx, full, self._weak)


def _algorithms(name: str, allowed: tuple[str, ...], weak: frozenset[str]) -> Line:
    words = _word_list(allowed, weak)
    return Line(f"{name} / words:WORD+", key=name, shown=words.shown, check=words.check)


def _proposal_notice(ctx: Context, match: Match[Line]) -> Reply | None:
    entry = ctx.config.find(f"crypto ikev2 proposal {match['name']}")
    return None if entry and is_complete_proposal(entry) else _PROPOSAL_NOTICE


def _policy_notice(ctx: Context, match: Match[Line]) -> Reply | None:
    entry = ctx.config.find(f"crypto ikev2 policy {match['name']}")
    names = [child.key.split()[1] for child in entry.starting("proposal")] if entry else []
    proposals = [ctx.config.find(f"crypto ikev2 proposal {name}") for name in names]
    return None if any(proposal and is_complete_proposal(proposal) for proposal in proposals) else _POLICY_NOTICE


def _profile_notice(ctx: Context, match: Match[Line]) -> Reply | None:
    entry = ctx.config.find(f"crypto ikev2 profile {match['name']}")
    needed = ("authentication local", "authentication remote", "match identity remote")
    return None if entry and all(entry.starting(prefix) for prefix in needed) else _PROFILE_NOTICE


def _proposal_exists(ctx: Context, match: Match[Line]) -> Reply | None:
    if ctx.section.find(f"proposal {match['name']}"):
        return ("% Policy already has same proposal set",)
    if match["name"] != "default" and not ctx.config.find(f"crypto ikev2 proposal {match['name']}"):
        raise Refusal(f"% IKEv2 proposal {match['name']} does not exist")
    return None


def _proposal_unused(ctx: Context, match: Match[Line]) -> Reply | None:
    if any(policy.find(f"proposal {match['name']}") for policy in ctx.config.starting("crypto ikev2 policy")):
        raise Refusal(f"% Cannot remove as proposal {match['name']} is in use by a policy")
    return None


def _keyring_exists(ctx: Context, match: Match[Line]) -> Reply | None:
    if not ctx.config.find(f"crypto ikev2 keyring {match['name']}"):
        raise Refusal(f"% IKEv2 keyring {match['name']} does not exist")
    return None


def _keyring_unused(ctx: Context, match: Match[Line]) -> Reply | None:
    profiles = ctx.config.starting("crypto ikev2 profile")
    if any(profile.value("keyring local") == match["name"] for profile in profiles):
        raise Refusal(f"% Keyring {match['name']} is in use by an IKEv2 profile and cannot be removed")
    return None


def _profile_unused(ctx: Context, match: Match[Line]) -> Reply | None:
    name = match["name"]
    profile = ctx.config.find(f"crypto ikev2 profile {name}")
    if profile is None:
        return None
    if any(entry.value("set ikev2-profile") == name for entry in ctx.config.starting("crypto ipsec profile")):
        raise Refusal(f"% IKEv2 profile {name} is in use by an IPsec profile and cannot be removed")
    peers = {entry.key.split()[4] for entry in profile.starting("match identity remote address")}
    if peers & ctx.router.peers_with_sa(but="ikev1"):
        raise Refusal(f"% IKEv2 profile {name} is in use by security associations and cannot be removed")
    return None


def _vrf_exists(ctx: Context, match: Match[Line]) -> Reply | None:
    if match["vrf"] and not ctx.router.has_vrf(match["vrf"]):
        raise Refusal(f"% VRF {match['vrf']} not configured")
    return None


def _identity(match: Match[Line]) -> str:
    mask = match["mask"] or ("0.0.0.0" if match["address"] == "0.0.0.0" else HOST_MASK)  # noqa: S104 - an identity
    return f"match identity remote address {match['address']} {mask}"


def _shown_identity(match: Match[Line], _release: Release) -> str:
    # R05's capture: `0.0.0.0 ` alone for any, else address and mask, each with a trailing blank.
    return _identity(match).removesuffix(" 0.0.0.0") + " " if match["address"] == "0.0.0.0" else f"{_identity(match)} "  # noqa: S104 - an identity


def _identity_is_new(ctx: Context, match: Match[Line]) -> Reply | None:
    return ("% Already found same 'match identity' statement",) if ctx.section.find(_identity(match)) else None


def _address(match: Match[Line], _release: Release) -> str:
    return match.text.removesuffix(f" {HOST_MASK}")


def _peer_secret(match: Match[Line], _release: Release) -> str:
    return match.text.replace(" 0 ", " ", 1) if match["encoding"] == "0" else match.text


PROPOSAL = Mode(
    "config-ikev2-proposal",
    (
        _algorithms("encryption", _ENCRYPTIONS, _WEAK_WORDS),
        _algorithms("integrity", _HASHES, _WEAK_WORDS),
        _algorithms("prf", _HASHES, _WEAK_WORDS),
        _algorithms("group", _GROUPS, _WEAK_GROUPS),
    ),
)

POLICY = Mode(
    "config-ikev2-policy",
    (
        Line("match fvrf / (any|vrf:WORD)", key="match fvrf", check=_vrf_exists),
        Line("match address local address:A.B.C.D"),
        Line("proposal name:WORD", check=_proposal_exists),
    ),
)

PEER = Mode(
    "config-ikev2-keyring-peer",
    (
        Line("description / text:LINE", key="description"),
        Line("address / address:A.B.C.D [mask:MASK]", key="address", shown=_address),
        Line("identity / (address address:A.B.C.D|fqdn name:WORD|key-id name:WORD)", key="identity"),
        Line("pre-shared-key (local|remote) / [encoding:<0-6>] secret:LINE",
             key=lambda match: " ".join(match.words[:2]), shown=_peer_secret),
        Line("pre-shared-key / [encoding:<0-6>] secret:LINE", key="pre-shared-key", shown=_peer_secret),
    ),
    parent="config-ikev2-keyring",
)  # fmt: skip

KEYRING = Mode("config-ikev2-keyring", (Line("peer peer:WORD", opens=PEER.name),))

PROFILE = Mode(
    "config-ikev2-profile",
    (
        Line("description / text:LINE", key="description"),
        Line("match fvrf / (any|vrf:WORD)", key="match fvrf", check=_vrf_exists),
        Line("match address local (interface interface:IFACE|address:A.B.C.D)"),
        Line(
            "match identity remote address address:A.B.C.D [mask:MASK]",
            key=_identity,
            shown=_shown_identity,
            check=_identity_is_new,
        ),
        Line("match identity remote any"),
        Line("identity local / (address address:A.B.C.D|fqdn name:WORD|key-id name:WORD)", key="identity local"),
        Line("authentication local / pre-share [key [encoding:<0-6>] secret:LINE]", key="authentication local"),
        Line("authentication remote pre-share / [key [encoding:<0-6>] secret:LINE]",
             key="authentication remote pre-share"),
        Line("keyring local / name:WORD", key="keyring local", check=_keyring_exists),
        Line("lifetime / seconds:<120-86400>", key="lifetime", shown=only_shown_unless("lifetime 86400")),
        Line("dpd / interval:<10-3600> retry:<2-60> (on-demand|periodic)", key="dpd"),
        Line("nat keepalive / seconds:<5-3600>", key="nat keepalive"),
        Line("nat force-encap"),
        Line("ivrf / vrf:WORD", key="ivrf", check=_vrf_exists),
        # On by default, so only its `no` form is ever displayed.
        Line("config-exchange request", shown=lambda _match, _release: None, negated="no config-exchange request"),
    ),
)  # fmt: skip

MODES = (PROPOSAL, POLICY, PEER, KEYRING, PROFILE)


def _has_ikev2(release: Release) -> bool:
    return release.has_ikev2


GLOBAL = (
    Line("crypto ikev2 proposal name:WORD", opens=PROPOSAL.name, when=_has_ikev2, after=_proposal_notice,
         shown=lambda match, _release: f"{match.text} ", check_no=_proposal_unused),
    Line("crypto ikev2 policy name:WORD", opens=POLICY.name, when=_has_ikev2, after=_policy_notice,
         shown=lambda match, _release: f"{match.text} "),
    Line("crypto ikev2 keyring name:WORD", opens=KEYRING.name, when=_has_ikev2, check_no=_keyring_unused),
    Line("crypto ikev2 profile name:WORD", opens=PROFILE.name, when=_has_ikev2, after=_profile_notice,
         check_no=_profile_unused),
    Line("crypto ikev2 dpd / interval:<10-3600> retry:<2-60> (on-demand|periodic)", key="crypto ikev2 dpd", when=_has_ikev2),
    Line("crypto ikev2 nat keepalive / seconds:<5-3600>", key="crypto ikev2 nat keepalive", when=_has_ikev2),
    Line("crypto ikev2 fragmentation / [mtu size:<68-1500>]", key="crypto ikev2 fragmentation", when=_has_ikev2),
    Line("crypto ikev2 limit (max-sa|max-in-negotation-sa) / number:<1-9999> [(incoming|outgoing)]",
         key=lambda match: " ".join(match.words[:4]), when=_has_ikev2),
)  # fmt: skip
