"""Commands of the EXEC that do something: terminal, configure, save, clear, reload."""

from .grammar import Match, Rejection
from .line import Refusal, Reply
from .shell import ExecLine, Output, Question, Shell
from .state import LastChange

_ENTER = "Enter configuration commands, one per line.  End with CNTL/Z."


def _terminal_length(shell: Shell, match: Match[ExecLine]) -> Reply:
    shell.terminal.length = int(match["lines"])
    return ()


def _terminal_width(shell: Shell, match: Match[ExecLine]) -> Reply:
    shell.terminal.width = int(match["columns"])
    return ()


def _monitor(shell: Shell, match: Match[ExecLine]) -> Reply:
    shell.terminal.monitors = "no" not in match.words
    return ()


def _enable(shell: Shell, _match: Match[ExecLine]) -> Output:
    if shell.privilege >= 15:
        return Output()
    secret = shell.router.enable_secret
    if secret is None:
        return Output(("% Error in authentication.", ""))
    return _ask_enable(shell, secret, tries=3)


def _ask_enable(shell: Shell, secret: str, tries: int) -> Output:
    def check(typed: str) -> Output:
        if typed == secret:
            shell.privilege = 15
            return Output()
        return _ask_enable(shell, secret, tries - 1) if tries > 1 else Output(("% Bad secrets", ""))

    return Output(dialog=Question("Password: ", check, is_hidden=True))


def _disable(shell: Shell, _match: Match[ExecLine]) -> Reply:
    shell.privilege = 1
    return ()


def _close(_shell: Shell, _match: Match[ExecLine]) -> Output:
    return Output(closes=True)


def _configure(shell: Shell, _match: Match[ExecLine]) -> Reply:
    holder = shell.router.lock_holder
    if holder is not None and holder != shell.user.name:
        raise Refusal(
            f"Configuration mode is locked by process '484' user '{holder}' from terminal '64'. Please try later."
        )
    if shell.router.document.root.find("configuration mode exclusive") is not None:
        shell.router.lock_holder = shell.user.name
    shell.enter_configuration()
    return (_ENTER,)


def _configure_lock(shell: Shell, match: Match[ExecLine]) -> Reply:
    said = _configure(shell, match)
    shell.router.lock_holder = shell.user.name
    return said


def _configure_revert(shell: Shell, match: Match[ExecLine]) -> Reply:
    if shell.router.lock_holder not in (None, shell.user.name):
        return _configure(shell, match)
    said = shell.router.rollback.arm(shell.user.name, int(match["minutes"]), is_idle="idle" in match.words)
    return (*said, *_configure(shell, match))


def _confirm(shell: Shell, _match: Match[ExecLine]) -> Reply:
    return shell.router.rollback.confirm(shell.user.name)


def _revert_now(shell: Shell, _match: Match[ExecLine]) -> Reply:
    return shell.router.rollback.revert_now(shell.user.name)


def _revert_timer(shell: Shell, match: Match[ExecLine]) -> Reply:
    minutes = int(match["minutes"])
    return shell.router.rollback.reset_timer(shell.user.name, minutes, is_idle="idle" in match.words)


def _save(shell: Shell) -> Output:
    router = shell.router
    if router.save_failure:
        return Output((router.save_failure,))
    if len(router.running_config()) > router.nvram_size:
        return Output(("Building configuration...", "startup-config file open failed (Not enough space)"))
    router.startup = router.running_config()
    router.last_save = LastChange(router.clock.now(), shell.user.name)
    refused: Reply = ()
    if router.archive.saves_with_startup:
        try:
            router.archive.save()
        except Refusal as refusal:
            refused = refusal.lines
    return Output(("Building configuration...", "[OK]", *refused))


def _write_memory(shell: Shell, _match: Match[ExecLine]) -> Output:
    if not shell.router.asks_before_overwriting:
        return _save(shell)
    warning = (
        "Warning: Attempting to overwrite an NVRAM configuration previously written",
        "by a different version of the system image.",
    )
    return Output(
        warning,
        Question(
            "Overwrite the previous NVRAM configuration?[confirm]", lambda key: _confirmed_save(shell, key), is_key=True
        ),
    )


