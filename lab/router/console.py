"""A terminal without a network: the same shell, line by line."""

from collections.abc import Iterable

from . import exec_commands, files, show_config, show_crypto, show_routing, show_system
from .grammar import Grammar
from .shell import ExecLine, Output, Shell
from .state import RouterState, User

_EXEC = (*exec_commands.EXEC, *files.EXEC, *show_config.EXEC, *show_crypto.EXEC, *show_routing.EXEC, *show_system.EXEC)


def commands(router: RouterState) -> Grammar[ExecLine]:
    """Return the commands of the EXEC that the router's release knows."""
    return Grammar((line.pattern, line) for line in _EXEC if line.when is None or line.when(router))


class Console:
    """Somebody at the router's console, with all privileges."""

    def __init__(self, router: RouterState, user: str = "console", privilege: int = 15) -> None:
        self.router = router
        self._shell = Shell(router, User(user, "", privilege), commands(router))
        self._asked: Output | None = None
        self.is_refused = False

    @property
    def prompt(self) -> str:
        """What the router prints before it reads a line."""
        return self._asked.dialog.question if self._asked and self._asked.dialog else self._shell.prompt

    def send(self, line: str) -> str:
        """Enter a line, or answer what was asked; return the reply."""
        with self.router.lock:
            asked, self._asked = self._asked, None
            output = asked.dialog.answer(line) if asked and asked.dialog else self._shell.execute(line)
            self._asked = output if output.dialog else None
            self.is_refused = output.is_refused
        return "\n".join(output.lines)

    def configure(self, lines: Iterable[str]) -> None:
        """Enter configuration lines from `configure terminal` to `end`.

        Raises:
            ValueError: The router refuses a line.
        """
        self.send("configure terminal")
        try:
            for line in lines:
                said = self.send(line).strip()
                if self.is_refused:
                    raise ValueError(f"{line}: {said}")
        finally:
            self.send("end")
