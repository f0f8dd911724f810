"""Jinja2 as it is used here: an undefined name is an error, and compiled templates are kept as Python keeps its modules.

Compiling them anew costs a tenth of a run. The files go where ``.pyc`` files go (`__pycache__`, or ``PYTHONPYCACHEPREFIX``), and are not written where those are not
(``PYTHONDONTWRITEBYTECODE``, a folder that is not ours). Jinja2 compares a checksum of the source before it takes one.
"""

import os
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.bccache import Bucket, BytecodeCache

__all__ = ("Environment", "Template", "TemplateCache", "environment")


def environment(*, autoescape: bool) -> Environment:
    """Return what renders the files of `templates/`."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=TemplateCache(),
        autoescape=autoescape,  # noqa: S701  # HTML asks for it, IOS text must not be escaped
    )


class TemplateCache(BytecodeCache):
    """Jinja2's cache of bytecode; what can't be read or written is compiled in memory, as without it."""

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return the cached file's path; another Python or Jinja2 has another, since it compiles to other code."""
        cached = Path(cache_from_source(filename or name))
        return str(cached.with_suffix(f".jinja-{jinja2.__version__}"))

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what an earlier run has compiled, if it is of this source."""
        try:
            with Path(bucket.key).open("rb") as file:
                bucket.load_bytecode(file)
        except Exception:  # noqa: BLE001  # a damaged file makes pickle raise anything, and is no reason to fail
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it in one step, for another run may read it at this moment."""
        if sys.dont_write_bytecode:
            return
        path = Path(bucket.key)
        scratch = path.with_name(f"{path.name}.{os.getpid()}")
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            scratch.write_bytes(bucket.bytecode_to_string())
            scratch.replace(path)
