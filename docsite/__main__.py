"""`python -m docsite reference [--check]`: write the reference pages, or say which are not what the code says."""

import sys
from collections.abc import Sequence

from docsite.docstrings import UndocumentedError
from docsite.reference import ROOT, stale, write


def main(arguments: Sequence[str]) -> int:
    """Run; the exit code is 1 when a page is stale and 2 when something has no words."""
    try:
        if list(arguments) == ["reference"]:
            write()
            return 0
        if list(arguments) == ["reference", "--check"]:
            names = ", ".join(str(path.relative_to(ROOT)) for path in stale())
            if names:
                sys.stderr.write(f"the code's docstrings have changed: run `make reference` ({names})\n")
            return 1 if names else 0
    except UndocumentedError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stderr.write(f"{__doc__}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