def _confirmed_save(shell: Shell, key: str) -> Output:
    return _save(shell) if key.strip().lower() in ("", "y") else Output()


def _copy_to_startup(shell: Shell, _match: Match[ExecLine]) -> Output:
    def named(name: str) -> Output:
        if name.strip() not in ("", "startup-config"):
            return Output(("%Error opening nvram:/" + name.strip() + " (Permission denied)",))
        return _write_memory(shell, _match)

    return Output(dialog=Question("Destination filename [startup-config]? ", named))


def _archive_config(shell: Shell, _match: Match[ExecLine]) -> Reply:
    if shell.router.archive.path is None:
        raise Refusal("Archive feature not enabled")
    shell.router.archive.save()
    return ()


def _clear_session(shell: Shell, match: Match[ExecLine]) -> Reply:
    shell.router.associations.clear(match["peer"] or None)
    shell.router.outcomes()
    return ()


def _reload(shell: Shell, _match: Match[ExecLine]) -> Output:
    def confirmed(key: str) -> Output:
        return Output(closes=True, reloads=True) if key.strip().lower() in ("", "y") else Output()

    ask = Question("Proceed with reload? [confirm]", confirmed, is_key=True)
    if shell.router.running_config() == shell.router.startup:
        return Output(dialog=ask)

    def answered(answer: str) -> Output:
        word = answer.strip().lower()
        if not word or not ("yes".startswith(word) or "no".startswith(word)):
            raise Rejection("invalid")
        saved = _save(shell) if "yes".startswith(word) else Output()
        return Output(saved.lines, ask)

    return Output(dialog=Question("System configuration has been modified. Save? [yes/no]: ", answered))


def _ping(_shell: Shell, match: Match[ExecLine]) -> Reply:
    return (
        "Type escape sequence to abort.",
        f"Sending 5, 100-byte ICMP Echos to {match['target']}, timeout is 2 seconds:",
        ".....",
        "Success rate is 0 percent (0/5)",
    )


EXEC = (
    ExecLine("terminal length lines:<0-512>", _terminal_length, privilege=1),
    ExecLine("terminal width columns:<0-512>", _terminal_width, privilege=1),
    ExecLine("terminal monitor", _monitor, privilege=1),
    ExecLine("terminal no monitor", _monitor, privilege=1),
    ExecLine("enable [level:<0-15>]", _enable, privilege=1),
    ExecLine("disable [level:<0-15>]", _disable, privilege=1),
    ExecLine("exit", _close, privilege=1),
    ExecLine("logout", _close, privilege=1),
    ExecLine("quit", _close, privilege=1),
    ExecLine("configure terminal", _configure),
    ExecLine("configure terminal lock", _configure_lock),
    ExecLine("configure terminal revert (timer|idle) minutes:<1-120>", _configure_revert),
    ExecLine("configure confirm", _confirm),
    ExecLine("configure revert now", _revert_now),
    ExecLine("configure revert (timer|idle) minutes:<1-120>", _revert_timer),
    ExecLine("configure revert timer idle minutes:<1-120>", _revert_timer),
    ExecLine("write [memory]", _write_memory),
    ExecLine("copy running-config startup-config", _copy_to_startup),
    ExecLine("archive config", _archive_config),
    ExecLine("clear crypto session [remote peer:A.B.C.D]", _clear_session),
    ExecLine("clear crypto isakmp [id:<1-2147483647>]", _clear_session),
    ExecLine("clear crypto sa [peer peer:A.B.C.D]", _clear_session),
    ExecLine("clear crypto ikev2 sa [remote peer:A.B.C.D]", _clear_session),
    ExecLine("clear ip bgp (target:A.B.C.D|*) [soft [(in|out)]]", lambda _shell, _match: ()),
    ExecLine("clear ip bgp vrf vrf:WORD ipv4 unicast asn:ASN [soft [(in|out)]]", lambda _shell, _match: ()),
    ExecLine("reload", _reload),
    ExecLine("ping target:A.B.C.D", _ping, privilege=1),
)
