"""Our IOS text against AWS's own: the same, section by section, but for the deviations that docs/deviations.md lists."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cisco.aws import intent_from_aws
from cisco.model import Intent
from cisco.render import render
from cisco.request import RouterSettings

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data" / "aws"
_BODIES = re.compile(
    r"crypto (isakmp (policy|profile)|keyring|ipsec (transform-set|profile)) |interface |router bgp |ip sla \d+$"
)
_GLOBALS = re.compile(r"crypto (ipsec (df-bit|security-association|fragmentation)|isakmp keepalive) |ip |track ")
_SHARED = re.compile(r"crypto (ipsec (df-bit|security-association|fragmentation)|isakmp keepalive) ")


@dataclass(frozen=True)
class Section:
    """A line of the global configuration and the lines of its sub-mode; BGP's address family is marked `ipv4: `."""

    header: str
    body: tuple[str, ...] = ()


Sections = list[Section]


def sections(text: str) -> Sections:
    """Read a text by IOS's keywords alone: indentation, comments and `exit` say nothing here."""
    found: Sections = []
    family = ""
    for raw in text.splitlines():
        line = " ".join(raw.split())
        if not line or line.startswith("!") or line == "exit":
            continue
        is_body = _BODIES.match(line)
        if is_body or (_GLOBALS.match(line) and not line.startswith(("ip address", "ip virtual", "ip tcp"))):
            found.append(Section(line))
            family = ""
        elif line == "address-family ipv4 unicast":
            family = "ipv4: "
        else:
            found[-1] = replace(found[-1], body=(*found[-1].body, family + line))
    return found


def each(change: Callable[[Section], Sequence[Section]]) -> Callable[[Sections], Sections]:
    return lambda given: [new for section in given for new in change(section)]


