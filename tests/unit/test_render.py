"""The IOS text, against AWS's own for the same connection; docs/deviations.md lists every difference."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from cisco.aws import intent_from_aws
from cisco.errors import InputError
from cisco.model import Bgp, Encryption, Integrity, Intent
from cisco.mss import mss
from cisco.render import render
from cisco.request import RouterSettings

DATA = Path(__file__).parents[1] / "data" / "aws"
DOCUMENTS = sorted(path.name for path in DATA.glob("*.xml"))
# docs/deviations.md, row by row: what AWS's text has and ours has not ...
AWS_ONLY = re.compile(
    r"ip tcp adjust-mss 1379|ip tcp adjust-mss 1387|local-address CUSTOMER_IP|tunnel source CUSTOMER_IP"
)
# ... and the other way round.
OURS_ONLY = re.compile(r"ip tcp adjust-mss 1398|description aws-cisco-vpn .+|threshold 1000|ip route .+")


def intent(name: str, settings: RouterSettings = RouterSettings(), vpn: Mapping[str, object] | None = None) -> Intent:
    xml = (DATA / name).read_text()
    return intent_from_aws(
        {"customer_gateway_configuration": xml, "vpc_cidrs": ["10.0.0.0/16"], **(vpn or {})}, settings, "tokyo"
    )


def lines(text: str) -> set[str]:
    """The commands of a text, whatever their indentation and order."""
    found = (" ".join(line.split()) for line in text.splitlines())
    return {line for line in found if line and not line.startswith("!") and line != "exit"}


def test_the_bgp_text_is_awss_own_but_for_the_listed_deviations() -> None:
    theirs, ours = lines((DATA / "bgp-vgw.aws-ios.txt").read_text()), lines(render(intent("bgp-vgw.xml")))
    assert {line for line in theirs - ours if not AWS_ONLY.fullmatch(line)} == set()
    assert {line for line in ours - theirs if not OURS_ONLY.fullmatch(line)} == set()


def test_the_static_text_has_awss_parts_but_for_the_listed_deviations() -> None:
    theirs, ours = (DATA / "static.aws-ios.txt").read_text(), render(intent("static-vgw.xml"))

    def shape(text: str) -> set[str]:
        text = re.sub(r"vpn-[0-9a-z]+", "vpn-ID", text)
        text = re.sub(r"(?<!0 )\b(?!255\.)\d+\.\d+\.\d+\.\d+", "ADDRESS", text).replace("CUSTOMER_IP", "ADDRESS")
        return lines(re.sub(r"(key) \S+", r"\1 KEY", text))

    assert {line for line in shape(theirs) - shape(ours) if not AWS_ONLY.fullmatch(line)} == set()
    assert {line for line in shape(ours) - shape(theirs) if not OURS_ONLY.fullmatch(line)} == set()


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("options", ["default", "modern"])
def test_a_genuine_document_gives_the_golden_text(name: str, options: str, request: pytest.FixtureRequest) -> None:
    vpn: dict[str, object] = {}
    if options == "modern":
        vpn["tunnel_options"] = [modern(str(t.aws_outside)) for t in intent(name).tunnels]
    golden = DATA / f"{name.removesuffix('.xml')}.{options}.ios"
    text = render(intent(name, vpn=vpn))
    if request.config.getoption("--update-golden"):
        golden.write_text(text)
    assert text == golden.read_text()


def modern(outside: str) -> dict[str, object]:
    return {
        "OutsideIpAddress": outside,
        "IkeVersions": [{"Value": "ikev2"}],
        "Phase1EncryptionAlgorithms": [{"Value": "AES256-GCM-16"}],
        "Phase1IntegrityAlgorithms": [{"Value": "SHA2-384"}],
        "Phase1DHGroupNumbers": [{"Value": 20}],
        "Phase2EncryptionAlgorithms": [{"Value": "AES256-GCM-16"}],
        "Phase2IntegrityAlgorithms": [{"Value": "SHA2-384"}],
        "Phase2DHGroupNumbers": [{"Value": 20}],
        "ReplayWindowSize": 1000,
    }


def test_gcm_takes_a_prf_in_phase_1_and_no_hash_in_phase_2() -> None:
    text = render(
        intent(
            "bgp-vgw.xml", vpn={"tunnel_options": [modern(str(t.aws_outside)) for t in intent("bgp-vgw.xml").tunnels]}
        )
    )
    assert "prf sha384" in text
    assert "integrity" not in text
    assert re.search(r"transform-set \S+ esp-gcm 256$", text, re.MULTILINE)
    assert "keepalive" not in text  # IKEv1's


def test_options_are_matched_by_address_and_not_by_position() -> None:
    one, two = intent("bgp-vgw.xml").tunnels
    options = [{**modern(str(two.aws_outside)), "Phase1DHGroupNumbers": [{"Value": 21}]}, modern(str(one.aws_outside))]
    first, second = intent("bgp-vgw.xml", vpn={"tunnel_options": options}).tunnels
    assert (first.phase1.dh_group, second.phase1.dh_group) == (20, 21)


def test_a_replay_window_that_ios_lacks_becomes_the_next_smaller_one() -> None:
    tunnels = intent(
        "bgp-vgw.xml", vpn={"tunnel_options": [modern(str(t.aws_outside)) for t in intent("bgp-vgw.xml").tunnels]}
    ).tunnels
    assert {tunnel.phase2.replay_window for tunnel in tunnels} == {512}


@pytest.mark.parametrize("key", ["", "REDACTED", "0startswithzero", "short"])
def test_a_key_that_is_empty_redacted_or_not_awss_is_refused_without_being_told(key: str) -> None:
    xml = re.sub(r"(<pre_shared_key>)[^<]*", rf"\g<1>{key}", (DATA / "bgp-vgw.xml").read_text())
    with pytest.raises(InputError) as refused:
        intent_from_aws({"customer_gateway_configuration": xml}, RouterSettings(), "tokyo")
    if key != "REDACTED":  # the word itself is told: it is what AWS wrote in the place of a key
        assert not key or key not in str(refused.value)


def test_groups_without_an_ios_word_are_refused_by_name() -> None:
    options = [
        {**modern(str(t.aws_outside)), "Phase1DHGroupNumbers": [{"Value": 22}]} for t in intent("bgp-vgw.xml").tunnels
    ]
    with pytest.raises(InputError, match=r"(?i)group.*22.*IOS"):
        intent("bgp-vgw.xml", vpn={"tunnel_options": options})


def test_a_document_type_is_refused() -> None:
    with pytest.raises(InputError, match="document type"):
        intent_from_aws(
            {"customer_gateway_configuration": "<!DOCTYPE x [<!ENTITY a 'b'>]><vpn_connection/>"}, RouterSettings(), "t"
        )


@pytest.mark.parametrize("text", ["", "<", "<a/>", "<vpn_connection id='vpn-1'/>", "{}", "\x00"])
def test_what_is_not_awss_document_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(InputError) as refused:
        intent_from_aws({"customer_gateway_configuration": text}, RouterSettings(), "t")
    assert "\n" not in str(refused.value)


def test_static_routing_needs_the_vpcs_networks() -> None:
    with pytest.raises(InputError, match="vpc_cidrs"):
        intent("static-vgw.xml", vpn={"vpc_cidrs": []})


def test_the_wan_interface_stands_where_the_public_address_would() -> None:
    text = render(intent("bgp-vgw.xml", RouterSettings(wan_interface="GigabitEthernet1", behind_nat=True)))
    assert text.count("tunnel source GigabitEthernet1") == 2
    assert "local-address GigabitEthernet1" in text
    assert "ip tcp adjust-mss 1382" in text


@pytest.mark.parametrize(
    ("cipher", "digest", "nat", "expected"),
    [
        (Encryption.AES256_GCM, Integrity.SHA2_384, False, 1406),
        (Encryption.AES256_GCM, Integrity.SHA1, True, 1398),
        (Encryption.AES128, Integrity.SHA1, False, 1398),
        (Encryption.AES128, Integrity.SHA2_256, True, 1382),
        (Encryption.AES256, Integrity.SHA2_384, False, 1382),
        (Encryption.AES256, Integrity.SHA2_512, True, 1366),
    ],
)
def test_the_segment_size_is_awss_table(cipher: Encryption, digest: Integrity, nat: bool, expected: int) -> None:
    assert mss(cipher, digest, behind_nat=nat) == expected


def test_attributes_give_the_same_intent_as_the_document() -> None:
    from_xml = intent("bgp-vgw.xml")
    assert isinstance(from_xml.routing, Bgp)
    options = [
        {
            "OutsideIpAddress": str(t.aws_outside),
            "TunnelInsideCidr": str(t.router_inside.network),
            "PreSharedKey": t.preshared_key.reveal(),
        }
        for t in from_xml.tunnels
    ]
    vpn = {
        "attributes": {
            "vpn_connection_id": from_xml.connection_id,
            "customer_gateway_address": str(from_xml.local_address),
            "customer_gateway_bgp_asn": from_xml.routing.router_asn,
            "vgw_bgp_asn": from_xml.routing.aws_asn,
        },
        "tunnel_options": json.loads(json.dumps(options)),
    }
    assert intent_from_aws(vpn, RouterSettings(), "tokyo") == from_xml
