"""What IOS displays of a line means the same as the line."""

from pathlib import Path

import pytest

from cisco import nvgen, state
from cisco.lines import is_same
from cisco.nvgen import canonical_interface
from cisco.state import Section
from cisco.tree import parse


def section(text: str) -> Section:
    (found,) = state.read(parse(text)).sections.values()
    return found


def means_the_same(header: str, entered: str, displayed: str) -> bool:
    old, new = section(f"{header}\n {entered}\n"), section(f"{header}\n {displayed}\n" if displayed else f"{header}\n")
    slots = {*old.entries, *new.entries}
    return all(is_same(old.entries.get(slot), new.entries.get(slot)) for slot in slots)


POLICY, PROFILE = "crypto isakmp policy 200", "crypto ipsec profile P"


@pytest.mark.parametrize(
    ("header", "entered", "displayed"),
    [
        (POLICY, "encryption aes 128", "encr aes"),
        (POLICY, "encryption aes 256", "encr aes 256"),
        (POLICY, "hash sha", ""),
        (POLICY, "hash sha256", "hash sha256"),
        (POLICY, "lifetime 86400", ""),
        ("crypto keyring K", "pre-shared-key address 192.0.2.1 key k", "pre-shared-key address 192.0.2.1 key k"),
        ("crypto keyring K", "pre-shared-key address 192.0.2.1 key 0 k", "pre-shared-key address 192.0.2.1 key k"),
        ("crypto keyring K", "local-address gi0/1", "local-address GigabitEthernet0/1"),
        ("crypto isakmp profile F", "match identity address 192.0.2.1", "match identity address 192.0.2.1 255.255.255.255 "),
        ("crypto ipsec transform-set T esp-aes 128 esp-sha-hmac ", "mode tunnel", ""),
        (PROFILE, "set security-association lifetime seconds 3600", ""),
        (PROFILE, "set transform-set T", "set transform-set T "),
        ("interface Tunnel1", "no shutdown", ""),
        ("interface Tunnel1", "ip virtual-reassembly", "ip virtual-reassembly in"),
        ("interface Tunnel1", "tunnel source Gigabitethernet 1", "tunnel source GigabitEthernet1"),
        ("ip sla 100", "threshold 5000", ""),
        ("ip sla 100", "frequency 60", ""),
        ("ip sla 100", "icmp-echo 192.0.2.1 source-interface tunnel 1", "icmp-echo 192.0.2.1 source-interface Tunnel1"),
        ("crypto ikev2 profile F", "keyring K", "keyring local K"),
        ("crypto ikev2 profile F", "lifetime 86400", ""),
        ("router bgp 65000", "network 10.0.0.0 mask 255.0.0.0", "network 10.0.0.0"),
        ("router bgp 65000", "network 192.168.10.0 mask 255.255.255.0", "network 192.168.10.0"),
    ],
)  # fmt: skip
def test_entered_and_displayed_line_mean_the_same(header: str, entered: str, displayed: str) -> None:
    assert means_the_same(header, entered, displayed)


@pytest.mark.parametrize(
    ("header", "one", "other"),
    [
        (POLICY, "encryption aes 128", "encr aes 256"),
        (POLICY, "hash sha", "hash sha256"),
        (POLICY, "group 2", ""),
        ("crypto keyring K", "pre-shared-key address 192.0.2.1 key a", "pre-shared-key address 192.0.2.1 key b"),
        (PROFILE, "set pfs group2", ""),
        (PROFILE, "set security-association lifetime seconds 1800", ""),
        ("interface Tunnel1", "shutdown", ""),
        ("interface Tunnel1", "ip tcp adjust-mss 1379", "ip tcp adjust-mss 1387"),
        ("router bgp 65000", "network 10.0.0.0 mask 255.255.0.0", "network 10.0.0.0"),
        ("router bgp 65000", "network 10.0.0.0", "network 10.0.0.0 route-map X"),
    ],
)
def test_different_lines_stay_different(header: str, one: str, other: str) -> None:
    assert not means_the_same(header, one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("crypto isakmp keepalive 10 10 on-demand", "crypto isakmp keepalive 10 10"),
        ("crypto isakmp keepalive 10 2", "crypto isakmp keepalive 10"),
        ("ip sla schedule 100  life forever start-time now", "ip sla schedule 100 life forever start-time now"),
        ("track 100 ip sla 100 reachability ", "track 100 rtr 100 reachability"),
        ("crypto ipsec transform-set T esp-gcm 128", "crypto ipsec transform-set T esp-gcm "),
        ("ip route 10.0.0.0 255.255.0.0 Tunnel 1 track 1", "ip route 10.0.0.0 255.255.0.0 Tunnel1 track 1"),
    ],
)
def test_a_global_line_has_one_value_in_all_its_spellings(one: str, other: str) -> None:
    values = [{s: e.value for s, e in section(text).entries.items()} for text in (one, other)]
    assert section(one).ref == section(other).ref
    assert values[0] == values[1]


