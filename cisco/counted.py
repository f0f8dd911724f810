"""Numbers as messages say them: with a noun, and of what is left out of a list."""

from collections.abc import Sequence


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 line``, ``2 lines``; `plural` where an s does not do."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"


def listed(items: Sequence[str], most: int = 3, separator: str = ", ") -> str:
    """Return the first `most` of them, by default what a sentence can carry, and how many more there are."""
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return separator.join(items[:most]) + more
