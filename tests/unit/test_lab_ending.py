"""A part of the lab ends when it is told to, whichever of its threads hears it."""

import subprocess
import sys

CHILD = """
import signal, threading
from lab.ending import ToldToEnd
told_to_end = ToldToEnd()
assert not told_to_end.wait(0)
threading.Thread(target=lambda: signal.pthread_kill(threading.get_ident(), signal.{signal})).start()
assert told_to_end.wait()
"""


def test_a_signal_that_another_thread_was_given_ends_it() -> None:
    for name in ("SIGINT", "SIGTERM"):
        subprocess.run([sys.executable, "-c", CHILD.format(signal=name)], check=True, timeout=60)
