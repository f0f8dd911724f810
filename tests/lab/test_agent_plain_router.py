"""The agent on a router that nobody made for it: another SSH server, no archive, nothing hidden, and a hard way to hang up."""

from collections.abc import Mapping

import pytest

from cisco.connection import Connection
from cisco.errors import RolledBackError
from cisco.login import Login, Options
from cisco.model import Bgp, Intent, Phase1, Phase2, Static
from cisco.result import Result, Tier
from cisco.secret import Secret
from cisco.terminal import Timing
from cisco.transaction import apply, remove
from tests.lab.agent_bench import BGP, GUIDE, MODERN, STATIC, link
from tests.lab.plain_router import PlainRouter, plain_router

TIMING = Timing(reply=5, slow=5, settle=0.2, retry=0.1, poll=0.1)
# Entered to give the old value back; a router that hides nothing shows them from then on.
DEFAULTS = {"crypto ipsec df-bit copy", "crypto ipsec security-association replay window-size 64"}


def applied(router: PlainRouter, intent: Intent) -> Result:
    return apply(intent, _connection(router), Options())


def removed(router: PlainRouter, manifest: Mapping[str, object]) -> Result:
    return remove(_connection(router), Options(), manifest=manifest)


def _connection(router: PlainRouter) -> Connection:
    login = Login("127.0.0.1", router.user, router.host_key, port=router.port, password=Secret(router.password))
    return Connection(login, timing=TIMING)


def lines(router: PlainRouter) -> list[str]:
    """Return the running-config in an order of its own: what was taken out and put back stands elsewhere."""
    return sorted(line for line in router.running().splitlines() if line not in DEFAULTS)


@pytest.mark.parametrize(("routing", "phases"), [(BGP, GUIDE), (STATIC, GUIDE), (BGP, MODERN)])
def test_a_link_goes_in_stays_and_comes_out(routing: Bgp | Static, phases: tuple[Phase1, Phase2]) -> None:
    with plain_router() as router:
        before, intent = lines(router), link(routing, phases)
        first = applied(router, intent)
        assert (first.changed, first.tier, first.saved) == (True, Tier.SOFTWARE, True)
        assert router.startup == router.running()
        assert not applied(router, intent).changed
        removed(router, first.manifest)
        assert lines(router) == before


@pytest.mark.parametrize("line", [1, 2, 22, 47, 71, 96])
def test_a_connection_dropped_in_the_middle_leaves_nothing_behind(line: int) -> None:
    with plain_router(hangs_up_at=line) as router:
        before = lines(router)
        with pytest.raises(RolledBackError):
            applied(router, link())
        assert lines(router) == before
        assert applied(router, link()).changed


@pytest.mark.parametrize("line", [1, 9, 25])
def test_a_removal_cut_short_puts_the_link_back(line: int) -> None:
    with plain_router() as router:
        manifest = applied(router, link()).manifest
        before, router.hangs_up_at = lines(router), line
        with pytest.raises(RolledBackError):
            removed(router, manifest)
        assert lines(router) == before
        removed(router, manifest)
        assert not any("Tunnel" in left for left in lines(router))
