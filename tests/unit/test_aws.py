"""What AWS hands out, whichever way and however wrapped, becomes one intent or one clear refusal."""

import re
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from cisco.aws import intent_from_aws
from cisco.aws_xml import read_xml
from cisco.errors import InputError
from cisco.model import Bgp, Static
from cisco.request import RouterSettings
from tests.unit.aws_documents import DOCUMENTS, GUIDE, intent, xml


def refusal(document: str, **vpn: Any) -> str:
    with pytest.raises(InputError) as refused:
        intent(document, **vpn)
    return str(refused.value)


def test_the_documents_facts_are_the_intents() -> None:
    link = intent("bgp-vgw.xml")
    assert (link.connection_id, link.local_address) == ("vpn-03701a53bba3c48b7", IPv4Address("1.1.1.2"))
    assert link.routing == Bgp(router_asn=65000, aws_asn=64512)
    assert [(str(t.aws_outside), str(t.aws_inside), str(t.router_inside)) for t in link.tunnels] == [
        ("3.130.237.53", "169.254.59.17", "169.254.59.18/30"),
        ("18.217.248.9", "169.254.58.197", "169.254.58.198/30"),
    ]
    assert [(t.index, t.number) for t in link.tunnels] == [(0, 1), (1, 2)]


def test_a_connection_without_bgp_has_tracked_routes_to_the_vpcs_networks() -> None:
    assert intent("static-vgw.xml").routing == Static((IPv4Network("10.0.0.0/16"),), (100, 200))


def test_static_routing_needs_the_vpcs_networks_unless_it_is_for_print() -> None:
    assert "vpc_cidrs" in refusal("static-vgw.xml", vpc_cidrs=[])
    vpn = {"customer_gateway_configuration": xml("static-vgw.xml")}
    assert intent_from_aws(vpn, GUIDE, "tokyo", for_print=True).routing == Static(())


@pytest.mark.parametrize("network", ["10.0.0.1/16", "10.0.0.0/33", "ten", "fd00::/8", "10.0.0.0/16\nreload"])
def test_a_network_that_is_none_is_refused(network: str) -> None:
    assert "vpc_cidrs (--cidr)" in refusal("static-vgw.xml", vpc_cidrs=[network])


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize(
    "wrapped",
    [
        lambda text: "\ufeff" + text,
        lambda text: "\r\n \t" + text.replace("\n", "\r\n") + "\r\n",
        lambda text: re.sub(r">([^<\s][^<]*)<", r">\n   \1\t<", text),
        lambda text: text.replace(
            "<vpn_connection ", '<vpn_connection xmlns="http://ec2.amazonaws.com/doc/2016-11-15/" '
        ),
        lambda text: re.sub(r"<(/?)(\w)", r"<\1a:\2", text).replace(
            "<a:vpn_connection ", '<a:vpn_connection xmlns:a="urn:aws" '
        ),
        lambda text: re.sub(r"^<\?xml[^>]*>\s*", "", text),
        lambda text: text.replace("UTF-8", "UTF-16"),
        lambda text: text.replace("<ike>", "<!-- phase 1 --><ike>"),
        lambda text: re.sub(r"^<\?xml[^>]*>", "<answer>", text) + "</answer>",
    ],
    ids=["bom", "crlf", "blanks", "namespace", "prefix", "no declaration", "encoding", "comment", "inside an answer"],
)
def test_a_document_means_the_same_however_it_is_wrapped(name: str, wrapped: "object") -> None:
    assert callable(wrapped)
    assert intent(wrapped(xml(name))) == intent(name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<",
        "<a/>",
        "<vpn_connection id='vpn-1'/>",
        "<vpn_connection id='vpn-1'><ipsec_tunnel/><ipsec_tunnel/></vpn_connection>",
        "not xml",
        "\x00",
        "<a>\ud800</a>",
        "<a>" * 5000,
    ],
)
def test_what_is_not_awss_document_is_refused_in_one_sentence(text: str) -> None:
    sentence = refusal(text)
    assert "\n" not in sentence
    assert len(sentence) < 400


def test_a_document_type_is_refused_before_it_is_read() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><vpn_connection id="vpn-1">&b;</vpn_connection>'
    assert "document type" in refusal(bomb)


def test_a_document_far_too_long_is_refused_before_it_is_read() -> None:
    assert "at most" in refusal("<a>" + "x" * 2_000_000)


def test_two_connections_in_one_document_are_refused() -> None:
    one = re.sub(r"^<\?xml[^>]*>", "", xml("bgp-vgw.xml"))
    assert "2 <vpn_connection>" in refusal(f"<answer>{one}{one}</answer>")


@pytest.mark.parametrize("missing", ["ip_address", "network_mask", "asn"])
def test_a_missing_element_is_named(missing: str) -> None:
    assert missing in refusal(re.sub(rf"<{missing}>[^<]*</{missing}>", "", xml("bgp-vgw.xml")))


