"""What AWS hands out for a VPN connection, as the router's intent.

The connection XML says who and where (addresses, keys, ASNs); its algorithms are only defaults, so that
`Options.TunnelOptions` win wherever they speak. Tunnels are matched by address, inside CIDR or key, never by position.
"""

import xml.etree.ElementTree as ElementTree  # a document type, the only way to entities, is refused below
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TypeVar

from .errors import InputError
from .model import (
    PHASE1_DH_GROUPS,
    PHASE2_DH_GROUPS,
    PRESHARED_KEY,
    Bgp,
    Encryption,
    IkeVersion,
    Integrity,
    Intent,
    Phase1,
    Phase2,
    Static,
    Tunnel,
)
from .mss import mss
from .request import RouterSettings
from .secret import Secret

T = TypeVar("T")
_XML_ENCRYPTION = {"aes-128-cbc": "AES128", "aes-256-cbc": "AES256"}
_XML_INTEGRITY = {
    "sha1": "SHA1",
    "hmac-sha1-96": "SHA1",
    "sha256": "SHA2-256",
    "hmac-sha2-256-128": "SHA2-256",
    "sha384": "SHA2-384",
    "hmac-sha2-384-192": "SHA2-384",
    "sha512": "SHA2-512",
    "hmac-sha2-512-256": "SHA2-512",
}
# IOS knows these replay windows only; AWS any of 64-2048. The guide's is 128 whatever AWS's side has.
_REPLAY_WINDOWS = (64, 128, 256, 512, 1024)
_GUIDE_REPLAY_WINDOW = 128
# Of several permitted values the strongest that IOS has: AWS accepts each of them, and weak ones are being refused.
_STRONGEST_GROUP = (20, 21, 19, 16, 15, 14, 24, 5, 2)
_STRONGEST_CIPHER = ("AES256-GCM-16", "AES256", "AES128-GCM-16", "AES128")
_STRONGEST_HASH = ("SHA2-384", "SHA2-512", "SHA2-256", "SHA1")


@dataclass(frozen=True, slots=True)
class _End:
    """One `ipsec_tunnel` of the XML, or one complete entry of the tunnel options."""

    aws_outside: IPv4Address
    customer_outside: IPv4Address
    aws_inside: IPv4Address
    router_inside: IPv4Interface
    key: str
    asns: tuple[int, int] | None
    encryption: tuple[str, str] = ("AES128", "AES128")
    integrity: tuple[str, str] = ("SHA1", "SHA1")
    groups: tuple[int, int] = (2, 2)
    lifetimes: tuple[int, int] = (28800, 3600)


def intent_from_aws(
    vpn: Mapping[str, object],
    router: RouterSettings,
    link: str,
    generation: int = 1,
    *,
    needs_routes: bool = True,
) -> Intent:
    """Return what the router must hold for AWS's connection.

    `vpn` has `customer_gateway_configuration` (the XML) or `attributes`, and optionally `tunnel_options` (AWS's
    `Options.TunnelOptions`) and `vpc_cidrs` (the VPC side's networks; AWS's document does not name them, so that
    static routing needs them unless `needs_routes` is off). Raises `InputError`.
    """
    options = _options(vpn.get("tunnel_options"))
    xml = vpn.get("customer_gateway_configuration")
    if xml:
        connection_id, is_static, ends = _read_xml(str(xml))
    else:
        connection_id, is_static, ends = _read_attributes(vpn.get("attributes"), options)
    tunnels = tuple(_tunnel(index, end, _match(options, end, len(options)), router) for index, end in enumerate(ends))
    return Intent(
        link=link,
        connection_id=connection_id,
        local_address=router.local_address or ends[0].customer_outside,
        tunnels=(tunnels[0], tunnels[1]),
        routing=_bgp(ends, router)
        if not is_static
        else _static(vpn.get("vpc_cidrs"), router, needs_routes=needs_routes),
        wan_interface=router.wan_interface,
        is_behind_nat=router.behind_nat,
        policies=router.isakmp_policies,
        generation=generation,
    )


