"""Each message leads to a section of the errors page, each section has a message, and no row has outlived its message."""

import ast
import importlib
import re
from email.message import Message
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest

import cisco.remedies
import components.remedies

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "errors.md").read_text()
PACKAGES = (cisco.remedies, components.remedies)
# What the page says of many messages at once.
OWN_HEADINGS = {"before-anything-is-touched", "while-changing", "after-the-change-a-tunnel-is-not-up"}


def slug(heading: str) -> str:
    """Return a heading's anchor, as GitHub and the site make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def anchors() -> list[str]:
    return [slug(heading) for heading in re.findall(r"^###? (.+)$", PAGE, re.MULTILINE)]


def said_by(package: ModuleType) -> str:
    """Return every text in a package's code but for its table of remedies and its documentation."""
    texts = []
    for file in Path(str(package.__file__)).parent.rglob("*.py"):
        if file.name == "remedies.py":
            continue
        tree = ast.parse(file.read_text())
        documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        texts += [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
        ]
    return "\0".join(texts)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__package__)
def test_every_row_leads_to_one_section(package: ModuleType) -> None:
    assert [anchor for _, anchor in package.SECTIONS if anchors().count(anchor) != 1] == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__package__)
def test_no_row_has_outlived_its_message(package: ModuleType) -> None:
    said = said_by(package)
    assert [words for words, _ in package.SECTIONS if words not in said] == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__package__)
def test_no_row_hides_behind_a_more_general_one(package: ModuleType) -> None:
    rows = package.SECTIONS
    assert [
        words for index, (words, _) in enumerate(rows) for earlier, _ in rows[:index] if earlier in words
    ] == []  # fmt: skip


def test_every_section_has_a_message() -> None:
    used = {anchor for package in PACKAGES for _, anchor in package.SECTIONS}
    assert set(anchors()) - used - OWN_HEADINGS == set()
    assert len(used) >= 20


def test_every_section_says_cause_and_remedy() -> None:
    sections = re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]
    assert [s.split("\n")[0] for s in sections if s.count("*Cause.*") != 1 or s.count("*Remedy.*") != 1] == []


@pytest.mark.parametrize("name", ["cisco.remedies", "components.remedies"])
def test_the_site_s_address_is_the_installed_package_s(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module(name)
    told = Message()
    told["Project-URL"] = "Documentation, https://vpn.example/"
    monkeypatch.setattr(metadata, "metadata", lambda _name: told)
    module.errors_page.cache_clear()
    try:
        assert module.with_remedy("bgp_asn must be different from the AWS side's ASN") == (
            "bgp_asn must be different from the AWS side's ASN"
            " (docs: https://vpn.example/docs/errors.html#same-as-on-both-ends)"
        )
    finally:
        module.errors_page.cache_clear()


def test_a_message_that_quotes_the_agent_is_not_given_a_second_way() -> None:
    text = "AWS says DOWN; the router did not say: Connect: … (docs: docs/errors.md#login-refused)"
    assert components.remedies.with_remedy(text) == text


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("BGP Idle", "bgp-not-established"),
        ("BGP Established, but no prefix from AWS (is the gateway attached?)", "no-prefix-from-aws"),
        ("IKE: no SA with 192.0.2.1: no answer (UDP 500 blocked, or …)", "ike-without-an-answer"),
        ("IKE: authentication failed or no proposal chosen (MM_NO_STATE)", "ike-not-agreed"),
        ("line protocol down (interface up)", "tunnel-interface-down"),
        ("SLA 100 timeout", "sla-or-track-down"),
        ("crypto isakmp policy 200 exists with other content and is not ours", "number-or-name-taken"),
        ("weather is fine", None),
    ],
)
def test_the_first_row_that_fits_decides(text: str, anchor: str | None) -> None:
    assert cisco.remedies.remedy(text) == anchor
