"""Mocks for the unit tests of a stack that has a link: AWS, the router and its agent answer, and nothing is asked or made."""

import json
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv4Network
from typing import Any

from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks

from ._agent import NOT_UP
from ._states import DOWN, UP

_OUTSIDE = ("198.51.100.1", "198.51.100.2")  # RFC 5737: nobody's
_VERBS = ("check", "verify", "status")
_EXISTING: dict[str, dict[str, object]] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": {"names": ["us-east-1a", "us-east-1b", "us-east-1c"]},
    "aws:ec2/getVpc:getVpc": {"cidrBlock": "172.31.0.0/16"},
    "aws:ec2/getCustomerGateway:getCustomerGateway": {"bgpAsn": 65000},
    "aws:ec2/getVpnGateway:getVpnGateway": {"amazonSideAsn": "64512"},
    "aws:ec2transitgateway/getTransitGateway:getTransitGateway": {
        "amazonSideAsn": 64512,
        "defaultRouteTableAssociation": "enable",
        "associationDefaultRouteTableId": "tgw-rtb-1",
        "defaultRouteTablePropagation": "enable",
        "propagationDefaultRouteTableId": "tgw-rtb-1",
    },
}
"""What AWS says of what exists, by function."""


@dataclass
class LinkMocks(Mocks):
    """Pulumi's mocks under which links come up, for `pulumi.runtime.set_mocks`; to be subclassed for a stack's other resources.

    A resource has its inputs as its outputs and `<name>_id` as its id; a function answers with its arguments. Those of a
    link have besides what the components read: addresses of the documentation's networks (RFC 5737) and made-up keys.
    """

    is_up: bool = True
    """What both ends say of every tunnel; where false, a link whose `check` is `require` fails as it would in an up."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Make a resource out of its inputs."""
        outputs = dict(args.inputs)
        if args.typ == "aws:ec2/vpnConnection:VpnConnection":
            outputs |= _connection(args.inputs)
        if args.typ == "command:local:Command":
            outputs |= _command(args.name, args.inputs)
        return f"{args.name}_id", outputs

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        """Answer a function."""
        function, answer = args.token, dict(args.args)
        answer.update(_EXISTING.get(function, {}))
        if function == "aws:ec2/getVpnConnection:getVpnConnection":
            answer["vgwTelemetries"] = [self._telemetry(address) for address in _OUTSIDE]
        if function == "command:local:run" and answer["command"] in _VERBS:
            answer |= {"stdout": self._said(answer["command"]), "stderr": ""}
        return answer, []

    @property
    def _state(self) -> str:
        return UP if self.is_up else DOWN

    def _said(self, verb: str) -> str:
        """Return what the agent prints for a verb, and the exit code after it."""
        if verb == "check":
            return json.dumps({"generation": 1, "in_sync": True, "diff": ""}) + "\nexit 0"
        reason = None if self.is_up else "the mocks say so"
        tunnels = [
            {"name": f"Tunnel{number}", "aws_outside": address, "state": self._state, "reason": reason}
            for number, address in enumerate(_OUTSIDE, 1)
        ]
        return json.dumps({"up": self.is_up, "tunnels": tunnels}) + f"\nexit {0 if self.is_up else NOT_UP}"

    def _telemetry(self, address: str) -> dict[str, object]:
        return {
            "outsideIpAddress": address,
            "status": self._state,
            "statusMessage": "",
            "acceptedRouteCount": 1 if self.is_up else 0,
            "lastStatusChange": "",
        }


def _command(name: str, inputs: dict[Any, Any]) -> dict[str, object]:
    """Return what a command printed that is a link's: a key that is made, or the agent's result."""
    if "KEY_SERIAL" in inputs.get("environment", {}):
        return {"stdout": _key(name), "stderr": ""}
    if inputs.get("create") == "apply":
        return {"stdout": json.dumps({"generation": 1, "diff": ""}), "stderr": ""}
    return {}


def _connection(inputs: dict[Any, Any]) -> dict[str, object]:
    outputs: dict[str, object] = {
        "customerGatewayConfiguration": "<vpn_connection/>",
        "transitGatewayAttachmentId": "tgw-attach-1",
    }
    for number, address in enumerate(_OUTSIDE, 1):
        inside = IPv4Network(inputs[f"tunnel{number}InsideCidr"])
        outputs |= {
            f"tunnel{number}Address": address,
            f"tunnel{number}VgwInsideAddress": str(inside[1]),
            f"tunnel{number}CgwInsideAddress": str(inside[2]),
            f"tunnel{number}BgpAsn": "64512",
        }
        if inputs.get(f"tunnel{number}PresharedKey") is None:  # an imported connection keeps AWS's
            outputs[f"tunnel{number}PresharedKey"] = _key(f"tunnel{number}")
    return outputs


def _key(name: str) -> str:
    return f"made.up.{sha256(name.encode()).hexdigest()[:16]}"