def _bgp(ends: Sequence[_End], router: RouterSettings) -> Bgp:
    asns = ends[0].asns
    if asns is None:
        raise InputError("bgp", "absent", "given for a connection with BGP")
    return Bgp(router_asn=asns[0], aws_asn=asns[1], advertise=router.advertise)


def _static(vpc_cidrs: object, router: RouterSettings, *, needs_routes: bool) -> Static:
    cidrs = tuple(_network("vpc cidr", str(cidr)) for cidr in _sequence(vpc_cidrs))
    if not cidrs and needs_routes:
        raise InputError(
            "vpc_cidrs (--cidr)", "absent", "the VPC side's networks, such as 10.0.0.0/16, with static routing"
        )
    return Static(cidrs, router.sla_numbers)


def _tunnel(index: int, end: _End, options: Mapping[str, object], router: RouterSettings) -> Tunnel:
    version = IkeVersion(_pick(options, "IkeVersions", _ike_versions(options), "ikev1", "IKE version"))
    phase1 = Phase1(
        version=version,
        encryption=Encryption(
            _pick(
                options,
                "Phase1EncryptionAlgorithms",
                _ciphers(version),
                end.encryption[0],
                "phase 1 encryption",
            )
        ),
        integrity=Integrity(
            _pick(options, "Phase1IntegrityAlgorithms", _STRONGEST_HASH, end.integrity[0], "phase 1 integrity")
        ),
        dh_group=_group(options, "Phase1DHGroupNumbers", PHASE1_DH_GROUPS, end.groups[0], "phase 1 DH group"),
        lifetime=_number(options, "Phase1LifetimeSeconds", end.lifetimes[0]),
    )
    phase2 = Phase2(
        encryption=Encryption(
            _pick(
                options,
                "Phase2EncryptionAlgorithms",
                _STRONGEST_CIPHER,
                end.encryption[1],
                "phase 2 encryption",
            )
        ),
        integrity=Integrity(
            _pick(options, "Phase2IntegrityAlgorithms", _STRONGEST_HASH, end.integrity[1], "phase 2 integrity")
        ),
        dh_group=_group(options, "Phase2DHGroupNumbers", PHASE2_DH_GROUPS, end.groups[1], "phase 2 DH group"),
        lifetime=_number(options, "Phase2LifetimeSeconds", end.lifetimes[1]),
        replay_window=_replay_window(_number(options, "ReplayWindowSize", _GUIDE_REPLAY_WINDOW)),
    )
    key = str(options.get("PreSharedKey") or end.key)
    if not PRESHARED_KEY.match(key) or key.upper() == "REDACTED":
        raise InputError(
            f"pre-shared key of the tunnel to {end.aws_outside}",
            "***" if key else "empty",
            "8 to 64 letters, digits, '.' or '_', not starting with 0, and not redacted by AWS (Secrets Manager)",
        )
    return Tunnel(
        index=index,
        number=router.tunnel_numbers[index],
        aws_outside=end.aws_outside,
        aws_inside=end.aws_inside,
        router_inside=end.router_inside,
        preshared_key=Secret(key),
        phase1=phase1,
        phase2=phase2,
        mss=mss(phase2.encryption, phase2.integrity, behind_nat=router.behind_nat),
    )


def _ike_versions(options: Mapping[str, object]) -> tuple[str, ...]:
    # AWS's own default permits both; then the guide's IKEv1 stands unless phase 1 is GCM, which IKEv1 has not.
    ciphers = _values(options, "Phase1EncryptionAlgorithms")
    only_gcm = bool(ciphers) and all("GCM" in cipher for cipher in ciphers)
    return ("ikev2", "ikev1") if only_gcm else ("ikev1", "ikev2")


def _ciphers(version: IkeVersion) -> tuple[str, ...]:
    if version is IkeVersion.V2:
        return _STRONGEST_CIPHER
    return tuple(cipher for cipher in _STRONGEST_CIPHER if "GCM" not in cipher)


