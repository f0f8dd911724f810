"""What AWS hands out, as the router's agent takes it; and as far as it is known of a connection that is not made yet."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ._addresses import InsidePair
from ._profiles import TunnelSettings, aws_tunnel_options

# What only AWS and the stack's keys will say, stood in for by what no router can hold.
_CONNECTION_ID = "vpn-00000000000000000"
_OUTSIDE = ("0.0.0.1", "0.0.0.2")
_AS_TRANS = 23456  # RFC 6793: stands for a number that cannot be said, and is nobody's
_IS_MADE = "is_made"
_KEYS = ("not.known.yet.1", "not.known.yet.2")
_WORDS = {_CONNECTION_ID: "vpn-…", _OUTSIDE[0]: "<AWS 1>", _OUTSIDE[1]: "<AWS 2>", str(_AS_TRANS): "<AWS's AS>"}
_NUMBERS = "|".join(map(re.escape, (*_OUTSIDE, str(_AS_TRANS))))
_STAND_IN = re.compile(rf"{_CONNECTION_ID}|(?<![\d.])(?:{_NUMBERS})(?![\d.])")


def handout(
    settings: Sequence[TunnelSettings],
    pairs: Sequence[InsidePair],
    *,
    configuration: str,
    keys: Sequence[str],
    vpc_cidrs: Sequence[str],
) -> str:
    """Return AWS's XML and tunnel options as the JSON that IosCustomerGateway takes; the keys are in both."""
    options = [aws_tunnel_options(settings[n], str(pair.network), keys[n]) for n, pair in enumerate(pairs)]
    document = {"customer_gateway_configuration": configuration, "tunnel_options": options, "vpc_cidrs": vpc_cidrs}
    return json.dumps(document, sort_keys=True)


def planned_handout(
    settings: Sequence[TunnelSettings],
    pairs: Sequence[InsidePair],
    *,
    public_ip: str,
    router_asn: int,
    aws_asn: int | None,
    is_static: bool,
    vpc_cidrs: Sequence[str],
    is_made: bool,
) -> str:
    """Return as much as is known beforehand, which is enough to ask the router whether it would do; nothing in it is secret.

    Args:
        settings: What each tunnel negotiates.
        pairs: The inside pairs, tunnel 1 first.
        public_ip: The router's public address.
        router_asn: Its AS number.
        aws_asn: AWS's, where the gateway is there or the link's own.
        is_static: Whether the connection has static routing.
        vpc_cidrs: The VPC side's networks.
        is_made: Whether the stack has parts of the link already.
    """
    options = [
        aws_tunnel_options(settings[n], str(pair.network), _KEYS[n]) | {"OutsideIpAddress": _OUTSIDE[n]}
        for n, pair in enumerate(pairs)
    ]
    attributes = {
        "vpn_connection_id": _CONNECTION_ID,
        "customer_gateway_address": public_ip,
        "customer_gateway_bgp_asn": router_asn,
        "vgw_bgp_asn": aws_asn or _AS_TRANS,
        "static_routes_only": is_static,
    }
    document = {"attributes": attributes, "tunnel_options": options, "vpc_cidrs": list(vpc_cidrs)}
    return json.dumps({**document, _IS_MADE: is_made}, sort_keys=True)


def in_words(text: str) -> str:
    """Return a text about a planned one with a word for each stand-in: <AWS 1> and <AWS 2> for addresses, say."""
    return _STAND_IN.sub(lambda found: _WORDS[found[0]], text)


def is_of_made_link(handout: str) -> bool:
    """Return whether a planned one is of a link that the stack has parts of already, so that it replaces a connection."""
    return bool(json.loads(handout).get(_IS_MADE))


def as_held(known: Mapping[str, Any], manifest: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return the parts of a request as the agent takes them: the connection that the manifest knows is no stand-in."""
    document = json.loads(known["handout"])
    if "attributes" not in document:
        return known
    document.pop(_IS_MADE, None)
    if held := (manifest or {}).get("connection_id"):
        document["attributes"]["vpn_connection_id"] = held
    return {**known, "handout": json.dumps(document, sort_keys=True)}
