"""Carrying out one configuration line: check, set or remove, follow up."""

from .document import Entry
from .grammar import Match, Rejection
from .line import Context, Line, Reply
from .nvgen import indentation


def apply(ctx: Context, match: Match[Line]) -> Reply:
    """Carry the line out; return what IOS says.

    Raises:
        Rejection: IOS does not take the line.
        Refusal: IOS understands the line and refuses it.
    """
    row = match.row
    if (row.is_only_negated and not match.is_negated) or (match.is_negated and not row.is_negatable):
        raise Rejection("incomplete" if row.is_only_negated else "invalid", 0, 0)
    if row.run is not None:
        return row.run(ctx, match) or ()
    return _remove(ctx, match) if match.is_negated else _put(ctx, match)


def _put(ctx: Context, match: Match[Line]) -> Reply:
    row, key = match.row, match.row.key_of(match)
    said = list((row.check(ctx, match) if row.check else None) or ())
    text = row.shown(match, ctx.release) if row.shown else match.text
    if text is None:
        existing = ctx.section.find(key)
        ctx.is_new = existing is not None
        if existing:
            existing.remove()
    else:
        existing = ctx.section.find(key)
        # The name alone opens what is there, whatever words stand behind it (`point-to-point`).
        is_reopened = existing is not None and bool(row.opens) and text.split() in (key.split(), existing.text.split())
        if not is_reopened:
            blanks = indentation(ctx.section, depth(ctx.config, ctx.section))
            entry, ctx.is_new = ctx.router.document.put(ctx.section, key, blanks + ctx.router.protected(text))
            if row.opens in _CLOSING and ctx.is_new:
                entry.closing = _CLOSING[row.opens]
    if ctx.is_new:
        ctx.router.changed(ctx.user)
    return (*said, *((row.after(ctx, match) if row.after else None) or ()))


_CLOSING = {"config-router-af": " exit-address-family", "config-ikev2-keyring-peer": " !"}


def _remove(ctx: Context, match: Match[Line]) -> Reply:
    row, key = match.row, match.row.key_of(match)
    said = list((row.check_no(ctx, match) if row.check_no else None) or ())
    entry = ctx.section.find(key)
    if row.negated:
        text = row.negated.format_map(match.values)
        blanks = indentation(ctx.section, depth(ctx.config, ctx.section))
        _, ctx.is_new = ctx.router.document.put(ctx.section, key, blanks + text)
    elif entry is not None:
        entry.remove()
        ctx.is_new = True
    if ctx.is_new:
        ctx.router.changed(ctx.user)
    return (*said, *((row.after_no(ctx, match) if row.after_no else None) or ()))


def depth(root: Entry, section: Entry) -> int:
    """Return how deep the lines of a section stand."""
    if section is root:
        return 0
    if any(child is section for child in root.entries):
        return 1
    return 2
