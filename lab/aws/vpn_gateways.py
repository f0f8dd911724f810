"""Virtual private gateways: their AS number, one per VPC, and no deletion while something hangs on them."""

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, InvalidVpnGatewayIdError
from moto.ec2.responses.virtual_private_gateways import VirtualPrivateGateways

from lab.aws.refusal import incorrect_state, invalid_value

_DEFAULT_ASN = 64512
_ASNS = ((64512, 65534), (4200000000, 4294967294))


class VpnGatewayCalls(VirtualPrivateGateways):
    """Create, attach, detach and delete as EC2 does them."""

    def create_vpn_gateway(self) -> ActionResult:
        """Create a gateway with a private AS number, AWS's own if none is given."""
        asn = int(self._get_param("AmazonSideAsn") or _DEFAULT_ASN)
        if not any(low <= asn <= high for low, high in _ASNS):
            raise invalid_value("amazonSideAsn", asn, "It must be in 64512-65534 or 4200000000-4294967294.")
        gateway = self.ec2_backend.create_vpn_gateway(
            gateway_type=self._get_param("Type"),
            amazon_side_asn=str(asn),
            availability_zone=self._get_param("AvailabilityZone"),
            tags=self._parse_tag_specification().get("vpn-gateway", {}),
        )
        return ActionResult({"VpnGateway": gateway})

    def describe_vpn_gateways(self) -> ActionResult:
        """Return the gateways asked for; one asked for by an unknown id is an error."""
        for gateway_id in self._get_param("VpnGatewayIds", []):
            if gateway_id not in self.ec2_backend.vpn_gateways:
                raise InvalidVpnGatewayIdError(gateway_id)
        return super().describe_vpn_gateways()

    def attach_vpn_gateway(self) -> ActionResult:
        """Attach a gateway: it goes to one VPC, and a VPC takes one."""
        gateway = self.ec2_backend.get_vpn_gateway(self._get_param("VpnGatewayId"))
        vpc_id = self._get_param("VpcId")
        self.ec2_backend.get_vpc(vpc_id)
        if gateway.state == "deleted":
            raise EC2ClientError("InvalidVpnGatewayState", "The virtual private gateway is not available.")
        for other in self.ec2_backend.vpn_gateways.values():
            for attachment in other.vpc_attachments:
                if attachment.state == "detached":
                    continue
                if other.id == gateway.id and attachment.vpc_id != vpc_id:
                    raise EC2ClientError(
                        "VpnGatewayAttachmentLimitExceeded", f"{other.id} is already attached to {attachment.vpc_id}."
                    )
                if other.id != gateway.id and attachment.vpc_id == vpc_id:
                    raise EC2ClientError(
                        "VpnGatewayAttachmentLimitExceeded", f"{vpc_id} already has a virtual private gateway."
                    )
        return super().attach_vpn_gateway()

    def delete_vpn_gateway(self) -> ActionResult:
        """Delete a gateway that no VPC and no connection uses."""
        gateway = self.ec2_backend.get_vpn_gateway(self._get_param("VpnGatewayId"))
        if any(attachment.state == "attached" for attachment in gateway.vpc_attachments):
            raise incorrect_state(f"The vpnGateway ID '{gateway.id}' is attached to a VPC.")
        for connection in self.ec2_backend.vpn_connections.values():
            if connection.vpn_gateway_id == gateway.id and connection.state != "deleted":
                raise incorrect_state(f"The vpnGateway ID '{gateway.id}' is in use.")
        return super().delete_vpn_gateway()
