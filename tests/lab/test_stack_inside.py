"""Another inside CIDR: AWS changes it in place, the router follows, and no tunnel gets what the other one has."""

from pathlib import Path
from typing import Any

from tests.lab.stack_lab import LINKS, stack_lab

ONE, TWO, OTHER = "169.254.255.0/30", "169.254.255.4/30", "169.254.40.0/30"
LINK: dict[str, Any] = {
    "public_ip": "203.0.113.100",
    "bgp_asn": 65001,
    "vpc_cidr": "10.0.0.0/16",
    "onprem_cidrs": ["192.168.10.0/24"],
}


def test_another_inside_cidr_reaches_both_ends_in_place(tmp_path: Path) -> None:
    with stack_lab(tmp_path / "lab", program=LINKS) as lab:
        lab.set_links(tokyo=LINK)
        lab.up()
        before = lab.links()["tokyo"]["tunnels"]
        lab.set_links(tokyo={**LINK, "inside_cidrs": [ONE, OTHER]})
        _, said = lab.preview()
        assert "this change takes tunnel 2 down for some minutes" in said
        assert "+  neighbor 169.254.40.1 remote-as 64512" in said.replace("    +", "+")
        assert set(lab.up()) == {"update"}
        after = lab.links()["tokyo"]["tunnels"]
        assert [(t["inside_cidr"], t["state"]) for t in after] == [(ONE, "UP"), (OTHER, "UP")]
        assert [t["aws_outside"] for t in after] == [t["aws_outside"] for t in before]
        assert "169.254.255.5" not in lab.router.running_config()
        lab.set_links(tokyo={**LINK, "inside_cidrs": [OTHER, ONE]})
        for _ in range(2):  # an up that was refused leaves the component with what it was asked for
            assert f"inside_cidrs gives a tunnel {OTHER}, which the other one has" in lab.failing_up()
        assert lab.links()["tokyo"]["tunnels"] == after
