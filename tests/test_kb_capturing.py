"""New notes: their identity, their place, their attachments."""

import hashlib
from datetime import date
from pathlib import Path, PurePosixPath

import pytest

from kmkit.errors import Cannot, Refused, UsageError
from kmkit.kb import KnowledgeBase, capturing
from kmkit.kb.capturing import new_id
from kmkit.note.checks import RULES
from kmkit.trail.log import events
from tests.conftest import captured

DAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Order fuel before the roads close", "order-fuel-before-the-roads-close-"),
        ("Don't panic!", "dont-panic-"),
        ("Enterrements dignes et sûrs", "enterrements-dignes-et-surs-"),
        ("قل ماذا سيفعل الماء", ""),
        ("បញ្ជា", ""),
        ("2026 / 11", ""),
        ("--output=x", "output-x-"),
        ("[/red]", "red-"),
        ("x" * 200, ""),
        ("one two " * 30, "one-two-one-two-one-two-one-two-one-two-one-two-"),
    ],
)
def test_an_id_has_the_day_the_letters_and_four_characters(title: str, slug: str) -> None:
    made = new_id(title, DAY)
    assert made.startswith(f"20261121-{slug}")
    tail = made.removeprefix(f"20261121-{slug}")
    assert len(tail) == 4
    assert tail.isalnum()
    assert len(made) <= 64


def test_two_notes_of_one_title_on_one_day_differ(kb: KnowledgeBase) -> None:
    first, second = captured(kb), captured(kb)
    assert first.id != second.id
    assert first.title == second.title


def test_a_note_stands_in_the_folder_of_its_year(kb: KnowledgeBase) -> None:
    note = captured(kb)
    assert note.path == PurePosixPath("notes", "2026", f"{note.id}.md")


def test_an_attachment_is_committed_with_its_sha256(kb: KnowledgeBase, tmp_path: Path) -> None:
    log = tmp_path / "fuel log.csv"
    log.write_bytes(b"day,litres\n1,200\n")
    note = kb.capture({"title": "Fuel"}, "## Lessons\n\nx\n", attach=[log]).note
    place = f"annex/{note.id}/fuel log.csv"
    assert note.fields.evidence == (place,)
    assert (kb.root / place).read_bytes() == log.read_bytes()
    digest = hashlib.sha256(log.read_bytes()).hexdigest()
    assert events(kb.git, note.id)[0].attached == (f"sha256:{digest} {place}",)
    paths = kb.git.text("show", "--format=", "--name-only", "-z", "HEAD").strip("\0").split("\0")
    assert sorted(paths) == sorted([place, str(note.path)])
    assert kb.git.text("status", "--porcelain") == ""


def test_two_attachments_of_one_name_are_both_kept(kb: KnowledgeBase, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "log.txt").write_text(name, encoding="utf-8")
    files = [tmp_path / "a" / "log.txt", tmp_path / "b" / "log.txt"]
    note = kb.capture({"title": "Two"}, "## Lessons\n\nx\n", attach=files).note
    assert len(set(note.fields.evidence)) == 2
    held = {(kb.root / address).read_text(encoding="utf-8") for address in note.fields.evidence}
    assert held == {"a", "b"}


def test_a_file_inside_the_knowledge_base_stays_where_it_is(kb: KnowledgeBase) -> None:
    (kb.root / "annex").mkdir()
    (kb.root / "annex" / "x.csv").write_text("1\n", encoding="utf-8")
    note = kb.capture({"title": "X"}, "y\n", attach=[kb.root / "annex" / "x.csv"]).note
    assert note.fields.evidence == ("annex/x.csv",)
    assert kb.git.text("status", "--porcelain") == ""


def test_what_cannot_be_attached_captures_nothing(
    kb: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capturing, "MAX_ATTACHED", 10)
    (tmp_path / "large").write_bytes(b"x" * 11)
    for path, kind in ((tmp_path / "none", UsageError), (tmp_path / "large", Refused)):
        with pytest.raises(kind):
            kb.capture({"title": "X"}, "y\n", attach=[path])
    assert list(kb.notes()) == []


def test_adopting_fills_in_what_is_missing_and_leaves_the_rest(kb: KnowledgeBase) -> None:
    path = PurePosixPath("notes", "mine.md")
    text = "---\n# mine\ntitle:   'Fuel'   # yes\nx_free: 1\n---\n\n## Lessons\n\nx\n"
    (kb.root / "notes").mkdir()
    (kb.root / path).write_text(text, encoding="utf-8")
    note = kb.adopt(path).note
    assert (note.state, note.kind, note.owner) == ("captured", "lesson", "ana@example.org")
    for line in ("# mine\n", "title:   'Fuel'   # yes\n", "x_free: 1\n"):
        assert line in note.text
    with pytest.raises(Refused, match="captured already"):
        kb.adopt(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("No front matter.\n", "no front matter"),
        ("---\ntitle: a\ntitle: b\n---\n", "title"),
        ("---\ntitle: a\nstate: validated\n---\n", "captured, not validated"),
        ("---\ntitle: a\nverdicts: []\n---\n\nx\n", "later moves"),
        ("---\ntitle: a\nlevel: galactic\n---\n", "level"),
        ("---\ntitle: a\nkind: lesso\n---\n", "kind"),
    ],
)
def test_a_file_that_cannot_be_captured_stays_as_it_is(
    kb: KnowledgeBase, text: str, words: str
) -> None:
    path = PurePosixPath("notes", "mine.md")
    (kb.root / "notes").mkdir()
    (kb.root / path).write_text(text, encoding="utf-8")
    with pytest.raises((Refused, UsageError, Cannot), match=words):
        kb.adopt(path)
    assert (kb.root / path).read_text(encoding="utf-8") == text
    assert kb.git.text("status", "--porcelain") == "?? notes/"


def test_a_note_that_was_committed_by_hand_is_adopted(kb: KnowledgeBase) -> None:
    path = PurePosixPath("notes", "mine.md")
    (kb.root / "notes").mkdir()
    (kb.root / path).write_text("---\ntitle: Fuel\n---\n\n## Lessons\n\nx\n", encoding="utf-8")
    kb.git.run("add", "notes")
    kb.git.run("commit", "-q", "-m", "by hand")
    with pytest.raises(Refused, match="kmkit capture"):
        kb.move("retire", kb.read(path))
    note = kb.adopt(path).note
    assert kb.claim(note).state == "captured"


def test_on_behalf_of_names_the_source_and_the_scribe(kb: KnowledgeBase) -> None:
    note = kb.capture({"title": "X"}, "y\n", on_behalf_of="Driver Two").note
    assert note.fields.sources == ("Driver Two",)
    assert events(kb.git, note.id)[0].get("On-Behalf-Of") == "Driver Two"
    assert kb.claim(note).scribe == "ana@example.org"


def test_every_rule_of_capture_is_explained() -> None:
    assert {"missing-field", "unknown-kind", "bad-id"} <= set(RULES)
