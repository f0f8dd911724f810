"""Sphinx's settings: the repository's own Markdown as it lies there, with one contents for the site."""

from pathlib import Path
from typing import Protocol

project = "aws-cisco-vpn"
author = "the aws-cisco-vpn contributors"
project_copyright = "the aws-cisco-vpn contributors, Apache-2.0"

extensions = ["myst_parser"]
root_doc = "README"
# The source is the repository's root, so that a link works here as it does where the pages are read without a site.
include_patterns = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs/**.md", "examples/**.md"]
exclude_patterns = [".*", "build", "**/.*", "**/node_modules", "**/__pycache__"]
myst_heading_anchors = 4
myst_enable_extensions = ["strikethrough"]
nitpicky = True
# IOS and shell sessions have no lexer of their own, and a guess would warn.
highlight_language = "none"
# A "…" in a piece of Python stands for what the reader has.
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "furo"
html_title = "aws-cisco-vpn"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False

CONTENTS = {
    "Use": [
        "docs/walkthrough",
        "examples/README",
        "docs/options",
        "docs/languages",
        "docs/testing",
        "docs/routing",
        "docs/operations",
        "docs/staged-change",
        "docs/fleet",
        "docs/migration",
        "docs/errors",
        "docs/security",
        "docs/agent",
        "docs/lab",
        "docs/wire",
    ],
    "Reference": [
        "docs/reference/components",
        "docs/reference/configuration",
        "docs/reference/agent",
        "docs/deviations",
    ],
    "Project": ["docs/architecture", "docs/benchmarks", "CONTRIBUTING", "SECURITY", "CHANGELOG"],
    "Decisions": ["docs/decisions/*"],
    "日本語": ["docs/ja/README", "docs/ja/walkthrough"],
}
_ROOT = Path(__file__).resolve().parents[1]


class Application(Protocol):
    """What is used of Sphinx's application: only `make docs` installs Sphinx, so that no type can come from there."""

    outdir: Path

    def connect(self, event: str, callback: object) -> object:
        """Call back on an event."""


def _add_contents(_app: object, page: str, source: list[str]) -> None:
    """End the first page with the site's contents, which the repository's README does not show.

    A page that nobody has put into a chapter yet is put into one by its folder.
    """
    if page != root_doc:
        return
    for chapter, pages in CONTENTS.items():
        source[0] += "\n```{toctree}\n:hidden:\n:glob:\n:caption: " + chapter + "\n\n" + "\n".join(pages) + "\n```\n"
    named = {name for pages in CONTENTS.values() for name in pages}
    more = [
        str(path.relative_to(_ROOT).with_suffix(""))
        for pattern in ("docs/*.md", "examples/**/*.md")
        for path in sorted(_ROOT.glob(pattern))
        if str(path.relative_to(_ROOT).with_suffix("")) not in named and "node_modules" not in path.parts
    ]
    if more:
        source[0] += "\n```{toctree}\n:hidden:\n:caption: More\n\n" + "\n".join(more) + "\n```\n"


def _lead_to_the_first_page(app: Application, failure: Exception | None) -> None:
    """A web server shows index.html; the first page has another name, its own in the repository."""
    if failure is None:
        (Path(app.outdir) / "index.html").write_text(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>aws-cisco-vpn</title>'
            f'<meta http-equiv="refresh" content="0; url={root_doc}.html"><a href="{root_doc}.html">aws-cisco-vpn</a></html>\n',
            encoding="utf-8",
        )


def setup(app: Application) -> None:
    """Tell Sphinx of both."""
    app.connect("source-read", _add_contents)
    app.connect("build-finished", _lead_to_the_first_page)
