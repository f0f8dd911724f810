"""What a program says when its caller lacks one permission: the action's name, and nothing half done in silence."""

import json
from pathlib import Path

import pytest
from pulumi.automation import CommandError

from lab.engine.environment import ROOT
from tests.lab.stack_lab import LINKS, stack_lab

POLICY = ROOT / "docs" / "iam-policy.json"
LINK = {
    "public_ip": "203.0.113.100",
    "bgp_asn": 65001,
    "vpc_cidr": "10.0.0.0/16",
    "subnet_cidrs": ["10.0.0.0/24"],
    "onprem_cidrs": ["192.168.10.0/24"],
    "log_retention_days": 30,
}

OF_A_NEW_VPC = ("vpc_cidr", "subnet_cidrs")


def test_a_permission_that_is_missing_is_named_and_the_up_goes_on_once_it_is_given(tmp_path: Path) -> None:
    with stack_lab(tmp_path / "lab", program=LINKS) as lab:
        permissions = lab.aws.permissions
        before = lab.router.running_config()
        permissions.denied = ("ec2:DescribeVpcs",)
        lab.set_links(tokyo={**{k: v for k, v in LINK.items() if k not in OF_A_NEW_VPC}, "vpc_id": "vpc-1"})
        with pytest.raises(CommandError, match="tokyo: vpc_id is 'vpc-1', but must be one that AWS shows") as refused:
            lab.preview()
        assert "is not authorized to perform: ec2:DescribeVpcs" in str(refused.value)
        assert "Traceback" not in str(refused.value)
        lab.set_links(tokyo=LINK)
        for action in ("logs:CreateLogGroup", "ec2:CreateVpnConnection"):
            permissions.denied = (action,)
            said = lab.failing_up()
            assert f"is not authorized to perform: {action}" in said
            assert "Traceback" not in said
            assert lab.router.running_config() == before, "the router was configured for half a link"
        permissions.denied = ()
        lab.up()
        assert {tunnel["state"] for tunnel in lab.links()["tokyo"]["tunnels"]} == {"UP"}
        # A change that AWS refuses never reaches the router: both ends keep the old key.
        permissions.denied = ("ec2:ModifyVpnTunnelOptions",)
        configured = lab.router.running_config()
        lab.set_links(tokyo={**LINK, "tunnel2_key_serial": 2})
        assert "is not authorized to perform: ec2:ModifyVpnTunnelOptions" in lab.failing_up()
        assert lab.router.running_config() == configured
        permissions.denied = ()
        lab.destroy()
        assert lab.aws.inventory() == ()
        granted = {
            action for statement in json.loads(POLICY.read_text())["Statement"] for action in statement["Action"]
        }
        assert set(permissions.called) - granted <= {"sts:GetCallerIdentity"}, (
            "everybody may call that one, and no other"
        )
