"""The IOS text for every genuine document, and what its lines say in each kind of link."""

import re
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from cisco.errors import InputError
from cisco.model import Encryption, Integrity
from cisco.mss import mss
from cisco.render import render
from cisco.request import RouterSettings
from tests.unit.aws_documents import DATA, DOCUMENTS, both_modern, intent, modern

BGP = "bgp-vgw.xml"


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("options", ["default", "modern"])
def test_a_genuine_document_gives_the_golden_text(name: str, options: str, request: pytest.FixtureRequest) -> None:
    given = both_modern(name) if options == "modern" else None
    golden = DATA / f"{name.removesuffix('.xml')}.{options}.ios"
    text = render(intent(name, tunnel_options=given))
    if request.config.getoption("--update-golden"):
        golden.write_text(text)
    assert text == golden.read_text()


def test_gcm_takes_a_prf_in_phase_1_and_no_hash_in_phase_2() -> None:
    text = render(intent(BGP, tunnel_options=both_modern(BGP)))
    assert "  prf sha384" in text
    assert "integrity" not in text
    assert re.findall(r"transform-set \S+ (.*)", text)[0] == "esp-gcm 256"
    assert "isakmp" not in text


def test_cbc_under_ikev2_takes_integrity_and_a_hash() -> None:
    cbc = {
        f"Phase{phase}{kind}Algorithms": [{"Value": word}]
        for phase in (1, 2)
        for kind, word in (("Encryption", "AES256"), ("Integrity", "SHA1"))
    }
    text = render(intent(BGP, tunnel_options=both_modern(BGP, **cbc)))
    assert "  encryption aes-cbc-256\n  integrity sha1\n  group 20\n" in text
    assert "prf" not in text
    assert "esp-aes 256 esp-sha-hmac\n" in text


def test_the_links_one_ikev2_policy_offers_what_both_tunnels_need() -> None:
    one, two = intent(BGP).tunnels
    options = [modern(one.aws_outside), modern(two.aws_outside, Phase1DHGroupNumbers=[{"Value": 21}])]
    text = render(intent(BGP, tunnel_options=options))
    names = re.findall(r"^crypto ikev2 proposal (\S+)", text, re.MULTILINE)
    assert len(names) == 2
    (policy,) = re.findall(r"^crypto ikev2 policy \S+\n(.*?)exit", text, re.MULTILINE | re.DOTALL)
    assert re.findall(r"  proposal (\S+)", policy) == names


def test_a_changed_tunnel_leaves_the_other_ones_proposal_as_it_is() -> None:
    one, two = intent(BGP).tunnels
    changed = [modern(one.aws_outside), modern(two.aws_outside, Phase1DHGroupNumbers=[{"Value": 21}])]
    before, after = (render(intent(BGP, tunnel_options=options)) for options in (both_modern(BGP), changed))
    (kept,) = re.findall(r"^crypto ikev2 proposal .*?exit", before, re.MULTILINE | re.DOTALL)
    assert kept in after


def test_a_tunnel_of_each_version_gets_the_objects_of_its_own() -> None:
    one, two = intent(BGP).tunnels
    text = render(intent(BGP, tunnel_options=[{"OutsideIpAddress": str(one.aws_outside)}, modern(two.aws_outside)]))
    assert re.findall(r"^crypto (isakmp policy|isakmp profile|ikev2 policy|ikev2 profile) ", text, re.MULTILINE) == [
        "ikev2 policy",
        "isakmp policy",
        "isakmp profile",
        "ikev2 profile",
    ]
    assert "crypto isakmp keepalive" in text
    assert len(re.findall(r"set ikev2-profile", text)) == 1


def test_the_wan_interface_stands_where_the_public_address_would() -> None:
    text = render(intent(BGP, RouterSettings(wan_interface="GigabitEthernet1")))
    assert text.count("tunnel source GigabitEthernet1") == 2
    assert text.count("local-address GigabitEthernet1") == 4
    assert "1.1.1.2" not in text


def test_behind_nat_the_routers_own_address_stands_where_the_public_one_would() -> None:
    own = RouterSettings(behind_nat=True, local_address=IPv4Address("172.16.1.2"))
    for options in (None, both_modern(BGP)):
        text = render(intent(BGP, own, tunnel_options=options))
        assert "tunnel source 172.16.1.2" in text
        assert "1.1.1.2" not in text


