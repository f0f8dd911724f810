"""What a failure and a change cost: lost echoes and the longest silence between the two hosts, printed as Markdown tables."""

import json
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.wire.bed import Bed
from lab.wire.day2 import CHANGES, LED_AWAY, settle
from lab.wire.echoes import Loss
from lab.wire.link import PROFILES, Link, Profile
from lab.wire.pair import Pair
from lab.wire.underlay import Fault

HOLD, AWS_DPD, SLA = 30, 30, 6


@contextmanager
def running_link(profile: Profile, *, is_static: bool = False) -> Iterator[Link]:
    """Yield a link that is configured and UP."""
    password, folder = secrets.token_urlsafe(12), Path(tempfile.mkdtemp(prefix="wire-link-"))
    try:
        with Bed(release="ios15", user="pulumi", password=password) as bed:
            link = Link(bed, password, folder, is_static=is_static)
            link.create(profile)
            link.apply()
            settle(link)
            time.sleep(2)
            yield link
    finally:
        shutil.rmtree(folder)


@dataclass(frozen=True, slots=True)
class Failure:
    """A way to lose the tunnel that carries traffic, and the longest silence that the settings promise, with its reason."""

    name: str
    begin: Callable[[Pair], None]
    end: Callable[[Pair], None]
    bgp_bound: str
    static_bound: str


FAILURES = (
    Failure(
        "AWS's endpoint dies",
        lambda pair: pair.kill_endpoint(is_dead=True),
        lambda pair: pair.kill_endpoint(is_dead=False),
        f"{HOLD} s: hold time on the router",
        f"{SLA} s: IP SLA every 5 s, 1 s timeout",
    ),
    Failure(
        "the way is cut",
        lambda pair: pair.underlay.suffer(Fault.CUT),
        lambda pair: pair.underlay.suffer(Fault.NONE),
        f"{HOLD} s: hold time on both ends",
        f"{10 + AWS_DPD} s: AWS's DPD (the router's SLA: {SLA} s)",
    ),
    Failure(
        "only ESP is lost",
        lambda pair: pair.underlay.suffer(Fault.ESP_BLOCKED),
        lambda pair: pair.underlay.suffer(Fault.NONE),
        f"{HOLD} s: hold time on both ends",
        "none: IKE lives, so AWS goes on sending into the tunnel",
    ),
)


def failovers() -> None:
    """Print how long each failure silences the two hosts."""
    print("| Failure | Routing | IKE | Bound | Longest silence, s | Echoes lost | Tunnel back after, s |")  # noqa: T201  # a table
    print("|---|---|---|---|---|---|---|")  # noqa: T201
    for is_static in (False, True):
        for name in PROFILES:
            with running_link(PROFILES[name], is_static=is_static) as link:
                for failure in FAILURES:
                    bound = failure.static_bound if is_static else failure.bgp_bound
                    silence, back = _failover(link, failure, 20 if bound.startswith("none") else 50)
                    routing = "static" if is_static else "BGP"
                    print(  # noqa: T201
                        f"| {failure.name} | {routing} | {PROFILES[name].version} | {bound} | {silence.longest_gap:.1f} "
                        f"| {silence.lost} of {silence.sent} | {back:.1f} |",
                        flush=True,
                    )


def _failover(link: Link, failure: Failure, seconds: float) -> tuple[Loss, float]:
    wire = link.bed.wire
    active = wire.active()
    echoes = wire.echoes(seconds + 30)
    time.sleep(1)
    failure.begin(active)
    time.sleep(seconds)
    # The echoes go on: had nothing taken over, the silence would last until the tunnel is back.
    failure.end(active)
    began = time.monotonic()
    settle(link)
    back = time.monotonic() - began
    loss = echoes.stop()
    time.sleep(2)
    return loss, back


def changes() -> None:
    """Print what each change costs."""
    print("| Change | Routing | Echoes lost | Longest silence, s | Both tunnels down |")  # noqa: T201  # a table
    print("|---|---|---|---|---|")  # noqa: T201
    for is_static in (False, True):
        for name, change in CHANGES.items():
            if is_static and name in ("add a prefix", LED_AWAY):
                continue  # AWS's route and the router's LAN: nothing on the wire between them changes; and there is no BGP to shut
            with running_link(PROFILES["guide-2015"], is_static=is_static) as link:
                loss, both_down = measured_change(link, change)
                print(  # noqa: T201
                    f"| {name} | {'static' if is_static else 'BGP'} | {loss.lost} of {loss.sent} | {loss.longest_gap:.2f} "
                    f"| {both_down or 'never'} |",
                    flush=True,
                )


def measured_change(link: Link, change: Callable[[Link], None]) -> tuple[Loss, int]:
    """Make a change under traffic; return what was lost and how many times no tunnel was up."""
    wire = link.bed.wire
    began = time.monotonic()
    echoes = wire.echoes(300)
    time.sleep(0.5)
    change(link)
    settle(link)
    time.sleep(1)
    loss = echoes.stop()
    return loss, sum(1 for sample in wire.history if sample.at > began and not sample.up)


def reach() -> None:
    """Print how soon a change of either side is in the daemons."""
    with running_link(PROFILES["modern"]) as link:
        key = f"k{secrets.token_hex(15)}"
        pair = next(iter(link.bed.wire.pairs.values()))
        link.modify(0, {"PreSharedKey": key})
        began = time.monotonic()
        while pair.aws.charon.holds_key() != key:
            time.sleep(0.005)
        print(json.dumps({"a change reaches the daemons after, s": round(time.monotonic() - began, 2)}))  # noqa: T201
