"""The agent's process: ``python -m cisco VERB``."""

import gc
import sys

if __name__ == "__main__":
    # Cycles are all that the collector finds, and a run makes few: left alone, it would look through every imported
    # class again and again, for a sixth of the run. It still wakes where a configuration is very long.
    gc.set_threshold(100_000)

    from .command_line import main

    code = main()
    gc.freeze()  # the interpreter collects once more when it ends
    sys.exit(code)
