"""``kmkit demo``: a knowledge base to look at, and where to look."""

import re
import subprocess
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from tests.conftest import Run


def test_it_ends_with_the_digest_and_where_to_look(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = run(tmp_path, "demo", "a demo", "--quiet")
    assert ran.code == 0, ran.err
    root = tmp_path / "a demo"
    assert "What we have learned" in ran.out
    assert "Reviews on time" in ran.out
    assert f'cd "{root}"' in ran.err
    kb = KnowledgeBase.find(root)
    states = {note.state for note in kb.notes()}
    assert {"captured", "validated", "formatted", "disseminated", "maintained", "retired"} <= states
    assert any(note.fields.in_force for note in kb.notes())
    assert any(event.verdict == "return" for event in kb.events())
    assert any(event.verdict == "reject" for event in kb.events())
    asked = re.findall(r"^  KMKIT_TODAY=(\S+) kmkit (.+?) +#", ran.err, re.MULTILINE)
    assert len(asked) == 8
    monkeypatch.chdir(root)
    for today, line in asked:
        looked = run(root, *line.split(), today=today)
        assert looked.code in (0, 1), (line, looked.err)
        assert looked.out or "portal" in looked.err, line
    clean = subprocess.run(["git", "status", "--short"], cwd=root, capture_output=True, check=True)
    assert clean.stdout == b""


def test_never_over_what_is_there(tmp_path: Path, run: Run) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    ran = run(tmp_path, "demo", ".")
    assert ran.code == 3
    assert "Name a new folder" in ran.err
    assert run(tmp_path, "demo", "mine.txt").code == 3
    assert [path.name for path in tmp_path.iterdir() if path.name != "stdin"] == ["mine.txt"]
