"""Pulumi's provider protocol: the gRPC code that the SDK brings, without the SDK around it.

`import pulumi` costs each start of a plugin a quarter of a second, and the generated code needs nothing of it. A package that
stands in `sys.modules` is not executed: only its folder is looked in.
"""

import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import module_from_spec

if "pulumi" not in sys.modules:
    found = PathFinder.find_spec("pulumi")
    folders = list(found.submodule_search_locations or ()) if found else []
    for package in ("pulumi", "pulumi.runtime", "pulumi.runtime.proto"):
        inside = "/".join(package.split(".")[1:])
        spec = ModuleSpec(package, None, is_package=True)
        spec.submodule_search_locations = [f"{folder}/{inside}" for folder in folders]
        sys.modules[package] = module_from_spec(spec)

from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, plugin_pb2, provider_pb2, provider_pb2_grpc

__all__ = ["engine_pb2", "engine_pb2_grpc", "plugin_pb2", "provider_pb2", "provider_pb2_grpc"]
