"""How a resource of pulumi-aws maps to AWS's API, as data: one `Row` a resource."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from lab.providers.aws.session import Session
from lab.providers.values import Properties, Value

ID: Final = "@id"
"""Stands for the resource's id where a property name is expected."""

Item: TypeAlias = Mapping[str, Any]
"""One object as AWS describes it."""

Field: TypeAlias = str | Callable[[Item], Any]
"""Where a property is in an item: a path, or a function of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of AWS's API."""

    operation: str
    """The method of the boto3 client."""
    arguments: Mapping[str, str] = field(default_factory=dict)
    """Argument path (dots nest, a final `[]` makes a list of one) to property name or `ID`."""
    constants: Mapping[str, Any] = field(default_factory=dict)
    numbers: frozenset[str] = frozenset()
    """Arguments that AWS takes as numbers and pulumi-aws as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A change in place: the call that is made when one of these properties changes."""

    properties: tuple[str, ...]
    call: Call
    at_create: bool = False
    """Whether it is made after the creation as well, for what the create call does not take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One resource: its calls, its fields, and the provider's rules for its changes."""

    resource: str
    """Pulumi's type token."""
    find: Callable[[Session, str, Properties], Item | None]
    """Describe the resource: its id, its properties as far as known, and what AWS says, or nothing when it is gone."""
    delete: Call | Callable[[Session, str, Properties], None]
    create: Call | Callable[[Session, Properties], str]
    identity: str | Callable[[Properties], str] = ""
    """Where the new id is in the create call's response, or how the provider makes one up."""
    service: str = "ec2"
    fields: Mapping[str, Field] = field(default_factory=dict)
    read: Callable[[Session, Item, Properties], Properties] | None = None
    """Fields that take more than the item: further calls, or what the resource held before."""
    tagged: str = ""
    """The resource type in AWS's tag specifications, for resources that carry tags."""
    arn: str = ""
    """The resource part of the ARN before the id, where AWS does not return one."""
    updates: tuple[Update, ...] = ()
    update: Callable[[Session, str, Properties, Properties], str | None] | None = None
    """A change in place that is no plain call: session, id, state, new inputs; the new id where AWS gives one."""
    replaces: frozenset[str] = frozenset()
    """Properties whose change makes the provider replace the resource (`ForceNew`)."""
    goes_first: bool = False
    """Whether the plugin has the engine delete it before its replacement is made (pulumi-aws's own overrides)."""
    computed: frozenset[str] = frozenset()
    """Optional properties that AWS chooses when they are not given, so that their absence is no difference."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What the provider fills in when a property is not given."""
    suppressed: Mapping[str, Any] = field(default_factory=dict)
    """Values that the provider takes for absent: dropping such a property from the program is no difference."""
    autonamed: bool = False
    unsupported: frozenset[str] = frozenset()
    """Properties that the real plugin has and this stand-in refuses."""
    ready: Callable[[Item], bool] = lambda _: True
    """Whether a resource is as far as the provider waits for."""
    absent: tuple[str, ...] = ()
    """AWS's error codes that mean that the resource is not there."""
    check: Callable[[Properties], Mapping[str, str]] | None = None
    """The provider's own validation: property to reason."""
    retag: Callable[[Session, str, Mapping[str, str], list[str]], None] | None = None
    """How tags are set and dropped, where it is not EC2's way: session, id, tags to set, keys to drop."""
    after_create: Callable[[Session, str, Properties], None] | None = None
    before_delete: Callable[[Session, str, Properties], None] | None = None
    gone: Callable[[Session, str, Properties], bool] | None = None
    """Whether a deletion has finished; by default when `find` finds nothing."""


def at(item: Value, path: str) -> Value:
    """Follow a dotted path into what AWS returned."""
    for part in path.split("."):
        if item is None:
            return None
        item = item.get(part)
    return item


def described(
    operation: str, argument: str, items: str, gone: tuple[str, ...] = (), state: str = "State"
) -> Callable[[Session, str, Properties], Item | None]:
    """Find a resource by its id: `argument` takes the list of ids, `items` holds the results."""

    def find(session: Session, identity: str, _: Properties) -> Item | None:
        found = session.call("ec2", operation, {argument: [identity]})[items]
        return found[0] if found and found[0].get(state) not in gone else None

    return find


def arguments(call: Call, identity: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Build the arguments of a call from a resource's properties; those that are not given are left out."""
    result: dict[str, Any] = {}
    for path, source in call.arguments.items():
        value = identity if source == ID else properties.get(source)
        if value is not None and value != "":
            _put(result, path, int(value) if path in call.numbers else value)
    return {**result, **call.constants}


def _put(target: dict[str, Any], path: str, value: Value) -> None:
    *parents, last = path.split(".")
    for parent in parents:
        target = target.setdefault(parent, {})
    if last.endswith("[]"):
        target[last.removesuffix("[]")] = [value]
    else:
        target[last] = value


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Spell tags as EC2 takes and returns them."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
