"""`python -m lab.demo`: see story.py."""

import sys

from lab.demo.story import main

sys.exit(main())
