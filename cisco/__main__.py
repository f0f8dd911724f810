"""The agent: ``python -m cisco VERB``. Result on standard output, progress on standard error, secrets on neither."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from .errors import AgentError, InputError
from .flags import build_parser, request_from_flags
from .request import Request, parse_request

# Each verb's function, imported when it is asked for: `render` needs no SSH library and `remove` no templates.
_ENTRY = {
    "render": ".verbs:render_command",
    "diff": ".verbs:diff_command",
    "apply": ".verbs:apply_command",
    "remove": ".verbs:remove_command",
    "check": ".verbs:check_command",
    "verify": ".status:verify_command",
    "status": ".status:status_command",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return the exit code (see errors.py)."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    flags = build_parser().parse_args(arguments)
    try:
        request = _request(flags.verb, arguments, flags)
        return _entry(flags.verb)(request)
    except AgentError as error:
        print(f"{type(error).__name__.removesuffix('Error')}: {error}", file=sys.stderr)  # noqa: T201  # the command's answer
        return error.exit_code


def _request(verb: str, arguments: Sequence[str], flags: object) -> Request:
    from dataclasses import replace

    if len(arguments) > 1:
        request = request_from_flags(flags, os.environ)  # type: ignore[arg-type]  # argparse's namespace
        return replace(
            request,
            as_json=flags.json or verb in ("apply", "remove", "check"),  # type: ignore[attr-defined]
            show_secrets=flags.show_secrets,  # type: ignore[attr-defined]
            manifest_file=flags.manifest,  # type: ignore[attr-defined]
        )
    try:
        data = json.load(sys.stdin)
    except ValueError:
        raise InputError(
            "standard input", "not JSON", "the JSON form of a request, or flags instead (see --help)"
        ) from None
    return parse_request(data, os.environ)


def _entry(verb: str) -> Callable[[Request], int]:
    module, _, name = _ENTRY[verb].partition(":")
    entry: Callable[[Request], int] = getattr(import_module(module, __package__), name)
    return entry


if __name__ == "__main__":
    sys.exit(main())
