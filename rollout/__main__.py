"""`python -m rollout`: exit codes 0 done, 1 a step or a site failed, 2 bad input and nothing touched."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from threading import Event

from . import tunnels
from .board import FAILED, STOPPED, Board, summary
from .errors import InputError, RolloutError
from .flags import parser
from .fleet import Choice, Fleet, check_environment
from .given_keys import given_keys
from .kubernetes import Source, document, stack_resources
from .project import project_in
from .sites import Site, sites_in
from .stack import LinkStack, open_stack
from .staged import StagedChange
from .terminal import RED, Terminal, confirms


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    arguments = parser().parse_args(argv)
    run = {"change": _staged, "rotate-keys": _staged, "fleet": _fleet, "operator": _operator}[arguments.command]
    try:
        return run(arguments)
    except RolloutError as error:
        Terminal(sys.stderr, os.environ).say(str(error), RED)
        return error.exit_code


def _staged(arguments: argparse.Namespace) -> int:
    if arguments.command == "change":
        is_given = bool(arguments.profile or arguments.set or arguments.unset or arguments.unset_all)
        if arguments.abort == is_given:
            raise InputError("say either what to change (--profile, --set, --unset, --unset-all) or --abort")
    project = project_in(arguments.project.resolve())
    # The engine hears of an interruption too and ends in order; ours is to say then where things stand.
    interrupted = Event()
    on_interruption(interrupted.set)
    link = open_stack(project, arguments.stack, backend=arguments.backend)
    default = project.declared.get("profile", {}).get("default")
    settings = ({"profile": default} if default else {}) | link.settings()
    plan = (_change_plan if arguments.command == "change" else _key_plan)(arguments, settings, link)
    agree = (lambda _: False) if arguments.preview else (lambda _: True) if arguments.yes else confirms
    terminal = Terminal(sys.stdout, os.environ)
    is_done = StagedChange(link, plan, terminal, agree, interrupted.is_set).run()
    if not is_done:
        why = "this is the preview" if arguments.preview else "not agreed to"
        terminal.progress(f"{why}: nothing was touched")
    return 0 if is_done or arguments.preview else 1


def on_interruption(act: Callable[[], None]) -> None:
    """Have Ctrl-C, a job's end and a lost terminal end the run in order, with the settings that a preview tried put back."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # what nohup asks for
            signal.signal(number, lambda *_: act())


def _change_plan(arguments: argparse.Namespace, settings: tunnels.Settings, _link: LinkStack) -> tunnels.Plan:
    if arguments.abort:
        return tunnels.profile_way_back(settings)
    changes = {**dict(arguments.set), **dict.fromkeys(arguments.unset)}
    return tunnels.profile_plan(settings, arguments.profile, changes, is_fresh=arguments.unset_all)


def _key_plan(arguments: argparse.Namespace, settings: tunnels.Settings, link: LinkStack) -> tunnels.Plan:
    given = [n for n in (1, 2) if settings.get(f"tunnel{n}PresharedKey")]
    if arguments.abort:
        if given:
            raise InputError("keys that were given are not kept: to go back, rotate to the old ones")
        return tunnels.key_way_back(settings)
    new = given_keys(given, os.environ)
    now = {n: link.secret(f"tunnel{n}PresharedKey") for n in given}
    return tunnels.key_plan(settings, arguments.serial, now, new)


def _fleet(arguments: argparse.Namespace) -> int:
    sites = _chosen(sites_in(arguments.table), arguments.only)
    project = project_in(arguments.project.resolve())
    if arguments.verb in ("up", "preview"):
        check_environment(sites, os.environ, arguments.table)
    if arguments.verb == "destroy" and not arguments.yes and not confirms(f"Destroy the links of {len(sites)} sites?"):
        raise InputError("not agreed to: nothing was touched")
    choice = Choice(
        arguments.parallel, arguments.backend, arguments.secrets_provider, arguments.all, arguments.both_down
    )
    terminal = Terminal(sys.stdout, os.environ)
    board = Board([site.name for site in sites], terminal)
    fleet = Fleet(project, sites, choice, os.environ, board)
    # An interruption reaches the engines too, which end at a point that they can go on from.
    on_interruption(fleet.end)
    outcomes = fleet.run(arguments.verb)
    for outcome in outcomes:
        if outcome.state == FAILED:
            terminal.say(f"\n{outcome.site}: {outcome.detail}", RED)
    is_whole = not any(outcome.state in (FAILED, STOPPED) for outcome in outcomes)
    if not terminal.is_live:
        terminal.say(summary([outcome.state for outcome in outcomes]))
    if not is_whole and arguments.verb in ("up", "destroy"):
        terminal.say("\nThe same command does what failed or was not begun.")
    return 0 if is_whole else 1


def _chosen(sites: Sequence[Site], only: Sequence[str]) -> Sequence[Site]:
    unknown = set(only) - {site.name for site in sites}
    if unknown:
        raise InputError(
            f"--only is {', '.join(sorted(unknown))}, but the table has {', '.join(s.name for s in sites)}"
        )
    return [site for site in sites if site.name in only] if only else sites


def _operator(arguments: argparse.Namespace) -> int:
    sites = sites_in(arguments.table)
    source = Source(
        repository=arguments.repository,
        project=project_in(arguments.project.resolve()).name,
        branch=arguments.branch,
        commit=arguments.commit,
        folder=arguments.folder,
        backend=arguments.backend,
        secrets_provider=arguments.secrets_provider,
        organization=arguments.organization,
        namespace=arguments.namespace,
        service_account=arguments.service_account,
        engine_secret=arguments.engine_secret,
        is_destroyed_with_resource=arguments.destroy_with_resource,
    )
    sys.stdout.write(document(stack_resources(sites, source)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
