"""The EC2 of the fake AWS: moto's, with this package's calls over it."""

from threading import RLock
from typing import ClassVar

from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, FilterNotImplementedError
from moto.ec2.responses import EC2Response

from lab.aws.customer_gateways import CustomerGatewayCalls
from lab.aws.route_tables import RouteTableCalls
from lab.aws.transit_gateways import TransitGatewayCalls
from lab.aws.vpn_connections import VpnConnectionCalls
from lab.aws.vpn_gateways import VpnGatewayCalls


class Ec2(
    CustomerGatewayCalls,
    RouteTableCalls,
    VpnGatewayCalls,
    VpnConnectionCalls,
    TransitGatewayCalls,
    EC2Response,
):
    """EC2, one call at a time: moto's state is not made for several threads."""

    lock: ClassVar[RLock] = RLock()

    def call_action(self) -> TYPE_RESPONSE:
        """Answer one call; what neither moto nor we know is refused at once instead of retried for minutes."""
        with self.lock:
            try:
                return super().call_action()
            except FilterNotImplementedError as error:
                refusal = EC2ClientError("InvalidParameterValue", str(error))
            except NotImplementedError:
                refusal = EC2ClientError(
                    "InvalidAction", f"The action {self._get_action()} is not valid for this web service."
                )
            status, headers, body = self.serialized(ActionResult(refusal))
            return status, {**headers, "status": str(status)}, body
