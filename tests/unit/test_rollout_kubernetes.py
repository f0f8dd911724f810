"""The Stack resources, against the operator's own CRD, as strictly as a cluster with field validation takes them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # PyYAML has no type hints
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no type hints

from rollout.__main__ import main
from rollout.errors import InputError
from rollout.kubernetes import Source, document, stack_resources
from rollout.sites import Site

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "tests" / "data" / "operator" / "stack.v1.schema.yaml"
SITES = (
    Site(
        "tokyo",
        {"aws:region": "ap-northeast-1", "routerHost": "192.0.2.10", "bgpAsn": 65001, "behindNat": True}
        | {"onpremCidrs": ("192.168.10.0/24", "192.168.20.0/24"), "profileOverrides": {"phase1_dh_group_number": 14}},
        {"routerPassword": "TOKYO_PASSWORD"},
    ),
    Site("osaka", {"routerHost": "192.0.2.11"}),
)
S3 = Source("https://github.com/example/vpn", "aws-cisco-vpn", branch="main", backend="s3://state", namespace="vpn")
CLOUD = Source("https://github.com/example/vpn", "aws-cisco-vpn", commit="0" * 40, organization="acme", folder="vpn")


def strict(schema: Any) -> Any:
    """Return a CRD's schema with every field that it does not know refused, as `fieldValidation: Strict` does."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    inner = {key: strict(value) for key, value in schema.items()}
    is_closed = "properties" in schema and not schema.get("x-kubernetes-preserve-unknown-fields")
    return {**inner, "additionalProperties": schema.get("additionalProperties", False)} if is_closed else inner


def operators_schema() -> Any:
    """Return the CRD's schema, with the one field that the operator's second version widened: values need not be text."""
    schema = yaml.safe_load(SCHEMA.read_text())
    schema["properties"]["spec"]["properties"]["config"] = {"x-kubernetes-preserve-unknown-fields": True}
    return strict(schema)


VALIDATOR = Draft202012Validator(operators_schema())


def problems(resource: Mapping[str, object]) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(resource)]


KMS = replace(S3, secrets_provider="awskms://alias/vpn?region=ap-northeast-1")


@pytest.mark.parametrize("source", [S3, CLOUD, KMS], ids=["s3", "cloud", "kms"])
def test_every_resource_is_one_that_the_operators_crd_takes(source: Source) -> None:
    resources = list(yaml.safe_load_all(document(stack_resources(SITES, source))))
    assert [resource["metadata"]["name"] for resource in resources] == ["tokyo", "osaka"]
    assert [problems(resource) for resource in resources] == [[], []]


def test_the_crd_would_refuse_a_field_that_it_does_not_know() -> None:
    (resource, _) = stack_resources(SITES, S3)
    spec = resource["spec"]
    assert isinstance(spec, dict)
    assert problems({**resource, "spec": {**spec, "configs": {}}}) != []
    assert problems({**resource, "spec": {**spec, "backend": 1}}) != []
    assert problems({**resource, "spec": {k: v for k, v in spec.items() if k != "stack"}}) != []


def test_a_secret_is_where_the_cluster_keeps_it_and_nowhere_else() -> None:
    (tokyo, osaka) = yaml.safe_load_all(document(stack_resources(SITES, S3)))
    reference = {"type": "Secret", "secret": {"name": "tokyo-vpn", "key": "routerPassword"}}
    assert tokyo["spec"]["secretsRef"] == {"aws-cisco-vpn:routerPassword": reference}
    assert "secretsRef" not in osaka["spec"]
    assert "TOKYO_PASSWORD" not in document(stack_resources(SITES, S3))


def test_settings_keep_their_kinds_as_the_engine_wants_a_list_to_be_one() -> None:
    (tokyo, _) = yaml.safe_load_all(document(stack_resources(SITES, S3)))
    assert tokyo["spec"]["config"] == {
        "aws:region": "ap-northeast-1",
        "aws-cisco-vpn:routerHost": "192.0.2.10",
        "aws-cisco-vpn:bgpAsn": 65001,
        "aws-cisco-vpn:behindNat": True,
        "aws-cisco-vpn:onpremCidrs": ["192.168.10.0/24", "192.168.20.0/24"],
        "aws-cisco-vpn:profileOverrides": {"phase1_dh_group_number": 14},
    }


def test_ones_own_backend_is_opened_with_a_passphrase_and_pulumi_cloud_with_a_token() -> None:
    (own, _), (cloud, _) = (list(yaml.safe_load_all(document(stack_resources(SITES, s)))) for s in (S3, CLOUD))
    assert (own["spec"]["stack"], list(own["spec"]["envRefs"])) == ("tokyo", ["PULUMI_CONFIG_PASSPHRASE"])
    assert (cloud["spec"]["stack"], list(cloud["spec"]["envRefs"])) == (
        "acme/aws-cisco-vpn/tokyo",
        ["PULUMI_ACCESS_TOKEN"],
    )
    (premises, _) = yaml.safe_load_all(
        document(stack_resources(SITES, replace(CLOUD, backend="https://pulumi.example")))
    )
    assert list(premises["spec"]["envRefs"]) == ["PULUMI_ACCESS_TOKEN"]
    (keyed, _) = yaml.safe_load_all(document(stack_resources(SITES, KMS)))
    assert (keyed["spec"]["secretsProvider"], "envRefs" in keyed["spec"]) == (KMS.secrets_provider, False)


def test_what_of_the_repository_is_deployed_must_be_said_once() -> None:
    for branch, commit in ((None, None), ("main", "0" * 40)):
        with pytest.raises(InputError, match="exactly one of --branch and --commit"):
            Source("https://github.com/example/vpn", "aws-cisco-vpn", branch=branch, commit=commit)


def test_the_command_prints_what_kubectl_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "sites.csv"
    table.write_text(f"site,routerHost,routerHostKey,routerPassword\ntokyo,192.0.2.10,SHA256:{'A' * 43},env:TOKYO\n")
    words = ["operator", str(table), "--repository", "https://github.com/example/vpn", "--branch", "main"]
    assert main([*words, "--project", str(ROOT)]) == 0
    (resource,) = yaml.safe_load_all(capsys.readouterr().out)
    assert problems(resource) == []
