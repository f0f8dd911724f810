"""The forms in which people have AWS's answer: each is read for what it says, or refused in one sentence."""

import html
import json
from pathlib import Path
from typing import Any

import pytest

from cisco.aws import intent_from_aws
from cisco.documents import read_vpn
from cisco.errors import InputError
from cisco.model import Intent
from tests.unit.aws_documents import GUIDE, intent, xml

XML = xml("bgp-vgw.xml")
CONNECTION: dict[str, Any] = {
    "CustomerGatewayConfiguration": XML,
    "State": "available",
    "Options": {"StaticRoutesOnly": False},
}
DELETED = {"State": "deleted", "VpnConnectionId": "vpn-0123456789abcdef0", "Options": {}}
OTHER = {"CustomerGatewayConfiguration": xml("bgp-tgw.xml"), "State": "available"}
GROUPS = {
    "tunnel1_inside_cidr": "169.254.58.196/30",  # the provider's first tunnel is the document's second
    "tunnel1_phase1_dh_group_numbers": [14],
    "tunnel1_phase1_lifetime_seconds": 0,
    "tunnel1_ike_versions": [],
    "tunnel2_inside_cidr": "169.254.59.16/30",
    "tunnel2_phase1_dh_group_numbers": [15],
}


def read(document: object, folder: Path) -> Intent:
    file = folder / "document"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return intent_from_aws(read_vpn(file, None), GUIDE, "tokyo")


@pytest.mark.parametrize(
    "document",
    [
        {"VpnConnections": [CONNECTION]},
        {"VpnConnections": [{**CONNECTION, "Options": None}]},
        {"VpnConnections": [CONNECTION, DELETED], "ResponseMetadata": {"HTTPStatusCode": 200}},
        {"VpnConnections": [{**CONNECTION, "State": "pending"}]},
        [XML],
        html.escape(XML),
        {"VpnConnection": {**CONNECTION, "CustomerGatewayConfiguration": html.escape(XML)}},
        {"customer_gateway_configuration": XML, "tunnel1_inside_cidr": None},
        {"customerGatewayConfiguration": XML, "tunnel1Phase1LifetimeSeconds": 0, "tunnel1IkeVersions": []},
        {"values": {"root_module": {"resources": [{"values": {"id": "vpc-1"}}, {"values": {"customer_gateway_configuration": XML}}]}}},
        {"vpn": {"sensitive": True, "value": {"customer_gateway_configuration": XML}}},
    ],
    ids=["whole", "no options", "beside a deleted one", "pending", "query of a list", "escaped", "escaped in json",
         "terraform", "pulumi", "terraform show", "terraform output"],
)  # fmt: skip
def test_each_form_of_the_answer_says_the_same(document: object, tmp_path: Path) -> None:
    assert read(document, tmp_path) == intent("bgp-vgw.xml")


def test_a_providers_tunnel_options_go_to_the_tunnel_of_their_inside_cidr(tmp_path: Path) -> None:
    link = read({"customer_gateway_configuration": XML, **GROUPS}, tmp_path)
    assert [tunnel.phase1.dh_group for tunnel in link.tunnels] == [15, 14]
    assert [tunnel.phase1.lifetime for tunnel in link.tunnels] == [28800, 28800]


@pytest.mark.parametrize("word", ["sha256", "sha2-256", "hmac-sha2-256-128"])
def test_an_algorithm_is_known_by_the_xmls_words_and_by_those_of_awss_options(word: str, tmp_path: Path) -> None:
    read_intent = read(XML.replace(">sha1<", f">{word}<"), tmp_path)
    assert {tunnel.phase1.integrity.value for tunnel in read_intent.tunnels} == {"SHA2-256"}


def test_a_number_may_be_written_as_other_languages_write_it(tmp_path: Path) -> None:
    options = [{"OutsideIpAddress": str(t.aws_outside), "Phase1LifetimeSeconds": 3600.0} for t in intent("bgp-vgw.xml").tunnels]  # fmt: skip
    link = read({**CONNECTION, "Options": {"TunnelOptions": options}}, tmp_path)
    assert [tunnel.phase1.lifetime for tunnel in link.tunnels] == [3600, 3600]


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ({"VpnConnections": [DELETED]}, "in state deleted without CustomerGatewayConfiguration"),
        ({"VpnConnections": [DELETED, DELETED]}, "0 connections"),
        ({"VpnConnections": [CONNECTION, OTHER]}, "2 connections"),
        ([XML, XML], "2 connections"),
        ([{"customer_gateway_configuration": XML}, {"customer_gateway_configuration": xml("bgp-tgw.xml")}], "2 connect"),
        ({**CONNECTION, "Options": {"TunnelInsideIpVersion": "ipv6"}}, "IPv6 inside the tunnels is not supported"),
        ({"tunnel1_address": "192.0.2.1"}, "without CustomerGatewayConfiguration"),
        ("VpnConnections:\n- State: available\n", "neither XML nor JSON"),
        ("crypto isakmp policy 200\n  encryption aes 128\n", "neither XML nor JSON"),
        (XML.replace(">65000<", ">\uff16\uff15\uff10\uff10\uff10<"), "customer gateway ASN"),
        (XML.replace(">65000<", ">65_000<"), "customer gateway ASN"),
        (XML.replace(">65000<", ">64512.1<"), "customer gateway ASN"),
        (XML.replace(">65000<", ">65001<", 1), "ASNs of the two tunnels"),
        (XML.replace(">1.1.1.2<", ">1.1.1.3<", 1), "customer gateway's address"),
        (XML.replace(">1.1.1.2<", ">0.0.0.0<"), "customer gateway's address"),
        (XML.replace(">3.130.237.53<", ">127.0.0.1<"), "AWS outside address"),
        (XML.replace(">3.130.237.53<", ">224.0.0.5<"), "AWS outside address"),
        (XML.replace(">255.255.255.252<", ">0.0.0.0<"), "inside address"),
        (XML.replace(">255.255.255.252<", ">255.255.255.0<"), "inside address"),
        (XML.replace(">169.254.59.18<", ">169.254.59.19<"), "inside address"),
        (XML.replace(">169.254.59.17<", ">169.254.59.18<"), "AWS inside address"),
        (XML.replace(">sha1<", ">" + "x" * 900 + "<"), "authentication_protocol"),
    ],
    ids=range(22),
)  # fmt: skip
def test_what_says_nothing_usable_is_refused_in_one_short_sentence(
    document: object, named: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as refused:
        read(document, tmp_path)
    sentence = str(refused.value)
    assert named in sentence
    assert "\n" not in sentence
    assert len(sentence) < 400
    assert "plainly.fake" not in sentence
