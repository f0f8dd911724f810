"""What arrives on an IOS terminal as the one line that it is."""

LONGEST_LINE = 254  # IOS cuts a longer one
TYPABLE = f"printable ASCII without '?' and of at most {LONGEST_LINE} characters"


def is_typable(line: str) -> bool:
    """Whether IOS reads the line as it is: `?` asks for help, a control character edits, and an end is cut off."""
    return line.isascii() and line.isprintable() and "?" not in line and len(line) <= LONGEST_LINE
