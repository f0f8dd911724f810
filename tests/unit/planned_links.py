"""Links, routers that hold them, and plans between the two, for the tests of plans."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from cisco.diff import plan
from cisco.model import Bgp, Encryption, IkeVersion, Integrity, Intent, Phase1, Phase2, Static, Tunnel
from cisco.plan import Owned, Plan
from cisco.render import render
from cisco.secret import Secret
from tests.unit.little_ios import LittleIos

ID = "vpn-0123456789abcdef0"
VPC = IPv4Network("10.0.0.0/16")
GUIDE = Phase1(IkeVersion.V1, Encryption.AES128, Integrity.SHA1, 2), Phase2(Encryption.AES128, Integrity.SHA1, 2)
MODERN = (
    Phase1(IkeVersion.V2, Encryption.AES256_GCM, Integrity.SHA2_384, 20),
    Phase2(Encryption.AES256_GCM, Integrity.SHA2_384, 20),
)
BGP = Bgp(65001, 64512)
STATIC = Static((VPC,))


def tunnel(index: int, profile: tuple[Phase1, Phase2] = GUIDE, *, key: str = "fakekey_", number: int = 0) -> Tunnel:
    return Tunnel(
        index=index,
        number=number or index + 1,
        aws_outside=IPv4Address(f"52.0.0.{index + 1}"),
        aws_inside=IPv4Address(f"169.254.44.{4 * index + 1}"),
        router_inside=IPv4Interface(f"169.254.44.{4 * index + 2}/30"),
        preshared_key=Secret(f"{key}{index}"),
        phase1=profile[0],
        phase2=profile[1],
        mss=1379,
    )


def link(routing: Bgp | Static = BGP, *tunnels: Tunnel, **more: object) -> Intent:
    first, second = tunnels or (tunnel(0), tunnel(1))
    settings = {"link": "tokyo", "connection_id": ID, "local_address": IPv4Address("203.0.113.100")} | more
    return Intent(tunnels=(first, second), routing=routing, **settings)  # type: ignore[arg-type]  # names are checked


def router(*blocks: str, release: str = "xe17") -> LittleIos:
    made = LittleIos(release)
    for block in blocks:
        made.type(block)
    return made


def holding(intent: Intent, made: LittleIos | None = None) -> LittleIos:
    made = made or router()
    for command in planned(made, intent).commands:
        made.line(command.text)
    return made


def planned(made: LittleIos, intent: Intent, owned: Owned = Owned()) -> Plan:  # frozen
    return plan(made.show(), render(intent), owned=owned)


def texts(made: Plan, scope: str | None = None) -> list[str]:
    return [c.text for step in made.steps if scope in (None, step.scope) for c in step.commands]


def second_link() -> Intent:
    tunnels = (
        replace(tunnel(0, number=3), aws_outside=IPv4Address("52.9.0.1"), aws_inside=IPv4Address("169.254.50.1"),
                router_inside=IPv4Interface("169.254.50.2/30")),
        replace(tunnel(1, number=4), aws_outside=IPv4Address("52.9.0.2"), aws_inside=IPv4Address("169.254.50.5"),
                router_inside=IPv4Interface("169.254.50.6/30")),
    )  # fmt: skip
    return link(BGP, *tunnels, link="osaka", connection_id="vpn-0fedcba9876543210")
