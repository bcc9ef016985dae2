"""While a merge waits for somebody, each command names the notes that git could not merge."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pytest

from kmkit.errors import Refused
from kmkit.index.book import Index
from kmkit.index.conflicts import conflicts
from kmkit.kb import KnowledgeBase
from kmkit.kb.laying import lay
from kmkit.kb.resolving import resolve
from kmkit.lifecycle.context import Request
from kmkit.note.file import write_body
from kmkit.note.frontmatter import split
from kmkit.note.model import Note
from tests.conftest import ANA, APPROVE, BEN, CY, DEE, NOW, Run, at, captured, validated
from tests.editor import editor
from tests.sitting import sitting


class Torn(NamedTuple):
    """A knowledge base in the middle of a merge."""

    kb: KnowledgeBase
    front: Note
    """Approved on both sides: its front matter is in conflict."""
    body: Note
    """Its text was changed on both sides in one line."""
    gone: Note
    """Changed on our side and removed on theirs: git's marks stand nowhere in it."""
    plain: Note
    """Nobody touched it."""

    @property
    def files(self) -> dict[Path, bytes]:
        """Every note's file, byte for byte."""
        return {path: path.read_bytes() for path in sorted(self.kb.root.glob("notes/**/*.md"))}


def changed(kb: KnowledgeBase, path: PurePosixPath, word: str) -> None:
    """Edit the text of a note, and record it."""
    note = kb.read(path)
    body = split(note.text)[0].body.replace("The roads closed.", f"The roads closed in {word}.")
    kb.move("edit", note, data=write_body(note, body))


def both(kb: KnowledgeBase, front: Note, body: Note) -> None:
    """What each side does, by whoever ``kb`` belongs to."""
    kb.move("validate", kb.read(front.path), APPROVE)
    changed(kb, body.path, kb.actor.name)


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Torn:
    """Made once, and not to be changed."""
    kb = lay(tmp_path_factory.mktemp("torn") / "kb", name="T", now=NOW, actor=ANA, first_note=False)
    return torn_in(kb.kb)


def torn_in(kb: KnowledgeBase) -> Torn:
    front, body, gone = (captured(kb, f"Note of the {what}") for what in ("front", "body", "gone"))
    plain, branch = captured(kb, "Plain one"), kb.git.branch().removeprefix("refs/heads/")
    kb.git.run("switch", "-q", "-c", "side")
    both(at(kb, BEN), front, body)
    kb.git.run("rm", "-q", str(gone.path))
    kb.git.run("commit", "-q", "-m", "Remove it")
    kb.git.run("switch", "-q", branch)
    both(at(kb, CY), front, body)
    changed(kb, gone.path, "May")
    kb.git.run("merge", "-q", "side", ok=(1,))
    return Torn(kb, front, body, gone, plain)


@pytest.fixture
def torn(merged: Torn, tmp_path: Path) -> Torn:
    """A copy of it."""
    root = shutil.copytree(merged.kb.root, tmp_path / "kb", symlinks=True)
    return merged._replace(kb=KnowledgeBase(root, now=NOW, actor=ANA))


@pytest.fixture
def kept(merged: Torn) -> Iterator[Torn]:
    """The one that is made once; the test changed nothing in it."""
    before = merged.files
    yield merged
    assert merged.files == before


def three(torn: Torn) -> str:
    """What commands say that look at all notes."""
    shorts = ", ".join(
        note.short for note in sorted((torn.front, torn.body, torn.gone), key=lambda n: n.path)
    )
    return f"3 notes are in conflict ({shorts}); the way out is, for each: kmkit resolve NOTE.\n"


