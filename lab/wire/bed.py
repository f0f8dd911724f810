"""A fake AWS, a simulated router and the wire between them: what `lab up --wire`, the demo and the proofs run on."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from typing_extensions import Self

from lab.aws.server import FakeAws
from lab.router.server import Router
from lab.wire.running_config import require_translatable
from lab.wire.wire import Wire


class Bed:
    """All of it; use it as a context manager. What the router is given besides its exchange goes to `Router`."""

    def __init__(self, **router: Any) -> None:  # noqa: ANN401  # Router's own arguments
        self._arguments = router
        self._undo: list[Callable[[], object]] = []
        self.wire: Wire
        self.aws: FakeAws
        self.router: Router

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def _start(self) -> None:
        # Short, for the daemons' sockets (108 bytes at most), and open to FRR, which runs as its own user.
        folder = Path(tempfile.mkdtemp(prefix="lab-wire-"))
        folder.chmod(0o711)
        self._undo.append(lambda: shutil.rmtree(folder, ignore_errors=True))
        self.aws = FakeAws(
            judge=lambda _router, aws: self.wire.router_outcome(aws.outside),
            aws_judge=lambda _router, aws: self.wire.aws_outcome(aws.outside),
        )
        self.aws.start()
        self._undo.append(self.aws.stop)
        exchange = self.aws.exchange
        self.router = Router(exchange=exchange, **self._arguments)
        self.wire = Wire(
            lambda: (exchange.router_ends(), exchange.tunnels()),
            folder,
            check=lambda: require_translatable(self.router.running_config()),
        )
        self._undo.append(self.wire.stop)
        self.router.start()
        self._undo.append(self.router.stop)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        while self._undo:
            self._undo.pop()()
