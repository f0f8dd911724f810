"""Changes of a running link on a real engine: in place, one tunnel at a time, and by somebody else's hand."""

import re
from collections.abc import Iterator

import boto3  # type: ignore[import-untyped]  # boto3 has no type hints
import pytest
from pulumi.automation import CommandError

from tests.lab.stack_lab import PROJECT, StackLab, name_of, stack_lab

CONNECTION = "aws:ec2/vpnConnection:VpnConnection"
COMMAND = "command:local:Command"

pytestmark = pytest.mark.xdist_group("stack_changes")  # one link for all of them: making one takes longest


@pytest.fixture(scope="module")
def link(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackLab]:
    with stack_lab(tmp_path_factory.mktemp("changes") / "lab", release="xe16", advertise="onprem") as lab:
        lab.up()
        yield lab


def outcome(link: StackLab) -> tuple[set[str], set[str]]:
    """Run an up that brings every tunnel up; return what was done to the connection and to the commands."""
    before = len(link.events)
    link.up()
    assert {tunnel["state"] for tunnel in link.tunnels()} == {"UP"}
    done: dict[str, set[str]] = {CONNECTION: set(), COMMAND: set()}
    for event in link.events[before:]:
        step = event.resource_pre_event
        if step and step.metadata.type in done:
            done[step.metadata.type].add(name_of(step.metadata.op))
    return done[CONNECTION], done[COMMAND]


def keys(link: StackLab) -> dict[str, str]:
    """Return the router's keys by the tunnel that they are for."""
    held = dict(re.findall(r"pre-shared-key address (\S+) key (\S+)", link.router.running_config()))
    return {tunnel["name"]: held[tunnel["aws_outside"]] for tunnel in link.tunnels()}


def test_another_network_on_premises_changes_the_router_in_place(link: StackLab) -> None:
    link.set(onpremCidrs=["192.168.10.0/24", "192.168.20.0/24"])
    assert outcome(link) == ({"same"}, {"same", "update"})
    assert "network 192.168.20.0" in link.router.running_config()
    assert "this change takes no tunnel down" in "".join(link.said)
    assert link.preview()[0] == {}, "a preview after the change foresees another"


def test_after_a_change_that_leaves_the_router_alone_it_is_asked_once_more(link: StackLab) -> None:
    sessions = link.sessions()
    link.set(gatewayRoutes=False)
    assert outcome(link) == ({"same"}, {"same"})
    assert link.sessions() == sessions + 2


def test_a_new_key_of_one_tunnel_leaves_the_other_its_own(link: StackLab) -> None:
    before = keys(link)
    link.set(tunnel2KeySerial=2)
    link.router.edit(["interface Tunnel1", "shutdown"])
    with pytest.raises(CommandError, match="tunnel 2 is the only one that is UP, and this change takes it down"):
        link.preview()
    link.router.edit(["interface Tunnel1", "no shutdown"])
    assert "takes tunnel 2 down for some minutes, while tunnel 1 has to carry (tunnel2_key_serial)" in link.preview()[1]
    assert outcome(link) == ({"update"}, {"same", "update"})
    after = keys(link)
    assert after["tunnel1"] == before["tunnel1"]
    assert after["tunnel2"] != before["tunnel2"]


def test_a_preview_says_what_a_change_costs(link: StackLab) -> None:
    """What each argument's change costs: tests/contract/test_cost.py."""
    link.set(routing="static")
    said = link.preview()[1]
    link.stack.remove_config(f"{PROJECT}:routing")
    assert "makes the VPN connection anew: both tunnels are down" in said


def test_a_preview_says_what_a_replacement_by_hand_costs(link: StackLab) -> None:
    parts = (f"SiteToSiteVpn${CONNECTION}", f"IosCustomerGateway${COMMAND}")
    urns = [f"urn:pulumi:dev::{PROJECT}::aws-cisco-vpn:index:VpnLink$aws-cisco-vpn:index:{part}::dev" for part in parts]
    said: list[str] = []
    link.set(gatewayRoutes=False)  # which takes no tunnel down, and is no answer for the rest
    link.stack.preview(replace=urns, on_output=said.append, color="never")
    link.set(gatewayRoutes=False)
    assert re.search("both tunnels are down .*--replace, gone at AWS, or left from the last up", "".join(said))


