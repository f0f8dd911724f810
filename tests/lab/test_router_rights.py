"""The lists of commands that a router's owner permits are what the agent sends, no less and no more."""

import re
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from cisco.clock import Deadline
from cisco.login import ArchivePolicy, Options
from cisco.model import Intent
from cisco.verify import commands
from cisco.watch import observe
from tests.lab.agent_bench import BGP, GUIDE, MODERN, STATIC, Bench, bench, default_running, link, without_archive

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "security.md").read_text()
FILTERED = replace(BGP, accept=(IPv4Network("10.0.0.0/16"),))
# Each as it comes, and what it changes to.
LINKS = (
    ("ios15", link(STATIC, GUIDE), link(STATIC, GUIDE, mss=1300, generation=2), ArchivePolicy.USE),
    ("ios15", link(BGP, GUIDE), link(BGP, GUIDE, mss=1300, generation=2), ArchivePolicy.CONFIGURE),
    ("xe17", replace(link(BGP, MODERN), primary=0), link(FILTERED, MODERN, generation=2), ArchivePolicy.USE),
)
# What opens a mode of its own, whose lines follow.
SECTION = re.compile(
    r"(?:archive|crypto (?:isakmp p|keyring|ikev2|ipsec (?:tr|pr))|interface|route-map|router bgp|ip sla \d)"
)
# Only after an accident: the tests of failures see it sent.
AFTER_AN_ACCIDENT = {"configure revert now", "clear ip bgp A soft"}


def listed(heading: str) -> list[str]:
    """Return the lines of the list under a sentence of the page."""
    return PAGE.split(heading)[1].split("```")[1].strip().splitlines()


def pattern(line: str) -> re.Pattern[str]:
    """Return what a listed line stands for."""
    return re.compile(re.sub(r"(?<= |l)[NAV](?= |$)", r"\\S+", re.escape(line).replace("\\ ", " ")))


def both_modes(received: list[str]) -> tuple[set[str], set[str]]:
    """Return what was entered in exec mode, and in configuration mode what does not stand below a section's header."""
    executed, heads, is_configuring, depth = set[str](), set[str](), False, 0
    for line in received:
        if not is_configuring:
            executed.add(line)
            is_configuring, depth = line.startswith("configure terminal"), 0
            continue
        is_head = any(known.fullmatch(line) for known in permitted())
        if is_head or depth == 0:
            heads.add(line)
        if line == "end":
            is_configuring = False
        elif line in ("exit", "exit-address-family"):
            depth -= 1
        elif is_head and SECTION.match(line):
            depth = 1
        elif line.startswith("address-family"):
            depth = 2
    return executed, heads


def permitted() -> list[re.Pattern[str]]:
    """Return what the page permits in configuration mode."""
    page = listed("In configuration mode, with and without")
    return [re.compile(f"(?:no )?{pattern(known).pattern}(?: .*)?") for known in page]


def life(lab: Bench, intent: Intent, other: Intent) -> None:
    """Configure a link, look at it, change it and remove it."""
    manifest = lab.apply(intent).manifest
    terminal = lab.connection().open(Deadline(lab.clock, 60))
    observe(terminal, intent, has_uptime=True)
    terminal.log_out()
    changed = lab.apply(other, dict(manifest))
    lab.remove(manifest=dict(changed.manifest))


@pytest.fixture(scope="module")
def sent() -> tuple[set[str], set[str]]:
    executed, configured = set[str](), set[str]()
    for release, intent, other, archive in LINKS:
        running = default_running(release)
        if archive is ArchivePolicy.CONFIGURE:
            running = without_archive(running)
        with bench(Options(archive=archive, wait=0), running, release) as lab:
            life(lab, intent, other)
            more = both_modes(lab.router.received)
        executed |= more[0]
        configured |= more[1]
    return executed, configured


def test_every_exec_command_is_listed_and_every_listed_one_is_sent(sent: tuple[set[str], set[str]]) -> None:
    page = [*listed("In exec mode, to look:"), *listed("In exec mode, to change:")]
    assert {line for line in sent[0] if not any(pattern(known).fullmatch(line) for known in page)} == set()
    unused = {known for known in page if not any(pattern(known).fullmatch(line) for line in sent[0])}
    assert unused == AFTER_AN_ACCIDENT


def test_every_line_of_a_configuration_is_listed_or_stands_below_one(sent: tuple[set[str], set[str]]) -> None:
    assert {line for line in sent[1] if not any(known.fullmatch(line) for known in permitted())} == set()
    assert [known.pattern for known in permitted() if not any(map(known.fullmatch, sent[1]))] == []


def test_what_is_asked_in_vrfs_is_listed_in_its_own_form() -> None:
    vrfs = [re.sub(r"\s+", " ", form) for form in PAGE.split("With VRFs")[1].split("\n\n")[0].split("`")[1::2]]
    page = [pattern(known) for known in (*listed("In exec mode, to look:"), *vrfs)]
    for routing in (BGP, STATIC):
        intent = replace(link(routing, MODERN), front_door_vrf="WAN", inside_vrf="RED")
        assert [line for line in commands(intent, has_uptime=True) if not any(p.fullmatch(line) for p in page)] == []
