"""How genuine routers talk besides the point: in fragments, with messages anywhere, on terminals too narrow for a line."""

from collections.abc import Callable, Iterator
from itertools import count

CONFIGURED = "*Nov 26 08:00:00.123: %SYS-5-CONFIG_I: Configured from console by bob on vty3 (192.0.2.9)\n"
DEBUGGED = "*Nov 26 08:00:00.123: ISAKMP:(1001):Old State = IKE_I_MM1  New State = IKE_I_MM2\n"
LOCKED = "000123: Nov 26 2026 08:00:00.123 JST: Rollback:Acquired Configuration lock.\n"
_SCROLLED = 10  # columns by which IOS scrolls a line


def before(message: str) -> Callable[[str, str], str]:
    """Say it between the echo and the reply."""
    return lambda answer, end: message + answer + end


def amid(message: str) -> Callable[[str, str], str]:
    """Say it between two lines of a reply, another two each time."""
    numbers = count()

    def said(answer: str, end: str) -> str:
        lines = answer.splitlines(keepends=True)
        place = next(numbers) % (len(lines) + 1)
        return "".join((*lines[:place], message, *lines[place:])) + end

    return said


def behind_the_prompt(message: str) -> Callable[[str, str], str]:
    """Say it when the terminal waits for a line already, and leave it at that."""
    return lambda answer, end: f"{answer}{end}{message}"


def with_the_prompt_again(message: str) -> Callable[[str, str], str]:
    """Say it as `logging synchronous` does: what stood there is shown once more."""
    return lambda answer, end: f"{answer}{end}\n{message}{end}"


def amid_the_echo(message: str, *, is_typed_again: bool) -> Callable[[str, str], str]:
    """Say it while a line is echoed, at another place in each; with `logging synchronous` what stood there is shown again."""
    numbers = count()

    def echo(prompt: str, line: str) -> str:
        place = next(numbers) % (len(line) + 1)
        again = f"{prompt}{line[:place]}" if is_typed_again else ""
        return f"{line[:place]}\n{message}{again}{line[place:]}"

    return echo


def wrapped(width: int) -> Callable[[str, str], str]:
    """Break what is echoed where the terminal ends."""

    def echo(prompt: str, line: str) -> str:
        text = prompt + line
        return "\n".join(text[at : at + width] for at in range(0, len(text), width))[len(prompt) :]

    return echo


def scrolled(width: int) -> Callable[[str, str], str]:
    """Move what is echoed to the left where the terminal ends; `$` stands for what is out of sight."""

    def echo(prompt: str, line: str) -> str:
        room = width - len(prompt) - 1
        shown, rest = line[:room], line[room:]
        said = shown
        while rest:
            step, rest = rest[:_SCROLLED], rest[_SCROLLED:]
            now = f"${shown[_SCROLLED + 1 :]}{step}"
            gone = len(shown) - len(now)
            said += "\b" * len(shown) + now + " " * gone + "\b" * gone
            shown = now
        return said

    return echo


def in_fragments(text: str) -> Iterator[str]:
    """Deliver a text in pieces that end anywhere, with a silence after every fifth."""
    sizes = (1, 7, 2, 23, 64, 3)
    number = start = 0
    while start < len(text):
        end = start + sizes[number % len(sizes)]
        yield text[start:end]
        if number % 5 == 4:
            yield ""
        start, number = end, number + 1
