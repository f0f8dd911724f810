"""The router compared with the stack, read-only: what differs, and in a preview what an up would stop at."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_command import local

from ._agent import Answer, agent_module, asking, masked, read_answer
from ._handout import as_held, in_words, is_of_made_link
from ._request import request_json, secrets_of
from .hooks import hook

_MODULE = agent_module(__package__)
# For how many seconds a router's word that its tunnels are UP holds. BGP, dead peer detection and AWS's telemetry take
# longer to tell that one is not.
_FRESH = 10.0
Request = pulumi.Output[Mapping[str, Any]]


@dataclass(slots=True, kw_only=True, eq=False)
class RouterCheck:
    """Asks the router whether it holds the link.

    Args:
        name: The component's name.
        component: The component, which what is said is about.
        request: What the agent is asked; known once AWS has made the connection.
        planned: The same of a connection that AWS has not made yet, where there is a plan of it.
    """

    name: str
    component: pulumi.Resource
    request: Request
    planned: Request | None
    has_shown: bool = False
    """Whether the comparison has said what an up will send. It has not where it found problems, of which only who knows
    what the stack has on the router can be sure, nor where it saw no difference, as of a key that the router encrypts.
    """
    seen: tuple[float, Answer] | None = None
    """When, and how, the comparison found the tunnels; nothing once the agent is to change the router."""

    def ask(self, verb: str, stdin: pulumi.Output[str], *, is_shown: bool = False) -> pulumi.Output[Answer]:
        """Return what the agent answers to a verb that only reads; in a preview too."""
        run = local.run_output(
            command=verb,
            interpreter=asking(_MODULE),
            stdin=stdin,
            logging=local.Logging.STDERR if is_shown else local.Logging.NONE,
            add_previous_output_in_env=False,
            opts=pulumi.InvokeOptions(parent=self.component),
        )
        return run.apply(lambda done: read_answer(done.stdout, done.stderr))

    def fresh_report(self) -> Answer | None:
        """Return what `verify` would answer, where the comparison has just seen the tunnels and nothing was changed since.

        In an up only where both were UP: for one that is not `verify` would wait.
        """
        if self.seen is None:
            return None
        at, answer = self.seen
        is_fresh = asyncio.get_running_loop().time() - at < _FRESH
        return answer if is_fresh and (answer.result.get("up") or pulumi.runtime.is_dry_run()) else None

    def generation(self) -> pulumi.Output[int]:
        """Return the router's own number when in sync, else the one that an up is to write."""
        asked = self.ask("check", self.request.apply(request_json))
        return pulumi.Output.all(asked, self.request).apply(lambda known: self._compared(*known))

    def hooks(self) -> pulumi.ResourceHookBinding:
        """Return the hooks of the command that changes the router, which have a preview end where an up would."""
        foresee = hook("router", self.name, self.foresee)
        return pulumi.ResourceHookBinding(before_create=[foresee], before_update=[foresee])

    def _compared(self, answer: Answer, known: Mapping[str, Any]) -> int:
        result = self._given(answer, known)
        if isinstance(report := result.get("report"), Mapping):
            self.seen = asyncio.get_running_loop().time(), Answer(0, report, "")
        has_problems = pulumi.runtime.is_dry_run() and result.get("problems")
        if not has_problems and not result.get("in_sync"):
            self._show(result, known)
            self.has_shown = True
        return int(str(result["generation"]))

    async def foresee(self, change: pulumi.ResourceHookArgs) -> None:
        """Ask with the manifest of the last up, which the engine keeps: what is the stack's is no obstacle to it."""
        if not pulumi.runtime.is_dry_run():
            self.seen = None
            return  # the agent itself is asked in a moment
        is_whole = await self.request.is_known()
        request = self.request if is_whole else self.planned
        is_new = not change.old_outputs
        if request is None or (is_whole and self.has_shown and not is_new) or not await request.is_known():
            return
        before = await pulumi.Output.from_input((change.old_outputs or {}).get("stdout")).future()

        def asked_of(known: Mapping[str, Any]) -> str:
            manifest = json.loads(before or "{}").get("manifest")
            if is_new and not is_of_made_link(known["handout"]):
                manifest = {}  # it has nothing there yet, and may not take over what another stack left, or still has
            return request_json(as_held(known, manifest), manifest=manifest)

        stdin = request.apply(asked_of)
        asked = pulumi.Output.all(self.ask("check", stdin), request)
        # Not in an `apply`, which would end the program too: the hook's own failure ends the preview.
        if known := await asked.future():
            self._judge(*known, is_whole=is_whole)

    def _judge(self, answer: Answer, known: Mapping[str, Any], *, is_whole: bool) -> None:
        result = self._given(answer, known)
        if problems := result.get("problems"):
            shown = masked("\n".join(problems), secrets_of(known))
            raise pulumi.RunError(f"{self.name}: an up would stop at the router {known['router']['host']}:\n{shown}")
        if not is_whole:
            self._show_planned(result, known)
        elif not self.has_shown and not result.get("in_sync"):
            self._show(result, known)

    def _given(self, answer: Answer, known: Mapping[str, Any]) -> Mapping[str, Any]:
        why = answer.result.get("unreachable") or (None if answer.is_given else answer.message)
        if why:
            raise pulumi.RunError(
                f"{self.name}: the router {known['router']['host']} could not be compared with what it should hold: "
                f"{masked(str(why), secrets_of(known))}. To go on without this check, set driftCheck (drift_check) to false."
            )
        return answer.result

    def _show_planned(self, result: Mapping[str, Any], known: Mapping[str, Any]) -> None:
        """Say what is going to be sent once AWS has made the connection."""
        # A warning may be about AWS's addresses, which the agent does not know yet: it warns in the up.
        if lines := _difference(result, is_warned=False):
            text = in_words(masked("\n".join(lines), secrets_of(known)))
            pulumi.log.info(
                f"an up will send this to the router {known['router']['host']} (what is in angle brackets, "
                f"and the rest of vpn-…, AWS has yet to say):\n{text}",
                self.component,
            )

    def _show(self, result: Mapping[str, Any], known: Mapping[str, Any]) -> None:
        """Say what is going to be sent: in a preview a warning, since the router may have been changed by hand."""
        is_preview = pulumi.runtime.is_dry_run()
        # What may stop the change, or is worth knowing of it, the agent says itself in an up.
        diff = _difference(result, is_warned=is_preview)
        last = _last_configured(result, str(known["router"].get("username")))
        text = masked("\n".join((*diff, *last)), secrets_of(known))
        say = pulumi.log.warn if is_preview else pulumi.log.info
        host = known["router"]["host"]
        say(f"the router {host} does not hold what this stack says; an up will send:\n{text}", self.component)


def _difference(result: Mapping[str, Any], *, is_warned: bool) -> list[str]:
    """Return the lines of a comparison, with what may stop the change, or is worth knowing of it, where that `is_warned` of."""
    return [line for line in str(result.get("diff", "")).splitlines() if is_warned or not line.startswith("! ")]


def _last_configured(result: Mapping[str, Any], username: str) -> tuple[str, ...]:
    """Say whose work the difference may be, where the router tells who configured it last."""
    at, by = result.get("changed_at"), result.get("changed_by")
    if not at:
        return ()
    if not by:
        return (f"(last configured at {at})",)
    if by == username:
        return (f"(last configured by this stack's own user, at {at}: what differs is most likely new in the stack)",)
    return (f"(last configured by {by}, not by this stack's user, at {at}: it may have been changed by hand)",)
