"""What the network's component makes of its arguments, on Pulumi's mocks."""

from typing import Any

import pulumi
import pytest
from pulumi.runtime.mocks import MockResourceArgs

from components import VpcNetwork
from tests.unit.recorded import Recorder, error_of, options_of, program, settled, start


@pytest.fixture
def recorder() -> Recorder:
    return start(Recorder())


@program
async def test_subnets_go_over_the_zones_in_turn(recorder: Recorder) -> None:
    network = VpcNetwork("net", {"vpc_cidr": "10.0.0.0/16", "subnet_cidrs": [f"10.0.{n}.0/24" for n in range(3)]})
    assert len(await settled(network.subnet_ids)) == 3
    (asked,) = [arguments for function, arguments in recorder.calls if function.endswith("getAvailabilityZones")]
    assert asked["filters"] == [{"name": "opt-in-status", "values": ["opt-in-not-required"]}], (
        "Local Zones are the first"
    )
    zones = {subnet.inputs["cidrBlock"]: subnet.inputs["availabilityZone"] for subnet in recorder.of("Subnet")}
    assert zones == {
        "10.0.0.0/24": "ap-northeast-1a",
        "10.0.1.0/24": "ap-northeast-1c",
        "10.0.2.0/24": "ap-northeast-1a",
    }
    assert len(recorder.of("RouteTable")) == 1
    assert len(recorder.of("RouteTableAssociation")) == 3


class FirstZone(Recorder):
    """All subnets are in the first zone already."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        identity, outputs = super().new_resource(args)
        return identity, {**outputs, "availabilityZone": "ap-northeast-1a"}


@program
async def test_a_subnet_stays_in_the_zone_where_it_was_made_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    start(FirstZone())
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, *_: said.append(text))
    zones = ["ap-northeast-1a", "ap-northeast-1c"]
    cidrs = ["10.0.0.0/24", "10.0.1.0/24"]
    with options_of("ec2.Subnet") as seen:
        network = VpcNetwork("net", {"vpc_cidr": "10.0.0.0/16", "subnet_cidrs": cidrs, "availability_zones": zones})
        await settled(network.subnet_ids)
    assert [opts.ignore_changes for opts in seen] == [["availabilityZone"]] * 2
    assert ["10.0.1.0/24 stays in ap-northeast-1a" in text for text in said] == [True]


@pytest.mark.usefixtures("recorder")
@program
async def test_a_subnet_leaves_its_route_table_before_it_comes_to_another() -> None:
    with options_of("ec2.RouteTableAssociation") as tables:
        network = VpcNetwork("net", {"vpc_cidr": "10.0.0.0/16", "subnet_cidrs": ["10.0.0.0/24"]})
        await settled(network.subnet_ids)
    assert [opts.delete_before_replace for opts in tables] == [True]
    assert tables[0].replace_on_changes == ["routeTableId"], "another table in place: another id, which Pulumi loses"


@program
async def test_each_subnet_has_a_route_table_of_its_own_when_asked(recorder: Recorder) -> None:
    network = VpcNetwork(
        "net",
        {"vpc_cidr": "10.0.0.0/16", "subnet_cidrs": ["10.0.0.0/24", "10.0.1.0/24"], "route_table_per_subnet": True},
    )
    assert set(await settled(network.route_table_ids)) == {"10.0.0.0-24", "10.0.1.0-24"}
    assert len(recorder.of("RouteTable")) == 2


@program
async def test_nothing_is_made_in_a_vpc_that_exists(recorder: Recorder) -> None:
    network = VpcNetwork("net", {"vpc_id": "vpc-9", "route_table_ids": {"b": "rtb-b", "a": "rtb-a"}})
    assert await network.vpc_cidr.future() == "10.9.0.0/16"
    assert await settled(network.route_table_ids) == {"b": "rtb-b", "a": "rtb-a"}
    assert [made.kind for made in recorder.made if made.kind.startswith("aws:")] == []


@pytest.mark.parametrize(
    "args",
    [{}, {"vpc_cidr": "10.0.0.0/16", "vpc_id": "vpc-9"}, {"vpc_id": "vpc-9", "subnet_cidrs": ["10.0.0.0/24"]},
     {"vpc_cidr": "10.0.0.0/16", "route_table_ids": {"a": "rtb-1"}}, {"vpc_cidr": "10.0.0.0/16", "availability_zones": []},
     {"vpc_cidr": "10.0.0.0/16", "subnet_cidr": []}, {"vpc_id": "vpc-9", "route_table_ids": ["rtb-1"]}],
)  # fmt: skip
def test_a_network_is_one_to_make_or_one_that_exists(recorder: Recorder, args: Any) -> None:
    assert error_of(lambda: VpcNetwork("net", args).vpc_id).startswith("net: ")
    assert recorder.made == []


def test_zones_that_aws_does_not_list_are_asked_for() -> None:
    start(Recorder(refused="getAvailabilityZones", refusal="no"))
    args: Any = {"vpc_cidr": "10.0.0.0/16", "subnet_cidrs": ["10.0.0.0/24", "10.0.1.0/24"]}
    said = error_of(lambda: VpcNetwork("a", args).subnet_ids)
    assert said.startswith("a: availability_zones is missing, but must be given where AWS does not list")
