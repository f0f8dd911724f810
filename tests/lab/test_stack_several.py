"""Four links in one stack, into what exists and into each other's: gateways, a transit gateway, two routers.

One stack for all of it, since raising the engine takes longer than a link.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import le, lt
from typing import Any

import pytest

from lab.router.server import Router
from tests.contract.fake_aws import client
from tests.lab.stack_lab import LINKS, StackLab, name_of, stack_lab

pytestmark = pytest.mark.xdist_group("stack_several")  # the tests are one story, told in order

OFFICE, DEPOT = "192.168.10.0/24", "192.168.30.0/24"
MORE = {"tunnel_numbers": [11, 12], "isakmp_policies": [210, 211], "sla_numbers": [110, 210]}
TOPIC = "arn:aws:sns:ap-northeast-1:123456789012:vpn"


@dataclass(frozen=True)
class Site:
    """What somebody has made in AWS by hand, and what the links are made of it."""

    lab: StackLab
    second: Router
    ec2: Any
    vpc: str
    table: str
    gateway: str
    customer: str
    transit: str
    transit_table: str
    default_table: str

    def links(self) -> dict[str, dict[str, Any]]:
        """Return the links' arguments."""
        lab = self.lab
        second = {"router": lab.access(self.second, **MORE), "router_password": "@config.secondPassword"}
        public = {"public_ip": "203.0.113.100", "bgp_asn": 65001}
        return {
            # All that exists is used: VPC, gateway, customer gateway.
            "existing": {
                "vpc_id": self.vpc,
                "route_table_ids": {"private": self.table},
                "vpn_gateway_id": self.gateway,
                "customer_gateway_id": self.customer,
                "onprem_cidrs": [OFFICE],
                "profile": "guide-2015",
                "log_retention_days": 30,
                "log_format": "text",
                "alarm_topic_arn": TOPIC,
            },
            # The second router on the same VPC and gateway: only the inside networks differ.
            "redundant": {
                "public_ip": "203.0.113.101",
                "bgp_asn": 65010,
                "vpc_id": self.vpc,
                "vpn_gateway_id": "@existing.vpn_gateway_id",
                "inside_cidrs": ["169.254.254.0/30", "169.254.254.4/30"],
                "onprem_cidrs": [OFFICE],
                **second,
            },
            # A new VPC on the transit gateway, in a table of its own, by the second router.
            "transit": {
                "public_ip": "203.0.113.101",
                "bgp_asn": 65010,
                "vpc_cidr": "10.1.0.0/16",
                # A VPC is attached by one subnet per zone, and there are fewer zones than these.
                "subnet_cidrs": ["10.1.0.0/24", "10.1.1.0/24", "10.1.2.0/24", "10.1.3.0/24"],
                "transit_gateway_id": self.transit,
                "transit_gateway_route_table_id": self.transit_table,
                "inside_cidrs": ["169.254.253.0/30", "169.254.253.4/30"],
                "onprem_cidrs": [OFFICE],
                **second,
                "router": lab.access(self.second),
            },
            # Another on the first one's router, static, in the transit gateway's default table. IOS has one replay window
            # for all of its tunnels, so that both links need the same profile.
            "static": {
                **public,
                "vpc_cidr": "10.2.0.0/16",
                "subnet_cidrs": ["10.2.0.0/24"],
                "transit_gateway_id": self.transit,
                "routing": "static",
                "profile": "guide-2015",
                "inside_cidrs": ["169.254.252.0/30", "169.254.252.4/30"],
                "onprem_cidrs": [DEPOT],
                "router": lab.access(lab.router, **MORE),
            },
        }

    def configurations(self) -> list[str]:
        """Return both routers' running-configs."""
        return [router.running_config() for router in (self.lab.router, self.second)]

    def ways(self, table: str, network: str) -> list[str]:
        """Return the kinds of the attachments that a route of a transit gateway's table leads to."""
        filters = [{"Name": "route-search.exact-match", "Values": [network]}]
        found = self.ec2.search_transit_gateway_routes(TransitGatewayRouteTableId=table, Filters=filters)["Routes"]
        return [way["ResourceType"] for route in found for way in route["TransitGatewayAttachments"]]

    def vpc_routes(self) -> dict[str, str]:
        """Return the existing VPC's routes that are not its own: network to gateway."""
        (table,) = self.ec2.describe_route_tables(RouteTableIds=[self.table])["RouteTables"]
        routes = [route for route in table["Routes"] if route.get("GatewayId") != "local"]
        return {route["DestinationCidrBlock"]: route["GatewayId"] for route in routes}


