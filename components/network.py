"""Step 1 of the guide: the VPC, its subnets and their route tables; or ones that exist."""

from collections.abc import Mapping, Sequence
from functools import partial

import pulumi
import pulumi_aws as aws

from ._addresses import require_subnets, require_vpc_network
from ._names import part
from ._options import require_known
from ._transit import one_a_zone
from ._typed import NotRequired, TypedDict
from ._validation import ArgumentError, Words, require_absent, require_named, require_one_present, require_tags
from .existing import available_zones, existing
from .inputs import refusing, resolved
from .owner import Owner


class VpcNetworkArgs(TypedDict):
    """A VPC to make (`vpc_cidr`) or one that exists (`vpc_id`)."""

    vpc_cidr: NotRequired[str]
    """The VPC's network, /16 to /28, such as 10.0.0.0/16. Makes a new VPC."""
    subnet_cidrs: NotRequired[Sequence[str]]
    """The subnets' networks within it; any number, none by default."""
    availability_zones: NotRequired[Sequence[str]]
    """Where the subnets go, in turn, when they are made: one that is there stays in its zone. By default the Region's own."""
    route_table_per_subnet: NotRequired[bool]
    """Whether each subnet has a route table of its own; false by default, one for all."""
    vpc_id: NotRequired[pulumi.Input[str]]
    """A VPC that exists, instead of `vpc_cidr`."""
    route_table_ids: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Route tables of the existing VPC that shall know the way to the on-premises networks, by a name that stays (it becomes
    part of resource names)."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags on everything made here; `Name` is added."""


