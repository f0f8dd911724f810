"""The real Pulumi engine, its language host and a program on disk, with the stand-ins in the plugins' places."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pulumi import automation

from lab.aws.server import FakeAws
from lab.engine.environment import INSTALLED, pulumi_environment
from lab.engine.stack import LabStack, make_stack
from tests.contract.fake_aws import REGION, client

CONNECTION = """
import pulumi, pulumi_aws as aws

config = pulumi.Config()
lifetime, first, key = config.require_int("lifetime"), config.require("first"), config.require_secret("key")
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", tags={"Name": "ours"})
gateway = aws.ec2.VpnGateway("gateway", vpc_id=vpc.id, amazon_side_asn="64512")
router = aws.ec2.CustomerGateway("router", type="ipsec.1", bgp_asn="65001", ip_address="203.0.113.100")
made = aws.ec2.VpnConnection(
    "connection", type="ipsec.1", customer_gateway_id=router.id, vpn_gateway_id=gateway.id,
    tunnel1_inside_cidr=first, tunnel2_inside_cidr="169.254.12.0/30",
    tunnel1_preshared_key="FakeKeyOfTunnelOne.1", tunnel2_preshared_key=key,
    tunnel1_phase1_lifetime_seconds=lifetime, tunnel2_phase1_lifetime_seconds=lifetime,
)
pulumi.export("vpc", vpc.id)
pulumi.export("id", made.id)
pulumi.export("inside", [made.tunnel1_vgw_inside_address, made.tunnel2_vgw_inside_address])
pulumi.export("key", made.tunnel2_preshared_key)
"""

TAGGED = """
import pulumi, pulumi_aws as aws

provider = aws.Provider("provider", region="ap-northeast-1", default_tags={"tags": {"Stack": "toy"}})
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", tags={"Name": "x"}, opts=pulumi.ResourceOptions(provider=provider))
pulumi.export("tags", [vpc.tags, vpc.tags_all])
pulumi.export("zones", aws.get_availability_zones(state="available").names)
pulumi.export("account", aws.get_caller_identity().account_id)
"""

COMMAND = """
import pulumi, pulumi_command as command

run = pulumi.Config().get("run") or "env | cut -d= -f1 | sort; echo step 1 >&2"
pulumi.export("out", command.local.Command("router", create=run).stdout)
"""

BUCKET = """
import pulumi_aws as aws

