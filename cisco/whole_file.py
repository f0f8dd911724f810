"""Writing a file in one step: whoever reads it meanwhile, or after a failure, has the old one or the new one, whole."""

import os
from pathlib import Path


def write_whole(path: Path, text: str, *, mode: int = 0o666) -> None:
    """Put the text in the place of what is there; `mode` are a new file's rights, less those that the umask takes away.

    Raises:
        OSError: It can't be written; what was there is unchanged.
    """
    scratch = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
        scratch.replace(path)
    except OSError:
        scratch.unlink(missing_ok=True)
        raise
