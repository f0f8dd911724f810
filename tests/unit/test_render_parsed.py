"""Our IOS text as an independent parser (hier-config) reads it: without complaint, and with the meaning of AWS's own."""

import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from itertools import count, product

import pytest
from hier_config import HConfigChild, Platform, get_hconfig

from cisco.render import render
from cisco.request import RouterSettings
from tests.unit.aws_documents import DATA, DOCUMENTS, GUIDE, intent, modern, xml

WAN = RouterSettings(wan_interface="GigabitEthernet0/0/0", behind_nat=True)
_KEY = r"(?<=<pre_shared_key>)[^<]+"

# A line is its path, from the section's header down: what IOS would have after it was entered.
Lines = frozenset[tuple[str, ...]]


def parsed(text: str) -> Lines:
    """Read a text with the parser; whatever it says, in a warning or in a log, fails."""
    said: list[str] = []
    handler = logging.Handler(level=logging.WARNING)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]  # a log for one call
    logging.getLogger().addHandler(handler)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = get_hconfig(Platform.CISCO_IOS, text)
    finally:
        logging.getLogger().removeHandler(handler)
    assert said == []
    # An `exit` says nothing of what is configured; this parser keeps those of nested sections.
    return frozenset(path for child in tree.children for path in paths(child, ()) if path[-1] != "exit")


