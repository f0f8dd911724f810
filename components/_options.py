"""Options of the connection beside its tunnels': what goes with which gateway, and what is refused, with the reason."""

from collections.abc import Collection, Mapping

from ._validation import ArgumentError, Words, require_absent, require_one_of

BANDWIDTHS = ("standard", "large")
LOG_FORMATS = ("json", "text")
# CloudWatch Logs keeps for these many days, and no other number.
RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip

_IPV4 = "absent: the tunnels carry IPv4, over IPv4"
_INTERNET = "absent: the tunnels run over the Internet, between public addresses"
_SELECTORS = "absent: an IOS tunnel interface proposes any to any; say in onprem_cidrs what is routed"
_OVERRIDES = "absent: say it in profile_overrides, tunnel1_overrides or tunnel2_overrides, one value for both ends"
_LOGS = "absent: say log_retention_days or log_group_arn, for both tunnels"

REFUSED: Mapping[str, str] = {
    "certificate_arn": "absent: the ends know each other by pre-shared keys",
    "local_ipv4_network_cidr": _SELECTORS,
    "local_ipv6_network_cidr": _IPV4,
    "outside_ip_address_type": _INTERNET,
    "preshared_key_storage": "absent: AWS then shows the provider no key, so that every up would send both again and take both tunnels down",
    "region": "absent: it is the provider's, which opts.provider names",
    "remote_ipv4_network_cidr": _SELECTORS,
    "remote_ipv6_network_cidr": _IPV4,
    "static_routes_only": "absent: it follows from the routing",
    "transport_transit_gateway_attachment_id": _INTERNET,
    "tunnel_inside_ip_version": _IPV4,
    "type": "absent: AWS has one type, ipsec.1",
    "vpn_concentrator_id": "absent: a router has one or two tunnels of its own here, on a gateway of AWS",
    **{
        f"tunnel{number}_{name}": reason
        for number in (1, 2)
        for name, reason in {
            "inside_cidr": "absent: say inside_cidrs, both tunnels' in one list",
            "inside_ipv6_cidr": _IPV4,
            "log_options": _LOGS,
            **dict.fromkeys(
                (
                    "dpd_timeout_action",
                    "dpd_timeout_seconds",
                    "enable_tunnel_lifecycle_control",
                    "ike_versions",
                    "rekey_fuzz_percentage",
                    "rekey_margin_time_seconds",
                    "replay_window_size",
                    "startup_action",
                    *(
                        f"phase{phase}_{kind}"
                        for phase in (1, 2)
                        for kind in (
                            "dh_group_numbers",
                            "encryption_algorithms",
                            "integrity_algorithms",
                            "lifetime_seconds",
                        )
                    ),
                ),
                _OVERRIDES,
            ),
        }.items()
    },
}
"""What pulumi_aws's VpnConnection and CustomerGateway have and the components do not: name to what is to be done."""


def require_known(arguments: Mapping[str, object], known: Collection[str], within: str = "") -> None:
    """Refuse an argument that no component reads: a word misspelt would otherwise be a wish unheard."""
    for name, value in arguments.items():
        if name in known or value is None:
            continue
        if not within and name in REFUSED:
            raise ArgumentError(name, Words("given"), REFUSED[name])
        raise ArgumentError(f"{within}{name}", Words("given"), f"an argument that exists: {', '.join(sorted(known))}")


def require_fit(arguments: Mapping[str, object]) -> None:
    """Refuse what a virtual private gateway has not, and what excludes each other."""
    bandwidth = arguments.get("tunnel_bandwidth", "standard")
    require_one_of("tunnel_bandwidth", bandwidth, BANDWIDTHS)
    if arguments.get("transit_gateway_id") is None:
        for name, is_asked in (
            ("enable_acceleration", bool(arguments.get("enable_acceleration"))),
            ("tunnel_bandwidth", bandwidth == "large"),
        ):
            if is_asked:
                raise ArgumentError(
                    name, arguments[name], "left out without transit_gateway_id: a VPN gateway has it not"
                )
    if arguments.get("enable_acceleration") and bandwidth == "large":
        raise ArgumentError("tunnel_bandwidth", "large", "standard with enable_acceleration")


def require_logs(arguments: Mapping[str, object], *, is_static: bool) -> None:
    """Refuse a retention that CloudWatch has not, two places to log to, and options without a place."""
    if arguments.get("log_retention_days") is not None:
        require_one_of("log_retention_days", arguments["log_retention_days"], RETENTION_DAYS)
        require_absent(arguments, ("log_group_arn",), "log_retention_days makes a group of its own")
    require_one_of("log_format", arguments.get("log_format", "json"), LOG_FORMATS)
    has_place = any(arguments.get(name) is not None for name in ("log_retention_days", "log_group_arn"))
    if not has_place:
        names = ("log_format", "log_bgp", "log_kms_key_arn")
        require_absent(arguments, names, "without log_retention_days or log_group_arn nothing is logged")
    if arguments.get("log_group_arn") is not None:
        require_absent(arguments, ("log_kms_key_arn",), "the log group exists and has its own key")
    if is_static:
        require_absent(arguments, ("log_bgp",), "with static routing there is no BGP to log")
