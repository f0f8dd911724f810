"""The guide's link, in AWS's own document: what every contender configures."""

from pathlib import Path

from cisco.aws import intent_from_aws
from cisco.model import Intent
from cisco.render import render
from cisco.request import RouterSettings
from lab.router.clock import FakeClock
from lab.router.console import Console
from lab.router.default_config import default_running_config
from lab.router.release import RELEASES
from lab.router.state import RouterState

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "tests" / "data" / "aws" / "bgp-vgw.xml"
RELEASE = "ios15"
WAN = RELEASES[RELEASE].wan


def intent() -> Intent:
    """Return what the router must hold."""
    vpn = {"customer_gateway_configuration": DOCUMENT.read_text()}
    return intent_from_aws(vpn, RouterSettings(wan_interface=WAN), "link")


def as_shown(link: Intent) -> str:
    """Return the link's sections as a router that holds it shows them: what text-based tools must be given."""
    release = RELEASES[RELEASE]
    before = default_running_config(release, "admin")
    router = RouterState(before, release, FakeClock())
    Console(router).configure(render(link).splitlines())
    held = set(_sections(before))
    return "".join(section for section in _sections(router.running_config()) if section not in held)


def _sections(text: str) -> list[str]:
    """Split a displayed configuration into its global lines, each with what stands under it."""
    sections: list[str] = []
    for line in text.splitlines():
        if not line.strip(" !") or line == "end":
            continue
        if line.startswith(" ") and sections:
            sections[-1] += f"{line}\n"
        else:
            sections.append(f"{line}\n")
    return sections
