"""The routing choices line by line: what is written for AWS's document, in which order it is sent, and what is never touched."""

from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from cisco.diff import plan, removal
from cisco.errors import InputError
from cisco.model import Bgp, Intent, Static, Steering
from cisco.plan import Owned
from cisco.render import render
from cisco.request import RouterSettings, parse_request
from tests.unit.aws_documents import DATA, both_modern, intent
from tests.unit.little_ios import LittleIos
from tests.unit.planned_links import BGP, ID, VPC, holding, link, planned, router, texts

OFFICE = (IPv4Network("192.168.10.0/24"),)
GUARDED = replace(BGP, advertise=OFFICE, accept=(VPC,))
PEER = "169.254.44.1"


def in_vrfs(made: Intent, **vrfs: str) -> Intent:
    return replace(made, **vrfs)  # type: ignore[arg-type]  # names are checked


def branch(*blocks: str, style: str = "vrf definition") -> LittleIos:
    made = router()
    made.vrfs.update(INET=style, CUST=style)
    made.type("\n".join(blocks))
    return made


@pytest.mark.parametrize("options", ["default", "modern"])
def test_every_choice_together_gives_the_golden_text(options: str, request: pytest.FixtureRequest) -> None:
    settings = RouterSettings(
        advertise=OFFICE, front_door_vrf="INET", inside_vrf="CUST", prefix_lists=True, maximum_prefix=1000,
        primary=str(intent("bgp-vgw.xml").tunnels[1].aws_outside),
    )  # fmt: skip
    given = both_modern("bgp-vgw.xml") if options == "modern" else None
    golden = DATA / f"bgp-vgw.routing-{options}.ios"
    text = render(intent("bgp-vgw.xml", settings, tunnel_options=given))
    if request.config.getoption("--update-golden"):
        golden.write_text(text)
    assert text == golden.read_text()


def test_a_new_tunnel_says_whose_it_is_before_it_is_put_into_a_vrf() -> None:
    """An agent killed between the two would leave an interface that its next run takes for somebody else's."""
    marked, moved, interface = set(), [], ""
    for line in texts(planned(branch(), in_vrfs(link(BGP), inside_vrf="CUST"))):
        interface = line if line.startswith("interface ") else interface
        if line.startswith("description aws-cisco-vpn "):
            marked.add(interface)
        if line == "vrf forwarding CUST":
            assert interface in marked
            moved.append(interface)
    assert moved == ["interface Tunnel2", "interface Tunnel1"]


def test_the_primary_is_named_by_an_address_or_a_network_of_its_own() -> None:
    one, two = intent("bgp-vgw.xml").tunnels
    for name, index in ((str(one.aws_outside), 0), (str(two.router_inside.network), 1)):
        assert intent("bgp-vgw.xml", RouterSettings(primary=name)).primary == index
    with pytest.raises(InputError, match=f"one of {one.aws_outside}"):
        intent("bgp-vgw.xml", RouterSettings(primary="192.0.2.1"))


@pytest.mark.parametrize(
    ("router_fields", "words"),
    [
        ({"steering": "weight"}, "router.steering"),
        ({"prefix_lists": "yes"}, "router.prefix_lists"),
        ({"maximum_prefix": "many"}, "router.maximum_prefix"),
        ({"front_door_vrf": 7}, "router.front_door_vrf"),
    ],
)
def test_a_choice_that_is_none_is_refused_by_name(router_fields: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse_request({"router": router_fields}, {})


@pytest.mark.parametrize("name", ["9INET", "IN ET", "any", "x" * 33, "INET\nreload"])
def test_a_name_that_no_vrf_has_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="VRF"):
        in_vrfs(link(), inside_vrf=name)


@pytest.mark.parametrize("settings", [RouterSettings(prefix_lists=True), RouterSettings(maximum_prefix=9)])
def test_what_is_about_bgp_is_refused_with_static_routing(settings: RouterSettings) -> None:
    with pytest.raises(InputError, match="absent with static routing"):
        intent("static-vgw.xml", settings)


