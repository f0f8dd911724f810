"""CloudWatch: log groups and metric alarms."""

from collections.abc import Mapping
from typing import Any, Final

from lab.providers.aws.difference import all_tags
from lab.providers.aws.session import Session
from lab.providers.aws.table import ID, Call, Item, Row, tag_list
from lab.providers.values import Properties


def _create_log_group(session: Session, inputs: Properties) -> str:
    request = {
        api: inputs[name]
        for api, name in (("logGroupName", "name"), ("kmsKeyId", "kmsKeyId"), ("logGroupClass", "logGroupClass"))
        if inputs.get(name)
    }
    tags = all_tags(session.settings.default_tags, inputs.get("tags"))
    session.call("logs", "create_log_group", {**request, **({"tags": tags} if tags else {})})
    return str(inputs["name"])


def _log_group_arn(session: Session, name: str) -> str:
    return session.arn("logs", f"log-group:{name}")


def _find_log_group(session: Session, identity: str, _: Properties) -> Item | None:
    groups = session.call("logs", "describe_log_groups", {"logGroupNamePrefix": identity})["logGroups"]
    found = next((group for group in groups if group["logGroupName"] == identity), None)
    if found is None:
        return None
    arn = _log_group_arn(session, identity)
    tags = session.call("logs", "list_tags_for_resource", {"resourceArn": arn}).get("tags", {})
    return {**found, "Arn": arn, "Tags": tag_list(tags)}


def _retag_log_group(session: Session, identity: str, tags: Mapping[str, str], dropped: list[str]) -> None:
    arn = _log_group_arn(session, identity)
    if dropped:
        session.call("logs", "untag_resource", {"resourceArn": arn, "tagKeys": dropped})
    if tags:
        session.call("logs", "tag_resource", {"resourceArn": arn, "tags": dict(tags)})


def _set_retention(session: Session, identity: str, state: Properties, news: Properties) -> None:
    wanted = news.get("retentionInDays") or 0
    if wanted == (state.get("retentionInDays") or 0):
        return
    if wanted:
        session.call("logs", "put_retention_policy", {"logGroupName": identity, "retentionInDays": wanted})
    else:
        session.call("logs", "delete_retention_policy", {"logGroupName": identity})


LOG_GROUP: Final = Row(
    resource="aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    create=_create_log_group,
    find=_find_log_group,
    tagged="log-group",
    fields={
        "arn": "Arn",
        "name": "logGroupName",
        "kmsKeyId": lambda item: item.get("kmsKeyId", ""),
        "logGroupClass": lambda item: item.get("logGroupClass", "STANDARD"),
        "retentionInDays": lambda item: item.get("retentionInDays", 0),
    },
    after_create=lambda session, identity, inputs: _set_retention(session, identity, {}, inputs),
    update=_set_retention,
    retag=_retag_log_group,
    delete=Call(operation="delete_log_group", arguments={"logGroupName": ID}),
    # The real provider changes the key in place; the lab's AWS has no keys to change.
    replaces=frozenset({"name", "namePrefix", "logGroupClass", "kmsKeyId"}),
    computed=frozenset({"name", "logGroupClass"}),
    defaults={"skipDestroy": False},
    autonamed=True,
    unsupported=frozenset({"deletionProtectionEnabled", "namePrefix"}),
    absent=("ResourceNotFoundException",),
)

_ALARM: Final[Mapping[str, str]] = {
    "AlarmName": "name",
    "ActionsEnabled": "actionsEnabled",
    "AlarmActions": "alarmActions",
    "AlarmDescription": "alarmDescription",
    "ComparisonOperator": "comparisonOperator",
    "DatapointsToAlarm": "datapointsToAlarm",
    "EvaluationPeriods": "evaluationPeriods",
    "ExtendedStatistic": "extendedStatistic",
    "InsufficientDataActions": "insufficientDataActions",
    "MetricName": "metricName",
    "Namespace": "namespace",
    "OKActions": "okActions",
    "Period": "period",
    "Statistic": "statistic",
    "Threshold": "threshold",
    "TreatMissingData": "treatMissingData",
    "Unit": "unit",
}


def _put_alarm(session: Session, inputs: Properties, *, new: bool) -> str:
    request: dict[str, Any] = {api: inputs[name] for api, name in _ALARM.items() if inputs.get(name) not in (None, "")}
    dimensions = inputs.get("dimensions") or {}
    request["Dimensions"] = [{"Name": name, "Value": value} for name, value in sorted(dimensions.items())]
    tags = all_tags(session.settings.default_tags, inputs.get("tags"))
    if new and tags:
        request["Tags"] = tag_list(tags)
    session.call("cloudwatch", "put_metric_alarm", request)
    return str(inputs["name"])


def _change_alarm(session: Session, _: str, __: Properties, news: Properties) -> None:
    _put_alarm(session, news, new=False)


def _find_alarm(session: Session, identity: str, _: Properties) -> Item | None:
    alarms = session.call("cloudwatch", "describe_alarms", {"AlarmNames": [identity]})["MetricAlarms"]
    if not alarms:
        return None
    tags = session.call("cloudwatch", "list_tags_for_resource", {"ResourceARN": alarms[0]["AlarmArn"]})["Tags"]
    return {**alarms[0], "Tags": tags}


def _retag_alarm(session: Session, identity: str, tags: Mapping[str, str], dropped: list[str]) -> None:
    arn = session.arn("cloudwatch", f"alarm:{identity}")
    if dropped:
        session.call("cloudwatch", "untag_resource", {"ResourceARN": arn, "TagKeys": dropped})
    if tags:
        session.call("cloudwatch", "tag_resource", {"ResourceARN": arn, "Tags": tag_list(tags)})


METRIC_ALARM: Final = Row(
    resource="aws:cloudwatch/metricAlarm:MetricAlarm",
    service="cloudwatch",
    create=lambda session, inputs: _put_alarm(session, inputs, new=True),
    find=_find_alarm,
    tagged="alarm",
    fields={
        **{name: api for api, name in _ALARM.items()},
        "arn": "AlarmArn",
        "dimensions": lambda item: {entry["Name"]: entry["Value"] for entry in item.get("Dimensions", [])},
        "treatMissingData": lambda item: item.get("TreatMissingData") or "missing",
    },
    update=_change_alarm,
    retag=_retag_alarm,
    delete=Call(operation="delete_alarms", arguments={"AlarmNames[]": ID}),
    replaces=frozenset({"name"}),
    computed=frozenset({"name", "evaluateLowSampleCountPercentiles"}),
    defaults={"actionsEnabled": True, "treatMissingData": "missing"},
    autonamed=True,
    unsupported=frozenset(
        {
            "evaluationCriteria",
            "evaluationInterval",
            "evaluationWindow",
            "metricQueries",
            "thresholdMetricId",
            "warmUpConfiguration",
        }
    ),
    absent=("ResourceNotFound",),
)

ROWS: Final = (LOG_GROUP, METRIC_ALARM)
