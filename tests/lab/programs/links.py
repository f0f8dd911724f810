"""A program of several links, all said in the stack's settings: `links` is JSON, name to VpnLink's arguments.

An argument `@name.output` is another link's output, and `@config.key` a secret of the settings.
"""

import json
from typing import Any, cast

import pulumi

from components import VpnLink

config = pulumi.Config()
made: dict[str, VpnLink] = {}


def meant(value: Any) -> Any:
    """Return an argument with what it refers to in its place."""
    if isinstance(value, dict):
        return {key: meant(item) for key, item in value.items()}
    if isinstance(value, list):
        return [meant(item) for item in value]
    if not isinstance(value, str) or not value.startswith("@"):
        return value
    owner, _, name = value[1:].partition(".")
    return config.require_secret(name) if owner == "config" else getattr(made[owner], name)


for link, args in json.loads(config.require("links")).items():
    made[link] = VpnLink(link, cast("Any", meant(args)))

pulumi.export(
    "links",
    {name: {"tunnels": link.tunnels, "vpn_connection_id": link.vpn_connection_id} for name, link in made.items()},
)
