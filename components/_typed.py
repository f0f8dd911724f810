"""`TypedDict` as Pulumi reads it: its analyser knows the standard library's own, where that has `NotRequired`.

Of another's it reads only the marks of single fields: `total=False` would make every field required with Python 3.10.
"""

import sys

if sys.version_info >= (3, 11):
    from typing import NotRequired, TypedDict
else:
    from typing_extensions import NotRequired, TypedDict

__all__ = ["NotRequired", "TypedDict"]
