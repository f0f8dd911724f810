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

    def configure(self, variables: Mapping[str, str]) -> None: ...

    def check(self, resource: Resource, olds: Properties, news: Properties) -> tuple[Properties, list[Failure]]: ...

    def diff(
        self, resource: Resource, old_inputs: Properties, state: Properties, news: Properties
    ) -> dict[str, Change]: ...

    def create(self, resource: Resource, inputs: Properties, *, preview: bool) -> tuple[str, Properties]: ...

    def read(self, resource: Resource, state: Properties, inputs: Properties) -> Read | None: ...

    def update(
        self, resource: Resource, state: Properties, old_inputs: Properties, news: Properties, *, preview: bool
    ) -> Properties: ...

    def delete(self, resource: Resource, state: Properties) -> None: ...

    def invoke(self, token: str, arguments: Properties) -> Properties: ...