aws.s3.Bucket("bucket")
"""

Start = Callable[[str], LabStack]


@pytest.fixture
def start(tmp_path: Path, aws: FakeAws) -> Iterator[Start]:
    """Make a stack of a program; whatever it made is destroyed at the end."""
    made: list[LabStack] = []

    def make(program: str) -> LabStack:
        project = tmp_path / "project"
        project.mkdir()
        (project / "Pulumi.yaml").write_text("name: toy\nruntime: python\n")
        (project / "__main__.py").write_text(program)
        credentials = {"AWS_ENDPOINT_URL": aws.endpoint, "AWS_REGION": REGION}
        keys = {"AWS_ACCESS_KEY_ID": "lab", "AWS_SECRET_ACCESS_KEY": "lab"}
        stack = make_stack("test", project, {**pulumi_environment(tmp_path / "pulumi"), **credentials, **keys})
        made.append(stack)
        return stack

    yield make
    for stack in made:
        stack.destroy()


def configure(stack: LabStack, lifetime: int = 28800, first: str = "169.254.11.0/30", key: str = "FakeKeyOfTunnelTwo.2") -> None:  # fmt: skip
    stack.set({"lifetime": lifetime, "first": first}, {"key": key})


def changed(counts: object) -> dict[str, int]:
    assert isinstance(counts, dict)
    return {str(getattr(name, "value", name)): count for name, count in counts.items() if name != "same"}


def test_a_connection_is_made_left_alone_changed_in_place_and_removed(start: Start, aws: FakeAws) -> None:
    stack = start(CONNECTION)
    configure(stack)
    stack.up()
    first = stack.outputs()
    stack.preview(expect_no_changes=True)
    stack.refresh(expect_no_changes=True)
    configure(stack, lifetime=14400, key="AnotherFakeKey.2")
    second = stack.up()

    assert first["inside"].value == ["169.254.11.1", "169.254.12.1"]
    assert first["key"].secret
    assert changed(second.summary.resource_changes) == {"update": 1}
    assert stack.outputs()["id"].value == first["id"].value
    ec2 = client(aws)
    (found,) = ec2.describe_vpn_connections(VpnConnectionIds=[first["id"].value])["VpnConnections"]
    options = found["Options"]["TunnelOptions"]
    assert [option["Phase1LifetimeSeconds"] for option in options] == [14400, 14400]
    assert "AnotherFakeKey.2" in found["CustomerGatewayConfiguration"]
    assert "FakeKeyOfTunnelTwo.2" not in found["CustomerGatewayConfiguration"]

    stack.destroy()
    left = [item["State"] for item in ec2.describe_vpn_connections()["VpnConnections"]]
    assert set(left) <= {"deleted"}
    assert [item for item in ec2.describe_vpcs()["Vpcs"] if not item["IsDefault"]] == []


def test_drift_is_healed_an_inside_cidr_changed_in_place_a_refused_value_named_and_no_key_shown(
    start: Start, aws: FakeAws, tmp_path: Path
) -> None:
    shown: list[str] = []
    stack = start(CONNECTION)
    configure(stack)
    stack.up(on_output=shown.append, on_event=lambda event: shown.append(repr(event.__dict__)))
    vpc = stack.outputs()["vpc"].value
    ec2 = client(aws)

    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "somebody else's"}])
    stack.refresh()
    assert changed(stack.up().summary.resource_changes) == {"update": 1}
    assert ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"] == [{"Key": "Name", "Value": "ours"}]

    configure(stack, first="169.254.13.0/30")
    assert changed(stack.up().summary.resource_changes) == {"update": 1}
    assert stack.outputs()["inside"].value == ["169.254.13.1", "169.254.12.1"]

    configure(stack, first="169.254.5.0/30")
    with pytest.raises(automation.CommandError, match="tunnel1InsideCidr"):
        stack.preview()

    written = [path.read_text(errors="replace") for path in (tmp_path / "pulumi").rglob("*") if path.is_file()]
    assert any("customerGatewayConfiguration" in text for text in written)
    assert not [text for text in (*shown, *written) if "FakeKeyOfTunnel" in text]


def test_default_tags_reach_every_resource_and_data_sources_answer(start: Start) -> None:
    stack = start(TAGGED)
    stack.up()
    outputs = stack.outputs()

    assert outputs["tags"].value == [{"Name": "x"}, {"Name": "x", "Stack": "toy"}]
    assert f"{REGION}a" in outputs["zones"].value
    assert outputs["account"].value == "123456789012"


def test_a_resource_that_the_stand_in_lacks_is_named(start: Start) -> None:
    with pytest.raises(automation.CommandError, match="no aws:s3/bucket:Bucket"):
        start(BUCKET).preview()


def test_a_command_shows_its_progress_sees_the_engine_s_environment_and_fails_the_update_when_it_fails(
    start: Start,
) -> None:
    shown: list[str] = []
    stack = start(COMMAND)

    stack.up(on_output=shown.append)
    names = stack.outputs()["out"].value.split("\n")

    assert any("step 1" in line for line in shown)
    assert "PULUMI_HOME" in names
    assert "PYTHONPATH" not in names

    stack.set_config("run", automation.ConfigValue("echo why >&2; exit 4"))
    with pytest.raises(automation.CommandError, match=r"(?s)exit status 4.*why"):
        stack.up()


def test_a_home_is_kept_apart_from_the_users_own(tmp_path: Path) -> None:
    environment = pulumi_environment(tmp_path / "home")

    assert environment["PULUMI_HOME"] == str(tmp_path / "home")
    assert environment["PULUMI_BACKEND_URL"].startswith((tmp_path / "home").as_uri())
    assert environment["PATH"].split(":")[0] == str(INSTALLED / "bin")


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_plugin_ends_when_its_engine_is_gone(tmp_path: Path) -> None:
    number = tmp_path / "number"
    plugin = next((INSTALLED / "plugins").glob("resource-command-*/pulumi-resource-command"))
    engine = subprocess.Popen(
        ["/bin/sh", "-c", f"{plugin} 127.0.0.1:1 & echo $! > {number}; exec sleep 60"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert engine.stdout is not None
    assert int(engine.stdout.readline()) > 0
    started = int(number.read_text())

    engine.kill()
    engine.wait()

    deadline = time.monotonic() + 60
    while is_alive(started) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_alive(started)
