"""Status and verify: one session, changes told once, a table for people and JSON for machines."""

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from cisco import status
from cisco.connection import Connection
from cisco.errors import InputError, SessionLostError
from cisco.login import Login, Options
from cisco.model import IkeVersion
from cisco.paint import paint_diff, wants_colour
from cisco.report import Report
from cisco.request import Request, parse_request
from cisco.secret import Secret
from cisco.session import Prompt, Reply
from cisco.status import LastingSession, look_until_up
from cisco.status_page import drawing
from cisco.status_table import table
from cisco.verify import commands, verify
from tests.unit.router_answers import BGP, answers, intent
from tests.unit.scripted_router import TIMING, FakeClock, ScriptedRouter

IDLE = BGP.replace("00:54:21        1", "never    Idle")


class FakeTerminal:
    """A session whose answers change with time, and which may be lost after some commands."""

    def __init__(self, clock: FakeClock, stages: Mapping[float, Mapping[str, str]], *, lasts: int = 999) -> None:
        self.clock = clock
        self.stages = stages
        self.lasts = lasts
        self.asked: list[str] = []
        self.is_logged_out = self.is_closed = False

    def close(self) -> None:
        self.is_closed = True

    def pipeline(self, lines: Iterable[str], **_options: object) -> Iterator[Reply]:
        since = max(start for start in self.stages if start <= self.clock.now)
        for line in lines:
            self.lasts -= 1
            if self.lasts < 0:
                raise SessionLostError("the session ended")
            self.asked.append(line)
            yield Reply(line, self.stages[since].get(line, ""), Prompt("R1", "", is_privileged=True))

    def log_out(self) -> None:
        self.is_logged_out = True


class FakeConnection:
    def __init__(self, *terminals: FakeTerminal) -> None:
        self.terminals = list(terminals)
        self.clock = terminals[0].clock
        self.timing = TIMING
        self.opened: list[str] = []

    def open(self, _deadline: object) -> FakeTerminal:
        self.opened.append("open")
        return self.terminals.pop(0)

    def reopen(self, _deadline: object) -> FakeTerminal:
        self.opened.append("reopen")
        return self.terminals.pop(0)


def session_on(*terminals: FakeTerminal) -> LastingSession:
    return LastingSession(FakeConnection(*terminals), 60)  # type: ignore[arg-type]  # what it uses of one


def verified(stages: Mapping[float, Mapping[str, str]], *, wait: float) -> tuple[Report, float, list[str]]:
    """Return the last report, when it came, and what was told."""
    clock, told = FakeClock(), list[str]()
    session = session_on(FakeTerminal(clock, stages))
    report = look_until_up(lambda: session.look(intent()), clock, wait=wait, tell=told.append)
    return report, clock.now, told


def test_everything_is_asked_once_a_look() -> None:
    terminal = FakeTerminal(FakeClock(), {0: answers()})
    assert session_on(terminal).look(intent()).is_up
    assert tuple(terminal.asked) == commands(intent())


def test_verify_waits_until_both_tunnels_are_up_and_tells_each_change_once() -> None:
    stages: dict[float, dict[str, str]] = {0: {}, 7: answers() | {"show ip bgp summary": IDLE}, 20: answers()}
    report, now, told = verified(stages, wait=120)
    assert report.is_up
    assert 20 <= now < 24
    assert [line for line in told if line.startswith("Tunnel1")][1:] == ["Tunnel1 DOWN: BGP Idle", "Tunnel1 UP"]
    assert len(told) == len(set(told)) == 5


def test_verify_gives_up_when_the_time_is_over() -> None:
    report, now, _ = verified({0: {}}, wait=10)
    assert (report.is_up, now) == (False, 10)


def test_without_time_to_wait_the_router_is_asked_once() -> None:
    report, now, _ = verified({0: answers()}, wait=0)
    assert (report.is_up, now) == (True, 0)


def test_a_lost_session_is_opened_again_and_logged_out_of_at_the_end() -> None:
    clock = FakeClock()
    lost, last = FakeTerminal(clock, {0: answers()}, lasts=3), FakeTerminal(clock, {0: answers()})
    connection = FakeConnection(lost, last)
    session = LastingSession(connection, 60)  # type: ignore[arg-type]  # what it uses of one
    assert session.look(intent()).is_up
    session.close()
    assert connection.opened == ["open", "reopen"]
    assert (lost.is_closed, last.is_logged_out) == (True, True)