def test_prefix_lists_without_the_vpcs_networks_are_refused() -> None:
    with pytest.raises(InputError, match="vpc_cidrs"):
        intent("bgp-vgw.xml", RouterSettings(prefix_lists=True), vpc_cidrs=[])


def test_the_backup_announces_a_longer_path_or_a_med_and_the_primary_nothing_special() -> None:
    for steering, line in (
        (Steering.AS_PATH, "set as-path prepend 65001 65001 65001"),
        (Steering.MED, "set metric 100"),
    ):
        text = render(replace(link(replace(GUARDED, steering=steering)), primary=1))
        assert f"route-map backup-{ID}-0 permit 10\n  {line}\n" in text
        assert f"route-map primary-{ID}-1 permit 10\n  set local-preference 200\n" in text
    alone = render(replace(link(replace(GUARDED, steering=Steering.NONE)), primary=1))
    assert "backup-" not in alone


def test_an_added_filter_comes_before_the_neighbor_that_uses_it_and_is_applied_by_a_soft_clear() -> None:
    made = planned(holding(link(replace(BGP, advertise=OFFICE))), link(GUARDED))
    lines = texts(made)
    lists = [i for i, line in enumerate(lines) if line.startswith("ip prefix-list")]
    users = [i for i, line in enumerate(lines) if line.startswith("neighbor")]
    assert len(lists) == 2
    assert max(lists) < min(users)
    assert made.steps[-1].refresh == (f"clear ip bgp {PEER} soft", "clear ip bgp 169.254.44.5 soft")


def test_a_network_more_is_a_line_more_and_the_list_is_never_empty() -> None:
    other = IPv4Network("10.1.0.0/16")
    made = planned(holding(link(GUARDED)), link(replace(GUARDED, accept=(other,))))
    name = f"ip prefix-list from-aws-{ID}"
    assert texts(made) == [f"{name} permit {other}", f"no {name} seq 5 permit {VPC}"]


def test_a_filter_of_somebody_elses_is_named_and_stays() -> None:
    made = holding(link(replace(BGP, advertise=OFFICE)))
    made.type(f"router bgp 65001\naddress-family ipv4\nneighbor {PEER} prefix-list MINE in\nexit\nexit")
    assert planned(made, link(replace(BGP, advertise=OFFICE))).is_empty
    (collision,) = planned(made, link(GUARDED)).collisions
    assert "prefix-list MINE in' is not ours" in str(collision)


def test_a_limit_set_by_hand_stays_and_ours_goes_with_the_choice() -> None:
    made = holding(link())
    made.type(f"router bgp 65001\naddress-family ipv4\nneighbor {PEER} maximum-prefix 50\nexit\nexit")
    assert planned(made, link()).is_empty
    limited = holding(link(replace(BGP, maximum_prefix=1000)))
    assert limited.show().count("maximum-prefix 1000 restart 5") == 2
    assert f"no neighbor {PEER} maximum-prefix 1000 restart 5" in texts(planned(limited, link()))
    assert "maximum-prefix" not in holding(link(), limited).show()


def test_an_interface_joins_its_vrf_before_it_gets_its_address() -> None:
    lines = texts(planned(branch(), in_vrfs(link(), inside_vrf="CUST")), "Tunnel2")
    at = [
        next(i for i, line in enumerate(lines) if line.startswith(start))
        for start in ("vrf f", "ip address", "tunnel pro")
    ]
    assert at == sorted(at)


def test_a_tunnel_that_changes_its_vrf_gets_its_address_again() -> None:
    made = planned(holding(in_vrfs(link(), inside_vrf="CUST"), branch()), in_vrfs(link(), inside_vrf="INET"))
    lines = texts(made, "Tunnel2")
    start = lines.index("interface Tunnel2")
    assert lines[start + 1 : start + 3] == ["vrf forwarding INET", "ip address 169.254.44.6 255.255.255.252"]
    assert "no neighbor 169.254.44.5" in lines


