"""AS numbers in their two notations: IOS takes either, and shows the dotted one after ``bgp asnotation dot`` (RFC 5396's asdot)."""

import re

LARGEST = 4294967295
_HALF = 65536
# Where a configuration has AS numbers: behind these words, up to the end of the line or the next word that is none.
_NUMBERED = re.compile(
    r"^( *(?:router bgp|neighbor \S+ (?:remote-as|local-as)|set as-path prepend)) ([\d.]+(?: [\d.]+)*)", re.MULTILINE
)


def plain(word: str) -> str | None:
    """Return an AS number as one number, None when the word is none."""
    high, dot, low = word.partition(".")
    if not all(part.isascii() and part.isdigit() for part in ((high, low) if dot else (high,))):
        return None
    if dot and not (int(high) < _HALF and int(low) < _HALF):
        return None
    number = int(high) * _HALF + int(low) if dot else int(high)
    return str(number) if 1 <= number <= LARGEST else None


def noted(number: int, *, is_dotted: bool) -> str:
    """Return an AS number as IOS shows it; one of two bytes has no dot in either notation."""
    return f"{number // _HALF}.{number % _HALF}" if is_dotted and number >= _HALF else str(number)


def renoted(text: str, *, is_dotted: bool) -> str:
    """Return a configuration with all its AS numbers in one notation."""

    def line(found: re.Match[str]) -> str:
        numbers = ((plain(word), word) for word in found[2].split())
        shown = (word if number is None else noted(int(number), is_dotted=is_dotted) for number, word in numbers)
        return f"{found[1]} {' '.join(shown)}"

    return _NUMBERED.sub(line, text)
