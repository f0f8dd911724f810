"""What real daemons make of the two ends: strongSwan negotiates, FRR routes, packets pass or don't."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from lab.wire.traffic import Echoes
from lab.wire.wire import Wire
from tests.lab.wire_ends import GUIDE, MODERN, Ends

MISSING = [
    reason
    for is_missing, reason in (
        (sys.platform != "linux", "network namespaces need Linux"),
        (not hasattr(os, "geteuid") or os.geteuid() != 0, "network namespaces need root"),
        (not Path("/usr/lib/ipsec/charon").exists(), "strongSwan's charon is not installed"),
        (not Path("/usr/lib/frr/bgpd").exists(), "FRR is not installed"),
    )
    if is_missing
]
pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason="the wire lab can't run here: " + "; ".join(MISSING)),
    pytest.mark.xdist_group("wire"),
]
TUNNEL1, TUNNEL2 = IPv4Address("198.51.100.10"), IPv4Address("198.51.100.11")


Start = Callable[[Ends], Wire]


@pytest.fixture
def start() -> Iterator[Start]:
    # Short, for the daemons' sockets (108 bytes at most), and open, for FRR, which runs as its own user.
    folder = Path(tempfile.mkdtemp(prefix="wire-"))
    folder.chmod(0o755)

    running: list[Wire] = []

    def begin(ends: Ends) -> Wire:
        running.append(Wire(ends, folder, prefix=f"w{os.getpid()}-"))
        return running[-1]

    yield begin
    for wire in running:
        wire.stop()
    shutil.rmtree(folder)


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def both_up(wire: Wire) -> bool:
    outcomes = wire.outcomes()
    return len(outcomes) == 2 and all(o.is_up for o in outcomes.values())


def carries(wire: Wire) -> bool:
    return subprocess.run(
        ["ip", "netns", "exec", wire.branch.host.name, "ping", "-c1", "-W1", "10.0.0.10"],
        capture_output=True, check=False,
    ).returncode == 0  # fmt: skip


@pytest.mark.parametrize("is_static", [False, True], ids=["bgp", "static"])
@pytest.mark.parametrize("profile", [GUIDE, MODERN], ids=["guide-2015", "modern"])
def test_both_tunnels_carry_traffic_with_exactly_the_profiles_parameters(
    start: Start, profile: tuple[str, str, str, int], is_static: bool
) -> None:
    wire = start(Ends(is_static, [profile, profile]))
    assert wait_until(lambda: both_up(wire) and carries(wire)), (wire.error, wire.outcomes())
    version, cipher, digest, group = profile
    for outcome in wire.outcomes().values():
        assert outcome.ike_version == version
        assert outcome.phase1 is not None
        assert outcome.phase2 is not None
        assert (outcome.phase1.encryption, outcome.phase1.integrity, outcome.phase1.dh_group) == (
            cipher,
            digest,
            group,
        )
        assert outcome.phase2.encryption == cipher
    if not is_static:
        assert wire.branch.frr.received("169.254.255.1") == ("10.0.0.0/16",)
        assert wire.vpc.frr.received("169.254.255.2") == ("192.168.10.0/24",)


def test_a_tcp_stream_of_full_size_segments_passes_and_none_of_it_in_clear(start: Start, tmp_path: Path) -> None:
    wire = start(Ends(False, [MODERN, MODERN]))
    assert wait_until(lambda: both_up(wire) and carries(wire))
    marker = b"NOT-ENCRYPTED-" * 8
    captures = []
    for pair in wire.pairs.values():
        name = pair.customer.namespace.name
        target = tmp_path / f"{name}.pcap"
        captures.append((target, subprocess.Popen(
            ["ip", "netns", "exec", name, "tcpdump", "-Z", "root", "-U", "-i", "wan0", "-w", str(target)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )))  # fmt: skip
        announced = captures[-1][1].stderr
        assert announced is not None
        assert "listening" in announced.readline()
    receiver = subprocess.Popen(
        ["ip", "netns", "exec", wire.vpc.host.name, sys.executable, "-c",
         "import socket;s=socket.create_server(('10.0.0.10',5001));print('ready',flush=True);c,_=s.accept();n=0\n"
         "while d:=c.recv(65536): n+=len(d)\nprint(n)"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert receiver.stdout is not None
    assert receiver.stdout.readline().strip() == "ready"
    size = len(marker) * 40000
    subprocess.run(
        ["ip", "netns", "exec", wire.branch.host.name, sys.executable, "-c",
         f"import socket;s=socket.create_connection(('10.0.0.10',5001),10);s.sendall({marker!r}*40000);s.close()"],
        check=True, timeout=60,
    )  # fmt: skip
    assert int(receiver.communicate(timeout=60)[0]) == size
    for _, capture in captures:
        capture.terminate()
        capture.wait(timeout=10)
    seen = b"".join(target.read_bytes() for target, _ in captures)
    assert len(seen) > size  # the stream did cross the underlay
    assert marker not in seen


def test_a_wrong_key_keeps_that_tunnel_down_and_says_so(start: Start) -> None:
    ends = Ends(False, [GUIDE, GUIDE], router_changes={1: {"preshared_key": "plainly.wrong.key"}})
    wire = start(ends)
    assert wait_until(lambda: wire.outcome(TUNNEL1).is_up)
    assert wait_until(lambda: "authentication failed" in (wire.outcome(TUNNEL2).reason or "")), wire.outcome(TUNNEL2)
    assert not wire.outcome(TUNNEL2).is_up


def test_a_proposal_that_aws_does_not_permit_is_refused_by_name(start: Start) -> None:
    from lab.ends import Phase1Offer

    ends = Ends(False, [GUIDE, GUIDE], router_changes={0: {"phase1": (Phase1Offer("AES256", "SHA2-256", 14),)}})
    wire = start(ends)
    assert wait_until(lambda: wire.outcome(TUNNEL2).is_up)
    assert wait_until(lambda: "no proposal chosen" in (wire.outcome(TUNNEL1).reason or "")), wire.outcome(TUNNEL1)


def test_a_wrong_peer_address_never_comes_up(start: Start) -> None:
    ends = Ends(False, [GUIDE, GUIDE], router_changes={0: {"destination": IPv4Address("198.51.100.99")}})
    wire = start(ends)
    assert wait_until(lambda: wire.outcome(TUNNEL2).is_up)
    assert not wire.outcome(TUNNEL1).is_up
    assert wire.outcome(TUNNEL1).reason


@pytest.mark.parametrize("is_static", [False, True], ids=["bgp", "static"])
def test_traffic_moves_to_the_other_tunnel_when_an_endpoint_dies_and_comes_back(start: Start, is_static: bool) -> None:
    wire = start(Ends(is_static, [GUIDE, GUIDE]))
    assert wait_until(lambda: both_up(wire) and carries(wire))
    active = next(p for p in wire.pairs.values() if p.aws_device in wire.vpc.router.ip("route"))
    active.provider.pause(is_stopped=True)
    stopped_at = time.monotonic()
    try:
        assert wait_until(lambda: carries(wire), 45)
        assert time.monotonic() - stopped_at < 45  # BGP hold time 30 s, IP SLA 5 + 1 s, and a probe's own second
    finally:
        active.provider.pause(is_stopped=False)
    assert wait_until(lambda: both_up(wire), 60)


def test_changing_one_key_under_traffic_never_takes_both_tunnels_down(start: Start) -> None:
    ends = Ends(False, [GUIDE, GUIDE])
    wire = start(ends)
    assert wait_until(lambda: both_up(wire) and carries(wire))
    began = time.monotonic()
    echoes = Echoes(wire.branch.host, "10.0.0.10")
    ends.keys[1] = "another.plainly.fake.key"
    assert wait_until(lambda: any(len(s.up) == 1 for s in wire.history if s.at > began))
    assert wait_until(lambda: both_up(wire))
    loss = echoes.stop()
    assert loss.answered > 0
    assert all(sample.up for sample in wire.history if sample.at > began)


def test_a_prefix_added_on_premises_is_announced_without_a_session_going_down(start: Start) -> None:
    from ipaddress import IPv4Network

    ends = Ends(False, [MODERN, MODERN])
    wire = start(ends)
    assert wait_until(lambda: both_up(wire) and carries(wire))
    ends.networks = (*ends.networks, IPv4Network("192.168.20.0/24"))
    assert wait_until(lambda: "192.168.20.0/24" in wire.vpc.frr.received("169.254.255.2"))
    assert both_up(wire)
