"""The command line: `python -m rollout change | rotate-keys | fleet | operator`."""

import argparse
from pathlib import Path

from .columns import override_value

VERBS = ("up", "preview", "destroy", "status")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="python -m rollout", description="Staged changes of one link, and a fleet of links from a table of sites."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="change | rotate-keys | fleet | operator")
    change = commands.add_parser("change", help="another profile for both tunnels, one after the other")
    _staged(change)
    change.add_argument("--profile", help="the profile that both tunnels are to have")
    change.add_argument(
        "--set",
        metavar="FIELD=VALUE",
        action="append",
        default=[],
        type=_field,
        help="set a field otherwise than the profile",
    )
    change.add_argument(
        "--unset", metavar="FIELD", action="append", default=[], help="give a field back to the profile"
    )
    change.add_argument(
        "--unset-all", action="store_true", help="give all fields back to the profile, except those of --set"
    )
    keys = commands.add_parser("rotate-keys", help="new pre-shared keys for both tunnels, one after the other")
    _staged(keys)
    keys.add_argument("--serial", type=int, metavar="N", help="the serial of the new keys (default: one more than now)")
    _fleet(commands.add_parser("fleet", help="one stack per site, from a table of sites"))
    _operator(commands.add_parser("operator", help="the same stacks as resources of the Pulumi Kubernetes Operator"))
    return top


def _field(text: str) -> tuple[str, object]:
    name, sign, value = text.partition("=")
    if not name or not sign or not value:
        raise argparse.ArgumentTypeError(f"{text!r} is not FIELD=VALUE, such as phase1_dh_group_number=14")
    return name, override_value(value)


def _number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number between 1 and 64")
    return int(text)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--project", type=Path, default=Path(), metavar="FOLDER", help="the folder of Pulumi.yaml (the current one)"
    )
    parser.add_argument("--backend", metavar="URL", help="where the state is kept (default: as `pulumi login` says)")


def _staged(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stack", required=True, help="the stack")
    parser.add_argument("--abort", action="store_true", help="take a change that was begun back")
    parser.add_argument("--preview", action="store_true", help="only show the plan and the preview of its first step")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    _common(parser)


def _fleet(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("verb", choices=VERBS)
    parser.add_argument("table", type=Path, help="the sites: CSV or YAML")
    parser.add_argument("--only", metavar="SITE", action="append", default=[], help="only this site; repeatable")
    parser.add_argument("--parallel", type=_number, default=4, metavar="N", help="how many sites at a time (4)")
    parser.add_argument("--all", action="store_true", help="do the sites that are done already, too; this heals drift")
    parser.add_argument(
        "--both-down", action="store_true", help="allow a change that takes both tunnels of a link down"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask before a destroy")
    _secrets_provider(parser)
    _common(parser)


def _secrets_provider(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--secrets-provider",
        metavar="URL",
        help="what encrypts the secrets of stacks that are made, such as awskms://alias/vpn (default: as Pulumi does)",
    )


def _operator(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("table", type=Path, help="the sites: CSV or YAML")
    parser.add_argument("--repository", required=True, metavar="URL", help="the Git repository that holds the program")
    parser.add_argument("--branch", help="the branch to deploy")
    parser.add_argument("--commit", help="the commit to deploy, instead of a branch")
    parser.add_argument("--folder", help="the folder in it where Pulumi.yaml is")
    parser.add_argument(
        "--backend", metavar="URL", help="where the state is kept, such as s3://bucket (default: Pulumi Cloud)"
    )
    _secrets_provider(parser)
    parser.add_argument("--organization", help="the Pulumi Cloud organization that owns the stacks")
    parser.add_argument(
        "--namespace", default="default", help="the namespace of the resources and the Secrets (default)"
    )
    parser.add_argument("--service-account", metavar="NAME", help="the service account that the engine runs as")
    parser.add_argument(
        "--engine-secret",
        default="pulumi",
        metavar="NAME",
        help="the Secret that holds the passphrase or token (pulumi)",
    )
    parser.add_argument(
        "--destroy-with-resource", action="store_true", help="deleting a Stack resource destroys the link"
    )
    parser.add_argument(
        "--project", type=Path, default=Path(), metavar="FOLDER", help="the folder of Pulumi.yaml (the current one)"
    )
