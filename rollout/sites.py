"""The table of sites, CSV or YAML: one row per stack, every cell checked before anything is touched."""

import csv
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import yaml  # type: ignore[import-untyped]  # PyYAML has no type hints

from .columns import COLUMNS, REGION, disagreements
from .errors import InputError

SITE = "site"
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NAME_RULE = "1 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit (a stack's and a Kubernetes name)"
_NEEDED = ("routerHost", "routerHostKey")
_ALIASES = {"region": REGION}


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as the table has it."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Site:
    """One row: the stack's name, its settings, and where its secrets come from."""

    name: str
    settings: Mapping[str, object]
    secrets: Mapping[str, str] = field(default_factory=dict)
    """Setting to the name of the environment variable that holds it."""
    cleared: tuple[str, ...] = ()
    """The settings that have a column but no value here: the default is meant. A secret may be set by hand instead."""


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    name: str
    cells: Mapping[str, Cell]


class _Findings(list[str]):
    """What is wrong with a table, a line each."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def add(self, line: int, what: str) -> None:
        self.append(f"{self._file}:{line}: {what}")


def sites_in(file: Path) -> tuple[Site, ...]:
    """Read and check a table.

    Raises:
        InputError: It is wrong; all that is wrong is in the message, a line each.
    """
    findings = _Findings(file)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: {error}") from None
    rows = list(_yaml_rows(text, findings) if file.suffix in (".yaml", ".yml") else _csv_rows(text, findings))
    columns = {name for row in rows for name in row.cells}
    sites = tuple(_site(row, columns, findings) for row in rows)
    _check_apart(rows, findings)
    if not rows and not findings:
        findings.add(1, "there is no site")
    if findings:
        raise InputError("\n".join(findings))
    return sites


def _csv_rows(text: str, findings: _Findings) -> Iterator[_Row]:
    lines = text.splitlines(keepends=True)
    # A comment line stays as an empty one, so that the lines keep their numbers.
    lines = ["\n" if line.lstrip().startswith("#") else line for line in lines]
    first = next((line for line in lines if line.strip()), "")
    reader = csv.reader(lines, delimiter=max(",;\t", key=first.count), strict=True)
    header: list[str] | None = None
    try:
        for values in map(_trimmed, reader):
            if not values:
                continue
            if header is None:
                header = _header(values, reader.line_num, findings)
                if SITE not in header:
                    return
            elif len(values) > len(header):
                findings.add(reader.line_num, f"{len(values)} values, but the header has {len(header)} columns")
            else:
                row = zip_longest(header, values, fillvalue="")
                cells = {name: Cell(reader.line_num, value) for name, value in row}
                yield _Row(reader.line_num, cells.pop(SITE, Cell(0, "")).text, cells)
    except csv.Error as error:
        findings.add(reader.line_num, f"not CSV: {error}")


def _trimmed(values: Sequence[str]) -> list[str]:
    """Return a row's cells without the empty ones at its end, of which a spreadsheet may write any number."""
    cells = [value.strip() for value in values]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _header(names: Sequence[str], line: int, findings: _Findings) -> list[str]:
    if SITE not in names:
        findings.add(line, f"there is no column {SITE}, which names the stack")
    found = [_ALIASES.get(name, name) for name in names]
    for name in sorted({name for name in found if found.count(name) > 1}):
        findings.add(line, f"column {name} is there more than once")
    for name in found:
        if name not in COLUMNS and name != SITE:
            findings.add(line, _unknown(name))
    return found


def _yaml_rows(text: str, findings: _Findings) -> Iterator[_Row]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        findings.add(mark.line + 1 if mark else 1, f"not YAML: {error.problem}")
        return
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        findings.add(line, f"not YAML: {error.reason}, such as {chr(error.character)!r}")
        return
    top = dict(_pairs(root, findings, "the table"))
    for key in set(top) - {"sites", "defaults"}:
        findings.add(top[key].start_mark.line + 1, f"{key} is not known; a table has defaults and sites")
    defaults = _cells(top["defaults"], findings, "defaults") if "defaults" in top else {}
    if "sites" not in top:
        findings.add(1, "there is no `sites`, which maps each site's name to its settings")
        return
    for name, node in _pairs(top["sites"], findings, "sites"):
        yield _Row(node.start_mark.line + 1, name, {**defaults, **_cells(node, findings, name)})


def _pairs(node: yaml.Node | None, findings: _Findings, what: str) -> Iterator[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        findings.add(node.start_mark.line + 1 if node else 1, f"{what} must be a mapping")
        return
    seen: set[str] = set()
    for key, value in node.value:
        name = str(key.value)
        if name in seen:
            findings.add(key.start_mark.line + 1, f"{name} is there more than once")
        seen.add(name)
        yield name, value


def _cells(node: yaml.Node, findings: _Findings, what: str) -> dict[str, Cell]:
    cells = {}
    for name, value in _pairs(node, findings, what):
        known, line = _ALIASES.get(name, name), value.start_mark.line + 1
        if known not in COLUMNS:
            findings.add(line, _unknown(name))
        cells[known] = Cell(line, _flat(value))
    return cells


def _flat(node: yaml.Node) -> str:
    """Return a YAML value as the text that a CSV cell would have."""
    if isinstance(node, yaml.SequenceNode):
        return " ".join(_flat(item) for item in node.value)
    if isinstance(node, yaml.MappingNode):
        return " ".join(f"{key.value}={_flat(value)}" for key, value in node.value)
    return "" if node.tag == "tag:yaml.org,2002:null" else str(node.value).strip()


def _site(row: _Row, columns: set[str], findings: _Findings) -> Site:
    if not _NAME.fullmatch(row.name):
        findings.add(row.line, f"{SITE} is {row.name!r}, but must be {_NAME_RULE}")
    settings, secrets = {}, {}
    for name, cell in row.cells.items():
        column = COLUMNS.get(name)
        if column is None or not cell.text:
            continue
        try:
            value = column.parse(cell.text)
        except (ValueError, KeyError):
            shown = "given" if column.is_secret else repr(cell.text)
            findings.add(cell.line, f"{name} is {shown}, but must be {column.allowed}")
            continue
        if column.is_secret:
            secrets[name] = str(value).removeprefix("env:")
        else:
            settings[name] = value
    for name in _NEEDED:
        if not row.cells.get(name, Cell(0, "")).text:
            findings.add(row.line, f"{name} of {row.name} is missing")
    for name, value, allowed in disagreements(settings):
        findings.add(row.cells[name].line, f"{name} is '{value}', but must be {allowed}")
    empty = sorted(name for name in columns - set(settings) if name in COLUMNS and not COLUMNS[name].is_secret)
    return Site(row.name, settings, secrets, tuple(empty))


def _check_apart(rows: Sequence[_Row], findings: _Findings) -> None:
    """Two sites are two stacks on two routers: the tunnels of both would have the same numbers on one."""
    names: dict[str, int] = {}
    routers: dict[tuple[str, str], str] = {}
    for row in rows:
        if row.name in names:
            findings.add(row.line, f"{SITE} is {row.name!r}, which line {names[row.name]} is already")
        names.setdefault(row.name, row.line)
        host, port = (
            row.cells.get("routerHost", Cell(0, "")).text,
            row.cells.get("routerPort", Cell(0, "")).text or "22",
        )
        if host and (host, port) in routers:
            findings.add(row.line, f"routerHost is {host!r}, which is the router of {routers[host, port]} already")
        routers.setdefault((host, port), row.name)


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, COLUMNS, 1)
    return f"column {name!r} is not known" + (f"; {near[0]}?" if near else f"; known are {', '.join(COLUMNS)}")
