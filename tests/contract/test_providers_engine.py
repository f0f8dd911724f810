"""The real Pulumi engine, through the Automation API, with the stand-ins in the plugins' places."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pulumi
import pulumi_aws
import pulumi_command as command
import pytest
from pulumi import automation

from lab.aws.server import FakeAws
from lab.engine.environment import INSTALLED, pulumi_environment
from tests.contract.fake_aws import REGION, client

Program: TypeAlias = Callable[[], object]

KEYS = ("FakeKeyOfTunnelOne.1", "FakeKeyOfTunnelTwo.2")


@pytest.fixture
def credentials(aws: FakeAws) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


@pytest.fixture
def stack(tmp_path: Path, credentials: dict[str, str]) -> Iterator[Callable[[Program], automation.Stack]]:
    made: list[automation.Stack] = []

    def select(program: Program) -> automation.Stack:
        options = automation.LocalWorkspaceOptions(
            pulumi_command=automation.PulumiCommand(root=str(INSTALLED)),
            env_vars={**pulumi_environment(tmp_path / "pulumi"), **credentials},
        )

        def declare() -> None:
            program()

        found = automation.create_or_select_stack("test", "toy", declare, opts=options)
        made.append(found)
        return found

    yield select
    if made:
        made[-1].destroy()


def network() -> pulumi_aws.ec2.Vpc:
    return pulumi_aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")


def connection(
    lifetime: int = 28800, inside: str = "169.254.11.0/30", second_key: str = KEYS[1]
) -> pulumi_aws.ec2.VpnConnection:
    gateway = pulumi_aws.ec2.VpnGateway("gateway", vpc_id=network().id, amazon_side_asn="64512")
    router = pulumi_aws.ec2.CustomerGateway("router", type="ipsec.1", bgp_asn="65001", ip_address="203.0.113.100")
    return pulumi_aws.ec2.VpnConnection(
        "connection",
        type="ipsec.1",
        customer_gateway_id=router.id,
        vpn_gateway_id=gateway.id,
        tunnel1_inside_cidr=inside,
        tunnel2_inside_cidr="169.254.12.0/30",
        tunnel1_preshared_key=KEYS[0],
        tunnel2_preshared_key=second_key,
        tunnel1_phase1_lifetime_seconds=lifetime,
        tunnel2_phase1_lifetime_seconds=lifetime,
    )


def changes(summary: automation.UpdateSummary) -> dict[str, int]:
    return {name: count for name, count in (summary.resource_changes or {}).items() if name != "same"}


def test_a_connection_is_made_left_alone_changed_in_place_and_removed(
    stack: Callable[[Program], automation.Stack], aws: FakeAws
) -> None:
    def program(lifetime: int = 28800, second_key: str = KEYS[1]) -> None:
        made = connection(lifetime, second_key=second_key)
        pulumi.export("id", made.id)
        pulumi.export("inside", [made.tunnel1_vgw_inside_address, made.tunnel2_vgw_inside_address])
        pulumi.export("key", made.tunnel2_preshared_key)

    first = stack(program).up()
    stack(program).preview(expect_no_changes=True)
    stack(program).refresh(expect_no_changes=True)
    second = stack(lambda: program(14400, "AnotherFakeKey.2")).up()

    assert first.outputs["inside"].value == ["169.254.11.1", "169.254.12.1"]
    assert first.outputs["key"].secret
    assert changes(second.summary) == {"update": 1}
    assert second.outputs["id"].value == first.outputs["id"].value
    ec2 = client(aws)
    (found,) = ec2.describe_vpn_connections(VpnConnectionIds=[first.outputs["id"].value])["VpnConnections"]
    options = found["Options"]["TunnelOptions"]
    assert [option["Phase1LifetimeSeconds"] for option in options] == [14400, 14400]
    assert "AnotherFakeKey.2" in found["CustomerGatewayConfiguration"]
    assert KEYS[1] not in found["CustomerGatewayConfiguration"]

    stack(program).destroy()
    assert [item["State"] for item in ec2.describe_vpn_connections()["VpnConnections"]] in ([], ["deleted"])
    assert [item for item in ec2.describe_vpcs()["Vpcs"] if not item["IsDefault"]] == []


def test_another_inside_cidr_makes_another_connection(stack: Callable[[Program], automation.Stack]) -> None:
    stack(lambda: connection()).up()

    preview = stack(lambda: connection(inside="169.254.13.0/30")).preview()

    assert {name: count for name, count in preview.change_summary.items() if name != "same"} == {"replace": 1}


def test_no_key_is_in_the_state_or_on_the_terminal_in_the_clear(
    stack: Callable[[Program], automation.Stack], tmp_path: Path
) -> None:
    shown: list[str] = []

    made = stack(lambda: connection())
    made.up(on_output=shown.append, on_event=lambda event: shown.append(repr(event.__dict__)))

    written = [path.read_text(errors="replace") for path in (tmp_path / "pulumi").rglob("*") if path.is_file()]
    assert any("customerGatewayConfiguration" in text for text in written)
    assert not [key for key in KEYS for text in (*shown, *written) if key in text]


def test_drift_is_found_by_a_refresh_and_healed_by_an_up(
    stack: Callable[[Program], automation.Stack], aws: FakeAws
) -> None:
    def program() -> None:
        pulumi.export("id", pulumi_aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", tags={"Name": "ours"}).id)

    identity = stack(program).up().outputs["id"].value
    ec2 = client(aws)
    ec2.create_tags(Resources=[identity], Tags=[{"Key": "Name", "Value": "somebody else's"}])

    stack(program).refresh()
    healed = stack(program).up()

    assert changes(healed.summary) == {"update": 1}
    (found,) = ec2.describe_vpcs(VpcIds=[identity])["Vpcs"]
    assert found["Tags"] == [{"Key": "Name", "Value": "ours"}]


def test_what_the_real_plugin_would_refuse_fails_the_preview_and_makes_nothing(
    stack: Callable[[Program], automation.Stack],
) -> None:
    with pytest.raises(automation.CommandError) as failure:
        stack(lambda: connection(inside="169.254.5.0/30")).preview()

    assert "tunnel1InsideCidr" in str(failure.value)


def test_a_resource_that_the_stand_in_lacks_is_named(stack: Callable[[Program], automation.Stack]) -> None:
    with pytest.raises(automation.CommandError, match="no aws:s3/bucket:Bucket"):
        stack(lambda: pulumi_aws.s3.Bucket("bucket")).preview()


def test_default_tags_reach_every_resource_and_data_sources_answer(
    stack: Callable[[Program], automation.Stack], credentials: dict[str, str]
) -> None:
    def program() -> None:
        provider = pulumi_aws.Provider(
            "provider",
            region=REGION,
            default_tags={"tags": {"Stack": "toy"}},
            endpoints=[{"ec2": credentials["AWS_ENDPOINT_URL"]}],
        )
        vpc = pulumi_aws.ec2.Vpc(
            "vpc", cidr_block="10.0.0.0/16", tags={"Name": "x"}, opts=pulumi.ResourceOptions(provider=provider)
        )
        pulumi.export("tags", [vpc.tags, vpc.tags_all])
        pulumi.export("zones", pulumi_aws.get_availability_zones(state="available").names)
        pulumi.export("account", pulumi_aws.get_caller_identity().account_id)

    outputs = stack(program).up().outputs

    assert outputs["tags"].value == [{"Name": "x"}, {"Name": "x", "Stack": "toy"}]
    assert f"{REGION}a" in outputs["zones"].value
    assert outputs["account"].value == "123456789012"


def test_a_command_s_progress_is_shown_and_its_failure_fails_the_update(
    stack: Callable[[Program], automation.Stack],
) -> None:
    shown: list[str] = []
    made = stack(lambda: command.local.Command("router", create="echo step 1 >&2; echo '{}'"))
    made.up(on_output=shown.append)

    with pytest.raises(automation.CommandError) as failure:
        stack(lambda: command.local.Command("router", create="echo why >&2; exit 4")).up()

    assert any("step 1" in line for line in shown)
    assert "exit status 4" in str(failure.value)
    assert "why" in str(failure.value)


def test_a_project_on_disk_runs_in_the_language_host_that_the_setup_took(
    tmp_path: Path, credentials: dict[str, str]
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: toy\nruntime: python\n")
    (project / "__main__.py").write_text(
        "import pulumi, pulumi_aws\npulumi.export('cidr', pulumi_aws.ec2.Vpc('vpc', cidr_block='10.0.0.0/16').cidr_block)\n"
    )
    options = automation.LocalWorkspaceOptions(
        pulumi_command=automation.PulumiCommand(root=str(INSTALLED)),
        env_vars={**pulumi_environment(tmp_path / "pulumi"), **credentials},
    )
    stack = automation.create_or_select_stack("test", work_dir=str(project), opts=options)

    assert stack.up().outputs["cidr"].value == "10.0.0.0/16"
    stack.destroy()


def test_a_home_is_kept_apart_from_the_users_own(tmp_path: Path) -> None:
    environment = pulumi_environment(tmp_path / "home")

    assert environment["PULUMI_HOME"] == str(tmp_path / "home")
    assert environment["PULUMI_BACKEND_URL"].startswith((tmp_path / "home").as_uri())
    assert environment["PATH"].split(os.pathsep)[0] == str(INSTALLED / "bin")
    assert json.dumps(environment)
