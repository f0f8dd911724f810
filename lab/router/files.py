"""Files on the router's flash: `dir`, `more`, `copy`, `verify`, and what merging one would change."""

import hashlib

from .grammar import Match, Rejection
from .line import Refusal, Reply
from .shell import ExecLine, Output, Question, Shell

_SIZE = 6188032000


def name_of(place: str) -> str:
    """Return a file's name without its file system."""
    return place.rpartition(":")[2].lstrip("/")


def _text(shell: Shell, place: str) -> str:
    """Return what a place holds.

    Raises:
        Refusal: There is no such file.
    """
    if place == "running-config":
        return shell.router.running_config()
    name = name_of(place)
    if name not in shell.router.flash:
        raise Refusal(f"%Error opening {place} (No such file or directory)")
    return shell.router.flash[name]


def _directory(shell: Shell, match: Match[ExecLine]) -> Reply:
    router, place = shell.router, match["place"]
    archived = {name_of(name): text for name, text in router.archive.files.items()}
    files = {**archived, **router.flash}
    if name := name_of(place or ""):
        files = {name: _text(shell, place)}
    rows = [
        f"{number:>5}  -rw-           {len(text):>8}  Nov 24 2026 08:00:00 +00:00  {name}"
        for number, (name, text) in enumerate(files.items(), 11)
    ]
    where = place if name else f"{router.release.flash}:/"
    return (f"Directory of {where}", "", *rows, "", f"{_SIZE} bytes total ({router.flash_free} bytes free)")


def _more(shell: Shell, match: Match[ExecLine]) -> Reply:
    return tuple(_text(shell, match["place"]).splitlines())


def _verify(shell: Shell, match: Match[ExecLine]) -> Reply:
    if match["digest"] != "/md5":
        raise Rejection("invalid", match.starts[1], 1)
    place = match["place"]
    digest = hashlib.md5(_text(shell, place).encode(), usedforsecurity=False).hexdigest()
    return ("....Done!", f"verify /md5 ({place}) = {digest}")


def _copy(shell: Shell, match: Match[ExecLine]) -> Output:
    """Copy; both names are asked for again unless `file prompt quiet` is configured."""
    source, target = match["source"] or "running-config", match["target"]
    if shell.router.document.root.value("file prompt") == "quiet":
        return _copied(shell, source, target)
    asked = "running-config" if target == "running-config" else name_of(target)
    return Output(dialog=Question(f"Destination filename [{asked}]? ", lambda _name: _copied(shell, source, target)))


def _copied(shell: Shell, source: str, target: str) -> Output:
    text = "" if source == "null:" else _text(shell, source)
    if target == "running-config":
        return _merged(shell, text)
    shell.router.flash[name_of(target)] = text
    return Output((f"{len(text)} bytes copied in 0.250 secs ({len(text) * 4} bytes/sec)",))


def _merged(shell: Shell, text: str) -> Output:
    """Enter a file's lines one by one: what one is refused for is printed, and the next is entered all the same."""
    said: list[str] = []
    shell.enter_configuration()
    for line in text.splitlines():
        if line.strip() == "end":
            break
        said += shell.execute(line).lines
    shell.leave_configuration()
    return Output((*said, f"{len(text)} bytes copied in 0.250 secs ({len(text) * 4} bytes/sec)"))


def _incremental(shell: Shell, match: Match[ExecLine]) -> Reply:
    """Return the lines of a file, under their headers, that the running-config does not show."""
    text = _text(shell, match["place"])
    if "end" not in text.splitlines():
        return (f"Cfgdiff: {match['place']} returned error 5",)
    held = {path for path, _ in _paths(shell.router.running_config())}
    said: list[str] = []
    shown: tuple[str, ...] = ()
    for path, line in _paths(text):
        if path in held or line == "end":
            continue
        said += [
            f"{' ' * depth}{header}"
            for depth, header in enumerate(path[:-1])
            if path[: depth + 1] != shown[: depth + 1]
        ]
        said.append(f"{' ' * (len(path) - 1)}{line}")
        shown = path
    return ("!List of Commands:", *said, "end", *(() if said else ("!No changes were found",)))


def _paths(text: str) -> list[tuple[tuple[str, ...], str]]:
    """Return each line with the headers that it stands under."""
    found: list[tuple[tuple[str, ...], str]] = []
    above: list[tuple[int, str]] = []
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line == "!" or line == "exit-address-family":
            continue
        indent = len(raw) - len(raw.lstrip())
        while above and above[-1][0] >= indent:
            above.pop()
        above.append((indent, line))
        found.append((tuple(header for _, header in above), line))
    return found


EXEC = (
    ExecLine("dir [place:WORD]", _directory),
    ExecLine("more place:WORD", _more),
    ExecLine("verify digest:WORD place:WORD", _verify),
    ExecLine("copy running-config target:WORD", _copy),
    ExecLine("copy source:WORD target:WORD", _copy),
    ExecLine("show archive config incremental-diffs place:WORD [ignorecase]", _incremental),
)
