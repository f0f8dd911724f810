"""The files that a network engineer has from AWS: the connection's XML, or whatever JSON an AWS client printed."""

import codecs
import json
from collections.abc import Mapping
from pathlib import Path

from .errors import InputError

_NESTED = ("VpnConnections", "VpnConnection")
_JSON_STARTS = ("{", "[", '"')


def read_vpn(document: Path, tunnel_options: Path | None) -> dict[str, object]:
    """Return the `vpn` part of a request. Raises `InputError`.

    `document` is the XML or a JSON answer that holds it, `tunnel_options` a JSON answer with `TunnelOptions`, which win.
    """
    text = read_text(document, "--aws-config").strip()
    vpn: dict[str, object] = {"customer_gateway_configuration": text}
    if text.startswith(_JSON_STARTS):
        vpn = _from_json(_decoded(text, "--aws-config"))
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


def _from_json(value: object) -> dict[str, object]:
    if isinstance(value, str):  # `--query … --output json` prints the XML as a JSON string
        return {"customer_gateway_configuration": value}
    connection = _connection(value, "--aws-config")
    options = connection.get("Options")
    return {
        "customer_gateway_configuration": connection.get("CustomerGatewayConfiguration") or "",
        "tunnel_options": options.get("TunnelOptions") or [] if isinstance(options, Mapping) else [],
    }


def _tunnel_options(value: object) -> object:
    """Take the list itself, or any of AWS's answers that hold it."""
    if isinstance(value, list) and not any(isinstance(item, Mapping) and "Options" in item for item in value):
        return value
    connection = _connection(value, "--tunnel-options")
    options = connection.get("Options", connection)
    if not isinstance(options, Mapping) or "TunnelOptions" not in options:
        raise InputError("--tunnel-options", "without TunnelOptions", "AWS's Options.TunnelOptions")
    return options["TunnelOptions"]


def _connection(value: object, field: str) -> Mapping[str, object]:
    """Return the one connection of an answer, whole or already taken out of it."""
    for name in _NESTED:
        if isinstance(value, Mapping) and name in value:
            value = value[name]
    if isinstance(value, list):
        if len(value) != 1:
            raise InputError(field, f"{len(value)} connections", "one connection (--vpn-connection-ids vpn-…)")
        value = value[0]
    if not isinstance(value, Mapping):
        raise InputError(field, type(value).__name__, "AWS's XML, or the JSON of describe-vpn-connections")
    return value


def _decoded(text: str, field: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(field, "not JSON", "a JSON document") from None
