"""What each tunnel has by a stack's settings, and the edits that bring a change to one tunnel at a time.

Where a staged change stands is read from the settings themselves: a tunnel that has its new value has it in its own
settings (`tunnel2Profile`), and the plain ones (`profile`) stay the old ones until both tunnels have changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .errors import InputError

Settings = Mapping[str, object]
FORWARD, BACKWARD = (2, 1), (1, 2)
"""The order of the tunnels; backward, the one that was changed last and may be down goes first."""

_DEFAULT_PROFILE = "modern"
_COST = "tunnel{own} is down for AWS's change and one negotiation; tunnel{other} carries the traffic"
_NO_COST = "nothing: the link does not change"


@dataclass(frozen=True, slots=True)
class Edit:
    """What is written to and taken out of a stack's settings."""

    given: Mapping[str, object] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def words(self) -> str:
        """Say it as the settings file will; of a secret only that it is one."""
        parts = [f"{key}: {_shown(value)}" for key, value in self.given.items()]
        parts += [f"{key}: (secret)" for key in self.secrets]
        if self.removed:
            parts.append(f"{', '.join(self.removed)} removed")
        return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class Stage:
    """One step: an edit, and the one tunnel that it changes; none for the last, which only tidies the settings."""

    tunnel: int | None
    edit: Edit

    def name(self) -> str:
        """Name it for the plan."""
        return "settings" if self.tunnel is None else f"tunnel{self.tunnel}"

    def cost(self) -> str:
        """Say what it does to the traffic."""
        return _NO_COST if self.tunnel is None else _COST.format(own=self.tunnel, other=3 - self.tunnel)


@dataclass(frozen=True, slots=True)
class Plan:
    """A change in stages; `begun` are the tunnels that an earlier run has brought to the goal, in the settings at least."""

    title: str
    stages: tuple[Stage, ...]
    begun: tuple[int, ...] = ()
    is_backward: bool = False


@dataclass(frozen=True, slots=True)
class Negotiation:
    """What a tunnel negotiates: a profile, and the fields of it that are set otherwise."""

    profile: str
    overrides: Mapping[str, object]

    def words(self) -> str:
        """Say it in a line."""
        return self.profile if not self.overrides else f"{self.profile} with {_shown(self.overrides)}"


def negotiation(settings: Settings, tunnel: int | None = None) -> Negotiation:
    """Return what a tunnel negotiates, or with None what the plain settings say."""
    profile, overrides = str(settings.get("profile") or _DEFAULT_PROFILE), _map(settings, "profileOverrides")
    if tunnel is None:
        return Negotiation(profile, overrides)
    own = settings.get(f"tunnel{tunnel}Profile")
    if own:
        # A profile of its own comes without the overrides, which are those of the other profile.
        profile, overrides = str(own), {}
    return Negotiation(profile, {**overrides, **_map(settings, f"tunnel{tunnel}Overrides")})


def profile_plan(settings: Settings, profile: str | None, changes: Mapping[str, object], *, is_fresh: bool) -> Plan:
    """Plan another profile, or other fields of it, for both tunnels.

    Args:
        settings: The stack's.
        profile: Its name; None leaves it.
        changes: Fields set otherwise; None as a value gives a field back to the profile.
        is_fresh: Whether the fields that are set otherwise now are given back.
    """
    plain = negotiation(settings)
    merged = {**({} if is_fresh else plain.overrides), **changes}
    goal = Negotiation(profile or plain.profile, {name: value for name, value in merged.items() if value is not None})
    stages = [
        Stage(n, _negotiation_edit(settings, f"tunnel{n}Profile", f"tunnel{n}Overrides", goal))
        for n in FORWARD
        if negotiation(settings, n) != goal
    ]
    own = tuple(name for n in BACKWARD for name in _own(n))
    # Both stages leave the settings of their tunnel behind, whatever is there now.
    left = tuple(name for name in own if _is_set(settings, name) or any(name in s.edit.given for s in stages))
    if left:
        plainly = _negotiation_edit(settings, "profile", "profileOverrides", goal)
        stages.append(Stage(None, Edit(plainly.given, (*plainly.removed, *left))))
    begun = tuple(n for n in FORWARD if negotiation(settings, n) == goal and any(_is_set(settings, k) for k in _own(n)))
    return Plan(f"{plain.words()} -> {goal.words()}", tuple(stages), begun)


def profile_way_back(settings: Settings) -> Plan:
    """Plan the way back to what the plain settings say."""
    plain = negotiation(settings)
    stages = []
    for n in BACKWARD:
        own = tuple(name for name in _own(n) if _is_set(settings, name))
        if own:
            stages.append(Stage(n, Edit(removed=own)))
    return Plan(f"back to {plain.words()}", tuple(stages), is_backward=True)


def key_plan(settings: Settings, serial: int | None, now: Mapping[int, str], new: Mapping[int, str]) -> Plan:
    """Plan new keys for both tunnels.

    Args:
        settings: The stack's.
        serial: The serial that keys made by the stack get; None goes on with a rotation that was begun, or begins one.
        now: The keys that were given, by tunnel, where they were.
        new: Those that replace them.
    """
    made = [n for n in FORWARD if n not in now]
    goal = _next_serial([_serial(settings, n) for n in made], serial)
    stages, begun = [], []
    for n in FORWARD:
        if (now[n] == new[n]) if n in now else (_serial(settings, n) == goal):
            begun.append(n)
        elif n in now:
            stages.append(Stage(n, Edit(secrets={f"tunnel{n}PresharedKey": new[n]})))
        else:
            stages.append(Stage(n, Edit({f"tunnel{n}KeySerial": goal})))
    return Plan("new pre-shared keys", tuple(stages), tuple(begun))


def key_way_back(settings: Settings) -> Plan:
    """Plan the way back from a rotation that changed tunnel 2 alone.

    The old key is gone, so that the tunnel gets yet another one, under the serial of the other tunnel.
    """
    one, two = _serial(settings, 1), _serial(settings, 2)
    if two <= one:
        return Plan("back from a rotation", (), is_backward=True)
    name = "tunnel2KeySerial"
    edit = Edit({name: one}) if _is_set(settings, "tunnel1KeySerial") else Edit(removed=(name,))
    return Plan("back from a rotation; tunnel2 gets another new key", (Stage(2, edit),), is_backward=True)


def _next_serial(serials: Sequence[int], asked: int | None) -> int:
    if not serials:
        return 0
    if asked is None:
        return serials[0] + 1 if len(set(serials)) == 1 else max(serials)
    if asked < max(serials):
        raise InputError(f"--serial is {asked}, but must be at least {max(serials)}, which a tunnel has already")
    return asked


def _serial(settings: Settings, tunnel: int) -> int:
    return int(str(settings.get(f"tunnel{tunnel}KeySerial") or 1))


def _negotiation_edit(settings: Settings, profile: str, overrides: str, goal: Negotiation) -> Edit:
    given: dict[str, object] = {profile: goal.profile}
    if goal.overrides:
        given[overrides] = dict(goal.overrides)
        return Edit(given)
    return Edit(given, (overrides,) if _is_set(settings, overrides) else ())


def _own(tunnel: int) -> tuple[str, str]:
    return f"tunnel{tunnel}Profile", f"tunnel{tunnel}Overrides"


def _is_set(settings: Settings, name: str) -> bool:
    return name in settings


def _map(settings: Settings, name: str) -> Mapping[str, object]:
    value = settings.get(name)
    return value if isinstance(value, Mapping) else {}


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_shown(item)}" for name, item in value.items())
    return str(value)
