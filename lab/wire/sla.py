"""IP SLA and its track on the wire: real echoes out of the tunnel, up and down as IOS counts them."""

import threading

from lab.ends import Sla
from lab.wire.site import Site


class Probe:
    """One `ip sla … icmp-echo` that runs until stopped; `is_up` is the state of the track that watches it."""

    def __init__(self, sla: Sla, site: Site, device: str, frequency: float = 5.0, timeout: float = 1.0) -> None:
        self.sla = sla
        self.is_up = False
        self._site, self._device = site, device
        self._frequency, self._timeout = frequency, timeout
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"ip sla {sla.number}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self.is_up = self._site.reaches(str(self.sla.target), self._device, self._timeout)
            # IOS probes again after `frequency`; a track that is down is looked at sooner here, as `timeout` allows.
            self._stopped.wait(self._frequency if self.is_up else self._timeout)

    def stop(self) -> None:
        """Stop probing."""
        self._stopped.set()
        self._thread.join(timeout=self._timeout + 5)
