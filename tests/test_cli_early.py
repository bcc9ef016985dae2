"""Before the command line is understood, git is asked what has changed: once, where it helps."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kmkit.cli import early
from kmkit.cli.table import TABLE
from kmkit.errors import Cannot
from kmkit.kb import KnowledgeBase
from tests.conftest import Run, captured


@pytest.fixture(autouse=True)
def nothing_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(early, "_begun", {})
    monkeypatch.delenv("KMKIT_DIR", raising=False)


def begun(*args: str) -> list[Path]:
    """The knowledge bases that git was asked about; it is let finish."""
    early.ask_git(list(args))
    roots = list(early._begun)
    for git, looking in early._begun.values():
        assert git is not None
        assert looking is not None
        looking.answer()
    return roots


@pytest.mark.parametrize(
    "words",
    ["list", "list fuel --state overdue", "status --json", "search fuel", "log x7k2", "digest",
     "review --stale", "review --mine --stale"],
)  # fmt: skip
def test_git_is_asked_for_what_the_index_answers(words: str, kb: KnowledgeBase) -> None:
    assert begun("-C", str(kb.root), *words.split()) == [kb.root]


@pytest.mark.parametrize(
    "words",
    ["", "--version", "--help", "list --help", "list -h", "review", "review x7k2 --confirm",
     "capture", "digest --send", "digest --dry-run", "--what list", "nothing", "-C"],
)  # fmt: skip
def test_git_is_not_asked_for_anything_else(words: str, kb: KnowledgeBase) -> None:
    assert begun("-C", str(kb.root), *words.split()) == []


@pytest.mark.parametrize("option", ["-C {}", "--directory {}", "--directory={}"])
def test_the_folder_is_read_as_the_command_line_reads_it(
    option: str, kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = kb.root / "notes"
    assert begun(*option.format(below).split(), "list") == [kb.root]
    early._begun.clear()
    monkeypatch.setenv("KMKIT_DIR", str(below))
    assert begun("list") == [kb.root]


def test_outside_a_knowledge_base_it_is_left_to_the_command(tmp_path: Path) -> None:
    assert begun("-C", str(tmp_path), "list") == []
    assert begun("-C", "a\0b", "list") == []


def test_a_question_is_answered_once(kb: KnowledgeBase) -> None:
    early.ask_git(["-C", str(kb.root), "list"])
    first = early.asked_of_git(kb.root)
    (kb.root / "notes").mkdir(exist_ok=True)
    (kb.root / "notes/new.md").write_text("---\ntitle: New\n---\n", encoding="utf-8")
    second = early.asked_of_git(kb.root)
    answers = [looking.answer() for _, looking in (first, second) if looking]
    assert second is not first
    assert "notes/new.md" in answers[1].dirty


def test_every_command_it_names_is_one() -> None:
    assert set(TABLE) >= early.ASKING


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands in the place of git")
def test_a_listing_asks_once(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    captured(kb)
    run(kb.root, "list")
    told, own = tmp_path / "told", tmp_path / "bin"
    own.mkdir()
    real = next(p for p in os.get_exec_path() if (Path(p) / "git").exists())
    script = f'#!/bin/sh\nfor a in "$@"; do [ "$a" = status ] && echo x >>"{told}"; done\n'
    (own / "git").write_text(f'{script}exec "{real}/git" "$@"\n', encoding="utf-8")
    (own / "git").chmod(0o755)
    env = {**os.environ, "PATH": f"{own}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "kmkit", "-C", str(kb.root), "list"]
    done = subprocess.run(command, env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert told.read_text(encoding="utf-8") == "x\n"


def test_what_it_cannot_find_is_told_by_the_command(tmp_path: Path, run: Run) -> None:
    done = run(tmp_path, "list")
    assert done.code == Cannot.code
    assert "is not in a knowledge base" in done.err
