"""What the tests of the fake AWS share: a client without retries, and the guide's gateways."""

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3  # type: ignore[import-untyped]  # it has no types of its own
import pytest
from botocore.config import Config  # type: ignore[import-untyped]  # as above
from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # as above

from lab.aws.server import FakeAws

if TYPE_CHECKING:
    from collections.abc import Iterator

REGION = "ap-northeast-1"


def client(aws: FakeAws, service: str = "ec2", region: str = REGION) -> Any:
    """Return a plain boto3 client that knows nothing of the lab but its address."""
    return boto3.client(
        service,
        endpoint_url=aws.endpoint,
        region_name=region,
        aws_access_key_id="lab",
        aws_secret_access_key="lab",
        config=Config(retries={"total_max_attempts": 1}),
    )


@contextmanager
def refused(code: str) -> "Iterator[pytest.ExceptionInfo[ClientError]]":
    """Expect EC2 to refuse with this code."""
    with pytest.raises(ClientError) as raised:
        yield raised
    assert raised.value.response["Error"]["Code"] == code


@dataclass(frozen=True)
class Guide:
    """Step 1 to 3 of the guide: VPC, attached virtual private gateway, customer gateway."""

    aws: FakeAws
    ec2: Any
    vpc: str
    vgw: str
    cgw: str

    def connect(self, *tunnels: dict[str, Any], static: bool = False, **request: Any) -> dict[str, Any]:
        """Create the VPN connection and return AWS's answer."""
        request.setdefault("VpnGatewayId", self.vgw)
        options: dict[str, Any] = {"StaticRoutesOnly": static, **request.pop("Options", {})}
        if tunnels:
            options["TunnelOptions"] = list(tunnels)
        answer = self.ec2.create_vpn_connection(Type="ipsec.1", CustomerGatewayId=self.cgw, Options=options, **request)
        connection: dict[str, Any] = answer["VpnConnection"]
        return connection

    def describe(self, connection: dict[str, Any]) -> dict[str, Any]:
        """Return the connection as AWS shows it now."""
        answer = self.ec2.describe_vpn_connections(VpnConnectionIds=[connection["VpnConnectionId"]])
        (shown,) = answer["VpnConnections"]
        return dict(shown)


def guide(aws: FakeAws) -> Guide:
    """Build the guide's gateways in an empty account."""
    ec2 = client(aws)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    vgw = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=vgw, VpcId=vpc)
    answer = ec2.create_customer_gateway(Type="ipsec.1", PublicIp="203.0.113.100", BgpAsn=65001)
    return Guide(aws, ec2, vpc, vgw, answer["CustomerGateway"]["CustomerGatewayId"])