def test_a_list_says_in_conflict_and_what_both_sides_name_it(kept: Torn, run: Run) -> None:
    ran = run(kept.kb.root, "list", "--sort", "title")
    rows = (
        (kept.body, "captured, in conflict"),
        (kept.front, "in conflict"),
        (kept.gone, "captured"),
        (kept.plain, "captured"),
    )
    assert [row.split("\t")[:5] for row in ran.out.splitlines()[1:]] == [
        [note.id, note.title, "lesson", state, ANA.email] for note, state in rows
    ]
    assert three(kept) in ran.err
    assert "problems" not in ran.err
    found = run(kept.kb.root, "search", "roads")
    assert "in conflict\t" in found.out
    assert three(kept) in found.err
    again = run(kept.kb.root, "list", "--sort", "title")  # from the index, as it was left
    assert (again.out, again.err) == (ran.out, ran.err)


def test_json_says_which_they_are_and_what_marks_hide(kept: Torn, run: Run) -> None:
    states = {
        kept.front.id: ("in conflict", True),
        kept.body.id: ("captured", True),
        kept.gone.id: ("captured", True),
        kept.plain.id: ("captured", False),
    }
    for args in (("list", "--json"), ("list", "--json", "--reverse")):  # read, and from the index
        notes = json.loads(run(kept.kb.root, *args).out)["notes"]
        assert {one["id"]: (one["state"], one["in_conflict"]) for one in notes} == states
    for note in (kept.front, kept.body, kept.gone, kept.plain):
        one = json.loads(run(kept.kb.root, "show", note.short, "--json").out)
        assert (one["state"], one["in_conflict"]) == states[note.id]
    ran = run(kept.kb.root, "review", "--stale", "--json")
    stale = {one["id"]: one["state"] for one in json.loads(ran.out)["notes"]}
    assert stale == {kept.front.id: "in conflict", kept.body.id: "captured"}
    ran = run(kept.kb.root, "list", "--format", "{state}/{in_conflict}", "--sort", "title")
    assert ran.out.splitlines() == [
        "captured/yes",
        "in conflict/yes",
        "captured/yes",
        "captured/no",
    ]


def test_no_queue_offers_them(kept: Torn, run: Run) -> None:
    ran = run(kept.kb.root, "validate", "--queue", "--json", who=DEE)
    assert [one["id"] for one in json.loads(ran.out)["notes"]] == [kept.plain.id]
    assert three(kept) in ran.err
    assert run(kept.kb.root, "format", "--all").err.startswith(three(kept))
    ran = run(kept.kb.root, "review", "--stale")
    assert ran.code == 1
    rows = [row.split("\t") for row in ran.out.splitlines()[1:]]
    assert sorted(row[1] for row in rows) == sorted((kept.body.id, kept.front.id))
    assert all(row[0] == ANA.email and row[4] == "unreadable" for row in rows)
    assert all("in conflict: git's marks stand in the lines" in row[6] for row in rows)
    assert f"The way out is: kmkit resolve {kept.front.short}." in ran.out


def test_the_status_counts_them_apart(kept: Torn, run: Run) -> None:
    ran = run(kept.kb.root, "status")
    assert "state\tin conflict\t1\t" in ran.out
    assert "unknown" not in ran.out
    assert "next\tIn conflict: 3 notes.\t\t\tkmkit resolve NOTE\n" in ran.out
    assert "next\tTo be validated: 1 note.\t" in ran.out
    assert "Cannot be read" not in ran.out
    assert f"{kept.body.id}\t\tkmkit resolve {kept.body.short}\n" in ran.out
    assert three(kept) in ran.err


def test_a_note_is_shown_with_the_way_out(kept: Torn, run: Run) -> None:
    ran = run(kept.kb.root, "show", kept.front.short)
    assert ran.code == 0
    for line in ("# Note of the front", "state: in conflict", f"id: {kept.front.id}"):
        assert f"{line}\n" in ran.out
    assert f"{kept.front.path} is in conflict: git's marks stand in the lines 14-18." in ran.err
    assert "The way out is: kmkit resolve" in ran.err
    ran = run(kept.kb.root, "show", kept.body.short)
    assert "state: captured, in conflict\n" in ran.out
    assert f"The way out is: kmkit resolve {kept.body.short}." in ran.err
    ran = run(kept.kb.root, "show", kept.gone.short)
    assert f"{kept.gone.path} is in conflict: git has several versions of it." in ran.err
    ran = run(kept.kb.root, "show", kept.plain.short)
    assert (ran.code, ran.err) == (0, three(kept))


