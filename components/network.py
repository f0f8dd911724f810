"""Step 1 of the guide: the VPC, its subnets and route tables."""

import pulumi
import pulumi_aws as aws
from typing_extensions import NotRequired, TypedDict

from ._validation import check_subnets


class VpcNetworkArgs(TypedDict):
    """A new VPC, or an existing one to join."""

    vpc_cidr: str
    """The VPC's network, /16 to /28, such as 10.0.0.0/16."""
    subnet_cidrs: NotRequired[list[str]]
    """Subnets within it, spread over the availability zones in turn."""
    availability_zones: NotRequired[list[str]]
    """Where to put them; AWS chooses when not given."""
    vpc_id: NotRequired[str]
    """An existing VPC: then nothing is created here, and `route_table_ids` says which tables to route."""
    route_table_ids: NotRequired[list[str]]
    """The existing VPC's route tables."""
    tags: NotRequired[dict[str, str]]
    """Tags for everything created."""


class VpcNetwork(pulumi.ComponentResource):
    """The AWS side's network: a VPC with private subnets and one route table for them, or an existing VPC."""

    vpc_id: pulumi.Output[str]
    """The VPC."""
    subnet_ids: pulumi.Output[list[str]]
    """Its subnets, in the order of `subnet_cidrs`."""
    route_table_ids: pulumi.Output[list[str]]
    """The route tables that lead to the gateway."""

    def __init__(self, name: str, args: VpcNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("aws-cisco-vpn:index:VpcNetwork", name, {}, opts)
        self.table_count = len(args.get("route_table_ids", [])) or 1
        existing = args.get("vpc_id")
        if existing is not None:
            self.vpc_id = pulumi.Output.from_input(existing)
            self.subnet_ids = pulumi.Output.from_input([])
            self.route_table_ids = pulumi.Output.from_input(args.get("route_table_ids", []))
            self.table_count = len(args.get("route_table_ids", []))
        else:
            self._create(name, args)
        self.register_outputs(
            {"vpc_id": self.vpc_id, "subnet_ids": self.subnet_ids, "route_table_ids": self.route_table_ids}
        )

    def _create(self, name: str, args: VpcNetworkArgs) -> None:
        subnet_cidrs = args.get("subnet_cidrs", [])
        check_subnets(args["vpc_cidr"], subnet_cidrs)
        child = pulumi.ResourceOptions(parent=self)
        tags = {"Name": name, **args.get("tags", {})}
        vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=args["vpc_cidr"],
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=tags,
            opts=child,
        )
        table = aws.ec2.RouteTable(f"{name}-routes", vpc_id=vpc.id, tags=tags, opts=child)
        zones = args.get("availability_zones", [])
        subnets = []
        for index, cidr in enumerate(subnet_cidrs):
            # Named by network: adding one in the middle must not rename, and so replace, the others.
            key = cidr.replace("/", "-")
            subnet = aws.ec2.Subnet(
                f"{name}-subnet-{key}",
                vpc_id=vpc.id,
                cidr_block=cidr,
                availability_zone=zones[index % len(zones)] if zones else None,
                tags={**tags, "Name": f"{name}-{cidr}"},
                opts=child,
            )
            aws.ec2.RouteTableAssociation(
                f"{name}-subnet-{key}", subnet_id=subnet.id, route_table_id=table.id, opts=child
            )
            subnets.append(subnet)
        self.vpc_id = vpc.id
        self.subnet_ids = pulumi.Output.all(*[subnet.id for subnet in subnets])
        self.route_table_ids = pulumi.Output.all(table.id)
