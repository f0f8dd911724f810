"""The text of an IOS terminal, told apart into replies: prompts, echoes, questions, and messages between.

Sans-IO: it is fed what arrives and told what was sent, and never reads, writes or waits. A reply runs
from the echo of its line to the next prompt. Syslog and revert-timer messages come whenever IOS likes,
also in the middle of an echo or a reply, and are taken out first.
"""

import re
from dataclasses import dataclass

PROMPT = re.compile(r"^(?P<host>\S{1,63}?)(?:\((?P<mode>[\w.\-@/:+]{1,32})\))?(?P<level>[>#])\s*$")

# IOS cuts the hostname at 20 characters in configuration modes, some releases earlier in the longer ones.
_SHORTEST_CUT = 15

# Cisco's reference of `hostname`: "on most systems" name and prompt have 30 characters, and a longer mode is cut.
_PROMPT_FIELD = 30

# Longer than any message, shorter than what would be slow to look through for every piece that arrives.
_TAIL = 4000

# `*Nov 24 10:00:00.123: %LINK-3-UPDOWN: …`, with or without number, year and zone (a free word), or with the time since
# the start (`00:00:46`, `1d02h`); a line of its own. With a time, also what has no facility: `Rollback:Acquired
# Configuration lock.`, and whatever somebody debugs.
_SYSLOG = re.compile(
    r"(?:^|(?<=[#>])|(?<=[#>] ))(?:\d{1,8}: )?"
    r"(?:(?:[*.]?[A-Z][a-z]{2} +\d{1,2} +(?:\d{4} +)?\d\d:\d\d:\d\d(?:\.\d+)?(?: [^\s:]{1,9})?"
    r"|\d{1,4}:\d\d:\d\d(?:\.\d+)?|\d{1,4}[ywd]\d{1,2}[wdh]): "
    r"|%[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)*-[0-7]-[A-Z0-9_]+: )[^\n]*\n",
    re.MULTILINE,
)
_REVERT_NOTICE = re.compile(
    r"(?:^|(?<=[#>])|(?<=[#>] ))(?:Rollback Confirmed Change: Rollback will begin in [^\n]*\n"
    r"|Enter \"configure confirm\" if you wish to keep what you've(?: configured|\n *configured)\.? *\n)",
    re.MULTILINE,
)
# What every terminal is told before a reload that somebody scheduled, and when it is called off.
_RELOAD_NOTICE = re.compile(r"^\*\*\*\n\*\*\* --- SHUTDOWN [^\n]*\n\*\*\*\n", re.MULTILINE)
# `exec prompt timestamp` below a line has IOS say this before the reply to every exec command.
_TIMESTAMP = re.compile(
    r"^(?:Load for five secs: [^\n]*|(?:Time source is|No time source)\b[^\n]*\d\d:\d\d:\d\d[^\n]*)\n+", re.MULTILINE
)
_NOISE = re.compile(r"[\r\x00\x07]|\x1b\[[0-9;?]*[A-Za-z]")

# Questions IOS asks instead of showing a prompt; the cursor stays behind them.
QUESTION = re.compile(
    r"(?:\[confirm\]|\[yes/no\]:?|\(y/n\) ?(?:\[[yn]\])?:?|\? ?\[[^\]\n]*\]:?|\[[^\]\n]*\] ?\?"
    r"|[Pp]ass(?:word|code):)\s*$"
)

# What waits for a key: IOS's own words, and those of devices that are no IOS router.
_MORE = re.compile(r"(?:--More--|<--- More --->|---\(more[^)\n]*\)---)\s*$", re.IGNORECASE)

# Sections whose mode has another name in some releases (IOS 12.4: `ip sla monitor`, `rtr`).
_MODE_SYNONYMS = (
    frozenset({"config-ip-sla", "config-sla-monitor", "config-rtr"}),
    frozenset({"config-ip-sla-echo", "config-sla-monitor-echo", "config-rtr-echo"}),
)

# What ends a reply, where its text may imitate a prompt (banners are part of the running-config).
_ENDS = {
    "show running-config": re.compile(r"^end\s*$", re.MULTILINE),
    "show startup-config": re.compile(r"^end\s*$", re.MULTILINE),
}