def test_a_route_leaves_before_its_interface_changes_its_vrf() -> None:
    made = planned(holding(link(Static((VPC,))), branch()), in_vrfs(link(Static((VPC,))), inside_vrf="CUST"))
    lines = texts(made, "Tunnel2")
    assert lines.index("no ip route 10.0.0.0 255.255.0.0 Tunnel2 track 200") < lines.index("vrf forwarding CUST")
    assert lines.index("vrf forwarding CUST") < lines.index("ip route vrf CUST 10.0.0.0 255.255.0.0 Tunnel2 track 200")


def test_a_vrf_is_named_in_the_word_that_goes_with_its_definition() -> None:
    assert "ip vrf forwarding CUST" in texts(planned(branch(style="ip vrf"), in_vrfs(link(), inside_vrf="CUST")))


def test_another_front_door_makes_a_keyring_before_the_old_one_goes() -> None:
    lines = texts(planned(holding(link(), branch()), in_vrfs(link(), front_door_vrf="INET")), "Tunnel2")
    order = [
        f"crypto keyring keyring-INET-{ID}-1 vrf INET",
        f"keyring keyring-INET-{ID}-1",
        f"no keyring keyring-{ID}-1",
        f"no crypto keyring keyring-{ID}-1",
    ]
    assert [line for line in lines if line in order] == order


def test_a_keyring_that_somebody_keeps_under_a_name_like_ours_stays() -> None:
    made = holding(link())
    made.type(f"crypto keyring keyring-OLD-{ID}-0\npre-shared-key address 198.51.100.9 key notours9\nexit")
    gone = texts(removal(made.show(), Owned(connection_id=ID)))
    assert not any("OLD" in line for line in gone)


def test_the_same_neighbor_in_another_vrf_is_somebody_elses() -> None:
    made = branch(f"router bgp 65001\naddress-family ipv4 vrf INET\nneighbor {PEER} remote-as 65099\nexit\nexit")
    held = holding(in_vrfs(link(), inside_vrf="CUST"), made)
    for command in removal(held.show(), Owned(connection_id=ID)).commands:
        held.line(command.text)
    assert f"neighbor {PEER} remote-as 65099" in held.show()
    assert "vrf CUST" not in held.show().partition("router bgp")[2]


def test_no_choice_leaves_the_plan_of_a_link_that_is_there_empty() -> None:
    assert plan(holding(link()).show(), render(link())).is_empty
    assert isinstance(link().routing, Bgp)


@pytest.mark.parametrize("style", ["", "vrf definition"])
def test_an_as_number_counts_the_same_in_both_of_its_notations(style: str) -> None:
    """`bgp asnotation dot` changes what IOS shows; 62918.62741 is from Batfish's collection of configurations."""
    made = branch(style=style) if style else router()
    wanted = replace(link(replace(GUARDED, router_asn=4123456789, aws_asn=4200000001)), primary=1)
    wanted = in_vrfs(wanted, inside_vrf="CUST") if style else wanted
    holding(wanted, made)
    shown = made.show().replace("4123456789", "62918.62741").replace("4200000001", "64086.59905")
    assert shown.count("62918.62741") == 4
    assert plan(shown, render(wanted)).is_empty
    assert texts(removal(shown, Owned(link="tokyo", connection_id=ID))) == texts(
        removal(made.show(), Owned(link="tokyo", connection_id=ID))
    )


@pytest.mark.parametrize(
    ("family", "mode"), [("", "config-router"), (" address-family ipv4\n exit-address-family\n", "config-router-af")]
)
def test_what_awss_own_text_repeats_in_the_address_family_is_sent_where_the_process_shows_it(
    family: str, mode: str
) -> None:
    text = (DATA / "bgp-vgw.aws-ios.txt").read_text()
    planned = plan(f"router bgp 65000\n bgp log-neighbor-changes\n{family}end\n", text)
    modes = {command.text.split()[2]: command.mode for command in planned.commands if "neighbor 169" in command.text}
    assert modes["remote-as"] == modes["timers"] == "config-router"
    assert modes["default-originate"] == modes["soft-reconfiguration"] == mode
