"""The files that a network engineer has from AWS: the connection's XML, or whatever JSON an AWS client printed."""

import codecs
import html
import json
from collections.abc import Mapping
from pathlib import Path

from .errors import InputError, Words
from .provider_attributes import read_resource

_NESTED = ("VpnConnections", "VpnConnection")
_JSON_STARTS = ("{", "[", '"')
_GONE = ("deleting", "deleted")
_ALLOWED = "AWS's connection XML, or the JSON of describe-vpn-connections"


def read_vpn(document: Path, tunnel_options: Path | None) -> dict[str, object]:
    """Return the `vpn` part of a request. Raises `InputError`.

    `document` is the XML or a JSON answer that holds it, `tunnel_options` a JSON answer with `TunnelOptions`, which win.
    """
    text = read_text(document, "--aws-config").strip()
    if text.startswith(_JSON_STARTS):
        vpn = _from_json(_decoded(text, "--aws-config"))
    elif text.startswith(("<", "&lt;")):
        vpn = _from_xml(text)
    else:
        raise InputError("--aws-config", Words("neither XML nor JSON"), f"{_ALLOWED} (--output json)")
    if tunnel_options is not None:
        vpn["tunnel_options"] = _tunnel_options(read_json(tunnel_options, "--tunnel-options"))
    return vpn


def read_json(path: Path, field: str) -> object:
    """Return a JSON document. Raises `InputError`."""
    return _decoded(read_text(path, field), field)


def read_text(path: Path, field: str) -> str:
    """Return a text file; Windows PowerShell writes UTF-16. Raises `InputError`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(field, str(path), f"a readable file ({error.strerror})") from None
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(field, str(path), "a UTF-8 text file") from None


def _from_xml(text: str) -> dict[str, object]:
    # Some viewers escape the document as if it were text.
    return {"customer_gateway_configuration": html.unescape(text) if text.startswith("&lt;") else text}


def _from_json(value: object) -> dict[str, object]:
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        value = value[0]
    if isinstance(value, str):  # `--query … --output json` prints the XML as a JSON string
        return _from_xml(value)
    resource = read_resource(value, "--aws-config")
    if resource is not None:
        return resource
    connection = _connection(value, "--aws-config")
    document, options = connection.get("CustomerGatewayConfiguration"), connection.get("Options")
    if not document:
        state = connection.get("State")
        what = f"a connection in state {state}" if isinstance(state, str) else "JSON"
        raise InputError(
            "--aws-config",
            Words(f"{what} without CustomerGatewayConfiguration"),
            "the answer for a connection that is pending or available: for others AWS leaves the document out",
        )
    if not isinstance(options, Mapping):
        options = {}
    if options.get("TunnelInsideIpVersion") == "ipv6":
        raise InputError("TunnelInsideIpVersion", "ipv6", "ipv4: IPv6 inside the tunnels is not supported")
    return {**_from_xml(str(document)), "tunnel_options": options.get("TunnelOptions") or []}


def _tunnel_options(value: object) -> object:
    """Take the list itself, or any of AWS's answers that hold it."""
    if isinstance(value, list) and not any(isinstance(item, Mapping) and "Options" in item for item in value):
        return value
    connection = _connection(value, "--tunnel-options")
    options = connection.get("Options", connection)
    if not isinstance(options, Mapping) or "TunnelOptions" not in options:
        raise InputError("--tunnel-options", Words("without TunnelOptions"), "AWS's Options.TunnelOptions")
    return options["TunnelOptions"]


def _connection(value: object, field: str) -> Mapping[str, object]:
    """Return the one connection of an answer, whole or already taken out of it."""
    for name in _NESTED:
        if isinstance(value, Mapping) and name in value:
            value = value[name]
    if isinstance(value, list):
        if len(value) > 1:  # a deleted connection stays in AWS's answers for a while
            value = [item for item in value if not (isinstance(item, Mapping) and item.get("State") in _GONE)]
        if len(value) != 1:
            raise InputError(field, Words(f"{len(value)} connections"), "one connection (--vpn-connection-ids vpn-…)")
        value = value[0]
    if not isinstance(value, Mapping):
        raise InputError(field, Words(f"of type {type(value).__name__}"), _ALLOWED)
    return value


def _decoded(text: str, field: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(field, Words("not JSON"), "a JSON document") from None
