"""The plugin: what a program in another language is told of the components, and what comes of its values."""

import json
from pathlib import Path
from typing import Any

import pulumi
import pytest
from hosting import PACKAGE, SECRETS, HostedComponents, whole

import components
from components import TunnelState

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "plugin" / "schema.json"


def package_version() -> str:
    """Read the version where it is written; the package is not installed here."""
    for line in (ROOT / "pyproject.toml").read_text().splitlines():
        if line.startswith("version = "):
            return line.split('"')[1]
    raise AssertionError("pyproject.toml has no version")


@pytest.fixture(scope="module")
def provider() -> HostedComponents:
    return HostedComponents(components, package_version())


def shapes(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return everything in the schema that has properties, by a name."""
    found = {name: shape["properties"] for name, shape in schema["types"].items()}
    for name, resource in schema["resources"].items():
        found[f"{name} inputs"] = resource["inputProperties"]
        found[f"{name} outputs"] = resource["properties"]
    return found


def test_the_committed_schema_is_what_the_code_gives(
    provider: HostedComponents, request: pytest.FixtureRequest
) -> None:
    given = json.dumps(provider.document, indent=2, ensure_ascii=False) + "\n"
    if request.config.getoption("--update-golden"):
        COMMITTED.write_text(given)
    assert COMMITTED.read_text() == given, "plugin/schema.json is old: run this test with --update-golden"


def test_every_input_and_output_is_documented(provider: HostedComponents) -> None:
    found = shapes(provider.document)
    assert len(found) == 14
    for name, properties in found.items():
        assert [key for key, definition in properties.items() if not definition.get("description")] == [], name


def test_an_inherited_field_has_its_own_sentence(provider: HostedComponents) -> None:
    resources = provider.document["resources"]
    inherited, own = [
        resources[f"{PACKAGE}:index:{name}"]["inputProperties"]["vpcId"]["description"]
        for name in ("VpnLink", "SiteToSiteVpn")
    ]
    assert inherited == resources[f"{PACKAGE}:index:VpcNetwork"]["inputProperties"]["vpcId"]["description"]
    assert inherited != own


def test_every_secret_is_one_in_every_language(provider: HostedComponents) -> None:
    named = {
        key
        for properties in shapes(provider.document).values()
        for key, definition in properties.items()
        if definition.get("secret")
    }
    assert named == SECRETS
    for properties in shapes(provider.document).values():
        for key, definition in properties.items():
            assert definition.get("secret") or "(secret" not in definition["description"], key


def test_no_number_of_ours_is_a_fraction(provider: HostedComponents) -> None:
    """Else the host could not give every whole number its type back."""
    assert '"number"' not in json.dumps(provider.document)


async def test_numbers_arrive_whole_wherever_they_are() -> None:
    given = whole({"bgp_asn": 65001.0, "router": {"port": 22.0, "tunnel_numbers": [1.0, 2.0]}, "behind_nat": True})
    assert json.dumps(given) == (
        '{"bgp_asn": 65001, "router": {"port": 22, "tunnel_numbers": [1, 2]}, "behind_nat": true}'
    )


async def test_a_number_that_is_not_known_yet_is_whole_once_it_is() -> None:
    assert repr(await whole(pulumi.Output.from_input(4200000000.0)).future()) == "4200000000"


class Made(pulumi.ComponentResource):
    """Stands for a component with a list of tunnels."""

    def __init__(self, tunnels: list[TunnelState]) -> None:
        self.tunnels = pulumi.Output.from_input(tunnels)


async def test_the_members_of_a_list_have_the_schemas_names_too(provider: HostedComponents) -> None:
    state = {"name": "tunnel1", "aws_state": "UP", "aws_accepted_routes": 0, "reason": ""}
    definition = provider._component_defs["VpnLink"]
    given = provider.get_state(Made([state]), definition)["tunnels"]  # type: ignore[list-item]  # some of its keys
    assert await given.future() == [{"name": "tunnel1", "awsState": "UP", "awsAcceptedRoutes": 0, "reason": ""}]
