"""kill -9 at every step of the commands that write otherwise than by one move of one note."""

from functools import partial
from pathlib import Path, PurePosixPath

from kmkit.kb import KnowledgeBase
from kmkit.kb.resolving import resolve
from kmkit.lifecycle.context import Request
from kmkit.trail.git import Git
from tests.conftest import BEN, CY, at, captured, disseminated
from tests.cut_off import assert_sound, cut_off, finished, git, needs_fork
from tests.test_kb_resolving import CROWD, approving, faults, parted


@needs_fork
def test_a_record_is_there_or_not_there(kb: KnowledgeBase) -> None:
    note = disseminated(kb)
    step, alive = 0, True
    while alive:
        step += 1
        where = f"Flood {step}"
        work = partial(at(kb).apply, note, where=where, outcome="helped", because="It went well.")
        before, tip = contents(kb), Git(kb.root).tip()
        alive = cut_off(work, step)
        moved = Git(kb.root).tip() != tip
        finished(kb)
        assert_sound(kb)
        assert (contents(kb) != before) is moved, step
        assert int(git(kb.root, "rev-list", "--count", f"{tip}..HEAD")) == moved
    assert step > 25


def contents(kb: KnowledgeBase) -> dict[Path, bytes]:
    """Every file of the knowledge base."""
    kb.forget()
    places = (p for p in kb.root.rglob("*") if p.is_file() and ".git" not in p.parts)
    return {place: place.read_bytes() for place in places}


@needs_fork
def test_an_adopted_file_is_a_hands_or_a_note(kb: KnowledgeBase) -> None:
    step, alive = 0, True
    while alive:
        step += 1
        place = kb.root / "notes" / f"mine-{step}.md"
        text = f"---\ntitle: Mine {step}\n---\n\n## Lessons\n\nOne.\n"
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, encoding="utf-8")
        tip = Git(kb.root).tip()
        alive = cut_off(partial(at(kb).adopt, PurePosixPath("notes", place.name)), step)
        moved = Git(kb.root).tip() != tip
        finished(kb)
        kb.forget()
        assert_sound(kb, status="" if moved else f"?? notes/{place.name}")
        assert ("id:" in place.read_text(encoding="utf-8")) is moved
        if not moved:
            assert place.read_text(encoding="utf-8") == text
            place.unlink()
    assert step > 25


@needs_fork
def test_of_several_moves_those_that_were_made_stand(kb: KnowledgeBase) -> None:
    notes = [captured(kb, f"Lesson {number}") for number in range(3)]

    def all_of_them() -> None:
        mine = at(kb)
        for note in mine.notes():
            level = "internal" if note.level == "domestic" else "domestic"
            verb = "narrow" if level == "internal" else "release"
            mine.move(verb, note, Request(level=level, because="So."))

    step, alive, seen = 1, True, set[int]()
    while alive:
        tip, before = Git(kb.root).tip(), {note.id: note.level for note in kb.notes()}
        alive = cut_off(all_of_them, step)
        finished(kb)
        kb.forget()
        assert_sound(kb)
        changed = sum(before[note.id] != note.level for note in kb.notes())
        assert int(git(kb.root, "rev-list", "--count", f"{tip}..HEAD")) == changed
        seen.add(changed)
        step += 7
    assert seen == {*range(len(notes) + 1)}


@needs_fork
def test_a_note_in_conflict_is_resolved_by_who_comes_next(kb: KnowledgeBase) -> None:
    note = captured(kb)
    assert "CONFLICT" in parted(kb, note, approving(kb, BEN, CROWD), approving(kb, CY, CROWD))
    step, alive = 0, True
    while alive:
        step += 1
        git(kb.root, "checkout", "-q", "--merge", str(note.path))
        alive = cut_off(partial(resolve, at(kb), at(kb).read(note.path)), step)
        if git(kb.root, "ls-files", "--unmerged"):
            resolve(at(kb), at(kb).read(note.path))
        assert len(at(kb).read(note.path).fields.verdicts) == 2
        assert not git(kb.root, "ls-files", "--unmerged")
    git(kb.root, "commit", "-q", "--no-edit")
    kb.forget()
    assert faults(kb) == []
    assert step > 5