@pytest.mark.parametrize("placeholder", ["YOUR_ADDRESS", "<ip/>", "300.1.1.1", "1.1.1.1 8.8.8.8", "2001:db8::1"])
def test_a_placeholder_for_an_address_is_refused(placeholder: str) -> None:
    text = re.sub(r"<ip_address>[^<]*", f"<ip_address>{placeholder}", xml("bgp-vgw.xml"))
    assert "address" in refusal(text)


def test_ipv6_inside_the_tunnels_is_named_as_unsupported() -> None:
    inside = "<tunnel_inside_ipv6_address><ip_address>fd00::1</ip_address></tunnel_inside_ipv6_address>"
    text = xml("bgp-tgw.xml").replace("<tunnel_inside_address>", f"{inside}<tunnel_inside_address>")
    assert "IPv6 inside the tunnels is not supported" in refusal(text)
    options = [{"OutsideIpAddress": "3.130.56.250", "TunnelInsideIpv6Cidr": "fd00::/126"}]
    assert "IPv6 is not supported" in refusal("bgp-tgw.xml", tunnel_options=options)


def test_a_customer_gateway_without_an_address_is_one_with_a_certificate() -> None:
    text = xml("bgp-vgw.xml").replace("<ip_address>1.1.1.2</ip_address>", "<ip_address/>")
    assert "certificates are not supported" in refusal(text)


def test_the_two_ends_need_different_as_numbers() -> None:
    assert "different from the AWS side's ASN" in refusal(xml("bgp-vgw.xml").replace(">65000<", ">64512<"))


@pytest.mark.parametrize("document", ["bgp-vgw.xml", "static-vgw.xml"])
def test_attributes_give_the_same_intent_as_the_document_in_whatever_order(document: str) -> None:
    from_xml = intent(document)
    options = [
        {
            "OutsideIpAddress": str(t.aws_outside),
            "TunnelInsideCidr": str(t.router_inside.network),
            "PreSharedKey": t.preshared_key.reveal(),
        }
        for t in reversed(from_xml.tunnels)
    ]
    attributes = {
        "vpn_connection_id": from_xml.connection_id,
        "customer_gateway_address": str(from_xml.local_address),
        "static_routes_only": isinstance(from_xml.routing, Static),
    }
    if isinstance(from_xml.routing, Bgp):
        attributes |= {"customer_gateway_bgp_asn": "65000", "vgw_bgp_asn": 64512}
    vpn = {"attributes": attributes, "tunnel_options": options, "vpc_cidrs": ["10.0.0.0/16"]}
    assert intent_from_aws(vpn, GUIDE, "tokyo") == from_xml


@pytest.mark.parametrize(
    ("vpn", "named"),
    [
        ({}, "customer_gateway_configuration"),
        ({"attributes": {"nonsense": 1}}, "nonsense"),
        ({"attributes": {}, "tunnel_options": []}, "0 entries"),
        ({"attributes": {}, "tunnel_options": [{}, {}]}, "customer_gateway_bgp_asn"),
        ({"attributes": {}, "tunnel_options": "both"}, "tunnel_options"),
    ],
)
def test_incomplete_attributes_are_refused_by_name(vpn: dict[str, object], named: str) -> None:
    with pytest.raises(InputError, match=named):
        intent_from_aws(vpn, GUIDE, "tokyo")


def test_behind_nat_the_router_must_say_what_is_its_own() -> None:
    vpn = {"customer_gateway_configuration": xml("bgp-behind-nat.xml")}
    with pytest.raises(InputError, match=r"router\.wan_interface and router\.local_address"):
        intent_from_aws(vpn, RouterSettings(behind_nat=True), "tokyo")
    own = IPv4Address("172.16.1.2")
    assert intent_from_aws(vpn, RouterSettings(behind_nat=True, local_address=own), "tokyo").local_address == own


@pytest.mark.parametrize("text", ["tokyo\n", "tokyo\nreload", "to kyo", "", "x" * 41, "東京", "a?"])
def test_a_name_that_would_be_more_than_a_name_on_the_router_is_refused(text: str) -> None:
    vpn = {"customer_gateway_configuration": xml("bgp-vgw.xml")}
    with pytest.raises(InputError, match="link name"):
        intent_from_aws(vpn, GUIDE, text)
    with pytest.raises(InputError, match="wan interface"):
        intent_from_aws(vpn, RouterSettings(wan_interface=f"GigabitEthernet1{text or '?'}"[:17] + "\n"), "tokyo")


def test_a_connections_id_is_letters_and_digits() -> None:
    assert "vpn connection id" in refusal(xml("bgp-vgw.xml").replace('id="vpn-', 'id="vpn-?'))


def test_the_key_shows_nowhere_but_where_it_is_asked_for() -> None:
    connection = read_xml(xml("bgp-vgw.xml"))
    assert "plainly.fake" not in f"{connection!r} {intent('bgp-vgw.xml')!r}"
