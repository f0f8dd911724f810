"""Whose the resources are: the component that makes them, and after which they are named and tagged."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from ._names import tagged
from .inputs import resolved

Made = tuple[pulumi.Output[Any], ...]
"""Of what the stack itself makes: known in a preview only where an up has been."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A component that makes resources and asks AWS. Its name begins theirs; its tags are on all that has tags."""

    name: str
    component: pulumi.ComponentResource
    tags: Mapping[str, pulumi.Input[str]]

    def child(self, **options: Any) -> pulumi.ResourceOptions:  # noqa: ANN401  # those of Pulumi's options that the resource needs
        """Return the options of a resource of the component's."""
        return pulumi.ResourceOptions(parent=self.component, **options)

    def tagged(self, name: str) -> pulumi.Output[dict[str, str]]:
        """Return the tags of a resource of this name."""
        return resolved(self.tags).apply(lambda tags: tagged(name, tags))
