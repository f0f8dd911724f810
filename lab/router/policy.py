"""Prefix lists and route maps."""

from ipaddress import IPv4Network

from lab.ends import PrefixRule

from .document import Entry
from .grammar import Match
from .line import Context, Line, Mode, Refusal, Reply

_STEP = 5


def rules(config: Entry, name: str) -> tuple[PrefixRule, ...] | None:
    """Return a prefix list's lines in their order, None when there is no such list: then nothing is filtered."""
    lines = [entry.text.split()[3:] for entry in config.starting(f"ip prefix-list {name}")]
    return tuple(_rule(words[2:]) for words in sorted(lines, key=lambda words: int(words[1]))) or None


def _rule(words: list[str]) -> PrefixRule:
    bounds = dict(zip(words[2::2], map(int, words[3::2]), strict=True))
    return PrefixRule(words[0] == "permit", IPv4Network(words[1], strict=False), bounds.get("ge"), bounds.get("le"))


def settings(config: Entry, name: str) -> dict[str, str]:
    """Return what the first permitting part of a route map sets, by the words of its lines."""
    for entry in sorted(config.starting(f"route-map {name}"), key=lambda part: int(part.key.split()[3])):
        if entry.key.split()[2] == "permit":
            keys = ("set local-preference", "set metric", "set as-path prepend")
            return {key: entry.value(key) for key in keys if entry.find(key)}
    return {}


def _lines(ctx: Context, name: str) -> list[Entry]:
    return ctx.config.starting(f"ip prefix-list {name}")


def _content(match: Match[Line]) -> str:
    words = list(match.words)
    return " ".join(words[words.index(match["action"]) :]) if match["action"] in words else ""


def _edit(ctx: Context, match: Match[Line]) -> Reply:
    return _remove(ctx, match) if match.is_negated else _add(ctx, match)


def _add(ctx: Context, match: Match[Line]) -> Reply:
    """A line without a number goes last; a number that is taken, or content that is there, is refused."""
    held, content = _lines(ctx, match["name"]), _content(match)
    for entry in held:
        _, _, _, _, number, *words = entry.text.split()
        if number == match["sequence"] and " ".join(words) == content:
            return ()
        if number == match["sequence"] or " ".join(words) == content:
            raise Refusal(f"%Insertion failed - prefix-list entry exists: seq {number} {' '.join(words)}")
    last = max((int(entry.text.split()[4]) for entry in held), default=0)
    key = f"ip prefix-list {match['name']} seq {match['sequence'] or last // _STEP * _STEP + _STEP}"
    ctx.router.document.put(ctx.config, key, f"{key} {content}")
    ctx.router.changed(ctx.user)
    return ()


def _remove(ctx: Context, match: Match[Line]) -> Reply:
    gone = [
        entry
        for entry in _lines(ctx, match["name"])
        if match["sequence"] in ("", entry.text.split()[4])
        and _content(match) in ("", " ".join(entry.text.split()[5:]))
    ]
    if not gone:
        raise Refusal("%Can't find specified prefix-list")
    for entry in gone:
        entry.remove()
    ctx.router.changed(ctx.user)
    return ()


def _part(match: Match[Line]) -> str:
    return f"route-map {match['name']} {match['action'] or 'permit'} {match['number'] or '10'}"


def _remove_map(ctx: Context, match: Match[Line]) -> Reply | None:
    """Without a number all parts of the map go."""
    if not match["action"]:
        for entry in ctx.config.starting(f"route-map {match['name']}"):
            entry.remove()
    return None


ROUTE_MAP = Mode(
    "config-route-map",
    (
        Line("match ip address prefix-list name:WORD"),
        Line("set local-preference / value:<0-4294967295>", key="set local-preference"),
        Line("set metric / value:<0-4294967295>", key="set metric"),
        Line("set as-path prepend / numbers:ASN+", key="set as-path prepend"),
    ),
)

MODES = (ROUTE_MAP,)

GLOBAL = (
    Line(
        "ip prefix-list name:WORD / [seq sequence:<1-4294967294>] action:ACTION prefix:PREFIX [ge ge:<1-32>] [le le:<1-32>]",
        key=lambda match: f"ip prefix-list {match['name']} seq {match['sequence'] or '5'}",
        run=_edit,
    ),
    Line("route-map name:WORD / [action:ACTION [number:<0-65535>]]", opens=ROUTE_MAP.name, key=_part,
         shown=lambda match, _release: _part(match), check_no=_remove_map),
)  # fmt: skip
