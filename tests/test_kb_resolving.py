"""Notes that two branches changed, merged by field, in real repositories."""

import subprocess
from collections.abc import Callable
from datetime import timedelta

import pytest

from kmkit.errors import Refused
from kmkit.kb import KnowledgeBase
from kmkit.kb.resolving import Resolved, resolve
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.person import Person
from kmkit.note.file import write_body, write_fields
from kmkit.note.frontmatter import split
from kmkit.note.model import Note
from kmkit.trail.audit.audit import audit
from kmkit.trail.commit import ready
from tests.conftest import ANA, APPROVE, BEN, CY, DEE, at, captured, formatted, validated

CROWD = Request(method="crowd", verdict="approve", because="I saw it.")


def git(kb: KnowledgeBase, *args: str, ok: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run(
        ["git", "-C", str(kb.root), *args], capture_output=True, text=True, check=False
    )
    assert done.returncode in ok, done.stderr
    return done.stdout


def on_day(kb: KnowledgeBase, who: Person, day: int) -> KnowledgeBase:
    return at(kb, who, kb.now + timedelta(days=day))


def parted(
    kb: KnowledgeBase, note: Note, ours: Callable[[Note], object], theirs: Callable[[Note], object]
) -> str:
    """What git says of merging two branches; ``ours`` and ``theirs`` work on one each."""
    branch = git(kb, "branch", "--show-current").strip()
    git(kb, "checkout", "-q", "-b", "side")
    theirs(kb.read(note.path))
    git(kb, "checkout", "-q", branch)
    kb.forget()
    ours(kb.read(note.path))
    return git(kb, "merge", "--no-edit", "--no-commit", "--no-ff", "side", ok=(0, 1))


def mended(kb: KnowledgeBase, note: Note) -> Resolved:
    """The note resolved and the merge committed; the audit has nothing to say of it."""
    done = resolve(kb, kb.resolve(str(note.path), folder=kb.root))
    git(kb, "commit", "-q", "--no-edit")
    assert kb.read(note.path).data == done.note.data
    assert git(kb, "status", "--porcelain") == ""
    assert faults(kb) == []
    return done


def faults(kb: KnowledgeBase) -> list[tuple[str, str]]:
    anchor = git(kb, "rev-list", "--max-parents=0", "HEAD").strip()
    report = audit(kb.git, "", anchor=anchor, tip=kb.git.tip())
    return [(found.rule, found.message) for found in report.findings]


def rewritten(note: Note, old: str, new: str) -> bytes:
    return write_body(note, split(note.text)[0].body.replace(old, new))


def approving(kb: KnowledgeBase, who: Person, request: Request = APPROVE) -> Callable[[Note], Note]:
    return lambda note: at(kb, who).move("validate", note, request).note


def test_two_reviewers_approve_on_two_branches(kb: KnowledgeBase) -> None:
    note = captured(kb)
    said = parted(kb, note, approving(kb, BEN), approving(kb, CY))
    assert "CONFLICT" in said
    done = mended(kb, note)
    assert done.note.state == "validated"
    assert [entry.by for entry in done.note.fields.verdicts] == [BEN.email, CY.email]
    assert not done.changed_text
    assert done.left == ()
    assert kb.claim(done.note).state == "validated"
    after = write_fields(done.note, {"matters_to": "Drivers."})
    assert kb.move("edit", done.note, data=after).note.state == "validated"


def test_a_quorum_that_a_merge_completes_is_settled(kb: KnowledgeBase) -> None:
    note = approving(kb, BEN, CROWD)(captured(kb, sources=["anonymous"]))
    with pytest.raises(Refused, match=r"quorum is not reached: 1 of 3 approvals"):
        kb.move("settle", note)
    parted(kb, note, approving(kb, CY, CROWD), approving(kb, DEE, CROWD))
    done = mended(kb, note)
    assert done.note.state == "captured"
    assert len(done.note.fields.verdicts) == 3
    settled = kb.move("settle", done.note)
    assert settled.note.state == "validated"
    assert settled.note.fields.verdicts == done.note.fields.verdicts
    assert "Kmkit-Move: settle captured -> validated" in settled.message
    assert "Kmkit-Verdict" not in settled.message
    claim = kb.claim(settled.note)
    assert (claim.state, claim.settled) == ("validated", settled.commit)
    assert len(claim.verdicts) == 3
    assert faults(kb) == []
    with pytest.raises(Refused, match="'settle' needs a note that is captured"):
        kb.move("settle", settled.note)


def test_an_approval_does_not_reach_the_text_of_the_other_side(kb: KnowledgeBase) -> None:
    note = captured(kb)

    def edit(there: Note) -> Note:
        data = rewritten(there, "Sign contracts early", "Sign contracts late")
        return at(kb, CY).move("edit", there, data=data).note

    said = parted(kb, note, approving(kb, BEN), edit)
    assert "CONFLICT" not in said  # git sees nothing in it
    done = mended(kb, note)
    assert "late" in done.note.text
    assert done.note.state == "captured"
    assert done.note.fields.verdicts == ()
    again = at(kb, BEN).move("validate", done.note, APPROVE).note
    assert again.state == "validated"
    assert faults(kb) == []
    kb.move("retire", again, Request(because="Nobody drives any more."))


@pytest.mark.parametrize("judged_here", [False, True])
def test_two_texts_are_joined_and_judged_anew(kb: KnowledgeBase, judged_here: bool) -> None:
    note = captured(kb)

    def first(there: Note) -> Note:
        data = rewritten(there, "The roads closed.", "The roads closed in May.")
        return kb.move("edit", there, data=data).note

    def second(there: Note) -> Note:
        data = rewritten(there, "Sign contracts early.", "Sign contracts in April.")
        there = at(kb, CY).move("edit", there, data=data).note
        return at(kb, BEN).move("validate", there, CROWD).note

    sides = (second, first) if judged_here else (first, second)
    parted(kb, note, *sides)
    done = mended(kb, note)
    assert done.changed_text
    assert "in May" in done.note.text
    assert "in April" in done.note.text
    assert done.note.fields.verdicts == ()
    with pytest.raises(Refused, match="wrote this substance"):
        at(kb, CY).move("validate", done.note, APPROVE)


def test_where_both_change_a_line_a_person_decides(kb: KnowledgeBase) -> None:
    note = captured(kb)

    def writing(words: str, who: Person) -> Callable[[Note], Note]:
        def edit(there: Note) -> Note:
            data = rewritten(there, "Sign contracts early.", words)
            return at(kb, who).move("edit", there, data=data).note

        return edit

    parted(kb, note, writing("Sign in May.", ANA), writing("Sign in April.", CY))
    before = (kb.root / note.path).read_bytes()
    lines = before.decode().split("\n")
    first = next(at for at, line in enumerate(lines, 1) if line.startswith("<<<<<<<"))
    last = next(at for at, line in enumerate(lines, 1) if line.startswith(">>>>>>>"))
    with pytest.raises(Refused, match=rf"same place.*\(lines {first}-{last}\)"):
        resolve(kb, kb.read(note.path))
    assert (kb.root / note.path).read_bytes() == before
    (kb.root / note.path).write_text(
        "\n".join([*lines[: first - 1], "Sign in spring.", *lines[last:]]), encoding="utf-8"
    )
    done = mended(kb, note)
    assert "Sign in spring." in done.note.text
    assert "Sign in May." not in done.note.text


def test_a_revision_leads_back_and_the_other_side_keeps_what_happened(kb: KnowledgeBase) -> None:
    note = formatted(kb, topics=["fuel"])

    def revise(there: Note) -> Note:
        data = rewritten(there, "Text of lessons.", "Another lesson.")
        return at(kb, CY).move("edit", there, Request(because="wrong"), data=data).note

    def send(there: Note) -> Note:
        return kb.move("disseminate", there, Request(channel="weekly-digest")).note

    parted(kb, note, send, revise)
    done = mended(kb, note)
    assert done.note.state == "captured"
    assert done.note.fields.in_force is not None
    assert len(done.note.fields.disseminated) == 1
    assert done.note.fields.verdicts == ()
    assert at(kb, BEN).move("validate", done.note, APPROVE).note.state == "formatted"
    assert faults(kb) == []


def test_what_one_side_retired_stays_so(kb: KnowledgeBase) -> None:
    note = captured(kb)
    parted(
        kb,
        note,
        lambda there: kb.move("retire", there, Request(because="twice")),
        approving(kb, BEN),
    )
    done = mended(kb, note)
    assert done.note.state == "retired"


def test_a_text_changed_on_one_side_and_retired_on_the_other_is_left_to_people(
    kb: KnowledgeBase,
) -> None:
    note = captured(kb)

    def edit(there: Note) -> Note:
        return kb.move("edit", there, data=rewritten(there, "early", "late")).note

    parted(kb, note, lambda there: kb.move("retire", there, Request(because="twice")), edit)
    with pytest.raises(Refused, match="One side retired the note, and the other changed its text"):
        resolve(kb, kb.read(note.path))


def test_one_field_changed_on_both_sides_is_named(kb: KnowledgeBase) -> None:
    note = validated(kb)

    def unit(name: str) -> Callable[[Note], Note]:
        return lambda there: kb.move("edit", there, data=write_fields(there, {"unit": name})).note

    parted(kb, note, unit("Roads"), unit("Rails"))
    with pytest.raises(Refused, match=r"Both sides changed 'unit' \(line \d+ on our side\)"):
        resolve(kb, kb.resolve(note.short))


def test_without_a_merge_there_is_nothing_to_resolve(kb: KnowledgeBase) -> None:
    note = captured(kb)
    with pytest.raises(Refused, match="No merge is under way") as refused:
        resolve(kb, note)
    assert refused.value.mend == f"{note.path} is not in conflict."


@pytest.mark.parametrize(
    ("begin", "what", "abort"),
    [
        (("rebase", "-q", "side"), "A rebase", "git rebase --abort"),
        (("rebase", "-q", "--apply", "side"), "A rebase", "git rebase --abort"),
        (("cherry-pick", "side"), "A cherry-pick", "git cherry-pick --abort"),
        (("revert", "--no-edit", "HEAD~1"), "A revert", "git revert --abort"),
        (("am", "-q", "-3", "side.patch"), "An application of patches", "git am --abort"),
    ],
)
def test_what_is_under_way_is_named_with_its_own_way_back(
    kb: KnowledgeBase, begin: tuple[str, ...], what: str, abort: str
) -> None:
    note = captured(kb)

    def wrote(*words: str) -> Callable[[Note], object]:
        """Edits that put one word after another in the same place."""

        def edit(there: Note) -> None:
            for old, new in zip(("early", *words), words, strict=False):
                kb.move(
                    "edit", there, data=rewritten(there, f"contracts {old}", f"contracts {new}")
                )
                there = kb.read(there.path)

        return edit

    parted(kb, note, wrote("late", "now"), wrote("soon"))
    git(kb, "merge", "--abort")
    (kb.root / "side.patch").write_text(git(kb, "format-patch", "-1", "--stdout", "side"), "utf-8")
    git(kb, *begin, ok=(1, 128))
    with pytest.raises(Refused, match=f"{what} is under way, and kmkit resolve mends") as refused:
        resolve(kb, kb.read(note.path))
    assert abort in refused.value.mend
    assert refused.value.mend.count("--abort") == 1
    with pytest.raises(Refused, match=f"{what} is under way in this") as refused:
        ready(kb.git)
    assert refused.value.mend == f"Finish it, or take it back: {abort}."
    git(kb, *abort.split()[1:])
    ready(kb.git)


def test_a_note_that_one_side_removed_is_left_to_people(kb: KnowledgeBase) -> None:
    note = captured(kb)

    def remove(there: Note) -> None:
        git(kb, "rm", "-q", str(there.path))
        git(kb, "commit", "-qm", "Remove it")

    parted(kb, note, approving(kb, BEN), remove)
    with pytest.raises(Refused, match="Their side has no notes"):
        resolve(kb, kb.read(note.path))
    git(kb, "merge", "--abort")


def test_a_rehearsal_changes_nothing(kb: KnowledgeBase) -> None:
    note = captured(kb)
    parted(kb, note, approving(kb, BEN), approving(kb, CY))
    before = (kb.root / note.path).read_bytes()
    trying = KnowledgeBase(kb.root, now=kb.now, actor=ANA, dry_run=True)
    assert resolve(trying, trying.resolve(note.short)).note.state == "validated"
    assert (kb.root / note.path).read_bytes() == before
    assert git(kb, "diff", "--name-only", "--diff-filter=U").strip() == str(note.path)
