"""One terminal of the plain router: lines in, text out, and no socket. What it says besides, and where, is its router's habit."""

from typing import TYPE_CHECKING

from tests.lab.plain_archive import TURN_ON
from tests.lab.plain_config import SECTIONS, Section, belongs, is_global

if TYPE_CHECKING:
    from tests.lab.plain_router import PlainRouter

REFUSED = "            ^\n% Invalid input detected at '^' marker.\n\n"
_ENTER = "Enter configuration commands, one per line.  End with CNTL/Z.\n"
# `exit` leaves a section; of a probe it leaves both (Cisco's own examples).
_LEAVES_ALL = "config-ip-sla-echo"
_LONGEST_NAME = 20  # of a hostname in the prompt of a configuration mode


class Vty:
    """One user's terminal. `text` is what it has shown and nobody has read."""

    def __init__(self, router: "PlainRouter") -> None:
        self._router = router
        self.text = ""
        self.is_open = True
        self.is_deaf = False
        self.level = router.level
        self.modes: list[str] = []
        self._headers: list[str] = []
        self._typed = ""
        self._asked: list[str] = []
        self._then = ""
        self._show(f"\n{router.banner}\n{self.prompt}")

    @property
    def prompt(self) -> str:
        """What it shows when it waits for a line."""
        if not self.modes:
            return self._router.hostname + ("#" if self.level > 1 else ">")
        return f"{self._router.hostname[:_LONGEST_NAME]}({self.modes[-1]})#"

    def type(self, text: str) -> None:
        """Take what the user types."""
        *lines, self._typed = (self._typed + text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
        for line in lines:
            if not self.is_open or self.is_deaf:
                return
            self._router.hear(self, line)
        if "\x03" in self._typed:
            self._typed, self._asked = "", []
            self._show(f"\n{self.prompt}")

    def tell(self, text: str) -> None:
        """Print a message that nobody asked for."""
        self._show(text)

    def carry_out(self, line: str, instead: str | None = None) -> None:
        """Take one line and answer it; with `instead`, say that and do nothing."""
        asked = bool(self._asked)
        if asked:
            self._asked.pop(0)
            echo, answer = "" if self._hides(line) else line, self._answered(line)
        else:
            # What is heard is echoed with the prompt in front of it that was there: both are of before the answer.
            echo = self._router.echo(self.prompt, line.strip())
            answer = instead if instead is not None else self._answer(line.strip())
        if not self.is_open:
            return
        end = self._asked[0] if self._asked else self.prompt
        self._show(f"{echo}\n" + self._router.noise(answer, end))

    def _show(self, text: str) -> None:
        self.text += text.replace("\n", "\r\n")

    def _answer(self, line: str) -> str:
        return self._configured(line) if self.modes else self._executed(line)

    def _hides(self, line: str) -> bool:
        return self._then == "enable" and bool(line)

    def _answered(self, line: str) -> str:
        if self._asked:
            return ""
        if self._then == "enable":
            self.level = 15 if line == self._router.enable_password else self.level
            return "" if self.level == 15 else "% Access denied\n\n"
        return self._router.save()

    def _executed(self, line: str) -> str:
        router = self._router
        if line in ("exit", "logout"):
            self.is_open = False
            return ""
        if line == "enable":
            if self.level < 15:
                self._asked, self._then = ["Password: "], "enable"
            return ""
        if line in ("write memory", "copy running-config startup-config"):
            self._asked, self._then = list(router.asks_before_saving), line
            return "" if self._asked else router.save()
        if line == "configure terminal" or line.startswith("configure "):
            return self._to_configure(line)
        if line.startswith(("terminal ", "clear ")) or not line:
            return ""
        return router.shown(line, self)

    def _to_configure(self, line: str) -> str:
        router = self._router
        if line.startswith("configure terminal") and router.lock_owner:
            return (
                f"Configuration mode locked exclusively by user '{router.lock_owner}' process '3' from terminal '1'."
                " Please try later.\n"
            )
        answer = "" if line == "configure terminal" else self._about_timer(line)
        if not line.startswith("configure terminal") or "%" in answer:
            return answer
        self.modes, self._headers = ["config"], []
        return answer + _ENTER

    def _about_timer(self, line: str) -> str:
        router = self._router
        if not router.release.has_timer:
            return TURN_ON if line.startswith("configure revert") else REFUSED
        answer = router.archive.answer(line, router.user, self.tell)
        return REFUSED if answer is None else answer

    def _configured(self, line: str) -> str:
        if line == "end":
            self._leave(len(self.modes))
        elif line in ("exit", "exit-address-family"):
            self._leave(2 if self.modes[-1] == _LEAVES_ALL else 1)
        elif line.startswith("do "):
            return self._executed(line.removeprefix("do "))
        elif line and not line.startswith("!"):
            return self._take(line)
        return ""

    def _leave(self, levels: int) -> None:
        depth = len(self.modes) - levels
        del self.modes[depth:]
        del self._headers[max(0, depth - 1) :]

    def _section(self) -> Section:
        """Return where lines go: after a rollback the section is another, or a new one."""
        section = self._router.config
        for header in self._headers:
            section = section.enter(header)
        return section

    def _take(self, line: str) -> str:
        """Take a line where it belongs: what is global is heard in other sections too, as IOS does."""
        words = line.removeprefix("no ")
        if is_global(words):
            self._leave(len(self.modes) - 1)
        opens = next(
            (mode for above, head, mode in SECTIONS if above == self.modes[-1] and head.fullmatch(words)), None
        )
        if opens is None and not belongs(words, self.modes[-1]):
            return REFUSED
        if line != words:
            self._section().take_out(words)
            return ""
        self._section().enter(line)
        if opens is not None:
            self._headers.append(line)
            self.modes.append(opens)
        return ""
