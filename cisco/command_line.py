"""The agent's command line: one verb. Result on standard output, progress on standard error, secrets on neither."""

import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module

from .errors import AgentError, InputError, Words
from .flags import build_parser, is_described, request_from_flags
from .remedies import with_remedy
from .request import Request, parse_request, secrets_of
from .secret import Redactor

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
_INTERRUPTED = 130  # as a shell reports SIGINT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return the exit code (see errors.py)."""
    parser = build_parser()
    flags = parser.parse_args(arguments)
    redactor = Redactor()
    try:
        request = request_from_flags(flags, os.environ) if is_described(parser, flags) else _request_from_stdin(flags)
        redactor = Redactor(secrets_of(request))
        code = _entry(flags.verb)(request)
        sys.stdout.flush()
    except AgentError as error:
        _tell(redactor, f"{type(error).__name__.removesuffix('Error')}: {with_remedy(str(error))}\n")
        return error.exit_code
    except BrokenPipeError:
        # Who reads us has seen enough (`… | head`); the interpreter must not try to flush once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception:  # noqa: BLE001  # a fault of ours: told in full, but for the secrets
        from traceback import format_exc

        _tell(redactor, format_exc())
        return AgentError.exit_code
    return code


def _request_from_stdin(flags: Namespace) -> Request:
    if sys.stdin.isatty():
        raise InputError("input", Words("absent"), "flags such as --aws-config (see --help), or JSON on standard input")
    try:
        data = json.load(sys.stdin)
    except (ValueError, RecursionError):
        raise InputError(
            "standard input", Words("not JSON"), "the JSON form of a request, or flags instead (see --help)"
        ) from None
    request = parse_request(data, os.environ, show_secrets=flags.show_secrets)
    return replace(request, html_file=flags.html, tells_difference=flags.exit_code)


def _entry(verb: str) -> Callable[[Request], int]:
    module, _, name = _ENTRY[verb].partition(":")
    entry: Callable[[Request], int] = getattr(import_module(module, __package__), name)
    return entry


def _tell(redactor: Redactor, text: str) -> None:
    sys.stderr.write(redactor.redact(text))
