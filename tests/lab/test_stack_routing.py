"""The router's routing choices, from the stack's settings to what both ends say."""

from pathlib import Path
from typing import Any

from lab.router.default_config import default_running_config
from lab.router.release import RELEASES
from lab.router.server import Router
from tests.lab.stack_lab import stack_lab

_VRFS = "vrf definition CUST\n rd 65001:1\n address-family ipv4\n exit-address-family\n!\n"


def running_config() -> str:
    """A branch router whose WAN is in one VRF and whose LAN is in another."""
    text = default_running_config(RELEASES["xe17"], "pulumi")
    text = text.replace(
        "!\nno aaa new-model", f"!\n{_VRFS}{_VRFS.replace('CUST', 'INET').replace(':1', ':2')}no aaa new-model"
    )
    text = text.replace(" description Internet\n", " description Internet\n vrf forwarding INET\n")
    text = text.replace(" description LAN\n", " description LAN\n vrf forwarding CUST\n")
    return text.replace("ip route 0.0.0.0", "ip route vrf INET 0.0.0.0")


def test_a_link_between_two_vrfs_with_a_primary_comes_changes_and_goes(tmp_path: Path) -> None:
    choices: dict[str, Any] = {"frontDoorVrf": "INET", "insideVrf": "CUST", "wanInterface": "GigabitEthernet1", "prefixLists": True,
               "maximumPrefix": 1000, "primaryTunnel": 2, "advertise": "onprem"}  # fmt: skip
    with stack_lab(
        tmp_path / "lab", release="xe17", running_config=running_config(), profile="modern", **choices
    ) as lab:
        before = lab.router.running_config()
        lab.up()
        assert {tunnel["state"] for tunnel in lab.tunnels()} == {"UP"}
        assert [tunnel["inside_cidr"] for tunnel in lab.tunnels()] == ["169.254.255.0/30", "169.254.255.4/30"]
        assert routes(lab.router) == ["169.254.255.5"]
        lab.set(primaryTunnel=1)
        assert lab.up() == {"update": 1}
        assert routes(lab.router) == ["169.254.255.1"]
        assert lab.preview()[0] == {}
        lab.destroy()
        assert lab.router.running_config() == before


def routes(router: Router) -> list[str]:
    """Return by which of AWS's inside addresses the VPC's network is reached."""
    shown = router.console().send("show ip route vrf CUST bgp")
    return [line.split(" via ")[1].partition(",")[0] for line in shown.splitlines() if "10.0.0.0/16" in line]
