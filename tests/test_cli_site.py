"""``kmkit site`` as a person or a CI job runs it, with real git."""

import json
import subprocess
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.note.model import Note
from tests.conftest import ANA, Run, at, captured, disseminated
from tests.site_material import tree


@pytest.fixture
def note(kb: KnowledgeBase) -> Note:
    """A note that went out to the domestic circle, and one that is internal."""
    (kb.root / "kmkit.toml").open("a").write(
        '\n[channels.portal]\nkind = "site"\nlevel = "domestic"\n'
    )
    captured(kb, "Keep this to ourselves")
    return disseminated(kb, level="domestic")


def test_a_portal_beside_the_notes(run: Run, kb: KnowledgeBase, note: Note) -> None:
    where = kb.root / "site"
    done = run(kb.root, "site", str(where))
    assert done.code == 0, done.err
    assert done.out == ""
    assert "portal of 2 notes for the circle internal" in done.err
    assert "index.html" in done.err
    page = (where / "notes" / f"{note.id}.html").read_text(encoding="utf-8")
    assert "Order fuel early" in page
    assert "Ben Adu" in page or "ben@example.org" in page
    git = subprocess.run(
        ["git", "-C", str(kb.root), "status", "--porcelain"], capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert "site" not in git.stdout


def test_a_wider_circle_gets_less_and_again_only_what_changed(
    run: Run, kb: KnowledgeBase, note: Note, tmp_path: Path
) -> None:
    where = tmp_path / "out"
    assert run(kb.root, "site", str(where), "--for", "domestic").code == 0
    told = json.loads((where / "notes.json").read_text(encoding="utf-8"))
    assert [one["id"] for one in told["notes"]] == [note.id]
    everything = b"".join(tree(where).values())
    assert b"ourselves" not in everything
    assert b"ben@example.org" not in everything
    assert "0 files of" in run(kb.root, "site", str(where), "--for", "domestic").err
    at(kb, ANA).move("confirm", note, Request(because="Compared with the 2026 rules."))
    again = run(kb.root, "site", str(where), "--for", "domestic")
    assert "Compared with the 2026 rules." in (where / f"notes/{note.id}.html").read_text("utf-8")
    assert "0 files of" not in again.err


def test_a_note_that_is_narrowed_is_gone_next_time(
    run: Run, kb: KnowledgeBase, note: Note, tmp_path: Path
) -> None:
    other = disseminated(kb, "Check the tyres", level="domestic")
    where = tmp_path / "out"
    assert run(kb.root, "site", str(where), "--for", "domestic").code == 0
    at(kb, ANA).move("narrow", other, Request(level="internal", because="A supplier is named."))
    done = run(kb.root, "site", str(where), "--for", "domestic")
    assert "taken away" in done.err
    assert b"tyres" not in b"".join(tree(where).values())
    assert not [name for name in tree(where) if other.id in name]


def test_dry_run_and_what_is_refused(
    run: Run, kb: KnowledgeBase, note: Note, tmp_path: Path
) -> None:
    where = tmp_path / "out"
    done = run(kb.root, "site", str(where), "--dry-run")
    assert "Would make a portal of 2 notes" in done.err
    assert not where.exists()
    assert run(kb.root, "site", str(kb.root)).code == 3
    assert run(kb.root, "site", str(kb.root / "notes")).code == 3
    done = run(kb.root, "site", str(where), "--for", "everybody")
    assert done.code == 2
    assert "internal, domestic, international" in done.err
    where.mkdir()
    (where / "mine.txt").write_text("mine", encoding="utf-8")
    done = run(kb.root, "site", str(where))
    assert done.code == 3
    assert "mine.txt" in done.err


def test_an_empty_knowledge_base_says_what_to_do(
    run: Run, kb: KnowledgeBase, tmp_path: Path
) -> None:
    done = run(kb.root, "site", str(tmp_path / "out"))
    assert done.code == 3
    assert "no note" in done.err
    assert "kmkit capture" in done.err
    captured(kb)
    done = run(kb.root, "site", str(tmp_path / "out"), "--for", "international")
    assert done.code == 3
    assert "kmkit level" in done.err
    assert not (tmp_path / "out").exists()


def test_without_a_folder_it_is_called_site_and_stands_here(
    run: Run, kb: KnowledgeBase, note: Note, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(kb.root, "site").code == 0
    assert (tmp_path / "site" / "index.html").is_file()


def test_a_shallow_clone_does_not_know_enough(
    run: Run, kb: KnowledgeBase, note: Note, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    command = ("git", "clone", "-q", "--depth", "1", f"file://{kb.root}", str(clone))
    subprocess.run(command, check=True)
    done = run(clone, "site", str(tmp_path / "out"))
    assert done.code == 4
    assert "fetch-depth: 0" in done.err
    assert not (tmp_path / "out").exists()
