"""The two ends of a VPN and what leads to them: virtual private, customer and Internet gateways."""

from typing import Final

from lab.providers.aws.table import ID, Call, Row, described

CUSTOMER_GATEWAY: Final = Row(
    token="aws:ec2/customerGateway:CustomerGateway",
    create=Call(
        operation="create_customer_gateway",
        arguments={"Type": "type", "IpAddress": "ipAddress", "DeviceName": "deviceName"},
    ),
    identity="CustomerGateway.CustomerGatewayId",
    tagged="customer-gateway",
    arn="customer-gateway/",
    find=described("describe_customer_gateways", "CustomerGatewayIds", "CustomerGateways", ("deleted", "deleting")),
    delete=Call(operation="delete_customer_gateway", arguments={"CustomerGatewayId": ID}),
)
ROWS: Final = (CUSTOMER_GATEWAY,)
