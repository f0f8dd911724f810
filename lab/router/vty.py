"""A terminal line: echo, line editing, paging, and where faults strike."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from .faults import Cut, Deny, Fault, Faults, Log, Moment, Reject, Reload, SaveFailure, Silence, Slow, Truncate
from .grammar import Rejection, report
from .line import Refusal
from .line_editor import Ended, LineEditor
from .shell import Dialog, Output, Shell

_MORE = " --More-- "
_ERASE_MORE = "\b" * 9 + " " * 8 + "\b" * 9


class Wire(Protocol):
    """What the terminal needs of its connection."""

    def write(self, text: str) -> None:
        """Send text to the user."""

    def cut(self) -> None:
        """Drop the connection without a word."""

    def close(self) -> None:
        """End it as `exit` does."""


class Closed(Exception):  # noqa: N818 - the end of a session is no error
    """The session is over."""


class Vty:
    """One login's terminal. Characters come in by `feed`; `run` reads, echoes and answers until the session ends."""

    def __init__(
        self,
        shell: Shell,
        wire: Wire,
        faults: Faults,
        received: list[str],
        *,
        latency: float,
        reload: Callable[[float], None],
    ) -> None:
        self.shell = shell
        self._wire = wire
        self._faults = faults
        self._received = received
        self._latency = latency
        self._reload = reload
        self._typed: asyncio.Queue[str] = asyncio.Queue()
        self._last = ""
        self._leaves = False
        self._is_dropped = False

    def feed(self, text: str) -> None:
        """Take what the user typed."""
        for character in text:
            self._typed.put_nowait(character)

    def end(self) -> None:
        """The user will type no more."""
        self._typed.put_nowait("")

    def drop(self) -> None:
        """The connection has gone, and with it what was typed ahead."""
        self._is_dropped = True
        self.end()

    def print(self, text: str) -> None:
        """Send text, with IOS's line ends."""
        self._wire.write(text.replace("\n", "\r\n"))

    async def run(self, banner: str = "") -> None:
        """Serve the session to its end."""
        try:
            self.print(f"\n{banner}{self.shell.prompt}")
            while True:
                await self._command(await self._line(self.shell.prompt))
        except Closed:
            return

    async def run_once(self, command: str) -> None:
        """Carry out one command without a terminal: no echo, no prompt."""
        self.shell.terminal.length = 0
        output = await asyncio.to_thread(self._execute, command)
        self._received.append(command)
        self.print("".join(f"\n{line}" for line in output.lines))
        self._wire.close()

    async def _character(self) -> str:
        while True:
            character = await self._typed.get()
            if not character or self._is_dropped:
                raise Closed
            if character == "\n" and self._last == "\r":  # one line end, not two
                self._last = ""
                continue
            self._last = character
            return character

    async def _line(self, prompt: str, *, is_hidden: bool = False) -> str:
        editor = LineEditor(prompt, self.shell.terminal.width, is_hidden=is_hidden)
        while editor.ended is None:
            self.print(editor.type(await self._character()))
        if editor.ended is Ended.CTRL_C:
            return self._leave()
        self._leaves = editor.ended is Ended.CTRL_Z
        return editor.text

    def _leave(self) -> str:
        """Ctrl-C goes to the EXEC at once, Ctrl-Z after the line."""
        self._leaves = False
        with self.shell.router.lock:
            if self.shell.mode:
                self.shell.leave_configuration()
        return ""

    async def _command(self, line: str) -> None:
        if line.strip():
            self._received.append(line)
        if self._latency:
            await asyncio.sleep(self._latency)
        faults = self._faults.striking(line, in_configuration=bool(self.shell.mode)) if line.strip() else []
        await self._before(faults)
        with self._saving(faults):
            output = await self._reply(line, faults)
        if output.reloads:
            self._reload(0.0)
        if output.closes:
            self._wire.close()
            raise Closed
        if self._leaves:
            self._leave()
        self.print(self.shell.prompt)

    async def _reply(self, line: str, faults: list[Fault]) -> Output:
        refused = self._faulty_output(faults)
        output = refused if refused is not None else await asyncio.to_thread(self._execute, line)
        await self._after(faults, output)
        await self._answer(output, faults)
        return output

    @contextmanager
    def _saving(self, faults: list[Fault]) -> Iterator[None]:
        """Let saving fail while a line is carried out and what it asks is answered."""
        router, before = self.shell.router, self.shell.router.save_failure
        failure = next((fault.reply for fault in faults if isinstance(fault, SaveFailure)), None)
        router.save_failure = failure or before
        try:
            yield
        finally:
            if failure:
                router.save_failure = before

    def _execute(self, line: str) -> Output:
        with self.shell.router.lock:
            self.shell.check_modes()
            return self.shell.execute(line)

    async def _before(self, faults: list[Fault]) -> None:
        for fault in faults:
            if isinstance(fault, Silence):
                await asyncio.Event().wait()
            if isinstance(fault, Reload):
                self._reload(fault.downtime)
                raise Closed
            if isinstance(fault, Cut) and fault.moment is Moment.BEFORE:
                self._cut()

    def _cut(self) -> None:
        self._wire.cut()
        raise Closed

    @staticmethod
    def _faulty_output(faults: list[Fault]) -> Output | None:
        for fault in faults:
            if isinstance(fault, Deny):
                return Output(("Command authorization failed.", ""))
            if isinstance(fault, Reject):
                return Output(fault.reply)
        return None

    async def _after(self, faults: list[Fault], output: Output) -> None:
        for fault in faults:
            if isinstance(fault, Cut) and fault.moment is Moment.AFTER:
                self._cut()
            if isinstance(fault, Cut) and fault.moment is Moment.DURING:
                text = "\n".join(output.lines)
                self.print(text[: len(text) // 2])
                self._cut()
            if isinstance(fault, Slow):
                await asyncio.sleep(fault.seconds)
            if isinstance(fault, Log):
                middle = len(output.lines) // 2
                output.lines = (*output.lines[:middle], "", fault.text, *output.lines[middle:])

    async def _answer(self, output: Output, faults: list[Fault]) -> None:
        """Print a reply, and ask what it asks until nothing is left."""
        while True:
            limit = next((fault.characters for fault in faults if isinstance(fault, Truncate)), None)
            text = "".join(f"{line}\n" for line in output.lines)
            await self._print_paged(text if limit is None else text[:limit] + "\n", is_paged=output.is_paged)
            if output.dialog is None:
                return
            self.print(output.dialog.question)
            answer = await self._answered(output.dialog)
            following = await asyncio.to_thread(self._followed, output, answer)
            output.lines, output.dialog = following.lines, following.dialog
            output.closes, output.reloads = following.closes, following.reloads

    def _followed(self, output: Output, answer: str) -> Output:
        if output.dialog is None:
            return Output()
        with self.shell.router.lock:
            try:
                return output.dialog.answer(answer)
            except Refusal as refusal:
                return Output(refusal.lines)
            except Rejection as rejection:
                return Output(tuple(report(rejection, answer, "")))

    async def _answered(self, dialog: Dialog) -> str:
        return await self._key() if dialog.is_key else await self._line(dialog.question, is_hidden=dialog.is_hidden)

    async def _key(self) -> str:
        """`[confirm]` takes one key, and echoes nothing but the line end."""
        key = await self._character()
        self.print("\n")
        return "" if key in "\r\n" else key

    async def _print_paged(self, text: str, *, is_paged: bool) -> None:
        length = self.shell.terminal.length
        lines = text.splitlines(keepends=True)
        if not is_paged or not length or len(lines) <= length:
            self.print(text)
            return
        shown = length - 1
        self.print("".join(lines[:shown]))
        while shown < len(lines):
            self.print(_MORE)
            key = await self._character()
            self.print(_ERASE_MORE)
            if key not in " \r\n":
                return
            step = length - 1 if key == " " else 1
            self.print("".join(lines[shown : shown + step]))
            shown += step
