"""The receiving end of `scp`: how files come to a router where `ip scp server enable` is configured."""

import re
from collections.abc import Callable

_HEADER = re.compile(r"C[0-7]{4} (\d+) (\S+)\n")
_GO_ON = "\0"


class ScpSink:
    """Takes one file by the protocol of `scp -t`; what it is fed, it acknowledges."""

    def __init__(self, target: str, keep: Callable[[str, str], None]) -> None:
        self._target = target
        self._keep = keep
        self._arrived = ""
        self._size: int | None = None

    @property
    def greeting(self) -> str:
        """What tells the sender to begin."""
        return _GO_ON

    def feed(self, text: str) -> str:
        """Take what arrived; return the answer to it."""
        self._arrived += text
        if self._size is None:
            header = _HEADER.search(self._arrived)
            if header is None:
                # Times and folders are told before the file, each on a line that wants its answer.
                return _GO_ON if self._arrived.endswith("\n") else ""
            self._size, self._arrived = int(header[1]), self._arrived[header.end() :]
            return _GO_ON
        if len(self._arrived) <= self._size:
            return ""
        self._keep(self._target, self._arrived[: self._size])
        self._size, self._arrived = None, ""
        return _GO_ON


def target_of(command: str) -> str | None:
    """Return where an `scp` command wants its file, None for any other command."""
    words = command.split()
    return words[-1] if words[:1] == ["scp"] and "-t" in words else None
