"""The verbs that print a configuration, compare it, and carry it out."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import AgentError, InputError, VerificationError, Words
from .model import Intent
from .request import Request
from .secret import Redactor

if TYPE_CHECKING:
    from .connection import Connection
    from .result import CheckResult

PREVIOUS_RESULT = "PULUMI_COMMAND_STDOUT"  # pulumi-command gives an update and a delete the last result here


def render_command(request: Request) -> int:
    """Print the IOS text; the keys only with `--show-secrets`."""
    from .render import render

    intent = intent_of(request, for_print=True)
    text = render(intent)
    settings = request.settings
    if settings.behind_nat and settings.wan_interface is None and settings.local_address is None:
        report_progress(
            f"note: {intent.local_address} is not the router's own behind NAT: name --wan-interface or --local-address"
        )
    keys = (tunnel.preshared_key for tunnel in intent.tunnels)
    sys.stdout.write(text if request.show_secrets else Redactor(keys).redact(text))
    return 0


def diff_command(request: Request) -> int:
    """Print what apply would change."""
    from .paint import paint_diff, wants_colour

    result = _compare(request)
    if result.unreachable is not None:
        raise _unreachable(result.unreachable)
    if request.as_json:
        _print(result.as_json())
    elif not result.diff:
        sys.stdout.write("no difference\n")
    else:
        sys.stdout.write(paint_diff(result.diff, is_on=wants_colour(sys.stdout, os.environ)) + "\n")
        if result.changed_at is not None:
            by = f" by {result.changed_by}" if result.changed_by else ""
            sys.stdout.write(f"the router was last configured at {result.changed_at}{by}\n")
    return _compared(request, result)


def check_command(request: Request) -> int:
    """Print, as JSON, whether the router holds the link, how its tunnels are then, and which generation the next apply is to write."""
    result = _compare(request, sees_tunnels=True)
    _print(result.as_json())
    if result.unreachable is not None:
        raise _unreachable(result.unreachable)
    return _compared(request, result)


def apply_command(request: Request) -> int:
    """Bring the router to the intent; print the result and keep its manifest where asked to."""
    from .transaction import apply

    if request.manifest_file is not None:
        _require_writable(request.manifest_file)
    progress = _Progress()
    result = apply(
        intent_of(request),
        connection_of(request),
        request.options,
        _manifest(request),
        progress.report,
        as_marked=request.as_marked,
    )
    if request.manifest_file is not None:
        _write_manifest(request.manifest_file, result.manifest)
    progress.finish(result.warnings)
    _print(result.as_json())
    return 0


def remove_command(request: Request) -> int:
    """Take the link off the router; print the result and drop the manifest's file, unless the link is still there."""
    from .transaction import remove

    # What a removal needs of AWS's document is whose the link is; the networks of static routing are on the router.
    intent = intent_of(request, for_print=True) if request.vpn is not None else None
    progress = _Progress()
    result = remove(
        connection_of(request),
        request.options,
        intent=intent,
        manifest=_manifest(request),
        link=None if "link" in request.as_marked else request.link,
        report=progress.report,
    )
    if request.manifest_file is not None and not result.manifest:
        request.manifest_file.unlink(missing_ok=True)
    progress.finish(result.warnings)
    _print(result.as_json())
    return 0


def _compare(request: Request, *, sees_tunnels: bool = False) -> "CheckResult":
    from .transaction import check

    return check(
        intent_of(request),
        connection_of(request),
        request.options,
        _manifest(request),
        as_marked=request.as_marked,
        sees_tunnels=sees_tunnels,
    )


def intent_of(request: Request, *, for_print: bool = False) -> Intent:
    """Return the link that is asked for. Raises `InputError`."""
    from .aws import intent_from_aws

    if request.vpn is None:
        raise InputError("vpn", Words("absent"), "what AWS handed out (--aws-config FILE, or vpn in the JSON)")
    return intent_from_aws(request.vpn, request.settings, request.link, request.generation, for_print=for_print)


def connection_of(request: Request) -> "Connection":
    """Return the way to the router. Raises `InputError`."""
    from .connection import Connection

    if request.login is None:
        raise InputError("router.host", Words("absent"), "the router's address (--host)")
    return Connection(request.login)


def _manifest(request: Request) -> Mapping[str, object] | None:
    if request.manifest is not None:
        return request.manifest
    try:
        previous = json.loads(os.environ.get(PREVIOUS_RESULT) or "{}")
    except ValueError:
        raise InputError(PREVIOUS_RESULT, Words("not JSON"), "the result of an earlier run") from None
    manifest = previous.get("manifest") if isinstance(previous, dict) else None
    return manifest if isinstance(manifest, dict) else None


def _require_writable(path: Path) -> None:
    """Say before the router is touched what could only be regretted after it."""
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise InputError("--manifest", str(path), "a file in a folder that is there and can be written to")


def _write_manifest(path: Path, manifest: Mapping[str, object]) -> None:
    from .whole_file import write_whole

    try:
        write_whole(path, json.dumps(manifest, indent=2) + "\n")
    except OSError as error:
        raise AgentError(
            f"the router is configured, but the manifest {path} can't be written ({error.strerror}); "
            f"`remove` with --aws-config works without it"
        ) from None


def _compared(request: Request, result: "CheckResult") -> int:
    """Return the exit code of a comparison: like git's and diff's, it tells a difference only when asked to."""
    return VerificationError.exit_code if request.tells_difference and not result.in_sync else 0


def _unreachable(text: str) -> AgentError:
    from .errors import ConnectError

    return ConnectError(text)


class _Progress:
    """What a verb says on its way; a warning that was said in time is not repeated at the end."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def report(self, text: str) -> None:
        """Write a line to standard error."""
        self._said.add(text)
        report_progress(text)

    def finish(self, warnings: Iterable[str]) -> None:
        """Write those of the warnings that were not said yet."""
        for text in (f"warning: {warning}" for warning in warnings):
            if text not in self._said:
                report_progress(text)


def report_progress(text: str) -> None:
    """Write a line to standard error."""
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except OSError:
        # Nobody listens any more (a closed terminal, an engine that was killed): no reason to leave a router half changed.
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  # to the end of the process


def _print(result: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(result) + "\n")
