"""Taking a link away: what comes back, what goes with it, and what stands in the way."""

import pytest

from cisco.diff import plan, removal
from cisco.model import Bgp
from cisco.plan import SHARED, Owned
from cisco.render import render
from tests.unit.planned_links import ID, holding, link, planned, router, second_link, texts


def test_what_two_links_share_is_handed_to_the_one_that_stays() -> None:
    made = router()
    bare = made.show()
    holding(second_link(), holding(link(), made))
    gone = removal(made.show(), Owned(connection_id=ID))
    assert not any(line.startswith(("no crypto isakmp policy", "crypto ipsec df-bit")) for line in texts(gone))
    for command in gone.commands:
        made.line(command.text)
    (left,) = [line for line in made.show().splitlines() if " own " in line]
    assert set(left.split(" own ")[1].split()) == {"df=copy", "ka=none", "rw=64", "p200", "p201", "bgp", "net0", "t4"}
    assert planned(made, second_link()).is_empty
    for command in removal(made.show(), Owned(connection_id="vpn-0fedcba9876543210")).commands:
        made.line(command.text)
    assert made.show() == bare


def test_a_previous_global_value_comes_back() -> None:
    made = router("crypto ipsec df-bit set", "crypto ipsec fragmentation after-encryption")
    before = made.show()
    warnings = planned(made, link()).warnings
    assert any("'crypto ipsec df-bit set' becomes 'crypto ipsec df-bit clear'" in warning for warning in warnings)
    holding(link(), made)
    for command in removal(made.show(), Owned(connection_id=ID)).commands:
        made.line(command.text)
    assert made.show() == before


def test_a_removal_leaves_a_default_alone_that_the_router_shows() -> None:
    made = holding(link())
    owned = planned(made, link()).owned
    for command in removal(made.show(), owned).commands:
        made.line(command.text)
    # This release shows what was entered, default or not.
    shown = f"crypto ipsec df-bit copy\ncrypto ipsec security-association replay window-size 64\n{made.show()}"
    assert removal(shown, owned).is_empty


def test_what_an_older_ios_shows_of_any_bgp_keeps_none_of_ours() -> None:
    # IOS 12.4 to 15.1 show these two of every process, in the address family where there is one.
    older = " address-family ipv4\n  no synchronization\n  no auto-summary\n"
    shown = holding(link()).show().replace(" address-family ipv4\n", older)
    assert plan(shown, render(link())).is_empty
    assert "no router bgp 65001" in texts(removal(shown, Owned(connection_id=ID)))
    assert plan(shown, render(link(Bgp(65010, 64512)))).collisions == ()


@pytest.mark.parametrize("is_reused", [False, True])
def test_a_removal_takes_the_neighbours_of_tunnels_that_were_deleted_by_hand(*, is_reused: bool) -> None:
    made = router("router bgp 65001\nbgp log-neighbor-changes\nneighbor 10.9.9.9 remote-as 65010\nexit")
    before = made.show()
    owned = planned(made, link()).owned
    holding(link(), made)
    for line in ("no interface Tunnel1", "no interface Tunnel2"):
        made.line(line)
    if is_reused:
        made.type("interface Tunnel7\nip address 169.254.44.2 255.255.255.252\nexit")
    neighbors = frozenset(("", str(end.aws_inside)) for end in link().tunnels)
    for command in removal(made.show(), owned, neighbors).commands:
        made.line(command.text)
    assert (made.show() == before) is not is_reused
    assert ("neighbor 169.254.44.1 remote-as" in made.show()) is is_reused
    assert "neighbor 169.254.44.5" not in made.show()


def test_a_removal_names_what_uses_an_object_of_ours_and_sends_nothing() -> None:
    made = holding(link())
    text = made.show().replace("\nend\n", f"\ncrypto ipsec profile MINE\n set transform-set ipsec-prop-{ID}-1\nend\n")
    gone = removal(text, Owned(connection_id=ID))
    assert [str(collision) for collision in gone.collisions] == [
        f"'crypto ipsec profile MINE' uses ipsec-prop-{ID}-1, which is to go: take 'set transform-set ipsec-prop-{ID}-1' away first"
    ]
    assert gone.steps == ()


def test_a_description_that_names_an_object_of_ours_is_no_use_of_it() -> None:
    made = holding(link())
    text = made.show().replace("\nend\n", f"\ninterface Loopback9\n description stands in for ipsec-prop-{ID}-1\nend\n")
    assert removal(text, Owned(connection_id=ID)).collisions == ()


def test_a_route_of_somebody_else_s_that_goes_with_a_tunnel_is_warned_of() -> None:
    made = holding(link())
    text = made.show().replace("\nend\n", "\nip route 172.16.0.0 255.255.0.0 Tunnel1\nend\n")
    (warning,) = removal(text, Owned(connection_id=ID)).warnings
    assert warning.startswith("'ip route 172.16.0.0 255.255.0.0 Tunnel1' is not ours, and goes with Tunnel1")
    assert removal(made.show(), Owned(connection_id=ID)).warnings == ()


def test_a_removal_takes_routing_then_tunnel_then_crypto_then_what_is_shared() -> None:
    gone = removal(holding(link()).show(), Owned(connection_id=ID))
    assert [step.scope for step in gone.steps] == ["Tunnel2", "Tunnel1", SHARED]
    assert texts(gone, "Tunnel2") == [
        "router bgp 65001", "no neighbor 169.254.44.5", "exit",
        "interface Tunnel2", "shutdown", f"no tunnel protection ipsec profile ipsec-{ID}-1", "exit",
        "no interface Tunnel2",
        f"no crypto ipsec profile ipsec-{ID}-1",
        f"no crypto ipsec transform-set ipsec-prop-{ID}-1",
        f"no crypto isakmp profile isakmp-{ID}-1",
        f"no crypto keyring keyring-{ID}-1",
    ]  # fmt: skip
    assert texts(gone)[-1] == "no interface Tunnel1"


def test_a_hand_made_link_is_not_removed_on_the_strength_of_its_names() -> None:
    made = router()
    made.type(render(link()))
    made.sections[("interface", "Tunnel1")].lines.pop("description")
    made.sections[("interface", "Tunnel2")].lines.pop("description")
    gone = removal(made.show(), Owned(connection_id=ID))
    assert gone.is_empty
    assert "was not made by us and stays" in gone.warnings[0]
