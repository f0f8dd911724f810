"""The stand-in for the AWS plugin speaks the pinned SDK's schema, and calls only what AWS's API has."""

import boto3  # type: ignore[import-untyped]  # boto3 has no type hints
import pytest

from lab.providers.aws.rows import ROWS
from lab.providers.aws.table import ID, Call, Row
from lab.providers.schema import problems
from lab.providers.sdk import UnknownTypeError, schema_of
from lab.providers.values import UNKNOWN, Secret

EVERY_ROW = [pytest.param(row, id=row.resource) for row in ROWS.values()]


def calls(row: Row) -> list[Call]:
    return [
        call for call in (row.create, row.delete, *(update.call for update in row.updates)) if isinstance(call, Call)
    ]


@pytest.mark.parametrize("row", EVERY_ROW)
def test_a_row_names_only_properties_that_the_sdk_has(row: Row) -> None:
    schema = schema_of(row.resource)
    inputs = {
        *row.replaces,
        *row.computed,
        *row.defaults,
        *row.suppressed,
        *row.unsupported,
        *(name for update in row.updates for name in update.properties),
        *(name for call in calls(row) for name in call.arguments.values() if name != ID),
    }

    assert inputs <= schema.inputs.keys()
    assert row.fields.keys() <= set(schema.outputs)


@pytest.mark.parametrize("row", EVERY_ROW)
def test_a_row_makes_only_calls_that_aws_has_with_arguments_that_it_takes(row: Row) -> None:
    client = boto3.client(row.service, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")

    for call in calls(row):
        operation = client.meta.method_to_api_mapping[call.operation]
        shape = client.meta.service_model.operation_model(operation).input_shape
        taken = {path.split(".")[0].removesuffix("[]") for path in (*call.arguments, *call.constants)}
        assert taken <= set(shape.members), call.operation


def test_a_resource_that_cannot_be_tagged_has_no_tags_in_the_sdk_either() -> None:
    untagged = {row.resource for row in ROWS.values() if not row.tagged}

    assert not {resource for resource in untagged if "tagsAll" in schema_of(resource).outputs}


def test_the_connection_s_document_and_keys_are_secret_as_the_sdk_says() -> None:
    assert schema_of("aws:ec2/vpnConnection:VpnConnection").secrets == [
        "customerGatewayConfiguration",
        "tunnel1PresharedKey",
        "tunnel2PresharedKey",
    ]


def test_a_type_that_the_sdk_lacks_is_refused() -> None:
    with pytest.raises(UnknownTypeError, match="aws:ec2/vpnTunnel:VpnTunnel"):
        schema_of("aws:ec2/vpnTunnel:VpnTunnel")


VPC = schema_of("aws:ec2/vpc:Vpc")
CONNECTION = schema_of("aws:ec2/vpnConnection:VpnConnection")
GROUP = schema_of("aws:ec2/securityGroup:SecurityGroup")


def test_an_unknown_property_is_refused_by_name() -> None:
    (failure,) = problems(VPC, {"cidrBlock": "10.0.0.0/16", "cidrBlok": "10.0.0.0/16"})

    assert failure.property == "cidrBlok"
    assert "unknown property" in failure.reason


def test_a_missing_required_property_is_named() -> None:
    found = problems(CONNECTION, {"type": "ipsec.1"})

    assert [failure.property for failure in found] == ["customerGatewayId"]


def test_an_unknown_property_deep_inside_is_refused_with_its_path() -> None:
    rules = [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrs": ["10.0.0.0/8"]}]

    assert [failure.property for failure in problems(GROUP, {"ingress": rules})] == ["ingress[0].cidrs"]


@pytest.mark.parametrize(
    ("inputs", "refused"),
    [
        ({"cidrBlock": ["10.0.0.0/16"]}, ["cidrBlock"]),
        ({"enableDnsSupport": "yes"}, ["enableDnsSupport"]),
        ({"ipv4NetmaskLength": "sixteen"}, ["ipv4NetmaskLength"]),
        ({"tags": ["a"]}, ["tags"]),
        ({"ipv4NetmaskLength": "16", "enableDnsSupport": "true", "tags": {"a": "b"}}, []),
        ({"cidrBlock": UNKNOWN, "tags": UNKNOWN}, []),
        ({"cidrBlock": Secret("10.0.0.0/16")}, []),
    ],
)
def test_a_value_s_shape_is_judged_as_the_real_plugin_s_bridge_does(
    inputs: dict[str, object], refused: list[str]
) -> None:
    assert [failure.property for failure in problems(VPC, inputs)] == refused
