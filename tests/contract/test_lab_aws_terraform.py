"""A stranger's Terraform configuration for the guide's VPC and VPN lives its whole life against the fake AWS.

The configuration is plain (`terraform/main.tf`); only environment variables send the provider to the lab. It runs
where `terraform` and a local copy of its AWS provider are installed: nothing is downloaded.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.aws.server import FakeAws

FOLDER = Path(__file__).parent / "terraform"
POLICY = Path(__file__).parents[2] / "docs" / "iam-policy.json"
ROUTINGS = {"bgp": "ap-northeast-1", "static": "eu-central-1"}
# Actions of the configurations that are not the stack's: what it finds there, or what only they do.
NOT_OURS = {
    "sts:GetCallerIdentity",  # everybody may, whatever the policy says
    "ec2:CreateTransitGateway",
    "ec2:CreateTransitGatewayRouteTable",
    "ec2:DeleteTransitGateway",
    "ec2:DeleteTransitGatewayRouteTable",
    "ec2:DescribeTransitGatewayRouteTables",
}
# What is in the policy and was not called here: why it is there.
NOT_SEEN = {
    **dict.fromkeys(
        ("logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeResourcePolicies", "logs:GetLogDelivery",
         "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery"),
        "AWS itself needs the caller to have it, to let a tunnel write to a log group (VPN user guide)",
    ),
    **dict.fromkeys(("logs:AssociateKmsKey", "logs:DisassociateKmsKey"), "another key for a log group that stays"),
    "ec2:ModifyTransitGatewayVpcAttachment": "other subnets for a VPC's attachment",
    "ec2:ModifyVpnConnection": "another gateway or customer gateway for a connection that stays",
    "ec2:ReplaceRoute": "a route to another gateway",
    "logs:UntagResource": "a tag that is taken off a log group",
    "cloudwatch:UntagResource": "a tag that is taken off an alarm",
}  # fmt: skip
PROVIDER = Path("registry.terraform.io/hashicorp/aws")
NEW_KEY = "lab.fake.key.three"
CHANGES = 2  # exit code of `terraform plan -detailed-exitcode`
# Terraform's own implied mirrors, and where administrators put one of their own.
MIRRORS = (
    os.environ.get("LAB_TERRAFORM_MIRROR", ""),
    str(Path.home() / ".terraform.d/plugins"),
    str(Path.home() / ".local/share/terraform/plugins"),
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    *(str(path) for path in sorted(Path("/opt").glob("*"))),
)


def mirror() -> str | None:
    return next((path for path in MIRRORS if path and (Path(path) / PROVIDER).is_dir()), None)


def why_not() -> str | None:
    if shutil.which("terraform") is None:
        return "terraform is not installed"
    if mirror() is None:
        return "no local copy of hashicorp/aws; LAB_TERRAFORM_MIRROR may name a folder that has registry.terraform.io/"
    return None


pytestmark = [
    pytest.mark.skipif(why_not() is not None, reason=str(why_not())),
    # One life a routing for all its tests: in several workers each would live it again, two minutes long.
    pytest.mark.xdist_group("terraform"),
]


@dataclass(frozen=True)
class Life:
    """What each step of one configuration's life ended with."""

    codes: Mapping[str, int]
    texts: Mapping[str, str]
    addresses: tuple[str, ...]
    held_after_apply: tuple[str, ...]


