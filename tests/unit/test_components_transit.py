"""What the VPN's component makes of a transit gateway, on Pulumi's mocks."""

from typing import Any

import pytest

from components import SiteToSiteVpn
from tests.unit.recorded import Recorder, error_of, options_of, program, settled, start

TRANSIT: dict[str, Any] = {
    "public_ip": "203.0.113.100",
    "transit_gateway_id": "tgw-9",
    "route_table_ids": {"main": "rtb-1"},
    "gateway_routes": ["192.168.10.0/24"],
}
ATTACHED: dict[str, Any] = {**TRANSIT, "vpc_id": "vpc-1", "transit_gateway_subnet_ids": ["subnet-1"]}


@pytest.fixture
def recorder() -> Recorder:
    return start(Recorder())


@program
async def test_a_transit_gateway_is_associated_and_learns_the_routes(recorder: Recorder) -> None:
    args: Any = {**TRANSIT, "transit_gateway_route_table_id": "tgw-rtb-9"}
    await settled(SiteToSiteVpn("vpn", args).handout)
    assert recorder.of("VpnGateway") == recorder.of("VpnGatewayRoutePropagation") == recorder.of("VpcAttachment") == []
    assert recorder.one("VpnConnection").inputs["transitGatewayId"] == "tgw-9"
    assert recorder.one("RouteTableAssociation").inputs["transitGatewayAttachmentId"] == "tgw-attach-1"
    assert recorder.one("RouteTableAssociation").inputs["replaceExistingAssociation"] is True
    assert recorder.one("RouteTablePropagation").inputs["transitGatewayRouteTableId"] == "tgw-rtb-9"
    assert recorder.one("Route").inputs["transitGatewayId"] == "tgw-9"


@pytest.mark.usefixtures("recorder")
@program
async def test_an_attachment_leaves_its_table_before_it_comes_to_another() -> None:
    args: Any = {**ATTACHED, "transit_gateway_route_table_id": "tgw-rtb-9"}
    with options_of("ec2transitgateway.RouteTableAssociation") as seen:
        await settled(SiteToSiteVpn("vpn", args).handout)
    assert [opts.delete_before_replace for opts in seen] == [True, True]


@pytest.mark.usefixtures("recorder")
@program
async def test_a_route_to_a_transit_gateway_goes_before_another_comes() -> None:
    with options_of("ec2transitgateway.Route") as seen:
        args: Any = {**ATTACHED, "static_routes": ["192.168.10.0/24"], "vpc_cidrs": ["10.0.0.0/16"]}
        await settled(SiteToSiteVpn("vpn", args).handout)
    assert [opts.delete_before_replace for opts in seen] == [True]


@program
async def test_a_transit_gateways_default_table_is_left_to_aws(recorder: Recorder) -> None:
    args: Any = ATTACHED
    await settled(SiteToSiteVpn("vpn", args).handout)
    assert recorder.of("RouteTableAssociation") == recorder.of("RouteTablePropagation") == []
    assert recorder.one("VpcAttachment").inputs["transitGatewayDefaultRouteTableAssociation"] is True


@program
async def test_a_vpc_is_attached_to_the_table_that_is_named_and_to_no_other(recorder: Recorder) -> None:
    args: Any = {**ATTACHED, "transit_gateway_route_table_id": "tgw-rtb-9"}
    await settled(SiteToSiteVpn("vpn", args).handout)
    attachment = recorder.one("VpcAttachment").inputs
    assert (attachment["vpcId"], attachment["subnetIds"]) == ("vpc-1", ["subnet-1"])
    assert attachment["transitGatewayDefaultRouteTableAssociation"] is False
    assert attachment["transitGatewayDefaultRouteTablePropagation"] is False
    for kind in ("RouteTableAssociation", "RouteTablePropagation"):
        assert [made.inputs["transitGatewayRouteTableId"] for made in recorder.of(kind)] == ["tgw-rtb-9"] * 2
    assert recorder.of("VpnGateway") == [], "a gateway was made beside the one that exists"


@pytest.mark.parametrize(("named", "used"), [(None, "tgw-rtb-default"), ("tgw-rtb-9", "tgw-rtb-9")])
@program
async def test_static_routes_of_a_transit_gateway_are_its_tables(recorder: Recorder, named: Any, used: str) -> None:
    routes: Any = {"static_routes": ["192.168.10.0/24"], "vpc_cidrs": ["10.0.0.0/16"]}
    args: Any = {**TRANSIT, **routes, "transit_gateway_route_table_id": named}
    await settled(SiteToSiteVpn("vpn", args).handout)
    (route,) = [made for made in recorder.of("Route") if "ec2transitgateway" in made.kind]
    assert route.inputs["transitGatewayRouteTableId"] == used
    assert recorder.of("VpnConnectionRoute") == recorder.of("RouteTablePropagation") == []


@pytest.mark.parametrize(
    ("says", "given", "message"),
    [
        ({"defaultRouteTableAssociation": "disable"}, {}, "transit_gateway_route_table_id is missing"),
        ({"defaultRouteTablePropagation": "disable"}, {}, "transit_gateway_route_table_id is missing"),
        ({}, {"transit_gateway_route_table_id": "tgw-rtb-default"}, "transit_gateway_route_table_id is 'tgw-rtb-def"),
        ({"amazonSideAsn": 65001}, {"bgp_asn": 65001}, "bgp_asn is 65001"),
        ({"amazonSideAsn": 4200000001}, {"customer_gateway_id": "cgw-9", "public_ip": None}, "bgp_asn is 4200000001"),
    ],
)
def test_what_a_transit_gateway_cannot_have_is_refused_once_it_is_known(says: Any, given: Any, message: str) -> None:
    recorder = start(Recorder())
    recorder.transit_gateway |= says
    args: Any = {**TRANSIT, **given}
    assert f"vpn: {message}" in error_of(lambda: SiteToSiteVpn("vpn", args).handout)
    assert recorder.of("VpnConnection") == []
