"""A fleet on a real engine: three sites, three routers, one table, and state in the lab's S3."""

from collections.abc import Iterator
from typing import Any

import boto3  # type: ignore[import-untyped]  # boto3 has no type hints
import pytest
from botocore.config import Config  # type: ignore[import-untyped]  # as boto3

from lab.engine.environment import ROOT
from lab.router.faults import FullVty
from tests.lab.rollout_lab import RolloutLab, address, rollout_lab

pytestmark = pytest.mark.xdist_group("rollout_fleet")  # one fleet for all of them

BUCKET = "vpn-state"
BACKEND = f"s3://{BUCKET}?endpoint=http://{{endpoint}}&s3ForcePathStyle=true&region=ap-northeast-1"
EXAMPLE = ROOT / "examples" / "fleet" / "sites.csv"
SITES = ("tokyo", "osaka", "nagoya")


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RolloutLab]:
    home = tmp_path_factory.mktemp("fleet") / "lab"
    with rollout_lab(home, "xe17", "xe16", "ios15", backend=BACKEND) as lab:
        s3(lab).create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
        (home / "sites.csv").write_text(example_on(lab))
        yield lab


def s3(lab: RolloutLab) -> Any:
    return boto3.client(
        "s3",
        "ap-northeast-1",
        endpoint_url=lab.aws.endpoint,
        aws_access_key_id="lab",
        aws_secret_access_key="lab",
        config=Config(s3={"addressing_style": "path"}),
    )


def example_on(lab: RolloutLab) -> str:
    """Return the example's table with the lab's routers in the place of its own."""
    comment, header, *rows = EXAMPLE.read_text().splitlines()
    lines = [comment, header.replace("routerHost,", "routerHost,routerPort,checkTimeout,", 1)]
    for number, (row, router) in enumerate(zip(rows, lab.routers, strict=True)):
        cells = row.split(",")
        assert (cells[0], cells[4]) == (SITES[number], address(number))
        lines.append(",".join([*cells[:2], router.host, str(router.port), "120", router.host_key, *cells[4:]]))
    return "\n".join(lines) + "\n"


def run(lab: RolloutLab, verb: str, *words: str, code: int = 0) -> str:
    """Run a verb; the routers' port is part of the host for the table, as all are on one machine."""
    return lab.rollout(*command(lab, verb), *words, code=code, environment={"ROUTER_PASSWORD": lab.password})


def command(lab: RolloutLab, verb: str, parallel: int = 2) -> tuple[str, ...]:
    table = lab.project.parent / "sites.csv"
    return ("fleet", verb, str(table), "--project", str(lab.project), "--parallel", str(parallel))


def ends(said: str) -> dict[str, str]:
    """Return what became of each site, by the lines that say so."""
    lines = [line.partition("] ")[2] for line in said.splitlines()]
    found = {}
    for site in SITES:
        found[site] = [line for line in lines if line.startswith(f"{site}: ")][-1].removeprefix(f"{site}: ")
    return found


def test_a_table_that_is_wrong_touches_nothing(fleet: RolloutLab) -> None:
    table = fleet.project.parent / "wrong.csv"
    table.write_text(example_on(fleet).replace("65002", "65002x"))
    said = fleet.rollout("fleet", "up", str(table), "--project", str(fleet.project), code=2)
    assert said.strip() == f"{table}:4: bgpAsn is '65002x', but must be a number between 1 and 4294967295"
    said = fleet.rollout("fleet", "up", str(table.with_name("sites.csv")), "--project", str(fleet.project), code=2)
    assert "routerPassword of osaka is in $ROUTER_PASSWORD, which is not set" in said
    assert list(fleet.project.glob("Pulumi.*.yaml")) == []
    assert fleet.aws.inventory() == ()


def test_ctrl_c_ends_the_site_under_way_and_begins_no_other(fleet: RolloutLab) -> None:
    """What is half made then is gone on with by the next test, which begins with the same command."""
    password = {"ROUTER_PASSWORD": fleet.password}
    said = fleet.rollout_interrupted_at(
        "tokyo: aws:Vpc tokyo: created", *command(fleet, "up", parallel=1), environment=password
    )
    assert ends(said)["tokyo"].startswith("FAILED: ")
    assert ends(said)["osaka"] == ends(said)["nagoya"] == "not begun: interrupted before its turn"
    assert said.endswith("The same command does what failed or was not begun.\n")
    assert "Traceback" not in said


def test_a_site_that_fails_is_reported_and_the_same_command_does_that_one_again(fleet: RolloutLab) -> None:
    fault = FullVty(logins=1000)
    fleet.routers[1].add_fault(fault)
    said = run(fleet, "up", code=1)
    assert ends(said)["tokyo"] == ends(said)["nagoya"] == "done: tunnel1 UP, tunnel2 UP"
    assert ends(said)["osaka"].startswith("FAILED: ")
    assert "1 FAILED, 2 done" in said
    fleet.routers[1].remove_fault(fault)
    said = run(fleet, "up")
    assert ends(said) == {
        "tokyo": "unchanged: done already; at its last up tunnel1 UP, tunnel2 UP",
        "osaka": "done: tunnel1 UP, tunnel2 UP",
        "nagoya": "unchanged: done already; at its last up tunnel1 UP, tunnel2 UP",
    }
    assert fleet.up() == [True] * 6


def test_state_is_in_the_bucket_alone_and_no_password_is_in_it(fleet: RolloutLab) -> None:
    bucket = s3(fleet)
    names = [item["Key"] for item in bucket.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert {f".pulumi/stacks/aws-cisco-vpn/{site}.json" for site in SITES} <= set(names)
    assert list((fleet.project.parent / "state").iterdir()) == []
    content = b"".join(bucket.get_object(Bucket=BUCKET, Key=name)["Body"].read() for name in names)
    written = content.decode() + "".join(file.read_text() for file in fleet.project.glob("Pulumi.*.yaml"))
    for secret in (fleet.password, *fleet.keys()):
        assert secret not in written + "".join(fleet.said)


def test_status_and_preview_say_how_each_site_is(fleet: RolloutLab) -> None:
    assert [" UP, tunnel2 UP" in words for words in ends(run(fleet, "status")).values()] == [True] * 3
    assert set(ends(run(fleet, "preview")).values()) == {"unchanged: no change; tunnel1 UP, tunnel2 UP"}


def test_a_change_that_would_take_a_link_down_is_left_to_the_staged_change(fleet: RolloutLab) -> None:
    table = fleet.project.parent / "sites.csv"
    before, settings = table.read_text(), (fleet.project / "Pulumi.nagoya.yaml").read_text()
    table.write_text(before.replace("guide-2015", "modern"))
    assert "BOTH TUNNELS GO DOWN" in run(fleet, "preview", "--only", "nagoya")
    said = run(fleet, "up", "--only", "nagoya", code=1)
    assert "this change takes both tunnels down at once, so that nothing was touched; `rollout change" in said
    assert (fleet.project / "Pulumi.nagoya.yaml").read_text() == settings
    table.write_text(before)


def test_a_destroy_leaves_nothing_and_asks_first(fleet: RolloutLab) -> None:
    assert "not agreed to" in run(fleet, "destroy", code=2)
    assert set(ends(run(fleet, "destroy", "--yes")).values()) == {
        "done: destroyed; the stack and its settings are kept"
    }
    assert fleet.aws.inventory() == ()
    assert [("crypto" in router.running_config()) for router in fleet.routers] == [False] * 3
    assert set(ends(run(fleet, "destroy", "--yes")).values()) == {"unchanged: nothing is there"}
