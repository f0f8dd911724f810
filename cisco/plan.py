"""What the diff hands to the transaction: the lines to send, how to undo them, and what stands in the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from types import NoneType

from .errors import InputError

SHARED = "shared"
# What our marks are written with: whatever else a step sends may cost its tunnel some packets.
_HARMLESS = ("interface Tunnel", "description ", "exit")


ANY_MODE = "*"
"""The mode after a line that opens one whose name we never need to know."""


@dataclass(frozen=True, slots=True)
class Command:
    """One line to send.

    `mode` is the word in the prompt's brackets before it (``config``, ``config-if``, ``conf-keyring``, …) and
    `enters` the one after it where the line changes it (a header, or ``exit``), else ``None``. A line that
    `may_be_in_use` can be refused for a while because IOS still holds a session on the object: send it again.
    """

    text: str
    mode: str = "config"
    enters: str | None = None
    may_be_in_use: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """The part of a plan that touches one tunnel, or what both share; starts and ends in mode ``config``.

    `scope` is ``shared`` or the tunnel interface's name. `clear_sessions` are the peers whose IKE sessions
    live on the old key or profile until they are cleared (``clear crypto session remote A``). `refresh` are the EXEC
    lines that have BGP apply a changed policy to the routes it has; the sessions stay up.
    """

    scope: str
    commands: tuple[Command, ...]
    inverse: tuple[Command, ...]
    clear_sessions: tuple[IPv4Address, ...] = ()
    refresh: tuple[str, ...] = ()

    @property
    def may_interrupt(self) -> bool:
        """Whether the traffic of its tunnel may suffer; a description alone does it no harm."""
        is_marking = all(command.text.startswith(_HARMLESS) for command in self.commands)
        return self.scope != SHARED and (bool(self.clear_sessions) or not is_marking)


@dataclass(frozen=True, slots=True)
class Collision:
    """Something on the router that is not ours and in the way; `suggestion` says what to do instead."""

    subject: str
    problem: str
    suggestion: str

    def __str__(self) -> str:
        return f"{self.subject} {self.problem}: {self.suggestion}"


@dataclass(frozen=True, slots=True)
class Difference:
    """One line too many on the router (``-``) or missing there (``+``), and the headers it stands under."""

    section: tuple[str, ...]
    sign: str
    line: str


@dataclass(frozen=True, slots=True)
class Owned:
    """What the manifest says that we own: the link's VPN connection and its tokens (see ownership.py).

    Whatever the router's own marks say is added to it. With `adopt`, what was configured by hand for this
    very VPN connection becomes ours instead of standing in the way.
    """

    link: str | None = None
    connection_id: str | None = None
    tokens: tuple[str, ...] = ()
    adopt: bool = False

    def manifest(self) -> dict[str, object]:
        """Return the JSON form that `from_manifest` reads; it holds no secret."""
        return {"link": self.link, "connection_id": self.connection_id, "tokens": list(self.tokens)}

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, object] | None, *, adopt: bool) -> "Owned":
        """Read the manifest of an earlier result; without one the router's own marks have to do.

        Raises:
            InputError: It is not one of ours.
        """
        manifest = manifest or {}
        tokens = manifest.get("tokens", [])
        if not isinstance(tokens, (list, tuple)) or not all(isinstance(token, str) for token in tokens):
            raise InputError("manifest tokens", tokens, "a list of words, as an earlier result has it")
        for name in ("link", "connection_id"):
            if not isinstance(manifest.get(name), (str, NoneType)):
                raise InputError(f"manifest {name}", manifest[name], "text, as an earlier result has it")
        return cls(manifest.get("link"), manifest.get("connection_id"), tuple(tokens), adopt)  # type: ignore[arg-type]  # checked


@dataclass(frozen=True, slots=True)
class Plan:
    """The least that makes the router hold what is intended, in an order IOS accepts, and its undoing.

    A plan with collisions has no steps: nothing may be sent. `owned` is the ownership once the plan is in.
    """

    steps: tuple[Step, ...] = ()
    collisions: tuple[Collision, ...] = ()
    differences: tuple[Difference, ...] = ()
    warnings: tuple[str, ...] = ()
    owned: Owned = Owned()

    @property
    def commands(self) -> tuple[Command, ...]:
        """Every line to send, in order."""
        return tuple(command for step in self.steps for command in step.commands)

    @property
    def inverse(self) -> tuple[Command, ...]:
        """Every line that undoes the whole plan, in order: the last step is undone first."""
        return tuple(command for step in reversed(self.steps) for command in step.inverse)

    @property
    def is_empty(self) -> bool:
        """Whether the router already holds what is intended."""
        return not self.steps and not self.collisions
