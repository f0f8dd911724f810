"""A router that has other VPNs: what a link would take from them, and they from it, is named, and theirs stays."""

import re
from dataclasses import replace

import pytest

from cisco.diff import plan
from cisco.render import render
from tests.unit.beside import V2, WAN, collisions, running, via_wan, warnings
from tests.unit.planned_links import BGP, GUIDE, holding, link, planned, router, texts, tunnel


@pytest.mark.parametrize(
    ("key", "fits"),
    [
        ("crypto isakmp key SecretWord address 0.0.0.0", True),
        ("crypto isakmp key SecretWord address 0.0.0.0         no-xauth", True),
        ("crypto isakmp key SecretWord address 52.0.0.0        255.255.255.0", True),
        ("crypto isakmp key 6 SecretWord address 0.0.0.0 0.0.0.0 no-xauth", True),
        ("crypto isakmp key SecretWord address 52.0.0.0 255.255.255.0", True),
        ("crypto isakmp key SecretWord address 52.0.0.1", True),
        ("crypto isakmp key SecretWord address 198.51.100.7", False),
        ("crypto isakmp key SecretWord hostname hub.example.com", False),
    ],
)
def test_a_global_key_that_fits_awss_addresses_is_warned_of_without_the_key(key: str, fits: bool) -> None:
    text = running("crypto isakmp policy 10", " encr aes 256", " authentication pre-share", key)
    said = warnings(text, via_wan())
    assert ("fits AWS's addresses too" in said) is fits
    assert "SecretWord" not in said
    assert warnings(text, via_wan(BGP, *V2)) == ""


@pytest.mark.parametrize(
    ("keyring", "peer", "fits"), [("HAND", 1, True), ("HAND", 9, False), ("HAND vrf INET", 1, False)]
)
def test_a_keyring_beside_ours_for_the_same_peer_is_warned_of(keyring: str, peer: int, fits: bool) -> None:
    policy = ("crypto isakmp policy 10", " encr aes 256")
    text = running(*policy, f"crypto keyring {keyring}", f"  pre-shared-key address 52.0.0.{peer} key SecretWord")
    said = warnings(text, via_wan())
    assert ("'crypto keyring HAND' has a key for 52.0.0.1 too" in said) is fits
    assert "SecretWord" not in said
    assert warnings(holding(via_wan(), router(WAN)).show(), via_wan()) == ""


@pytest.mark.parametrize(
    ("lines", "fits"),
    [
        ((" match identity remote any",), True),
        ((" match identity remote address 0.0.0.0 ",), True),
        ((" match identity remote address 52.0.0.0 255.255.0.0 ",), True),
        ((" match fvrf any", " match identity remote any"), True),
        ((" match fvrf INTERNET", " match identity remote any"), False),
        ((" match address local 192.0.2.1", " match identity remote any"), False),
        ((" match address local 203.0.113.100", " match identity remote any"), True),
        ((" match identity remote address 198.51.100.7 255.255.255.255 ",), False),
        ((" match identity remote fqdn domain example.com",), False),
    ],
)
def test_an_ikev2_profile_that_fits_awss_addresses_is_warned_of(lines: tuple[str, ...], fits: bool) -> None:
    text = running("crypto ikev2 profile FLEX", *lines)
    assert ("of 'crypto ikev2 profile FLEX' fits AWS's addresses too" in warnings(text, via_wan(BGP, *V2))) is fits
    assert "fits AWS's" not in warnings(text, via_wan())
    assert "fits AWS's" not in warnings(holding(via_wan(BGP, *V2), router(WAN)).show(), via_wan(BGP, *V2))


@pytest.mark.parametrize("gone", ["policy", "proposal"])
def test_a_built_in_proposal_that_was_taken_away_is_not_offered_for_other_vpns(gone: str) -> None:
    theirs = ("crypto ikev2 profile FLEX", " match identity remote fqdn domain example.com")
    assert "proposal default" in texts(plan(running(*theirs), render(via_wan(BGP, *V2))))
    hardened = running(f"no crypto ikev2 {gone} default", *theirs)
    assert "proposal default" not in texts(plan(hardened, render(via_wan(BGP, *V2))))


