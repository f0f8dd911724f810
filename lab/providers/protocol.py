"""Pulumi's provider protocol: the gRPC code that the SDK brings, without the SDK around it.

`import pulumi` costs each start of a plugin a quarter of a second, and the generated code needs nothing of it. A package that
stands in `sys.modules` is not executed: only its folder is looked in.
"""

import sys
from importlib.util import find_spec, module_from_spec

if "pulumi" not in sys.modules:
    for package in ("pulumi", "pulumi.runtime", "pulumi.runtime.proto"):
        spec = find_spec(package)
        if spec is None:
            raise ModuleNotFoundError(f"there is no {package} here", name=package)
        sys.modules[package] = module_from_spec(spec)

from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, plugin_pb2, provider_pb2, provider_pb2_grpc

__all__ = ["engine_pb2", "engine_pb2_grpc", "plugin_pb2", "provider_pb2", "provider_pb2_grpc"]