def by_hand(lab: StackLab, second: Router) -> Site:
    ec2 = client(lab.aws)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_vpn_gateway(Type="ipsec.1", AmazonSideAsn=64620)["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=vpc)
    customer = ec2.create_customer_gateway(Type="ipsec.1", PublicIp="203.0.113.100", BgpAsn=65001)["CustomerGateway"]
    transit = ec2.create_transit_gateway(Options={"AmazonSideAsn": 64600})["TransitGateway"]
    named = ec2.create_transit_gateway_route_table(TransitGatewayId=transit["TransitGatewayId"])
    return Site(
        lab,
        second,
        ec2,
        vpc=vpc,
        table=ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"],
        gateway=gateway,
        customer=customer["CustomerGatewayId"],
        transit=transit["TransitGatewayId"],
        transit_table=named["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"],
        default_table=transit["Options"]["AssociationDefaultRouteTableId"],
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    password = secrets.token_urlsafe(16)
    with (
        stack_lab(tmp_path_factory.mktemp("several") / "lab", program=LINKS, release="xe16") as lab,
        Router(release="xe17", user="pulumi", password=password, exchange=lab.aws.exchange, name="second") as second,
    ):
        second.edit(["interface GigabitEthernet1", "ip address 203.0.113.101 255.255.255.0"])
        lab.set_secret(secondPassword=password)
        yield by_hand(lab, second)


Before = tuple[tuple[str, ...], list[str]]


@pytest.fixture(scope="module")
def before(site: Site) -> Before:
    """What there was before the first up, which makes all four links."""
    found = site.lab.aws.inventory(), site.configurations()
    site.lab.set_links(**site.links())
    site.lab.up()
    return found


def states(links: Mapping[str, dict[str, Any]]) -> set[tuple[str, str]]:
    return {(tunnel["state"], tunnel["reason"]) for link in links.values() for tunnel in link["tunnels"]}


@pytest.mark.usefixtures("before")
def test_every_tunnel_is_up_by_its_own_interface_and_nothing_is_left_to_change(site: Site) -> None:
    links = site.lab.links()
    assert states(links) == {("UP", "")}
    assert {name: sorted(t["interface"] for t in link["tunnels"]) for name, link in links.items()} == {
        "existing": ["Tunnel1", "Tunnel2"],
        "redundant": ["Tunnel11", "Tunnel12"],
        "transit": ["Tunnel1", "Tunnel2"],
        "static": ["Tunnel11", "Tunnel12"],
    }
    assert site.lab.preview()[0] == {}, "a preview after the up foresees a change"


@pytest.mark.usefixtures("before")
def test_the_existing_gateways_numbers_are_the_links(site: Site) -> None:
    tunnels = site.lab.links()["existing"]["tunnels"]
    assert {(t["router_asn"], t["aws_asn"]) for t in tunnels} == {(65001, "64620")}
    assert site.vpc_routes() == {OFFICE: site.gateway}


@pytest.mark.usefixtures("before")
def test_a_transit_gateway_has_both_ways_in_one_table(site: Site) -> None:
    assert site.ways(site.transit_table, OFFICE) == ["vpn", "vpn"], "traffic is not shared by both tunnels (ECMP)"
    assert site.ways(site.transit_table, "10.1.0.0/16") == ["vpc"]
    assert site.ways(site.default_table, "10.1.0.0/16") == [], "the VPC is in the default table too"
    assert site.ways(site.default_table, DEPOT) == ["vpn"]
    assert site.ways(site.default_table, "10.2.0.0/16") == ["vpc"]


@pytest.mark.usefixtures("before")
def test_the_logs_have_a_group_and_the_alarms_their_topic(site: Site) -> None:
    logs, cloudwatch = client(site.lab.aws, "logs"), client(site.lab.aws, "cloudwatch")
    (group,) = logs.describe_log_groups()["logGroups"]
    assert (group["logGroupName"], group["retentionInDays"]) == ("/aws/vendedlogs/vpn/aws-cisco-vpn-dev-existing", 30)
    connection = site.lab.links()["existing"]["vpn_connection_id"]
    (shown,) = site.ec2.describe_vpn_connections(VpnConnectionIds=[connection])["VpnConnections"]
    assert [t["LogOptions"]["CloudWatchLogOptions"] for t in shown["Options"]["TunnelOptions"]] == [
        {
            "LogEnabled": True,
            "LogGroupArn": group["arn"].removesuffix(":*"),
            "LogOutputFormat": "text",
            "BgpLogEnabled": True,
            "BgpLogGroupArn": group["arn"].removesuffix(":*"),
            "BgpLogOutputFormat": "text",
        }
    ] * 2
    alarms = cloudwatch.describe_alarms()["MetricAlarms"]
    assert {alarm["Dimensions"][0]["Value"] for alarm in alarms} == {connection}
    assert {tuple(alarm["AlarmActions"]) for alarm in alarms} == {(TOPIC,)}
    fired = {values: fires(alarms, values) for values in ((1, 1), (1, 0), (0.5,), (0, 0))}
    assert fired == {(1, 1): set(), (1, 0): {"any"}, (0.5,): {"any"}, (0, 0): {"any", "all"}}


def fires(alarms: list[dict[str, Any]], values: tuple[float, ...]) -> set[str]:
    """Return which alarms CloudWatch raises on these values of TunnelState, by the first word of their description."""
    statistics = {"Minimum": min, "Maximum": max}
    compared = {"LessThanThreshold": lt, "LessThanOrEqualToThreshold": le}
    below = {
        a["AlarmDescription"].split()[0]: compared[a["ComparisonOperator"]](
            statistics[a["Statistic"]](values), a["Threshold"]
        )
        for a in alarms
    }
    return {name for name, is_raised in below.items() if is_raised}


def test_one_of_two_links_goes_and_then_all_in_order_and_what_existed_stays(site: Site, before: Before) -> None:
    others = {name: args for name, args in site.links().items() if name != "redundant"}
    site.lab.set_links(**others)
    site.lab.up()
    assert states(site.lab.links()) == {("UP", "")}
    gone = len(site.lab.events)
    site.lab.destroy()
    assert (site.lab.aws.inventory(), site.configurations()) == before
    assert site.vpc_routes() == {}
    assert_in_order(site.lab, gone)


def assert_in_order(lab: StackLab, since: int) -> None:
    deleted = [
        event.res_outputs_event.metadata.urn.rpartition("$")[2]
        for event in lab.events[since:]
        if event.res_outputs_event and name_of(event.res_outputs_event.metadata.op) == "delete"
    ]
    for earlier, later in (
        ("command:local:Command::transit", "aws:ec2/route:Route::transit-main-192.168.10.0-24"),
        (
            "aws:ec2/route:Route::transit-main-192.168.10.0-24",
            "aws:ec2transitgateway/vpcAttachment:VpcAttachment::transit-vpc",
        ),
        (
            "aws:ec2transitgateway/vpcAttachment:VpcAttachment::transit-vpc",
            "aws:ec2/subnet:Subnet::transit-10.1.0.0-24",
        ),
        ("aws:ec2/route:Route::transit-main-192.168.10.0-24", "aws:ec2/vpnConnection:VpnConnection::transit"),
        ("aws:ec2/vpnConnection:VpnConnection::transit", "aws:ec2/customerGateway:CustomerGateway::transit-cgw"),
    ):
        assert deleted.index(earlier) < deleted.index(later), f"deleted in the order {deleted}"
