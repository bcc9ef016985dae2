"""``kmkit open``: in the editor, as a path, as an address."""

import sys
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from tests.conftest import Run, captured


def program(folder: Path, code: str) -> str:
    """A program for the test; it is called with the file or the address."""
    place = folder / "program.py"
    place.write_text(f"import sys\nfrom pathlib import Path\n{code}\n", encoding="utf-8")
    return f'"{sys.executable}" "{place}"'


def test_the_first_editor_that_is_set_gets_the_file(
    kb: KnowledgeBase, run: Run, tmp_path: Path
) -> None:
    note = captured(kb)
    seen = tmp_path / "seen"
    editor = program(tmp_path, f"Path({str(seen)!r}).write_text(sys.argv[1])")
    ran = run(kb.root, "open", note.id, env={"KMKIT_EDITOR": editor, "EDITOR": "no-such"})
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert Path(seen.read_text()) == kb.root / note.path


def test_a_change_is_said_to_be_recorded_nowhere(
    kb: KnowledgeBase, run: Run, tmp_path: Path
) -> None:
    note = captured(kb)
    tip = kb.git.tip()
    editor = program(tmp_path, "Path(sys.argv[1]).open('a').write('More.')")
    ran = run(kb.root, "open", note.id, env={"VISUAL": editor})
    assert ran.code == 0
    assert ran.err == (
        f"You changed the file. Record it: kmkit edit {note.short} --as-is --because '…'.\n"
    )
    assert kb.git.tip() == tip
    assert run(kb.root, "edit", note.short, "--as-is", "--because", "More.").code == 0


def test_an_editor_that_fails(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    ran = run(kb.root, "open", note.id, env={"EDITOR": "no-such-editor"})
    assert ran.code == 4
    assert "no-such-editor" in ran.err
    ran = run(kb.root, "open", note.id)  # none is set, and nobody is there
    assert (ran.code, ran.err) == (
        2,
        "No editor is set.\n"
        f"Set EDITOR; kmkit open {note.short} --path only says where the file is.\n",
    )


@pytest.mark.parametrize("ref", ["id", "short", "path"])
def test_the_path(kb: KnowledgeBase, run: Run, ref: str) -> None:
    note = captured(kb)
    ran = run(kb.root, "open", str(getattr(note, ref)), "--path")
    assert (ran.code, ran.out, ran.err) == (0, f"{kb.root / note.path}\n", "")


def test_where_readers_find_it(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    note = captured(kb)
    settings = (kb.root / "kmkit.toml").read_text()
    link = 'note = "https://kb.example.org/{path}"'
    (kb.root / "kmkit.toml").write_text(settings.replace('note = ""', link))
    seen = tmp_path / "seen"
    browser = program(tmp_path, f"Path({str(seen)!r}).write_text(sys.argv[1])")
    ran = run(kb.root, "open", note.id, "--web", env={"BROWSER": f"{browser} %s"})
    assert (ran.code, ran.out) == (0, f"https://kb.example.org/{note.path}\n")


@pytest.mark.parametrize("link", ["file:///opt/{id}.desktop", "notes/run.exe", "-x", "HTTPSx:y"])
def test_what_is_no_web_page_is_not_opened(
    kb: KnowledgeBase, run: Run, tmp_path: Path, link: str
) -> None:
    note = captured(kb)
    settings = (kb.root / "kmkit.toml").read_text()
    (kb.root / "kmkit.toml").write_text(settings.replace('note = ""', f'note = "{link}"'))
    browser = program(tmp_path, f"Path({str(tmp_path / 'seen')!r}).touch()")
    ran = run(kb.root, "open", note.id, "--web", env={"BROWSER": f"{browser} %s"})
    assert ran.code == 4
    assert "no web page, so it is not opened" in ran.err
    assert not (tmp_path / "seen").exists()


def test_nothing_tells_where_readers_find_it(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    ran = run(kb.root, "open", note.id, "--web")
    assert (ran.code, ran.out) == (4, "")
    assert "[links] note" in ran.err


def test_one_thing_at_a_time(kb: KnowledgeBase, run: Run) -> None:
    assert run(kb.root, "open", "x7k2", "--web", "--path").code == 2
