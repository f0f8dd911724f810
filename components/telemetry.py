"""What AWS says of a connection's tunnels now."""

from collections.abc import Mapping
from importlib import metadata

import pulumi
import pulumi_aws as aws

from ._states import Telemetry

_FUNCTION = "aws:ec2/getVpnConnection:getVpnConnection"
_BEFORE_THE_REASON = "returned an error: "  # the engine's own words, which name the function twice
_GONE = ("deleting", "deleted")


class TelemetryError(Exception):
    """AWS did not say, or the connection is gone."""


async def telemetry(connection_id: str, parent: pulumi.Resource) -> Mapping[str, Telemetry]:
    """Return AWS's word on each tunnel, by outside address.

    Raises:
        TelemetryError: There is none.
    """
    opts = pulumi.InvokeOptions(parent=parent, version=metadata.version("pulumi-aws"))
    try:
        # The SDK's `get_vpn_connection_output` ends the program where it fails, also under a caller who catches that.
        found = await pulumi.runtime.invoke_async(
            _FUNCTION, {"vpnConnectionId": connection_id}, opts, typ=aws.ec2.GetVpnConnectionResult
        )
    except Exception as error:  # noqa: BLE001  # the SDK raises its root class
        raise TelemetryError(f"{connection_id}: {str(error).rpartition(_BEFORE_THE_REASON)[2]}") from None
    if found.state in _GONE:  # AWS shows one for hours after
        raise TelemetryError(f"{connection_id} is {found.state}")
    return {
        t.outside_ip_address: Telemetry(t.status, t.status_message, int(t.accepted_route_count))
        for t in found.vgw_telemetries
    }
