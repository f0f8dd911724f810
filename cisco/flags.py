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
    for add in (_add_aws_flags, _add_login_flags, _add_link_flags, _add_work_flags, _add_print_flags):
        add(flags)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, text in VERBS.items():
        verbs.add_parser(verb, help=text, description=text, parents=[flags])
    return parser


def _add_aws_flags(parser: argparse.ArgumentParser) -> None:
    aws = parser.add_argument_group("what AWS handed out")
    aws.add_argument(
        "--aws-config", type=Path, metavar="FILE", help="the connection's XML, or the JSON of describe-vpn-connections"
    )
    aws.add_argument("--tunnel-options", type=Path, metavar="FILE", help="AWS's Options.TunnelOptions, as JSON")
    aws.add_argument(
        "--cidr",
        action="append",
        metavar="CIDR",
        help="a network of the VPC side, for static routing and --prefix-lists; repeatable",
    )


def _add_login_flags(parser: argparse.ArgumentParser) -> None:
    router = parser.add_argument_group("the router")
    router.add_argument("--host", metavar="H[:PORT]", help="the router's name or address, and its SSH port (22)")
    router.add_argument("--username", metavar="U", help="the user to log in as")
    router.add_argument("--password-file", type=Path, metavar="F", help="a file with the password; else $IOS_PASSWORD")
    router.add_argument(
        "--enable-file", type=Path, metavar="F", help="a file with the enable password; else $IOS_ENABLE_PASSWORD"
    )
    router.add_argument("--key-file", metavar="F", help="a private key to log in with, instead of a password")
    router.add_argument("--ssh-agent", action="store_true", help="log in with the SSH agent's keys")
    router.add_argument("--host-key", metavar="SHA256:…", help="the router's host key, required")


def _add_link_flags(parser: argparse.ArgumentParser) -> None:
    link = parser.add_argument_group("the link on the router")
    link.add_argument(
        "--wan-interface",
        metavar="IF",
        help="the tunnels' source; without it, the address that AWS knows of the router",
    )
    link.add_argument("--nat", action="store_true", help="the router is behind NAT")
    link.add_argument("--local-address", metavar="A", help="the router's own WAN address, where NAT changes it")
    link.add_argument(
        "--advertise",
        action="append",
        metavar="CIDR",
        help="a network to announce instead of a default route; repeatable",
    )
    link.add_argument(
        "--prefix-lists",
        action="store_true",
        help="BGP: accept only --cidr from AWS, and let out only what is announced",
    )
    link.add_argument(
        "--maximum-prefix", type=int, metavar="N", help="BGP: end the session when AWS sends more prefixes"
    )
    link.add_argument(
        "--primary", metavar="A|CIDR", help="prefer the tunnel with this AWS outside address or inside CIDR"
    )
    link.add_argument(
        "--steering",
        choices=("as-path", "med", "none"),
        help="how AWS is told of the primary: a longer AS path on the backup (default), a MED, or not at all",
    )
    link.add_argument("--front-door-vrf", metavar="VRF", help="the VRF that the WAN interface is in")
    link.add_argument("--inside-vrf", metavar="VRF", help="the VRF for the tunnels' inside and their routes")
    link.add_argument(
        "--tunnel-number",
        action="append",
        type=int,
        metavar="N",
        help="a Tunnel interface's number; give it twice, once per tunnel (1 2)",
    )
    link.add_argument(
        "--isakmp-policy",
        action="append",
        type=int,
        metavar="N",
        help="an ISAKMP policy's number; give it twice, once per tunnel (200 201)",
    )
    link.add_argument(
        "--sla-number",
        action="append",
        type=int,
        metavar="N",
        help="an IP SLA and track number; give it twice, once per tunnel (100 200)",
    )


