"""`TypedDict` as Pulumi reads it: its analyser knows the standard library's own, where that has `NotRequired`."""

import sys

if sys.version_info >= (3, 11):
    from typing import NotRequired, TypedDict
else:
    from typing_extensions import NotRequired, TypedDict

__all__ = ["NotRequired", "TypedDict"]