def test_its_history_and_its_file_are_there(kept: Torn, run: Run) -> None:
    ran = run(kept.kb.root, "log", kept.front.short)
    assert [row.split("\t")[3] for row in ran.out.splitlines()[1:]] == ["capture", "validate"]
    assert "earlier text" not in ran.out
    said = f"The note Note of the front ({kept.front.short}) is in conflict; the way out is: "
    assert f"{said}kmkit resolve {kept.front.short}.\n2 notes are in conflict" in ran.err
    assert "No step" not in ran.err
    ran = run(kept.kb.root, "open", kept.front.short, "--path")
    assert ran.out == f"{kept.kb.root / kept.front.path}\n"
    assert said in ran.err


def test_what_leaves_names_them_and_leaves_them_out(kept: Torn, run: Run, tmp_path: Path) -> None:
    for args in (("site", str(tmp_path / "site")), ("export", "--format", "json"), ("digest",)):
        ran = run(kept.kb.root, *args)
        assert ran.code == 0
        for note in (kept.front, kept.body):
            assert f"{note.path}: The file is in conflict: git's marks stand in" in ran.err
            assert f"; it is left out. Run kmkit resolve {note.path}.\n" in ran.err
            assert ran.err.count(str(note.path)) == 2
        assert "have problems" not in ran.err
        assert "<<<<<<<" not in ran.out
    pages = {page.stem for page in tmp_path.glob("site/notes/*.html")}
    assert {kept.gone.id, kept.plain.id} <= pages
    assert pages.isdisjoint((kept.front.id, kept.body.id))
    written = b"".join(one.read_bytes() for one in tmp_path.glob("site/**/*") if one.is_file())
    assert b"closed in" in written  # what our side made of the note that theirs removed
    assert not [word for word in (b"Ben", b"Cy", b"&lt;&lt;&lt;") if b"in " + word in written]


def test_the_version_in_force_is_shown_while_its_revision_is_in_conflict(
    kb: KnowledgeBase, run: Run
) -> None:
    note = validated(kb)
    branch = kb.git.branch().removeprefix("refs/heads/")
    kb.move("reopen", note, Request(because="The law changed."))
    kb.git.run("switch", "-q", "-c", "side")
    changed(at(kb, BEN), note.path, "May")
    kb.git.run("switch", "-q", branch)
    changed(kb, note.path, "June")
    kb.git.run("merge", "-q", "side", ok=(1,))
    ran = run(kb.root, "export", "--format", "json")
    (shown,) = json.loads(ran.out)["notes"]
    assert (shown["state"], shown["being_revised"]) == ("validated", True)
    assert "closed in" not in ran.out


@pytest.mark.parametrize("which", ["front", "body", "gone"])
def test_nothing_else_is_done_with_it(kept: Torn, run: Run, which: str) -> None:
    note: Note = getattr(kept, which)
    head = kept.kb.git.tip()
    for args in (
        ("edit", "--as-is"),
        ("edit", "--title", "Another"),
        ("edit",),
        ("validate",),
        ("validate", "--approve", "--because", "I checked it."),
        ("review", "--confirm", "--because", "I checked it."),
        ("retire", "--because", "Nobody drives."),
        ("format",),
    ):
        ran = run(kept.kb.root, args[0], note.short, *args[1:], who=DEE)
        assert ran.code == 3, args
        assert f"{note.path} is in conflict: git" in ran.err
        assert "Run kmkit resolve " in ran.err
    assert kept.kb.git.tip() == head