def test_a_probes_sublines_count_the_same_one_or_two_blanks_deep() -> None:
    flat = "ip sla 100\n icmp-echo 192.0.2.1 source-interface Tunnel1\n timeout 1000\n frequency 5\n"
    nested = flat.replace(" timeout", "  timeout").replace(" frequency", "  frequency")
    assert section(flat).entries == section(nested).entries


def test_neighbour_lines_count_the_same_with_and_without_an_address_family() -> None:
    flat = section(
        "router bgp 65000\n neighbor 192.0.2.1 remote-as 1\n neighbor 192.0.2.1 default-originate\n network 10.0.0.0\n"
    )
    family = section(
        "router bgp 65000\n neighbor 192.0.2.1 remote-as 1\n !\n address-family ipv4\n  network 10.0.0.0\n"
        "  neighbor 192.0.2.1 activate\n  neighbor 192.0.2.1 default-originate\n exit-address-family\n"
    )
    assert {s: e.value for s, e in flat.entries.items()} == {s: e.value for s, e in family.entries.items()}


def test_another_address_family_is_another_table() -> None:
    text = "router bgp 65000\n address-family ipv4 vrf X\n  neighbor 192.0.2.1 remote-as 1\n exit-address-family\n"
    found = state.read(parse(text)).sections
    assert found[("bgp", "65000")].entries == {}
    assert list(found[(state.BGP_VRF, "65000 X")].entries) == ["neighbor 192.0.2.1 remote-as"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("gi0/0/1", "GigabitEthernet0/0/1"), ("Gigabitethernet 1", "GigabitEthernet1"), ("E0/0", "Ethernet0/0"),
        ("tu1", "Tunnel1"), ("lo0", "Loopback0"), ("te1/1/1.20", "TenGigabitEthernet1/1/1.20"), ("Po1", "Port-channel1"),
        ("192.0.2.1", "192.0.2.1"), ("Wlan-ap0", "Wlan-ap0"),
    ],
)  # fmt: skip
def test_an_interface_has_the_name_that_ios_displays(typed: str, shown: str) -> None:
    assert canonical_interface(typed) == shown


@pytest.mark.parametrize(
    "network", ["network 999.1.1.1", "network 10.0.0.0 mask 255.0.255.0", "network 10.0.0.1 mask 255.0.0.0"]
)
def test_an_impossible_network_is_kept_as_it_stands(network: str) -> None:
    assert f"?{network}" in section(f"router bgp 65000\n {network}\n").entries


def test_every_rule_reads_its_own_reset_line() -> None:
    rules = [rule for kind in state.KINDS.values() for rule in kind.rules if rule.reset and rule.default is not None]
    assert rules
    for rule in rules:
        line = rule.reset or ""
        assert any(is_default_of(rule, line, kind.rules) for kind in state.KINDS.values() if rule in kind.rules)


def is_default_of(rule: nvgen.Rule, line: str, rules: tuple[nvgen.Rule, ...]) -> bool:
    reading = nvgen.read(rules, line)
    return reading.rule is not None and reading.value == rule.default


def test_the_genuine_display_of_a_hand_made_link_is_read_without_a_doubt() -> None:
    text = (Path(__file__).parent.parent / "data" / "aws" / "bgp-behind-nat.running-config.txt").read_text()
    found = state.read(parse(text)).sections
    assert found[("ipsec-profile", "ipsec-vpn-ba2e34a8-0")].value("set transform-set") == "ipsec-prop-vpn-ba2e34a8-0"
    assert found[("bgp", "65301")].value("neighbor 169.254.13.237 timers") == "10 30 30"
    assert found[("global", "ka")].value(state.GLOBAL) == "10 10"
