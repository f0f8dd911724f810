"""The AWS plugin's stand-in: Pulumi's operations, carried out by the rows of the table."""

import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from lab.providers.aws import difference, functions, rows
from lab.providers.aws.session import AwsError, Session, Settings
from lab.providers.aws.table import Call, Item, Row, arguments, at, tag_list
from lab.providers.plugin import Before, Change, Failure, ProviderError, Read, Resource
from lab.providers.schema import Schema, Schemas, coerced, problems
from lab.providers.values import UNKNOWN, Properties, Secret, Value, has_unknown

Found = TypeVar("Found")

POLL_SECONDS = 0.1
PATIENCE_SECONDS = 600.0

_HONOURED = frozenset(
    {"accessKey", "secretKey", "token", "profile", "region", "endpoints", "defaultTags", "version", "maxRetries"}
)
_HARMLESS = ("skip", "s3", "insecure")
"""Provider settings that change nothing here: checks that the stand-in does not make, and other services' addresses."""


class AwsPlugin:
    """Makes the resources that a Site-to-Site VPN needs."""

    name = "aws"
    version = "7.51.1"
    accepts_secrets = False

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._sessions: dict[str, Session] = {}
        self._settings = Settings(region="")
        self._cancelled = threading.Event()

    def configure(self, variables: Mapping[str, str]) -> None:
        """Take the provider's configuration, or say which part of it this stand-in does not honour."""
        values = {name.split(":")[-1]: value for name, value in variables.items() if value}
        for name in sorted(values.keys() - _HONOURED):
            if not name.startswith(_HARMLESS):
                raise ProviderError(f"the lab's aws plugin does not support the provider setting {name}")
        region = values.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        if not region:
            raise ProviderError("missing required configuration key aws:region, or AWS_REGION in the environment")
        tags = json.loads(values.get("defaultTags", "{}")).get("tags", {})
        endpoints = {
            service: url for entry in json.loads(values.get("endpoints", "[]")) for service, url in entry.items() if url
        }
        self._settings = Settings(
            region=region,
            endpoints=endpoints,
            default_tags=tags,
            access_key=values.get("accessKey"),
            secret_key=values.get("secretKey"),
            token=values.get("token"),
            profile=values.get("profile"),
        )
        self._session({}).warm()

    def check(self, resource: Resource, olds: Properties, news: Properties) -> tuple[Properties, list[Failure]]:
        """Judge the inputs by the SDK's schema and the provider's own rules, and fill in its defaults."""
        row, schema = _row(resource.type), self._schemas[resource.type]
        failures = problems(schema, news)
        failures += [
            Failure(name, f"the lab's aws plugin does not support {name} of {row.resource}")
            for name in sorted(row.unsupported & news.keys())
        ]
        if failures:
            return news, failures
        inputs = {**row.defaults, **coerced(schema, news)}
        if row.autonamed and not inputs.get("name") and not inputs.get("namePrefix"):
            inputs["name"] = olds.get("name") or f"{resource.name}-{secrets.token_hex(4)[:7]}"
        known = {name: value for name, value in inputs.items() if not has_unknown(value)}
        reasons = row.check(known) if row.check else {}
        return inputs, [Failure(name, reason) for name, reason in reasons.items()]

    def diff(self, resource: Resource, before: Before, news: Properties) -> dict[str, Change]:
        """Say what changes by the provider's rules."""
        row = _row(resource.type)
        result = difference.changes(row, before.inputs, before.state, news)
        if row.tagged and not has_unknown(news.get("tags")):
            wanted = difference.all_tags(self._settings.default_tags, news.get("tags"))
            if not difference.same(wanted, before.state.get("tagsAll")):
                result["tagsAll"] = Change("update")
        return result

    def create(self, resource: Resource, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        """Create a resource and read it, or say what is known of it before."""
        row, schema = _row(resource.type), self._schemas[resource.type]
        if preview:
            return "", self._foreseen(row, schema, inputs)
        session = self._session(inputs)
        identity = self._make(session, row, inputs)
        for update in row.updates:
            if update.at_create and any(not difference.same(inputs.get(name), None) for name in update.properties):
                session.call(row.service, update.call.operation, arguments(update.call, identity, inputs))
        if row.after_create:
            row.after_create(session, identity, inputs)
        item = self._wait(
            resource, f"{row.resource} {identity} to be created", lambda: _ready(row, session, identity, inputs)
        )
        return identity, self._state(session, row, schema, identity, item, inputs)

    def _make(self, session: Session, row: Row, inputs: Properties) -> str:
        if not isinstance(row.create, Call):
            return row.create(session, inputs)
        request = arguments(row.create, "", inputs)
        tags = difference.all_tags(self._settings.default_tags, inputs.get("tags"))
        if row.tagged and tags:
            request["TagSpecifications"] = [{"ResourceType": row.tagged, "Tags": tag_list(tags)}]
        response = session.call(row.service, row.create.operation, request)
        return row.identity(inputs) if callable(row.identity) else str(at(response, row.identity))

    def read(self, resource: Resource, state: Properties, inputs: Properties) -> Read | None:
        """Read a resource as it is now; its inputs follow, so that the next diff finds the drift."""
        row, schema = _row(resource.type), self._schemas[resource.type]
        session = self._session(state)
        item = _find(row, session, resource.id, state)
        if item is None:
            return None
        found = self._state(session, row, schema, resource.id, item, state)
        names = inputs.keys() if inputs else schema.inputs.keys()
        refreshed = {name: _bare(found[name]) for name in names if found.get(name) is not None}
        return Read(resource.id, found, {**inputs, **refreshed})

    def update(self, resource: Resource, before: Before, news: Properties, *, preview: bool) -> Properties:
        """Change a resource in place and read it, or say what is known of it before."""
        row, schema = _row(resource.type), self._schemas[resource.type]
        state = before.state
        changed = self.diff(resource, before, news).keys()
        if preview:
            return self._foreseen(row, schema, news, state)
        session = self._session(news)
        for update in row.updates:
            if changed & set(update.properties):
                wanted = {**state, **dict.fromkeys(changed), **news}
                session.call(row.service, update.call.operation, arguments(update.call, resource.id, wanted))
        moved = row.update(session, resource.id, state, news) if row.update else None
        if row.tagged and "tagsAll" in changed:
            self._retag(session, row, resource.id, state, news)
        identity = moved or resource.id  # the engine keeps the old one
        item = self._wait(resource, f"{identity} to be updated", lambda: _ready(row, session, identity, news))
        return self._state(session, row, schema, identity, item, {**state, **news})

    def _retag(self, session: Session, row: Row, identity: str, state: Properties, news: Properties) -> None:
        wanted = difference.all_tags(self._settings.default_tags, news.get("tags"))
        dropped = sorted((state.get("tagsAll") or {}).keys() - wanted.keys())
        if row.retag:
            row.retag(session, identity, wanted, dropped)
            return
        if dropped:
            session.call("ec2", "delete_tags", {"Resources": [identity], "Tags": [{"Key": key} for key in dropped]})
        if wanted:
            session.call("ec2", "create_tags", {"Resources": [identity], "Tags": tag_list(wanted)})

    def delete(self, resource: Resource, state: Properties) -> None:
        """Delete a resource; one that is not there any more is deleted already."""
        row = _row(resource.type)
        session = self._session(state)
        try:
            if row.before_delete:
                row.before_delete(session, resource.id, state)
            if isinstance(row.delete, Call):
                session.call(row.service, row.delete.operation, arguments(row.delete, resource.id, state))
            else:
                row.delete(session, resource.id, state)
        except AwsError as error:
            if error.code in row.absent:
                return
            raise ProviderError(f"deleting {row.resource} ({resource.id}): {error}") from None
        gone = row.gone or (lambda session, identity, state: _find(row, session, identity, state) is None)
        self._wait(resource, f"{resource.id} to be deleted", lambda: gone(session, resource.id, state) or None)

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """Answer a data source."""
        return functions.answer(self._session(arguments), token, arguments)

    def cancel(self) -> None:
        """Give up every wait."""
        self._cancelled.set()

    def _session(self, properties: Properties) -> Session:
        """The session for a resource's own Region, which may differ from the provider's."""
        region = properties.get("region") or self._settings.region
        if region not in self._sessions:
            settings = self._settings
            self._sessions[region] = Session(
                Settings(
                    region=region,
                    endpoints=settings.endpoints,
                    default_tags=settings.default_tags,
                    access_key=settings.access_key,
                    secret_key=settings.secret_key,
                    token=settings.token,
                    profile=settings.profile,
                )
            )
        return self._sessions[region]

    def _wait(self, resource: Resource, what: str, done: Callable[[], Found | None]) -> Found:
        deadline = time.monotonic() + (resource.timeout or PATIENCE_SECONDS)
        while not (result := done()):
            if time.monotonic() > deadline:
                raise ProviderError(f"timeout while waiting for {what}")
            if self._cancelled.wait(POLL_SECONDS):
                raise ProviderError(f"cancelled while waiting for {what}")
        return result

    def _foreseen(self, row: Row, schema: Schema, inputs: Properties, state: Properties | None = None) -> Properties:
        """What a preview can say: inputs as they are, what AWS chooses unknown, or as it was for a change in place."""
        chosen = {name: UNKNOWN for name in schema.outputs if name not in schema.inputs or name in row.computed}
        result = {**chosen, "region": self._settings.region, **(state or {}), **inputs}
        if row.tagged:
            tags = inputs.get("tags")
            result["tagsAll"] = UNKNOWN if has_unknown(tags) else difference.all_tags(self._settings.default_tags, tags)
        for name in (state or {}).keys() & schema.inputs.keys() - inputs.keys() - row.computed - {"region"}:
            result.pop(name)
        return _marked(schema, result)

    def _state(
        self, session: Session, row: Row, schema: Schema, identity: str, item: Item, inputs: Properties
    ) -> Properties:
        """The outputs of a resource: its inputs, and over them what AWS says."""
        state = {name: value for name, value in inputs.items() if name in schema.outputs}
        state["region"] = session.region
        for name, where in row.fields.items():
            state[name] = where(item) if callable(where) else at(item, where)
        if row.arn:
            state["arn"] = session.arn(row.service, row.arn + identity)
        if row.tagged:
            tags = {tag["Key"]: tag["Value"] for tag in item.get("Tags", []) if not tag["Key"].startswith("aws:")}
            defaults = self._settings.default_tags
            own = inputs.get("tags") or {}
            state["tagsAll"] = tags
            state["tags"] = {k: v for k, v in tags.items() if defaults.get(k) != v or k in own}
        if row.read:
            state.update(row.read(session, item, inputs))
        unknown = sorted(state.keys() - set(schema.outputs) - {"id"})
        if unknown:
            raise ProviderError(f"the lab's aws plugin made {unknown[0]}, which is no output of {row.resource}")
        return _marked(schema, {name: value for name, value in state.items() if value is not None})


def _row(token: str) -> Row:
    try:
        return rows.ROWS[token]
    except KeyError:
        raise ProviderError(f"the lab's aws plugin has no {token}") from None


def _find(row: Row, session: Session, identity: str, properties: Properties) -> Item | None:
    try:
        return row.find(session, identity, properties)
    except AwsError as error:
        if error.code in row.absent:
            return None
        raise


def _ready(row: Row, session: Session, identity: str, properties: Properties) -> Item | None:
    item = _find(row, session, identity, properties)
    return item if item is not None and row.ready(item) else None


def _marked(schema: Schema, state: Properties) -> Properties:
    return {
        name: Secret(value) if name in schema.secrets and not has_unknown(value) else value
        for name, value in state.items()
    }


def _bare(value: Value) -> Value:
    return value.value if isinstance(value, Secret) else value
