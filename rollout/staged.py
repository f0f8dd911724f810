"""A staged change of one link: plan, tunnel 2, check, tunnel 1, check, and the settings as a person would write them.

Never a step that a preview does not show to be of one tunnel alone, and never one while the other tunnel is not UP.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from .cost import Change, beyond
from .errors import StepError
from .stack import Foreseen, Tell, Tunnel
from .terminal import BOLD, DIM, GREEN, Terminal, columns
from .tunnels import Edit, Plan, Stage

_ADVICE = (
    "The settings hold this step and the other tunnel is untouched: the same command goes on from here, "
    "with --abort it goes back."
)


class Link(Protocol):
    """What a staged change needs of a stack."""

    name: str

    def edit(self, edit: Edit) -> None:
        """Write settings."""

    def on_trial(self) -> AbstractContextManager[Callable[[], None]]:
        """Put the settings back after the block, unless what it gives is called."""

    def preview(self) -> Foreseen:
        """Look at what an up would do, and at the tunnels."""

    def up(self, tell: Tell) -> tuple[Tunnel, ...]:
        """Bring the link to its settings."""


class StagedChange:
    """Carries out a plan on a stack. `agree` is asked once, when the first preview has been seen."""

    def __init__(
        self,
        link: Link,
        plan: Plan,
        terminal: Terminal,
        agree: Callable[[str], bool],
        is_interrupted: Callable[[], bool] = lambda: False,
    ) -> None:
        self._link = link
        self._plan = plan
        self._terminal = terminal
        self._agree = agree
        self._is_interrupted = is_interrupted
        self._is_agreed = False

    def show(self) -> None:
        """Write the plan: which tunnel when, and what it costs."""
        say = self._terminal.say
        say(f"{self._link.name}: {self._plan.title}", BOLD)
        for tunnel in self._plan.begun:
            say(f"  tunnel{tunnel} has it in the settings already; what is missing of its step is done first")
        rows = [(str(i), s.name(), s.edit.words(), s.cost()) for i, s in enumerate(self._plan.stages, 1)]
        for line in columns(rows):
            say(f"  {line}")

    def run(self) -> bool:
        """Carry it out; return whether that was agreed to.

        Raises:
            StepError: A step failed, or would do more than it may.
        """
        self.show()
        if not self._settle():
            return False
        if not all(self._step(stage) for stage in self._plan.stages):
            return False
        words = f"done: {self._plan.title}" if self._plan.stages else "nothing is left to do"
        self._terminal.progress(words, GREEN)
        return True

    def _settle(self) -> bool:
        """Finish what an earlier run began, and see that the link is whole before it is touched."""
        if self._plan.is_backward:
            return True
        self._terminal.progress("looking at the stack and at both ends")
        foreseen = self._link.preview()
        tunnels = foreseen.tunnels
        if foreseen.changes:
            begun = self._begun(foreseen.changes)
            self._show_changes(foreseen.changes)
            if not self._agreed():
                return False
            tunnels = self._up(begun)
        if self._plan.stages:
            self._require_up(tunnels, "A staged change starts when both tunnels are UP on both ends.")
        return True

    def _step(self, stage: Stage) -> bool:
        """Take one step; the settings stay as they were until its preview has shown that it is what it should be."""
        self._require_time(stage)
        self._terminal.progress(f"{stage.name()}: {stage.edit.words()}", BOLD)
        with self._link.on_trial() as keep:
            self._link.edit(stage.edit)
            foreseen = self._link.preview()
            more = beyond(foreseen.changes, stage.tunnel)
            if more:
                raise StepError(f"{stage.name()}: the preview foresees more than this step: {_listed(more)}")
            self._show_changes(foreseen.changes)
            if foreseen.changes and not self._agreed():
                return False
            self._require_time(stage)
            keep()
        tunnels = self._up(stage.tunnel) if foreseen.changes else foreseen.tunnels
        self._require_up(tunnels, _ADVICE)
        return True

    def _require_time(self, stage: Stage) -> None:
        if self._is_interrupted():
            raise StepError(f"interrupted before the step of {stage.name()}: the same command goes on from here")

    def _up(self, tunnel: int | None) -> tuple[Tunnel, ...]:
        try:
            return self._link.up(self._terminal.detail)
        except StepError as error:
            raise StepError(f"tunnel{tunnel}: the up failed.\n{error}\n{_ADVICE}") from None

    def _begun(self, changes: Sequence[Change]) -> int:
        """Return the tunnel of the step that was begun, which must be all that there is to do."""
        for tunnel in self._plan.begun:
            if not beyond(changes, tunnel):
                return tunnel
        raise StepError(
            f"the stack has changes that are not of this command: {_listed(changes)}. "
            "Look at them with `pulumi preview`, make them or take them back, then start again."
        )

    def _require_up(self, tunnels: Sequence[Tunnel], advice: str) -> None:
        if not tunnels or any(tunnel.state == "UNKNOWN" for tunnel in tunnels):
            raise StepError(
                "what both ends say of the tunnels is not known, so that nothing is changed. The check needs "
                f"`check: require` or `warn`, and a router that answers. {_reasons(tunnels)}".rstrip()
            )
        down = [tunnel for tunnel in tunnels if not tunnel.is_up]
        if down:
            raise StepError(f"{_reasons(down)}\n{advice}")
        self._terminal.progress(f"{' and '.join(t.name for t in tunnels)} are UP on both ends", GREEN)

    def _show_changes(self, changes: Sequence[Change]) -> None:
        for change in changes:
            self._terminal.progress(f"  preview: {change.words()}{_fields(change)}", DIM)
        if not changes:
            self._terminal.progress("  preview: no change", DIM)

    def _agreed(self) -> bool:
        if not self._is_agreed:
            self._is_agreed = self._agree("Go on with these steps?")
        return self._is_agreed


def _fields(change: Change) -> str:
    return f": {', '.join(change.fields)}" if change.fields else ""


def _listed(changes: Sequence[Change]) -> str:
    return "; ".join(change.words() + _fields(change) for change in changes)


def _reasons(tunnels: Sequence[Tunnel]) -> str:
    return "; ".join(f"{tunnel.name} is {tunnel.state}: {tunnel.reason}" for tunnel in tunnels)
