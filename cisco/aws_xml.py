"""AWS's connection XML, the `CustomerGatewayConfiguration` that every download is made of."""

from collections.abc import Mapping
from enum import Enum
from ipaddress import IPv4Address, IPv4Interface
from typing import TypeVar
from xml.etree import ElementTree  # a document type, the only way to entities, is refused before it is parsed

from .aws_connection import Algorithms, AwsConnection, AwsTunnel
from .counted import counted
from .errors import InputError, Words
from .fields import endpoint, ipv4_address, whole_number
from .model import Encryption, Integrity
from .secret import Secret

_FIELD = "customer gateway configuration"
_ALLOWED = "AWS's connection XML"
_LONGEST_DOCUMENT = 1_000_000  # characters; genuine ones have about 4,000
_STATIC = "NoBGPVPNConnection"
_ENCRYPTION = {"aes-128-cbc": Encryption.AES128, "aes-256-cbc": Encryption.AES256}
_INTEGRITY = {
    "sha1": Integrity.SHA1,
    "hmac-sha1-96": Integrity.SHA1,
    "sha256": Integrity.SHA2_256,
    "sha2-256": Integrity.SHA2_256,
    "hmac-sha2-256-128": Integrity.SHA2_256,
    "sha384": Integrity.SHA2_384,
    "sha2-384": Integrity.SHA2_384,
    "hmac-sha2-384-192": Integrity.SHA2_384,
    "sha512": Integrity.SHA2_512,
    "sha2-512": Integrity.SHA2_512,
    "hmac-sha2-512-256": Integrity.SHA2_512,
}
_Word = TypeVar("_Word", bound=Enum)


def read_xml(text: str) -> AwsConnection:
    """Return the connection that AWS's XML describes, with or without a namespace. Raises `InputError`."""
    root = _connection(_parsed(text))
    sections = root.findall("ipsec_tunnel")
    if len(sections) != 2:
        raise InputError("ipsec_tunnel", Words(counted(len(sections), "element")), "two, one per tunnel")
    has_bgp = root.find("ipsec_tunnel/customer_gateway/bgp") is not None
    is_static = _optional(root, "vpn_connection_attributes") == _STATIC or not has_bgp
    one, two = (_tunnel(section, is_static=is_static) for section in sections)
    return AwsConnection(root.get("id", "").strip(), is_static, (one, two))


def _parsed(text: str) -> ElementTree.Element:
    if len(text) > _LONGEST_DOCUMENT:
        raise InputError(_FIELD, Words(f"{len(text)} characters"), f"at most {_LONGEST_DOCUMENT} characters")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise InputError(_FIELD, Words("an XML document type"), "AWS's plain XML without one")
    try:
        root = ElementTree.fromstring(text.strip("\ufeff \t\r\n"))  # noqa: S314  # no document type, see above
    except (ElementTree.ParseError, ValueError) as error:
        reason = "it holds what is not text" if isinstance(error, ValueError) else str(error)
        raise InputError(_FIELD, Words(f"not XML ({reason})"), _ALLOWED) from None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def _connection(root: ElementTree.Element) -> ElementTree.Element:
    found = [root] if root.tag == "vpn_connection" else root.findall(".//vpn_connection")
    if len(found) != 1:
        raise InputError(
            _FIELD, Words(f"with {len(found)} <vpn_connection> elements"), f"{_ALLOWED}, of one connection"
        )
    return found[0]


def _tunnel(section: ElementTree.Element, *, is_static: bool) -> AwsTunnel:
    _refuse_ipv6_inside(section)
    asns = None
    if not is_static:
        asns = (
            whole_number("customer gateway ASN", _text(section, "customer_gateway/bgp/asn")),
            whole_number("AWS ASN", _text(section, "vpn_gateway/bgp/asn")),
        )
    return AwsTunnel(
        aws_outside=endpoint("AWS outside address", _text(section, "vpn_gateway/tunnel_outside_address/ip_address")),
        customer_outside=_customer_outside(section),
        aws_inside=ipv4_address("AWS inside address", _text(section, "vpn_gateway/tunnel_inside_address/ip_address")),
        router_inside=_router_inside(section),
        # Empty where AWS keeps the key in Secrets Manager; whoever needs the key refuses that.
        preshared_key=Secret(_optional(section, "ike/pre_shared_key")),
        asns=asns,
        phase1=_algorithms(section, "ike", 28800),
        phase2=_algorithms(section, "ipsec", 3600),
    )


def _customer_outside(section: ElementTree.Element) -> IPv4Address:
    address = _optional(section, "customer_gateway/tunnel_outside_address/ip_address")
    if not address:
        # Only a customer gateway with a certificate may have none.
        raise InputError("customer gateway's address", Words("absent"), "given: certificates are not supported")
    return endpoint("customer gateway's address", address)


def _refuse_ipv6_inside(section: ElementTree.Element) -> None:
    for element in section.iter("tunnel_inside_ipv6_address"):
        if "".join(element.itertext()).strip():
            raise InputError("tunnel inside address", Words("IPv6"), "IPv4: IPv6 inside the tunnels is not supported")


def _router_inside(section: ElementTree.Element) -> IPv4Interface:
    address = _text(section, "customer_gateway/tunnel_inside_address/ip_address")
    mask = _text(section, "customer_gateway/tunnel_inside_address/network_mask")
    try:
        interface = IPv4Interface(f"{address}/{mask}")
    except ValueError:
        interface = IPv4Interface(0)
    if interface.network.prefixlen != 30 or interface.ip not in interface.network.hosts():
        raise InputError(
            "customer gateway's inside address", f"{address} {mask}", "a host's IPv4 address with mask 255.255.255.252"
        )
    return interface


def _algorithms(section: ElementTree.Element, phase: str, lifetime: int) -> Algorithms:
    default = Algorithms(lifetime)
    group = _optional(section, f"{phase}/perfect_forward_secrecy").removeprefix("group")
    return Algorithms(
        lifetime=whole_number(f"{phase} lifetime", _optional(section, f"{phase}/lifetime") or lifetime),
        encryption=_word(section, f"{phase}/encryption_protocol", _ENCRYPTION) or default.encryption,
        integrity=_word(section, f"{phase}/authentication_protocol", _INTEGRITY) or default.integrity,
        dh_group=whole_number(f"{phase} perfect_forward_secrecy", group or default.dh_group),
    )


def _word(section: ElementTree.Element, path: str, words: Mapping[str, _Word]) -> _Word | None:
    found = _optional(section, path)
    if found and found not in words:
        raise InputError(path, found, f"one of {', '.join(words)}")
    return words.get(found)


def _text(section: ElementTree.Element, path: str) -> str:
    found = _optional(section, path)
    if not found:
        raise InputError(_FIELD, Words(f"without <{path}>"), _ALLOWED)
    return found


def _optional(section: ElementTree.Element, path: str) -> str:
    return (section.findtext(path) or "").strip()