def test_checking_names_all_three(kept: Torn, run: Run) -> None:
    ran = run(kept.kb.root, "check", kept.gone.short, kept.front.short, str(kept.plain.path))
    lines = ran.out.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [
        f"{kept.front.path}:14:1",
        f"{kept.gone.path}:1:1",
    ]
    assert all(": merge-conflict: The file is in conflict: git" in line for line in lines)
    assert "3 errors and 0 warnings in 3 files" in run(kept.kb.root, "check").err


def test_a_person_picks_among_them_to_resolve_one(kept: Torn, tmp_path: Path) -> None:
    which, env = "A number, or words to look for:", {"PATH": str(tmp_path)}
    (tmp_path / "git").symlink_to(shutil.which("git") or "")  # and no fzf
    talk = [(which, "front\n"), (which, "1\n")]
    sat = sitting(kept.kb.root, "resolve", "--dry-run", talk=talk, env=env)
    assert "Note of the body (captured, in conflict" in sat.screen
    assert "Plain one" not in sat.screen
    assert "Would merge: Note of the front" in sat.screen
    sat = sitting(kept.kb.root, "edit", "--as-is", talk=[(which, "1\n")], env=env)
    assert "1. Plain one" in sat.screen
    assert "Note of the" not in sat.screen


def test_a_walk_names_them_and_asks_nothing(kept: Torn) -> None:
    sat = sitting(kept.kb.root, "review", talk=[], columns=200)
    assert sat.code == 0
    assert "(2 of 2)" in sat.screen
    assert f"The way out is: kmkit resolve {kept.front.short}." in sat.screen
    assert "or ?" not in sat.screen


def test_once_it_is_settled_nothing_is_said_of_it(torn: Torn, run: Run) -> None:
    root, git = torn.kb.root, torn.kb.git
    assert run(root, "resolve", torn.front.short).code == 0
    assert "2 notes are in conflict" in run(root, "list").err
    place = root / torn.body.path
    text = place.read_text("utf-8")
    for mark in ("<<<<<<< HEAD\n", "=======\n", ">>>>>>> side\n"):
        text = text.replace(mark, "")
    place.write_text(text, "utf-8")
    assert torn.body.short in run(root, "list").err  # git waits for it still
    assert run(root, "resolve", torn.body.short).code == 0
    ran = run(root, "resolve", torn.gone.short)
    assert ran.code == 3
    assert f"git add {torn.gone.path}, or remove it with git rm {torn.gone.path}" in ran.err
    git.run("add", str(torn.gone.path))
    git.run("commit", "-q", "--no-edit")
    ran = run(root, "list")
    assert (ran.err, "conflict" in ran.out) == ("4 notes.\n", False)
    assert run(root, "check").code == 0
    assert "validated" in run(root, "show", torn.front.short).out


def test_marks_that_were_committed_are_not_recorded_again(torn: Torn, run: Run) -> None:
    root, git = torn.kb.root, torn.kb.git
    git.run("add", "-A")
    git.run("commit", "-q", "--no-edit")
    ran = run(root, "list")
    assert "2 notes are in conflict" in ran.err
    ran = run(root, "resolve", torn.body.short)
    assert (ran.code, f"kmkit edit {torn.body.short}." in ran.err) == (3, True)
    ran = run(root, "resolve", torn.front.short)
    assert (ran.code, "in the file, then commit that with git." in ran.err) == (3, True)
    approve = ("--approve", "--because", "I checked it.")
    for args in (("edit", "--title", "New"), ("validate", *approve)):
        ran = run(root, args[0], torn.body.short, *args[1:], who=DEE)
        assert ran.code == 3
        assert "in conflict: git's marks stand in the lines 17-21." in ran.err
        assert run(root, args[0], torn.front.short, *args[1:], who=DEE).code == 3
    back = ("--return", "--because", "Put it in order.")
    assert run(root, "validate", torn.body.short, *back, who=DEE).code == 0
    env = editor(r"^(<{7} .*|={7}|>{7} .*)\n", "")
    assert run(root, "edit", torn.body.short, env=env).code == 0
    assert "The note Note of the front" in run(root, "list").err


