"""The marks that the router keeps: written, read back, spread over two descriptions, and never trusted too far."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cisco import ownership, state
from cisco.mark import Mark, read_mark
from cisco.ownership import MAX_DESCRIPTION, key, previous, setting_token, spread
from cisco.plan import Owned
from cisco.tree import parse

ID = "vpn-0123456789abcdef0"
TOKENS = st.lists(
    st.sampled_from(["p200", "p201", "df=copy", "ka=10/3/periodic", "rw=64", "sla100", "trk100", "bgp", "net0", "~rw"])
    | st.ip_addresses(v=4).map(lambda a: f"net={a}/32"),
    unique=True,
)


def router(*descriptions: str) -> state.State:
    lines = (f"interface Tunnel{n}\n description {text}\n" for n, text in enumerate(descriptions, start=1))
    return state.read(parse("".join(lines)))


@given(st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9_-]{0,39}\Z"), st.integers(0, 10**6), TOKENS)
def test_a_mark_is_read_as_it_was_written(link: str, generation: int, tokens: list[str]) -> None:
    mark = Mark(link, ID, generation, tuple(tokens))
    assert read_mark(mark.text) == mark


@given(TOKENS)
def test_tokens_are_spread_over_two_descriptions_that_ios_takes(tokens: list[str]) -> None:
    first, second, dropped = spread(Mark("x" * 40, ID, 10**6), tokens)
    assert max(len(first.text), len(second.text)) <= MAX_DESCRIPTION
    assert {*first.tokens, *second.tokens, *dropped} == set(tokens)


@pytest.mark.parametrize("text", ["", "aws-cisco-vpn", "my aws-cisco-vpn a vpn-1 gen 1", "aws-cisco-vpn a vpn-1 gen x"])
def test_a_description_that_is_not_ours_is_no_mark(text: str) -> None:
    assert read_mark(text) is None


@pytest.mark.parametrize("value", ["copy", "10 3 periodic", "none"])
def test_a_previous_value_survives_its_token(value: str) -> None:
    assert previous(setting_token("ka", value)) == value


@pytest.mark.parametrize(("token", "about"), [("df=copy", "df"), ("~df", "df"), ("net=10.0.0.0/8", "net=10.0.0.0/8")])
def test_a_token_names_the_same_thing_owned_or_used(token: str, about: str) -> None:
    assert key(token) == about


def test_the_highest_generation_on_the_router_counts() -> None:
    running = router(f"aws-cisco-vpn a {ID} gen 3", f"aws-cisco-vpn a {ID} gen 4", "aws-cisco-vpn b vpn-9 gen 9")
    assert ownership.generation(running, ID) == 4
    assert ownership.generation(running, "vpn-8") is None
    assert ownership.newest_mark(running, "vpn-9") == Mark("b", "vpn-9", 9)


def test_what_the_router_remembers_wins_over_an_old_manifest() -> None:
    running = router(f"aws-cisco-vpn a {ID} gen 1 own df=set")
    found = ownership.ours(running, "a", ID, Owned("a", ID, ("df=copy", "p200")), frozenset())
    assert dict(found.tokens) == {"df": "df=set", "p200": "p200"}


def test_a_connection_that_neither_mark_nor_manifest_knows_is_not_ours() -> None:
    assert not ownership.ours(router("the office"), "a", ID, Owned(), frozenset()).is_known


def test_another_links_mark_is_never_ours() -> None:
    found = ownership.ours(router("aws-cisco-vpn a vpn-9 gen 1 own p200"), "a", ID, Owned(), frozenset())
    assert found.tunnels == ()
    assert not found.owns("p200")
    assert found.holders("p200") == ("Tunnel1",)


def test_a_mark_on_anything_but_a_tunnel_is_no_mark() -> None:
    text = f"interface Loopback1\n description aws-cisco-vpn a {ID} gen 1\n"
    assert ownership.marks(state.read(parse(text)).sections) == {}


def test_the_routers_marks_tell_a_links_connection_where_they_agree() -> None:
    both = [f"aws-cisco-vpn a {ID} gen 1", f"aws-cisco-vpn a {ID} gen 2"]
    assert ownership.connection_of(router(*both, "aws-cisco-vpn b vpn-9 gen 1"), "a") == ID
    assert ownership.connection_of(router(*both, "aws-cisco-vpn a vpn-9 gen 1"), "a") is None
    assert ownership.connection_of(router(*both), "b") is None


def test_what_an_old_manifest_claims_and_another_link_owns_by_now_is_not_ours() -> None:
    running = router(f"aws-cisco-vpn a {ID} gen 1", "aws-cisco-vpn b vpn-9 gen 1 own p200 ~p201")
    found = ownership.ours(running, "a", ID, Owned("a", ID, ("p200", "p201", "df=copy")), frozenset())
    assert dict(found.tokens) == {"p201": "p201", "df": "df=copy"}


@pytest.mark.parametrize(
    ("marked", "is_owned"), [(("p200", "~p200"), True), (("~p200", "p200"), True), (("~p200", "~p200"), False)]
)
def test_what_one_tunnel_owns_and_the_other_uses_is_owned(marked: tuple[str, str], is_owned: bool) -> None:
    running = router(*(f"aws-cisco-vpn a {ID} gen 1 own {token}" for token in marked))
    assert ownership.ours(running, "a", ID, Owned(), frozenset()).owns("p200") is is_owned


BY_NAME = f"""
interface Tunnel1
 tunnel protection ipsec profile ipsec-{ID}-0
interface Tunnel2
interface Tunnel3
interface Tunnel4
 ip address 192.0.2.1 255.255.255.252
interface Tunnel5
 ip address 192.0.2.5 255.255.255.252
interface Tunnel6
 description aws-cisco-vpn b vpn-9 gen 1
 tunnel protection ipsec profile ipsec-{ID}-1
"""


def test_a_known_links_tunnels_are_ours_by_protection_by_destination_or_as_the_bare_rest_of_one() -> None:
    running = state.read(parse(BY_NAME))
    owned = Owned("a", ID, ("t2", "t5"))
    found = ownership.ours(running, "a", ID, owned, frozenset({"Tunnel4"}))
    assert found.tunnels == ("Tunnel1", "Tunnel2", "Tunnel4")
    assert ownership.ours(running, "a", ID, Owned(), frozenset({"Tunnel4"})).tunnels == ()


def test_a_description_may_be_as_long_as_ios_takes_it() -> None:
    mark = Mark("x" * 40, ID, 10**6)
    token = "n" * (MAX_DESCRIPTION - len(replace(mark, tokens=("",)).text))
    assert spread(mark, [token])[0].tokens == (token,)
    assert spread(mark, [f"{token}n"])[2] == (f"{token}n",)


@pytest.mark.parametrize(
    "name", [f"keyring-{ID}-0", f"ipsec-prop-{ID}-1", f"policy-{ID}", f"proposal-aes-gcm-256-sha384-20-{ID}"]
)
def test_an_object_named_after_the_connection_is_ours_by_name(name: str) -> None:
    assert ownership.ours(router(), "a", ID, Owned("a", ID), frozenset()).named(name)


@pytest.mark.parametrize(
    "name",
    [
        f"{ID}0-1",
        f"my{ID}x",
        "keyring-vpn-9-0",
        f"keyring-my{ID}-0",
        f"old-keyring-{ID}-0",
        f"backup-{ID}",
        f"keyring-{ID}-12",
    ],
)
def test_a_name_that_only_looks_like_the_connections_is_not(name: str) -> None:
    assert not ownership.ours(router(), "a", ID, Owned("a", ID), frozenset()).named(name)
