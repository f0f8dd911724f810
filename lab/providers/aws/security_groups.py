"""Security groups and their rules, inside the group and beside it."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from lab.providers.aws.difference import all_tags, same
from lab.providers.aws.session import Session
from lab.providers.aws.table import ID, Call, Item, Row, described, tag_list
from lab.providers.values import Properties, canonical

_EVERYTHING: Final = "-1"
"""The protocol that stands for all of them; AWS then returns no ports."""

_DIRECTIONS: Final[Mapping[str, tuple[str, str, str]]] = {
    "ingress": ("IpPermissions", "authorize_security_group_ingress", "revoke_security_group_ingress"),
    "egress": ("IpPermissionsEgress", "authorize_security_group_egress", "revoke_security_group_egress"),
}

_find = described("describe_security_groups", "GroupIds", "SecurityGroups")


def _permission(rule: Properties, group: str) -> dict[str, Any]:
    """Spell a rule as AWS takes it."""
    description = {"Description": rule["description"]} if rule.get("description") else {}
    result: dict[str, Any] = {"IpProtocol": str(rule["protocol"])}
    if result["IpProtocol"] != _EVERYTHING:
        result |= {"FromPort": int(rule["fromPort"]), "ToPort": int(rule["toPort"])}
    groups = [*(rule.get("securityGroups") or []), *([group] if rule.get("self") else [])]
    members = {
        "IpRanges": [{"CidrIp": cidr, **description} for cidr in rule.get("cidrBlocks") or []],
        "Ipv6Ranges": [{"CidrIpv6": cidr, **description} for cidr in rule.get("ipv6CidrBlocks") or []],
        "PrefixListIds": [{"PrefixListId": name, **description} for name in rule.get("prefixListIds") or []],
        "UserIdGroupPairs": [{"GroupId": name, **description} for name in groups],
    }
    return {**result, **{name: entries for name, entries in members.items() if entries}}


def _rules(permissions: list[Item], group: str) -> list[Properties]:
    """Read rules as AWS returns them: one for each protocol, port range and description."""
    result: dict[str, Properties] = {}
    for permission in permissions:
        for key, source, name in (
            ("IpRanges", "CidrIp", "cidrBlocks"),
            ("Ipv6Ranges", "CidrIpv6", "ipv6CidrBlocks"),
            ("PrefixListIds", "PrefixListId", "prefixListIds"),
            ("UserIdGroupPairs", "GroupId", "securityGroups"),
        ):
            for entry in permission.get(key, []):
                rule: Properties = {
                    "protocol": permission["IpProtocol"],
                    "fromPort": permission.get("FromPort", 0),
                    "toPort": permission.get("ToPort", 0),
                    "description": entry.get("Description", ""),
                }
                rule = result.setdefault(canonical(rule), rule)
                if entry[source] == group:
                    rule["self"] = True
                else:
                    rule.setdefault(name, []).append(entry[source])
    return list(result.values())


def _set_rules(session: Session, identity: str, state: Properties, news: Properties) -> None:
    """Make the rules of a group those that the program lists; a direction that it does not list is left alone."""
    for direction, (_, authorize, revoke) in _DIRECTIONS.items():
        if direction not in news:
            continue
        present, wanted = state.get(direction) or [], news[direction] or []
        dropped = [rule for rule in present if not any(same(rule, other) for other in wanted)]
        added = [rule for rule in wanted if not any(same(rule, other) for other in present)]
        for operation, rules in ((revoke, dropped), (authorize, added)):
            if rules:
                permissions = [_permission(rule, identity) for rule in rules]
                session.call("ec2", operation, {"GroupId": identity, "IpPermissions": permissions})


def _after_create(session: Session, identity: str, inputs: Properties) -> None:
    """Drop the rule that AWS gives a new group, as the provider does, and set those of the program."""
    item = _find(session, identity, {})
    outgoing = (item or {}).get("IpPermissionsEgress", [])
    if outgoing:
        session.call("ec2", "revoke_security_group_egress", {"GroupId": identity, "IpPermissions": outgoing})
    _set_rules(session, identity, {}, inputs)


def _group_problems(inputs: Properties) -> Mapping[str, str]:
    name = inputs.get("name") or ""
    return {"name": "invalid value for name (cannot begin with sg-)"} if name.startswith("sg-") else {}


SECURITY_GROUP: Final = Row(
    resource="aws:ec2/securityGroup:SecurityGroup",
    create=Call(
        operation="create_security_group",
        arguments={"GroupName": "name", "Description": "description", "VpcId": "vpcId"},
    ),
    identity="GroupId",
    tagged="security-group",
    arn="security-group/",
    find=_find,
    fields={
        "name": "GroupName",
        "description": "Description",
        "vpcId": "VpcId",
        "ownerId": "OwnerId",
        "ingress": lambda item: _rules(item.get("IpPermissions", []), item["GroupId"]),
        "egress": lambda item: _rules(item.get("IpPermissionsEgress", []), item["GroupId"]),
    },
    after_create=_after_create,
    update=_set_rules,
    delete=Call(operation="delete_security_group", arguments={"GroupId": ID}),
    replaces=frozenset({"description", "name", "namePrefix", "vpcId"}),
    computed=frozenset({"egress", "ingress", "name", "vpcId"}),
    defaults={"description": "Managed by Pulumi", "revokeRulesOnDelete": False},
    autonamed=True,
    unsupported=frozenset({"namePrefix"}),
    check=_group_problems,
    absent=("InvalidGroup.NotFound", "InvalidGroupId.Malformed"),
)


def _one_rule(properties: Properties) -> Properties:
    """A rule that stands beside its group, as one inside it."""
    source = properties.get("sourceSecurityGroupId")
    return {**properties, "securityGroups": [source] if source else []}


def _change_rule(operation_index: int) -> Callable[[Session, Properties], str]:
    def change(session: Session, properties: Properties) -> str:
        operation = _DIRECTIONS[properties["type"]][operation_index]
        group = properties["securityGroupId"]
        permission = _permission(_one_rule(properties), group)
        session.call("ec2", operation, {"GroupId": group, "IpPermissions": [permission]})
        return "sgrule-" + str(int(hashlib.sha256(canonical(permission).encode()).hexdigest()[:8], 16))

    return change


_authorize, _revoke = _change_rule(1), _change_rule(2)


def _delete_rule(session: Session, _: str, state: Properties) -> None:
    _revoke(session, state)


def _find_rule(session: Session, _: str, properties: Properties) -> Item | None:
    item = _find(session, properties["securityGroupId"], {})
    if item is None:
        return None
    wanted = _permission(_one_rule(properties), properties["securityGroupId"])
    present = [
        _permission(rule, item["GroupId"])
        for rule in _rules(item.get(_DIRECTIONS[properties["type"]][0], []), item["GroupId"])
    ]
    return item if any(_covers(other, wanted) for other in present) else None


def _covers(present: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Tell whether every member of a rule is in another of the same protocol and ports."""
    return all(
        all(any(same(entry, other) for other in present.get(name, [])) for entry in value)
        if isinstance(value, list)
        else present.get(name) == value
        for name, value in wanted.items()
    )


