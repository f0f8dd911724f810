"""Staged changes on a real engine: at every look at least one tunnel is UP, whatever goes wrong between the steps."""

import re
import secrets
from collections.abc import Iterator

import pytest

from lab.router.faults import Reject
from tests.lab.rollout_lab import RolloutLab, Watch, rollout_lab

pytestmark = pytest.mark.xdist_group("rollout_staged")  # one link for all of them: making one takes longest

SETTINGS = """\
# The office in Tokyo. Whoever changes this file: tell the network team.
config:
  aws:region: ap-northeast-1
  aws-cisco-vpn:publicIp: 203.0.113.100  # the router's own
  aws-cisco-vpn:profile: guide-2015  # until the router is replaced
  aws-cisco-vpn:advertise: onprem
  aws-cisco-vpn:checkTimeout: 120
"""


GIVEN = {f"tunnel{n}PresharedKey": f"x{secrets.token_hex(16)}" for n in (1, 2)}


@pytest.fixture(scope="module")
def link(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RolloutLab]:
    with rollout_lab(tmp_path_factory.mktemp("staged") / "lab", "xe16") as lab:
        (router,) = lab.routers
        lab.file("tokyo").write_text(
            SETTINGS + f"  aws-cisco-vpn:routerHost: {router.host}\n"
            f'  aws-cisco-vpn:routerPort: {router.port}\n  aws-cisco-vpn:routerHostKey: "{router.host_key}"\n'
        )
        lab.pulumi("stack", "init", "tokyo", "--no-select")
        lab.pulumi("config", "set", "--secret", "routerPassword", "--stack", "tokyo", value=lab.password)
        lab.pulumi("up", "--yes", "--skip-preview", "--stack", "tokyo")
        assert lab.up() == [True, True]
        yield lab


def change(link: RolloutLab, *words: str, code: int = 0) -> str:
    return link.rollout("change", "--stack", "tokyo", "--project", str(link.project), *words, code=code)


def test_a_preview_shows_plan_cost_and_first_step_and_touches_nothing(link: RolloutLab) -> None:
    before = link.file("tokyo").read_bytes()
    said = change(link, "--profile", "modern", "--preview")
    assert re.search(r"1  tunnel2 +tunnel2Profile: modern +tunnel2 is down for .*; tunnel1 carries", said)
    assert "preview: VpnConnection tokyo (update): tunnel2" in said
    assert said.rstrip().endswith("this is the preview: nothing was touched")
    assert link.file("tokyo").read_bytes() == before
    assert link.up() == [True, True]


def test_a_step_that_fails_leaves_one_tunnel_up_and_abort_goes_back(link: RolloutLab) -> None:
    before = link.file("tokyo").read_text()
    fault = Reject("crypto ikev2")
    link.routers[0].add_fault(fault)
    with Watch(link) as watch:
        said = change(link, "--profile", "modern", "--yes", code=1)
        assert "tunnel2: the up failed." in said
        assert "rejected" in said
        assert link.settings("tokyo")["tunnel2Profile"] == "modern"
        link.routers[0].remove_fault(fault)
        said = change(link, "--abort", "--yes")
    assert "tunnel1 and tunnel2 are UP on both ends" in said
    assert watch.moments[0] == watch.moments[-1] == (True, True)
    assert not watch.was_down
    assert link.file("tokyo").read_text() == before


def test_killed_between_the_steps_the_same_command_goes_on_and_leaves_the_settings_plain(link: RolloutLab) -> None:
    before = link.file("tokyo").read_text()
    with Watch(link) as watch:
        said = link.rollout_killed_at(
            "tunnel1: tunnel1Profile", "change", "--stack", "tokyo", "--project", str(link.project),
            "--profile", "modern", "--yes",
        )  # fmt: skip
        assert "tunnel1 and tunnel2 are UP on both ends" in said
        config = link.routers[0].running_config()
        assert "crypto ikev2 profile" in config
        assert "crypto isakmp profile" in config
        said = change(link, "--profile", "modern", "--yes")
        assert "tunnel2 has it in the settings already" in said
    assert not watch.was_down
    assert "crypto isakmp profile" not in link.routers[0].running_config()
    # Nothing but the one word differs from what a person wrote, comments and order included.
    assert link.file("tokyo").read_text() == before.replace("profile: guide-2015", "profile: modern")
    assert "nothing is left to do" in change(link, "--profile", "modern", "--yes")


def test_new_keys_reach_both_tunnels_one_after_the_other(link: RolloutLab) -> None:
    old = link.keys()
    with Watch(link) as watch:
        link.rollout("rotate-keys", "--stack", "tokyo", "--project", str(link.project), "--yes")
    assert not watch.was_down
    assert link.up() == [True, True]
    assert len(link.keys() | old) == 4
    settings = link.settings("tokyo")
    assert [str(settings[f"tunnel{n}KeySerial"]) for n in (1, 2)] == ["2", "2"]
    for key in link.keys() | old:
        assert key not in "".join(link.said)


def test_both_keys_given_in_one_up_take_the_link_down(link: RolloutLab) -> None:
    """What the others avoid; shows that the watch would have seen it."""
    for name, key in GIVEN.items():
        link.pulumi("config", "set", "--secret", name, "--stack", "tokyo", value=key)
    with Watch(link) as watch:
        link.pulumi("up", "--yes", "--skip-preview", "--stack", "tokyo")
    assert watch.was_down
    assert (link.up(), link.keys()) == ([True, True], set(GIVEN.values()))


def test_keys_that_were_given_are_rotated_to_those_in_the_environment(link: RolloutLab) -> None:
    words = ("rotate-keys", "--stack", "tokyo", "--project", str(link.project), "--yes")
    assert "TUNNEL1_PRESHARED_KEY is not set, but must hold the key" in link.rollout(*words, code=2)
    new = {"TUNNEL1_PRESHARED_KEY": secrets.token_hex(16), "TUNNEL2_PRESHARED_KEY": secrets.token_hex(16)}
    new = {name: key.replace("0", "x") for name, key in new.items()}
    with Watch(link) as watch:
        link.rollout(*words, environment=new)
    assert not watch.was_down
    assert (link.up(), link.keys()) == ([True, True], set(new.values()))
    assert [key for key in (*new.values(), *GIVEN.values()) if key in "".join(link.said)] == []
