"""What a table of sites may say: a column for each of the stack's settings, and what each takes.

A site that is wrong is found here, before the first of the others is touched; what only the components can know they
say in the site's own preview.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

REGION = "aws:region"
Parse = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Column:
    """How the text of a cell becomes a setting's value, and what is allowed, for the message."""

    parse: Parse
    allowed: str
    is_secret: bool = False


def _matching(pattern: str) -> Parse:
    def parse(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return text

    return parse


def _one_of(*words: str) -> Column:
    return Column(_matching("|".join(map(re.escape, words))), f"one of {', '.join(words)}")


def _between(*ranges: tuple[int, int]) -> Column:
    def parse(text: str) -> int:
        value = int(text)
        if not any(low <= value <= high for low, high in ranges):
            raise ValueError(text)
        return value

    return Column(parse, " or ".join(f"a number between {low} and {high}" for low, high in ranges))


def _flag(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


def _network(text: str) -> str:
    return str(IPv4Network(text))


def _networks(text: str) -> tuple[str, ...]:
    found = tuple(_network(part) for part in text.split())
    if not found or len(set(found)) != len(found):
        raise ValueError(text)
    return found


def _overrides(text: str) -> Mapping[str, object]:
    found: dict[str, object] = {}
    for part in text.split():
        name, sign, value = part.partition("=")
        if not sign or not re.fullmatch("[a-z0-9_]+", name) or not value:
            raise ValueError(text)
        found[name] = override_value(value)
    return found


def override_value(text: str) -> object:
    """Return a field's value in its own type."""
    if text.isdecimal():
        return int(text)
    return {"true": True, "false": False}.get(text, text)


_FLAG = Column(_flag, "true or false")
_ADDRESS = Column(lambda text: str(IPv4Address(text)), "an IPv4 address")
_NETWORKS = Column(_networks, "IPv4 networks with no host bits, separated by spaces, each once")
_OVERRIDES = Column(_overrides, "fields as name=value, separated by spaces, such as phase1_dh_group_number=14")
_NAME = Column(_matching(r"[!-~]{1,64}"), "up to 64 printable characters without spaces")
_PROFILE = _one_of("modern", "guide-2015")
_SECRET = Column(
    _matching(r"env:[A-Za-z_][A-Za-z0-9_]*"),
    "env:NAME, the environment variable that holds it: a secret never stands in the table",
    is_secret=True,
)
_VRF = Column(
    _matching(r"[A-Za-z][A-Za-z0-9_.:-]{0,31}"),
    "a VRF's name: a letter, then up to 31 letters, digits, '_', '.', ':' or '-'",
)
_SERIAL = _between((1, 1_000_000))
_ASN = _between((1, 4294967295))

COLUMNS: Mapping[str, Column] = {
    REGION: Column(_matching(r"[a-z]{2}(-[a-z]+)+-\d"), "an AWS Region, such as ap-northeast-1"),
    "routerHost": Column(_matching(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?"), "a host name or an IPv4 address"),
    "routerPort": _between((1, 65535)),
    "routerHostKey": Column(
        _matching(r"SHA256:[A-Za-z0-9+/]{43}=?"),
        "SHA256: and 43 characters, as `ssh-keyscan HOST | ssh-keygen -lf -` shows it",
    ),
    "routerUsername": _NAME,
    "routerPassword": _SECRET,
    "routerEnablePassword": _SECRET,
    "routerKeyFile": Column(str, "a file's path"),
    "routerUseAgent": _FLAG,
    "wanInterface": Column(
        _matching(r"[A-Za-z][A-Za-z-]*[0-9][0-9/.:]*"), "an interface's full name, such as GigabitEthernet1"
    ),
    "behindNat": _FLAG,
    "localAddress": _ADDRESS,
    "advertise": _one_of("default", "onprem"),
    "prefixLists": _FLAG,
    "maximumPrefix": _between((0, 2147483647)),
    "primaryTunnel": _between((0, 2)),
    "steering": _one_of("as-path", "med", "none"),
    "frontDoorVrf": _VRF,
    "insideVrf": _VRF,
    "publicIp": _ADDRESS,
    "bgpAsn": _ASN,
    "awsAsn": _between((64512, 65534), (4200000000, 4294967294)),
    "routing": _one_of("bgp", "static"),
    "onpremCidrs": _NETWORKS,
    "vpcCidr": Column(_network, "an IPv4 network with no host bits, such as 10.0.0.0/16"),
    "subnetCidrs": _NETWORKS,
    "gatewayRoutes": _FLAG,
    "propagateRoutes": _FLAG,
    "profile": _PROFILE,
    "profileOverrides": _OVERRIDES,
    "tunnel1Profile": _PROFILE,
    "tunnel2Profile": _PROFILE,
    "tunnel1Overrides": _OVERRIDES,
    "tunnel2Overrides": _OVERRIDES,
    "tunnel1PresharedKey": _SECRET,
    "tunnel2PresharedKey": _SECRET,
    "tunnel1KeySerial": _SERIAL,
    "tunnel2KeySerial": _SERIAL,
    "driftCheck": _FLAG,
    "check": _one_of("require", "warn", "off"),
    "checkTimeout": _between((1, 3600)),
}


def disagreements(settings: Mapping[str, object]) -> Sequence[tuple[str, object, str]]:
    """Return where a site's values, each right by itself, do not go together: setting, value, what is allowed."""
    found: list[tuple[str, object, str]] = []
    vpc_text = settings.get("vpcCidr")
    if vpc_text is not None:
        vpc = IPv4Network(str(vpc_text))
        if not 16 <= vpc.prefixlen <= 28:
            found.append(("vpcCidr", vpc, "a network between /16 and /28"))
        subnets, onprem = _texts(settings.get("subnetCidrs")), _texts(settings.get("onpremCidrs"))
        outside = [text for text in subnets if not IPv4Network(text).subnet_of(vpc)]
        # A default route overlaps everything and competes with nothing: the VPC's local route is more specific.
        overlapping = [text for text in onprem if IPv4Network(text).overlaps(vpc) and IPv4Network(text).prefixlen]
        found += [("subnetCidrs", text, f"inside vpcCidr, {vpc}") for text in outside]
        found += [("onpremCidrs", text, f"apart from vpcCidr, {vpc}") for text in overlapping]
    own, aws = settings.get("bgpAsn"), settings.get("awsAsn", 64512)
    if own is not None and own == aws:
        found.append(("bgpAsn", own, f"different from awsAsn, {aws}"))
    return found


def _texts(value: object) -> Sequence[str]:
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else []