THEIRS = {
    "a key": ("crypto isakmp key SecretWord address 198.51.100.7",),
    "a keyring": ("crypto keyring HUB", "  pre-shared-key address 198.51.100.7 key SecretWord"),
    "a crypto map": ("crypto map OLD 10 ipsec-isakmp", " set peer 198.51.100.7"),
    "certificates": (
        "crypto ipsec profile DMVPN",
        " set transform-set AES",
        "interface Tunnel9",
        " tunnel protection ipsec profile DMVPN",
    ),
}


@pytest.mark.parametrize("theirs", THEIRS.values(), ids=THEIRS)
def test_who_negotiates_by_the_built_in_policies_is_named_before_ours_take_their_place(theirs: tuple[str, ...]) -> None:
    (said,) = collisions(running(*theirs), via_wan())
    assert said.startswith("'crypto isakmp policy 200' takes the place of IOS's built-in policies, by which '")
    assert "SecretWord" not in said
    for others in (("crypto isakmp policy 10", " encr aes 256"), ("no crypto isakmp default policy",)):
        assert warnings(running(*others, *theirs), via_wan()) == ""
    assert warnings(running(*theirs), via_wan(BGP, *V2)) == ""
    held = "\n".join((*theirs, holding(link()).show()))
    assert warnings(held, link(generation=2)) == ""


def test_a_links_own_policies_come_back_where_somebody_took_them_away() -> None:
    held = re.sub(r"crypto isakmp policy .*\n(?: .*\n)+", "", holding(link()).show())
    assert collisions(held, link()) == []
    assert "crypto isakmp policy 200" in texts(plan(held, render(link())))


def test_a_crypto_map_with_the_same_peer_is_named() -> None:
    text = running(
        "crypto isakmp policy 10",
        " encr aes 256",
        "crypto map OLD 10 ipsec-isakmp",
        " set peer 52.0.0.2",
        " match address 101",
    )
    assert collisions(text, via_wan()) == [
        "'crypto map OLD 10 ipsec-isakmp' encrypts to 52.0.0.2 as well: take 'set peer 52.0.0.2' away first"
    ]


SETTING = "crypto ipsec security-association replay window-size"


@pytest.mark.parametrize(
    "theirs",
    ["crypto isakmp keepalive 30 5 periodic", "crypto isakmp keepalive 3600", f"{SETTING} 512", f"{SETTING} 1024"],
)
def test_what_other_vpns_have_set_for_the_whole_router_stays_where_it_will_do(theirs: str) -> None:
    made = router(theirs)
    assert planned(made, link()).warnings == ()
    assert theirs in holding(link(), made).show()
    assert planned(made, link()).is_empty
    wider = (GUIDE[0], replace(GUIDE[1], replay_window=1024))
    grown = planned(made, link(BGP, tunnel(0, wider), tunnel(1, wider)))
    assert (f"{SETTING} 1024" in texts(grown)) is (theirs != f"{SETTING} 1024")


def test_without_any_replay_window_none_is_asked_for() -> None:
    """IOS takes a window or `disable`, so that ours would turn the check on again, and its removal not off."""
    text = running("crypto ipsec security-association replay disable")
    made = plan(text, render(via_wan()))
    assert not [line for line in texts(made) if "replay" in line]
    assert not [command.text for command in made.inverse if "replay" in command.text]
    assert not [token for token in made.owned.tokens if token.startswith("rw=")]


def test_what_is_ours_follows_the_link_whatever_else_would_do() -> None:
    wider = (GUIDE[0], replace(GUIDE[1], replay_window=1024))
    made = holding(link(BGP, tunnel(0, wider), tunnel(1, wider)))
    assert f"{SETTING} 128" in texts(planned(made, link()))
    made.line("crypto isakmp keepalive 30 5 periodic")
    assert "crypto isakmp keepalive 10 10 on-demand" in texts(planned(made, link()))
