"""`python -m cisco`: flags or JSON, one answer, an exit code a kind of failure, and no secret in any of them."""

import ast
import io
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import cisco.transaction
import cisco.verbs
from cisco.command_line import _ENTRY as ENTRY
from cisco.command_line import main
from cisco.errors import ConnectError, InputError
from cisco.flags import VERBS, build_parser, request_from_flags
from cisco.model import Intent
from cisco.request import Request, parse_request
from cisco.result import CheckResult
from tests.unit.aws_documents import DATA, xml

ROOT = Path(__file__).parents[2]
BGP = str(DATA / "bgp-vgw.xml")
KEYS = ("plainly.fake.key.of.bgp_vgw.0", "plainly.fake.key.of.bgp_vgw.1")
FINGERPRINT = "SHA256:" + "A" * 43


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str, stdin: str = ""
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def flagged(*arguments: str, environment: Mapping[str, str] | None = None) -> Request:
    return request_from_flags(build_parser().parse_args(arguments), environment or {})


def test_render_masks_the_keys_unless_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, masked, _ = run(capsys, monkeypatch, "render", "--aws-config", BGP)
    assert (code, masked.count("***")) == (0, 2)
    assert not any(key in masked for key in KEYS)
    _, shown, _ = run(capsys, monkeypatch, "render", "--aws-config", BGP, "--show-secrets")
    assert all(key in shown for key in KEYS)
    assert masked == shown.replace(KEYS[0], "***").replace(KEYS[1], "***")


def test_a_removal_asks_for_nothing_that_only_a_configuration_needs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    removed: list[str] = []

    def remove(*_where: object, intent: Intent, **_how: object) -> None:
        removed.append(intent.connection_id)
        raise ConnectError("nobody is there")

    monkeypatch.setattr(cisco.transaction, "remove", remove)
    # No --cidr, no --wan-interface.
    flags = ("--host", "r", "--username", "u", "--host-key", FINGERPRINT, "--ssh-agent", "--nat")
    code, _, said = run(capsys, monkeypatch, "remove", "--aws-config", str(DATA / "static-vgw.xml"), *flags)
    assert (code, len(removed)) == (6, 1), said


