"""A number with its noun, as messages say it."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 line``, ``2 lines``; `plural` where an s does not do."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"
