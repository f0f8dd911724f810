"""The mocks that a stack's own unit tests are given: its page's example as it stands there, and what the page promises."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks

from components import VpnLink
from components.testing import LinkMocks
from tests.unit.recorded import error_of, program, start

PAGE = Path(__file__).resolve().parents[2] / "docs" / "testing.md"
LINK: dict[str, Any] = {
    "public_ip": "203.0.113.100",
    "onprem_cidrs": ["192.168.10.0/24"],
    "router": {"host": "192.0.2.10", "username": "pulumi", "host_key": "SHA256:" + "A" * 43},
    "router_password": "a.made.up.password",
}
ENDS: dict[str, dict[str, Any]] = {
    "a new VPC": {"vpc_cidr": "10.0.0.0/16", "subnet_cidrs": ["10.0.0.0/24"]},
    "a VPC and gateway that exist": {"vpc_id": "vpc-1", "vpn_gateway_id": "vgw-1"},
    "a transit gateway": {"vpc_cidr": "10.0.0.0/16", "subnet_cidrs": ["10.0.0.0/24"], "transit_gateway_id": "tgw-1"},
    "static routing": {"vpc_cidr": "10.0.0.0/16", "routing": "static"},
    "keys and inside CIDRs of its own": {
        "vpc_cidr": "10.0.0.0/16",
        "tunnel1_preshared_key": "a.made.up.key.1",
        "tunnel2_preshared_key": "a.made.up.key.2",
        "inside_cidrs": ["169.254.10.0/30", "169.254.11.0/30"],
    },
    "a connection made by hand": {
        "vpc_id": "vpc-1",
        "vpn_gateway_id": "vgw-1",
        "import_ids": {"vpn_connection": "vpn-1", "customer_gateway": "cgw-1"},
    },
}


def link(**more: Any) -> VpnLink:
    return VpnLink("office", {**LINK, **ENDS["a new VPC"], **more})  # type: ignore[typeddict-item]  # a test's mixture


def test_the_pages_example_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    made = json.dumps({**LINK, **ENDS["a new VPC"]})
    (tmp_path / "office.py").write_text(f"from components import VpnLink\n\nlink = VpnLink('office', {made})\n")
    (example, *_) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    names: dict[str, Any] = {}
    start(LinkMocks())
    exec(example.replace("aws_cisco_vpn", "components"), names)
    names["test_the_link_is_up_and_in_the_offices_vpc"]()


@pytest.mark.parametrize("end", ENDS)
def test_a_link_of_every_kind_comes_up(end: str) -> None:
    start(LinkMocks())

    @program
    async def run() -> None:
        made = VpnLink("office", {**LINK, **ENDS[end]})  # type: ignore[typeddict-item]  # a test's mixture
        tunnels = await made.tunnels.future()
        assert [(t["state"], t["aws_state"], t["router_state"]) for t in tunnels or ()] == [("UP", "UP", "UP")] * 2

    run()


def test_a_link_that_is_down_ends_the_program_as_it_ends_an_up() -> None:
    start(LinkMocks(is_up=False))
    assert re.search(
        r"office: after .*\ntunnel1 .* is DOWN: AWS says DOWN; the router", error_of(lambda: link().tunnels)
    )


def test_what_is_the_users_own_is_left_alone() -> None:
    mocks = LinkMocks()
    own = {"create": "terraform apply", "environment": {"A": "1"}}
    command = MockResourceArgs(
        typ="command:local:Command", name="mine", inputs=own, provider="", resource_id="", custom=True
    )
    run = MockCallArgs(token="command:local:run", args={"command": "date"}, provider="")
    assert mocks.new_resource(command) == ("mine_id", own)
    assert mocks.call(run) == ({"command": "date"}, [])


def test_mocks_that_know_no_link_are_told_what_is_missing() -> None:
    class Naive(Mocks):
        def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[Any, Any]]:
            return f"{args.name}_id", args.inputs

        def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
            return args.args, []

    start(Naive())
    assert "_preshared_key is empty" in error_of(lambda: link().tunnels)
