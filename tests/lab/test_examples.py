"""Every example is a project of its own that a user copies: each runs on the lab, from nothing and back to nothing."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lab.engine.environment import ROOT
from tests.contract.fake_aws import client
from tests.lab.installed import install
from tests.lab.project_lab import Ends, Project, ends, python_project

EXAMPLES = ROOT / "examples"


def guide(lab: Ends) -> Mapping[str, Any]:
    return {"router": lab.login()}


def existing(lab: Ends) -> Mapping[str, Any]:
    """Make the VPC, its gateway and a route table, as somebody else would have."""
    ec2 = client(lab.aws)
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_vpn_gateway(Type="ipsec.1", AmazonSideAsn=64600)["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpcId=vpc, VpnGatewayId=gateway)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    return {"router": lab.login(), "vpcId": vpc, "vpnGatewayId": gateway, "routeTableIds": {"private": table}}


def two_routers(lab: Ends) -> Mapping[str, Any]:
    return {"router1": lab.login(0), "router2": lab.login(1)}


Case = tuple[tuple[str, ...], Callable[[Ends], Mapping[str, Any]], int]
CASES: dict[str, Case] = {
    "guide-bgp": (("ios15",), guide, 2),
    "static": (("xe17",), guide, 2),
    "existing-vpc": (("xe17",), existing, 2),
    "transit-gateway": (("xe17",), guide, 2),
    "two-routers": (("xe17", "xe16"), two_routers, 4),
    "two-vpcs": (("xe17",), guide, 4),
}


@pytest.fixture(scope="module")
def virtualenv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("installed") / "venv")


@pytest.mark.parametrize("name", CASES)
def test_an_example_comes_up_stays_and_goes_without_a_trace(tmp_path: Path, virtualenv: Path, name: str) -> None:
    releases, settings, tunnels = CASES[name]
    with ends(*releases) as lab:
        configured = settings(lab)
        before = [router.running_config() for router in lab.routers], lab.aws.inventory()
        example = python_project(tmp_path / "lab", EXAMPLES / name, virtualenv, lab.aws)
        example.set(configured, {"routerPassword": lab.password})
        example.up()
        assert_all_up(example, tunnels)
        assert example.preview() == {}
        example.destroy()
        assert ([router.running_config() for router in lab.routers], lab.aws.inventory()) == before


def assert_all_up(example: Project, tunnels: int) -> None:
    found = example.outputs()["tunnels"]
    assert [(t["state"], t["aws_state"], t["router_state"]) for t in found] == [("UP", "UP", "UP")] * tunnels
    assert len({t["aws_outside"] for t in found}) == tunnels


def test_every_example_is_tried_and_explained() -> None:
    """A folder of Python that no test runs would rot."""
    index = (EXAMPLES / "README.md").read_text()
    for folder in (f for f in EXAMPLES.iterdir() if (f / "Pulumi.yaml").exists()):
        assert f"({folder.name}/README.md)" in index, f"examples/README.md does not name {folder.name}"
        assert (folder / "README.md").exists()
        if (folder / "__main__.py").exists():
            assert folder.name in CASES
            assert len((folder / "__main__.py").read_text().splitlines()) <= 60
            # What pip takes for the package alone speaks no SSH that IOS 15 knows.
            assert (folder / "requirements.txt").read_text().splitlines()[-1] == "../..[legacy-ssh]"
