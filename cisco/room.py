"""Whether the router has room for what a change writes: the backup of the revert timer, and the startup-config.

``show file systems`` tells it in one table, whatever the release; a file system that is not in it, or whose free
space is not told (a server's, say), is taken to have room.
"""

import re
from dataclasses import dataclass

SHOW_FILE_SYSTEMS = "show file systems"

# `*   6188032000    3500000000      disk     rw   bootflash: flash:#`, `-` where a size means nothing.
_ROW = re.compile(
    r"^\*? +(?P<size>\d{1,20}|-) +(?P<free>\d{1,20}|-) +(?P<type>\S+) +(?P<flags>\S+) +(?P<names>\S+:.*)$", re.MULTILINE
)
# The backup is the running-config with a head of its own; the directory entry and its blocks take some more.
_HEAD = 4096
_COMPRESSED = re.compile(r"^service compress-config\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FileSystem:
    """One of the router's file systems: its names (``flash:``, ``bootflash:``), and its sizes in bytes where told."""

    names: tuple[str, ...]
    size: int | None
    free: int | None


def file_systems(text: str) -> tuple[FileSystem, ...]:
    """Read ``show file systems``."""
    return tuple(
        FileSystem(
            tuple(name.rstrip("#") for name in row["names"].split()),
            int(row["size"]) if row["size"] != "-" else None,
            int(row["free"]) if row["free"] != "-" else None,
        )
        for row in _ROW.finditer(text.replace("\t", " "))
    )


def no_room_for_backup(systems: tuple[FileSystem, ...], path: str, running: str) -> str | None:
    """Say, in a sentence, that the file system of the archive's path can't take another running-config."""
    name = f"{path.partition(':')[0]}:"
    needed = len(running) + _HEAD
    free = next((system.free for system in systems if name in system.names), None)
    if free is None or free >= needed:
        return None
    return (
        f"{name} has {free:,} bytes free, and the backup that the router's revert timer goes back to takes about "
        f"{needed:,}: delete what is not needed (dir {name}, delete), or have 'path' below archive lead elsewhere"
    )


def no_room_for_startup(systems: tuple[FileSystem, ...], running: str, added: int) -> str | None:
    """Say, in a sentence, that NVRAM can't take the running-config with so many characters more."""
    size = next((system.size for system in systems if "nvram:" in system.names), None)
    needed = len(running) + added
    if size is None or size >= needed or _COMPRESSED.search(running):
        return None
    return (
        f"NVRAM takes {size:,} bytes, and the configuration would have about {needed:,}, so that it could not be "
        f"saved: enter 'service compress-config' on the router, or set the save option to false"
    )
