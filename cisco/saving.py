"""``write memory``, only after proof, and only believed when IOS says ``[OK]``."""

import datetime
import re

from .clock import Clock
from .errors import AgentError
from .replies import on_one_line
from .terminal import Terminal
from .tree import is_complete

NOT_SHOWN = (
    "the configuration was changed since it was last saved, and the router does not show its startup-config: "
    "whether the link is saved can't be told ('write memory' saves it)"
)
_SHOW_STARTUP = "show startup-config"
_NOTHING_SAVED = re.compile(r"startup-config is not present", re.IGNORECASE)
_OK = re.compile(r"\[OK\]")
_BUSY = re.compile(r"device or resource busy|try again|in use", re.IGNORECASE)
_ANSWERS = {r"\[confirm\]": "", r"Destination filename": ""}
_TRIES = 3

# In the head of the running-config: `! Last configuration change at 10:00:00 UTC Tue Nov 24 2026 by alice`.
_MOMENT = r"(?P<time>\d\d:\d\d:\d\d)\S* (?:\S+ )?\w{3} (?P<day>\w{3} +\d+ \d{4})"
_CHANGED = re.compile(rf"^! Last configuration change at {_MOMENT}", re.MULTILINE)
_SAVED = re.compile(rf"^! NVRAM config last updated at {_MOMENT}", re.MULTILINE)


def save(terminal: Terminal, clock: Clock, pause: float) -> None:
    """Save the running-config as startup-config.

    Raises:
        AgentError: IOS does not say that it did.
    """
    said = ""
    for _ in range(_TRIES):
        said = terminal.run("write memory", is_slow=True, answers=_ANSWERS).text
        if _OK.search(said):
            return
        if not _BUSY.search(said):
            break
        clock.sleep(pause)
    raise AgentError(f"'write memory' did not answer [OK] but: {on_one_line(said)}")


def may_be_unsaved(running: str) -> bool:
    """Tell from its head whether the running-config may not be saved; costs no question to the router."""
    changed, saved = _moment(_CHANGED, running), _moment(_SAVED, running)
    return changed is not None and (saved is None or saved < changed)


def _moment(pattern: re.Pattern[str], running: str) -> datetime.datetime | None:
    found = pattern.search(running)
    if found is None:
        return None
    # Both moments are in the router's own zone: compared with each other only.
    try:
        return datetime.datetime.strptime(f"{found['time']} {found['day']}", "%H:%M:%S %b %d %Y")  # noqa: DTZ007  # no zone
    except ValueError:
        return None  # no such day: nothing is known of it


def read_startup(terminal: Terminal) -> str | None:
    """Return the startup-config, one line where nothing was ever saved; ``None`` where the router does not show it whole."""
    text = terminal.run(_SHOW_STARTUP, is_slow=True).text
    if _NOTHING_SAVED.search(text):
        return "end"
    return text if is_complete(text) else None
