"""What the user of `lab up` asked for."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Choice:
    """How to start the lab; `folder` takes everything it writes, `routing` is that of the suggested stack."""

    folder: Path
    routing: str = "bgp"
    release: str = "ios15"
    is_on_wire: bool = False
