"""`python -m lab.demo [--wire]`: see story.py."""

import sys

from lab.demo.story import main

sys.exit(main(sys.argv[1:]))
