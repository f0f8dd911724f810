"""Steps 2 to 5 of the guide: the gateway, the customer gateway, the connection, and the routes to it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi.output import UNKNOWN

from ._addresses import GUIDE_INSIDE_CIDRS, inside_pairs, require_as_at_aws
from ._handout import handout, planned_handout
from ._profiles import algorithms, connection_arguments, not_a_key_of_aws, not_permitted
from ._routes import require_apart_from_vpc, require_networks
from ._states import TunnelEnds, UnknownTunnelError, tunnel_ends
from .adoption import importing, keys_held
from .connection import connection_settings
from .gateways import CustomerGateway, Gateway, customer_gateway, gateway
from .impact import ImpactGuard, costly
from .inputs import checked, refusing, resolved
from .keys import Keys, own_keys
from .observability import Logs, make_alarms, make_log_group
from .owner import Made, Owner
from .routes import make_routes
from .vpn_args import SiteToSiteVpnArgs

# AWS needs minutes, and the provider's own defaults have been too short.
_TIMEOUTS = pulumi.CustomTimeouts(create="60m", update="60m", delete="60m")
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
        guard = getattr(opts.parent, "guard", None) if opts is not None else None
        if not isinstance(guard, ImpactGuard):
            guard = ImpactGuard(name)
            inputs, opts = costly(args, self._settings, is_static=self._is_static), guard.on_component(opts)
        self._guard = guard
        super().__init__("aws-cisco-vpn:index:SiteToSiteVpn", name, inputs, opts)
        self._args = args
        self._owner = Owner(name, self, args.get("tags") or {})
        self._held = (args.get("import_ids") or {}).get("vpn_connection")
        router = customer_gateway(self._owner, args)
        end = gateway(self._owner, args, router)
        keys = None if self._held else own_keys(self._owner, args)
        self._made: Made = (*router.made, *end.made, *(keys.made if keys else ()))
        connection = self._make_connection(end, router, keys)
        self.ends = self._ends(connection)
        keys = keys or Keys(keys_held(connection, self._pairs, self.ends))
        make_routes(self._owner, args, end, connection)
        if args.get("alarm_topic_arn") is not None:
            make_alarms(self._owner, connection.id, args["alarm_topic_arn"])
        self.router_asn = router.asn
        self.vpn_connection_id = connection.id
        self.vpn_gateway_id = pulumi.Output.from_input(None if end.transit else end.attached)
        self.customer_gateway_id = connection.customer_gateway_id
        self.transit_gateway_attachment_id = connection.transit_gateway_attachment_id
        self.customer_gateway_configuration = pulumi.Output.secret(connection.customer_gateway_configuration)
        self.handout = self._handout(connection, keys, (end.id, router.id))
        self.planned_handout = self._planned_handout(end, router)
        # Nothing of what AWS hands out: the keys are in it, and an up has another one than its preview, whose plan it would break.
        self.register_outputs(
            {
                "vpn_connection_id": self.vpn_connection_id,
                "vpn_gateway_id": self.vpn_gateway_id,
                "customer_gateway_id": self.customer_gateway_id,
                "transit_gateway_attachment_id": self.transit_gateway_attachment_id,
            }
        )

    def _make_connection(self, end: Gateway, router: CustomerGateway, keys: Keys | None) -> aws.ec2.VpnConnection:
        name, args = self._owner.name, self._args
        arguments: dict[str, Any] = {
            "transit_gateway_id" if end.transit else "vpn_gateway_id": end.id,
            "customer_gateway_id": router.id,
            "type": "ipsec.1",
            "static_routes_only": self._is_static,
            "local_ipv4_network_cidr": _ANYWHERE,
            "remote_ipv4_network_cidr": _ANYWHERE,
            "enable_acceleration": args.get("enable_acceleration") or None,
            "tunnel_bandwidth": args.get("tunnel_bandwidth"),
            "tags": self._owner.tagged(name),
        }
        logs = self._make_logs()
        for number, settings in enumerate(self._settings, 1):
            arguments.update(connection_arguments(number, settings))
            arguments[f"tunnel{number}_inside_cidr"] = str(self._pairs[number - 1].network)
            arguments[f"tunnel{number}_preshared_key"] = keys.both[number - 1] if keys else None
            if logs is not None:
                arguments[f"tunnel{number}_log_options"] = logs.options()
        tunnels = [argument for argument in arguments if argument.startswith("tunnel")]
        more = pulumi.ResourceOptions.merge(
            importing(self._held, tunnels), self._guard.on_connection(self, self._pairs, self._is_made)
        )
        # Pinned inside CIDRs are unique on a gateway: a replacement can be made only once the old one is gone.
        own = self._owner.child(
            delete_before_replace=True,
            custom_timeouts=_TIMEOUTS,
            depends_on=[end.attachment] if end.attachment is not None else [],
        )
        return aws.ec2.VpnConnection(
            name, aws.ec2.VpnConnectionArgs(**arguments), opts=pulumi.ResourceOptions.merge(more, own)
        )

    def _make_logs(self) -> Logs | None:
        args = self._args
        arn = args.get("log_group_arn")
        if arn is None and args.get("log_retention_days") is None:
            return None
        if arn is None:
            arn = make_log_group(self._owner, args["log_retention_days"], args.get("log_kms_key_arn"))
        return Logs(arn, args.get("log_format", "json"), has_bgp=args.get("log_bgp", True) and not self._is_static)

    def _handout(
        self, connection: aws.ec2.VpnConnection, keys: Keys, ends: Sequence[pulumi.Input[str]]
    ) -> pulumi.Output[str]:
        wanted = {} if self._held else algorithms(self._settings)
        held = {argument: getattr(connection, argument) for argument in wanted}
        keys_at_aws = [connection.tunnel1_preshared_key, connection.tunnel2_preshared_key]

        def document(known: Mapping[str, Any]) -> str:
            parts = known["parts"]
            for why in (not_permitted(wanted, known["held"]), not_a_key_of_aws(parts["keys"], known["keys_at_aws"])):
                if why:
                    pulumi.log.warn(f"{self._owner.name}: {why}")
            return handout(self._settings, self._pairs, **parts)

        parts = {
            "configuration": connection.customer_gateway_configuration,
            "keys": list(keys.both),
            "vpc_cidrs": self._vpc_cidrs(),
        }
        # In a preview that moves the connection to another gateway, or other inside CIDRs, AWS's document of it is the old one.
        known = {"parts": parts, "ends": [*ends, self.ends], "held": held, "keys_at_aws": keys_at_aws}
        return pulumi.Output.secret(resolved(known).apply(document))

    def _planned_handout(self, end: Gateway, router: CustomerGateway) -> pulumi.Output[str]:
        def document(known: Mapping[str, Any]) -> str:
            return planned_handout(self._settings, self._pairs, is_static=self._is_static, **known)

        parts = {
            "public_ip": router.ip_address,
            "router_asn": router.asn,
            "aws_asn": end.asn.future(),  # none of a gateway that this program has yet to make elsewhere
            "vpc_cidrs": self._vpc_cidrs(),
            "is_made": self._is_made(),
        }
        return resolved(parts).apply(document)

    async def _is_made(self) -> bool:
        """Return whether the stack has parts of the link already; in a preview."""
        return any([await made.is_known() for made in self._made])

    def _vpc_cidrs(self) -> pulumi.Output[Sequence[str]]:
        args = self._args
        routes = [*(args.get("static_routes") or ()), *(args.get("gateway_routes") or ())]

        def check(cidrs: Sequence[str]) -> None:
            require_networks("vpc_cidrs", cidrs)
            for cidr in cidrs:
                require_apart_from_vpc("on-premises network", list(dict.fromkeys(routes)), cidr)

        given = list(args.get("vpc_cidrs") or ())
        if all(isinstance(cidr, str) for cidr in given):
            with refusing(self._owner.name):
                check([str(cidr) for cidr in given])
        return checked(self._owner.name, resolved(given), check)

    def _ends(self, connection: aws.ec2.VpnConnection) -> pulumi.Output[tuple[TunnelEnds, ...]]:
        pairs, name, is_imported = self._pairs, self._owner.name, bool(self._held)

        def matched(known: Sequence[str | None]) -> Any:  # noqa: ANN401  # the ends, or Pulumi's word for none yet
            if is_imported:
                with refusing(name):
                    require_as_at_aws(pairs, known[6:])
            try:
                return tunnel_ends(pairs, [(known[0], known[1], known[2]), (known[3], known[4], known[5])])
            except UnknownTunnelError as error:
                if pulumi.runtime.is_dry_run():
                    return UNKNOWN  # inside CIDRs are changed in place: a preview has the addresses that are to go
                raise pulumi.RunError(f"{name}: {error}") from None

        c = connection
        return pulumi.Output.all(
            c.tunnel1_vgw_inside_address, c.tunnel1_address, c.tunnel1_bgp_asn,
            c.tunnel2_vgw_inside_address, c.tunnel2_address, c.tunnel2_bgp_asn,
            c.tunnel1_inside_cidr, c.tunnel2_inside_cidr,
        ).apply(matched)  # fmt: skip