def paths(child: HConfigChild, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    path = (*above, " ".join(child.text.split()))
    yield path
    for below in child.children:
        yield from paths(below, path)


def closed(text: str) -> str:
    """AWS's text with each `exit` left out: they stand at no indentation, which this parser takes for doubled lines."""
    lines = [line for line in text.splitlines() if line.strip() != "exit" and not line.strip().startswith("!")]
    return "\n".join(merged(lines))


def merged(lines: list[str]) -> Iterator[str]:
    """Write each section once: the second `router bgp` and the globals of the second tunnel go on where they were."""
    sections: dict[str, list[str]] = {}
    family = ""
    for line in lines:
        if not line.strip():
            continue
        if not line.startswith(" "):
            header, family = line.rstrip(), ""
            sections.setdefault(header, [])
        elif line.strip() == "address-family ipv4 unicast":
            family = line.strip()
            sections[header].append(f" {family}")
        else:
            sections[header].append(f"{'  ' if family else ' '}{line.strip()}")
    for header, body in sections.items():
        yield header
        family_lines = [line for line in body if line.startswith("  ")]
        yield from (line for line in body if line not in family_lines and "address-family" not in line)
        if family_lines:
            yield " address-family ipv4 unicast"
            yield from dict.fromkeys(family_lines)


# What only AWS's text has, and what only ours has: the rows of docs/deviations.md that are not about order or repetition.
ONLY_THEIRS = (
    r"interface Tunnel\d > ip tcp adjust-mss 13(79|87)",
    r"router bgp \d+ > neighbor \S+ activate",
    r"router bgp \d+ > address-family ipv4 unicast > neighbor \S+ (remote-as \d+|timers 10 30 30)",
)
ONLY_OURS = (
    r"interface Tunnel\d > ip tcp adjust-mss 1398",
    r"interface Tunnel\d > description aws-cisco-vpn tokyo vpn-\w+ gen 1",
    r"ip sla \d00 > threshold 1000",
    r"ip route 10\.0\.0\.0 255\.255\.0\.0 Tunnel\d track \d00",
)


def unlisted(lines: Lines, listed: tuple[str, ...]) -> list[str]:
    return sorted(line for line in map(" > ".join, lines) if not any(re.fullmatch(one, line) for one in listed))


def values(document: str) -> Mapping[str, str]:
    """Everything that differs between two documents, by its place in them."""
    found = {f"{name}{at}": value for name in ("ip_address", "asn", "pre_shared_key")
             for at, value in enumerate(re.findall(rf"<{name}>([^<]+)<", document))}  # fmt: skip
    return found | {"id": re.findall(r'vpn_connection id="([^"]+)"', document)[0]}


def awss_text(document: str) -> str:
    """AWS's text for a document: its own for another one, with this one's values in the places of that one's."""
    is_static = "NoBGPVPNConnection" in document
    if is_static:
        text = (DATA / "static.aws-ios.txt").read_text().replace("CUSTOMER_IP", "<ip_address0>")
        ends = {"205.251.233.121": 2, "169.254.249.18": 1, "169.254.249.17": 3,
                "205.251.233.122": 6, "169.254.249.22": 5, "169.254.249.21": 7}  # fmt: skip
        known = {value: f"ip_address{at}" for value, at in ends.items()} | {"vpn-1a2b3c4d": "id"}
        places = count()
        text = re.sub(r"(pre-shared-key .* key )\S+", lambda line: f"{line[1]}<pre_shared_key{next(places)}>", text)
    else:
        text = (DATA / "bgp-vgw.aws-ios.txt").read_text()
        known = {value: name for name, value in values(xml("bgp-vgw.xml")).items()}
    for value in sorted(known, key=len, reverse=True):
        text = re.sub(rf"(?<![\w.]){re.escape(value)}(?![\w.])", f"<{known[value]}>", text)
    new = values(document)
    return re.sub(r"<(\w+)>", lambda name: new.get(name[1], name[0]), text)


GENERATED = {
    name: {
        "as it is": xml(name),
        "an old id": re.sub(r"(?<=id=\")vpn-\w+", "vpn-44a8938f", xml(name)),
        "4-byte ASNs": xml(name).replace("<asn>6", "<asn>42000"),
        "the longest keys": re.sub(_KEY, lambda key: (key[0] + "." + "Z9_." * 16)[:64], xml(name)),
        "the shortest keys": re.sub(_KEY, lambda key: "plain" + key[0][-2:].replace(".", "") + "__", xml(name)),
    }
    for name in DOCUMENTS
}
ALL = [(name, change) for name, changes in GENERATED.items() for change in changes]


@pytest.mark.parametrize(("name", "change"), ALL)
def test_a_document_means_to_another_parser_what_awss_own_text_means(name: str, change: str) -> None:
    document = GENERATED[name][change]
    theirs = parsed(closed(awss_text(document)))
    ours = parsed(render(intent(document)))
    assert unlisted(theirs - ours, ONLY_THEIRS) == []
    assert unlisted(ours - theirs, ONLY_OURS) == []
    assert len(ours & theirs) > 50, "the two texts have next to nothing in common"


def test_every_listed_difference_is_one() -> None:
    pairs = [(parsed(closed(awss_text(xml(n)))), parsed(render(intent(n)))) for n in DOCUMENTS]
    theirs = {" > ".join(line) for aws, ours in pairs for line in aws - ours}
    ours = {" > ".join(line) for aws, ours in pairs for line in ours - aws}
    assert [one for one in ONLY_THEIRS if not any(re.fullmatch(one, line) for line in theirs)] == []
    assert [one for one in ONLY_OURS if not any(re.fullmatch(one, line) for line in ours)] == []


ALGORITHMS = [
    {
        "IkeVersions": [{"Value": version}],
        "Phase1EncryptionAlgorithms": [{"Value": cipher}],
        "Phase2EncryptionAlgorithms": [{"Value": cipher}],
        "Phase1IntegrityAlgorithms": [{"Value": integrity}],
        "Phase2IntegrityAlgorithms": [{"Value": integrity}],
        "Phase1DHGroupNumbers": [{"Value": group}],
        "Phase2DHGroupNumbers": [{"Value": group}],
    }
    for version, cipher, integrity, group in product(
        ("ikev1", "ikev2"),
        ("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"),
        ("SHA1", "SHA2-256", "SHA2-384", "SHA2-512"),
        (2, 14, 20, 24),
    )
    if version == "ikev2" or "GCM" not in cipher
]


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("settings", [GUIDE, WAN], ids=["public address", "behind NAT"])
def test_every_choice_of_algorithms_is_read_line_for_line(name: str, settings: RouterSettings) -> None:
    outside = [tunnel.aws_outside for tunnel in intent(name).tunnels]
    for first, second in zip(ALGORITHMS, reversed(ALGORITHMS), strict=True):
        options = [modern(outside[0], **first), modern(outside[1], **second)]
        text = render(intent(name, settings, tunnel_options=options))
        written = {" ".join(line.split()) for line in text.splitlines()} - {"", "exit"}
        read = {path[-1] for path in parsed(text)}
        assert read == {line for line in written if not line.startswith("!")}