@pytest.mark.parametrize(("wait", "silence"), [(0, TIMING.reply), (5, TIMING.slow)])
def test_a_router_that_falls_silent_is_given_up_in_time_for_who_waits_for_it(wait: float, silence: float) -> None:
    clock, opened = FakeClock(), list[ScriptedRouter]()

    def silent(_login: Login, _timeout: float) -> ScriptedRouter:
        opened.append(ScriptedRouter(clock, dict.fromkeys(commands(intent()), "")))
        return opened[-1]

    login = Login("192.0.2.10", "u", "insecure-accept-any", password=Secret("plainly-fake"))
    session = LastingSession(Connection(login, timing=TIMING, clock=clock, open_channel=silent), wait)
    with pytest.raises(SessionLostError, match=f"no answer from the router for {TIMING.reply:g} s") as given_up:
        session.look(intent())
    assert given_up.value.exit_code == 6
    assert [router.is_closed for router in opened] == [True, True]
    assert clock.now < silence + TIMING.reply + 3


ATTRIBUTES = {
    "attributes": {
        "vpn_connection_id": "vpn-92df3bfb",
        "customer_gateway_address": "203.0.113.100",
        "customer_gateway_bgp_asn": 65001,
        "vgw_bgp_asn": 7224,
        "static_routes_only": False,
    },
    "tunnel_options": [
        {"OutsideIpAddress": "72.21.209.225", "TunnelInsideCidr": "169.254.255.0/30", "PreSharedKey": "plainly.fake.1"},
        {"OutsideIpAddress": "72.21.209.193", "TunnelInsideCidr": "169.254.255.4/30", "PreSharedKey": "plainly.fake.2"},
    ],
}


def request(*, as_json: bool) -> Request:
    login: dict[str, object] = {
        "host": "192.0.2.10",
        "username": "u",
        "password": "plainly-fake",
        "host_key": "insecure-accept-any",
    }
    login |= {"tunnel_numbers": [2, 1]}  # AWS's document has them in the order of their addresses
    data = {"link": "tokyo", "vpn": ATTRIBUTES, "router": login, "options": {"wait": 0}}
    return replace(parse_request(data, {}), as_json=as_json)


def answer_with(monkeypatch: pytest.MonkeyPatch, said: Mapping[str, str]) -> None:
    whole = {**answers(version=IkeVersion.V2), **said, "show crypto session detail": ""}
    connection = FakeConnection(FakeTerminal(FakeClock(), {0: whole}))
    monkeypatch.setattr(status, "connection_of", lambda _request: connection)


def test_verify_prints_json_and_ends_with_0_when_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer_with(monkeypatch, answers())
    assert status.verify_command(request(as_json=True)) == 0
    assert json.loads(capsys.readouterr().out)["up"] is True