def test_a_key_that_is_given_replaces_the_one_that_was_made(link: StackLab) -> None:
    link.set_secret(tunnel1PresharedKey="given.by_the.test.1")
    link.up()
    assert keys(link)["tunnel1"] == "given.by_the.test.1"
    assert {tunnel["state"] for tunnel in link.tunnels()} == {"UP"}


def test_one_field_of_the_profile_changes_both_ends_in_place(link: StackLab) -> None:
    link.set(profileOverrides={"phase2_dh_group_number": 14})
    assert outcome(link) == ({"update"}, {"same", "update"})
    assert link.router.running_config().count("set pfs group14") == 2


def test_another_profile_is_reached_in_place_tunnel_by_tunnel(link: StackLab) -> None:
    link.set(profileOverrides={}, tunnel2Profile="modern")
    assert outcome(link) == ({"update"}, {"same", "update"})
    assert "crypto ikev2" in link.router.running_config()
    link.set(tunnel1Profile="modern")
    assert outcome(link) == ({"update"}, {"same", "update"})
    assert "crypto isakmp profile" not in link.router.running_config()


def test_a_line_removed_by_hand_is_shown_by_preview_and_healed_by_up(link: StackLab) -> None:
    in_sync = link.router.running_config()
    (line,) = set(re.findall(r"ip tcp adjust-mss \d+", in_sync))
    link.router.edit(["interface Tunnel1", "no ip tcp adjust-mss"])
    foreseen, said = link.preview()
    assert foreseen == {"update": 1}
    assert f"+  {line}" in said
    assert "last configured by console, not by this stack's user" in said
    assert link.up() == {"update": 1}
    assert without_generation(link.router.running_config()) == without_generation(in_sync)
    sent = len(link.router.received)
    assert link.up() == {}
    assert "configure terminal" not in link.router.received[sent:], "the next up configured the router again"


def test_a_link_removed_by_hand_is_made_again(link: StackLab) -> None:
    in_sync = link.router.running_config()
    link.router.edit(["no interface Tunnel1", "no interface Tunnel2"])
    foreseen, said = link.preview()
    assert foreseen == {"update": 1}, said
    assert "+ interface Tunnel1" in said
    assert "not made by us" not in said, "what the stack knows to be its own is called somebody else's"
    link.up()
    assert without_generation(link.router.running_config()) == without_generation(in_sync)


def test_with_the_drift_check_off_nobody_asks_the_router_in_a_preview(link: StackLab) -> None:
    link.set(driftCheck=False, check="off")
    asked = len(link.router.received)
    link.preview()
    assert link.router.received[asked:] == []
    link.set(driftCheck=True, check="require")


def test_a_connection_deleted_at_aws_is_made_anew_after_a_refresh(link: StackLab) -> None:
    gone = link.stack.outputs()["vpnConnectionId"].value
    boto3.client(
        "ec2", endpoint_url=link.aws.endpoint, region_name="ap-northeast-1",
        aws_access_key_id="lab", aws_secret_access_key="lab",
    ).delete_vpn_connection(VpnConnectionId=gone)  # fmt: skip
    changes, said = link.preview()
    assert (changes, f"AWS did not say how the tunnels are: {gone}" in said) == ({}, True)
    link.stack.refresh(color="never")
    assert outcome(link) == ({"create"}, {"same", "update"})
    running = link.router.running_config()
    assert gone not in running
    assert link.stack.outputs()["vpnConnectionId"].value in running


def test_another_vpc_gets_the_gateway_that_the_first_one_had(link: StackLab) -> None:
    connection = link.stack.outputs()["vpnConnectionId"].value
    link.set(vpcCidr="10.9.0.0/16", subnetCidrs=["10.9.0.0/24"])
    outcome(link)
    assert link.stack.outputs()["vpnConnectionId"].value == connection
    assert link.preview()[0] == {}, "a preview after the change foresees another"


def without_generation(config: str) -> str:
    return re.sub(r"\bgen \d+", "gen N", config)
