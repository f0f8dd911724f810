"""The whole path on the wire: AWS's API and the agent over SSH configure, real daemons carry, both ends report."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import boto3  # type: ignore[import-untyped]  # boto3 has no type hints
import pytest

from tests.lab.test_wire import carries, wait_until
from tests.lab.test_wire import pytestmark as pytestmark  # the same needs, the same group

ROOT = Path(__file__).parents[2]
PROFILES = {
    "guide-2015": ("ikev1", "AES128", "SHA1", 2),
    "modern": ("ikev2", "AES256-GCM-16", "SHA2-384", 20),
}


class WireLink:
    """A fake AWS, a simulated router and the wire between them."""

    def __init__(self, folder: Path) -> None:
        from lab.aws.server import FakeAws
        from lab.router.server import Router
        from lab.wire.wire import Wire

        self.password = secrets.token_urlsafe(12)
        self.folder = folder
        self.aws = FakeAws(judge=lambda _router, aws: self.wire.outcome(aws.outside))
        self.aws.start()
        exchange = self.aws.exchange
        self.wire = Wire(lambda: (exchange.router_ends(), exchange.tunnels()), folder, prefix=f"l{os.getpid()}-")
        self.router = Router(release="ios15", user="pulumi", password=self.password, exchange=exchange)
        self.router.__enter__()
        self.ec2 = boto3.client(
            "ec2", endpoint_url=self.aws.endpoint, region_name="ap-northeast-1",
            aws_access_key_id="lab", aws_secret_access_key="lab",
        )  # fmt: skip

    def stop(self) -> None:
        self.router.__exit__(None, None, None)
        self.wire.stop()
        self.aws.stop()

    def create(self, profile: str, *, is_static: bool) -> str:
        version, cipher, digest, group = PROFILES[profile]
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        gateway = self.ec2.create_vpn_gateway(Type="ipsec.1", AmazonSideAsn=64512)["VpnGateway"]["VpnGatewayId"]
        self.ec2.attach_vpn_gateway(VpcId=vpc, VpnGatewayId=gateway)
        customer = self.ec2.create_customer_gateway(Type="ipsec.1", BgpAsn=65001, IpAddress="203.0.113.100")
        options = [
            {
                "TunnelInsideCidr": cidr,
                "IKEVersions": [{"Value": version}],
                "Phase1EncryptionAlgorithms": [{"Value": cipher}],
                "Phase1IntegrityAlgorithms": [{"Value": digest}],
                "Phase1DHGroupNumbers": [{"Value": group}],
                "Phase2EncryptionAlgorithms": [{"Value": cipher}],
                "Phase2IntegrityAlgorithms": [{"Value": digest}],
                "Phase2DHGroupNumbers": [{"Value": group}],
            }
            for cidr in ("169.254.255.0/30", "169.254.255.4/30")
        ]
        made = self.ec2.create_vpn_connection(
            Type="ipsec.1",
            VpnGatewayId=gateway,
            CustomerGatewayId=customer["CustomerGateway"]["CustomerGatewayId"],
            Options={"StaticRoutesOnly": is_static, "TunnelOptions": options},
        )
        connection = str(made["VpnConnection"]["VpnConnectionId"])
        if is_static:
            self.ec2.create_vpn_connection_route(VpnConnectionId=connection, DestinationCidrBlock="192.168.10.0/24")
        return connection

    def agent(self, verb: str, connection: str, *flags: str) -> "subprocess.CompletedProcess[str]":
        described = self.ec2.describe_vpn_connections(VpnConnectionIds=[connection])
        document = self.folder / "connection.json"
        document.write_text(json.dumps(described, default=str))
        password = self.folder / "password"
        password.write_text(self.password)
        return subprocess.run(
            [
                sys.executable, "-m", "cisco", verb, "--aws-config", str(document), "--cidr", "10.0.0.0/16",
                "--host", f"{self.router.host}:{self.router.port}", "--username", "pulumi",
                "--password-file", str(password), "--host-key", self.router.host_key, *flags,
            ],
            cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def telemetry(self, connection: str) -> list[str]:
        described = self.ec2.describe_vpn_connections(VpnConnectionIds=[connection])
        return [entry["Status"] for entry in described["VpnConnections"][0]["VgwTelemetry"]]


@pytest.fixture
def link() -> Iterator[WireLink]:
    folder = Path(tempfile.mkdtemp(prefix="wire-"))
    folder.chmod(0o755)
    running = WireLink(folder)
    yield running
    running.stop()
    shutil.rmtree(folder)


@pytest.mark.parametrize("is_static", [False, True], ids=["bgp", "static"])
@pytest.mark.parametrize("profile", list(PROFILES))
def test_what_the_agent_pushed_carries_traffic_and_both_ends_say_up(
    link: WireLink, profile: str, is_static: bool
) -> None:
    connection = link.create(profile, is_static=is_static)
    applied = link.agent("apply", connection)
    assert applied.returncode == 0, applied.stderr
    verified = link.agent("verify", connection, "--json", "--wait", "30")
    assert verified.returncode == 0, (verified.stdout, link.wire.error)
    deadline = time.monotonic() + 15
    while link.telemetry(connection) != ["UP", "UP"] and time.monotonic() < deadline:
        time.sleep(0.5)
    assert link.telemetry(connection) == ["UP", "UP"]
    assert wait_until(lambda: carries(link.wire), 20)


def test_a_key_changed_on_one_side_only_is_down_on_both_ends_with_the_reason(link: WireLink) -> None:
    connection = link.create("guide-2015", is_static=False)
    assert link.agent("apply", connection).returncode == 0
    assert link.agent("verify", connection, "--wait", "30").returncode == 0
    described = link.ec2.describe_vpn_connections(VpnConnectionIds=[connection])["VpnConnections"][0]
    outside = described["Options"]["TunnelOptions"][1]["OutsideIpAddress"]
    link.ec2.modify_vpn_tunnel_options(
        VpnConnectionId=connection,
        VpnTunnelOutsideIpAddress=outside,
        TunnelOptions={"PreSharedKey": "another.fake.key.1"},
    )
    deadline = time.monotonic() + 30
    while sorted(link.telemetry(connection)) != ["DOWN", "UP"] and time.monotonic() < deadline:
        time.sleep(0.5)
    assert sorted(link.telemetry(connection)) == ["DOWN", "UP"]
    shown = link.agent("status", connection)
    assert shown.returncode == 3
    assert f"{outside}" in shown.stdout
    healed = link.agent("apply", connection)
    assert healed.returncode == 0, healed.stderr
    assert link.agent("verify", connection, "--wait", "30").returncode == 0
