"""What AWS says of a connection's tunnels now."""

from collections.abc import Mapping

import pulumi

from ._states import Telemetry
from .existing import CONNECTION, GONE, NoAnswerError, ask


class TelemetryError(Exception):
    """AWS did not say, or the connection is gone."""


async def telemetry(connection_id: str, parent: pulumi.Resource) -> Mapping[str, Telemetry]:
    """Return AWS's word on each tunnel, by outside address.

    Raises:
        TelemetryError: There is none.
    """
    try:
        function, key = CONNECTION
        found = await ask(function, {key: connection_id}, parent)
    except NoAnswerError as error:
        raise TelemetryError(f"{connection_id}: {error}") from None
    if not found:
        raise TelemetryError(f"{connection_id}: what the provider needs is not known yet")
    if found.get("state") in GONE:
        raise TelemetryError(f"{connection_id} is {found['state']}")
    return {
        t["outsideIpAddress"]: Telemetry(t["status"], t["statusMessage"], int(t["acceptedRouteCount"]))
        for t in found["vgwTelemetries"]
    }
