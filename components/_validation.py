"""What is said of a wrong argument, and the checks that every kind of argument shares."""

from collections.abc import Collection, Mapping

from .remedies import with_remedy


class Words(str):
    """What is said of a value in its place, such as ``missing``: a message quotes values, and not these."""

    __slots__ = ()
    __repr__ = str.__str__


class ArgumentError(ValueError):
    """An argument is wrong: names the field, the value (never a secret) and what is allowed."""

    def __init__(self, field: str, value: object, allowed: str) -> None:
        super().__init__(with_remedy(f"{field} is {value!r}, but must be {allowed}"))
        self.field = field
        self.value = value
        self.allowed = allowed


def require_whole(field: str, value: object) -> float:
    """Return a whole number, or refuse it; other languages may write one as 65001.0."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
        raise ArgumentError(field, value, "a whole number")
    return value


def require_between(field: str, value: object, low: int, high: int) -> None:
    """Refuse a number outside the range, and what is no whole number."""
    if not low <= require_whole(field, value) <= high:
        raise ArgumentError(field, value, f"between {low} and {high}")


def require_one_of(field: str, value: object, allowed: Collection[object]) -> None:
    """Refuse a value that is not in the list."""
    if value not in allowed:
        raise ArgumentError(field, value, f"one of {', '.join(str(item) for item in allowed)}")


def require_one_present(arguments: Mapping[str, object], names: Collection[str], purpose: str) -> None:
    """Refuse several, or none, of the arguments of which exactly one says what is wanted."""
    present = [name for name in names if arguments.get(name) is not None]
    if len(present) != 1:
        given = " and ".join(present) if present else "missing"
        raise ArgumentError(" or ".join(names), Words(given), f"exactly one of them: {purpose}")


def require_given(arguments: Mapping[str, object], names: Collection[str]) -> None:
    """Refuse to go on without the arguments that have no default."""
    for name in sorted(names):
        if arguments.get(name) is None:
            raise ArgumentError(name, Words("missing"), "given")


def require_absent(arguments: Mapping[str, object], names: Collection[str], because: str) -> None:
    """Refuse arguments that would have no effect here."""
    for name in names:
        if arguments.get(name) is not None:
            raise ArgumentError(name, Words("given"), f"absent: {because}")


def require_named(name: str, value: object) -> None:
    """Refuse a list where each member needs a name: by its place it would be another's once one before it comes or goes."""
    if value is not None and not isinstance(value, Mapping):
        raise ArgumentError(name, Words(f"of type {type(value).__name__}"), "ids by names that stay")


MAX_TAGS = 50


def require_tags(tags: Mapping[str, object], own: int) -> None:
    """Refuse more tags than AWS takes; `own` are the ones added here."""
    if len(tags) + own > MAX_TAGS:
        raise ArgumentError(
            "tags", Words(f"{len(tags)} tags"), f"at most {MAX_TAGS - own}: AWS takes {MAX_TAGS}, {own} of them ours"
        )
