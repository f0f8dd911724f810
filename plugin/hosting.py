"""Our components as a Pulumi provider: what Pulumi's own host of Python components leaves out of schema and values.

Pulumi reads the schema from the components' annotations. Of what they say it loses three things, and a program in another
language would meet each: the sentences of inherited fields, that some inputs are secrets, and the names of what is in a
list. And every number comes over the wire as a float, which is no AS number.
"""

import json
from collections.abc import Mapping, Sequence
from inspect import cleandoc
from types import ModuleType
from typing import Any, TypeAlias

import pulumi
from docstrings import field_docstrings
from grpc import StatusCode
from grpc.aio import ServicerContext
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.analyzer import ComponentDefinition, PropertyDefinition
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError, ProviderServicer
from pulumi.runtime.proto.provider_pb2 import ConstructRequest, ConstructResponse

PACKAGE = "aws-cisco-vpn"
Json: TypeAlias = dict[str, Any]

SECRETS = frozenset(
    {
        "customerGatewayConfiguration",
        "handout",
        "jumpHostPassword",
        "result",
        "routerEnablePassword",
        "routerPassword",
        "tunnel1PresharedKey",
        "tunnel2PresharedKey",
    }
)
"""Inputs and outputs that are secret whatever the caller says of them."""


COMPONENTS = ("VpnLink", "VpcNetwork", "SiteToSiteVpn", "IosCustomerGateway")


class HostedComponents(ComponentProvider):
    """The provider of all our components.

    Args:
        package: Where they are: the installed package, or in the repository `components`.
        version: The package's version.
    """

    def __init__(self, package: ModuleType, version: str) -> None:
        components = [getattr(package, name) for name in COMPONENTS]
        super().__init__(components, PACKAGE, version=version)
        shapes = {c.__name__: c.__init__.__annotations__["args"].__name__ for c in components}
        self.document = self._completed(json.loads(str(self.schema)), shapes, field_docstrings(package.__name__))
        self.schema = json.dumps(self.document)

    def construct(
        self, name: str, resource_type: str, inputs: pulumi.Inputs, options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        """Make a component; a wrong argument is the caller's, and no fault of the component's with a traceback."""
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            raise error.inner if isinstance(error.inner, pulumi.RunError) else error from None

    def map_inputs(self, inputs: pulumi.Inputs, component_def: ComponentDefinition) -> pulumi.Inputs:
        """Give the inputs their Python names, and the numbers their type: none of ours is a fraction."""
        mapped: pulumi.Inputs = whole(super().map_inputs(inputs, component_def))
        return mapped

    def get_state(self, instance: pulumi.ComponentResource, component_def: ComponentDefinition) -> dict[str, Any]:
        """Return the outputs under the schema's names, those of a list's members too."""
        state = super().get_state(instance, component_def)
        for name, definition in component_def.outputs.items():
            if name in state and definition.items is not None and definition.items.ref:
                state[name] = self._renamed(state[name], definition.items)
        return state

    def _renamed(self, members: pulumi.Input[Sequence[Any]], definition: PropertyDefinition) -> pulumi.Output[Any]:
        shape = self.get_type_definition(definition)
        if shape is None:
            return pulumi.Output.from_input(members)
        return pulumi.Output.from_input(members).apply(lambda m: [self.map_complex_output(item, shape) for item in m])

    def _completed(self, schema: Json, shapes: Mapping[str, str], documented: Mapping[str, Mapping[str, str]]) -> Json:
        for name, definition in self._component_defs.items():
            resource = schema["resources"][f"{PACKAGE}:index:{name}"]
            resource["description"] = cleandoc(resource["description"])
            inputs, outputs = documented[shapes[name]], documented[name]
            _complete(resource["inputProperties"], definition.inputs_mapping, inputs)
            _complete(resource["properties"], definition.outputs_mapping, outputs)
        return schema


class Servicer(ProviderServicer):
    """What the engine calls. A refusal, at once or after minutes, is one sentence.

    Left to gRPC it would begin with `Unexpected <class`. As an error of a property the engine would show the property's
    value with it; as one of no property in particular, all inputs, with the secrets among them in clear.
    """

    async def Construct(  # noqa: N802  # gRPC's name
        self, request: ConstructRequest, context: ServicerContext[ConstructRequest, ConstructResponse]
    ) -> ConstructResponse:
        """Make a component, and wait for its outputs."""
        try:
            return await super().Construct(request, context)
        except pulumi.RunError as error:
            await context.abort(StatusCode.INVALID_ARGUMENT, str(error))


def whole(value: Any) -> Any:  # noqa: ANN401 - anything that Pulumi's wire has
    """Return the value with its whole numbers as integers."""
    if isinstance(value, pulumi.Output):
        return value.apply(whole)
    if isinstance(value, Mapping):
        return {name: whole(item) for name, item in value.items()}
    if isinstance(value, list):
        return [whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _complete(properties: Json, python_names: Mapping[str, str], documented: Mapping[str, str]) -> None:
    for name, definition in properties.items():
        definition["description"] = documented[python_names[name]]
        if name in SECRETS:
            definition["secret"] = True