def test_flags_and_json_give_the_same_text(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    flags = ("--nat", "--local-address", "172.16.1.2", "--advertise", "192.168.10.0/24", "--link", "tokyo",
             "--tunnel-number", "11", "--tunnel-number", "12", "--isakmp-policy", "30", "--isakmp-policy", "31")  # fmt: skip
    data = {
        "link": "tokyo",
        "vpn": {"customer_gateway_configuration": xml("bgp-vgw.xml")},
        "router": {
            "behind_nat": True,
            "local_address": "172.16.1.2",
            "advertise": ["192.168.10.0/24"],
            "tunnel_numbers": [11, 12],
            "isakmp_policies": [30, 31],
        },
    }
    by_flags = run(capsys, monkeypatch, "render", "--aws-config", BGP, *flags)
    by_json = run(capsys, monkeypatch, "render", stdin=json.dumps(data))
    assert by_flags == by_json
    assert "interface Tunnel12" in by_flags[1]


def test_printing_flags_go_with_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    data = json.dumps({"vpn": {"customer_gateway_configuration": xml("bgp-vgw.xml")}})
    _, shown, _ = run(capsys, monkeypatch, "render", "--show-secrets", stdin=data)
    assert KEYS[0] in shown


@pytest.mark.parametrize(
    "answer",
    [
        lambda connection: connection,
        lambda connection: [connection],
        lambda connection: {"VpnConnection": connection},
        lambda connection: {"VpnConnections": [connection]},
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_answer_of_aws_with_the_document_is_taken(answer: Any, encoding: str, tmp_path: Path) -> None:
    options = [{"OutsideIpAddress": "3.130.237.53", "Phase1DHGroupNumbers": [{"Value": 14}]}]
    connection = {"CustomerGatewayConfiguration": xml("bgp-vgw.xml"), "Options": {"TunnelOptions": options}}
    file = tmp_path / "vpn.json"
    file.write_text(json.dumps(answer(connection)), encoding=encoding)
    vpn = flagged("render", "--aws-config", str(file)).vpn
    assert vpn == {
        "customer_gateway_configuration": xml("bgp-vgw.xml"),
        "tunnel_options": options,
        "vpc_cidrs": [],
    }
    for document in (file, BGP):
        both = flagged("render", "--aws-config", str(document), "--tunnel-options", str(file)).vpn
        assert both is not None
        assert both["tunnel_options"] == options


def test_tunnel_options_are_taken_as_the_list_that_they_are(tmp_path: Path) -> None:
    for value in ([{"OutsideIpAddress": "3.130.237.53"}], {"TunnelOptions": [{"OutsideIpAddress": "3.130.237.53"}]}):
        file = tmp_path / "options.json"
        file.write_text(json.dumps(value))
        vpn = flagged("render", "--aws-config", BGP, "--tunnel-options", str(file)).vpn
        assert vpn is not None
        assert vpn["tunnel_options"] == [{"OutsideIpAddress": "3.130.237.53"}]


def test_the_document_as_a_json_string_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "vpn.json"
    file.write_text(json.dumps(xml("bgp-vgw.xml")))
    vpn = flagged("render", "--aws-config", str(file)).vpn
    assert vpn is not None
    assert vpn["customer_gateway_configuration"] == xml("bgp-vgw.xml")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b"[1]", b'{"VpnConnections": []}', b'{"VpnConnections": [{}, {}]}', b"\xff\xfe\x00", b"\x80",
     b"[" * 100_000, b"<a/>"],
    ids=range(11),
)  # fmt: skip
def test_a_file_that_is_none_of_awss_is_refused_in_one_sentence(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "vpn"
    file.write_bytes(content)
    for flags in (("--aws-config", str(file)), ("--aws-config", BGP, "--tunnel-options", str(file))):
        code, out, err = run(capsys, monkeypatch, "render", *flags)
        if content == b"[]" and "--tunnel-options" in flags:
            assert (code, err) == (0, "")
            continue
        assert (code, out, err.count("\n")) == (2, "", 1)


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    code, _, err = run(capsys, monkeypatch, "render", "--aws-config", "nowhere.xml")
    assert code == 2
    assert "nowhere.xml" in err


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"links": "tokyo"}, "links"),
        ({"vpn": {"xml": ""}}, "xml"),
        ({"router": {"hots": "192.0.2.1"}}, "hots"),
        ({"options": {"safe": True}}, "safe"),
        ({"options": {"save": 1}}, "options.save"),
        ({"options": {"window": 11}}, "options window"),
        ({"options": {"archive": "sometimes"}}, "options.archive"),
        ({"generation": "3"}, "generation"),
        ({"generation": True}, "generation"),
        ({"router": {"tunnel_numbers": [1]}}, "router.tunnel_numbers"),
        ({"router": {"advertise": "everything"}}, "router.advertise"),
        ({"router": {"advertise": []}}, "router.advertise"),
        ({"router": {"advertise": ["10.0.0.1/8"]}}, "router.advertise"),
        ({"router": {"local_address": "localhost"}}, "router.local_address"),
        ({"router": {"host": "192.0.2.1"}}, "router.username"),
        ({"router": {"host": "192.0.2.1", "username": "u", "password": "p"}}, "router.host_key"),
        ({"router": {"host": "192.0.2.1", "username": "u", "password": "p", "host_key": "MD5:00"}}, "router host_key"),
        ({"router": {"host": "192.0.2.1", "username": "u", "host_key": FINGERPRINT}}, "router login"),
        ({"manifest": "none"}, "manifest"),
        ([], "input"),
    ],
)
def test_a_field_that_is_wrong_is_refused_by_name(data: object, named: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_request(data, {})
    assert named in str(refused.value)


@pytest.mark.parametrize("stdin", ["", "{", "[" * 100_000, "null", "\x00"])
def test_standard_input_that_is_no_request_is_refused_in_one_sentence(
    stdin: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = run(capsys, monkeypatch, "apply", stdin=stdin)
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_a_password_comes_from_the_flags_file_the_json_or_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("from a file\r\n")
    login = ("--host", "[2001:db8::1]:2222", "--username", "u", "--host-key", FINGERPRINT)
    given = flagged("status", *login, "--password-file", str(file)).login
    assert given is not None
    assert (given.host, given.port) == ("2001:db8::1", 2222)
    assert given.password is not None
    assert given.password.reveal() == "from a file"
    found = flagged("status", *login, environment={"IOS_PASSWORD": "from here", "IOS_ENABLE_PASSWORD": "e"}).login
    assert found is not None
    assert [secret.reveal() for secret in found.secrets] == ["from here", "e"]


@pytest.mark.parametrize("password", ["line\nbreak", "bell\a"])
def test_a_password_that_could_be_two_lines_is_refused_without_being_told(password: str) -> None:
    router = {"host": "192.0.2.1", "username": "u", "host_key": FINGERPRINT, "password": password}
    with pytest.raises(InputError) as refused:
        parse_request({"router": router}, {})
    assert password not in str(refused.value)


def test_every_verb_has_a_function_in_a_module_of_its_own() -> None:
    assert set(ENTRY) == set(VERBS)
    for entry in ENTRY.values():
        module, _, name = entry.partition(":")
        tree = ast.parse((ROOT / "cisco" / f"{module.strip('.')}.py").read_text())
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("verb", ["diff", "apply", "check", "verify", "status"])
def test_a_verb_that_logs_in_says_what_it_needs(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = run(capsys, monkeypatch, verb, "--aws-config", BGP)
    assert (code, out) == (2, "")
    assert "--host" in err


def test_a_manifest_that_could_not_be_written_is_refused_before_the_router_is_touched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Port 1 answers nobody: whoever logs in first ends with another code.
    login = ("--host", "127.0.0.1:1", "--username", "u", "--host-key", FINGERPRINT)
    monkeypatch.setenv("IOS_PASSWORD", "from here")
    for manifest in (tmp_path / "nowhere" / "manifest.json", tmp_path):
        code, out, err = run(capsys, monkeypatch, "apply", "--aws-config", BGP, *login, "--manifest", str(manifest))
        assert (code, out) == (2, "")
        assert "--manifest" in err


def test_check_of_a_router_that_is_not_there_answers_and_ends_as_the_others_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IOS_PASSWORD", "from here")
    monkeypatch.setattr("cisco.connection.Connection.open", lambda *_, **__: _refuse())
    login = ("--host", "127.0.0.1:1", "--username", "u", "--host-key", FINGERPRINT)
    code, out, err = run(capsys, monkeypatch, "check", "--aws-config", BGP, *login)
    assert code == 6
    assert json.loads(out)["unreachable"] == "nobody answers"
    assert err == "Connect: nobody answers\n"


@pytest.mark.parametrize("verb", ["check", "diff", "apply", "remove"])
def test_a_manifest_that_is_none_of_ours_is_refused_before_the_router_is_asked(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cisco.connection.Connection.open", lambda *_, **__: _refuse())
    router = {"host": "192.0.2.1", "username": "u", "use_agent": True, "host_key": "insecure-accept-any"}
    vpn = {"customer_gateway_configuration": xml("bgp-vgw.xml")}
    data = json.dumps({"vpn": vpn, "router": router, "manifest": {"tokens": "p200"}})
    code, _, err = run(capsys, monkeypatch, verb, stdin=data)
    assert (code, "manifest tokens" in err) == (2, True)


LOGIN = ("--host", "192.0.2.1", "--username", "u", "--ssh-agent", "--host-key", "insecure-accept-any")
SAME = CheckResult(generation=3, in_sync=True, diff="")
OTHER = CheckResult(
    generation=4, in_sync=False, diff="- a\n+ b", changed_at="10:00:00 UTC Tue Nov 24 2026", changed_by="alice"
)


@pytest.mark.parametrize("verb", ["diff", "check"])
@pytest.mark.parametrize(
    ("found", "flags", "expected"),
    [(SAME, (), 0), (OTHER, (), 0), (SAME, ("--exit-code",), 0), (OTHER, ("--exit-code",), 3)],
)
def test_a_comparison_ends_with_another_code_where_the_router_differs_only_if_asked_to(
    verb: str,
    found: CheckResult,
    flags: tuple[str, ...],
    expected: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cisco.transaction.check", lambda *_, **_given: found)
    code, shown, said = run(capsys, monkeypatch, verb, "--aws-config", BGP, *LOGIN, *flags)
    assert (code, said) == (expected, "")
    assert ("last configured at 10:00:00 UTC Tue Nov 24 2026 by alice\n" in shown) is (
        verb == "diff" and found is OTHER
    )
    router = {"host": "192.0.2.1", "username": "u", "use_agent": True, "host_key": "insecure-accept-any"}
    data = json.dumps({"vpn": {"customer_gateway_configuration": xml("bgp-vgw.xml")}, "router": router})
    assert run(capsys, monkeypatch, verb, *flags, stdin=data)[0] == expected


def _refuse() -> None:
    raise ConnectError("nobody answers")


def test_a_fault_of_ours_is_told_in_full_but_for_the_secrets(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(request: Request) -> int:
        raise RuntimeError(f"with {KEYS[0]} in {request.link}")

    monkeypatch.setattr(cisco.verbs, "render_command", fail)
    code, out, err = run(capsys, monkeypatch, "render", "--aws-config", BGP)
    assert (code, out) == (1, "")
    assert "RuntimeError: with *** in link" in err
    assert KEYS[0] not in err


def told_of_a_render(program: str) -> list[str]:
    """Return the words that a program which renders writes to standard error."""
    command = [sys.executable, "-c", program, "render", "--aws-config", BGP]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr.split()


def test_render_loads_neither_an_ssh_library_nor_what_it_does_not_use() -> None:
    program = "import sys; from cisco.command_line import main; main(); print(*sys.modules, file=sys.stderr)"
    loaded = set(told_of_a_render(program))
    unused = {"netmiko", "paramiko", "pulumi", "boto3", "asyncio", "cisco.transaction", "cisco.diff", "cisco.transport"}
    assert "jinja2" in loaded
    assert loaded & unused == set()


def test_a_run_does_not_look_for_garbage_among_what_it_imported() -> None:
    program = (
        "import atexit, gc, runpy, sys\n"
        "looked = lambda: sum(generation['collections'] for generation in gc.get_stats())\n"
        "before = looked()\n"
        "atexit.register(lambda: print(looked() - before, gc.get_freeze_count(), file=sys.stderr))\n"
        "runpy.run_module('cisco', run_name='__main__', alter_sys=True)"
    )
    looks, set_aside = map(int, told_of_a_render(program))
    assert looks <= 2, "by itself Python looks some forty times; a first run, which compiles, reaches our threshold"
    assert set_aside > 10_000


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = f'"{sys.executable}" -m cisco render --aws-config "{BGP}" | head -c 10; exit "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_logging_in_loads_neither_what_paramiko_does_not_need_nor_what_reads_show_outputs() -> None:
    program = (
        "import sys, cisco.transaction, cisco.transport\n"
        "loaded = set(sys.modules)\n"
        "import importlib.metadata, invoke\n"
        "assert importlib.metadata.version('paramiko'), 'whoever imports it afterwards gets it whole'\n"
        "print(*loaded)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "paramiko" in loaded
    unused = {"invoke", "importlib.metadata", "email.message", "cisco.verify", "cisco.show", "asyncio"}
    assert loaded & unused == set()


def test_an_error_ends_with_the_way_to_its_remedy(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    static = str(Path(BGP).with_name("static-vgw.xml"))
    login = ("--host", "192.0.2.1", "--username", "u", "--ssh-agent", "--host-key", "insecure-accept-any")
    code, _, said = run(capsys, monkeypatch, "diff", "--aws-config", static, *login)
    assert code == 2
    assert said.endswith("with static routing (docs: docs/errors.md#vpc-networks-missing)\n")


def test_a_page_can_be_asked_for_with_the_json_form_too(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Request] = []

    def keep(request: Request) -> int:
        asked.append(request)
        return 0

    monkeypatch.setattr("cisco.status.status_command", keep)
    monkeypatch.setattr(sys, "stdin", io.StringIO("{}"))
    assert main(["status", "--html", "page.html"]) == 0
    assert asked[0].html_file == Path("page.html")
