"""Two IKEv2 VPNs that speak from one address: IOS takes one policy for both, so they must offer the same or be refused."""

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from cisco.errors import PreflightError
from cisco.login import Options
from cisco.model import Encryption, Intent, Phase1
from cisco.remedies import remedy
from cisco.transaction import apply, remove
from tests.lab.agent_bench import MODERN, default_running, link, second_link
from tests.lab.memory_vty import MemoryRouter

PHASE1, PHASE2 = MODERN
OTHER = replace(PHASE1, encryption=Encryption.AES256, dh_group=19)
TOKYO = link(phases=MODERN)
CBC = "crypto ikev2 proposal theirs\n encryption aes-cbc-256\n integrity sha256\n group 14\n"


def osaka(phase1: Phase1 = PHASE1, address: str = "203.0.113.100") -> Intent:
    base = second_link()
    one, two = (replace(tunnel, phase1=phase1, phase2=PHASE2) for tunnel in base.tunnels)
    return replace(base, tunnels=(one, two), local_address=IPv4Address(address))


def holding(*intents: Intent, extra: str = "") -> MemoryRouter:
    running = default_running().replace("\ninterface ", f"\n{extra}!\ninterface ", 1) if extra else default_running()
    router = MemoryRouter(running)
    for intent in intents:
        apply(intent, router.connection(), Options())
    return router


def offered(router: MemoryRouter) -> list[str]:
    """Return the names of the proposals in our policy."""
    policy = router.running.partition("crypto ikev2 policy policy-vpn-0a1b2c3d")[2].partition("\n!")[0]
    return [line.split()[1] for line in policy.splitlines() if line.startswith(" proposal ")]


def test_two_links_with_the_same_phase_1_share_an_address() -> None:
    router = holding(TOKYO, osaka())

    assert not apply(TOKYO, router.connection(), Options()).changed
    assert not apply(osaka(), router.connection(), Options()).changed


def test_a_second_link_whose_policy_would_go_unused_is_refused_with_the_way_out() -> None:
    router = holding(TOKYO)
    before = router.running

    with pytest.raises(PreflightError) as refused:
        apply(osaka(OTHER), router.connection(), Options())
    assert "'crypto ikev2 policy policy-vpn-0a1b2c3d' of link tokyo, and that does not offer aes-cbc-256" in str(
        refused.value
    )
    assert "give both links the same phase 1 (aes-gcm-256 sha384 group 20)" in str(refused.value)
    assert remedy(str(refused.value)) == "one-ikev2-policy-for-two"
    assert router.running == before


def test_another_local_address_is_the_way_out() -> None:
    router = holding(TOKYO, extra="interface Loopback1\n ip address 203.0.113.101 255.255.255.255\n")

    assert apply(osaka(OTHER, "203.0.113.101"), router.connection(), Options()).changed


def test_a_change_that_would_take_the_other_links_proposal_away_is_refused() -> None:
    router = holding(TOKYO, osaka())
    before = router.running
    changed = link(phases=(OTHER, PHASE2), generation=2)

    with pytest.raises(PreflightError, match="also serves link osaka, which negotiates aes-gcm-256 sha384 group 20"):
        apply(changed, router.connection(), Options())
    assert router.running == before

    remove(router.connection(), Options(), intent=osaka())
    assert apply(changed, router.connection(), Options()).changed


@pytest.mark.parametrize(
    "address", [" match address local 203.0.113.100\n", " match fvrf any\n match address local 203.0.113.100\n"]
)
def test_a_foreign_policy_that_would_be_taken_instead_is_named(address: str) -> None:
    router = holding(extra=f"{CBC}crypto ikev2 policy hub\n{address} proposal theirs\n")

    with pytest.raises(PreflightError, match="'crypto ikev2 policy hub', and that does not offer aes-gcm-256"):
        apply(TOKYO, router.connection(), Options())


def test_a_foreign_policy_that_offers_ours_too_is_welcome() -> None:
    gcm = "crypto ikev2 proposal also\n encryption aes-gcm-256 aes-gcm-128\n prf sha512 sha384\n group 19 20\n"
    policy = "crypto ikev2 policy hub\n match address local 203.0.113.100\n proposal theirs\n proposal also\n"

    assert apply(TOKYO, holding(extra=CBC + gcm + policy).connection(), Options()).changed


@pytest.mark.parametrize("line", [" match address local 192.0.2.9\n", " match fvrf INET\n"])
def test_a_policy_for_another_address_or_vrf_is_no_concern(line: str) -> None:
    vrf = "vrf definition INET\n !\n address-family ipv4\n exit-address-family\n!\n"
    router = holding(extra=f"{vrf}{CBC}crypto ikev2 policy hub\n{line} proposal theirs\n")

    assert apply(TOKYO, router.connection(), Options()).warnings == ()


def test_a_policy_for_every_address_loses_ours_and_its_proposals_go_along() -> None:
    router = holding(extra=f"{CBC}crypto ikev2 policy hub\n proposal theirs\n")
    before = router.running

    assert apply(TOKYO, router.connection(), Options()).warnings == ()
    assert offered(router) == ["proposal-aes-gcm-256-sha384-20-vpn-0a1b2c3d", "theirs"]
    assert not apply(TOKYO, router.connection(), Options()).changed
    remove(router.connection(), Options(), intent=TOKYO)
    assert router.running == before


def test_a_policy_that_comes_later_is_none_of_ours() -> None:
    late = f"\n{CBC}crypto ikev2 policy hub\n proposal theirs\n!\ninterface "
    router = MemoryRouter(holding(TOKYO).running.replace("\ninterface ", late, 1))

    assert not apply(TOKYO, router.connection(), Options()).changed


def test_a_vpn_on_the_built_in_policy_goes_on_with_the_built_in_proposal() -> None:
    theirs = (
        "crypto ikev2 keyring partner\n peer one\n  address 192.0.2.7\n  pre-shared-key plainly-fake-partner\n !\n"
        "crypto ikev2 profile partner\n match identity remote address 192.0.2.7 255.255.255.255\n"
        " authentication remote pre-share\n authentication local pre-share\n keyring local partner\n"
    )
    router = holding(extra=theirs)

    assert apply(TOKYO, router.connection(), Options()).warnings == ()
    assert offered(router) == ["proposal-aes-gcm-256-sha384-20-vpn-0a1b2c3d", "default"]
    assert not apply(TOKYO, router.connection(), Options()).changed
