"""Steps 2 to 5 of the guide: the gateway, the customer gateway, the connection, and the routes to it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from ._addresses import GUIDE_INSIDE_CIDRS, inside_pairs, require_as_at_aws, require_public_ip
from ._asn import DEFAULT_AWS_ASN, DEFAULT_ROUTER_ASN, customer_gateway_asn, require_different
from ._handout import handout, planned_handout
from ._names import full_name, part, tagged
from ._profiles import algorithms, connection_arguments, not_a_key_of_aws, not_permitted
from ._routes import require_apart_from_vpc
from ._states import TunnelEnds, UnknownTunnelError, tunnel_ends
from .adoption import importing, keys_held, same_connection, same_customer_gateway
from .connection import connection_settings
from .existing import existing, router_asn
from .impact import ImpactGuard, costly
from .inputs import checked, refusing, resolved
from .keys import distinct_key, preshared_key
from .observability import Logs, make_alarms, make_log_group
from .transit import TransitGateway, attach_connection, attach_vpc, transit_gateway
from .vpn_args import SiteToSiteVpnArgs

# AWS needs minutes and the provider's own defaults have been too short: detaching a gateway waits for its connections.
_CONNECTION_TIMEOUTS = pulumi.CustomTimeouts(create="60m", update="60m", delete="60m")
_GATEWAY_TIMEOUTS = pulumi.CustomTimeouts(create="30m", update="30m", delete="30m")
_ANYWHERE = "0.0.0.0/0"  # an IOS tunnel interface proposes any to any, so AWS has to accept it


class SiteToSiteVpn(pulumi.ComponentResource):
    """The AWS side of the VPN: both tunnels' every option is set from one object that the router gets too."""

    vpn_connection_id: pulumi.Output[str]
    """The connection's id."""
    vpn_gateway_id: pulumi.Output[str | None]
    """The virtual private gateway's id, unless the end is a transit gateway."""
    customer_gateway_id: pulumi.Output[str]
    """The customer gateway's id."""
    transit_gateway_attachment_id: pulumi.Output[str | None]
    """The connection's attachment, when the end is a transit gateway."""
    customer_gateway_configuration: pulumi.Output[str]
    """AWS's XML for the router (secret: it holds the keys)."""
    handout: pulumi.Output[str]
    """What AWS hands out, as the JSON that IosCustomerGateway takes (secret)."""
    planned_handout: pulumi.Output[str]
    """What of it is known before AWS has made the connection; the rest stood in for. Nothing in it is secret."""

    def __init__(self, name: str, args: SiteToSiteVpnArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        with refusing(name):
            self._settings = connection_settings(args)
            self._pairs = inside_pairs(args.get("inside_cidrs", GUIDE_INSIDE_CIDRS))
        self._is_static = args.get("static_routes") is not None
        inputs: dict[str, Any] = {}
        # A link that this is a part of tells for the whole of itself what a change costs.
        guard: ImpactGuard | None = getattr(opts.parent, "guard", None) if opts is not None else None
        if guard is None:
            guard = ImpactGuard(name)
            inputs, opts = costly(args, self._settings, is_static=self._is_static), guard.on_component(opts)
        self._guard = guard
        super().__init__("aws-cisco-vpn:index:SiteToSiteVpn", name, inputs, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self._is_transit = args.get("transit_gateway_id") is not None
        self._imports = args.get("import_ids") or {}
        self._own: list[pulumi.Output[Any]] = []  # what is known in a preview only where an up has been
        self._customer_gateway, self._router_ip, self.router_asn = self._router()
        self._transit = self._find_transit_gateway()
        keys = None if self._imports.get("vpn_connection") else self._keys()
        gateway, attachment = self._make_gateway()
        if held := self._imports.get("vpn_connection"):
            gateway = same_connection(name, held, gateway, self, is_static=self._is_static)
        customer_gateway = self._make_customer_gateway()
        connection = self._make_connection(gateway, attachment, customer_gateway, keys)
        self.ends = self._ends(connection)
        keys = keys or keys_held(connection, self._pairs, self.ends)
        # By way of the attachment, so that what uses the gateway elsewhere comes after it and goes before it.
        attached = attachment.vpn_gateway_id if attachment is not None else gateway
        self._make_routes(attached, connection)
        if args.get("alarm_topic_arn") is not None:
            make_alarms(name, connection.id, args["alarm_topic_arn"], self._tagged, self._child)
        self.vpn_connection_id = connection.id
        self.vpn_gateway_id = pulumi.Output.from_input(None if self._is_transit else attached)
        self.customer_gateway_id = connection.customer_gateway_id
        self.transit_gateway_attachment_id = connection.transit_gateway_attachment_id
        self.customer_gateway_configuration = pulumi.Output.secret(connection.customer_gateway_configuration)
        self.handout = self._handout(connection, keys, (gateway, customer_gateway))
        self.planned_handout = self._planned_handout()
        self.register_outputs(
            {
                "vpn_connection_id": self.vpn_connection_id,
                "vpn_gateway_id": self.vpn_gateway_id,
                "customer_gateway_id": self.customer_gateway_id,
                "transit_gateway_attachment_id": self.transit_gateway_attachment_id,
                "customer_gateway_configuration": self.customer_gateway_configuration,
                "handout": self.handout,
                "planned_handout": self.planned_handout,
            }
        )

    def _keys(self) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
        args, name, child = self._args, self._name, self._child
        one = preshared_key(name, 1, args.get("tunnel1_preshared_key"), args.get("tunnel1_key_serial", 1), child)
        two = preshared_key(name, 2, args.get("tunnel2_preshared_key"), args.get("tunnel2_key_serial", 1), child)
        self._own += [key for n, key in ((1, one), (2, two)) if args.get(f"tunnel{n}_preshared_key") is None]
        return distinct_key(name, one, two), distinct_key(name, two, one)

    def _find_transit_gateway(self) -> TransitGateway | None:
        args = self._args
        if not self._is_transit:
            return None
        table = args.get("transit_gateway_route_table_id")
        return transit_gateway(self._name, args["transit_gateway_id"], table, self.router_asn, self)

    def _router(self) -> tuple[pulumi.Output[str] | None, pulumi.Output[str], pulumi.Output[int]]:
        """Return the customer gateway's id where it exists, its address and its AS number."""
        args = self._args
        if args.get("customer_gateway_id") is None:
            asn, address = args.get("bgp_asn", DEFAULT_ROUTER_ASN), self._public_ip(args["public_ip"])
            if held := self._imports.get("customer_gateway"):
                address = same_customer_gateway(self._name, held, address, asn, self)
            return None, address, pulumi.Output.from_input(asn)
        found = existing("customer_gateway_id", args["customer_gateway_id"], self._name, self)
        return found["id"], found.apply(lambda known: known.get("ipAddress")), found.apply(router_asn)

    def _make_gateway(self) -> tuple[pulumi.Input[str], aws.ec2.VpnGatewayAttachment | None]:
        """Return the gateway's id and, when it is attached here, the attachment."""
        args = self._args
        if self._transit is not None:
            return self._transit.id, None
        if args.get("vpn_gateway_id") is not None:
            return self._find_gateway(args["vpn_gateway_id"]), None
        name = f"{self._name}-vgw"
        opts = pulumi.ResourceOptions.merge(pulumi.ResourceOptions(custom_timeouts=_GATEWAY_TIMEOUTS), self._child)
        asn = str(args.get("amazon_side_asn", DEFAULT_AWS_ASN))
        gateway = aws.ec2.VpnGateway(name, amazon_side_asn=asn, tags=self._tagged(name), opts=opts)
        self._own.append(gateway.id)
        # A gateway is attached to one VPC at most: it has to leave the one before it comes to another.
        attached = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(delete_before_replace=True))
        attachment = aws.ec2.VpnGatewayAttachment(name, vpc_id=args["vpc_id"], vpn_gateway_id=gateway.id, opts=attached)
        return gateway.id, attachment

    def _find_gateway(self, identity: pulumi.Input[str]) -> pulumi.Output[str]:
        found = existing("vpn_gateway_id", identity, self._name, self)

        def check(known: Sequence[Any]) -> None:
            require_different("bgp_asn", int(known[2]), int(known[1]))

        fit = checked(self._name, pulumi.Output.all(found["id"], found["amazonSideAsn"], self.router_asn), check)
        return fit.apply(lambda known: str(known[0]))

    def _make_customer_gateway(self) -> pulumi.Input[str]:
        args = self._args
        if self._customer_gateway is not None:
            return self._customer_gateway
        name = f"{self._name}-cgw"
        # AWS hands out one and the same gateway for the same address, ASN and device name: two stacks would share one, and
        # the first destroyed would fail or take the other's. A name of our making stays when the stack or the component is
        # renamed: another one would be another gateway.
        kept = [] if args.get("device_name") else ["device_name"]
        # Replaced create-first, as Pulumi does by default: AWS refuses to delete one that a connection still uses.
        customer_gateway = aws.ec2.CustomerGateway(
            name,
            type="ipsec.1",
            ip_address=self._router_ip,
            device_name=args.get("device_name") or full_name(pulumi.get_project(), pulumi.get_stack(), self._name),
            **customer_gateway_asn(args.get("bgp_asn", DEFAULT_ROUTER_ASN)),
            tags=self._tagged(name),
            opts=pulumi.ResourceOptions.merge(
                importing(self._imports.get("customer_gateway"), ["device_name"]),
                pulumi.ResourceOptions.merge(pulumi.ResourceOptions(ignore_changes=kept), self._child),
            ),
        )
        if not self._imports.get("customer_gateway"):
            self._own.append(customer_gateway.id)
        return customer_gateway.id

    def _public_ip(self, given: pulumi.Input[str]) -> pulumi.Output[str]:
        return checked(self._name, given, lambda ip: require_public_ip("public_ip", ip))

    def _make_connection(
        self,
        gateway: pulumi.Input[str],
        attachment: pulumi.Resource | None,
        customer_gateway: pulumi.Input[str],
        keys: Sequence[pulumi.Output[str]] | None,
    ) -> aws.ec2.VpnConnection:
        arguments: dict[str, Any] = {
            "transit_gateway_id" if self._is_transit else "vpn_gateway_id": gateway,
            "customer_gateway_id": customer_gateway,
            "type": "ipsec.1",
            "static_routes_only": self._is_static,
            "local_ipv4_network_cidr": _ANYWHERE,
            "remote_ipv4_network_cidr": _ANYWHERE,
            "enable_acceleration": self._args.get("enable_acceleration") or None,
            "tunnel_bandwidth": self._args.get("tunnel_bandwidth"),
            "tags": self._tagged(self._name),
        }
        logs = self._make_logs()
        for number, settings in enumerate(self._settings, 1):
            arguments.update(connection_arguments(number, settings))
            arguments[f"tunnel{number}_inside_cidr"] = str(self._pairs[number - 1].network)
            arguments[f"tunnel{number}_preshared_key"] = keys[number - 1] if keys else None
            if logs is not None:
                arguments[f"tunnel{number}_log_options"] = logs.options()
        # Pinned inside CIDRs are unique on a gateway: a replacement can be made only once the old one is gone.
        opts = pulumi.ResourceOptions(
            delete_before_replace=True,
            custom_timeouts=_CONNECTION_TIMEOUTS,
            depends_on=[attachment] if attachment is not None else [],
        )
        own = [name for name in arguments if name.startswith("tunnel")]
        opts = pulumi.ResourceOptions.merge(opts, importing(self._imports.get("vpn_connection"), own))
        opts = pulumi.ResourceOptions.merge(opts, self._guard.on_connection(self, self._pairs, self._is_made))
        return aws.ec2.VpnConnection(
            self._name,
            aws.ec2.VpnConnectionArgs(**arguments),
            opts=pulumi.ResourceOptions.merge(opts, self._child),
        )

    def _make_logs(self) -> Logs | None:
        args = self._args
        arn = args.get("log_group_arn")
        if arn is None and args.get("log_retention_days") is None:
            return None
        if arn is None:
            key = args.get("log_kms_key_arn")
            arn = make_log_group(self._name, args["log_retention_days"], key, self._tagged, self._child)
        return Logs(arn, args.get("log_format", "json"), has_bgp=args.get("log_bgp", True) and not self._is_static)

    def _make_routes(self, gateway: pulumi.Input[str], connection: aws.ec2.VpnConnection) -> None:
        """Make every route that leads to the connection; each is gone before the connection is."""
        after = pulumi.ResourceOptions.merge(pulumi.ResourceOptions(depends_on=[connection]), self._child)
        for cidr in self._args.get("static_routes") or ():
            if not self._is_transit:
                aws.ec2.VpnConnectionRoute(
                    f"{self._name}-{part(cidr)}",
                    destination_cidr_block=cidr,
                    vpn_connection_id=connection.id,
                    # Its create does nothing where the route exists, so that the old one must go first.
                    opts=pulumi.ResourceOptions.merge(pulumi.ResourceOptions(delete_before_replace=True), after),
                )
        if self._transit is not None:
            after = self._join_transit_gateway(self._transit, connection, after)
        self._make_vpc_routes(gateway, after)

    def _join_transit_gateway(
        self, gateway: TransitGateway, connection: aws.ec2.VpnConnection, after: pulumi.ResourceOptions
    ) -> pulumi.ResourceOptions:
        """Attach both sides to the gateway; return the options of the VPC's own routes, which need its attachment."""
        args, name = self._args, self._name
        attach_connection(name, gateway, connection.transit_gateway_attachment_id, args.get("static_routes"), after)
        subnets = args.get("transit_gateway_subnet_ids")
        if subnets is None:
            return after
        vpc = attach_vpc(name, gateway, args["vpc_id"], subnets, self._tagged, self._child)
        return pulumi.ResourceOptions.merge(pulumi.ResourceOptions(depends_on=[connection, vpc]), self._child)

    def _make_vpc_routes(self, gateway: pulumi.Input[str], after: pulumi.ResourceOptions) -> None:
        args = self._args
        for key, table in (args.get("route_table_ids") or {}).items():
            if args.get("propagate_routes", not self._is_transit):
                aws.ec2.VpnGatewayRoutePropagation(
                    f"{self._name}-{key}", vpn_gateway_id=gateway, route_table_id=table, opts=after
                )
            for cidr in args.get("gateway_routes") or ():
                aws.ec2.Route(
                    f"{self._name}-{key}-{part(cidr)}",
                    route_table_id=table,
                    destination_cidr_block=cidr,
                    gateway_id=None if self._is_transit else gateway,
                    transit_gateway_id=gateway if self._is_transit else None,
                    opts=after,
                )

    def _handout(
        self,
        connection: aws.ec2.VpnConnection,
        keys: Sequence[pulumi.Output[str]],
        ends: Sequence[pulumi.Input[str]],
    ) -> pulumi.Output[str]:
        wanted = {} if self._imports.get("vpn_connection") else algorithms(self._settings)
        held = {argument: getattr(connection, argument) for argument in wanted}
        keys_at_aws = [connection.tunnel1_preshared_key, connection.tunnel2_preshared_key]

        def document(known: Mapping[str, Any]) -> str:
            parts = known["parts"]
            for why in (not_permitted(wanted, known["held"]), not_a_key_of_aws(parts["keys"], known["keys_at_aws"])):
                if why:
                    pulumi.log.warn(f"{self._name}: {why}")
            return handout(self._settings, self._pairs, **parts)

        parts = {
            "configuration": connection.customer_gateway_configuration,
            "keys": list(keys),
            "vpc_cidrs": self._vpc_cidrs(),
        }
        # In a preview that moves the connection to another gateway, AWS's document of it is the old one.
        known = {"parts": parts, "ends": list(ends), "held": held, "keys_at_aws": keys_at_aws}
        return pulumi.Output.secret(resolved(known).apply(document))

    def _planned_handout(self) -> pulumi.Output[str]:
        args = self._args
        has_own_gateway = args.get("vpn_gateway_id") is None and not self._is_transit
        asn = args.get("amazon_side_asn", DEFAULT_AWS_ASN) if has_own_gateway else None

        def document(known: Mapping[str, Any]) -> str:
            return planned_handout(self._settings, self._pairs, aws_asn=asn, is_static=self._is_static, **known)

        parts = {
            "public_ip": self._router_ip,
            "router_asn": self.router_asn,
            "vpc_cidrs": self._vpc_cidrs(),
            "is_made": self._is_made(),
        }
        return resolved(parts).apply(document)

    async def _is_made(self) -> bool:
        """Return whether the stack has parts of the link already: in a preview of a new one, none of its own is known."""
        return any([await own.is_known() for own in self._own])

    def _vpc_cidrs(self) -> pulumi.Output[Sequence[str]]:
        args = self._args
        routes = [*(args.get("static_routes") or ()), *(args.get("gateway_routes") or ())]

        def check(cidrs: Sequence[str]) -> None:
            for cidr in cidrs:
                require_apart_from_vpc("on-premises network", list(dict.fromkeys(routes)), cidr)

        given = list(args.get("vpc_cidrs") or ())
        if all(isinstance(cidr, str) for cidr in given):
            with refusing(self._name):
                check([str(cidr) for cidr in given])
        return checked(self._name, resolved(given), check)

    def _ends(self, connection: aws.ec2.VpnConnection) -> pulumi.Output[tuple[TunnelEnds, ...]]:
        pairs, name = self._pairs, self._name
        is_imported = bool(self._imports.get("vpn_connection"))

        def matched(known: Sequence[str | None]) -> tuple[TunnelEnds, ...]:
            if is_imported:
                with refusing(name):
                    require_as_at_aws(pairs, known[6:])
            try:
                return tunnel_ends(pairs, [(known[0], known[1], known[2]), (known[3], known[4], known[5])])
            except UnknownTunnelError as error:
                raise pulumi.RunError(f"{name}: {error}") from None

        c = connection
        return pulumi.Output.all(
            c.tunnel1_vgw_inside_address, c.tunnel1_address, c.tunnel1_bgp_asn,
            c.tunnel2_vgw_inside_address, c.tunnel2_address, c.tunnel2_bgp_asn,
            c.tunnel1_inside_cidr, c.tunnel2_inside_cidr,
        ).apply(matched)  # fmt: skip

    def _tagged(self, name: str) -> pulumi.Output[dict[str, str]]:
        return resolved(self._args.get("tags") or {}).apply(lambda tags: tagged(name, tags))
