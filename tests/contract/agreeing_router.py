"""A router that agrees with AWS's end of a tunnel in everything, to be spoilt by a test."""

from dataclasses import replace
from ipaddress import IPv4Network

from lab.ends import (
    AwsEnd,
    BgpNeighbor,
    Phase1Offer,
    Phase2Offer,
    RouterBgp,
    RouterEnd,
    Sla,
    StaticRoute,
)

VPC = IPv4Network("10.0.0.0/16")
OFFICE = IPv4Network("192.168.10.0/24")


def agreeing_router(aws: AwsEnd, number: int = 1) -> RouterEnd:
    """Return the router's end of a tunnel that comes up with `aws`, in the guide's algorithms."""
    end = RouterEnd(
        number=number,
        is_interface_up=True,
        source=aws.customer_outside,
        destination=aws.outside,
        inside=aws.customer_inside,
        phase1=(Phase1Offer("AES128", "SHA1", 2, 28800),),
        preshared_key=aws.preshared_key,
        phase2=(Phase2Offer("AES128", "SHA1"),),
        pfs=2,
    )
    if aws.bgp is None:
        sla = Sla(100 * number, aws.inside.ip, track=100 * number)
        return replace(end, sla=sla, static_routes=(StaticRoute(VPC, sla.track),))
    aws_as, router_as = aws.bgp
    neighbor = BgpNeighbor(aws.inside.ip, aws_as, keepalive=10, hold=30)
    return replace(end, bgp=RouterBgp(router_as, (neighbor,), (OFFICE,)))
