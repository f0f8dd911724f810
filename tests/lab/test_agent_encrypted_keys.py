"""A router with a master key shows ``key 6`` and a cipher text: a changed key is seen by the manifest, or said not to be."""

import pytest

from cisco.login import Options
from cisco.model import Phase1, Phase2
from cisco.transaction import apply
from tests.lab.agent_bench import GUIDE, KEYS, MODERN, NEW_KEY, default_running, link
from tests.lab.memory_vty import MemoryRouter


def encrypting() -> MemoryRouter:
    return MemoryRouter(default_running().replace("\nhostname ", "\npassword encryption aes\nhostname ", 1))


def sent_key(router: MemoryRouter, key: str) -> bool:
    return key in router.state.secrets.values()


@pytest.mark.parametrize("phases", [GUIDE, MODERN], ids=["ikev1", "ikev2"])
def test_a_changed_key_is_seen_by_the_manifest_and_sent(phases: tuple[Phase1, Phase2]) -> None:
    router = encrypting()
    manifest = dict(apply(link(phases=phases), router.connection(), Options()).manifest)
    assert " 6 " in router.running
    assert not apply(link(phases=phases), router.connection(), Options(), manifest).changed

    changed = link(phases=phases, keys=(KEYS[0], NEW_KEY))
    result = apply(changed, router.connection(), Options(), manifest)

    assert result.changed
    assert result.warnings == ()
    assert sent_key(router, NEW_KEY)
    assert not apply(changed, router.connection(), Options(), dict(result.manifest)).changed


def test_without_a_manifest_it_is_said_that_a_changed_key_is_not_seen() -> None:
    router = encrypting()
    apply(link(), router.connection(), Options())

    result = apply(link(keys=(KEYS[0], NEW_KEY)), router.connection(), Options())

    assert not result.changed
    assert "198.51.100.10, 198.51.100.11 encrypted (type 6), and there is no manifest" in " ".join(result.warnings)
    assert "a stack's up has its manifest; --manifest names another's" in " ".join(result.warnings)
    assert not [token for token in result.manifest["tokens"] if token.startswith("key=")]  # type: ignore[attr-defined]
    assert not sent_key(router, NEW_KEY)


def test_the_manifest_holds_no_key_and_nothing_that_repeats_between_links() -> None:
    one = apply(link(), encrypting().connection(), Options()).manifest
    two = apply(link(connection_id="vpn-99999999"), encrypting().connection(), Options()).manifest

    assert not any(key in str(one) for key in KEYS)
    assert not {t for t in one["tokens"] if "key=" in t} & set(two["tokens"])  # type: ignore[attr-defined,call-overload]
