"""What the agent is asked: the JSON on standard input, checked field by field into frozen data."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from .errors import InputError, Words
from .fields import flag, integer, ipv4_address, ipv4_network, json_object, optional_text, pair, text
from .login import ArchivePolicy, Login, Options
from .model import Steering
from .secret import Secret

_LOGIN_FIELDS = {
    "host", "port", "username", "password", "enable_password", "key_file", "use_agent", "host_key", "jump_host",
}  # fmt: skip
_SETTING_FIELDS = {
    "wan_interface", "behind_nat", "local_address", "advertise", "tunnel_numbers", "isakmp_policies", "sla_numbers",
    "front_door_vrf", "inside_vrf", "prefix_lists", "maximum_prefix", "primary", "steering",
}  # fmt: skip
_OPTION_FIELDS = {
    "save", "revert_minutes", "archive", "adopt", "window", "deadline", "wait", "backup", "forget_unreachable",
}  # fmt: skip
_VPN_FIELDS = {"customer_gateway_configuration", "tunnel_options", "vpc_cidrs", "attributes"}
_MARKED = frozenset({"link", "generation"})
_TOP_FIELDS = {"link", "generation", "vpn", "router", "options", "manifest"}
_HOST_KEY_COMMAND = "ssh-keyscan HOST | ssh-keygen -lf - prints it"
PASSWORD_VARIABLE, ENABLE_VARIABLE = "IOS_PASSWORD", "IOS_ENABLE_PASSWORD"
# Pulumi's destroy reads the options of the last up, so that this one can be said at the moment it is needed.
FORGET_VARIABLE = "IOS_FORGET_UNREACHABLE"


@dataclass(frozen=True, slots=True)
class RouterSettings:
    """What the router's own side decides; all with the guide's defaults.

    `advertise` is ``None`` for the default route as in the guide, else the networks to announce. `prefix_lists` admits
    only the VPC side's networks and lets only the announced ones out. `primary` is AWS's outside address, or the inside
    CIDR, of the tunnel to prefer.
    """

    wan_interface: str | None = None
    behind_nat: bool = False
    local_address: IPv4Address | None = None
    advertise: tuple[IPv4Network, ...] | None = None
    tunnel_numbers: tuple[int, int] = (1, 2)
    isakmp_policies: tuple[int, int] = (200, 201)
    sla_numbers: tuple[int, int] = (100, 200)
    front_door_vrf: str | None = None
    inside_vrf: str | None = None
    prefix_lists: bool = False
    maximum_prefix: int | None = None
    primary: str | None = None
    steering: Steering = Steering.AS_PATH


@dataclass(frozen=True, slots=True)
class Request:
    """One run of the agent. `login` is None for verbs that need no router.

    What was not given of a link's name and generation, `as_marked`, is as the router has it, where it has the link.
    `tells_difference` has a comparison that finds one end with the exit code of a check that failed.
    """

    link: str
    generation: int
    vpn: Mapping[str, object] | None
    settings: RouterSettings
    login: Login | None
    options: Options
    manifest: Mapping[str, object] | None = None
    as_json: bool = True
    as_marked: frozenset[str] = frozenset()
    show_secrets: bool = False
    manifest_file: Path | None = None
    html_file: Path | None = None
    tells_difference: bool = False


def parse_request(data: object, environment: Mapping[str, str], *, show_secrets: bool = False) -> Request:
    """Check the JSON form. Unknown fields are refused by name. Raises `InputError`."""
    top = json_object("input", data, _TOP_FIELDS)
    router = json_object("router", top.get("router", {}), _LOGIN_FIELDS | _SETTING_FIELDS)
    vpn = top.get("vpn")
    return Request(
        link=text("link", top.get("link", "link")),
        generation=integer("generation", top.get("generation", 1)),
        vpn=None if vpn is None else json_object("vpn", vpn, _VPN_FIELDS),
        settings=parse_settings(router),
        login=parse_login("router", router, environment) if router.get("host") else None,
        options=parse_options(json_object("options", top.get("options", {}), _OPTION_FIELDS), environment),
        manifest=None if top.get("manifest") is None else json_object("manifest", top["manifest"]),
        as_marked=_MARKED - top.keys(),
        show_secrets=show_secrets,
    )


def secrets_of(request: Request) -> tuple[Secret, ...]:
    """Return every secret that the request holds, so that whatever is printed can be rid of them."""
    vpn = request.vpn or {}
    keys = re.findall(r"pre_shared_key>\s*([^<\s]+)\s*<", str(vpn.get("customer_gateway_configuration", "")))
    options = vpn.get("tunnel_options")
    for entry in options if isinstance(options, Sequence) and not isinstance(options, str) else ():
        if isinstance(entry, Mapping) and entry.get("PreSharedKey"):
            keys.append(str(entry["PreSharedKey"]))
    # AWS's word for a key that Secrets Manager keeps is none.
    given = (key for key in keys if key.upper() != "REDACTED")
    return (*(request.login.secrets if request.login else ()), *map(Secret, given))


def parse_settings(router: Mapping[str, object]) -> RouterSettings:
    """Check the router's own side."""
    advertise = router.get("advertise", "default")
    address = router.get("local_address")
    return RouterSettings(
        wan_interface=optional_text("router.wan_interface", router.get("wan_interface")),
        behind_nat=flag("router.behind_nat", router.get("behind_nat", False)),
        local_address=None if address is None else ipv4_address("router.local_address", address),
        advertise=None if advertise == "default" else _networks("router.advertise", advertise),
        tunnel_numbers=pair("router.tunnel_numbers", router.get("tunnel_numbers", (1, 2))),
        isakmp_policies=pair("router.isakmp_policies", router.get("isakmp_policies", (200, 201))),
        sla_numbers=pair("router.sla_numbers", router.get("sla_numbers", (100, 200))),
        front_door_vrf=optional_text("router.front_door_vrf", router.get("front_door_vrf")),
        inside_vrf=optional_text("router.inside_vrf", router.get("inside_vrf")),
        prefix_lists=flag("router.prefix_lists", router.get("prefix_lists", False)),
        maximum_prefix=None
        if router.get("maximum_prefix") is None
        else integer("router.maximum_prefix", router["maximum_prefix"]),
        primary=optional_text("router.primary", router.get("primary")),
        steering=_steering(router.get("steering", Steering.AS_PATH.value)),
    )


