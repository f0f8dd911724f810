"""Options of the whole test suite, and the order in which it is fastest."""

import os
import signal

import pytest


def pytest_configure() -> None:
    """Hear an interrupt: who runs in the background doesn't, nor do its children, and the engine ends its own so.

    It waits five seconds for each language host that does not end.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files anew from what is rendered now"
    )


@pytest.hookimpl(optionalhook=True)  # pytest-xdist asks it for `-n auto`
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are processors: the tests on the wire mostly wait."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest and can't be shared out: one worker alone would be busy with it at the end."""
    items.sort(key=lambda item: _ORDER.get(_group(item), len(_ORDER)))


def _group(item: pytest.Item) -> str:
    marker = item.get_closest_marker("xdist_group")
    return str(marker.args[0]) if marker else ""


_ORDER = {name: place for place, name in enumerate(("wire", "terraform", "rollout_fleet", "rollout_staged"))}
