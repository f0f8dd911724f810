"""Customer gateways: AS numbers of two and four bytes, one gateway for the same device, no deletion while in use."""

from ipaddress import IPv4Address
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import InvalidCustomerGatewayIdError
from moto.ec2.responses.customer_gateways import CustomerGateways
from moto.ec2.utils import generic_filter

from lab.aws.refusal import incorrect_state, invalid_combination, invalid_value, missing_parameter

_DEFAULT_ASN = 65000
# AWS user guide, "Customer gateway options": 7224 everywhere, the others in one Region each.
_RESERVED = {"eu-west-1": 9059, "ap-northeast-1": 10124, "ap-southeast-1": 17943}


class CustomerGatewayCalls(CustomerGateways):
    """CreateCustomerGateway, DescribeCustomerGateways and DeleteCustomerGateway as EC2 does them."""

    def create_customer_gateway(self) -> ActionResult:
        """Return the gateway that AWS has already for the same device, else a new one."""
        kind = self._get_param("Type")
        if not kind:
            raise missing_parameter("type")
        asn, is_extended = self._requested_asn()
        address = self._requested_address()
        device = self._get_param("DeviceName")
        for gateway in self.ec2_backend.customer_gateways.values():
            same = (gateway.type, gateway.ip_address, gateway.asn, gateway.device_name)
            if gateway.state == "available" and same == (kind, address, asn, device):
                return ActionResult({"CustomerGateway": gateway})
        tags = self._parse_tag_specification().get("customer-gateway", {})
        gateway = self.ec2_backend.create_customer_gateway(
            kind, ip_address=address, bgp_asn=None if is_extended else str(asn), tags=tags
        )
        gateway.bgp_asn_extended = str(asn) if is_extended else None
        gateway.device_name = device
        gateway.certificate_arn = self._get_param("CertificateArn")
        gateway.asn = asn
        return ActionResult({"CustomerGateway": gateway})

    def describe_customer_gateways(self) -> ActionResult:
        """Return the gateways asked for; one asked for by an unknown id is an error."""
        wanted = self._get_param("CustomerGatewayIds", [])
        held: dict[str, Any] = self.ec2_backend.customer_gateways
        for each in wanted:
            if each not in held:
                raise InvalidCustomerGatewayIdError(each)
        gateways = [held[each] for each in wanted] if wanted else list(held.values())
        for gateway in gateways:
            gateway.customer_gateway_id = gateway.id  # the name of the filter
        return ActionResult({"CustomerGateways": generic_filter(self._filters_from_querystring(), gateways)})

    def delete_customer_gateway(self) -> ActionResult:
        """Delete the gateway unless a connection uses it."""
        gateway_id = self._get_param("CustomerGatewayId")
        self.ec2_backend.get_customer_gateway(gateway_id)
        for connection in self.ec2_backend.vpn_connections.values():
            if connection.customer_gateway_id == gateway_id and connection.state != "deleted":
                raise incorrect_state("The customer gateway is in use.")
        self.ec2_backend.delete_customer_gateway(gateway_id)
        return EmptyResult()

    def _requested_asn(self) -> tuple[int, bool]:
        asn, extended = self._get_param("BgpAsn"), self._get_param("BgpAsnExtended")
        if asn is not None and extended is not None:
            raise invalid_combination("The parameters BgpAsn and BgpAsnExtended cannot be used together.")
        if extended is not None:
            if not 2147483648 <= int(extended) <= 4294967295:
                raise invalid_value("bgpAsnExtended", extended, "It must be between 2147483648 and 4294967295.")
            return int(extended), True
        number = _DEFAULT_ASN if asn is None else int(asn)
        if not 1 <= number <= 2147483647:
            raise invalid_value("bgpAsn", number, "It must be between 1 and 2147483647.")
        if number in (7224, _RESERVED.get(self.region)):
            raise invalid_value("bgpAsn", number, "The ASN is reserved.")
        return number, False

    def _requested_address(self) -> str:
        text = self._get_param("IpAddress") or self._get_param("PublicIp")
        if not text:
            raise missing_parameter("ipAddress")
        try:
            address = IPv4Address(text)
        except ValueError as error:
            raise invalid_value("ipAddress", text, "It is not an IPv4 address.") from error
        if address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified:
            raise invalid_value("ipAddress", text, "It is not an address of a customer gateway device.")
        return str(address)
