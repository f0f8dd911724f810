"""Importing a library without what it imports in vain: an agent that starts for every router pays for each module.

Only what Python documents is used. A package that is listed in `sys.modules` before its parts are imported is not
executed, and a name that is ``None`` there can't be imported, which a library with an optional dependency expects.
Both entries are taken out again, so that whoever imports the library later in the same process gets it whole.
"""

import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager


@contextmanager
def lean(package: str, *, names: Mapping[str, object], absent: Sequence[str] = ()) -> Iterator[None]:
    """Let modules of `package` be imported without its own first file; `names` is what they take from that.

    `absent` are optional dependencies that shall not be loaded. What is loaded already stays as it is.
    """
    hidden = [name for name in absent if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is Python's own way to say "not there"
    spec = importlib.util.find_spec(package) if package not in sys.modules else None
    if spec is not None:
        bare = importlib.util.module_from_spec(spec)
        vars(bare).update(names)
        sys.modules[package] = bare
    try:
        yield
    finally:
        for name in (*hidden, *((package,) if spec is not None else ())):
            sys.modules.pop(name, None)
