"""What a provider plugin answers, in Python's terms: the gRPC side of it is `servicer`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from lab.providers.values import Properties


@dataclass(frozen=True, slots=True)
class Change:
    """One property that differs between what a resource is and what the program wants."""

    kind: str
    """`add`, `update` or `delete`, in the words of Pulumi's detailed diff."""
    replaces: bool = False
    goes_first: bool = False
    """Whether the old one is deleted before the replacement is made."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One reason why the inputs of a resource are refused."""

    property: str
    reason: str


@dataclass(frozen=True, slots=True)
class Resource:
    """The resource that a request is about."""

    urn: str
    id: str = ""
    timeout: float = 0.0
    """Seconds that the program allows the operation (`custom_timeouts`), or 0 when it leaves that to the provider."""

    @property
    def type(self) -> str:
        """Pulumi's type token, such as `aws:ec2/vpc:Vpc`."""
        return self.urn.split("::")[2].split("$")[-1]

    @property
    def name(self) -> str:
        """The name that the program gave to the resource."""
        return self.urn.split("::", 3)[3]


@dataclass(frozen=True, slots=True)
class Before:
    """What a resource was when the engine last wrote it down."""

    inputs: Properties
    state: Properties


@dataclass(frozen=True, slots=True)
class Read:
    """A resource as it was found: its state and, for the engine's next diff, its inputs."""

    id: str
    state: Properties
    inputs: Properties = field(default_factory=dict)


class ProviderError(Exception):
    """The provider could not do what was asked; its text is shown to the person at the terminal."""


class Plugin(Protocol):
    """A resource provider: the operations of Pulumi's protocol that a program needs."""

    name: str
    version: str
    accepts_secrets: bool
    """Whether secrets reach the plugin marked, or the engine marks its answers by itself."""

    def configure(self, variables: Mapping[str, str]) -> None:
        """Take the provider's configuration."""

    def check(self, resource: Resource, olds: Properties, news: Properties) -> tuple[Properties, list[Failure]]:
        """Judge and complete the inputs of a resource."""

    def diff(self, resource: Resource, before: Before, news: Properties) -> dict[str, Change]:
        """Say what changes, and what of it makes a new resource."""

    def create(self, resource: Resource, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        """Create a resource: its id and its outputs, as far as a preview knows them."""

    def read(self, resource: Resource, state: Properties, inputs: Properties) -> Read | None:
        """Read a resource as it is now, or nothing when it is gone."""

    def update(self, resource: Resource, before: Before, news: Properties, *, preview: bool) -> Properties:
        """Change a resource in place: its outputs, as far as a preview knows them."""

    def delete(self, resource: Resource, state: Properties) -> None:
        """Delete a resource."""

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """Answer a function of the provider."""

    def cancel(self) -> None:
        """Give up what is under way: somebody pressed Ctrl-C."""