def test_verify_ends_with_3_and_the_reason_when_down(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer_with(monkeypatch, answers() | {"show ip bgp summary": IDLE})
    assert status.verify_command(request(as_json=True)) == 3
    shown = capsys.readouterr()
    assert json.loads(shown.out)["tunnels"][1]["reason"] == "BGP Idle"
    assert "Tunnel1 (72.21.209.225): BGP Idle" in shown.err
    assert "plainly" not in shown.out + shown.err


def test_verify_may_wait_longer_than_a_change_may_take(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = FakeClock()
    login = Login("192.0.2.10", "u", "insecure-accept-any", password=Secret("plainly-fake"))
    connection = Connection(login, timing=TIMING, clock=clock, open_channel=lambda *_: ScriptedRouter(clock))
    monkeypatch.setattr(status, "connection_of", lambda _request: connection)
    patient = replace(request(as_json=True), options=Options(deadline=600, wait=1200))
    assert status.verify_command(patient) == 3
    assert clock.now >= 1200
    assert json.loads(capsys.readouterr().out)["up"] is False


def test_status_prints_a_table_for_people(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answer_with(monkeypatch, answers() | {"show ip bgp summary": IDLE})
    assert status.status_command(request(as_json=False)) == 3
    out = capsys.readouterr().out
    assert "Tunnel1 is DOWN: BGP Idle" in out
    assert "\x1b[" not in out


def test_status_needs_to_know_the_vpn_and_the_router() -> None:
    with pytest.raises(InputError, match="vpn"):
        status.status_command(parse_request({"router": {}}, {}))
    with pytest.raises(InputError, match="host"):
        status.status_command(parse_request({"vpn": ATTRIBUTES}, {}))


def test_the_table_lines_up_and_colour_adds_nothing_but_colour() -> None:
    report = verify(answers() | {"show ip bgp summary": IDLE}, intent())
    plain, coloured = table(report, is_coloured=False), table(report, is_coloured=True)
    header, one, two, reason, count = plain.splitlines()
    assert header.index("STATE") == one.index("DOWN") == two.index("UP")
    assert header.index("ROUTING") == one.index("BGP Idle") == two.index("BGP Established")
    assert count == "1 of 2 tunnels UP"
    assert reason == "Tunnel1 is DOWN: BGP Idle (docs: docs/errors.md#bgp-not-established)"
    for code in ("\x1b[31m", "\x1b[32m", "\x1b[1m", "\x1b[0m"):
        assert code in coloured
        coloured = coloured.replace(code, "")
    assert coloured == plain


def test_the_table_of_a_static_link_names_track_and_sla() -> None:
    report = verify(answers(is_static=True), intent(is_static=True))
    assert "track up, SLA OK" in table(report, is_coloured=False)
    assert "04:31:21" in table(report, is_coloured=False)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colour_is_for_terminals_that_want_it() -> None:
    assert wants_colour(Terminal(), {"TERM": "xterm"})
    assert not wants_colour(io.StringIO(), {"TERM": "xterm"})
    assert not wants_colour(Terminal(), {"TERM": "xterm", "NO_COLOR": "1"})
    assert not wants_colour(Terminal(), {"TERM": "dumb"})


def test_a_diff_is_painted_by_line_and_section() -> None:
    diff = "+ crypto ipsec df-bit clear\n  interface Tunnel1\n-  ip mtu 1400\n+  ip mtu 1436\n+ router bgp 65001\n+  network 0.0.0.0"
    assert paint_diff(diff, is_on=False).split("\n") == [
        "+ crypto ipsec df-bit clear",
        "  !",
        "  interface Tunnel1",
        "-  ip mtu 1400",
        "+  ip mtu 1436",
        "  !",
        "+ router bgp 65001",
        "+  network 0.0.0.0",
        "",
        "4 lines to add, 1 to remove",
    ]
    painted = paint_diff(diff, is_on=True).split("\n")
    assert painted[2:5] == [
        "\x1b[1m  interface Tunnel1\x1b[0m",
        "\x1b[31m-  ip mtu 1400\x1b[0m",
        "\x1b[32m+  ip mtu 1436\x1b[0m",
    ]
    assert painted[6] == "\x1b[1m\x1b[32m+ router bgp 65001\x1b[0m"


def written(monkeypatch: pytest.MonkeyPatch, path: Path, said: Mapping[str, str]) -> str:
    answer_with(monkeypatch, said)
    status.status_command(replace(request(as_json=False), html_file=path))
    return path.read_text(encoding="utf-8")


def test_the_page_says_what_the_table_says_and_when(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = written(monkeypatch, tmp_path / "status.html", answers() | {"show ip bgp summary": IDLE})
    assert "Tunnel1 is DOWN: BGP Idle" in capsys.readouterr().out
    for text in ("1 of 2 tunnels is UP", "BGP Idle", "vpn-92df3bfb", "192.0.2.10:22", "1970-01-12 13:46:40 UTC"):
        assert text in page
    assert [file.name for file in tmp_path.iterdir()] == ["status.html"]


def test_no_secret_is_on_the_page_even_when_the_router_says_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = "% Invalid input detected: plainly.fake.1 and plainly-fake"
    page = written(monkeypatch, tmp_path / "status.html", answers() | {"show ip bgp summary": said})
    assert "the router refused" in page
    assert "plainly" not in page


def test_a_page_that_can_not_be_written_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--html is .*nowhere.* a file that can be written \(No such file"):
        written(monkeypatch, tmp_path / "nowhere" / "status.html", answers())


@pytest.mark.parametrize("is_static", [False, True])
def test_the_drawing_has_the_link_s_networks_and_no_place_for_a_key(is_static: bool) -> None:
    drawn = drawing(intent(is_static=is_static), "192.0.2.10:22", ["10.1.0.0/16"])
    assert drawn.vpc_networks == (("10.0.0.0/16",) if is_static else ("10.1.0.0/16",))
    assert drawn.announced == (() if is_static else ("0.0.0.0/0",))
    assert drawn.asns == (None if is_static else (65001, 7224))
    assert "fake" not in repr(drawn)
