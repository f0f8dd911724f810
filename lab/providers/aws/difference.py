"""What a change of a resource's inputs means, by the rules of Terraform's AWS provider, which pulumi-aws wraps."""

from collections.abc import Mapping

from lab.providers.aws.table import Row
from lab.providers.plugin import Change
from lab.providers.values import Properties, Value, canonical, has_unknown


def changes(row: Row, old_inputs: Properties, state: Properties, news: Properties) -> dict[str, Change]:
    """Compare what a resource is with what the program wants.

    What is wanted is compared with the state, so that drift found by a refresh counts; what the program no longer
    names counts only where the provider does not let AWS choose it.
    """
    result: dict[str, Change] = {}
    for name, wanted in news.items():
        if name == "region" and "region" not in state:
            continue
        present = state.get(name)
        if has_unknown(wanted) or not same(wanted, present):
            kind = "add" if present is None else "update"
            result[name] = Change(kind, name in row.replaces or name == "region", row.goes_first)
    # Every resource's Region is the provider's where the program names none.
    for name in old_inputs.keys() - news.keys() - row.computed - {"region"}:
        present = state.get(name)
        if not _is_empty(present) and not same(row.suppressed.get(name), present):
            result[name] = Change("delete", replaces=name in row.replaces)
    return result


def same(left: Value, right: Value) -> bool:
    """Compare two values as the provider does: lists are sets, and absent is the same as empty."""
    return bool(_normal(left) == _normal(right))


def _normal(value: Value) -> Value:
    if isinstance(value, Mapping):
        items = {key: _normal(item) for key, item in value.items()}
        return {key: item for key, item in items.items() if not _is_empty(item)} or None
    if isinstance(value, list):
        return sorted((_normal(item) for item in value), key=canonical) or None
    return None if _is_empty(value) else value


def _is_empty(value: Value) -> bool:
    """Tell whether the provider takes a value for absent: Go's zero values."""
    return value is None or value == "" or value == [] or value == {} or value is False or value == 0


def all_tags(default_tags: Mapping[str, str], tags: Mapping[str, str] | None) -> dict[str, str]:
    """Merge the provider's default tags with a resource's own, which win."""
    return {**default_tags, **(tags or {})}
