"""The same stacks for an engine on more than one machine: Stack resources of the Pulumi Kubernetes Operator.

Field names are those of its CRD, `pulumi.com/v1` Stack. Nothing secret is in them: only where it is. Lists and maps are
given as such, which the operator takes from 2.3 on: the engine refuses a list that is text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml  # type: ignore[import-untyped]  # PyYAML has no type hints

from .errors import InputError
from .sites import Site

_PASSPHRASE = "PULUMI_CONFIG_PASSPHRASE"  # noqa: S105  # a variable's name
_TOKEN = "PULUMI_ACCESS_TOKEN"  # noqa: S105  # a variable's name


@dataclass(frozen=True, slots=True)
class Source:
    """Where the operator finds the program, and where it keeps state."""

    repository: str
    project: str
    branch: str | None = None
    commit: str | None = None
    folder: str | None = None
    backend: str | None = None
    secrets_provider: str | None = None
    organization: str | None = None
    namespace: str = "default"
    service_account: str | None = None
    engine_secret: str = "pulumi"  # noqa: S105  # a Secret's name
    is_destroyed_with_resource: bool = False

    def __post_init__(self) -> None:
        if (self.branch is None) == (self.commit is None):
            raise InputError("exactly one of --branch and --commit is needed: what of the repository is deployed")


def stack_resources(sites: Sequence[Site], source: Source) -> list[dict[str, object]]:
    """Return a Stack resource for each site."""
    return [_resource(site, source) for site in sites]


def document(resources: Sequence[Mapping[str, object]]) -> str:
    """Return resources as YAML that `kubectl apply -f -` takes."""
    return str(yaml.safe_dump_all(resources, sort_keys=False, explicit_start=True, width=120))


def site_secret(site: str) -> str:
    """Name the Kubernetes Secret that holds a site's secrets, a key for each setting."""
    return f"{site}-vpn"


def _resource(site: Site, source: Source) -> dict[str, object]:
    name = f"{source.organization}/{source.project}/{site.name}" if source.organization else site.name
    spec: dict[str, object] = {"stack": name, "projectRepo": source.repository}
    optional = {
        "branch": source.branch,
        "commit": source.commit,
        "repoDir": source.folder,
        "backend": source.backend,
        "secretsProvider": source.secrets_provider,
        "serviceAccountName": source.service_account,
    }
    spec.update({field: value for field, value in optional.items() if value})
    # Pulumi Cloud, on premises too, has a token; elsewhere the passphrase opens the stack's secrets, unless another provider does.
    is_cloud = not source.backend or source.backend.startswith(("https://", "http://"))
    if is_cloud or not source.secrets_provider:
        variable = _TOKEN if is_cloud else _PASSPHRASE
        spec["envRefs"] = {variable: _secret_reference(source.engine_secret, variable)}
    spec["config"] = {
        _key(source, key): list(value) if isinstance(value, tuple) else value for key, value in site.settings.items()
    }
    if site.secrets:
        kept_in = site_secret(site.name)
        spec["secretsRef"] = {_key(source, name): _secret_reference(kept_in, name) for name in site.secrets}
    spec["destroyOnFinalize"] = source.is_destroyed_with_resource
    # The router can drift while the repository stays: an up is due even then, and compares.
    spec["continueResyncOnCommitMatch"] = True
    spec["resyncFrequencySeconds"] = 3600
    return {
        "apiVersion": "pulumi.com/v1",
        "kind": "Stack",
        "metadata": {"name": site.name, "namespace": source.namespace},
        "spec": spec,
    }


def _secret_reference(name: str, key: str) -> dict[str, object]:
    # Without a namespace: the second version refuses one, and takes the resource's own.
    return {"type": "Secret", "secret": {"name": name, "key": key}}


def _key(source: Source, setting: str) -> str:
    return setting if ":" in setting else f"{source.project}:{setting}"
