"""`python3 -m lab.setup [languages]`: make everything that the lab and the tests need, once."""

import sys

OLDEST = (3, 10)


def main() -> int:
    """Make each thing in turn; on an old Python, say so before reading any file that it cannot."""
    if sys.version_info < OLDEST:
        found = ".".join(str(number) for number in sys.version_info[:2])
        sys.stderr.write(f"Python 3.10 or later is needed; this is {found}. Try: make PYTHON=python3.12 setup\n")
        return 2
    from lab.setup.progress import NeedError
    from lab.setup.steps import run

    try:
        run(with_languages="languages" in sys.argv[1:])
    except NeedError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted; the next run goes on from here.\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
