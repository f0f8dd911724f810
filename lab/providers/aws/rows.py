"""All rows of the table, by Pulumi's type token."""

from collections.abc import Mapping
from typing import Final

from lab.providers.aws import gateways, network
from lab.providers.aws.table import Row

ROWS: Final[Mapping[str, Row]] = {row.token: row for module in (network, gateways) for row in module.ROWS}
