"""IOS's command line: echo, editing keys, and what it does with a line longer than the terminal is wide."""

from enum import Enum

_BACKSPACES = "\x08\x7f"
_ERASE_LINE = "\x15"
_SHIFT = 10  # a line that reaches the right margin moves ten places to the left, behind a dollar sign


class Ended(Enum):
    """How a line was ended."""

    ENTER = "\r"
    CTRL_Z = "\x1a"
    CTRL_C = "\x03"


class LineEditor:
    """One line while it is typed. `type` takes a character and returns what to print for it."""

    def __init__(self, prompt: str, width: int, *, is_hidden: bool = False) -> None:
        self.text = ""
        self.ended: Ended | None = None
        self._prompt = prompt
        self._width = width
        self._is_hidden = is_hidden
        self._hidden = 0  # how many characters have moved out to the left

    def type(self, character: str) -> str:
        """Take one character; return the echo."""
        if character in "\r\n":
            self.ended = Ended.ENTER
            return "\n"
        if character == Ended.CTRL_Z.value:
            self.ended = Ended.CTRL_Z
            return "^Z\n"
        if character == Ended.CTRL_C.value:
            self.ended = Ended.CTRL_C
            return "^C\n"
        return self._edit(character)

    def _edit(self, character: str) -> str:
        if character in _BACKSPACES:
            was_empty, self.text = not self.text, self.text[:-1]
            return "" if self._is_hidden or was_empty else "\b \b"
        if character == _ERASE_LINE:
            erased, self.text = len(self._visible), ""
            self._hidden = 0
            return "" if self._is_hidden else "\b" * erased + " " * erased + "\b" * erased
        if character == "?" and not self._is_hidden:
            # Help is given at once, and the line stands there again without the question mark.
            return f"?\n  <cr>\n\n{self._prompt}{self._visible}"
        if not character.isprintable() and character != "\t":
            return ""
        return self._echo(character)

    @property
    def _visible(self) -> str:
        return f"${self.text[self._hidden :]}" if self._hidden else self.text

    def _echo(self, character: str) -> str:
        before = self._visible
        self.text += character
        if self._is_hidden:
            return ""
        if not self._width or len(self._prompt) + len(self._visible) < self._width:
            return character
        self._hidden += _SHIFT + (0 if self._hidden else 1)
        return "\b" * len(before) + self._visible + " " * _SHIFT + "\b" * _SHIFT
