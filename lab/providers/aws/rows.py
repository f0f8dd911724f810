"""All rows of the table, by Pulumi's type token."""

from collections.abc import Mapping
from typing import Final

from lab.providers.aws import (
    gateways,
    monitoring,
    network,
    security_groups,
    transit_gateway,
    vpn_connection,
)
from lab.providers.aws.table import Row

ROWS: Final[Mapping[str, Row]] = {
    row.resource: row
    for module in (network, gateways, vpn_connection, security_groups, transit_gateway, monitoring)
    for row in module.ROWS
}
