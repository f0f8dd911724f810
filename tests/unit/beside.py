"""A router that does other things besides: its running-config, and what a plan for a link says of it."""

from dataclasses import replace
from ipaddress import IPv4Network

from cisco.diff import plan
from cisco.model import Bgp, Intent, Static, Tunnel
from cisco.render import render
from tests.unit.planned_links import BGP, MODERN, link, tunnel

WAN = "interface GigabitEthernet1\n ip address 203.0.113.100 255.255.255.0\n"
FILTERED = replace(BGP, accept=(IPv4Network("10.0.0.0/16"),))
V2 = (tunnel(0, MODERN), tunnel(1, MODERN))


def via_wan(routing: Bgp | Static = BGP, *tunnels: Tunnel, **more: object) -> Intent:
    return link(routing, *tunnels, wan_interface="GigabitEthernet1", **more)


def running(*lines: str, wan: str = WAN) -> str:
    return "\n".join((*lines, wan, "end"))


def warnings(text: str, intent: Intent) -> str:
    made = plan(text, render(intent))
    assert made.collisions == ()
    return "\n".join(made.warnings)


def collisions(text: str, intent: Intent) -> list[str]:
    return [str(collision) for collision in plan(text, render(intent)).collisions]