def parse_login(name: str, router: Mapping[str, object], environment: Mapping[str, str]) -> Login:
    """Check where and as whom to log in; passwords may come from the environment instead."""
    key_file = router.get("key_file")
    jump = router.get("jump_host")
    return Login(
        host=text(f"{name}.host", router.get("host")),
        port=integer(f"{name}.port", router.get("port", 22)),
        username=_given(router, name, "username", "who logs in (--username)"),
        host_key=_given(router, name, "host_key", f"the router's own, SHA256:… (--host-key): {_HOST_KEY_COMMAND}"),
        password=_secret(router.get("password") or environment.get(PASSWORD_VARIABLE)),
        enable_password=_secret(router.get("enable_password") or environment.get(ENABLE_VARIABLE)),
        key_file=None if key_file is None else Path(text(f"{name}.key_file", key_file)).expanduser(),
        use_agent=flag(f"{name}.use_agent", router.get("use_agent", False)),
        jump_host=None
        if jump is None
        else parse_login(f"{name}.jump_host", json_object("jump_host", jump, _LOGIN_FIELDS), {}),
    )


def parse_options(options: Mapping[str, object], environment: Mapping[str, str]) -> Options:
    """Check how to carry out the change."""
    archive = text("options.archive", options.get("archive", "use"))
    if archive not in {policy.value for policy in ArchivePolicy}:
        raise InputError("options.archive", archive, "use, require or configure")
    defaults = Options()
    backup = options.get("backup")
    forget = options.get("forget_unreachable", False)
    return Options(
        save=flag("options.save", options.get("save", defaults.save)),
        revert_minutes=integer("options.revert_minutes", options.get("revert_minutes", defaults.revert_minutes)),
        archive=ArchivePolicy(archive),
        adopt=flag("options.adopt", options.get("adopt", defaults.adopt)),
        window=integer("options.window", options.get("window", defaults.window)),
        deadline=integer("options.deadline", options.get("deadline", int(defaults.deadline))),
        wait=integer("options.wait", options.get("wait", int(defaults.wait))),
        backup=None if backup is None else Path(text("options.backup", backup)).expanduser(),
        forget_unreachable=flag("options.forget_unreachable", forget) or _is_said(environment, FORGET_VARIABLE),
    )


def _given(router: Mapping[str, object], name: str, field: str, allowed: str) -> str:
    value = router.get(field)
    if value is None or value == "":
        raise InputError(f"{name}.{field}", Words("absent"), allowed)
    return text(f"{name}.{field}", value)


def _steering(value: object) -> Steering:
    known = {steering.value: steering for steering in Steering}
    if not isinstance(value, str) or value not in known:
        raise InputError("router.steering", value, f"one of {', '.join(known)}")
    return known[value]


def _secret(value: object) -> Secret | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise InputError("password", "***", "text")
    if not value.isprintable():
        raise InputError("password", "***", "printable characters on one line")
    return Secret(value)


def _is_said(environment: Mapping[str, str], variable: str) -> bool:
    value = environment.get(variable, "")
    if value not in ("", "yes", "no"):
        raise InputError(variable, value, "yes or no")
    return value == "yes"


def _networks(name: str, value: object) -> tuple[IPv4Network, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise InputError(name, value, "'default' or a list of networks")
    return tuple(ipv4_network(name, item) for item in value)
