"""The simulated router's flash: what tools that bring a file and merge it need."""

import hashlib

import pytest

from lab.router.clock import FakeClock
from lab.router.console import Console
from lab.router.default_config import default_running_config
from lab.router.release import RELEASES
from lab.router.scp import ScpSink, target_of
from lab.router.state import RouterState

MERGE = "interface Tunnel9\n ip address 192.0.2.1 255.255.255.252\nno ip http server\nend\n"


@pytest.fixture
def router() -> RouterState:
    state = RouterState(default_running_config(RELEASES["ios15"], "admin"), RELEASES["ios15"], FakeClock())
    state.flash["merge.txt"] = MERGE
    return state


def test_a_file_is_listed_printed_and_verified(router: RouterState) -> None:
    console = Console(router)
    digest = hashlib.md5(MERGE.encode(), usedforsecurity=False).hexdigest()
    assert "merge.txt" in console.send("dir")
    assert console.send("more flash:/merge.txt") == MERGE.rstrip("\n")
    assert console.send("verify /md5 flash:/merge.txt").endswith(f"(flash:/merge.txt) = {digest}")


def test_a_file_that_is_not_there_is_an_error(router: RouterState) -> None:
    assert "No such file" in Console(router).send("dir flash:/other.txt")


def test_the_difference_is_what_the_running_config_does_not_show(router: RouterState) -> None:
    said = Console(router).send("show archive config incremental-diffs flash:/merge.txt ignorecase").splitlines()
    assert said == [
        "!List of Commands:",
        "interface Tunnel9",
        " ip address 192.0.2.1 255.255.255.252",
        "end",
    ]


def test_a_file_without_an_end_has_no_difference(router: RouterState) -> None:
    router.flash["merge.txt"] = MERGE.removesuffix("end\n")
    assert "error 5" in Console(router).send("show archive config incremental-diffs flash:/merge.txt")


def test_copying_to_the_running_config_asks_and_enters_every_line(router: RouterState) -> None:
    console = Console(router)
    console.send("copy flash:/merge.txt running-config")
    assert console.prompt == "Destination filename [running-config]? "
    console.send("")
    assert "interface Tunnel9\n ip address 192.0.2.1 255.255.255.252" in router.running_config()


def test_copying_does_not_ask_where_file_prompts_are_quiet(router: RouterState) -> None:
    console = Console(router)
    console.configure(["file prompt quiet"])
    assert "bytes copied" in console.send("copy running-config flash:/backup.txt")
    assert router.flash["backup.txt"] == router.running_config()


def test_scp_takes_a_file_in_pieces() -> None:
    kept: dict[str, str] = {}
    sink = ScpSink("flash:/a.txt", kept.__setitem__)
    assert sink.greeting == "\0"
    assert sink.feed("C0644 5 a.txt\n") == "\0"
    assert sink.feed("hel") == ""
    assert sink.feed("lo\0") == "\0"
    assert kept == {"flash:/a.txt": "hello"}


def test_only_the_receiving_end_of_scp_is_played() -> None:
    assert target_of("scp -t flash:/a.txt") == "flash:/a.txt"
    assert target_of("scp -f flash:/a.txt") is None
    assert target_of("show version") is None
