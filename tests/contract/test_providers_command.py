"""The stand-in for the command plugin behaves as pulumi-command 1.2.1 does."""

import threading
from pathlib import Path

import pytest

from lab.providers.command import COMMAND, RUN, CommandPlugin
from lab.providers.plugin import Before, Change, ProviderError, Resource
from lab.providers.sdk import schemas
from lab.providers.values import UNKNOWN, Properties, Secret

RESOURCE = Resource(f"urn:pulumi:dev::lab::{COMMAND}::router", "router1")


class Terminal:
    """Keeps what a command shows while it runs."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.first = threading.Event()

    def show(self, _: str, line: str) -> None:
        self.lines.append(line)
        self.first.set()


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.fixture
def plugin(terminal: Terminal) -> CommandPlugin:
    return CommandPlugin(schemas("command"), terminal.show)


def created(plugin: CommandPlugin, **inputs: object) -> Properties:
    return plugin.create(RESOURCE, dict(inputs), preview=False)[1]


def test_the_final_newline_of_each_stream_is_dropped_and_only_one(plugin: CommandPlugin) -> None:
    state = created(plugin, create="printf 'a\\n\\n'; echo b >&2")

    assert (state["stdout"], state["stderr"]) == ("a\n", "b")


def test_standard_input_environment_and_folder_reach_the_command(plugin: CommandPlugin, tmp_path: Path) -> None:
    state = created(plugin, create='cat; echo "$NAME"; pwd', stdin="in\n", environment={"NAME": "x"}, dir=str(tmp_path))

    assert state["stdout"].split("\n") == ["in", "x", str(tmp_path)]


def test_a_cancelled_command_is_killed_and_fails(plugin: CommandPlugin, terminal: Terminal) -> None:
    def cancel() -> None:
        terminal.first.wait(10)
        plugin.cancel()

    watcher = threading.Thread(target=cancel)
    watcher.start()

    with pytest.raises(ProviderError, match=r"^signal: killed"):
        created(plugin, create="echo started; exec sleep 30")

    watcher.join()


def test_an_interpreter_of_the_program_s_own_is_used(plugin: CommandPlugin) -> None:
    assert created(plugin, create="$0 is here", interpreter=["echo", "-n"])["stdout"] == "$0 is here"


def test_megabytes_on_standard_input_do_not_block_a_command_that_answers_as_it_reads(plugin: CommandPlugin) -> None:
    text = "x" * 3_000_000

    assert len(created(plugin, create="cat; cat /dev/zero | head -c 300000 >&2", stdin=text)["stdout"]) == len(text)


def test_a_command_that_does_not_read_its_standard_input_still_succeeds(plugin: CommandPlugin) -> None:
    assert created(plugin, create="echo done", stdin="x" * 3_000_000)["stdout"] == "done"


def test_a_preview_runs_nothing_and_knows_no_output(plugin: CommandPlugin, tmp_path: Path) -> None:
    _, state = plugin.create(RESOURCE, {"create": f"touch {tmp_path}/ran"}, preview=True)

    assert (state["stdout"], state["stderr"]) == (UNKNOWN, UNKNOWN)
    assert list(tmp_path.iterdir()) == []


def test_an_update_sees_the_previous_output(plugin: CommandPlugin) -> None:
    state = created(plugin, create="echo one; echo err >&2")
    news: Properties = {"create": "echo one", "update": 'echo "$PULUMI_COMMAND_STDOUT/$PULUMI_COMMAND_STDERR"'}

    assert plugin.update(RESOURCE, Before({}, state), news, preview=False)["stdout"] == "one/err"


def test_without_update_the_create_command_runs_again(plugin: CommandPlugin) -> None:
    before = Before({}, created(plugin, create="echo one"))

    assert plugin.update(RESOURCE, before, {"create": "echo two"}, preview=False)["stdout"] == "two"


def test_the_previous_output_can_be_kept_out_of_the_environment(plugin: CommandPlugin) -> None:
    before = Before({}, created(plugin, create="echo one"))
    news: Properties = {"update": 'echo "[$PULUMI_COMMAND_STDOUT]"', "addPreviousOutputInEnv": False}

    assert plugin.update(RESOURCE, before, news, preview=False)["stdout"] == "[]"


def test_delete_runs_with_the_inputs_the_resource_was_last_made_with(plugin: CommandPlugin, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    state = created(
        plugin, create="echo made", delete=f'cat - > {gone}; echo "$PULUMI_COMMAND_STDOUT" >> {gone}', stdin="in\n"
    )

    plugin.delete(RESOURCE, state)

    assert gone.read_text() == "in\nmade\n"


def test_a_failed_command_s_error_holds_its_exit_code_its_text_and_all_it_printed(plugin: CommandPlugin) -> None:
    command = 'echo out; echo "err" >&2; exit 4'

    with pytest.raises(ProviderError) as failure:
        created(plugin, create=command)

    head, *printed = str(failure.value).splitlines()
    assert head == 'exit status 4: running "echo out; echo \\"err\\" >&2; exit 4":'
    assert sorted(printed) == ["err", "out"]


def test_a_command_that_is_killed_says_by_which_signal(plugin: CommandPlugin) -> None:
    with pytest.raises(ProviderError, match=r"^signal: killed: running"):
        created(plugin, create="kill -9 $$")


def test_a_folder_that_is_not_there_is_an_error(plugin: CommandPlugin, tmp_path: Path) -> None:
    with pytest.raises(ProviderError, match=r"^chdir .*missing: no such file or directory: running"):
        created(plugin, create="true", dir=str(tmp_path / "missing"))


@pytest.mark.parametrize(
    ("logging", "shown"),
    [
        ({}, ["err", "out"]),
        ({"logging": "stdoutAndStderr"}, ["err", "out"]),
        ({"logging": "stderr"}, ["err"]),
        ({"logging": "stdout"}, ["out"]),
        ({"logging": "none"}, []),
    ],
)
def test_the_terminal_shows_the_streams_that_logging_names(
    plugin: CommandPlugin, terminal: Terminal, logging: dict[str, str], shown: list[str]
) -> None:
    state = created(plugin, create="echo out; echo err >&2", **logging)

    assert sorted(terminal.lines) == shown
    assert state["stdout"] == "out"


def test_every_change_updates_and_only_triggers_replace(plugin: CommandPlugin) -> None:
    before = Before({"create": "a", "stdin": Secret("old"), "dir": "/", "triggers": [1]}, {})
    news: Properties = {"create": "a", "stdin": Secret("new"), "update": "b", "triggers": [2]}

    assert plugin.diff(RESOURCE, before, news) == {
        "dir": Change("delete"),
        "stdin": Change("update"),
        "triggers": Change("update", replaces=True),
        "update": Change("add"),
    }


def test_inputs_that_are_the_same_are_no_change_secret_or_not(plugin: CommandPlugin) -> None:
    assert plugin.diff(RESOURCE, Before({"stdin": "x"}, {}), {"stdin": Secret("x")}) == {}


def test_an_unknown_property_and_an_unsupported_one_are_refused(plugin: CommandPlugin) -> None:
    _, failures = plugin.check(RESOURCE, {}, {"create": "true", "updat": "true", "assetPaths": ["*"]})

    assert [failure.property for failure in failures] == ["updat", "assetPaths"]


def test_the_function_runs_a_command_and_refuses_what_it_does_not_know(plugin: CommandPlugin) -> None:
    assert plugin.invoke(RUN, {"command": "echo here"})["stdout"] == "here"
    with pytest.raises(ProviderError, match="unknown property commnd"):
        plugin.invoke(RUN, {"commnd": "echo here"})
    with pytest.raises(ProviderError, match="no function command:local:fetch"):
        plugin.invoke("command:local:fetch", {})


def test_a_secret_input_stays_secret_in_the_state(plugin: CommandPlugin) -> None:
    assert created(plugin, create="cat", stdin=Secret("fake-password"))["stdin"] == Secret("fake-password")