def _add_work_flags(parser: argparse.ArgumentParser) -> None:
    work = parser.add_argument_group("how to work")
    work.add_argument(
        "--link",
        metavar="NAME",
        help="the link's name, kept in the tunnels' descriptions (the one that is there, else link)",
    )
    work.add_argument("--generation", type=int, metavar="N", help=argparse.SUPPRESS)
    work.add_argument("--manifest", type=Path, metavar="FILE", help="the file in which apply keeps what remove needs")
    work.add_argument("--adopt", action="store_true", help="take over what was configured by hand for this connection")
    work.add_argument(
        "--backup", metavar="FILE", help="keep the running-config from before a change, keys included, in this file"
    )
    work.add_argument(
        "--forget-unreachable", action="store_true", help="remove: give the link up if the router can't be reached"
    )
    work.add_argument(
        "--window",
        type=int,
        default=10,
        metavar="N",
        help="how many lines are sent ahead of their replies (10); 1 is the safe mode",
    )
    work.add_argument("--no-save", action="store_true", help="don't write the startup-config")
    work.add_argument(
        "--archive",
        choices=("use", "require", "configure"),
        default="use",
        help="IOS's archive: use it if it is on (default), require it, or configure it",
    )
    work.add_argument(
        "--revert-minutes",
        type=int,
        default=5,
        metavar="N",
        help="minutes until the router by itself undoes what is not confirmed (5)",
    )
    work.add_argument("--deadline", type=int, metavar="S", help="seconds that a change may take in all (600)")
    work.add_argument("--wait", type=int, metavar="S", help="seconds that verify waits for both tunnels (120)")


def _add_print_flags(parser: argparse.ArgumentParser) -> None:
    output = parser.add_argument_group("what is printed")
    output.add_argument("--exit-code", action="store_true", help="diff, check: end with 3 if the router differs")
    output.add_argument("--json", action="store_true", help="print JSON, for machines")
    output.add_argument("--html", type=Path, metavar="FILE", help="status, verify: write the state as an HTML page too")
    output.add_argument("--show-secrets", action="store_true", help="render: print the keys in clear")


def is_described(parser: argparse.ArgumentParser, flags: argparse.Namespace) -> bool:
    """Whether flags say what to do, so that standard input is not read."""
    defaults = vars(parser.parse_args([flags.verb]))
    return any(value != defaults[name] for name, value in vars(flags).items() if name not in _PRINTING)


def request_from_flags(flags: argparse.Namespace, environment: Mapping[str, str]) -> Request:
    """Return the request. Raises `InputError`; the content of a secret's file is never part of one."""
    given = {
        "link": flags.link,
        "generation": flags.generation,
        "router": _router(flags),
        "options": _options(flags),
        "vpn": None,
        "manifest": None,
    }
    if flags.aws_config is not None:
        given["vpn"] = read_vpn(flags.aws_config, flags.tunnel_options) | {"vpc_cidrs": flags.cidr or []}
    if flags.manifest is not None and flags.manifest.exists():
        given["manifest"] = read_json(flags.manifest, "--manifest")
    return replace(
        parse_request(_without_absent(given), environment, show_secrets=flags.show_secrets),
        as_json=flags.json or flags.verb in _ALWAYS_JSON,
        manifest_file=flags.manifest,
        html_file=flags.html,
        tells_difference=flags.exit_code,
    )


def _router(flags: argparse.Namespace) -> dict[str, object]:
    host, port = _host(flags.host)
    return _without_absent(
        {
            "host": host,
            "port": port,
            "username": flags.username,
            "host_key": flags.host_key,
            "password": _secret_file(flags.password_file),
            "enable_password": _secret_file(flags.enable_file),
            "key_file": flags.key_file,
            "use_agent": flags.ssh_agent,
            "wan_interface": flags.wan_interface,
            "behind_nat": flags.nat,
            "local_address": flags.local_address,
            "advertise": flags.advertise,
            "tunnel_numbers": flags.tunnel_number,
            "isakmp_policies": flags.isakmp_policy,
            "sla_numbers": flags.sla_number,
            "prefix_lists": flags.prefix_lists,
            "maximum_prefix": flags.maximum_prefix,
            "primary": flags.primary,
            "steering": flags.steering,
            "front_door_vrf": flags.front_door_vrf,
            "inside_vrf": flags.inside_vrf,
        }
    )


def _options(flags: argparse.Namespace) -> dict[str, object]:
    return _without_absent(
        {
            "adopt": flags.adopt,
            "save": not flags.no_save,
            "archive": flags.archive,
            "revert_minutes": flags.revert_minutes,
            "deadline": flags.deadline,
            "window": flags.window,
            "forget_unreachable": flags.forget_unreachable,
            "backup": flags.backup,
            "wait": flags.wait,
        }
    )


def _without_absent(given: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in given.items() if value is not None}


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
