"""Compiled templates are kept as Python's own compiled modules are, and never make a run fail or write the wrong text."""

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from cisco.templating import TemplateCache


def rendered(folder: Path) -> str:
    """Render the folder's template as another run would."""
    environment = Environment(loader=FileSystemLoader(folder), bytecode_cache=TemplateCache(), autoescape=True)
    return environment.get_template("a.html.j2").render(name="tokyo")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    (tmp_path / "a.html.j2").write_text("link {{ name }}")
    return tmp_path


def cached(folder: Path) -> list[Path]:
    return sorted((folder / "__pycache__").glob("*"))


def test_a_template_is_compiled_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rendered(folder) == "link tokyo"
    (file,) = cached(folder)
    assert file.name.startswith(f"a.html.{sys.implementation.cache_tag}.jinja-")
    monkeypatch.delattr(Environment, "_generate")  # what compiles
    assert rendered(folder) == "link tokyo"


def test_a_changed_template_is_compiled_anew(folder: Path) -> None:
    rendered(folder)
    (folder / "a.html.j2").write_text("VPN {{ name }}")
    assert rendered(folder) == "VPN tokyo"
    assert len(cached(folder)) == 1


@pytest.mark.parametrize("content", [b"", b"j2", b"\x80\x04garbage", b"x" * 1000])
def test_a_damaged_file_is_passed_over_and_written_anew(folder: Path, content: bytes) -> None:
    rendered(folder)
    (file,) = cached(folder)
    damaged = file.read_bytes()[:20] + content
    file.write_bytes(damaged)
    assert rendered(folder) == "link tokyo"
    assert file.read_bytes() != damaged


def test_nothing_is_written_where_python_writes_no_bytecode(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered(folder) == "link tokyo"
    assert cached(folder) == []


def test_a_folder_that_is_not_ours_is_no_obstacle(folder: Path) -> None:
    (folder / "__pycache__").write_text("a file stands where the folder would be")
    assert rendered(folder) == "link tokyo"
