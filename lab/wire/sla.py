"""IP SLA and its track on the wire: real echoes out of the tunnel, up and down as IOS counts them."""

import threading
import time

from lab.ends import Sla
from lab.wire.netns import WireError
from lab.wire.site import Site


class Probe:
    """One `ip sla … icmp-echo` that runs until stopped; `is_up` is the state of the track that watches it."""

    def __init__(self, sla: Sla, site: Site, device: str) -> None:
        self.sla = sla
        self.device = device
        self.is_up = False
        self.successes = self.failures = self.changes = 0
        self._site = site
        self._answered = False
        self._since = time.monotonic()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"ip sla {sla.number}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopped.is_set():
            due = time.monotonic() + self.sla.frequency
            self._take(self._echo())
            while not self._stopped.is_set() and time.monotonic() < due:
                self._decide()
                self._stopped.wait(min(0.2, max(0.0, due - time.monotonic())))

    def _echo(self) -> bool:
        try:
            return self._site.reaches(str(self.sla.target), self.device, self.sla.timeout)
        except WireError:
            return False

    def _take(self, answered: bool) -> None:  # noqa: FBT001  # the one thing an echo tells
        if answered != self._answered:
            self._answered, self._since = answered, time.monotonic()
        if answered:
            self.successes += 1
        else:
            self.failures += 1
        self._decide()

    def _decide(self) -> None:
        """The track follows once the change has lasted for its delay."""
        delay = self.sla.up_delay if self._answered else self.sla.down_delay
        if self._answered != self.is_up and time.monotonic() - self._since >= delay:
            self.is_up = self._answered
            self.changes += 1

    def stop(self) -> None:
        """Stop probing."""
        self._stopped.set()
        self._thread.join(timeout=self.sla.timeout + 5)
