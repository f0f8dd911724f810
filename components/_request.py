"""The JSON that the router's agent reads: its fields, and what can be checked of them here."""

import json
import re
from collections.abc import Mapping, Sequence

from ._addresses import require_address
from ._validation import ArgumentError, Words, require_between, require_one_of

_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}=?\Z")
_ANY_KEY = "insecure-accept-any"
_INTERFACE = re.compile(r"[A-Za-z][A-Za-z-]*\d[\d/.:]*\Z")
_PAIRS = {"tunnel_numbers": (0, 2147483647), "isakmp_policies": (1, 10000), "sla_numbers": (1, 1000)}
_VRF = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,31}\Z")
_STEERING = ("as-path", "med", "none")
_TUNNELS = (1, 2)
_ARCHIVE = ("use", "require", "configure")
_PORTS = (1, 65535)
_OPTION_RANGES = {"revert_minutes": (1, 120), "window": (1, 10), "deadline": (10, 7200)}


def require_router(router: Mapping[str, object]) -> None:
    """Refuse what the agent would refuse only when everything in AWS is made."""
    _require_login("router", router)
    if isinstance(jump_host := router.get("jump_host"), Mapping):
        _require_login("router.jump_host", jump_host)
    interface, address = router.get("wan_interface"), router.get("local_address")
    if router.get("behind_nat") and interface is None and address is None:
        allowed = "given with router.wan_interface or router.local_address: the public address is not the router's own"
        raise ArgumentError("router.behind_nat", Words("true"), allowed)
    if interface is not None and not _INTERFACE.match(str(interface)):
        raise ArgumentError("router.wan_interface", interface, "an interface's name, such as GigabitEthernet1")
    if address is not None:
        require_address("router.local_address", str(address))
    for field, (low, high) in _PAIRS.items():
        if router.get(field) is not None:
            _require_pair(f"router.{field}", router[field], low, high)
    _require_routing(router)


def _require_routing(router: Mapping[str, object]) -> None:
    for field in ("front_door_vrf", "inside_vrf"):
        if router.get(field) is not None and not _VRF.match(str(router[field])):
            allowed = "a VRF's name: a letter, then up to 31 letters, digits, '_', '.', ':' or '-'"
            raise ArgumentError(f"router.{field}", router[field], allowed)
    if router.get("primary_tunnel") is not None:
        require_one_of("router.primary_tunnel", router["primary_tunnel"], _TUNNELS)
    require_one_of("router.steering", router.get("steering", "as-path"), _STEERING)
    if router.get("maximum_prefix") is not None:
        require_between("router.maximum_prefix", router["maximum_prefix"], 1, 2147483647)


def require_dynamic(router: Mapping[str, object]) -> None:
    """Refuse with static routing what is about BGP."""
    for field in ("prefix_lists", "maximum_prefix", "steering"):
        if router.get(field):
            raise ArgumentError(f"router.{field}", router[field], "absent with static routing: it is about BGP")


def _require_login(where: str, login: Mapping[str, object]) -> None:
    for field in ("host", "username"):
        if not login.get(field):
            raise ArgumentError(f"{where}.{field}", Words("missing"), "given")
    if (port := login.get("port")) is not None:
        require_between(f"{where}.port", port, *_PORTS)
    _require_host_key(f"{where}.host_key", login.get("host_key"))


def _require_host_key(field: str, value: object) -> None:
    if value != _ANY_KEY and not _FINGERPRINT.match(str(value)):
        raise ArgumentError(field, value, f"the key's fingerprint, SHA256: and 43 characters, or {_ANY_KEY}")


def _require_pair(field: str, value: object, low: int, high: int) -> None:
    if not isinstance(value, Sequence) or len(value) != 2 or value[0] == value[1]:
        raise ArgumentError(field, value, "two different numbers, one per tunnel")
    for number in value:
        require_between(field, number, low, high)


def require_options(options: Mapping[str, object]) -> None:
    """Refuse a way to change the router that the agent has not."""
    require_one_of("options.archive", options.get("archive", "use"), _ARCHIVE)
    for name, (low, high) in _OPTION_RANGES.items():
        if options.get(name) is not None:
            require_between(f"options.{name}", options[name], low, high)


def request_json(
    known: Mapping[str, object],
    *,
    generation: int | None = None,
    wait: int | None = None,
    manifest: Mapping[str, object] | None = None,
) -> str:
    """Return the agent's input.

    Args:
        known: Its parts: link, handout, router, advertise, options, and the secrets by name.
        generation: The generation that the router is to hold.
        wait: How many seconds `verify` waits.
        manifest: What the stack has on the router, as the last result says.
    """
    router = {name: value for name, value in _mapping(known["router"]).items() if value is not None}
    for name, field in (("router_password", "password"), ("router_enable_password", "enable_password")):
        if known.get(name):
            router[field] = known[name]
    if known.get("jump_host_password"):
        router["jump_host"] = {**_mapping(router.get("jump_host")), "password": known["jump_host_password"]}
    if known.get("advertise") is not None:
        router["advertise"] = known["advertise"]
    handout = json.loads(str(known["handout"]))
    if (tunnel := router.pop("primary_tunnel", None)) is not None:
        # The agent knows tunnels by what AWS says of them, never by their position.
        router["primary"] = handout["tunnel_options"][int(str(tunnel)) - 1]["TunnelInsideCidr"]
    options = dict(_mapping(known.get("options")))
    if wait is not None:
        options["wait"] = wait
    request = {
        "link": known["link"],
        "vpn": handout,
        "router": router,
        "options": options,
    }
    if generation is not None:
        request["generation"] = generation
    if manifest is not None:
        request["manifest"] = manifest
    return json.dumps(request, sort_keys=True)


def secrets_of(known: Mapping[str, object]) -> list[str]:
    """Return every secret among the parts of a request."""
    names = ("router_password", "router_enable_password", "jump_host_password")
    passwords = [str(known[name]) for name in names if known.get(name)]
    options = _mapping(json.loads(str(known["handout"]))).get("tunnel_options")
    keys = [_mapping(option).get("PreSharedKey") for option in options] if isinstance(options, list) else []
    return passwords + [str(key) for key in keys if key]


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
