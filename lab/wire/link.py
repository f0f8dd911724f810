"""One link on the wire, driven as its users drive it: AWS's API on one side, the agent over SSH on the other."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]  # boto3 has no type hints

from lab.engine.environment import ROOT
from lab.wire.bed import Bed

REGION = "ap-northeast-1"
VPC_HOST, BRANCH_HOST = "10.0.0.10", "192.168.10.10"


@dataclass(frozen=True, slots=True)
class Profile:
    """What both ends negotiate, in AWS's words; lifetimes in seconds."""

    version: str
    cipher: str
    digest: str
    group: int
    lifetimes: tuple[int, int] = (28800, 3600)

    def options(self) -> dict[str, object]:
        """Return AWS's tunnel options."""
        return {
            "IKEVersions": [{"Value": self.version}],
            **{f"Phase{n}EncryptionAlgorithms": [{"Value": self.cipher}] for n in (1, 2)},
            **{f"Phase{n}IntegrityAlgorithms": [{"Value": self.digest}] for n in (1, 2)},
            **{f"Phase{n}DHGroupNumbers": [{"Value": self.group}] for n in (1, 2)},
            **{f"Phase{n}LifetimeSeconds": self.lifetimes[n - 1] for n in (1, 2)},
        }


PROFILES: Mapping[str, Profile] = {
    "guide-2015": Profile("ikev1", "AES128", "SHA1", 2),
    "modern": Profile("ikev2", "AES256-GCM-16", "SHA2-384", 20),
}
INSIDE = ("169.254.255.0/30", "169.254.255.4/30")


@dataclass(slots=True)
class Link:
    """A VPN connection of the bed's AWS and the flags with which the agent configures the bed's router for it."""

    bed: Bed
    password: str
    folder: Path
    is_static: bool = False
    advertised: tuple[str, ...] = ("192.168.10.0/24",)
    name: str = "link"
    more_flags: tuple[str, ...] = ()
    connection: str = field(default="", init=False)

    @property
    def ec2(self) -> Any:  # noqa: ANN401  # boto3's client has no type of its own
        """AWS's API."""
        return boto3.client(
            "ec2", endpoint_url=self.bed.aws.endpoint, region_name=REGION,
            aws_access_key_id="lab", aws_secret_access_key="lab",  # noqa: S106  # the fake's
        )  # fmt: skip

    def create(self, profile: Profile, public_ip: str = "203.0.113.100") -> None:
        """Make VPC, gateways and connection."""
        ec2 = self.ec2
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        gateway = ec2.create_vpn_gateway(Type="ipsec.1", AmazonSideAsn=64512)["VpnGateway"]["VpnGatewayId"]
        ec2.attach_vpn_gateway(VpcId=vpc, VpnGatewayId=gateway)
        customer = ec2.create_customer_gateway(Type="ipsec.1", BgpAsn=65001, IpAddress=public_ip)
        made = ec2.create_vpn_connection(
            Type="ipsec.1",
            VpnGatewayId=gateway,
            CustomerGatewayId=customer["CustomerGateway"]["CustomerGatewayId"],
            Options={
                "StaticRoutesOnly": self.is_static,
                "TunnelOptions": [{"TunnelInsideCidr": cidr, **profile.options()} for cidr in INSIDE],
            },
        )
        self.connection = str(made["VpnConnection"]["VpnConnectionId"])
        if self.is_static:
            ec2.create_vpn_connection_route(VpnConnectionId=self.connection, DestinationCidrBlock="192.168.10.0/24")

    def described(self) -> dict[str, Any]:
        """Return what AWS says of the connection."""
        answer = self.ec2.describe_vpn_connections(VpnConnectionIds=[self.connection])
        return dict(answer["VpnConnections"][0])

    def outside(self, index: int) -> str:
        """Return the outside address of the first or second tunnel, by inside network."""
        options = self.described()["Options"]["TunnelOptions"]
        return next(str(o["OutsideIpAddress"]) for o in options if o["TunnelInsideCidr"] == INSIDE[index])

    def modify(self, index: int, options: Mapping[str, object]) -> None:
        """Change one tunnel's options on AWS's side."""
        self.ec2.modify_vpn_tunnel_options(
            VpnConnectionId=self.connection,
            VpnTunnelOutsideIpAddress=self.outside(index),
            TunnelOptions=dict(options),
        )

    def telemetry(self) -> list[tuple[str, str]]:
        """Return status and message of both tunnels, the first tunnel's first."""
        entries = {e["OutsideIpAddress"]: (e["Status"], e["StatusMessage"]) for e in self.described()["VgwTelemetry"]}
        return [entries[self.outside(index)] for index in (0, 1)]

    def agent(self, verb: str, *flags: str) -> "subprocess.CompletedProcess[str]":
        """Run the agent for this link."""
        document, password = self.folder / "connection.json", self.folder / "password"
        document.write_text(json.dumps({"VpnConnections": [self.described()]}, default=str))
        password.touch(mode=0o600)
        password.write_text(self.password)
        router = self.bed.router
        command = [
            sys.executable, "-m", "cisco", verb, "--aws-config", str(document),
            "--host", f"{router.host}:{router.port}", "--username", "pulumi",
            "--password-file", str(password), "--host-key", router.host_key, "--link", self.name,
            *(("--cidr", "10.0.0.0/16") if self.is_static else ()),
            *(word for prefix in (() if self.is_static else self.advertised) for word in ("--advertise", prefix)),
            *self.more_flags, *flags,
        ]  # fmt: skip
        return subprocess.run(  # noqa: S603  # our own interpreter and module
            command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
        )

    def apply(self) -> None:
        """Configure the router; anything but success is an error.

        Raises:
            RuntimeError: The agent failed; the message is its own.
        """
        done = self.agent("apply")
        if done.returncode:
            raise RuntimeError(f"apply ended with {done.returncode}: {done.stderr}")

    def is_in_sync(self) -> bool:
        """Whether the router holds the link as AWS hands it out, by the agent's own comparison."""
        done = self.agent("diff")
        return done.returncode == 0 and done.stdout.strip() == "no difference"

    def set_profile(self, index: int, profile: Profile) -> None:
        """Change one tunnel's profile on both ends."""
        self.modify(index, profile.options())
        self.apply()

    def set_key(self, index: int, key: str) -> None:
        """Change one tunnel's key on both ends."""
        self.modify(index, {"PreSharedKey": key})
        self.apply()
