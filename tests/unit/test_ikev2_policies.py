"""Which of several IKEv2 policies IOS takes for our address, and what that means for theirs and ours."""

import pytest

from cisco import ikev2_policies, state
from cisco.mark import Mark
from cisco.ownership import Ours
from cisco.state import Sections
from cisco.tree import parse

ID, OTHER_ID = "vpn-0123456789abcdef0", "vpn-0fedcba9876543210"
MINE = f"policy-{ID}"
STRONG = ("encryption aes-gcm-256", "prf sha384", "group 20")
WEAK = ("encryption aes-cbc-128", "integrity sha1", "group 2")
BOTH = ("encryption aes-cbc-128 aes-gcm-256", "integrity sha1", "prf sha384", "group 20 2")
AT = "match address local 192.0.2.1"


def policy(name: str, matches: tuple[str, ...], offer: tuple[str, ...]) -> str:
    proposal = "".join(f" {line}\n" for line in offer)
    lines = "".join(f" {line}\n" for line in matches)
    return f"crypto ikev2 proposal of-{name}\n{proposal}crypto ikev2 policy {name}\n{lines} proposal of-{name}\n"


def sections(text: str) -> Sections:
    return state.read(parse(text)).sections


def ours(others: dict[str, Mark] | None = None) -> Ours:
    return Ours("tokyo", ID, frozenset({ID}), is_known=True, tokens={}, tunnels=(), others=others or {})


def judged(running: str, mine: str, others: dict[str, Mark] | None = None) -> str:
    """Return what is said of a router with these policies once ours comes: unused, taken, warned, or nothing."""
    collisions, warnings = ikev2_policies.judge(sections(running), sections(mine), ours(others))
    words = ["unused" if "would not be used" in c.problem else "taken" for c in collisions]
    return " ".join([*words, *("warned" for _ in warnings)])


@pytest.mark.parametrize(
    ("theirs", "offer", "said"),
    [
        ((), WEAK, "warned"),
        (("match fvrf any",), WEAK, "warned"),
        ((AT,), WEAK, "unused"),
        (("match fvrf any", AT), WEAK, "unused"),
        (("match address local 192.0.2.9", AT), WEAK, "unused"),
        (("match address local 192.0.2.9",), WEAK, ""),
        (("match fvrf INET",), WEAK, ""),
        (("match fvrf INET", AT), WEAK, ""),
        ((), STRONG, ""),
        ((AT,), STRONG, ""),
        ((), BOTH, "warned"),
        ((AT,), BOTH, ""),
    ],
)
def test_the_best_match_wins_then_the_first(theirs: tuple[str, ...], offer: tuple[str, ...], said: str) -> None:
    assert judged(policy("THEIRS", theirs, offer), policy(MINE, (AT,), STRONG)) == said


@pytest.mark.parametrize(
    ("mine", "theirs", "said"),
    [
        (("match fvrf INET", AT), ("match fvrf any", AT), "warned"),
        (("match fvrf INET", AT), ("match fvrf INET",), "warned"),
        (("match fvrf INET", AT), ("match fvrf INET", AT), "unused"),
        (("match fvrf INET", AT), (AT,), ""),
        ((), (AT,), "unused"),
        ((), (), "unused"),
    ],
)
def test_a_front_door_vrf_that_is_named_counts_as_an_address_does(
    mine: tuple[str, ...], theirs: tuple[str, ...], said: str
) -> None:
    assert judged(policy("THEIRS", theirs, WEAK), policy(MINE, mine, STRONG)) == said


def test_a_policy_of_ours_that_stands_first_is_taken_before_its_equal() -> None:
    first = policy(MINE, (AT,), WEAK) + policy("THEIRS", (AT,), WEAK)
    second = policy("THEIRS", (AT,), WEAK) + policy(MINE, (AT,), WEAK)
    changed = policy(MINE, (AT,), STRONG)
    assert (judged(first, changed), judged(second, changed)) == ("warned", "unused")
    assert judged(second, policy(MINE, (AT,), WEAK)) == "", "nothing is new, so nothing is said"


def test_another_links_phase_1_is_never_taken_away() -> None:
    marks = {"Tunnel9": Mark("osaka", OTHER_ID, 1)}
    assert judged(policy(f"policy-{OTHER_ID}", (), WEAK), policy(MINE, (AT,), STRONG), marks) == "taken"


@pytest.mark.parametrize(
    ("theirs", "is_built_in_used", "taken"),
    [
        ((), False, ["proposal of-THEIRS"]),
        ((AT,), False, []),
        (("match fvrf INET",), False, []),
        (("match fvrf INET",), True, ["proposal default"]),
    ],
)
def test_what_our_policy_displaces_is_offered_by_it_too(
    theirs: tuple[str, ...], is_built_in_used: bool, taken: list[str]
) -> None:
    profile = "crypto ikev2 profile SPOKES\n match identity remote any\n" if is_built_in_used else ""
    text, mine = policy("THEIRS", theirs, WEAK) + profile, sections(policy(MINE, (AT,), STRONG))

    def offered(text: str) -> list[str]:
        config = parse(text)
        laid = ikev2_policies.with_displaced(config, state.read(config).sections, mine, ours())
        return sorted(set(laid["ikev2-policy", MINE].entries) - set(mine["ikev2-policy", MINE].entries))

    assert offered(text) == taken
    hardened = offered(f"no crypto ikev2 proposal default\n{text}")
    assert hardened == [line for line in taken if line != "proposal default"]
