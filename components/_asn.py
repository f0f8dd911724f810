"""Autonomous system numbers: what each end may have, and how AWS wants the long ones."""

from ._validation import ArgumentError, require_between, require_whole

DEFAULT_ROUTER_ASN = 65000
"""What AWS's console gives a customer gateway without BGP."""

DEFAULT_AWS_ASN = 64512

# AWS's own, reserved by it: 7224 everywhere, 9059 in eu-west-1, 10124 in ap-northeast-1, 17943 in ap-southeast-1.
# No customer holds any of them, so they are refused in every Region.
_OF_AWS = (7224, 9059, 10124, 17943)

_TWO_BYTE_LIMIT = 2147483647  # CreateCustomerGateway: up to here BgpAsn, above it BgpAsnExtended


def require_router_asn(field: str, asn: int) -> None:
    """Refuse what a customer gateway cannot have."""
    require_between(field, asn, 1, 4294967295)
    if asn in _OF_AWS:
        raise ArgumentError(field, asn, f"your own: AWS reserves {', '.join(map(str, _OF_AWS))}")


def require_aws_asn(field: str, asn: int) -> None:
    """Refuse what a virtual private gateway cannot have."""
    require_whole(field, asn)
    if not (64512 <= asn <= 65534 or 4200000000 <= asn <= 4294967294):
        raise ArgumentError(field, asn, "between 64512 and 65534, or between 4200000000 and 4294967294")


def require_different(field: str, router_asn: int, aws_asn: int) -> None:
    """Refuse the same number at both ends: AWS does, and BGP would be internal."""
    if router_asn == aws_asn:
        raise ArgumentError(field, router_asn, "different from the AWS side's ASN (amazon_side_asn)")


def customer_gateway_asn(asn: int) -> dict[str, str]:
    """Return the one of AWS's two arguments that takes this number."""
    return {"bgp_asn" if asn <= _TWO_BYTE_LIMIT else "bgp_asn_extended": str(int(asn))}