def _replay_window(value: int) -> int:
    """Map AWS's 64-2048 to IOS's sizes: the next one down, so that the router never accepts what AWS wouldn't."""
    return max((size for size in _REPLAY_WINDOWS if size <= value), default=64)


def _values(options: Mapping[str, object], key: str) -> tuple[str, ...]:
    return tuple(str(item["Value"] if isinstance(item, Mapping) else item) for item in _sequence(options.get(key)))


def _pick(options: Mapping[str, object], key: str, preference: Sequence[str], default: str, field: str) -> str:
    given = _values(options, key)
    if not given:
        return default
    for word in preference:
        if word in given:
            return word
    raise InputError(field, ", ".join(given), f"at least one of {', '.join(preference)}")


def _group(options: Mapping[str, object], key: str, known: Sequence[int], default: int, field: str) -> int:
    given = _values(options, key)
    if not given:
        return default
    for group in _STRONGEST_GROUP:
        if str(group) in given and group in known:
            return group
    raise InputError(field, ", ".join(given), f"at least one that IOS has too: {', '.join(map(str, known))}")


def _number(options: Mapping[str, object], key: str, default: int) -> int:
    value = options.get(key)
    return default if value in (None, 0) else _int(key, str(value))


def _options(raw: object) -> tuple[Mapping[str, object], ...]:
    entries = _sequence(raw)
    for entry in entries:
        if not isinstance(entry, Mapping):
            raise InputError("tunnel_options", type(entry).__name__, "a list of AWS's TunnelOptions objects")
    return tuple(entry for entry in entries if isinstance(entry, Mapping))


def _match(options: Sequence[Mapping[str, object]], end: _End, count: int) -> Mapping[str, object]:
    """Return the entry that speaks of this tunnel, by outside address, inside CIDR or key."""
    facts = (
        ("OutsideIpAddress", str(end.aws_outside)),
        ("TunnelInsideCidr", str(end.router_inside.network)),
        ("PreSharedKey", end.key),
    )
    for key, value in facts:
        for entry in options:
            if value and entry.get(key) == value:
                return entry
    if count and any(any(key in entry for key, _ in facts) for entry in options):
        raise InputError(
            "tunnel_options",
            f"without an entry for {end.aws_outside} ({end.router_inside.network})",
            "matched to each tunnel by OutsideIpAddress, TunnelInsideCidr or PreSharedKey",
        )
    return {}


