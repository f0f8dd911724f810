"""Reading `show version`, and what a release refuses."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface

import pytest

from cisco.model import Bgp, Encryption, IkeVersion, Integrity, Intent, Phase1, Phase2, Tunnel
from cisco.releases import Release, parse_release, refusals
from cisco.secret import Secret

XE17 = """Cisco IOS XE Software, Version 17.12.01a
Cisco IOS Software [Dublin], Virtual XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 17.12.1a, RELEASE
cisco C8000V (VXE) processor (revision VXE) with 2028465K/3075K bytes of memory.
"""
XE16 = """Cisco IOS XE Software, Version 16.09.04
Cisco IOS Software [Fuji], Virtual XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 16.9.4, RELEASE SOFTWARE (fc2)
cisco CSR1000V (VXE) processor (revision VXE) with 2392579K/3075K bytes of memory.
"""
IOS15 = """Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.2(4)M7, RELEASE SOFTWARE (fc2)
Cisco CISCO2911/K9 (revision 1.0) with 483328K/40960K bytes of memory.
"""
IOS12 = """Cisco IOS Software, 2800 Software (C2800NM-ADVSECURITYK9-M), Version 12.4(24)T, RELEASE SOFTWARE (fc1)
Cisco 2811 (revision 53.51) with 249856K/12288K bytes of memory.
"""


def link(phase1_group: int = 14, phase2_group: int = 14, version: IkeVersion = IkeVersion.V1) -> Intent:
    one = Tunnel(
        0, 1, IPv4Address("198.51.100.1"), IPv4Address("169.254.10.1"), IPv4Interface("169.254.10.2/30"),
        Secret("plainly.fake.key.1"),
        Phase1(version, Encryption.AES128, Integrity.SHA1, phase1_group),
        Phase2(Encryption.AES128, Integrity.SHA1, phase2_group), 1379,
    )  # fmt: skip
    two = replace(
        one, index=1, number=2, aws_outside=IPv4Address("198.51.100.2"), aws_inside=IPv4Address("169.254.11.1"),
        router_inside=IPv4Interface("169.254.11.2/30"), preshared_key=Secret("plainly.fake.key.2"),
    )  # fmt: skip
    return Intent("tokyo", "vpn-0a1b", IPv4Address("203.0.113.100"), (one, two), Bgp(65001, 64512))


@pytest.mark.parametrize(
    ("text", "is_xe", "version", "platform"),
    [
        (XE17, True, (17, 12, 1), "C8000V"),
        (XE16, True, (16, 9, 4), "CSR1000V"),
        (IOS15, False, (15, 2, 4), "CISCO2911/K9"),
        (IOS12, False, (12, 4, 24), "2811"),
        ("% Invalid input", False, (0, 0, 0), "unknown"),
    ],
)
def test_show_version_tells_family_version_and_platform(
    text: str, *, is_xe: bool, version: tuple[int, int, int], platform: str
) -> None:
    release = parse_release(text)

    assert (release.is_xe, release.version, release.platform) == (is_xe, version, platform)


def test_a_recent_release_refuses_the_guides_group_2_and_says_what_to_do() -> None:
    problems = refusals(parse_release(XE17), link(2, 2))

    assert len(problems) == 2
    assert all("group 2" in p and "17.11.1a" in p and "14, 19, 20 or 21" in p for p in problems)


@pytest.mark.parametrize("text", [XE16, IOS15, IOS12])
def test_older_releases_take_group_2(text: str) -> None:
    assert refusals(parse_release(text), link(2, 2)) == ()


@pytest.mark.parametrize(
    ("text", "row", "how"),
    [
        (
            IOS15,
            "security      None          None           None",
            "license boot module … technology-package securityk9",
        ),
        (XE16, "securityk9       None             Smart License    None", "license boot level securityk9"),
        (IOS15, "security      securityk9    EvalRightToUse securityk9", None),
        (
            XE16,
            "FoundationSuiteK9     FoundationSuiteK9     Smart License  FoundationSuiteK9\nsecurityk9       None   None  None",
            None,
        ),
        (XE17, "", None),
    ],
)
def test_a_licence_for_encryption_that_is_not_active_is_named(text: str, row: str, how: str | None) -> None:
    release = parse_release(f"{text}\n{row}\n")
    problems = refusals(release, link())
    assert [how in problem for problem in problems] == ([True] if how else []) if how else problems == ()
    # Where there is encryption already, the table is not believed.
    assert refusals(release, link(), "crypto isakmp policy 10\n") == ()


def test_an_image_without_encryption_is_named() -> None:
    (problem,) = refusals(parse_release(IOS15.replace("UNIVERSALK9-M", "UNIVERSALK9_NPE-M")), link())
    assert "the same image without 'npe'" in problem


def test_strong_groups_are_refused_nowhere() -> None:
    assert refusals(parse_release(XE17), link(14, 20)) == ()


def test_group_5_is_refused_for_pfs_as_2_is() -> None:
    assert len(refusals(parse_release(XE17), link(14, 5))) == 1


def test_group_24_is_refused_in_ikev2_and_pfs_but_not_in_an_ikev1_policy() -> None:
    release = parse_release(XE17)

    assert len(refusals(release, link(24, 14, IkeVersion.V2))) == 1
    assert len(refusals(release, link(14, 24))) == 1
    assert refusals(release, link(24, 14)) == ()


def test_the_compliance_shield_switched_off_lets_weak_groups_through() -> None:
    running = "hostname R1\ncrypto engine compliance shield disable\nend"

    assert refusals(parse_release(XE17), link(2, 2), running) == ()


@pytest.mark.parametrize(
    ("platform", "version", "refuses"),
    [
        ("ISR4331/K9", (17, 10, 9), False),
        ("ASR1001-X", (17, 11, 1), True),
        ("ASR-920-12CZ-A", (17, 11, 9), False),
        ("ASR-920-12CZ-A", (17, 12, 1), True),
        ("C9800-40-K9", (17, 12, 9), False),
        ("C9800-40-K9", (17, 13, 1), True),
        ("IR1101-K9", (17, 13, 9), False),
        ("IR1101-K9", (17, 14, 1), True),
        ("C9300-48P", (17, 14, 9), False),
        ("C9300-48P", (17, 15, 1), True),
        ("something-new", (17, 15, 1), False),
    ],
)
def test_the_refusing_release_depends_on_the_platform(
    platform: str, version: tuple[int, int, int], *, refuses: bool
) -> None:
    assert bool(refusals(Release(is_xe=True, version=version, text="x", platform=platform), link(2, 2))) is refuses


@pytest.mark.parametrize("tunnel", [0, 1])
def test_ios_12_4_has_no_ikev2_for_either_tunnel(tunnel: int) -> None:
    one, two = (
        replace(t, phase1=replace(t.phase1, version=IkeVersion.V2)) if t.index == tunnel else t for t in link().tunnels
    )
    mixed = replace(link(), tunnels=(one, two))
    assert ["has no IKEv2" in refusal for refusal in refusals(parse_release(IOS12), mixed)] == [True]
    assert refusals(parse_release(IOS15), mixed) == refusals(parse_release(XE17), mixed) == ()


@pytest.mark.parametrize(("version", "lacks"), [("15.0(1)M9", True), ("15.1(1)T", False), ("unknown", False)])
def test_ios_has_ikev2_from_15_1_on(version: str, *, lacks: bool) -> None:
    release = parse_release(IOS15.replace("15.2(4)M7", version))
    assert bool(refusals(release, link(version=IkeVersion.V2))) is lacks
