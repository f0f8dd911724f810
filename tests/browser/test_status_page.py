"""The status page in a real browser: readable in light and dark, by everybody, on paper, and whatever a router says."""

import shutil
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from cisco.report import BgpState, Report, SlaState
from cisco.status_page import drawing, status_page
from cisco.verify import verify
from tests.browser.chromium import Browser, chromium, is_demanded
from tests.unit.router_answers import answers, intent

LOOKED_AT = datetime(2026, 11, 25, 22, 10, 3, tzinfo=timezone.utc)
DOWN = "IKE: authentication failed or no proposal chosen (MM_NO_STATE)"
READABLE = 4.5  # WCAG 2 AA for text of this size


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    program = chromium()
    if program is None:
        if is_demanded():
            pytest.fail("REQUIRE_BROWSER is set, and no Chromium is on the PATH")
        pytest.skip("no Chromium here: on Debian, apt-get install chromium")
    return Browser(program, tmp_path)


def report(*, down: int = 0, is_static: bool = False) -> Report:
    """A link whose last `down` tunnels are down."""
    tunnels = list(verify(answers(is_static=is_static), intent(is_static=is_static)).tunnels)
    for index in range(2 - down, 2):
        tunnels[index] = replace(
            tunnels[index],
            ike="down", ipsec="down", line_protocol="down", uptime=None, reason=DOWN,
            bgp=None if is_static else BgpState("Idle", 0, None),
            sla=SlaState("down", "Timeout") if is_static else None,
        )  # fmt: skip
    return Report(tuple(tunnels))


def page(given: Report, *, is_static: bool = False) -> str:
    return status_page(given, drawing(intent(is_static=is_static), "192.0.2.10:22", ["10.0.0.0/16"]), LOOKED_AT)


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize(("down", "is_static"), [(1, False), (2, True)])
def test_every_text_can_be_read_in_its_place(browser: Browser, colours: str, down: int, is_static: bool) -> None:
    found = browser.judge(page(report(down=down, is_static=is_static), is_static=is_static), colours=colours)
    assert [pair for pair in found["contrasts"] if pair[1] < READABLE] == []
    assert len(found["contrasts"]) > 40
    assert (found["overlaps"], found["spilled"], found["outside"]) == ([], [], [])
    assert (found["background"] == "rgb(15, 20, 26)") is (colours == "dark")


def test_the_longest_addresses_have_room(browser: Browser) -> None:
    long = Report(
        tuple(
            replace(t, aws_outside="203.100.100.200", aws_inside="169.254.255.253", router_inside="169.254.255.254")
            for t in report().tunnels
        )
    )
    found = browser.judge(page(long))
    assert "203.100.100.200" in found["drawn"]
    assert (found["covered"], found["overlaps"], found["spilled"], found["outside"]) == ([], [], [], [])


def test_the_page_is_whole_by_itself_and_fits_a_telephone(browser: Browser) -> None:
    found = browser.judge(page(report(down=1)), width=390)
    assert (found["loaded"], found["scripts"], found["sideways"]) == ([], 0, False)


def test_state_is_said_in_words_and_to_those_who_do_not_see_the_drawing(browser: Browser) -> None:
    found = browser.judge(page(report(down=1)))
    assert (found["language"], found["title"]) == ("en", "tokyo: 1 of 2 tunnels is UP")
    assert found["headings"] == ["tokyo", "Tunnel1", "Tunnel2"]
    assert "✓ UP" in found["drawn"]
    assert "✕ DOWN" in found["drawn"]
    ((title, described),) = found["described"]
    assert title == found["title"]
    assert "Tunnel2 to 72.21.209.193, inside 169.254.255.6 to 169.254.255.5, is DOWN" in described
    assert f"Cause: {DOWN}" in found["text"]
    assert "2026-11-25 22:10:03 UTC" in found["text"]


def test_what_a_router_says_is_text_and_nothing_else(browser: Browser) -> None:
    attack = "</span></svg><script>attacked = true</script><img src=x onerror='attacked = true'>"
    evil = Report(tuple(replace(t, reason=attack, note=attack) for t in report().tunnels))
    named = replace(drawing(intent(), attack, [attack] * 9), link=attack, wan_interface=attack)
    found = browser.judge(status_page(evil, named, LOOKED_AT))
    assert (found["ran"], found["scripts"], found["loaded"]) == (False, 0, [])
    assert f"Cause: {attack}" in found["text"]
    assert "and 5 more" in found["drawn"]
    assert (found["spilled"], found["outside"]) == ([], [])


def test_the_page_prints_on_one_sheet(browser: Browser) -> None:
    assert browser.printed_pages(page(report(down=2))) == 1


def test_where_a_browser_is_demanded_its_lack_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setenv("REQUIRE_BROWSER", "1")
    assert chromium() is None
    assert is_demanded()
