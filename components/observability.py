"""What AWS can tell of the tunnels by itself: their logs, and alarms when they are down."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ._names import full_name
from .owner import Owner

_PERIOD = 300  # seconds; AWS/VPN has TunnelState every five minutes


@dataclass(frozen=True, slots=True)
class Logs:
    """Where the tunnels log to, and how."""

    arn: pulumi.Input[str]
    form: str
    has_bgp: bool

    def options(self) -> aws.ec2.VpnConnectionTunnel1LogOptionsArgsDict:
        """Return a tunnel's log options."""
        logs: aws.ec2.VpnConnectionTunnel1LogOptionsCloudwatchLogOptionsArgsDict = {
            "log_enabled": True,
            "log_group_arn": self.arn,
            "log_output_format": self.form,
        }
        if self.has_bgp:
            logs["bgp_log_enabled"] = True
            logs["bgp_log_group_arn"] = self.arn
            logs["bgp_log_output_format"] = self.form
        return {"cloudwatch_log_options": logs}


def make_log_group(owner: Owner, days: int, key: pulumi.Input[str] | None) -> pulumi.Output[str]:
    """Make the group; under /aws/vendedlogs it needs no line in the account's resource policy, which is short."""
    name = f"{owner.name}-logs"
    group = aws.cloudwatch.LogGroup(
        name,
        name=f"/aws/vendedlogs/vpn/{full_name(pulumi.get_project(), pulumi.get_stack(), owner.name)}",
        retention_in_days=days,
        kms_key_id=key,
        tags=owner.tagged(name),
        # It stays when the stack or the component is renamed: another one would be another group, without what was logged.
        opts=owner.child(ignore_changes=["name"]),
    )
    return group.arn


# Which tunnels are down, and when a connection's TunnelState says so. It may have one value between 0 and 1 while one tunnel
# is UP and one is not (AWS's user guide, "Monitoring VPN tunnels with CloudWatch").
_ALARMS = (("any", "Minimum", "LessThanThreshold", 1), ("all", "Maximum", "LessThanOrEqualToThreshold", 0))


def make_alarms(owner: Owner, connection_id: pulumi.Output[str], topic: pulumi.Input[str]) -> None:
    """Make both alarms."""
    for which, statistic, comparison, threshold in _ALARMS:
        alarm = f"{owner.name}-{which}-tunnel-down"
        aws.cloudwatch.MetricAlarm(
            alarm,
            alarm_description=f"{which} tunnel of {owner.name} down",
            namespace="AWS/VPN",
            metric_name="TunnelState",
            dimensions={"VpnId": connection_id},
            statistic=statistic,
            comparison_operator=comparison,
            threshold=threshold,
            period=_PERIOD,
            evaluation_periods=1,
            treat_missing_data="breaching",
            alarm_actions=[topic],
            ok_actions=[topic],
            tags=owner.tagged(alarm),
            opts=owner.child(),
        )
