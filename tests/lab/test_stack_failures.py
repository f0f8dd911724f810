"""What an up says, and leaves, when something is wrong at the router."""

import re
from collections.abc import Iterator

import boto3  # type: ignore[import-untyped]  # boto3 has no type hints
import pytest
from pulumi.automation import CommandError

from lab.router.faults import Reject
from tests.lab.stack_lab import StackLab, stack_lab

pytestmark = pytest.mark.xdist_group("stack_failures")  # one link for all of them: making one takes longest


@pytest.fixture(scope="module")
def new_link(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackLab]:
    with stack_lab(tmp_path_factory.mktemp("failures") / "lab", checkTimeout=8) as lab:
        yield lab


@pytest.fixture(scope="module")
def refusal(new_link: StackLab) -> str:
    """Return what the first preview says where another tunnel has the number."""
    new_link.router.edit(["interface Tunnel1", "ip address 10.99.0.1 255.255.255.0"])
    with pytest.raises(CommandError) as refused:
        new_link.preview()
    new_link.router.edit(["no interface Tunnel1"])
    return str(refused.value)


@pytest.fixture(scope="module")
def foreseen(new_link: StackLab, refusal: str) -> str:
    """Return what the next preview says, where nothing is in the way any more."""
    assert refusal, "the router is as it was for the first preview"
    return new_link.preview()[1]


@pytest.fixture(scope="module")
def link(new_link: StackLab, foreseen: str) -> StackLab:
    assert foreseen, "nothing is made yet"
    new_link.up()
    return new_link


def test_a_first_preview_says_what_the_router_would_refuse(refusal: str) -> None:
    assert "an up would stop at the router 127.0.0.1" in refusal
    assert "interface Tunnel1 exists and is not ours: tunnel_numbers [2, 3] are free" in refusal


def test_a_preview_of_a_new_link_shows_what_the_router_will_be_sent(foreseen: str) -> None:
    assert "an up will send this to the router 127.0.0.1" in foreseen
    assert "+  tunnel destination <AWS 2>" in foreseen
    assert "+  description aws-cisco-vpn dev vpn-… gen" in foreseen
    assert not re.search(r"\b0\.0\.0\.[12]\b|vpn-00000|not\.known", foreseen), "a stand-in is shown as if it were known"


def test_an_unreachable_router_is_named_with_the_setting_that_leaves_it_out(link: StackLab) -> None:
    link.set(routerPort=1)
    said = link.failing_up()
    assert "127.0.0.1" in said
    assert "driftCheck" in said
    assert "Traceback" not in said
    link.set(driftCheck=False)
    assert link.preview()[0] == {"update": 1}, "without the check the router is no obstacle to a preview"
    link.set(driftCheck=True, routerPort=link.router.port)


def test_another_host_key_is_refused_before_anything_is_sent(link: StackLab) -> None:
    received = len(link.router.received)
    link.set(routerHostKey="SHA256:" + "A" * 43)
    said = link.failing_up()
    assert "host key" in said
    assert link.router.host_key in said, "the key that the router has is not named"
    assert link.router.received[received:] == []
    link.set(routerHostKey=link.router.host_key)


def test_a_wrong_password_is_said_and_not_shown(link: StackLab) -> None:
    link.set_secret(routerPassword="not-the-password")
    said = link.failing_up()
    assert re.search("password|authentication", said, re.IGNORECASE)
    assert "not-the-password" not in said
    link.set_secret(routerPassword=link.password)


def test_a_wrong_key_is_refused_in_a_sentence(link: StackLab) -> None:
    """It is a secret, so that the program knows it a moment later than the rest: Python crashed there (components/hooks.py)."""
    link.set_secret(tunnel1PresharedKey="7.chars")
    said = link.failing_up()
    assert "tunnel1_preshared_key is '***', but must be 8 to 64 letters" in said
    assert "7.chars" not in said
    link.set_secret(tunnel1PresharedKey="")


def test_a_rejected_line_is_named_with_the_answer_and_the_router_is_as_before(link: StackLab) -> None:
    before = link.router.running_config()
    fault = Reject("set pfs")
    link.router.add_fault(fault)
    link.set(profileOverrides={"phase2_dh_group_number": 5})
    said = link.failing_up()
    assert "set pfs group5" in said
    assert "% Invalid input detected" in said
    assert link.router.running_config() == before
    link.router.remove_fault(fault)
    link.up()
    assert link.router.running_config().count("set pfs group5") == 2


def test_a_key_that_a_failed_up_did_not_send_is_in_the_next_preview(link: StackLab) -> None:
    """The router shows it encrypted, so that only who knows what was sent sees the difference."""
    link.router.edit(["password encryption aes"])
    link.set_secret(tunnel1PresharedKey="first.of_the.test")
    link.up()
    fault = Reject("pre-shared-key")
    link.router.add_fault(fault)
    link.set_secret(tunnel1PresharedKey="second.of_the.test")
    link.failing_up()
    link.router.remove_fault(fault)
    foreseen, said = link.preview()
    assert foreseen == {"update": 1}
    assert re.search(r"\+  pre-shared-key address \S+ key \*\*\*", said), said
    link.up()
    assert link.preview()[0] == {}


def test_one_tunnel_with_a_wrong_key_fails_the_check_with_its_name_and_the_reason(link: StackLab) -> None:
    tunnel1, tunnel2 = link.tunnels()
    change_key_at_aws(link, tunnel2["aws_outside"])
    said = link.failing_up()
    assert re.search(rf"tunnel2 \({tunnel2['aws_outside']}.*is DOWN: .*AWS says DOWN.*the router says DOWN", said)
    assert re.search("authenticat|pre-shared key", said, re.IGNORECASE)
    assert f"tunnel1 ({tunnel1['aws_outside']}" not in said
    assert "Traceback" not in said
    link.set(check="warn")
    link.up()
    assert [t["state"] for t in link.tunnels()] == ["UP", "DOWN"]
    link.set(check="require")


def change_key_at_aws(link: StackLab, outside: str) -> None:
    settings = link.aws.environment()
    ec2 = boto3.client(
        "ec2",
        endpoint_url=link.aws.endpoint,
        region_name="ap-northeast-1",
        aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
    )
    connection = link.stack.outputs()["vpnConnectionId"].value
    ec2.modify_vpn_tunnel_options(
        VpnConnectionId=connection,
        VpnTunnelOutsideIpAddress=outside,
        TunnelOptions={"PreSharedKey": "somebody.else.changed.it"},
    )