@dataclass(frozen=True, slots=True)
class Prompt:
    """Where the terminal stands: `mode` is the word in brackets, empty in exec; ``#`` is privileged."""

    hostname: str
    mode: str
    is_privileged: bool

    def is_in(self, mode: str) -> bool:
        """Return whether this is the mode a line expects, whatever this release calls it, or cut short."""
        is_cut = len(f"{self.hostname}({self.mode})#") == _PROMPT_FIELD
        return (
            self.mode == mode
            or (is_cut and mode.startswith(self.mode))
            or any(self.mode in names and mode in names for names in _MODE_SYNONYMS)
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """What IOS said to one line, and where it stood afterwards."""

    line: str
    text: str
    prompt: Prompt


def prompt_in(text: str) -> Prompt | None:
    """Read the last line of a text as a prompt."""
    found = PROMPT.match(text.rsplit("\n", 1)[-1])
    return _prompt(found) if found else None


def _prompt(found: re.Match[str]) -> Prompt:
    return Prompt(found["host"], found["mode"] or "", found["level"] == "#")


def cleaned(text: str) -> str:
    """Return the text without carriage returns, bells, escape sequences and messages that are no reply."""
    return _without_notices(_NOISE.sub("", text))


class Dialogue:
    """One terminal: tell it what was sent, feed it what arrives, take finished replies.

    Several lines may be on their way. A prompt ends a reply only when what follows it is the next line's
    echo, or, for the last line, nothing: a prompt imitated inside a reply does not end it.
    """

    def __init__(self, hostname: str) -> None:
        self._arrived: list[str] = []
        self._pending: list[str] = []
        self._names: set[str] = set()
        self.know(hostname)

    def know(self, hostname: str) -> None:
        """Take this name in a prompt as well: ``prompt`` gives exec another, but no configuration mode."""
        self._names |= {hostname, *(hostname[:n] for n in range(_SHORTEST_CUT, len(hostname)))}
        names = "|".join(re.escape(name) for name in sorted(self._names, key=len, reverse=True))
        self._prompt = re.compile(
            rf"^(?P<host>{names})(?:\((?P<mode>[\w.\-@/:+]{{1,32}})\))?(?P<level>[>#]) ?", re.MULTILINE
        )

    @property
    def outstanding(self) -> int:
        """How many lines have no reply yet."""
        return len(self._pending)

    @property
    def unanswered(self) -> str:
        """The line whose reply is next."""
        return self._pending[0] if self._pending else ""

    @property
    def is_echoed_ahead(self) -> bool:
        """Whether the next line was echoed before this one was answered, as IOS never does: replies can't be told apart."""
        if len(self._pending) == 1 or (body := self._after_first_echo()) is None:
            return False
        rest = _after_plain_echo(body, self._pending[1])
        return rest is not None and rest.startswith("\n")

    def take_back(self) -> tuple[tuple[str, ...], str]:
        """Forget the lines that have no reply yet; return them, and what arrived behind the first one's echo."""
        lines, arrived = tuple(self._pending), self.partial
        self.forget()
        return lines, arrived

    def sent(self, line: str) -> None:
        """Tell that a line was written."""
        self._pending.append(line)

    def forget(self) -> None:
        """Drop what arrived and what is awaited, as after an interrupt."""
        self._arrived.clear()
        self._pending.clear()

    def feed(self, text: str, *, is_quiet: bool = False) -> tuple[Reply, ...]:
        """Take what arrived and return the replies it finishes; `is_quiet`: nothing more seems to come."""
        self._arrived.append(_NOISE.sub("", text))
        if len(self._pending) == 1 and not self._may_be_finished():
            return ()
        buffer = self._buffer()
        replies: list[Reply] = []
        while self._pending:
            reply, buffer = self._next_reply(buffer, is_quiet=is_quiet)
            if reply is None:
                break
            self._pending.pop(0)
            replies.append(reply)
        self._arrived = [buffer]
        return tuple(replies)

    def prompt_at_the_end(self, text: str) -> Prompt | None:
        """Read the last line of a text as this router's prompt."""
        last = text.rsplit("\n", 1)[-1]
        found = self._prompt.match(last)
        while found is not None and found.end() < len(last):  # several lines without a reply: `R1#R1#`
            last = last[found.end() :]
            found = self._prompt.match(last)
        return _prompt(found) if found else None

    @property
    def partial(self) -> str:
        """What has arrived of the reply that is not finished."""
        body = self._after_first_echo()
        return self._buffer() if body is None else body

    def _after_first_echo(self) -> str | None:
        return _after_echo(self._buffer(), self._pending[0]) if self._pending else None

    def question(self) -> str | None:
        """Return the question IOS waits on, if what has arrived ends in one."""
        if self._after_first_echo() is None:
            return None
        last = self._buffer().rsplit("\n", 1)[-1].strip()
        return last if QUESTION.search(last) else None

    @property
    def is_paged(self) -> bool:
        """Whether the router waits for a key before it shows more."""
        return _MORE.search(self._buffer()[-_TAIL:]) is not None

    def answered(self) -> None:
        """Tell that the question was answered, which is not part of what comes after it."""
        self._arrived.append("\n")

    def _buffer(self) -> str:
        if len(self._arrived) != 1:
            self._arrived = ["".join(self._arrived)]
        self._arrived[0] = _without_notices(self._arrived[0])
        return self._arrived[0]

    def _may_be_finished(self) -> bool:
        """Look at the end only, so that a long reply costs no more than its length."""
        tail = ""
        for piece in reversed(self._arrived):
            tail = piece + tail
            if len(tail) > _TAIL:
                break
        tail = _without_notices(tail[-_TAIL:]).rstrip()
        return self._prompt.match(tail.rsplit("\n", 1)[-1]) is not None

    def _next_reply(self, buffer: str, *, is_quiet: bool) -> tuple[Reply | None, str]:
        line = self._pending[0]
        ends = _ENDS.get(line)
        following = self._pending[1] if len(self._pending) > 1 else None
        start = 0
        while (found := self._prompt.search(buffer, start)) is not None:
            start = found.end()
            rest = buffer[start:]
            arrived = _without_repeats(rest, found[0].strip(), following)
            body = _after_echo(buffer[: found.start()], line)
            if body is None:
                # `logging synchronous` repeats the prompt and what was echoed so far after a message.
                if line.startswith(buffer[: found.start()].replace("\n", "")):
                    buffer, start = rest, 0
                continue
            if not _continues(arrived, following) or not (is_quiet or ends is None or ends.search(body)):
                continue
            if following is not None and not arrived:
                break
            return Reply(line, self._without_second_echo(body, line).strip("\n"), _prompt(found)), rest
        return None, buffer

    def _without_second_echo(self, body: str, line: str) -> str:
        """Return a reply without the prompt and the whole line that `logging synchronous` shows again after a message."""
        again = self._prompt.match(body.lstrip("\n"))
        second = _after_plain_echo(body.lstrip("\n")[again.end() :], line) if again is not None else None
        return body if second is None else second


def _without_notices(text: str) -> str:
    for notice in (_SYSLOG, _REVERT_NOTICE, _RELOAD_NOTICE, _TIMESTAMP):
        text = notice.sub("", text)
    return text


def _after_echo(text: str, line: str) -> str | None:
    """Return what follows the echo of `line`, which newlines or a narrow terminal may break; ``None`` if it isn't there."""
    after = _after_plain_echo(text, line)
    if after is not None or "\b" not in text:
        return after
    head = text.partition("\n")[0]
    shown = _as_on_screen(head).strip()
    # IOS scrolls a line that is longer than the terminal is wide: `$` stands for what is out of sight.
    is_whole = shown == line.strip() or (len(shown) > 1 and shown[0] == "$" and line.strip().endswith(shown[1:]))
    return text[len(head) :] if is_whole else None


def _as_on_screen(text: str) -> str:
    """Return what one line looks like once its backspaces have moved the cursor."""
    cells: list[str] = []
    cursor = 0
    for character in text:
        if character == "\b":
            cursor = max(0, cursor - 1)
            continue
        cells[cursor : cursor + 1] = character
        cursor += 1
    return "".join(cells)


def _after_plain_echo(text: str, line: str) -> str | None:
    position = 0
    for character in line.strip():
        while position < len(text) and (text[position] == "\n" or (position == 0 and text[position] == " ")):
            position += 1
        if position >= len(text) or text[position] != character:
            return None
        position += 1
    return text[position:]


def _without_repeats(rest: str, prompt: str, following: str | None) -> str:
    """Return what comes after a prompt; `logging synchronous` shows it, and what was echoed, once more after a message."""
    arrived = rest.replace("\n", "").strip()
    wanted = (following or "").strip()
    while (
        (end := arrived.find(prompt)) >= 0
        and wanted.startswith(arrived[:end])
        and (end == 0 or arrived[:end] != wanted)
    ):
        arrived = arrived[end + len(prompt) :].lstrip()
    return arrived


def _continues(arrived: str, following: str | None) -> bool:
    """Return whether what comes after a prompt fits: the next line's echo, or nothing at all."""
    if following is None:
        return not arrived
    wanted = following.strip()
    return wanted.startswith(arrived.partition("\b")[0].rstrip()) or arrived.startswith(wanted)
