"""What the wire tests share: where they can run, a bed with a link on it, and waiting for what must come."""

import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from lab.wire.bed import Bed
from lab.wire.link import PROFILES, VPC_HOST, Link, Profile
from lab.wire.netns import WireError
from lab.wire.wire import Wire

MISSING = [
    reason
    for is_missing, reason in (
        (sys.platform != "linux", "network namespaces need Linux"),
        (not hasattr(os, "geteuid") or os.geteuid() != 0, "network namespaces need root"),
        (not Path("/usr/lib/ipsec/charon").exists(), "strongSwan's charon is not installed"),
        (not Path("/usr/lib/frr/bgpd").exists(), "FRR is not installed"),
        (shutil.which("nft") is None, "nftables is not installed"),
        (shutil.which("tcpdump") is None, "tcpdump is not installed"),
    )
    if is_missing
]
WIRE = [
    # Where CI says that the wire must be proven, a test that cannot find what it needs fails.
    pytest.mark.skipif(
        bool(MISSING) and not os.environ.get("REQUIRE_WIRE"),
        reason="the wire lab can't run here: " + "; ".join(MISSING),
    ),
    pytest.mark.xdist_group("wire"),
]
GUIDE, MODERN = PROFILES["guide-2015"], PROFILES["modern"]
# Generous: the machine may be busy with other tests. What takes how long is measured by `python -m lab.wire measure`.
PATIENCE = 90.0


def wait_until(condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Return as soon as the condition holds, and whether it did."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


def carries(wire: Wire) -> bool:
    """Whether one echo from host to host is answered."""
    try:
        wire.branch.host.run("ping", "-c1", "-W1", VPC_HOST)
    except WireError:
        return False
    return True


def is_whole(wire: Wire) -> bool:
    """Whether both ends hold both tunnels UP and traffic passes."""
    return wire.are_up() and carries(wire)


class KeptLink:
    """A link that is handed from test to test while it is of the kind that is asked for, and whole; else a fresh one."""

    def __init__(self) -> None:
        self._bed = ExitStack()
        self._kind: tuple[Profile, bool, int] | None = None
        self._link: Link | None = None

    def of(self, profile: Profile, *, is_static: bool, failures: int) -> Link:
        """Return a whole link of this kind. What a test that failed has left (`failures` so far) is nobody's to begin with."""
        kind = profile, is_static, failures
        if self._link is None or self._kind != kind or not self._is_whole(self._link):
            self.close()
            self._link = self._bed.enter_context(running_link(profile, is_static=is_static))
            self._kind = kind
        return self._link

    @staticmethod
    def _is_whole(link: Link) -> bool:
        return wait_until(lambda: is_whole(link.bed.wire), 5)

    def close(self) -> None:
        """Take it away."""
        self._link = self._kind = None
        self._bed.close()


@contextmanager
def running_link(
    profile: Profile, *, is_static: bool = False, flags: tuple[str, ...] = (), **router: object
) -> Iterator[Link]:
    """Yield a link that the agent has configured and that carries traffic."""
    with fresh_link(profile, is_static=is_static, flags=flags, **router) as link:
        link.apply()
        assert wait_until(lambda: is_whole(link.bed.wire)), (link.bed.wire.error, link.bed.wire.outcomes())
        yield link


@contextmanager
def fresh_link(
    profile: Profile, *, is_static: bool = False, flags: tuple[str, ...] = (), **router: object
) -> Iterator[Link]:
    """Yield a link of which AWS's side is made and the router knows nothing."""
    password, folder = secrets.token_urlsafe(12), Path(tempfile.mkdtemp(prefix="wire-link-"))
    arguments = {"release": "ios15", "user": "pulumi", "password": password, **router}
    try:
        with Bed(**arguments) as bed:
            link = Link(bed, password, folder, is_static=is_static, more_flags=flags)
            link.create(profile)
            yield link
    finally:
        shutil.rmtree(folder)
