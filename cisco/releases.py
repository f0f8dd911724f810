"""Which release a router runs, and what that release refuses.

The refusals are Cisco's field notice FN72510: weak algorithms are refused by default from a release that
depends on the platform, which a router says only by rejecting the line. Here they are named before
anything is touched.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .model import IkeVersion, Intent, Tunnel

_IOS_XE = re.compile(r"IOS[ -]XE Software", re.IGNORECASE)
# IOS-XE 3.x has the IOS version (15.x) in its headline; since 16 "Cisco IOS XE Software, Version …" leads.
_XE_VERSION = re.compile(r"^Cisco IOS[ -]XE Software, Version (?P<version>\S+)", re.IGNORECASE | re.MULTILINE)
_IOS_VERSION = re.compile(r"^(?:Cisco )?IOS.*?,? Version (?P<version>[^\s,]+)", re.IGNORECASE | re.MULTILINE)
_PLATFORM = re.compile(r"^cisco (?P<platform>\S+) .*(?:processor|memory)", re.IGNORECASE | re.MULTILINE)
# What else answers to some of IOS's lines, by what it says to `show version`; IOS-XR and EOS end their configuration with
# `end`, as IOS does.
_OTHERS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.MULTILINE), name)
    for pattern, name in (
        (r"^Cisco IOS[ -]XR Software", "Cisco IOS-XR"),
        (r"Nexus Operating System|NX-OS", "Cisco NX-OS"),
        (r"Adaptive Security Appliance|Firepower Threat Defense", "a Cisco firewall"),
        # Before 17.2 SD-WAN had an image of its own, and no such line.
        (r"^Router operating mode: *Controller|-UCMK9-M\)", "a router in controller mode, which SD-WAN configures"),
        (r"^ ?Arista |\bvEOS\b|\bcEOS", "Arista EOS"),
        (r"^JUNOS|^Junos:", "Juniper Junos"),
        (r"^Version: +VyOS", "VyOS"),
        (r"command not found|: not found$", "a shell"),
    )
)
# `security      None          None           None`, in IOS-XE `securityk9`: the technology package that has the crypto commands is
# not active. A suite may hold it all the same.
_NO_SECURITY = re.compile(r"^security(?:k9)? +None ", re.MULTILINE)
_SUITE = re.compile(r"^FoundationSuiteK9 +FoundationSuiteK9\b", re.MULTILINE)
_CRYPTO = re.compile(r"^crypto (?:isakmp|ikev2|ipsec|map) ", re.MULTILINE)
# An image for countries where encryption may not be imported: no payload encryption, whatever the licence.
_NO_ENCRYPTION = re.compile(r"-UNIVERSALK9\w*_NPE\w*-M\)", re.IGNORECASE)
_NUMBERS = re.compile(r"(\d+)\.(\d+)(?:[.(](\d+))?")


@dataclass(frozen=True, slots=True)
class Release:
    """A router's software: family, version and platform, as ``show version`` says."""

    is_xe: bool
    version: tuple[int, int, int]
    text: str
    platform: str = "unknown"
    lacks_security: bool = False
    """Whether the licence for encryption is not active."""
    lacks_encryption: bool = False
    """Whether the image itself has no IPsec."""

    @property
    def is_known(self) -> bool:
        """Whether ``show version`` was one of IOS's."""
        return self.text != "unknown"

    def __str__(self) -> str:
        return f"{'IOS-XE' if self.is_xe else 'IOS'} {self.text} on {self.platform}"


@dataclass(frozen=True, slots=True)
class _Refusal:
    """From which IOS-XE release a family of platforms refuses weak algorithms by default (FN72510)."""

    platforms: re.Pattern[str]
    since: tuple[int, int, int]
    since_text: str


_REFUSALS = tuple(
    _Refusal(re.compile(pattern, re.IGNORECASE), since, text)
    for pattern, since, text in (
        (r"ASR1\d{3}|ISR4\d{3}|C11\d\d|ISR11|C8[0-5]\d\d|C8000|CSR1000|VXE", (17, 11, 1), "17.11.1a"),
        (r"ASR-?9\d\d|NCS", (17, 12, 1), "17.12.1"),
        (r"C98\d\d", (17, 13, 1), "17.13.1"),
        (r"IR\d|ESR", (17, 14, 1), "17.14.1"),
        (r"C9[2-6]\d\d|WS-C", (17, 15, 1), "17.15.1"),
    )
)

