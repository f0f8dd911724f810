"""What a run of the agent gives back: an object without a secret, with the manifest for the next run."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum

from .plan import Difference
from .remedies import with_remedy

# Pulumi gives the next run this one's result in a variable of the environment, which takes 128 KiB with all else that is in
# the result: what is longer could be neither changed nor removed any more.
_LONGEST_DIFF = 40_000


class Tier(Enum):
    """What would have undone the change: nothing was needed, the router's own timer, or our inverse lines."""

    NONE = "none"
    DEVICE_TIMER = "device-timer"
    SOFTWARE = "software"


@dataclass(frozen=True, slots=True)
class Result:
    """Of ``apply`` and ``remove``."""

    changed: bool
    """Whether anything was sent."""
    tier: Tier
    """What would have undone the change: `device-timer`, `software`, or `none` where nothing was to be changed."""
    generation: int
    """The number that the tunnels' descriptions have now."""
    saved: bool
    """Whether the startup-config was written."""
    lines_sent: int
    """How many configuration lines were sent."""
    round_trips: int
    """How often the router was waited for."""
    diff: str
    """What was changed, as IOS sections with `-` and `+`, keys masked; of a very long change the beginning."""
    manifest: Mapping[str, object] = field(default_factory=dict)
    """What is ours on the router and what was there before: `remove` needs it."""
    warnings: tuple[str, ...] = ()
    """What is worth knowing, though it worked."""

    def as_json(self) -> dict[str, object]:
        """Return the form printed on standard output."""
        return asdict(self) | {"tier": self.tier.value, "warnings": list(self.warnings)}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Of ``check``."""

    generation: int
    """The router's own number when in sync, else the one that the next apply is to write."""
    in_sync: bool | None
    """Whether the router holds the link; null when it could not be asked."""
    diff: str
    """What an apply would change, keys masked."""
    unreachable: str | None = None
    """Why the router could not be asked."""
    changed_at: str | None = None
    """Of a router that has the link and differs: when it was last configured, in its own words and zone."""
    changed_by: str | None = None
    """By whom; null where the router names nobody."""
    problems: tuple[str, ...] = ()
    """What an apply would stop at before it sends anything, a sentence each."""
    report: Mapping[str, object] | None = None
    """Of `check`: what `verify` prints, where the router holds the link and says soon how its tunnels are; else null."""

    def as_json(self) -> dict[str, object]:
        """Return the form printed on standard output."""
        return asdict(self) | {
            "unreachable": self.unreachable and with_remedy(self.unreachable),
            "problems": [with_remedy(problem) for problem in self.problems],
        }


def diff_text(differences: Iterable[Difference]) -> str:
    """Return differences as IOS sections: headers as they are, lines with ``-`` and ``+`` before them."""
    lines: list[str] = []
    shown: tuple[str, ...] = ()
    for difference in differences:
        # A header that is itself new or gone has just been shown with its sign.
        if difference.section != shown[: len(difference.section)]:
            known = _common(difference.section, shown)
            lines += [f"  {' ' * d}{header}" for d, header in enumerate(difference.section) if d >= known]
        shown = (*difference.section, difference.line)
        lines.append(f"{difference.sign} {' ' * len(difference.section)}{difference.line}")
        if not difference.section:
            # A header that comes or goes is shown once, with its sign.
            shown = (difference.line,)
    return "\n".join(lines)


def beginning(diff: str) -> str:
    """Return a diff, cut where it is too long to be handed on."""
    if len(diff) <= _LONGEST_DIFF:
        return diff
    kept = diff[:_LONGEST_DIFF].rpartition("\n")[0]
    return f"{kept}\n… and {diff.count(chr(10)) - kept.count(chr(10))} lines more"


def _common(section: tuple[str, ...], shown: tuple[str, ...]) -> int:
    """Return how many headers of a section have just been shown."""
    pairs = zip(section, shown, strict=False)
    return next((depth for depth, (a, b) in enumerate(pairs) if a != b), min(len(section), len(shown)))
