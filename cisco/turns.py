"""A change takes one tunnel after the other: one that is UP waits until the one changed before it is UP again."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .model import Intent
from .plan import Plan, Step
from .revert import enter_configuration
from .rollback import Undo


def interrupted(plan: Plan, running: str) -> frozenset[str]:
    """Return the tunnels on the router whose traffic the plan may interrupt."""
    scopes = {step.scope for step in plan.steps if step.may_interrupt}
    return frozenset(scope for scope in scopes if f"\ninterface {scope}\n" in running)


@dataclass(slots=True)
class Turns:
    """Whose turn it is; without an intent nobody waits, for nothing tells what UP is."""

    undo: Undo
    intent: Intent | None
    report: Callable[[str], None]
    _up: frozenset[str] = frozenset()
    _touched: set[str] = field(default_factory=set)

    def look(self, plan: Plan) -> None:
        """See which tunnels are UP, where the plan may interrupt one of a link that exists already."""
        at_risk = interrupted(plan, self.undo.snapshot)
        if self.intent is None or not at_risk:
            return
        # Imported when first used: reading show outputs takes a hundred patterns, and most changes need none of them.
        from .watch import observe, up_tunnels

        self.undo.terminal.leave_configuration()
        self._up = up_tunnels(observe(self.undo.terminal, self.intent))
        enter_configuration(self.undo.terminal, self.undo.connection.clock)
        if len(self._up) == 1 and self._up <= at_risk:
            self.report(f"{next(iter(self._up))} is the only tunnel that is UP: the change may interrupt the link")

    def take_turn(self, step: Step) -> frozenset[str]:
        """Count the step as the next that is sent, and return which tunnels have to be UP before."""
        if not step.may_interrupt:
            return frozenset()
        others = self._up & self._touched - {step.scope} if step.scope in self._up else frozenset[str]()
        self._touched.add(step.scope)
        return others

    def wait(self, step: Step, others: frozenset[str]) -> None:
        """Wait until the tunnels changed before are UP.

        Raises:
            VerificationError: One is not, in time.
        """
        if self.intent is None:
            return
        from .watch import observe, wait_until_up

        intent, terminal, connection = self.intent, self.undo.terminal, self.undo.connection
        self.report(f"waiting until {', '.join(sorted(others))} is UP before {step.scope} is changed")
        terminal.leave_configuration()
        wait_until_up(
            others, lambda: observe(terminal, intent), connection.clock,
            patience=self.undo.options.wait, pause=connection.timing.poll,
        )  # fmt: skip
        enter_configuration(terminal, connection.clock)