SECURITY_GROUP_RULE: Final = Row(
    resource="aws:ec2/securityGroupRule:SecurityGroupRule",
    create=_authorize,
    find=_find_rule,
    delete=_delete_rule,
    replaces=frozenset(
        {
            "cidrBlocks",
            "description",
            "fromPort",
            "ipv6CidrBlocks",
            "prefixListIds",
            "protocol",
            "securityGroupId",
            "self",
            "sourceSecurityGroupId",
            "toPort",
            "type",
        }
    ),
    absent=("InvalidGroup.NotFound", "InvalidPermission.NotFound"),
)

_STANDALONE: Final[Mapping[str, str]] = {
    "cidrIpv4": "CidrIpv4",
    "cidrIpv6": "CidrIpv6",
    "description": "Description",
    "ipProtocol": "IpProtocol",
    "prefixListId": "PrefixListId",
    "securityGroupId": "GroupId",
}


def _authorize_standalone(operation: str) -> Callable[[Session, Properties], str]:
    def create(session: Session, inputs: Properties) -> str:
        rule = {
            "protocol": inputs["ipProtocol"],
            "fromPort": inputs.get("fromPort", -1),
            "toPort": inputs.get("toPort", -1),
            "description": inputs.get("description"),
            "cidrBlocks": [inputs["cidrIpv4"]] if inputs.get("cidrIpv4") else [],
            "ipv6CidrBlocks": [inputs["cidrIpv6"]] if inputs.get("cidrIpv6") else [],
            "prefixListIds": [inputs["prefixListId"]] if inputs.get("prefixListId") else [],
            "securityGroups": [inputs["referencedSecurityGroupId"]] if inputs.get("referencedSecurityGroupId") else [],
        }
        group = inputs["securityGroupId"]
        request: dict[str, Any] = {"GroupId": group, "IpPermissions": [_permission(rule, group)]}
        tags = all_tags(session.settings.default_tags, inputs.get("tags"))
        if tags:
            request["TagSpecifications"] = [{"ResourceType": "security-group-rule", "Tags": tag_list(tags)}]
        answer = session.call("ec2", operation, request)
        return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    return create


def _ports(key: str) -> Callable[[Item], int | None]:
    return lambda item: None if item["IpProtocol"] == _EVERYTHING else item.get(key)


def _standalone(direction: str) -> Row:
    _, authorize, revoke = _DIRECTIONS[direction]
    name = f"securityGroup{direction.capitalize()}Rule"
    return Row(
        resource=f"aws:vpc/{name}:{name[0].upper()}{name[1:]}",
        create=_authorize_standalone(authorize),
        find=described("describe_security_group_rules", "SecurityGroupRuleIds", "SecurityGroupRules"),
        tagged="security-group-rule",
        arn="security-group-rule/",
        fields={
            **_STANDALONE,
            "fromPort": _ports("FromPort"),
            "toPort": _ports("ToPort"),
            "securityGroupRuleId": "SecurityGroupRuleId",
            "referencedSecurityGroupId": "ReferencedGroupInfo.GroupId",
        },
        delete=Call(
            operation=revoke,
            arguments={"GroupId": "securityGroupId", "SecurityGroupRuleIds[]": ID},
        ),
        # The real provider changes a rule in place; only the group it belongs to cannot change. The lab's AWS has
        # no ModifySecurityGroupRules, so here a changed rule is a new one.
        replaces=frozenset({*_STANDALONE, "fromPort", "toPort", "referencedSecurityGroupId"}),
        absent=("InvalidSecurityGroupRuleId.NotFound", "InvalidGroup.NotFound"),
    )


ROWS: Final = (SECURITY_GROUP, SECURITY_GROUP_RULE, _standalone("ingress"), _standalone("egress"))
