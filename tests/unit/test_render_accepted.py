"""The simulated routers, which share no code with the renderer, take its text line by line."""

import re
from itertools import product
from typing import Any

import pytest

from cisco.render import render
from cisco.request import RouterSettings
from lab.router.clock import FakeClock
from lab.router.console import Console
from lab.router.default_config import default_running_config
from lab.router.release import RELEASES
from lab.router.state import RouterState
from tests.unit.aws_documents import DOCUMENTS, both_modern, intent

WAN = RouterSettings(wan_interface="GigabitEthernet1")
# What each release plays: 12.4 has no IKEv2, and recent IOS-XE refuses the guide's group 2.
PLAYED = (
    ("ios12", "default"),
    ("ios15", "default"),
    ("ios15", "modern"),
    ("xe16", "default"),
    ("xe16", "modern"),
    ("xe17.6", "default"),
    ("xe17", "modern"),
)


def rendered(document: str, options: str, settings: RouterSettings = WAN) -> str:
    given: dict[str, Any] = {"tunnel_options": both_modern(document)} if options == "modern" else {}
    return render(intent(document, settings, **given))


@pytest.mark.parametrize(("played", "document"), list(product(PLAYED, DOCUMENTS)), ids=str)
def test_a_router_takes_every_line(played: tuple[str, str], document: str) -> None:
    release, options = RELEASES[played[0]], played[1]
    router = RouterState(default_running_config(release, "admin"), release, FakeClock())
    text = rendered(document, options)
    text = text.replace("GigabitEthernet1", first_interface(router))
    Console(router, "admin").configure(text.splitlines())
    shown = router.running_config()
    assert shown.count(" tunnel protection ipsec profile ipsec-vpn-") == 2


def first_interface(router: RouterState) -> str:
    found = re.search(r"^interface (\S*Ethernet\S+)", router.running_config(), re.MULTILINE)
    assert found
    return found[1]
