"""The documentation is what the program says of itself, and the checks on it see what is wrong."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from kmkit.cli.door import app
from kmkit.cli.table import TABLE
from kmkit.config import Config, Policy
from kmkit.errors import Exit
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.moves import MOVES
from kmkit.lifecycle.states import State
from kmkit.note.model import Fields
from tests.conftest import captured
from tools.docs import commands, gaps, house, note_format, pages, walk
from tools.docs.tour import TOUR

ROOT = Path(__file__).resolve().parent.parent


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="the tour needs a pseudo-terminal")
def test_the_documentation_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.docs", "check"],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", TABLE)
def test_every_command_has_a_chapter_with_every_option(name: str) -> None:
    text = page("docs/cli.md")
    chapter = re.search(rf"^## kmkit {name}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert chapter
    group = get_command(app)
    for parameter in group.commands[name].params:  # type: ignore[attr-defined]
        for option in parameter.opts if parameter.param_type_name == "option" else ():
            assert f"`{option}`" in chapter[1]


def test_every_exit_code_is_explained() -> None:
    shown = re.findall(r"^\| (\d+) \| (.+) \|$", commands.exit_codes(), re.MULTILINE)
    assert [int(code) for code, _ in shown] == [code.value for code in Exit]
    assert all(said for _, said in shown)


def test_every_state_and_move_is_in_the_lifecycle() -> None:
    text = page("docs/lifecycle.md")
    for state in State:
        assert f"| `{state}` |" in text
    for move in MOVES:
        assert f"| `{move.key}` |" in text


def test_the_diagram_has_an_arrow_for_each_change_of_state_and_no_other() -> None:
    arrows = set(re.findall(r"^    (\S+) --> (\S+): ", walk.diagram(), re.MULTILINE))
    changes = {step for move in MOVES for step in move.steps() if step[0] != step[1]}
    assert arrows == {(start or "[*]", end) for start, end in changes}


def test_every_field_and_setting_has_a_row() -> None:
    text = page("docs/format.md")
    for name in Fields.model_fields:
        assert f"| `{name}` |" in text
    for model in (Config, Policy):
        for name in model.model_fields:
            assert re.search(rf"`\[?{name}(\.NAME)?\]?`", text)


def test_the_drawing_has_every_room_and_every_file() -> None:
    drawing = house.drawing()
    assert drawing in page("docs/architecture.md")
    for room in house.layers():
        assert re.search(rf"^│ {room} ", drawing, re.MULTILINE)
        for file in house.files(room):
            if file.stem != "__init__" and file.stem.rstrip("_") not in TABLE:
                assert re.search(rf"\b{file.stem}\b", drawing)


def test_a_type_is_said_in_words() -> None:
    said = {name: note_format.in_words(info) for name, info in Fields.model_fields.items()}
    assert said["title"] == "text"
    assert said["topics"] == "list of texts"
    assert said["verdicts"] == "list of maps"
    assert said["review_every"] == "duration, P1Y"


@pytest.mark.parametrize("part", sorted(set(pages.BLOCKS) - set(TOUR)))
def test_a_generated_part_is_the_same_twice(part: str) -> None:
    first = pages.BLOCKS[part]()
    assert first
    assert first == pages.BLOCKS[part]()


def test_a_page_keeps_what_is_written_by_hand() -> None:
    text = "before\n\n<!-- generated: states -->\nold\n<!-- end -->\n\nafter\n"
    made = pages.render(text)
    assert made.startswith("before\n\n<!-- generated: states -->\n")
    assert made.endswith("<!-- end -->\n\nafter\n")
    assert "old" not in made
    assert "`captured`" in made
    assert pages.render(made) == made


def test_an_unknown_part_is_named() -> None:
    with pytest.raises(SystemExit, match="no generated part 'states-of-mind'"):
        pages.render("<!-- generated: states-of-mind -->\n<!-- end -->\n")


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A documentation of one page and one index of decisions, where the tools look."""
    (tmp_path / "docs" / "decisions").mkdir(parents=True)
    (tmp_path / "docs" / "cli.md").write_text("# Commands\n", encoding="utf-8")
    for name in ("lifecycle", "format", "rules", "decisions/README"):
        (tmp_path / "docs" / f"{name}.md").write_text("", encoding="utf-8")
    for module in (pages, gaps):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("[a](gone.md)", "leads to no file"),
        ("[a](docs/cli.md#nothing)", "leads to no heading"),
        ("![a](gone.png)", "leads to no file"),
    ],
)
def test_a_dead_link_is_found(small: Path, link: str, said: str) -> None:
    (small / "README.md").write_text(f"# A\n\nSee {link}.\n", encoding="utf-8")
    (found,) = pages.dead_links()
    assert found.startswith("README.md: ")
    assert said in found


def test_a_live_link_is_none(small: Path) -> None:
    text = "# A b!\n\n[a](docs/cli.md#commands) [b](#a-b) [c](https://example.org/x)\n"
    (small / "README.md").write_text(text, encoding="utf-8")
    assert not list(pages.dead_links())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("`kmkit capturre`", "no command 'kmkit capturre'"),
        ("```\nkmkit -C kb list --colour\n```", "'kmkit list' has no option --colour"),
        ("```\nkmkit edit x7k2 \\\n    --wrong\n```", "'kmkit edit' has no option --wrong"),
    ],
)
def test_a_command_that_does_not_exist_is_found(small: Path, text: str, said: str) -> None:
    (small / "README.md").write_text(text + "\n", encoding="utf-8")
    assert any(said in found for found in gaps.untrue())


def test_commands_that_exist_are_left_alone(small: Path) -> None:
    text = "`kmkit review --stale`\n\n```\nKMKIT_TODAY=2027-01-01 kmkit log x | jq --tab\n```\n"
    (small / "README.md").write_text(text, encoding="utf-8")
    assert not [found for found in gaps.untrue() if found.startswith("README")]


def test_what_no_page_explains_is_found(small: Path) -> None:
    (small / "docs" / "decisions" / "0001-a.md").write_text("# 1\n", encoding="utf-8")
    found = list(gaps.undocumented())
    assert "docs/lifecycle.md: nothing is said of 'captured'." in found
    assert "docs/format.md: nothing is said of 'title'." in found
    assert "docs/decisions/README.md: 0001-a.md is not listed." in found
    assert any("no page" in line for line in pages.unplaced())


def test_the_python_of_the_readme_runs(kb: KnowledgeBase) -> None:
    captured(kb)
    kb.root.rename(kb.root.with_name("lessons"))
    (code,) = re.findall(r"^```python\n(.*?)^```$", page("README.md"), re.MULTILINE | re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=kb.root.parent, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "captured Order fuel early\n"