# FN72510 names these; SHA-1 is not among them, nor group 24 in an IKEv1 policy.
_WEAK_GROUPS_PHASE1 = {IkeVersion.V1: frozenset({1, 2, 5}), IkeVersion.V2: frozenset({1, 2, 5, 24})}
_WEAK_GROUPS_PHASE2 = frozenset({1, 2, 5, 24})

# The escape of the same notice: with it (and a reload since) the weak words are accepted.
_SHIELD_DISABLED = re.compile(r"^crypto engine compliance shield disable$", re.MULTILINE)


def parse_release(show_version: str) -> Release:
    """Read ``show version``; an unknown text gives classic IOS 0.0, of which nothing is assumed."""
    xe = _XE_VERSION.search(show_version)
    found = xe or _IOS_VERSION.search(show_version)
    platform = _PLATFORM.search(show_version)
    text = found["version"] if found else "unknown"
    numbers = _NUMBERS.match(text)
    major, minor, patch = (int(n or 0) for n in numbers.groups()) if numbers else (0, 0, 0)
    return Release(
        is_xe=xe is not None or _IOS_XE.search(show_version) is not None,
        version=(major, minor, patch),
        text=text,
        platform=platform["platform"] if platform else "unknown",
        lacks_security=_NO_SECURITY.search(show_version) is not None and _SUITE.search(show_version) is None,
        lacks_encryption=_NO_ENCRYPTION.search(show_version) is not None,
    )


def another_system(show_version: str) -> str | None:
    """Name what this is where it is known to be no IOS router."""
    return next((name for pattern, name in _OTHERS if pattern.search(show_version)), None)


def refusals(release: Release, intent: Intent, running_config: str = "") -> tuple[str, ...]:
    """Name what this release refuses of the intent, a sentence each, with the fix."""
    if release.lacks_encryption:
        return (
            "the router's image has no IPsec ('npe': no payload encryption, show version): it needs the same image without 'npe'",
        )
    if release.lacks_security and not _CRYPTO.search(running_config):
        how = (
            "license boot level securityk9" if release.is_xe else "license boot module … technology-package securityk9"
        )
        return (f"the router's licence for encryption is not active (show version): enter '{how}', save and reload",)
    if any(tunnel.phase1.version is IkeVersion.V2 for tunnel in intent.tunnels) and _lacks_ikev2(release):
        return (f"{release} has no IKEv2 (15.1(1)T and later have): use ikev1",)
    since = _refuses_weak_since(release)
    if since is None or _SHIELD_DISABLED.search(running_config):
        return ()
    return tuple(
        f"{what} is refused by {release} (weak algorithms are, from {since}: Cisco FN72510); "
        f"set {option} to 14, 19, 20 or 21, which both ends know, "
        f"or enter 'crypto engine compliance shield disable' on the router and reload it"
        for what, option in _weak_groups(intent)
    )


def _lacks_ikev2(release: Release) -> bool:
    """Return whether the release is too old for ``crypto ikev2`` (classic IOS before 15.1)."""
    return not release.is_xe and (0, 0, 0) < release.version < (15, 1, 0)


def _refuses_weak_since(release: Release) -> str | None:
    if not release.is_xe:
        return None
    for refusal in _REFUSALS:
        if refusal.platforms.match(release.platform):
            return refusal.since_text if release.version >= refusal.since else None
    return None


def _weak_groups(intent: Intent) -> Iterator[tuple[str, str]]:
    seen: set[tuple[str, int]] = set()
    for tunnel in intent.tunnels:
        for phase, group in _weak_groups_of(tunnel):
            if (phase, group) not in seen:
                seen.add((phase, group))
                yield f"DH group {group} of {phase}", f"the DH group of {phase}"


def _weak_groups_of(tunnel: Tunnel) -> Iterator[tuple[str, int]]:
    if tunnel.phase1.dh_group in _WEAK_GROUPS_PHASE1[tunnel.phase1.version]:
        yield "phase 1", tunnel.phase1.dh_group
    if tunnel.phase2.dh_group in _WEAK_GROUPS_PHASE2:
        yield "phase 2 (PFS)", tunnel.phase2.dh_group
