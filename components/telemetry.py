"""What AWS says of a connection's tunnels now."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from ._states import Telemetry


async def telemetry(connection_id: str, parent: pulumi.Resource) -> Mapping[str, Telemetry]:
    """Return AWS's word on each tunnel, by outside address."""
    opts = pulumi.InvokeOptions(parent=parent)
    found = await aws.ec2.get_vpn_connection_output(vpn_connection_id=connection_id, opts=opts).future()
    if found is None:
        return {}
    return {
        t.outside_ip_address: Telemetry(t.status, t.status_message, int(t.accepted_route_count))
        for t in found.vgw_telemetries
    }
