"""Options.TunnelOptions: matched to the tunnels by what they say, and one value chosen where AWS permits several."""

import json

import pytest

from cisco.errors import InputError
from cisco.model import Encryption, IkeVersion, Integrity, Intent, Phase1, Phase2
from tests.unit.aws_documents import DATA, both_modern, intent, modern, xml

BGP = "bgp-vgw.xml"


def phases(**changed: object) -> tuple[Phase1, Phase2]:
    """Phase 1 and 2 of the first tunnel with these options for both."""
    options = [{"OutsideIpAddress": str(t.aws_outside), **changed} for t in intent(BGP).tunnels]
    tunnel = intent(BGP, tunnel_options=options).tunnels[0]
    return tunnel.phase1, tunnel.phase2


def values(*given: object) -> list[dict[str, object]]:
    return [{"Value": value} for value in given]


def test_without_options_a_tunnel_negotiates_what_the_guide_says() -> None:
    expected = (
        Phase1(IkeVersion.V1, Encryption.AES128, Integrity.SHA1, 2, 28800),
        Phase2(Encryption.AES128, Integrity.SHA1, 2, 3600, 128),
    )
    given: tuple[object, ...] = (None, [], [{}], [{}, {}])
    for options in given:
        tunnel = intent(BGP, tunnel_options=options).tunnels[0]
        assert (tunnel.phase1, tunnel.phase2) == expected


def test_options_win_over_the_document() -> None:
    changed = phases(
        IkeVersions=values("ikev2"),
        Phase1EncryptionAlgorithms=values("AES256"),
        Phase1IntegrityAlgorithms=values("SHA2-256"),
        Phase1DHGroupNumbers=values(14),
        Phase1LifetimeSeconds=3600,
        Phase2EncryptionAlgorithms=values("AES256-GCM-16"),
        Phase2IntegrityAlgorithms=values("SHA2-512"),
        Phase2DHGroupNumbers=values(5),
        Phase2LifetimeSeconds=900,
        ReplayWindowSize=64,
    )
    assert changed == (
        Phase1(IkeVersion.V2, Encryption.AES256, Integrity.SHA2_256, 14, 3600),
        Phase2(Encryption.AES256_GCM, Integrity.SHA2_512, 5, 900, 64),
    )


@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize("identity", ["OutsideIpAddress", "TunnelInsideCidr", "PreSharedKey"])
def test_entries_are_matched_by_what_they_say_and_not_by_position(identity: str, *, is_reversed: bool) -> None:
    entries = [
        {
            identity: {
                "OutsideIpAddress": str(tunnel.aws_outside),
                "TunnelInsideCidr": f"{tunnel.aws_inside}/30",
                "PreSharedKey": tunnel.preshared_key.reveal(),
            }[identity],
            "Phase1DHGroupNumbers": values(group),
        }
        for tunnel, group in zip(intent(BGP).tunnels, (19, 21), strict=True)
    ]
    one, two = intent(BGP, tunnel_options=entries[::-1] if is_reversed else entries).tunnels
    assert (one.phase1.dh_group, two.phase1.dh_group) == (19, 21)


@pytest.mark.parametrize(
    "options",
    [
        [modern("192.0.2.1"), modern("192.0.2.2")],
        [modern("3.130.237.53")],
        [{"Phase1DHGroupNumbers": values(14)}, {"Phase1DHGroupNumbers": values(20)}],
        [modern("3.130.237.53", TunnelInsideCidr="169.254.99.0/30"), modern("18.217.248.9")],
        [modern("3.130.237.53", TunnelInsideCidr="nonsense"), modern("18.217.248.9")],
        ["3.130.237.53"],
        {"OutsideIpAddress": "3.130.237.53"},
    ],
)
def test_options_that_do_not_fit_the_tunnels_are_refused(options: object) -> None:
    with pytest.raises(InputError, match=r"tunnel_options|TunnelInsideCidr"):
        intent(BGP, tunnel_options=options)


def test_options_that_name_no_tunnel_hold_for_both_when_they_are_alike() -> None:
    alike = [{"Phase1DHGroupNumbers": values(14)}] * 2
    assert [t.phase1.dh_group for t in intent(BGP, tunnel_options=alike).tunnels] == [14, 14]


def test_of_several_permitted_values_the_strongest_that_ios_has_is_taken() -> None:
    phase1, phase2 = phases(
        IkeVersions=values("ikev1", "ikev2"),
        Phase1EncryptionAlgorithms=values("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"),
        Phase1IntegrityAlgorithms=values("SHA1", "SHA2-256", "SHA2-384", "SHA2-512"),
        Phase1DHGroupNumbers=values(2, *range(14, 25), 35),
        Phase2EncryptionAlgorithms=values("AES128", "AES256"),
        Phase2IntegrityAlgorithms=values("SHA1", "SHA2-512"),
        Phase2DHGroupNumbers=values(24, 22, 14, 2, 37),
    )
    assert phase1 == Phase1(IkeVersion.V2, Encryption.AES256_GCM, Integrity.SHA2_384, 20)
    assert (phase2.encryption, phase2.integrity, phase2.dh_group) == (Encryption.AES256, Integrity.SHA2_512, 14)