def _sequence(value: object) -> Sequence[object]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _int(field: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InputError(field, text, "a whole number") from None


def _address(field: str, text: str) -> IPv4Address:
    try:
        return IPv4Address(text)
    except ValueError:
        raise InputError(field, text, "an IPv4 address") from None


def _network(field: str, text: str) -> IPv4Network:
    try:
        return IPv4Network(text)
    except ValueError:
        raise InputError(field, text, "an IPv4 network in CIDR form, host bits zero") from None


def _read_attributes(raw: object, options: Sequence[Mapping[str, object]]) -> tuple[str, bool, tuple[_End, ...]]:
    if not isinstance(raw, Mapping):
        raise InputError("vpn", "without customer_gateway_configuration", "AWS's connection XML, or attributes")
    if len(options) != 2:
        raise InputError("tunnel_options", f"{len(options)} entries", "two, one a tunnel")
    is_static = bool(raw.get("static_routes_only"))
    asns = None
    if not is_static:
        asns = (
            _int("customer gateway ASN", str(raw.get("customer_gateway_bgp_asn"))),
            _int("AWS ASN", str(raw.get("vgw_bgp_asn"))),
        )
    ends = []
    for entry in options:
        inside = _network("TunnelInsideCidr", str(entry.get("TunnelInsideCidr")))
        # AWS takes the first host of the /30, the customer gateway the second.
        aws, customer = tuple(inside.hosts())[:2]
        ends.append(
            _End(
                aws_outside=_address("OutsideIpAddress", str(entry.get("OutsideIpAddress"))),
                customer_outside=_address("customer_gateway_address", str(raw.get("customer_gateway_address"))),
                aws_inside=aws,
                router_inside=IPv4Interface(f"{customer}/{inside.prefixlen}"),
                key=str(entry.get("PreSharedKey") or ""),
                asns=asns,
            )
        )
    ends.sort(key=lambda end: end.aws_outside)  # as AWS's own documents are
    return str(raw.get("vpn_connection_id")), is_static, tuple(ends)


def _read_xml(text: str) -> tuple[str, bool, tuple[_End, ...]]:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise InputError("customer gateway configuration", "an XML document type", "AWS's plain XML without one")
    try:
        root = ElementTree.fromstring(text.lstrip("\ufeff \t\r\n").encode())  # noqa: S314  # no document type, see above
    except ElementTree.ParseError as error:
        raise InputError("customer gateway configuration", f"not XML ({error})", "AWS's connection XML") from None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    if root.tag != "vpn_connection":
        root = _require(root.find(".//vpn_connection"), "vpn_connection")
    sections = root.findall("ipsec_tunnel")
    if len(sections) != 2:
        raise InputError("ipsec_tunnel", f"{len(sections)} elements", "two, one a tunnel")
    is_static = (root.findtext("vpn_connection_attributes") or "").strip() == "NoBGPVPNConnection"
    ends = tuple(_read_tunnel(section, is_static=is_static) for section in sections)
    return root.get("id", "").strip(), is_static, ends


def _require(element: "ElementTree.Element | None", path: str) -> "ElementTree.Element":
    if element is None:
        raise InputError("customer gateway configuration", f"without <{path}>", "AWS's connection XML")
    return element


def _read_tunnel(section: "ElementTree.Element", *, is_static: bool) -> _End:
    def text(path: str) -> str:
        return (_require(section.find(path), path).text or "").strip()

    def optional(path: str, default: str) -> str:
        return (section.findtext(path) or default).strip()

    if section.find("customer_gateway/tunnel_inside_address") is None:
        raise InputError("tunnel inside address", "IPv6 only", "IPv4: IPv6 inside addresses are not supported")
    asns = None
    if not is_static:
        asns = (
            _int("customer gateway ASN", text("customer_gateway/bgp/asn")),
            _int("AWS ASN", text("vpn_gateway/bgp/asn")),
        )
    inside = text("customer_gateway/tunnel_inside_address/ip_address")
    mask = text("customer_gateway/tunnel_inside_address/network_mask")
    _address("customer gateway's inside address", inside)
    return _End(
        aws_outside=_address("AWS outside address", text("vpn_gateway/tunnel_outside_address/ip_address")),
        customer_outside=_address(
            "customer gateway's address", text("customer_gateway/tunnel_outside_address/ip_address")
        ),
        aws_inside=_address("AWS inside address", text("vpn_gateway/tunnel_inside_address/ip_address")),
        router_inside=IPv4Interface(f"{inside}/{mask}"),
        key=optional("ike/pre_shared_key", ""),
        asns=asns,
        encryption=_both(optional, "encryption_protocol", "aes-128-cbc", _XML_ENCRYPTION),
        integrity=_both(optional, "authentication_protocol", "sha1", _XML_INTEGRITY),
        groups=(
            _int("group", optional("ike/perfect_forward_secrecy", "group2").removeprefix("group")),
            _int("group", optional("ipsec/perfect_forward_secrecy", "group2").removeprefix("group")),
        ),
        lifetimes=(
            _int("lifetime", optional("ike/lifetime", "28800")),
            _int("lifetime", optional("ipsec/lifetime", "3600")),
        ),
    )


def _both(optional: Callable[[str, str], str], name: str, default: str, words: Mapping[str, str]) -> tuple[str, str]:
    found = (optional(f"ike/{name}", default), optional(f"ipsec/{name}", default))
    for word in found:
        if word not in words:
            raise InputError(name, word, f"one of {', '.join(words)}")
    return words[found[0]], words[found[1]]
