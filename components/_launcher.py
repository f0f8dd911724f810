"""The shell line that finds the agent and runs it: the same on every machine, without a secret or an absolute path."""

# The engine's environment is not the program's virtual environment, and an absolute path would be a difference on
# every other machine: so the places where a project keeps its Python are tried in turn, at run time.
_SCRIPT = """\
for p in "$AWS_CISCO_VPN_PYTHON" "$VIRTUAL_ENV/bin/python" .venv/bin/python venv/bin/python \
"$(command -v python3)" "$(command -v python)"; do \
[ -x "$p" ] && "$p" -c 'import importlib.util as u, sys; sys.exit(u.find_spec("{package}") is None)' </dev/null 2>/dev/null \
&& exec "$p" -m {module} {verb}; \
done; \
echo 'no Python with the module {package} was found: set AWS_CISCO_VPN_PYTHON to the one that aws-cisco-vpn is installed in' >&2; \
exit 1"""


def agent_command(verb: str) -> str:
    """Return the command for one verb of the agent."""
    # In the repository the folders are `components` and `cisco`; installed they are one package.
    own = __package__ or "components"
    module = "cisco" if own == "components" else f"{own}.cisco"
    return _SCRIPT.format(package=module.split(".")[0], module=module, verb=verb)


def tolerant_command(verb: str, *, ignore: tuple[int, ...] | None) -> str:
    """Return the command with the given exit codes taken for success (``None``: all of them)."""
    script = f"( {agent_command(verb)} ); code=$?; "
    if ignore is None:
        return script + "exit 0"
    return script + "".join(f'[ "$code" -eq {code} ] && exit 0; ' for code in ignore) + 'exit "$code"'