class Terraform:
    """One working folder and one Region, so that two lives do not meet."""

    def __init__(self, aws: FakeAws, folder: Path, region: str, *, is_static: bool, file: str = "main.tf") -> None:
        shutil.copy(FOLDER / file, folder)
        (folder / "terraform.rc").write_text(
            f'provider_installation {{\n  filesystem_mirror {{ path = "{mirror()}" }}\n}}\n'
        )
        self.aws = aws
        self.folder = folder
        self.environment = {
            **os.environ,
            **aws.environment(region),
            "HOME": str(folder),
            "TF_CLI_CONFIG_FILE": str(folder / "terraform.rc"),
            "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1",
            "TF_VAR_region": region,
            "TF_VAR_static": str(is_static).lower(),
        }
        self.codes: dict[str, int] = {}
        self.texts: dict[str, str] = {}

    def step(self, name: str, *words: str) -> None:
        """Run one command; later steps run whatever came of it, so that nothing is left behind."""
        done = subprocess.run(
            ["terraform", words[0], "-no-color", *words[1:]],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        self.codes[name], self.texts[name] = done.returncode, done.stdout + done.stderr

    def live(self) -> Life:
        """From nothing to nothing again."""
        self.step("init", "init")
        self.step("apply", "apply", "-auto-approve")
        self.step("output", "output", "-json")
        held = self.aws.inventory()
        self.step("plan", "plan", "-detailed-exitcode")
        self.environment |= {"TF_VAR_tunnel2_key": NEW_KEY, "TF_VAR_days": "60"}
        self.step("plan of a key", "plan", "-detailed-exitcode")
        self.step("apply of a key", "apply", "-auto-approve")
        self.step("plan after the key", "plan", "-detailed-exitcode")
        self.step("destroy", "destroy", "-auto-approve")
        outputs = json.loads(self.texts["output"]) if self.codes["output"] == 0 else {}
        addresses = outputs.get("connection", {}).get("value", {}).get("addresses", ())
        return Life(self.codes, self.texts, tuple(addresses), held)


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mapping[str, Life], FakeAws]]:
    with FakeAws() as aws, ThreadPoolExecutor() as pool:
        running = {
            routing: pool.submit(
                Terraform(aws, tmp_path_factory.mktemp(routing), region, is_static=routing == "static").live
            )
            for routing, region in ROUTINGS.items()
        }
        more = Terraform(aws, tmp_path_factory.mktemp("more"), "us-west-2", is_static=False, file="more.tf")
        running["more"] = pool.submit(more.live)
        yield {routing: future.result() for routing, future in running.items()}, aws


Lives = tuple[Mapping[str, Life], FakeAws]


@pytest.mark.parametrize("routing", ["bgp", "static"])
def test_the_configuration_is_applied(lives: Lives, routing: str) -> None:
    life = lives[0][routing]
    assert life.codes["init"] == 0, life.texts["init"]
    assert life.codes["apply"] == 0, life.texts["apply"]
    assert len(set(life.addresses)) == 2
    assert {item.partition("-")[0] for item in life.held_after_apply} >= {"vpc", "vgw", "cgw", "vpn"}


@pytest.mark.parametrize("routing", ["bgp", "static"])
def test_a_plan_after_the_apply_finds_no_change(lives: Lives, routing: str) -> None:
    life = lives[0][routing]
    assert life.codes["plan"] == 0, life.texts["plan"]


@pytest.mark.parametrize("routing", ["bgp", "static"])
def test_a_new_key_is_an_update_in_place(lives: Lives, routing: str) -> None:
    life = lives[0][routing]
    assert life.codes["plan of a key"] == CHANGES
    assert "Plan: 0 to add, 1 to change, 0 to destroy." in life.texts["plan of a key"]
    assert life.codes["apply of a key"] == 0, life.texts["apply of a key"]
    assert life.codes["plan after the key"] == 0, life.texts["plan after the key"]
    assert NEW_KEY not in "".join(life.texts.values())


@pytest.mark.parametrize("routing", ["bgp", "static"])
def test_destroy_leaves_nothing(lives: Lives, routing: str) -> None:
    every, aws = lives
    assert every[routing].codes["destroy"] == 0, every[routing].texts["destroy"]
    assert aws.inventory() == ()


def test_a_transit_gateways_link_with_logs_and_alarms_lives_too(lives: Lives) -> None:
    life = lives[0]["more"]
    expected = {
        "init": 0,
        "apply": 0,
        "plan": 0,
        "plan of a key": CHANGES,
        "apply of a key": 0,
        "plan after the key": 0,
        "destroy": 0,
    }
    assert {name: life.codes[name] for name in expected} == expected, "\n".join(life.texts.values())


def test_the_policy_has_every_action_that_the_provider_calls_and_no_other(lives: Lives) -> None:
    """The provider is Terraform's, whose code Pulumi's wraps: the policy is what the real one needs."""
    every, aws = lives
    assert set(every) == {*ROUTINGS, "more"}
    called = set(aws.permissions.called) - NOT_OURS
    granted = {action for statement in json.loads(POLICY.read_text())["Statement"] for action in statement["Action"]}
    assert called - granted == set(), "the policy lacks what is called"
    assert granted - called - NOT_SEEN.keys() == set(), "the policy has what nobody calls"
    assert NOT_SEEN.keys() & called == set(), "what was thought unseen is called"
