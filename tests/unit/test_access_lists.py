"""What an access list makes of a packet, line by line, as IOS means it."""

from ipaddress import IPv4Address

import pytest

from cisco.surroundings.access_lists import Packet, access_list, may_pass
from cisco.tree import parse

PEER = IPv4Address("52.0.0.1")


@pytest.mark.parametrize(
    ("rule", "may"),
    [
        ("permit udp 52.0.0.0 0.255.255.255 any range 400 600", True),
        ("permit udp any range 500 4500 any range 400 500", True),
        ("permit udp any any range 501 4500", False),
        ("permit udp any any gt 1023", False),
        ("permit udp any any gt 499", True),
        ("permit udp any any gt 500", False),
        ("permit udp any any lt 1023", True),
        ("permit udp any any lt 501", True),
        ("permit udp any any lt 500", False),
        ("permit udp any any eq non500-isakmp isakmp log", True),
        ("permit object-group SERVICES any any", True),
        ("remark permit udp any any", True),
        ("permit udp any any neq isakmp", False),
        ("permit udp any eq domain any", False),
        ("permit udp any eq isakmp host 203.0.113.100 eq isakmp", True),
        ("permit udp any host 203.0.113.101", False),
        ("permit 17 any any", True),
        ("permit ip any any fragments", False),
        ("permit udp any any time-range NIGHT", True),
        ("deny udp any any time-range NIGHT", False),
        ("permit gre any any", False),
    ],
)
def test_a_line_of_an_access_list_is_read_as_ios_means_it(rule: str, may: bool) -> None:
    ike = Packet("udp", PEER, IPv4Address("203.0.113.100"), 500)
    for text, name in ((f"ip access-list extended X\n {rule}", "X"), (f"access-list 110 {rule}", "110")):
        assert may_pass(access_list(parse(text), name), ike) is may


@pytest.mark.parametrize(
    ("rule", "may"),
    [
        ("10 deny udp any any time-range NIGHT", True),
        ("10 deny udp object-group BLOCKED any", True),
        ("10 deny object-group SERVICES any any", True),
        ("10 deny udp any any log", False),
        ("10 deny udp any any eq 4500", True),
        ("remark deny udp any any", True),
    ],
)
def test_a_line_that_may_not_be_about_a_packet_leaves_it_to_the_next(rule: str, may: bool) -> None:
    ike = Packet("udp", PEER, IPv4Address("203.0.113.100"), 500)
    rules = access_list(parse(f"ip access-list extended X\n {rule}\n 20 permit ip any any"), "X")
    assert may_pass(rules, ike) is may


@pytest.mark.parametrize("name", ["1", "99", "1300", "1999"])
def test_an_access_list_of_a_low_number_is_a_standard_one(name: str) -> None:
    rules = access_list(parse(f"access-list {name} permit 52.0.0.1"), name)
    assert may_pass(rules, Packet("esp", PEER, None))
    assert not may_pass(rules, Packet("esp", IPv4Address("52.0.0.9"), None))


def test_a_standard_list_and_a_deny_that_may_not_be_about_it_are_read() -> None:
    esp = Packet("esp", PEER, None)
    assert may_pass(access_list(parse("access-list 10 permit 52.0.0.1"), "10"), esp)
    assert may_pass(access_list(parse("ip access-list standard X\n permit 52.0.0.0 0.0.0.255 log"), "X"), esp)
    assert not may_pass(access_list(parse("access-list 10 permit 10.0.0.0 0.255.255.255"), "10"), esp)
    assert may_pass(
        access_list(parse("access-list 110 deny ip any host 203.0.113.9\naccess-list 110 permit ip any any"), "110"),
        esp,
    )
