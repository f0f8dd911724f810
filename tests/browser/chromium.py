"""Chromium as a judge of a page: what it drew, in figures. Its own command line is enough, so that no driver is needed."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
PROBE = Path(__file__).with_name("probe.html")
COLOURS = {"dark": "0", "light": "1"}  # Blink's own numbers


def chromium() -> str | None:
    """Return the browser's program, or None on a machine without one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def is_demanded() -> bool:
    """Whether a machine without a browser is an error: CI installs one."""
    return bool(os.environ.get("REQUIRE_BROWSER"))


@dataclass(frozen=True, slots=True)
class Browser:
    """A headless browser that keeps all it writes in one folder."""

    program: str
    folder: Path

    def judge(self, page: str, *, colours: str = "light", width: int = 1280) -> dict[str, Any]:
        """Draw a page in a frame of this width and return what the probe found."""
        (self.folder / "page.html").write_text(page, encoding="utf-8")
        probe = self.folder / "probe.html"
        probe.write_text(PROBE.read_text().replace("WIDTH", str(width)), encoding="utf-8")
        dom = self._run("--dump-dom", f"--blink-settings=preferredColorScheme={COLOURS[colours]}", probe.as_uri())
        found = re.search(r'<pre id="found">(.*?)</pre>', dom, re.DOTALL)
        assert found is not None, "the browser did not get to the probe's end"
        return dict(json.loads(unescape(found[1])))

    def printed_pages(self, page: str) -> int:
        """Print a page and return how many sheets it takes."""
        (self.folder / "page.html").write_text(page, encoding="utf-8")
        paper = self.folder / "page.pdf"
        self._run("--no-pdf-header-footer", f"--print-to-pdf={paper}", (self.folder / "page.html").as_uri())
        return len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes()))

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [
                self.program,
                "--headless",
                "--disable-gpu",
                "--no-sandbox",  # root, in CI's container
                "--allow-file-access-from-files",  # the probe looks into its frame
                f"--user-data-dir={self.folder / 'profile'}",
                *arguments,
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout
