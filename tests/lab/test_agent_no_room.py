"""A router whose flash or NVRAM is full: named before anything is touched, and harmless where it shows only later."""

import pytest

from cisco.errors import NotRolledBackError, PreflightError
from cisco.login import ArchivePolicy, Options
from cisco.transaction import apply, remove
from tests.lab.agent_bench import default_running, link, without_archive
from tests.lab.memory_vty import MemoryRouter

BARE = default_running()


def test_a_full_flash_is_named_and_nothing_touched() -> None:
    router = MemoryRouter(BARE)
    router.state.flash_free = 1000

    with pytest.raises(PreflightError, match=r"bootflash: has 1,000 bytes free, and the backup"):
        apply(link(), router.connection(), Options())
    assert router.running == router.startup
    assert router.state.rollback.pending is None


def test_archive_is_not_turned_on_where_it_would_have_no_room() -> None:
    router = MemoryRouter(without_archive(BARE))
    before = router.running
    router.state.flash_free = 1000

    with pytest.raises(PreflightError, match="bootflash: has 1,000 bytes free"):
        apply(link(), router.connection(), Options(archive=ArchivePolicy.CONFIGURE))
    assert router.running == before


def test_a_full_flash_is_no_matter_when_there_is_nothing_to_change() -> None:
    router = MemoryRouter(BARE)
    apply(link(), router.connection(), Options())
    router.state.flash_free = 0

    assert not apply(link(), router.connection(), Options()).changed


def test_a_backup_that_fails_although_there_seemed_to_be_room_touches_nothing() -> None:
    router = MemoryRouter(BARE)
    before = router.running
    real = router.state.archive.save

    def full() -> str:
        router.state.flash_free = 0
        return real()

    router.state.archive.save = full  # type: ignore[method-assign]  # somebody copies an image at that moment
    with pytest.raises(PreflightError, match="No space left on device"):
        apply(link(), router.connection(), Options())
    assert router.running == router.startup == before
    assert router.state.rollback.pending is None


def test_an_nvram_that_is_too_small_is_named_and_nothing_touched() -> None:
    router = MemoryRouter(BARE)
    before = router.running
    router.state.nvram_size = len(before) + 200

    with pytest.raises(PreflightError, match="NVRAM takes"):
        apply(link(), router.connection(), Options())
    assert router.running == before


def test_a_save_that_finds_nvram_full_leaves_the_change_confirmed_and_says_so() -> None:
    router = MemoryRouter(BARE)
    before = router.running
    # The shelf life of what preflight saw ends here: the table still tells the old size.
    router.state.nvram_size = 10**6
    real = router.state.rollback.confirm

    def confirm(user: str) -> tuple[str, ...]:
        router.state.nvram_size = 1000
        return tuple(real(user))

    router.state.rollback.confirm = confirm  # type: ignore[method-assign]  # NVRAM fills at that moment
    with pytest.raises(NotRolledBackError, match=r"not saved: .*Not enough space"):
        apply(link(), router.connection(), Options())
    assert router.startup == before != router.running

    router.state.nvram_size = 10**6
    result = apply(link(), router.connection(), Options())
    assert (result.changed, result.saved) == (False, True)
    assert router.startup == router.running


def test_a_removal_needs_room_for_its_backup_too() -> None:
    router = MemoryRouter(BARE)
    manifest = apply(link(), router.connection(), Options()).manifest
    router.state.flash_free = 0

    with pytest.raises(PreflightError, match="bootflash: has 0 bytes free"):
        remove(router.connection(), Options(), manifest=dict(manifest))
