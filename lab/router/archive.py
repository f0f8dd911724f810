"""The configuration archive: where backups of the running-config go."""

from .line import Refusal
from .surroundings import Surroundings

_DEFAULT_MAXIMUM = 10


class Archive:
    """Backups as `archive` and `path` configure them; the files are kept by name."""

    def __init__(self, router: Surroundings) -> None:
        self._router = router
        self._count = 0
        self.files: dict[str, str] = {}

    @property
    def path(self) -> str | None:
        """The configured path, None while the archive is off."""
        section = self._router.document.root.find("archive")
        return section.value("path") or None if section else None

    @property
    def saves_with_startup(self) -> bool:
        """Whether `write-memory` archives what is saved, too."""
        section = self._router.document.root.find("archive")
        return section is not None and self.path is not None and section.find("write-memory") is not None

    @property
    def maximum(self) -> int:
        """How many archived configurations are kept."""
        section = self._router.document.root.find("archive")
        return int(section.value("maximum") or _DEFAULT_MAXIMUM) if section else _DEFAULT_MAXIMUM

    def save(self) -> str:
        """Archive the running-config; return the file's name.

        Raises:
            Refusal: The file system of the path is full.
        """
        now = self._router.clock.now()
        stamp = f"{now:%b}-{now.day:->2}-{now:%H-%M-%S}.{now.microsecond // 1000:03d}"
        name = f"{self.path}-{stamp}-{self._count}"
        text = self._router.running_config()
        if len(text) > self._router.flash_free:
            raise Refusal(f"%Error opening {name} (No space left on device)")
        self._count += 1
        self._router.flash_free -= len(text)
        self.files[name] = text
        for old in list(self.files)[: -self.maximum]:
            self._router.flash_free += len(self.files.pop(old))
        return name

    def shown(self) -> list[str]:
        """Return `show archive`."""
        if self.path is None:
            return ["Archive feature not enabled"]
        rows = [f"   {n:<8} {name}" for n, name in enumerate(self.files, 1)]
        if rows:
            rows[-1] += " <- Most Recent"
        rows += [f"   {n:<8} " for n in range(len(rows) + 1, self.maximum + 1)]
        return [
            f"The maximum archive configurations allowed is {self.maximum}.",
            f"There are currently {len(self.files)} archive configurations saved.",
            f"The next archive file will be named {self.path}-<timestamp>-{self._count}",
            " Archive #  Name",
            *rows,
        ]
