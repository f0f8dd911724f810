"""`make demo`: the whole life of a link, from nothing to both tunnels UP and back to nothing, told as it happens."""

import difflib
import os
import re
import sys
import time
from collections.abc import Callable, Sequence

from pulumi import automation

from cisco.secret import Redactor
from lab.demo.drawing import DIM, GREEN, PLAIN, RED, draw, tunnel_views
from lab.demo.stage import Stage, stage
from lab.router.faults import Reject

BOLD = "\033[1m"


_STEP_ENDED = re.compile(r"\s*[+~-]{1,2} +\S+:\S+:\S+ .*\b(?:created|updated|deleted|replaced|failed)\b")


class Teller:
    """Tells the story on one stream, in colour where that is a terminal."""

    def __init__(self) -> None:
        self.has_colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self._began = time.monotonic()

    def say(self, text: str, colour: str = "") -> None:
        """Print one line."""
        print(f"{colour}{text}{PLAIN}" if colour and self.has_colour else text, flush=True)  # noqa: T201  # the demo's voice

    def chapter(self, number: int, title: str) -> None:
        """Print a heading with the seconds since the start."""
        self.say(f"\n{number}. {title}   [{time.monotonic() - self._began:.0f} s]", BOLD)

    def engine(self, line: str) -> None:
        """Print each step of Pulumi's as it ends."""
        text = line.rstrip()
        if _STEP_ENDED.match(text):
            self.say(f"   {text.strip()}", DIM)

    def config_diff(self, before: str, after: str) -> None:
        """Print what changed on the router, as its own running-config shows it, without the keys."""
        for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0):
            if line.startswith(("---", "+++", "@@")):
                continue
            colour = {"+": GREEN, "-": RED}.get(line[:1], "")
            self.say(f"   {Redactor().redact(line)}", colour)


def main(argv: Sequence[str] = ()) -> int:
    """Tell it; the exit code is 0 only when every chapter ended as it should."""
    is_on_wire = "--wire" in argv
    teller = Teller()
    teller.say(
        "An office is to be joined to AWS: the guide's example (AWS Japan, 2015), on a lab that needs neither.", BOLD
    )
    if is_on_wire:
        teller.say("The tunnels are real: strongSwan's IKE and ESP, FRR's BGP, a host behind each end.", BOLD)
    with stage("demo", is_on_wire=is_on_wire) as lab:
        original = lab.router.running_config()
        for number, (title, chapter) in enumerate(WIRE_CHAPTERS if is_on_wire else CHAPTERS, 1):
            teller.chapter(number, title)
            chapter(teller, lab)
        is_restored = lab.router.running_config() == original
        teller.say(f"   the router's running-config is {'exactly what it was' if is_restored else 'NOT what it was'}")
    return 0 if is_restored else 1


def _up(teller: Teller, lab: Stage) -> None:
    before = lab.router.running_config()
    lab.up(teller.engine)
    teller.say("   What that changed on the router (keys masked):")
    teller.config_diff(before, lab.router.running_config())
    _show(teller, lab)


def _show(teller: Teller, lab: Stage) -> None:
    views = tunnel_views(lab.tunnels())
    teller.say(draw("10.0.0.0/16", "192.168.10.0/24", "203.0.113.100 Cisco IOS", views, has_colour=teller.has_colour))
    _require(all(view.is_up for view in views), "both tunnels are UP on both ends")


def _preview(teller: Teller, lab: Stage) -> None:
    result = lab.stack.preview(color="never")
    changes = {str(op): count for op, count in result.change_summary.items() if str(op) not in ("same", "OpType.SAME")}
    _require(not changes, f"preview finds nothing to do ({changes})")
    teller.say("   pulumi preview: no change")


def _rotate_key(teller: Teller, lab: Stage) -> None:
    from lab.demo.packets import echoes_during

    before = lab.router.running_config()
    lab.set(tunnel2KeySerial="2")
    lost = echoes_during(lab.wire, lambda: lab.up(teller.engine))
    if lost:
        teller.say(f"   {lost}")
    teller.config_diff(before, lab.router.running_config())
    _show(teller, lab)


def _traffic(teller: Teller, lab: Stage) -> None:
    """What only the wire can show: packets between the two hosts, and the tunnel that carries them taken away."""
    from lab.demo.packets import failover, full_segments

    assert lab.wire is not None  # noqa: S101  # the chapter is told on the wire only
    for line in (*full_segments(lab.wire), *failover(lab.wire)):
        teller.say(f"   {line}")


def _heal_drift(teller: Teller, lab: Stage) -> None:
    lab.router.edit(["interface Tunnel1", "no ip tcp adjust-mss"])
    teller.say("   Somebody removes `ip tcp adjust-mss` from Tunnel1 by hand. pulumi preview says:")
    shown = lab.stack.preview(color="never").stdout
    for line in shown.splitlines():
        if "adjust-mss" in line:
            teller.say(f"   {line.strip()}")
    _require("adjust-mss" in shown, "preview names the missing line")
    lab.up(teller.engine)
    _require("ip tcp adjust-mss" in lab.router.running_config(), "up puts it back")
    teller.say("   pulumi up puts it back.")


def _roll_back(teller: Teller, lab: Stage) -> None:
    before = lab.router.running_config()
    fault = Reject("set pfs")
    lab.router.add_fault(fault)
    lab.set(profileOverrides={"phase2_dh_group_number": 14})
    teller.say("   The router is made to reject `set pfs group14`:")
    try:
        lab.up(teller.engine)
    except automation.CommandError as error:
        for line in str(error).splitlines():
            if "set pfs" in line and "rejected" in line:
                teller.say(f"   {line.strip()[:200]}", RED)
                break
    else:
        _require(False, "up fails")  # noqa: FBT003  # the story has gone wrong
    _require(lab.router.running_config() == before, "the router is as it was before")
    teller.say("   up failed, and the router is exactly as it was before.")
    lab.router.remove_fault(fault)
    lab.up(teller.engine)
    _show(teller, lab)


def _destroy(teller: Teller, lab: Stage) -> None:
    lab.stack.destroy(on_output=teller.engine, color="never")
    left = lab.aws.inventory()
    _require(not left, f"AWS is empty again ({left})")
    teller.say("   AWS is empty again.")


def _require(condition: bool, what: str) -> None:  # noqa: FBT001  # reads as a sentence where it is called
    if not condition:
        raise SystemExit(f"the demo expected that {what}, and that is not so")


CHAPTERS: tuple[tuple[str, Callable[[Teller, Stage], None]], ...] = (
    ("pulumi up: VPC, VPN and router, from nothing", _up),
    ("pulumi preview: nothing to do", _preview),
    ("A new key for tunnel 2; tunnel 1 carries on", _rotate_key),
    ("Drift: seen and healed", _heal_drift),
    ("A rejected line: rolled back", _roll_back),
    ("pulumi destroy: the router first, then AWS", _destroy),
)
# On the wire, with traffic: behind the chapter on the preview.
WIRE_CHAPTERS = (*CHAPTERS[:2], ("Traffic: encrypted, full-size, and over the other tunnel", _traffic), *CHAPTERS[2:])
