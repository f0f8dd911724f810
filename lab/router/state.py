"""What the router holds: configuration, clock, users, security associations."""

import contextlib
import hashlib
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address

from lab.ends import RouterEnd
from lab.exchange import RouterExchange
from lab.negotiation import Outcome

from . import asn, bgp, nvgen
from .archive import Archive
from .associations import SecurityAssociations
from .clock import Clock
from .document import Document
from .ends import router_ends
from .modes import configuration_grammar
from .release import Release
from .rollback import Rollback

_SECRET = re.compile(
    r"^(?P<before>.*(?:pre-shared-key .*?key |pre-shared-key (?!address)(?:local |remote )?))(?P<secret>\S+)$"
)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may log in."""

    name: str
    password: str = field(repr=False)
    privilege: int = 15


@dataclass(slots=True)
class LastChange:
    """When the running-config was last changed, and by whom."""

    at: datetime
    user: str


Announcement = Callable[[str, Sequence[str]], None]


class RouterState:
    """One router. Whoever reads or changes it holds `lock`."""

    def __init__(
        self,
        running_config: str,
        release: Release,
        clock: Clock,
        *,
        name: str = "router",
        exchange: RouterExchange | None = None,
        public_addresses: Sequence[IPv4Address] = (),
        association_hold: float = 60.0,
    ) -> None:
        self.lock = threading.RLock()
        self.release = release
        self.clock = clock
        self.name = name
        self.exchange = exchange
        self.public_addresses = tuple(public_addresses)
        self.grammar = configuration_grammar(release)
        self.secrets: dict[str, str] = {}
        self.associations = SecurityAssociations(clock, association_hold)
        self.archive = Archive(self)
        self.rollback = Rollback(self, self.archive)
        self.sla_started: dict[int, datetime] = {}
        self.last_change: LastChange | None = None
        self.last_save: LastChange | None = None
        self.startup = running_config
        self.lock_holder: str | None = None
        self.enable_secret: str | None = None
        self.save_failure: str | None = None
        self.asks_before_overwriting = False
        self.flash_free = 3500000000
        self.flash: dict[str, str] = {}
        self.nvram_size = 33554432
        self.booted = clock.now()
        self.reload_reason = "power-on"
        self.listeners: list[Announcement] = []
        self._published: tuple[RouterEnd, ...] = ()
        self.document = self._boot(running_config)
        self.weak = self._weak()
        self.publish()

    def _weak(self) -> str:
        """Weak words are taken again by a router that booted with the compliance shield off, and only then."""
        is_off = self.document.root.find("crypto engine compliance shield disable") is not None
        return "warn" if is_off and self.release.weak == "refuse" else self.release.weak

    def _boot(self, text: str) -> Document:
        document = Document(text, self.grammar.key_of, nvgen.placing)
        for entry in document.root.starting("ip sla schedule"):
            if "start-time now" in entry.text:
                self.sla_started[int(entry.key.split()[3])] = self.clock.now()
        return document

    @property
    def hostname(self) -> str:
        """The router's name."""
        return self.document.root.value("hostname") or "Router"

    def running_config(self) -> str:
        """Return the running-config, without the header that `show running-config` adds."""
        text, root = self.document.text(nvgen.separator), self.document.root
        return text if bgp.process(root) is None else asn.renoted(text, is_dotted=bgp.is_dotted(root))

    def has_vrf(self, name: str) -> bool:
        """Return whether the VRF is configured."""
        root = self.document.root
        return root.find(f"ip vrf {name}") is not None or root.find(f"vrf definition {name}") is not None

    def changed(self, user: str) -> None:
        """Note a change of the running-config, and let the other side of the tunnels see it."""
        self.last_change = LastChange(self.clock.now(), user)
        self.publish()

    def protected(self, text: str) -> str:
        """With `password encryption aes` keys are kept, and shown, in type 6."""
        found = _SECRET.match(text)
        if found is None or self.document.root.find("password encryption aes") is None or " 6 " in text:
            return text
        cipher = "".join(
            chr(65 + byte % 26) for byte in hashlib.sha512(f"{self.name}{found['secret']}".encode()).digest()[:40]
        )
        self.secrets[cipher] = found["secret"]
        return f"{found['before']}6 {cipher}"

    def clear_secret(self, shown: str) -> str:
        """Return a key as IKE uses it, from how it is shown."""
        words = shown.split(" ", 1)
        if len(words) == 2 and words[0] in ("0", "6"):
            return self.secrets.get(words[1], words[1])
        return shown

    def peers_with_sa(self, *, but: str) -> set[str]:
        """Return the peers with which there is an SA, but those whose tunnel negotiates with that IKE version: it is of it."""
        others = {str(end.destination) for end in router_ends(self) if end.destination and end.ike_version == but}
        return self.associations.peers() - others

    def publish(self) -> None:
        """Tell the exchange what the router holds now."""
        if self.exchange is None:
            return
        ends = router_ends(self)
        if ends != self._published:
            self._published = ends
            with contextlib.suppress(OSError):
                self.exchange.publish(self.name, self.public_addresses, ends)
            self.outcomes()

    def outcomes(self) -> Mapping[int, Outcome]:
        """Return what comes of each tunnel, by its number; without an exchange all are down."""
        ends = router_ends(self)
        down = {end.number: Outcome(is_up=False, reason="there is no other end") for end in ends}
        if self.exchange is not None:
            with contextlib.suppress(OSError):  # the other side is not reachable: all tunnels are down
                down.update(self.exchange.outcomes(self.name))
        self.associations.update(
            {str(end.destination): down[end.number].is_ike_up for end in ends if end.destination is not None}
        )
        return down

    def announce(self, user: str, lines: Sequence[str]) -> None:
        """Print something on the user's terminals without being asked."""
        for listener in self.listeners:
            listener(user, lines)

    def reload(self, reason: str = "Reload Command") -> None:
        """Boot from the startup-config: what was not saved is gone, and so is a pending rollback."""
        self.rollback.forget()
        self.associations.clear()
        self.sla_started.clear()
        self.lock_holder = None
        self.last_change = self.last_save = None
        self.booted = self.clock.now()
        self.reload_reason = reason
        self.document = self._boot(self.startup)
        self.weak = self._weak()
        self.publish()
