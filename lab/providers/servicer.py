"""Pulumi's provider protocol over gRPC, in front of a `Plugin`."""
# ruff: noqa: N802, ARG002 - the methods' names and arguments are the protocol's

import logging
import os
import sys
from collections.abc import Callable
from concurrent import futures
from typing import TypeVar

import grpc
from google.protobuf import empty_pb2

from lab.ending import ToldToEnd
from lab.providers.plugin import Before, Change, Plugin, ProviderError, Resource
from lab.providers.protocol import plugin_pb2, provider_pb2, provider_pb2_grpc
from lab.providers.values import Properties, from_struct, to_struct

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

_KINDS = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
}

_LOOK_SECONDS = 1.0

_MESSAGE_LIMIT = 400 * 1024 * 1024
"""Pulumi's own limit for one message; gRPC's default of 4 MB is too small for big states."""


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Answers the engine by asking the plugin."""

    def __init__(self, plugin: Plugin) -> None:
        self._plugin = plugin

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Tell the plugin's version."""
        return plugin_pb2.PluginInfo(version=self._plugin.version)

    def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        """Refuse: the schema is the pinned SDK's, which is generated from the real plugin."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"the lab's {self._plugin.name} plugin has no schema of its own")

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Take the provider's configuration as it is; `Configure` judges it."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Never replace what a provider made because its configuration changed."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_UNKNOWN)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Take the provider's configuration."""
        _answer(context, lambda: self._plugin.configure(dict(request.variables)))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=self._plugin.accepts_secrets,
            supportsPreview=True,
            acceptResources=False,
            acceptOutputs=False,
        )

    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        """Judge and complete the inputs of a resource."""
        inputs, failures = _answer(
            context,
            lambda: self._plugin.check(Resource(request.urn), from_struct(request.olds), from_struct(request.news)),
        )
        return provider_pb2.CheckResponse(
            inputs=to_struct(inputs),
            failures=[provider_pb2.CheckFailure(property=f.property, reason=f.reason) for f in failures],
        )

    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Say what changes and what a change replaces."""
        ignored = {path.split(".")[0].split("[")[0] for path in request.ignoreChanges}
        changes = _answer(
            context,
            lambda: self._plugin.diff(
                Resource(request.urn, request.id),
                Before(from_struct(request.old_inputs), from_struct(request.olds)),
                from_struct(request.news),
            ),
        )
        return _diff_response({path: change for path, change in changes.items() if path not in ignored})

    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        """Create a resource, or say what creating it would give."""
        resource = Resource(request.urn, timeout=request.timeout)
        identity, state = _answer(
            context,
            lambda: self._plugin.create(resource, from_struct(request.properties), preview=request.preview),
        )
        return provider_pb2.CreateResponse(id=identity, properties=to_struct(state))

    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        """Read a resource as it is now."""
        found = _answer(
            context,
            lambda: self._plugin.read(
                Resource(request.urn, request.id), from_struct(request.properties), from_struct(request.inputs)
            ),
        )
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(id=found.id, properties=to_struct(found.state), inputs=to_struct(found.inputs))

    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        """Change a resource in place, or say what changing it would give."""
        state = _answer(
            context,
            lambda: self._plugin.update(
                Resource(request.urn, request.id, request.timeout),
                Before(from_struct(request.old_inputs), from_struct(request.olds)),
                from_struct(request.news),
                preview=request.preview,
            ),
        )
        return provider_pb2.UpdateResponse(properties=to_struct(state))

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Delete a resource."""
        resource = Resource(request.urn, request.id, request.timeout)
        _answer(context, lambda: self._plugin.delete(resource, from_struct(request.properties)))
        return empty_pb2.Empty()

    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        """Answer a function call of the program."""
        result = _answer(context, lambda: self._plugin.invoke(request.tok, from_struct(request.args)))
        return _invoke_response(result)

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Give up what is under way: the engine asks this at Ctrl-C and at the end of every operation.

        The plugin stays: one that ends before its answer is out "exited prematurely", and the engine ends it anyway.
        """
        self._plugin.cancel()
        return empty_pb2.Empty()


def _answer(context: grpc.ServicerContext, ask: Callable[[], Answer]) -> Answer:
    """Ask the plugin; what it refuses becomes the error of the call."""
    try:
        return ask()
    except ProviderError as error:
        context.abort(grpc.StatusCode.UNKNOWN, str(error))
    except Exception as error:
        log.exception("unexpected error")
        context.abort(grpc.StatusCode.INTERNAL, f"{type(error).__name__}: {error}")
    raise AssertionError("unreachable: abort raises")


def _invoke_response(result: Properties) -> provider_pb2.InvokeResponse:
    """Build the answer by the field's name, `return`, which Python cannot spell as an argument."""
    response = provider_pb2.InvokeResponse()
    getattr(response, "return").CopyFrom(to_struct(result))
    return response


def _diff_response(changes: dict[str, Change]) -> provider_pb2.DiffResponse:
    replaces = sorted(path for path, change in changes.items() if change.replaces)
    kind = provider_pb2.DiffResponse.DIFF_SOME if changes else provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=kind,
        diffs=sorted({path.split("[")[0].split(".")[0] for path in changes}),
        replaces=replaces,
        deleteBeforeReplace=any(change.replaces and change.goes_first for change in changes.values()),
        detailedDiff={
            path: provider_pb2.PropertyDiff(kind=_KINDS[change.kind, change.replaces], inputDiff=True)
            for path, change in changes.items()
        },
        hasDetailedDiff=True,
    )


def serve(plugin: Plugin) -> None:
    """Serve a plugin as the engine expects it: the port as the only line of standard output, until told to stop."""
    # An engine that was killed, or that gave up early, ends no plugin: each sees to that itself. It may be gone as soon as
    # it knows the port.
    engine = os.getppid()
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=16),
        options=[("grpc.max_receive_message_length", _MESSAGE_LIMIT)],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(plugin), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    told_to_end = ToldToEnd()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while os.getppid() == engine and not told_to_end.wait(_LOOK_SECONDS):
        continue
    server.stop(grace=1).wait()
