"""`python -m lab.providers aws|command SCHEMAS ENGINE`: what the engine starts as `pulumi-resource-aws` or `-command`."""

import logging
import os
import sys
from pathlib import Path

from lab.providers import schema
from lab.providers.plugin import Plugin
from lab.providers.servicer import serve


def plugin(name: str, schemas: schema.Schemas, engine: str) -> Plugin:
    """Make the plugin that was asked for; each imports only its own libraries."""
    if name == "command":
        from lab.providers.command import CommandPlugin
        from lab.providers.host import EngineHost

        return CommandPlugin(schemas, EngineHost(engine).show)
    from lab.providers.aws.plugin import AwsPlugin

    return AwsPlugin(schemas)


def main() -> None:
    """Serve one plugin; the engine's address is the last argument that is not an option."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    name, schemas, *rest = sys.argv[1:]
    addresses = [argument for argument in rest if not argument.startswith("-")]
    serve(plugin(name, schema.read(Path(schemas).read_text()), addresses[-1] if addresses else ""))
    # The engine gives all plugins five seconds together, and calls one that is ended before its turn a fault of its own:
    # an interpreter that takes its libraries apart first has used them up on a busy machine.
    logging.shutdown()
    os._exit(0)


if __name__ == "__main__":
    main()
