"""A caller of the fake AWS who lacks one permission, for every action of the documented policy."""

import json
from pathlib import Path
from typing import Any

import botocore  # type: ignore[import-untyped]  # it has no types of its own
import botocore.session  # type: ignore[import-untyped]  # as above
import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # as above

from lab.aws.server import FakeAws
from tests.contract.fake_aws import client

POLICY = json.loads((Path(__file__).parents[2] / "docs" / "iam-policy.json").read_text())
ACTIONS = [action for statement in POLICY["Statement"] for action in statement["Action"]]
# The log delivery actions are AWS's own, which no client calls.
CALLABLE = [action for action in ACTIONS if "LogDeliver" not in action]


@pytest.fixture(scope="module")
def aws() -> Any:
    with FakeAws() as running:
        yield running


def call(aws: FakeAws, action: str) -> None:
    """Call an action with as little as its shape lets pass."""
    service, _, operation = action.partition(":")
    boto = client(aws, service)
    model = boto.meta.service_model.operation_model(operation)
    shape = model.input_shape
    arguments = {name: filler(shape.members[name]) for name in shape.required_members} if shape else {}
    getattr(boto, botocore.xform_name(operation))(**arguments)


def filler(shape: Any) -> Any:
    if shape.type_name == "list":
        return [filler(shape.member)]
    if shape.type_name == "structure":
        return {name: filler(shape.members[name]) for name in shape.required_members}
    if shape.type_name == "map":
        return {"key": "value"}
    return {"integer": 1, "double": 1.0, "boolean": True}.get(
        shape.type_name, "Sum" if shape.name == "Statistic" else "x" * 20
    )


@pytest.mark.parametrize("action", CALLABLE)
def test_an_action_that_is_denied_is_refused_by_its_name_and_noted(aws: FakeAws, action: str) -> None:
    aws.permissions.called.clear()
    aws.permissions.denied = (action,)
    with pytest.raises(ClientError) as raised:
        call(aws, action)
    aws.permissions.denied = ()
    assert raised.value.response["Error"]["Code"] in ("UnauthorizedOperation", "AccessDeniedException", "AccessDenied")
    assert f"is not authorized to perform: {action}" in raised.value.response["Error"]["Message"]
    assert aws.permissions.called == [action]


def test_what_is_not_denied_is_answered(aws: FakeAws) -> None:
    aws.permissions.denied = ("ec2:CreateVpc",)
    assert client(aws).describe_vpcs()["Vpcs"]
    aws.permissions.denied = ()


def test_every_action_of_the_policy_exists_and_stands_once() -> None:
    assert len(ACTIONS) == len(set(ACTIONS))
    session = botocore.session.get_session()
    for action in CALLABLE:
        service, _, operation = action.partition(":")
        assert operation in session.get_service_model(service).operation_names, action
    for statement in POLICY["Statement"]:
        assert statement["Action"] == sorted(statement["Action"]), statement["Sid"]
