"""What exists at AWS already, looked up; where AWS does not show it, one sentence names the argument."""

import re
from collections.abc import Mapping
from importlib import metadata
from typing import Any

import pulumi
from pulumi.output import UNKNOWN

from ._validation import ArgumentError, Words
from .inputs import refusing
from .owner import Owner

Answer = Mapping[str, Any]
CONNECTION = ("aws:ec2/getVpnConnection:getVpnConnection", "vpnConnectionId")
GONE = ("deleting", "deleted")
"""The states of a connection that is there no more: AWS shows one for hours after."""
_CUSTOMER_GATEWAY = ("aws:ec2/getCustomerGateway:getCustomerGateway", "id")
# Argument -> the provider's function that looks up what it names, and what it takes the id as.
_FUNCTIONS = {
    "vpc_id": ("aws:ec2/getVpc:getVpc", "id"),
    "customer_gateway_id": _CUSTOMER_GATEWAY,
    "vpn_gateway_id": ("aws:ec2/getVpnGateway:getVpnGateway", "id"),
    "transit_gateway_id": ("aws:ec2transitgateway/getTransitGateway:getTransitGateway", "id"),
    "import_ids.customer_gateway": _CUSTOMER_GATEWAY,
    "import_ids.vpn_connection": CONNECTION,
}
_ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones"
# The engine's own words, which name the function twice, and those of the bridge to Terraform's provider.
_BEFORE_THE_REASON = re.compile(r".*returned an error: (invoking \S+: (\d+ errors? occurred:\s+\* )?)?", re.DOTALL)


class NoAnswerError(Exception):
    """AWS gave no answer, and why."""


async def ask(function: str, arguments: Mapping[str, object], asker: pulumi.Resource) -> Answer:
    """Return AWS's answer, under the provider's own names; empty in a preview that has yet to make what the provider needs.

    The SDK's own `get_vpc_output` and the like end the program where they fail, also under a caller who catches that.

    Raises:
        NoAnswerError: There is none.
    """
    opts = pulumi.InvokeOptions(parent=asker, version=metadata.version("pulumi-aws"))
    try:
        found: Answer = await pulumi.runtime.invoke_async(function, dict(arguments), opts)
    except Exception as error:  # noqa: BLE001  # the SDK raises its root class
        raise NoAnswerError(reason(str(error))) from None
    return found


def reason(said: str) -> str:
    """Return why there is no answer, in one line, of what the SDK says."""
    return " ".join(_BEFORE_THE_REASON.sub("", said).split())


def existing(argument: str, identity: pulumi.Input[str], owner: Owner) -> pulumi.Output[Answer]:
    """Return what AWS says of what an argument names.

    Whatever takes the `id` from the answer waits for it, so that nothing is made with one that is not there.
    """

    async def look_up(known: str) -> Any:  # noqa: ANN401  # an answer, or Pulumi's word for none yet
        allowed = "one that AWS shows to these credentials in this Region"
        function, key = _FUNCTIONS[argument]
        return await _found(function, {key: known}, owner, (argument, known, allowed))

    return pulumi.Output.from_input(identity).apply(look_up)


def router_asn(customer_gateway: Answer) -> int:
    """Return a customer gateway's AS number, which AWS has in one of two places."""
    return int(customer_gateway.get("bgpAsn") or customer_gateway["bgpAsnExtended"])


def available_zones(owner: Owner) -> pulumi.Output[list[str]]:
    """Return the names of the Region's own zones: not the Local Zones, which an account may have besides, and which come first."""

    async def look_up(state: str) -> Any:  # noqa: ANN401  # as above
        refusal = ("availability_zones", Words("missing"), "given where AWS does not list the Region's zones")
        own = [{"name": "opt-in-status", "values": ["opt-in-not-required"]}]
        return await _found(_ZONES, {"state": state, "filters": own}, owner, refusal)

    return pulumi.Output.from_input("available").apply(look_up)["names"]


async def _found(function: str, arguments: Mapping[str, object], owner: Owner, refusal: tuple[str, str, str]) -> Any:  # noqa: ANN401  # as above
    with refusing(owner.name):
        try:
            return await ask(function, arguments, owner.component) or UNKNOWN
        except NoAnswerError as error:
            argument, value, allowed = refusal
            raise ArgumentError(argument, value, f"{allowed}: {error}") from None
