"""The command plugin's stand-in: `command:local:Command` and `command:local:run`, as pulumi-command 1.2.1 has them."""

import secrets
from collections.abc import Callable, Mapping

from lab.providers import command_run
from lab.providers.command_run import Outcome, Running
from lab.providers.plugin import Before, Change, Failure, ProviderError, Read, Resource
from lab.providers.schema import Schemas, problems
from lab.providers.values import UNKNOWN, Properties, has_unknown, plain

COMMAND, RUN = "command:local:Command", "command:local:run"

_NOT_HERE = ("assetPaths", "archivePaths")
"""Inputs that the real plugin has and this one refuses to ignore."""

_RUN_INPUTS = frozenset(
    {"addPreviousOutputInEnv", "command", "dir", "environment", "interpreter", "logging", "stdin", *_NOT_HERE}
)

_OUTPUTS = ("stdout", "stderr")


class CommandPlugin:
    """Runs local commands for `local.Command` and `local.run`."""

    name = "command"
    version = "1.2.1"
    accepts_secrets = True

    def __init__(self, schemas: Schemas, show: Callable[[str, str], None]) -> None:
        self._schema = schemas[COMMAND]
        self._show = show
        """Shows a line of a command on the terminal, under the resource's URN."""
        self._running = Running()

    def configure(self, variables: Mapping[str, str]) -> None:
        """Take the configuration: this plugin has none."""

    def check(
        self,
        resource: Resource,
        olds: Properties,  # noqa: ARG002 - the protocol's; a command has no name to keep
        news: Properties,
    ) -> tuple[Properties, list[Failure]]:
        """Judge the inputs against the SDK's own schema."""
        _require_command(resource.type)
        return news, problems(self._schema, news) + _refused(news)

    def diff(self, resource: Resource, before: Before, news: Properties) -> dict[str, Change]:
        """Compare inputs: every change is an update, only `triggers` replace."""
        _require_command(resource.type)
        olds, wanted = plain(before.inputs), plain(news)
        return {
            name: Change(_kind(name, olds, wanted), replaces=name == "triggers")
            for name in sorted(olds.keys() | wanted.keys())
            if olds.get(name) != wanted.get(name) or has_unknown(news.get(name))
        }

    def create(self, resource: Resource, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        """Run `create`, if there is one."""
        identity = resource.name + secrets.token_hex(4)
        if preview:
            return "", {**inputs, **dict.fromkeys(_OUTPUTS, UNKNOWN)}
        outcome = self._run(resource, plain(inputs).get("create"), plain(inputs), None)
        return identity, {**inputs, **command_run.properties(outcome)}

    def read(self, resource: Resource, state: Properties, inputs: Properties) -> Read | None:
        """Return the state as it is stored: a command cannot be read."""
        return Read(resource.id, state, inputs)

    def update(self, resource: Resource, before: Before, news: Properties, *, preview: bool) -> Properties:
        """Run `update`, or `create` where there is none, with the previous output in the environment."""
        if preview:
            return {**news, **dict.fromkeys(_OUTPUTS, UNKNOWN)}
        inputs = plain(news)
        command = inputs.get("update") or inputs.get("create")
        outcome = self._run(resource, command, inputs, _outcome(before.state))
        return {**news, **command_run.properties(outcome)}

    def delete(self, resource: Resource, state: Properties) -> None:
        """Run `delete`, with the inputs that the resource was last made with."""
        inputs = plain(state)
        if inputs.get("delete"):
            self._run(resource, inputs["delete"], inputs, _outcome(state))

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """Answer `local.run`: it runs at every preview and every update."""
        if token != RUN:
            raise ProviderError(f"the lab's command plugin has no function {token}")
        unknown = sorted(arguments.keys() - _RUN_INPUTS)
        if unknown:
            raise ProviderError(f"{token}: unknown property {unknown[0]}")
        failures = _refused(arguments)
        if failures:
            raise ProviderError(failures[0].reason)
        inputs = plain(arguments)
        outcome = command_run.run(inputs["command"], inputs, None, lambda line: self._show("", line), self._running)
        return {**inputs, **command_run.properties(outcome)}

    def cancel(self) -> None:
        """Kill the shells that are running, as the real plugin does; what they started is left to end by itself."""
        self._running.kill()

    def _run(self, resource: Resource, command: str | None, inputs: Properties, previous: Outcome | None) -> Outcome:
        if command is None:
            return previous or Outcome("", "")
        return command_run.run(command, inputs, previous, lambda line: self._show(resource.urn, line), self._running)


def _require_command(token: str) -> None:
    if token != COMMAND:
        raise ProviderError(f"the lab's command plugin has no resource {token}")


def _refused(inputs: Properties) -> list[Failure]:
    return [
        Failure(name, f"the lab's command plugin does not support {name}") for name in _NOT_HERE if inputs.get(name)
    ]


def _kind(name: str, olds: Properties, news: Properties) -> str:
    if name not in olds:
        return "add"
    return "update" if name in news else "delete"


def _outcome(state: Properties) -> Outcome:
    outputs = plain(state)
    return Outcome(outputs.get("stdout") or "", outputs.get("stderr") or "")
