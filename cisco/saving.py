"""``write memory``, only after proof, and only believed when IOS says ``[OK]``."""

import re

from .clock import Clock
from .errors import AgentError
from .terminal import Terminal

_SHOW_STARTUP = "show startup-config"
_OK = re.compile(r"\[OK\]")
_BUSY = re.compile(r"device or resource busy|try again|in use", re.IGNORECASE)
_ANSWERS = {r"\[confirm\]": "", r"Destination filename": ""}
_TRIES = 3

# In the head of the running-config; equal or later means that what runs is what was saved.
_CHANGED = re.compile(r"^! Last configuration change at (.+?)(?: by \S+)?\s*$", re.MULTILINE)
_SAVED = re.compile(r"^! NVRAM config last updated at (.+?)(?: by \S+)?\s*$", re.MULTILINE)


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
    told = " / ".join(line.strip() for line in said.splitlines() if line.strip())
    raise AgentError(f"'write memory' did not answer [OK] but: {told or 'nothing'}")


def may_be_unsaved(running: str) -> bool:
    """Tell from its head whether the running-config may not be saved; costs no question to the router."""
    changed, saved = _CHANGED.search(running), _SAVED.search(running)
    if changed is None:
        return False
    return saved is None or saved[1] != changed[1]


def read_startup(terminal: Terminal) -> str:
    """Return the startup-config."""
    return terminal.run(_SHOW_STARTUP, is_slow=True).text
