"""The wire's reading of a running-config is strict: every line is carried or knowingly left out, any other is an error."""

from pathlib import Path

import pytest

from lab.router.default_config import default_running_config
from lab.router.release import RELEASES
from lab.wire.ike import UntranslatableError
from lab.wire.running_config import require_translatable, untranslatable

DEFAULT = default_running_config(RELEASES["ios15"], "pulumi")


@pytest.mark.parametrize("release", RELEASES.values(), ids=lambda release: release.name)
def test_a_router_fresh_from_its_installer_is_understood(release: object) -> None:
    assert untranslatable(default_running_config(release, "pulumi")) == ()  # type: ignore[arg-type]  # of RELEASES


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ("crypto map OLD 10 ipsec-isakmp\n set peer 192.0.2.1\n", "crypto map OLD 10 ipsec-isakmp"),
        ("interface Tunnel1\n tunnel mode gre ip\n", "interface Tunnel1 / tunnel mode gre ip"),
        ("interface Tunnel1\n ip access-group IN in\n", "interface Tunnel1 / ip access-group IN in"),
        ("router bgp 65001\n neighbor 169.254.255.1 weight 200\n", "router bgp 65001 / neighbor 169.254.255.1 weight 200"),
        ("route-map M permit 10\n match ip address prefix-list P\n", "route-map M permit 10 / match ip address prefix-list P"),
        ("route-map M deny 10\n", "route-map M deny 10"),
        ("route-map M permit 10\nroute-map M permit 20\n", "route-map M permit 20"),
        ("router bgp 65001\n neighbor 10.0.0.1 route-map M in\nroute-map M permit 10\n set metric 5\n", "route-map M / set metric, in"),
        ("router ospf 1\n network 0.0.0.0 area 0\n", "router ospf 1"),
        ("ip route vrf X 10.0.0.0 255.0.0.0 Tunnel1\n", "ip route vrf X 10.0.0.0 255.0.0.0 Tunnel1"),
        ("crypto ipsec transform-set T esp-aes\n mode transport\n", "crypto ipsec transform-set T esp-aes / mode transport"),
        ("ip sla 100\n udp-jitter 10.0.0.1 5000\n", "ip sla 100 / udp-jitter 10.0.0.1 5000"),
    ],
)  # fmt: skip
def test_a_line_that_nobody_translates_is_an_error_that_names_it(lines: str, named: str) -> None:
    with pytest.raises(UntranslatableError, match="ignores nothing") as raised:
        require_translatable(DEFAULT + lines)
    assert named in str(raised.value)


def test_what_stands_below_a_section_that_is_not_understood_is_not_reported_again() -> None:
    assert untranslatable(DEFAULT + "crypto map OLD 10 ipsec-isakmp\n set peer 192.0.2.1\n") == (
        "crypto map OLD 10 ipsec-isakmp",
    )


def test_what_the_agent_renders_is_understood() -> None:
    """In IOS's own words, `exit` and `no shutdown` included; the routers of the wire tests show the rest."""
    data = Path(__file__).parents[1] / "data" / "aws"
    for file in sorted(data.glob("*.modern.ios")):
        unknown = [line for line in untranslatable(file.read_text()) if "/ no shutdown" not in line]
        assert unknown == [], file.name