class VpcNetwork(pulumi.ComponentResource):
    """The AWS side's network. All routes are resources of their own, so that others can add theirs."""

    vpc_id: pulumi.Output[str]
    """The VPC's id."""
    vpc_cidr: pulumi.Output[str]
    """The VPC's network."""
    subnet_ids: pulumi.Output[Sequence[str]]
    """The subnets' ids in the order of `subnet_cidrs`."""
    route_table_ids: pulumi.Output[Mapping[str, str]]
    """The route tables' ids by a name that stays: `main`, a subnet's network, or the name of an existing one."""

    def __init__(self, name: str, args: VpcNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        with refusing(name):
            require_network(args)
        super().__init__("aws-cisco-vpn:index:VpcNetwork", name, {}, opts)
        self._owner = Owner(name, self, args.get("tags") or {})
        subnets: list[aws.ec2.Subnet] = []
        if args.get("vpc_id") is not None:
            found = existing("vpc_id", args["vpc_id"], self._owner)
            self.vpc_id, self.vpc_cidr = found["id"], found["cidrBlock"]
            self.route_tables = dict(args.get("route_table_ids") or {})
        else:
            vpc = self._make_vpc(args["vpc_cidr"])
            self.vpc_id, self.vpc_cidr = vpc.id, pulumi.Output.from_input(args["vpc_cidr"])
            subnets = self._make_subnets(vpc, args)
            self.route_tables = self._make_route_tables(vpc, subnets, args)
        self.subnet_ids = resolved([subnet.id for subnet in subnets])
        self.route_table_ids = resolved(self.route_tables)
        places: pulumi.Output[Sequence[Sequence[str]]] = resolved([[s.id, s.availability_zone] for s in subnets])
        self.one_subnet_a_zone = places.apply(lambda known: one_a_zone((place[0], place[1]) for place in known))
        self.register_outputs(
            {
                "vpc_id": self.vpc_id,
                "vpc_cidr": self.vpc_cidr,
                "subnet_ids": self.subnet_ids,
                "route_table_ids": self.route_table_ids,
            }
        )

    def _make_vpc(self, cidr: str) -> aws.ec2.Vpc:
        return aws.ec2.Vpc(
            self._owner.name,
            cidr_block=cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._owner.tagged(self._owner.name),
            opts=self._owner.child(),
        )

    def _make_subnets(self, vpc: aws.ec2.Vpc, args: VpcNetworkArgs) -> list[aws.ec2.Subnet]:
        cidrs = args.get("subnet_cidrs") or ()
        zones = args.get("availability_zones")
        # One subnet alone is left to AWS.
        offered = available_zones(self._owner) if zones is None and len(cidrs) > 1 else None
        subnets = []
        for position, cidr in enumerate(cidrs):
            name = f"{self._owner.name}-{part(cidr)}"
            zone = _in_turn(position, zones or offered)
            subnet = aws.ec2.Subnet(
                name,
                vpc_id=vpc.id,
                cidr_block=cidr,
                availability_zone=zone,
                tags=self._owner.tagged(name),
                # To another zone it would have to go with all that is in it, and lose its route table before AWS refuses that.
                opts=self._owner.child(ignore_changes=["availabilityZone"]),
            )
            if isinstance(zone, str):
                subnet.availability_zone.apply(partial(self._tell, cidr, zone))
            subnets.append(subnet)
        return subnets

    def _tell(self, cidr: str, wanted: str, zone: str) -> None:
        if zone != wanted:
            remedy = f"without it in subnet_cidrs for one up, it is made in {wanted}"
            pulumi.log.warn(f"{self._owner.name}: subnet {cidr} stays in {zone}, where it was made: {remedy}", self)

    def _make_route_tables(
        self, vpc: aws.ec2.Vpc, subnets: Sequence[aws.ec2.Subnet], args: VpcNetworkArgs
    ) -> dict[str, pulumi.Input[str]]:
        cidrs = args.get("subnet_cidrs") or ()
        own = bool(args.get("route_table_per_subnet"))
        keys = [part(cidr) for cidr in cidrs] if own else ["main"]
        tables = {key: self._make_route_table(vpc, key) for key in keys}
        for cidr, subnet in zip(cidrs, subnets, strict=True):
            aws.ec2.RouteTableAssociation(
                f"{self._owner.name}-{part(cidr)}",
                subnet_id=subnet.id,
                route_table_id=tables[part(cidr) if own else "main"].id,
                # Changed in place it would get another id, which Pulumi does not keep: a refresh would lose it.
                opts=self._owner.child(replace_on_changes=["routeTableId"], delete_before_replace=True),
            )
        return {key: table.id for key, table in tables.items()}

    def _make_route_table(self, vpc: aws.ec2.Vpc, key: str) -> aws.ec2.RouteTable:
        name = f"{self._owner.name}-{key}"
        return aws.ec2.RouteTable(name, vpc_id=vpc.id, tags=self._owner.tagged(name), opts=self._owner.child())


def require_network(args: VpcNetworkArgs) -> None:
    """Check everything that is known before anything is made."""
    require_known(args, VpcNetworkArgs.__annotations__)
    require_one_present(args, ("vpc_cidr", "vpc_id"), "a VPC to make, or one that exists")
    require_tags(args.get("tags") or {}, own=1)
    if args.get("vpc_id") is not None:
        names = ("subnet_cidrs", "availability_zones", "route_table_per_subnet")
        require_absent(args, names, "vpc_id names a VPC that exists, and nothing is made in it")
        require_named("route_table_ids", args.get("route_table_ids"))
        return
    require_absent(args, ("route_table_ids",), "the new VPC has its own route tables")
    require_vpc_network("vpc_cidr", args["vpc_cidr"])
    require_subnets(args["vpc_cidr"], args.get("subnet_cidrs") or ())
    if args.get("availability_zones") is not None and not args["availability_zones"]:
        raise ArgumentError("availability_zones", Words("empty"), "absent, or at least one zone")


def _in_turn(position: int, zones: Sequence[str] | pulumi.Output[list[str]] | None) -> pulumi.Input[str] | None:
    if isinstance(zones, pulumi.Output):
        return zones.apply(lambda names: names[position % len(names)])
    return zones[position % len(zones)] if zones else None
