"""The command line's flags, turned into the same request that the JSON form gives."""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from .documents import read_json, read_text, read_vpn
from .errors import InputError
from .request import Request, parse_request

VERBS = {
    "render": "print the IOS configuration for AWS's document; needs no router",
    "diff": "print what apply would change, secrets masked",
    "apply": "bring the router to the configuration, or leave it as it was",
    "verify": "check that both tunnels are UP; exit code 3 when they are not",
    "remove": "take away what apply put there, and put back what was there before",
    "status": "show the tunnels and their state",
    "check": "compare the router with the configuration, read-only, as JSON",
}
# What these print is for machines with or without --json.
_ALWAYS_JSON = ("apply", "remove", "check")
# Flags that go with the JSON form of a request too: they say how to print, not what to do.
_PRINTING = ("verb", "json", "html", "show_secrets", "exit_code")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of `python -m cisco`."""
    parser = argparse.ArgumentParser(
        prog="python -m cisco",
        description="The router's side of an AWS Site-to-Site VPN. Without flags, a verb reads its JSON from standard input.",
    )
    flags = argparse.ArgumentParser(add_help=False)
    _add_flags(flags)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, text in VERBS.items():
        verbs.add_parser(verb, help=text, description=text, parents=[flags])
    return parser


def _add_flags(parser: argparse.ArgumentParser) -> None:
    aws = parser.add_argument_group("what AWS handed out")
    aws.add_argument(
        "--aws-config",
        type=Path,
        metavar="FILE",
        help="the connection's XML, or DescribeVpnConnections' JSON",
    )
    aws.add_argument("--tunnel-options", type=Path, metavar="FILE", help="AWS's Options.TunnelOptions, JSON")
    aws.add_argument(
        "--cidr",
        action="append",
        metavar="CIDR",
        help="a network of the VPC side, for static routing and --prefix-lists; repeatable",
    )
    router = parser.add_argument_group("the router")
    router.add_argument("--host", metavar="H[:PORT]", help="where to log in")
    router.add_argument("--username", metavar="U", help="as whom")
    router.add_argument("--password-file", type=Path, metavar="F", help="its password; else $IOS_PASSWORD")
    router.add_argument("--enable-file", type=Path, metavar="F", help="the enable password; else $IOS_ENABLE_PASSWORD")
    router.add_argument("--key-file", metavar="F", help="a private key instead of a password")
    router.add_argument("--ssh-agent", action="store_true", help="log in with the SSH agent's keys")
    router.add_argument("--host-key", metavar="SHA256:…", help="the router's host key, required")
    router.add_argument(
        "--wan-interface", metavar="IF", help="the tunnels' source instead of AWS's address of the router"
    )
    router.add_argument("--nat", action="store_true", help="the router is behind NAT")
    router.add_argument("--local-address", metavar="A", help="the address IKE speaks from, where NAT changes it")
    router.add_argument(
        "--advertise",
        action="append",
        metavar="CIDR",
        help="announce this instead of a default route; repeatable",
    )
    router.add_argument(
        "--prefix-lists", action="store_true", help="BGP: admit only --cidr from AWS, let only what is announced out"
    )
    router.add_argument("--maximum-prefix", type=int, metavar="N", help="BGP: end the session when AWS sends more")
    router.add_argument(
        "--primary", metavar="A|CIDR", help="prefer the tunnel with this AWS outside address or inside CIDR"
    )
    router.add_argument(
        "--steering",
        choices=("as-path", "med", "none"),
        help="how AWS is told of the primary: a longer AS path on the backup (default), a MED, or not",
    )
    router.add_argument("--front-door-vrf", metavar="VRF", help="the VRF that the WAN interface is in")
    router.add_argument("--inside-vrf", metavar="VRF", help="the VRF for the tunnels' inside and their routes")
    router.add_argument("--tunnel-number", action="append", type=int, metavar="N", help="twice: one a tunnel (1 2)")
    router.add_argument("--isakmp-policy", action="append", type=int, metavar="N", help="twice: one a tunnel (200 201)")
    router.add_argument("--sla-number", action="append", type=int, metavar="N", help="twice: one a tunnel (100 200)")
    work = parser.add_argument_group("how")
    work.add_argument(
        "--link", metavar="NAME", help="the link's name, kept in the tunnels' descriptions (as it is there, else link)"
    )
    work.add_argument("--generation", type=int, metavar="N", help=argparse.SUPPRESS)
    work.add_argument("--manifest", type=Path, metavar="FILE", help="where apply keeps what remove needs")
    work.add_argument("--adopt", action="store_true", help="take over what was configured by hand for this connection")
    work.add_argument("--backup", metavar="FILE", help="keep the running-config from before a change (with its keys)")
    work.add_argument(
        "--forget-unreachable", action="store_true", help="remove: give the link up where the router can't be reached"
    )
    work.add_argument("--window", type=int, default=10, metavar="N", help="lines sent unanswered; 1 is the safe mode")
    work.add_argument("--no-save", action="store_true", help="don't write the startup-config")
    work.add_argument(
        "--archive",
        choices=("use", "require", "configure"),
        default="use",
        help="what to do about IOS's archive",
    )
    work.add_argument("--revert-minutes", type=int, default=5, metavar="N", help="IOS's own revert timer")
    work.add_argument("--wait", type=int, default=None, metavar="S", help="how long verify waits for both tunnels")
    work.add_argument("--exit-code", action="store_true", help="diff, check: end with 3 where the router differs")
    work.add_argument("--json", action="store_true", help="print JSON, for machines")
    work.add_argument("--html", type=Path, metavar="FILE", help="status, verify: write the state as a page too")
    work.add_argument("--show-secrets", action="store_true", help="render: print the keys in clear")


def is_described(parser: argparse.ArgumentParser, flags: argparse.Namespace) -> bool:
    """Whether flags say what to do, so that standard input is not read."""
    defaults = vars(parser.parse_args([flags.verb]))
    return any(value != defaults[name] for name, value in vars(flags).items() if name not in _PRINTING)


def request_from_flags(flags: argparse.Namespace, environment: Mapping[str, str]) -> Request:
    """Return the request. Raises `InputError`; the content of a secret's file is never part of one."""
    host, port = _host(flags.host)
    router: dict[str, object] = {
        "host": host,
        "port": port,
        "username": flags.username,
        "host_key": flags.host_key,
        "password": _secret_file(flags.password_file),
        "enable_password": _secret_file(flags.enable_file),
        "key_file": flags.key_file,
        "wan_interface": flags.wan_interface,
        "local_address": flags.local_address,
        "advertise": flags.advertise,
        "tunnel_numbers": flags.tunnel_number,
        "isakmp_policies": flags.isakmp_policy,
        "sla_numbers": flags.sla_number,
        "maximum_prefix": flags.maximum_prefix,
        "primary": flags.primary,
        "steering": flags.steering,
        "front_door_vrf": flags.front_door_vrf,
        "inside_vrf": flags.inside_vrf,
    }
    router = {name: value for name, value in router.items() if value is not None}
    router |= {"behind_nat": flags.nat, "use_agent": flags.ssh_agent, "prefix_lists": flags.prefix_lists}
    options: dict[str, object] = {
        "adopt": flags.adopt,
        "save": not flags.no_save,
        "archive": flags.archive,
        "revert_minutes": flags.revert_minutes,
        "window": flags.window,
        "forget_unreachable": flags.forget_unreachable,
    }
    if flags.backup is not None:
        options["backup"] = flags.backup
    if flags.wait is not None:
        options["wait"] = flags.wait
    data: dict[str, object] = {
        "router": router,
        "options": options,
    }
    given = {"link": flags.link, "generation": flags.generation}
    data |= {name: value for name, value in given.items() if value is not None}
    if flags.aws_config is not None:
        data["vpn"] = read_vpn(flags.aws_config, flags.tunnel_options) | {"vpc_cidrs": flags.cidr or []}
    if flags.manifest is not None and flags.manifest.exists():
        data["manifest"] = read_json(flags.manifest, "--manifest")
    return replace(
        parse_request(data, environment, show_secrets=flags.show_secrets),
        as_json=flags.json or flags.verb in _ALWAYS_JSON,
        manifest_file=flags.manifest,
        html_file=flags.html,
        tells_difference=flags.exit_code,
    )


def _host(text: str | None) -> tuple[str | None, int]:
    if text is None:
        return None, 22
    host, separator, port = text.rpartition(":")
    if not separator or "]" in port or (":" in host.strip("[]") and not host.startswith("[")):
        return text.strip("[]"), 22
    if not (port.isascii() and port.isdigit()):
        raise InputError("--host", text, "HOST or HOST:PORT")
    return host.strip("[]"), int(port)


def _secret_file(path: Path | None) -> str | None:
    return None if path is None else read_text(path, "password file").rstrip("\r\n")
