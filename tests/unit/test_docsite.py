"""The reference says what the code says, README names every setting, and every link of the documentation leads somewhere."""

import re
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # PyYAML has no type hints

from docsite.__main__ import main
from docsite.docstrings import UndocumentedError, all_fields, classes, flags
from docsite.reference import FOLDER, pages, stale

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md"))
    if not {"node_modules", ".venv"} & set(path.parts)
)
SETTINGS = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]


def without_code(text: str) -> str:
    """Return Markdown without its code, in which brackets are no links."""
    return re.sub(r"`[^`\n]+`", "", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def headings(path: Path) -> list[str]:
    """Return a page's anchors, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    plain = (re.sub(r"[`*]", "", found) for found in re.findall(r"^#+ (.+)$", text, re.MULTILINE))
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text())):
        if target.startswith(("http://", "https://")):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        # A folder is no page of the site: its README is.
        if not file.is_file() or (anchor and anchor not in headings(file)):
            lost.append(target)
    assert lost == []


def test_the_reference_is_what_the_code_says() -> None:
    assert stale() == [], "run `make reference`"


def test_readme_names_every_setting_and_no_other() -> None:
    table = (ROOT / "README.md").read_text().partition("### Configuration of the stack")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(SETTINGS)


def test_every_component_output_and_flag_is_in_the_reference() -> None:
    components, agent = pages()[FOLDER / "components.md"], pages()[FOLDER / "agent.md"]
    for name in ("VpnLink", "SiteToSiteVpn", "IosCustomerGateway", "VpcNetwork"):
        assert f"\n## {name}\n" in components
    assert "| `router_password` | text |" in components
    assert "| `onprem_cidrs` | list of text | yes |" in components
    assert "| `tunnels` | list of [TunnelState](#tunnelstate) |" in components
    assert "`--host-key SHA256:…`" in agent
    assert "`remedy`" in agent


def test_what_has_no_words_of_its_own_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "args.py").write_text(
        'class Args(TypedDict):\n    """Some."""\n    a: str\n    """Said."""\n    b: int\n'
    )
    with pytest.raises(UndocumentedError, match=r"Args\.b has no string below it"):
        all_fields("Args", classes(tmp_path))
    (tmp_path / "flags.py").write_text('g = p.add_argument_group("g")\ng.add_argument("--bare")\n')
    with pytest.raises(UndocumentedError, match="--bare has no help"):
        flags(tmp_path / "flags.py")


def test_a_stale_page_is_named_and_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("docsite.reference.FOLDER", tmp_path)
    monkeypatch.setattr("docsite.__main__.ROOT", tmp_path)
    assert main(["reference", "--check"]) == 1
    assert "run `make reference` (components.md, configuration.md, agent.md)" in capsys.readouterr().err
    assert main(["reference"]) == 0
    assert main(["reference", "--check"]) == 0
    assert main(["what"]) == 2