def of(prefix: str, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Callable[[Sections], Sections]:
    """Change the bodies of the sections whose header begins so."""
    return each(lambda s: [replace(s, body=change(s.body))] if s.header.startswith(prefix) else [s])


def without(pattern: str) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    return lambda body: tuple(line for line in body if not re.fullmatch(pattern, line))


def once(given: Sections) -> Sections:
    shared = list(dict.fromkeys(section for section in given if _SHARED.match(section.header)))
    return [*shared, *(section for section in given if section not in shared)]


def one_process(given: Sections) -> Sections:
    processes = [section for section in given if section.header.startswith("router bgp")]
    lines = [line for process in processes for line in process.body]
    session = [line for line in lines if not line.startswith("ipv4: ")]
    family = [line for line in lines if line.startswith("ipv4: neighbor")]
    networks = list(dict.fromkeys(line for line in lines if line.startswith("ipv4: network")))
    body = (*session, *family, *networks)
    rest = [section for section in given if section not in processes]
    return [*rest, Section(processes[0].header, body)] if processes else rest


def both_neighbours(given: Sections) -> Sections:
    processes = [section for section in given if section.header.startswith("router bgp")]
    if len(processes) != 1 or "169.254.255.5" in str(processes):
        return given
    other = (line.replace("169.254.255.1", "169.254.255.5") for line in processes[0].body)
    return [*given, replace(processes[0], body=tuple(other))]


def routes_after_tracks(given: Sections) -> Sections:
    found: Sections = []
    for section in (s for s in given if not s.header.startswith("ip route")):
        found.append(section)
        if track := re.match(r"track (\d+) ", section.header):
            number = track[1]
            found.append(Section(f"ip route 10.0.0.0 255.255.0.0 Tunnel{int(number) // 100} track {number}"))
    return found


def static_last(given: Sections) -> Sections:
    watch = [s for s in given if s.header.startswith(("ip sla", "track", "ip route"))]
    return [*(s for s in given if s not in watch), *watch]


def described(given: Sections) -> Sections:
    connection = re.search(r"(vpn-\w+)-\d", " ".join(section.header for section in given))
    assert connection
    line = f"description aws-cisco-vpn tokyo {connection[1]} gen 1"
    return of("interface", lambda body: (line, *body))(given)


def local_addresses(given: Sections) -> Sections:
    def add(body: tuple[str, ...]) -> tuple[str, ...]:
        return body if body[0].startswith("local-address") else ("local-address 203.0.113.100", *body)

    return of("crypto isakmp profile", add)(of("crypto keyring", add)(given))


def fragmented(given: Sections) -> Sections:
    line = Section("crypto ipsec fragmentation before-encryption")
    if line in given:
        return given
    last = max(at for at, section in enumerate(given) if _SHARED.match(section.header))
    return [*given[: last + 1], line, *given[last + 1 :]]


def sized(body: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(re.sub(r"(ip tcp adjust-mss) .+", r"\1 1398", line) for line in body)


def thresholds(body: tuple[str, ...]) -> tuple[str, ...]:
    return (body[0], "threshold 1000", *body[1:])


# By what the rows of docs/deviations.md's first table begin with, in their order.
DEVIATIONS: dict[str, Callable[[Sections], Sections]] = {
    "Global settings a tunnel": once,
    "No `fragmentation`": fragmented,
    "No `local-address`": local_addresses,
    "`remote-as` and `timers` twice": of("router bgp", without(r"ipv4: neighbor \S+ (remote-as|timers) .+")),
    "`activate` twice": of("router bgp", without(r"neighbor \S+ activate")),
    "BGP with the first": both_neighbours,
    "`router bgp` twice": one_process,
    "`ip tcp adjust-mss`": of("interface", sized),
    "`timeout 1000` alone": lambda given: each(
        lambda s: [replace(s, body=thresholds(s.body))] if re.fullmatch(r"ip sla \d+", s.header) else [s]
    )(given),
    "`ip route` as a comment": routes_after_tracks,
    "Static routing a tunnel": static_last,
    "No description": described,
}
TEXTS = {
    "bgp-vgw.aws-ios.txt": "vpn-03701a53bba3c48b7",
    "bgp.aws-ios.txt": "vpn-44a8938f",
    "static.aws-ios.txt": "vpn-1a2b3c4d",
    "guide-2015.bgp.txt": "vpn-xxxxxxxx",
    "guide-2015.static.txt": "vpn-xxxxxxxx",
}


def theirs(name: str) -> str:
    """AWS's text with its placeholders filled in as the guide's example does."""
    text = (DATA / name).read_text()
    text = re.sub(r"vpn-x+", "vpn-xxxxxxxx", text)
    text = re.sub(r"CUSTOMER_IP|YOUR_UPLINK_ADDRESS", "203.0.113.100", text)
    return text.replace("YOUR_BGP_ASN", "65001")


def intent(name: str) -> Intent:
    """The intent for the connection that the text is of."""
    if name == "bgp-vgw.aws-ios.txt":
        vpn: dict[str, object] = {"customer_gateway_configuration": (DATA / "bgp-vgw.xml").read_text()}
        return intent_from_aws(vpn, RouterSettings(), "tokyo")
    guide = (("72.21.209.225", "169.254.255.1", "169.254.255.2"), ("72.21.209.193", "169.254.255.5", "169.254.255.6"))
    static = (
        ("205.251.233.121", "169.254.249.17", "169.254.249.18"),
        ("205.251.233.122", "169.254.249.21", "169.254.249.22"),
    )
    tunnels = static if name == "static.aws-ios.txt" else guide
    xml = document(name, tunnels, dict(re.findall(r"pre-shared-key address (\S+) key (\S+)", theirs(name))))
    vpn = {"customer_gateway_configuration": xml, "vpc_cidrs": ["10.0.0.0/16"]}
    return intent_from_aws(vpn, RouterSettings(), "tokyo")


def document(name: str, tunnels: Sequence[tuple[str, str, str]], keys: dict[str, str]) -> str:
    """The XML that AWS would hand out for the text's example."""
    is_static = "static" in name

    def end(side: str, outside: str, inside: str, asn: int) -> str:
        bgp = "" if is_static else f"<bgp><asn>{asn}</asn></bgp>"
        address = f"<ip_address>{inside}</ip_address><network_mask>255.255.255.252</network_mask>"
        outer = f"<tunnel_outside_address><ip_address>{outside}</ip_address></tunnel_outside_address>"
        return f"<{side}>{outer}<tunnel_inside_address>{address}</tunnel_inside_address>{bgp}</{side}>"

    body = "".join(
        "<ipsec_tunnel>"
        + end("customer_gateway", "203.0.113.100", router, 65001)
        + end("vpn_gateway", outside, aws, 7224)
        + f"<ike><pre_shared_key>{keys[outside]}</pre_shared_key></ike></ipsec_tunnel>"
        for outside, aws, router in tunnels
    )
    kind = "<vpn_connection_attributes>NoBGPVPNConnection</vpn_connection_attributes>" if is_static else ""
    return f'<vpn_connection id="{TEXTS[name]}">{kind}{body}</vpn_connection>'


def comparable(name: str, given: Sections) -> Sections:
    """The guide sorts its sections by concern, AWS's texts by tunnel: there the order counts."""
    return sorted(given, key=str) if name.startswith("guide") else given


def deviated(name: str, rules: Sequence[str]) -> Sections:
    given = sections(theirs(name))
    for rule in rules:
        given = DEVIATIONS[rule](given)
    return comparable(name, given)


@pytest.mark.parametrize("name", TEXTS)
def test_our_text_is_awss_own_but_for_the_listed_deviations(name: str) -> None:
    ours = comparable(name, sections(render(intent(name))))
    assert deviated(name, list(DEVIATIONS)) == ours


@pytest.mark.parametrize("rule", DEVIATIONS)
def test_every_listed_deviation_is_one(rule: str) -> None:
    others = [name for name in DEVIATIONS if name != rule]
    assert any(deviated(name, others) != deviated(name, list(DEVIATIONS)) for name in TEXTS)


def test_the_docs_list_these_deviations_and_no_others() -> None:
    tables = (ROOT / "docs" / "deviations.md").read_text().split("\n## ")
    rows = [line.split("|")[1].strip() for line in tables[1].splitlines() if line.startswith("| ")][1:]
    assert len(rows) == len(DEVIATIONS)
    assert [row for row, rule in zip(rows, DEVIATIONS, strict=True) if not row.startswith(rule)] == []


@pytest.mark.parametrize("name", TEXTS)
def test_every_section_is_closed_at_the_indentation_of_its_lines(name: str) -> None:
    depth = 0
    for line in render(intent(name)).splitlines():
        if not line or line.startswith("!"):
            continue
        indent = (len(line) - len(line.lstrip())) // 2
        assert indent <= depth, line
        depth = indent
        if line.strip() == "exit":
            depth -= 1
        elif _BODIES.match(line) or line.startswith("track ") or "address-family" in line:
            depth += 1
    assert depth == 0
