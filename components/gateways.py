"""What the connection joins, made or looked up: the customer gateway, and a virtual private or a transit gateway."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pulumi
import pulumi_aws as aws

from ._addresses import require_public_ip
from ._asn import DEFAULT_AWS_ASN, DEFAULT_ROUTER_ASN, customer_gateway_asn, require_different
from ._names import full_name
from .adoption import importing, same_connection, same_customer_gateway
from .existing import existing, router_asn
from .inputs import checked
from .owner import Made, Owner
from .transit import TransitGateway, transit_gateway
from .vpn_args import SiteToSiteVpnArgs

# AWS needs minutes, and the provider's own defaults have been too short: detaching a gateway waits for its connections.
_TIMEOUTS = pulumi.CustomTimeouts(create="30m", update="30m", delete="30m")


@dataclass(frozen=True, slots=True)
class CustomerGateway:
    """What AWS knows of the router."""

    id: pulumi.Output[str]
    ip_address: pulumi.Output[str]
    asn: pulumi.Output[int]
    made: Made = ()


@dataclass(frozen=True, slots=True)
class Gateway:
    """The connection's other end."""

    id: pulumi.Input[str]
    asn: pulumi.Output[int]
    attachment: aws.ec2.VpnGatewayAttachment | None = None
    transit: TransitGateway | None = None
    made: Made = ()

    @property
    def attached(self) -> pulumi.Input[str]:
        """The id, for what uses the gateway elsewhere: that comes after its attachment, and goes before it."""
        return self.id if self.attachment is None else self.attachment.vpn_gateway_id


def customer_gateway(owner: Owner, args: SiteToSiteVpnArgs) -> CustomerGateway:
    """Return the customer gateway."""
    if args.get("customer_gateway_id") is not None:
        found = existing("customer_gateway_id", args["customer_gateway_id"], owner)
        return CustomerGateway(
            found["id"], found.apply(lambda known: known.get("ipAddress", "")), found.apply(router_asn)
        )
    asn = args.get("bgp_asn", DEFAULT_ROUTER_ASN)
    address = checked(owner.name, args["public_ip"], lambda ip: require_public_ip("public_ip", ip))
    held = (args.get("import_ids") or {}).get("customer_gateway")
    if held:
        address = same_customer_gateway(owner, held, address, asn)
    name, given = f"{owner.name}-cgw", args.get("device_name")
    # AWS hands out one and the same gateway for the same address, ASN and device name: two stacks would share one, and the
    # first destroyed would fail or take the other's. A name of our making stays when the stack or the component is renamed:
    # another one would be another gateway. Replaced create-first, as Pulumi does by default: AWS refuses to delete one that
    # a connection still uses.
    gateway = aws.ec2.CustomerGateway(
        name,
        type="ipsec.1",
        ip_address=address,
        device_name=given or full_name(pulumi.get_project(), pulumi.get_stack(), owner.name),
        **customer_gateway_asn(asn),
        tags=owner.tagged(name),
        opts=pulumi.ResourceOptions.merge(
            importing(held, ["device_name"]), owner.child(ignore_changes=[] if given else ["device_name"])
        ),
    )
    return CustomerGateway(gateway.id, address, pulumi.Output.from_input(asn), () if held else (gateway.id,))


def gateway(owner: Owner, args: SiteToSiteVpnArgs, router: CustomerGateway) -> Gateway:
    """Return the gateway; of a connection that is imported, once that is there and would not be made anew."""
    end = _gateway(owner, args, router)
    held = (args.get("import_ids") or {}).get("vpn_connection")
    if not held:
        return end
    return replace(end, id=same_connection(owner, held, end.id, is_static=args.get("static_routes") is not None))


def _gateway(owner: Owner, args: SiteToSiteVpnArgs, router: CustomerGateway) -> Gateway:
    if args.get("transit_gateway_id") is not None:
        table = args.get("transit_gateway_route_table_id")
        transit = transit_gateway(owner, args["transit_gateway_id"], table, router.asn)
        return Gateway(transit.id, transit.asn, transit=transit)
    if args.get("vpn_gateway_id") is not None:
        return _existing_gateway(owner, args["vpn_gateway_id"], router.asn)
    return _new_gateway(owner, args["vpc_id"], args.get("amazon_side_asn", DEFAULT_AWS_ASN))


def _existing_gateway(owner: Owner, identity: pulumi.Input[str], router_number: pulumi.Output[int]) -> Gateway:
    found = existing("vpn_gateway_id", identity, owner)

    def check(known: Sequence[Any]) -> None:
        require_different("bgp_asn", int(known[2]), int(known[1]))

    fit = checked(owner.name, pulumi.Output.all(found["id"], found["amazonSideAsn"], router_number), check)
    return Gateway(fit.apply(lambda known: str(known[0])), fit.apply(lambda known: int(known[1])))


def _new_gateway(owner: Owner, vpc: pulumi.Input[str], asn: int) -> Gateway:
    name = f"{owner.name}-vgw"
    made = aws.ec2.VpnGateway(
        name, amazon_side_asn=str(asn), tags=owner.tagged(name), opts=owner.child(custom_timeouts=_TIMEOUTS)
    )
    # A gateway is attached to one VPC at most: it has to leave the one before it comes to another.
    attachment = aws.ec2.VpnGatewayAttachment(
        name,
        vpc_id=vpc,
        vpn_gateway_id=made.id,
        opts=owner.child(custom_timeouts=_TIMEOUTS, delete_before_replace=True),
    )
    return Gateway(made.id, pulumi.Output.from_input(asn), attachment, made=(made.id,))
