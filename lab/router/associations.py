"""Which peers the router has security associations with, and how long they outlive their tunnels."""

from collections.abc import Mapping

from .clock import Clock

_ALIVE = float("inf")


class SecurityAssociations:
    """IKE SAs by peer. One whose tunnel went lingers for a while, and keeps its profile in use (AWS's pusher waits 60 s)."""

    def __init__(self, clock: Clock, hold: float) -> None:
        self._clock = clock
        self._hold = hold
        self._until: dict[str, float] = {}
        self._since: dict[str, float] = {}

    def update(self, up: Mapping[str, bool]) -> None:
        """Take note of which peers are up now."""
        now = self._clock.monotonic()
        for peer in [peer for peer, is_up in up.items() if is_up]:
            if self._until.get(peer) != _ALIVE:
                self._since[peer] = now
            self._until[peer] = _ALIVE
        for peer, until in list(self._until.items()):
            if until == _ALIVE and not up.get(peer, False):
                self._until[peer] = now + self._hold

    def peers(self) -> set[str]:
        """Return the peers with an SA, live or lingering."""
        now = self._clock.monotonic()
        return {peer for peer, until in self._until.items() if until > now}

    def age(self, peer: str) -> int:
        """Return for how many seconds the peer has been up."""
        return int(self._clock.monotonic() - self._since.get(peer, self._clock.monotonic()))

    def clear(self, peer: str | None = None) -> None:
        """Delete SAs, all of them or one peer's; tunnels that still exist make new ones at once."""
        for name in [name for name in self._until if peer in (None, name)]:
            del self._until[name]
            self._since.pop(name, None)
