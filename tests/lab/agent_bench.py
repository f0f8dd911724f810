"""A link, a simulated router and an agent that talk over real SSH, on one clock that only sleeping moves."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import asyncssh

from cisco.connection import Connection
from cisco.login import Login, Options
from cisco.model import Bgp, Encryption, IkeVersion, Integrity, Intent, Phase1, Phase2, Static, Tunnel
from cisco.result import CheckResult, Result
from cisco.secret import Secret
from cisco.terminal import Timing
from cisco.transaction import apply, check, remove
from lab.router.clock import FakeClock
from lab.router.server import Router

USER, PASSWORD = "pulumi", "plainly-fake-password"
KEYS = ("plainly.fake.key.1", "plainly.fake.key.2")
NEW_KEY = "another.fake.key.3"
# Silence is waited for in real time; everything else on the fake clock. A busy machine keeps silent too: only where the test
# is about a router that falls silent for good is the agent impatient.
TIMING = Timing(reply=60, slow=60, settle=0.25, retry=2, poll=5)
IMPATIENT = Timing(reply=1, slow=1, settle=0.25, retry=2, poll=5)

BGP = Bgp(router_asn=65001, aws_asn=64512)
STATIC = Static((IPv4Network("10.0.0.0/16"),))
GUIDE = (
    Phase1(IkeVersion.V1, Encryption.AES128, Integrity.SHA1, 14),
    Phase2(Encryption.AES128, Integrity.SHA1, 14),
)
MODERN = (
    Phase1(IkeVersion.V2, Encryption.AES256_GCM, Integrity.SHA2_384, 20),
    Phase2(Encryption.AES256_GCM, Integrity.SHA2_384, 20),
)


class SharedClock:
    """The agent's clock: the router's, moved on whenever the agent sleeps."""

    def __init__(self, router: FakeClock) -> None:
        self._router = router

    def monotonic(self) -> float:
        return self._router.monotonic()

    def time(self) -> float:
        return self._router.now().timestamp()

    def sleep(self, seconds: float) -> None:
        self._router.advance(seconds)


def link(
    routing: Bgp | Static = BGP,
    phases: tuple[Phase1, Phase2] = GUIDE,
    *,
    name: str = "tokyo",
    connection_id: str = "vpn-0a1b2c3d",
    generation: int = 1,
    mss: int = 1379,
    keys: tuple[str, str] = KEYS,
    net: int = 10,
) -> Intent:
    tunnels = tuple(
        Tunnel(
            index,
            index + 1,
            IPv4Address(f"198.51.100.{net + index}"),
            IPv4Address(f"169.254.{net + index}.1"),
            IPv4Interface(f"169.254.{net + index}.2/30"),
            Secret(keys[index]),
            *phases,
            mss,
        )
        for index in range(2)
    )
    return Intent(
        name, connection_id, IPv4Address("203.0.113.100"), (tunnels[0], tunnels[1]), routing, generation=generation
    )


def second_link() -> Intent:
    """Another link of the same stack on the same router, with its own numbers."""
    other = link(name="osaka", connection_id="vpn-0e5f6a7b", net=20)
    one, two = (replace(tunnel, number=tunnel.number + 10) for tunnel in other.tunnels)
    return replace(other, tunnels=(one, two), policies=(210, 211))


@dataclass
class Bench:
    """The router, and an agent for it. `said` is everything that the agent reported."""

    router: Router
    clock: SharedClock
    options: Options = Options()  # noqa: RUF009  # frozen
    said: list[str] = field(default_factory=list)
    timing: Timing = TIMING

    @property
    def login(self) -> Login:
        return Login(self.router.host, USER, self.router.host_key, port=self.router.port, password=Secret(PASSWORD))

    def connection(self, login: Login | None = None) -> Connection:
        return Connection(login or self.login, timing=self.timing, clock=self.clock)

    def apply(
        self,
        intent: Intent,
        manifest: dict[str, object] | None = None,
        login: Login | None = None,
        as_marked: Collection[str] = (),
    ) -> Result:
        return apply(
            intent, self.connection(login), self.options, manifest, self.said.append, as_marked=frozenset(as_marked)
        )

    def remove(self, intent: Intent | None = None, manifest: dict[str, object] | None = None) -> Result:
        return remove(self.connection(), self.options, intent=intent, manifest=manifest, report=self.said.append)

    def check(
        self,
        intent: Intent,
        login: Login | None = None,
        as_marked: Collection[str] = (),
        manifest: Mapping[str, object] | None = None,
        *,
        sees_tunnels: bool = False,
    ) -> CheckResult:
        marked = frozenset(as_marked)
        return check(
            intent, self.connection(login), self.options, manifest, as_marked=marked, sees_tunnels=sees_tunnels
        )

    @property
    def running(self) -> str:
        return self.router.running_config()

    @property
    def startup(self) -> str:
        return self.router.startup_config()

    def entered(self, prefix: str) -> Sequence[str]:
        """Return the lines the router received that start so."""
        return [line for line in self.router.received if line.strip().startswith(prefix)]


@cache
def _host_key() -> asyncssh.SSHKey:
    """Making one takes longer than most of the tests that need it."""
    return asyncssh.generate_private_key("ssh-rsa", key_size=2048)


@contextmanager
def bench(
    options: Options | None = None, running_config: str = "", release: str = "xe17", **more: object
) -> Iterator[Bench]:
    """Start a router, and give it with its agent."""
    clock = FakeClock()
    with Router(
        running_config=running_config,
        release=release,
        user=USER,
        password=PASSWORD,
        clock=clock,
        host_key=_host_key(),
        **more,  # type: ignore[arg-type]  # the router's own options
    ) as router:
        yield Bench(router, SharedClock(clock), options or Options())


def default_running(release: str = "xe17") -> str:
    """Return what the simulated router holds when nobody says otherwise, with its display's own order and form."""
    from lab.router.default_config import default_running_config
    from lab.router.release import RELEASES

    return default_running_config(RELEASES[release], USER)


def without_archive(running: str) -> str:
    """Return the running-config without its archive section."""
    head, _, rest = running.partition("archive\n")
    while rest.startswith(" "):
        rest = rest.partition("\n")[2]
    return head + rest
