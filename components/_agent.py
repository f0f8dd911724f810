"""How the router's agent is started and what it answered: shell text that is the same on every machine.

The engine's environment is not the program's, and a path of one machine in a resource's input would be a change on the
next. So a small POSIX script finds, when it runs, a Python that has the agent: where $AWS_CISCO_VPN_PYTHON says, in the
active virtual environment, in the one that Pulumi.yaml names, in the usual folders, on the PATH; and for a stack in
another language in the plugin, where Pulumi.yaml says that it is, or where Pulumi has installed it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PYTHON_VARIABLE = "AWS_CISCO_VPN_PYTHON"
SHELL = ("/bin/sh", "-c")

_SHORT_WORD = re.compile(r"[A-Za-z]{1,7}")

NOT_UP = 3  # the agent's exit code where it has asked and a tunnel is not UP

# The engine starts it where Pulumi.yaml is, or below that, where its `main` leads.
_FIND = """\
root=.
until [ -f "$root/Pulumi.yaml" ] || [ "$(cd "$root" && pwd)" = / ]; do root=$root/..; done
virtualenv=$(sed -n "s/.*virtualenv: *[\\"']\\{{0,1\\}}\\([^,}}\\"'# ]*\\).*/\\1/p" "$root/Pulumi.yaml" 2>/dev/null)
plugin=$(sed -n "s/^ *aws-cisco-vpn: \\{{1,\\}}[\\"']\\{{0,1\\}}\\([^\\"'# ]*\\).*/\\1/p" "$root/Pulumi.yaml" 2>/dev/null)
case "$virtualenv" in /*) ;; *) virtualenv=$root/$virtualenv ;; esac
case "$plugin" in /*) ;; *) plugin=$root/$plugin ;; esac
installed=
for made in "${{PULUMI_HOME:-${{HOME:-}}/.pulumi}}"/plugins/*aws-cisco-vpn*/venv/pyvenv.cfg \\
    "${{PULUMI_HOME:-${{HOME:-}}/.pulumi}}"/plugins/*aws-cisco-vpn*/plugin/venv/pyvenv.cfg; do
  if [ -f "$made" ] && {{ [ -z "$installed" ] || [ "$made" -nt "$installed" ]; }}; then installed=$made; fi
done
for python in "${{{variable}:-}}" "${{VIRTUAL_ENV:-}}/bin/python" "$virtualenv/bin/python" \\
    .venv/bin/python venv/bin/python "$root/.venv/bin/python" "$root/venv/bin/python" python3 \\
    "$plugin/venv/bin/python" "${{installed%pyvenv.cfg}}bin/python"; do
  command -v "$python" >/dev/null 2>&1 || continue
  "$python" -c 'import sys
from importlib.util import find_spec
sys.exit(not all(map(find_spec, ("{module}", "jinja2", "paramiko"))))' </dev/null >/dev/null 2>&1 || continue
"""
_NOT_FOUND = """\
done
echo 'no Python here has the router agent ({module}, with jinja2 and paramiko): set {variable} to one that has (docs: docs/errors.md#agent-not-found)' >&2
"""
# Not `exec`: on Ctrl-C the command plugin kills what it started, which nobody can hear, and waits until its output ends. So it
# kills this shell, and the agent, which looks after the shell named here, undoes its change.
_DO = """  AWS_CISCO_VPN_STARTER=$$ "$python" -m {module} "$1"
  exit $?
"""
_ASK = """  "$python" -m {module} "$1"
  printf '\\nexit %s\\n' "$?"
  exit 0
"""


def agent_module(package: str | None) -> str:
    """Return the agent's module beside this package: `cisco` in the repository, else a part of the installed wheel."""
    root = (package or "components").partition(".")[0]
    return "cisco" if root == "components" else f"{root}.cisco"


def doing(module: str) -> list[str]:
    """Return the interpreter that runs a verb: its exit code is the script's."""
    return _interpreter(_DO, module, "exit 2\n")


def asking(module: str) -> list[str]:
    """Return the interpreter that runs a verb and prints its exit code, so that a failure is an answer too."""
    return _interpreter(_ASK, module, "printf '\\nexit 2\\n'\n")


def _interpreter(run: str, module: str, otherwise: str) -> list[str]:
    # The verb alone is the command, the script belongs to its interpreter: an error of the command names just the verb.
    script = (_FIND + run + _NOT_FOUND).format(module=module, variable=PYTHON_VARIABLE) + otherwise
    return [*SHELL, script, "aws-cisco-vpn"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agent answered: its JSON result, empty when it failed, and then why."""

    exit_code: int
    result: Mapping[str, object]
    message: str

    @property
    def is_given(self) -> bool:
        """Whether there is a result: a tunnel that is not UP is one."""
        return self.exit_code in (0, NOT_UP) and bool(self.result)


def read_answer(stdout: str, stderr: str) -> Answer:
    """Read what an `asking` script printed."""
    body, _, last = stdout.strip().rpartition("\n")
    code = last.removeprefix("exit ").strip()
    if not code.isdecimal():
        body, code = stdout.strip(), "1"
    return Answer(int(code), _json_object(body), _last_line(stderr))


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].strip() if lines else "the router's agent gave no answer"


def _json_object(text: str) -> Mapping[str, object]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def masked(text: str, secrets: Iterable[str | None]) -> str:
    """Return the text without any of the secrets: the agent masks them, and nothing is shown on its word alone.

    A short word is left to the agent, which knows whether it is one of IOS's: to mask each `router` tells the password.
    """
    for secret in sorted({s for s in secrets if s and not _SHORT_WORD.fullmatch(s)}, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text
