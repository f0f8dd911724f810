"""How to log in to a router, and how carefully to work on it."""

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from .errors import InputError, Words
from .secret import Secret

ANY_HOST_KEY = "insecure-accept-any"
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}=?\Z")
_WORD = re.compile(r"[\x21-\x7e]{1,255}\Z")


@dataclass(frozen=True, slots=True)
class Login:
    """Where a router (or a jump host) is and as whom to enter it.

    `host_key` is the SHA-256 fingerprint of the host key, as ``ssh-keygen -l`` prints it, or
    ``insecure-accept-any`` spelled out.
    """

    host: str
    username: str
    host_key: str
    port: int = 22
    password: Secret | None = None
    enable_password: Secret | None = None
    key_file: Path | None = None
    use_agent: bool = False
    jump_host: "Login | None" = None

    def __post_init__(self) -> None:
        if not _WORD.match(self.host):
            raise InputError("router host", self.host, "a host name or an address")
        if not _WORD.match(self.username):
            raise InputError("router username", self.username, "printable ASCII without spaces")
        if not 1 <= self.port <= 65535:
            raise InputError("router port", self.port, "between 1 and 65535")
        if self.host_key != ANY_HOST_KEY and not _FINGERPRINT.match(self.host_key):
            raise InputError(
                "router host_key",
                self.host_key,
                f"SHA256:… as 'ssh-keyscan {self.host} | ssh-keygen -lf -' prints it, or {ANY_HOST_KEY!r}",
            )
        if self.password is None and self.key_file is None and not self.use_agent:
            raise InputError(
                "router login",
                Words("without password, key_file or use_agent"),
                "at least one of them (router_password in a stack; --password-file, --key-file, --ssh-agent; or IOS_PASSWORD in the environment)",
            )

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Every password on the way to this router, for the redactor."""
        own = tuple(s for s in (self.password, self.enable_password) if s is not None)
        return own + (self.jump_host.secrets if self.jump_host else ())

    @property
    def address(self) -> str:
        """The router as messages name it."""
        return f"{self.host}:{self.port}"


class ArchivePolicy(Enum):
    """What to do about ``archive``, which IOS's revert timer needs.

    ``use`` takes it where it is on, else undoes by software; ``require`` refuses to work without it;
    ``configure`` turns it on and remembers so.
    """

    USE = "use"
    REQUIRE = "require"
    CONFIGURE = "configure"


@dataclass(frozen=True, slots=True)
class Options:
    """How to carry out a change. `deadline` and `wait` in seconds; `window` in unanswered lines (1 is the safe mode).

    `backup` is where the running-config from before a change is kept. `forget_unreachable` lets a removal give the
    link up where the router is gone.
    """

    save: bool = True
    revert_minutes: int = 5
    archive: ArchivePolicy = ArchivePolicy.USE
    adopt: bool = False
    window: int = 10
    deadline: float = 600
    wait: float = 120
    backup: Path | None = None
    forget_unreachable: bool = False

    def __post_init__(self) -> None:
        limits = (
            ("options revert_minutes", self.revert_minutes, 1, 120),  # IOS: `revert timer` takes 1-120
            ("options window", self.window, 1, 10),  # more unanswered lines overrun small VTY input buffers
            ("options deadline", self.deadline, 10, 7200),
            ("options wait", self.wait, 0, 3600),
        )
        for field, value, low, high in limits:
            if not low <= value <= high:
                raise InputError(field, value, f"between {low} and {high}")