def test_behind_nat_the_policy_of_an_interface_serves_whatever_address_it_has() -> None:
    settings = RouterSettings(behind_nat=True, wan_interface="GigabitEthernet1")
    text = render(intent(BGP, settings, tunnel_options=both_modern(BGP)))
    assert "match address local interface GigabitEthernet1" in text
    assert "1.1.1.2" not in text


@pytest.mark.parametrize("nat", [False, True])
def test_the_segment_size_goes_with_cipher_and_nat(*, nat: bool) -> None:
    settings = RouterSettings(behind_nat=nat, wan_interface="GigabitEthernet1")
    text = render(intent(BGP, settings))
    assert f"  ip tcp adjust-mss {1382 if nat else 1398}\n" in text


def test_given_networks_replace_the_default_route() -> None:
    networks = ("192.168.10.0/24", "10.0.0.0/8", "0.0.0.0/0")
    text = render(intent(BGP, RouterSettings(advertise=tuple(map(IPv4Network, networks)))))
    assert re.findall(r"    network (.*)", text) == [
        "192.168.10.0 mask 255.255.255.0",
        "10.0.0.0 mask 255.0.0.0",
        "0.0.0.0",
    ]
    assert "default-originate" not in text


def test_chosen_numbers_stand_in_every_line_that_has_one() -> None:
    settings = RouterSettings(tunnel_numbers=(11, 12), isakmp_policies=(30, 40), sla_numbers=(7, 8))
    text = render(intent("static-vgw.xml", settings))
    assert re.findall(r"policy (\d+)", text) == ["30", "40"]
    assert set(re.findall(r"[Tt]unnel(\d+)", text)) == {"11", "12"}
    assert set(re.findall(r"(?:ip sla|schedule|track) (\d+)", text)) == {"7", "8"}


def test_static_routes_go_to_every_network_over_both_tunnels() -> None:
    text = render(intent("static-vgw.xml", vpc_cidrs=["10.0.0.0/16", "10.1.2.0/24"]))
    assert re.findall(r"^ip route .*", text, re.MULTILINE) == [
        f"ip route {network} Tunnel{number} track {number}00"
        for number in (1, 2)
        for network in ("10.0.0.0 255.255.0.0", "10.1.2.0 255.255.255.0")
    ]


def test_both_tunnels_share_the_larger_replay_window() -> None:
    one, two = intent(BGP).tunnels
    options = [
        {"OutsideIpAddress": str(t.aws_outside), "ReplayWindowSize": size} for t, size in ((one, 64), (two, 1024))
    ]
    assert re.findall(r"window-size (\d+)", render(intent(BGP, tunnel_options=options))) == ["1024"]


def test_each_tunnel_says_whose_it_is() -> None:
    text = render(replace(intent(BGP), generation=7))
    assert text.count("  description aws-cisco-vpn tokyo vpn-03701a53bba3c48b7 gen 7\n") == 2


def test_no_line_is_longer_than_ios_reads_or_holds_what_a_terminal_would_take_for_a_key() -> None:
    longest = replace(intent(BGP, tunnel_options=both_modern(BGP)), link="x" * 40, connection_id="vpn-" + "f" * 40)
    for line in render(longest).splitlines():
        assert len(line) <= 254
        assert line.isascii()
        assert line.isprintable()
        assert "?" not in line


def test_a_line_that_ios_would_cut_is_refused() -> None:
    with pytest.raises(InputError, match="configuration line"):
        render(replace(intent(BGP), wan_interface="GigabitEthernet" + "1" * 300))


@pytest.mark.parametrize(
    ("cipher", "digest", "sizes"),
    [
        (Encryption.AES128_GCM, Integrity.SHA1, (1406, 1398)),
        (Encryption.AES256_GCM, Integrity.SHA2_512, (1406, 1398)),
        (Encryption.AES128, Integrity.SHA1, (1398, 1382)),
        (Encryption.AES256, Integrity.SHA2_256, (1398, 1382)),
        (Encryption.AES256, Integrity.SHA2_384, (1382, 1382)),
        (Encryption.AES256, Integrity.SHA2_512, (1382, 1366)),
    ],
)
def test_the_segment_size_is_awss_table(cipher: Encryption, digest: Integrity, sizes: tuple[int, int]) -> None:
    assert (mss(cipher, digest, behind_nat=False), mss(cipher, digest, behind_nat=True)) == sizes
