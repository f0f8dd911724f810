"""The proof at the end of an up: both ends are asked until both say UP of both tunnels."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pulumi

from ._agent import Answer, masked
from ._request import secrets_of
from ._states import UP, Telemetry, TunnelEnds, TunnelState, are_up, failure, joined
from .impact import ImpactGuard
from .ios import IosCustomerGateway
from .remedies import with_remedy
from .telemetry import TelemetryError, telemetry

_PAUSE = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalCheck:
    """Asks both ends until both say UP of both tunnels; in a preview once, and without consequence."""

    name: str
    component: pulumi.Resource
    router: IosCustomerGateway
    guard: ImpactGuard
    mode: str
    timeout: int

    async def tunnels(
        self, ends: Sequence[TunnelEnds], connection_id: str, router_asn: int, request: Mapping[str, Any]
    ) -> Sequence[TunnelState]:
        """Return the tunnels' states.

        Raises:
            pulumi.RunError: One is not UP in time, and that is required.
        """
        if self.mode == "off":
            return joined(ends, router_asn, {}, {}, unknown="the check is off")
        is_preview = pulumi.runtime.is_dry_run()
        clock = asyncio.get_running_loop().time
        end = clock() + (0 if is_preview else self.timeout)
        secrets = secrets_of(request)
        answer = await self._ask_router(is_preview=is_preview)
        report = answer.result if answer.is_given else {}
        # Without the router's word there is nothing to wait for, but what AWS says is still worth knowing.
        said, unheard = await self._ask_aws(ends, connection_id, until=end if report.get("up") else 0.0)
        states = joined(ends, router_asn, said, report, unknown=answer.message, unheard=unheard)
        if is_preview and unheard:
            pulumi.log.warn(
                f"{self.name}: {with_remedy(f'AWS did not say how the tunnels are: {unheard}')}", self.component
            )
        for state in states:
            state["reason"] = masked(state["reason"], secrets)
        if not is_preview and not are_up(states):
            self._report(failure(states))
        return states

    async def _ask_router(self, *, is_preview: bool) -> Answer:
        # What is being changed, a route or an attachment say, may change what the comparison saw a moment before.
        if not self.guard.sees_change and (answer := self.router.fresh_report()) is not None:
            return answer
        asked = self.router.ask("verify", wait=0 if is_preview else self.timeout, is_shown=not is_preview)
        return cast("Answer", await asked.future())

    async def _ask_aws(
        self, ends: Sequence[TunnelEnds], connection_id: str, *, until: float
    ) -> tuple[Mapping[str, Telemetry], str]:
        """Return AWS's word, and why it is missing where it is."""
        clock = asyncio.get_running_loop().time
        said: Mapping[str, Telemetry] = {}
        while True:
            try:
                said, unheard = await telemetry(connection_id, self.component), ""
            except TelemetryError as error:
                unheard = str(error)
            up = {outside for outside, word in said.items() if word.status == UP}
            left = until - clock()
            if up >= {end.aws_outside for end in ends} or left <= 0:
                return said, unheard
            await asyncio.sleep(min(_PAUSE, left))

    def _report(self, text: str) -> None:
        message = f"{self.name}: after {self.timeout} s not both tunnels are UP\n{text}"
        if self.mode == "require":
            raise pulumi.RunError(message)
        pulumi.log.warn(message, self.component)