@pytest.mark.parametrize(
    ("options", "version", "ciphers"),
    [
        ({}, IkeVersion.V1, (Encryption.AES128, Encryption.AES128)),
        ({"IkeVersions": values("ikev1", "ikev2")}, IkeVersion.V2, (Encryption.AES128, Encryption.AES128)),
        # AWS's requests and CloudFormation write it so.
        ({"IKEVersions": values("ikev2")}, IkeVersion.V2, (Encryption.AES128, Encryption.AES128)),
        ({"Phase1EncryptionAlgorithms": values("AES256-GCM-16")}, IkeVersion.V2, (Encryption.AES256_GCM, Encryption.AES128)),
        ({"Phase2EncryptionAlgorithms": values("AES128-GCM-16")}, IkeVersion.V2, (Encryption.AES128, Encryption.AES128_GCM)),
        (
            {"IkeVersions": values("ikev1"), "Phase1EncryptionAlgorithms": values("AES256-GCM-16", "AES128"),
             "Phase2EncryptionAlgorithms": values("AES256-GCM-16", "AES128")},
            IkeVersion.V1, (Encryption.AES128, Encryption.AES128),
        ),
    ],
)  # fmt: skip
def test_the_ike_version_is_one_that_the_ciphers_go_with(
    options: dict[str, object], version: IkeVersion, ciphers: tuple[Encryption, Encryption]
) -> None:
    phase1, phase2 = phases(**options)
    assert (phase1.version, phase1.encryption, phase2.encryption) == (version, *ciphers)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("Phase1DHGroupNumbers", values(17, 18, 22, 23)),
        ("Phase2DHGroupNumbers", values(22)),
        ("Phase1DHGroupNumbers", values(5)),
        ("IkeVersions", values("ikev3")),
        ("Phase1EncryptionAlgorithms", values("3DES")),
        ("Phase2IntegrityAlgorithms", values("MD5")),
        ("Phase1IntegrityAlgorithms", "SHA1"),
        ("Phase1LifetimeSeconds", "long"),
        ("ReplayWindowSize", 63),
        ("ReplayWindowSize", 2049),
        ("Phase1AdditionalKeyExchanges", [{"AdditionalKeyExchangeRound": 1, "KeyExchangeMethods": [36]}]),
        ("Phase2AdditionalKeyExchanges", [{"KeyExchangeMethods": [37], "Requirement": "required"}]),
    ],
)
def test_what_ios_has_no_word_for_is_refused_by_field_tunnel_and_value(field: str, given: object) -> None:
    with pytest.raises(InputError, match=rf"{field} of the tunnel to 3\.130\.237\.53"):
        intent(BGP, tunnel_options=both_modern(BGP, **{field: given}))


def test_another_key_exchange_that_aws_can_do_without_is_left_out() -> None:
    optional = [{"AdditionalKeyExchangeRound": 1, "KeyExchangeMethods": [36], "Requirement": "optional"}]
    assert phases(Phase1AdditionalKeyExchanges=optional) == phases()


@pytest.mark.parametrize(("asked", "given"), [(64, 64), (127, 64), (128, 128), (1000, 512), (1024, 1024), (2048, 1024)])
def test_the_replay_window_is_the_next_smaller_one_that_ios_has(asked: int, given: int) -> None:
    assert phases(ReplayWindowSize=asked)[1].replay_window == given


def test_awss_own_answer_with_tunnel_options_is_read() -> None:
    (connection,) = json.loads((DATA / "tunnel-options.json").read_text())
    options = connection["Options"]["TunnelOptions"]
    with pytest.raises(InputError, match=r"Phase1DHGroupNumbers of the tunnel to 52\.39\.121\.126 is '22, 23'"):
        answered(connection, options)
    options[1]["Phase1DHGroupNumbers"] = values(22, 14)
    one, two = answered(connection, options).tunnels
    assert one.phase1 == Phase1(IkeVersion.V1, Encryption.AES128, Integrity.SHA2_512, 2)
    assert one.phase2 == Phase2(Encryption.AES128, Integrity.SHA2_512, 16)
    assert two.phase1 == Phase1(IkeVersion.V2, Encryption.AES256, Integrity.SHA2_512, 14)
    assert two.phase2 == Phase2(Encryption.AES128_GCM, Integrity.SHA2_512, 16)


def answered(connection: dict[str, object], options: object) -> Intent:
    return intent(str(connection["CustomerGatewayConfiguration"]), tunnel_options=options)


@pytest.mark.parametrize(
    "key", ["", "REDACTED", "0startswithzero", "short", "with space1", "x" * 65, "tab\tkey123", "what?ever"]
)
def test_a_key_that_is_empty_redacted_or_not_awss_is_refused_without_being_told(key: str) -> None:
    document = xml(BGP).replace("plainly.fake.key.of.bgp_vgw.1", key)
    with pytest.raises(InputError, match=r"pre-shared key of the tunnel to 18\.217\.248\.9") as refused:
        intent(document)
    assert not key or key == "REDACTED" or key not in str(refused.value)


@pytest.mark.parametrize("in_options", ["", None, "REDACTED"])
def test_a_genuine_key_stands_where_the_other_place_has_none(in_options: str | None) -> None:
    kept = intent(BGP, tunnel_options=both_modern(BGP, PreSharedKey=in_options)).tunnels[0]
    assert kept.preshared_key.reveal() == "plainly.fake.key.of.bgp_vgw.0"
    hidden = xml(BGP).replace("plainly.fake.key.of.bgp_vgw.0", "REDACTED").replace("plainly.fake.key.of.bgp_vgw.1", "")
    given = intent(hidden, tunnel_options=both_modern(BGP, PreSharedKey="another.fake.key")).tunnels
    assert {tunnel.preshared_key.reveal() for tunnel in given} == {"another.fake.key"}