def test_what_a_stash_brings_back_is_a_conflict_too(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    place, text = kb.root / note.path, note.text
    place.write_text(text.replace("The roads closed.", "The roads closed in May."), "utf-8")
    kb.git.run("stash", "-q")
    changed(kb, note.path, "June")
    kb.git.run("stash", "pop", "-q", ok=(1,))
    ran = run(kb.root, "edit", note.short, "--as-is")
    assert (ran.code, "Run kmkit resolve" in ran.err) == (3, True)
    ran = run(kb.root, "resolve", note.short)
    assert ran.code == 3
    assert f"Put it in order: in the file, then git add {note.path}." in ran.err
    place.write_text(text, "utf-8")
    assert "git has several versions of" in run(kb.root, "resolve", note.short).err
    kb.git.run("add", str(note.path))
    assert run(kb.root, "edit", note.short, "--as-is").code == 0


def test_the_index_knows_them(kept: Torn) -> None:
    with Index.open(kept.kb.root, today=kept.kb.today) as index:
        found = {card.own_id: card.conflict for card in conflicts(index)}
        assert set(found) == {kept.front.id, kept.body.id, kept.gone.id}
        assert found[kept.gone.id] == ""  # its file alone does not tell
        assert index.unmoved is False
    with Index.open(kept.kb.root, today=kept.kb.today) as index:
        assert index.unmerged == {str(n.path) for n in (kept.front, kept.body, kept.gone)}


def test_a_python_program_may_read_and_resolve_it(torn: Torn) -> None:
    kb = torn.kb
    note = kb.resolve(torn.body.short)
    with pytest.raises(Refused, match="A merge is under way"):
        kb.move("retire", note)
    with pytest.raises(Refused, match="Both sides changed the text"):
        resolve(kb, note)


def test_a_rule_that_notes_quote(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb)
    quoted = f"{note.text}\n```\n<<<<<<< ours\nMay\n=======\nApril\n>>>>>>> theirs\n```\n"
    (kb.root / note.path).write_text(quoted, "utf-8")
    assert run(kb.root, "edit", note.short, "--as-is", "--because", "More.").code == 0
    assert run(kb.root, "list").err == "1 note.\n"
    judged = ("validate", note.short, "--approve", "--because", "I read it.")
    assert run(kb.root, *judged, who=DEE).code == 0
    assert "<<<<<<< ours" in run(kb.root, "export", "--format", "json").out


def test_those_in_conflict_are_named_where_none_is(kept: Torn, run: Run) -> None:
    ran = run(kept.kb.root, "resolve", "--no-input")
    assert ran.code == 2
    assert ran.err.startswith("3 notes are in conflict (")
    assert all(one.short in ran.err for one in (kept.front, kept.body, kept.gone))
    assert ran.err.endswith("Which note?\nName it: kmkit resolve NOTE …\n")


def test_a_note_in_no_conflict_is_not_said_to_be_merged(kept: Torn, run: Run) -> None:
    before = kept.files
    ran = run(kept.kb.root, "resolve", kept.plain.short)
    assert ran.code == 0
    assert f"\n{kept.plain.title} ({kept.plain.short}) is in no conflict.\n" in ran.err
    assert "Merged" not in ran.err
    assert "3 files are in conflict still" in ran.err
    assert kept.files == before


def test_without_any_conflict_there_is_nothing_to_resolve(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    ran = run(kb.root, "resolve", "--no-input")
    assert (ran.code, ran.err.splitlines()[0]) == (4, "No note is in conflict.")
    for options in ([], ["--no-input"]):
        sat = sitting(kb.root, "resolve", *options, talk=[])
        assert (sat.code, "No note is in conflict." in sat.screen) == (4, True)
