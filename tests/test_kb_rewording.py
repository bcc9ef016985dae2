"""Only a rewording of what was approved is recorded, and only a recorded one is confirmed."""

import os
import random
from contextlib import suppress

import pytest

from kmkit.errors import KmkitError, Refused
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle import guards_edit
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.person import Person
from kmkit.note.file import write_fields
from kmkit.note.model import Note
from kmkit.trail.audit.audit import audit
from tests.conftest import ANA, APPROVE, BEN, DEE, at
from tests.test_kb_history import begun
from tests.test_kb_resolving import faults, git

OLD, NEW = b"Text of lessons.", b"The text of lessons."
UNCOVERED = "changed the approved text without kmkit edit --reword, so the approval does not cover"
SO = Request(because="Clearer.")
SEEDS = range(int(os.environ.get("KMKIT_REWORDINGS", "3")))


def approved(kb: KnowledgeBase) -> Note:
    return at(kb, BEN).move("validate", begun(kb), APPROVE).note


def by_hand(kb: KnowledgeBase, note: Note, old: bytes = OLD, new: bytes = NEW) -> Note:
    (kb.root / note.path).write_bytes(note.data.replace(old, new))
    git(kb, "commit", "-qam", "A word")
    return kb.read(note.path)


def reword(
    kb: KnowledgeBase, note: Note, old: bytes = b"Results", new: bytes = b"Results."
) -> Note:
    data = note.data.replace(b"Text of " + old.lower(), b"Text of " + new.lower())
    return kb.move("reword", note, SO, data=data).note


def refusal(kb: KnowledgeBase, verb: str, note: Note, data: bytes | None = None) -> Refused:
    with pytest.raises(Refused) as refused:
        kb.move(verb, note, SO, data=data)
    return refused.value


def tip(kb: KnowledgeBase, back: int = 0) -> str:
    return git(kb, "rev-parse", f"HEAD~{back}").strip()[:12]


def test_what_a_hand_changed_is_neither_reworded_nor_confirmed(kb: KnowledgeBase) -> None:
    note = by_hand(kb, approved(kb))
    confirmed = refusal(at(kb, BEN), "same-meaning", note)
    reworded = refusal(kb, "reword", note, note.data.replace(b"results.", b"the results."))
    for found in (confirmed, reworded):
        assert found.message.startswith(f"Commit {tip(kb)} {UNCOVERED}")
        assert f"(git revert {tip(kb)})" in found.mend
        assert f"kmkit reopen {note.short} --because" in found.mend
    assert [rule for rule, _ in faults(kb)] == ["changed-after-approval"]
    assert "--same-meaning" not in str(refusal(kb, "format", note))


def test_once_a_hand_changed_it_a_rewording_on_top_is_not_confirmed(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = by_hand(kb, approved(kb))
    hand = tip(kb)
    with monkeypatch.context() as older:  # as a kmkit that did not look
        older.setattr(guards_edit, "uncovered", lambda *_: None)
        older.setattr("kmkit.kb.moving.refuse", lambda _: None)
        note = reword(kb, note)
    found = refusal(at(kb, BEN), "same-meaning", note)
    assert found.message.startswith(f"Commit {hand} {UNCOVERED}")
    assert found.mend == f"Have it judged anew: kmkit reopen {note.short} --because '…'."


def test_the_old_text_is_put_back_and_reworded(kb: KnowledgeBase) -> None:
    by_hand(kb, approved(kb))
    git(kb, "revert", "--no-edit", "HEAD")
    note = reword(
        kb, kb.resolve("notes/" + git(kb, "ls-files", "notes").split("notes/")[1].strip())
    )
    note = reword(kb, note, b"Results.", b"Results..")
    assert at(kb, BEN).move("same-meaning", note).note.state == "validated"
    assert faults(kb) == []


def test_several_changes_are_put_back_at_once(kb: KnowledgeBase) -> None:
    note = by_hand(kb, by_hand(kb, approved(kb)), b"Text of results", b"A text of results")
    found = refusal(kb, "reword", note, note.data.replace(NEW, OLD))
    back = f"git restore -SW --source={tip(kb, 1)}~1 {note.path}"
    assert f"({back}, then git commit)" in found.mend
    git(kb, *back.split()[1:])
    git(kb, "commit", "-qm", "Back")
    assert (
        at(kb, BEN).move("same-meaning", reword(kb, kb.read(note.path))).note.state == "validated"
    )
    assert faults(kb) == []


def test_after_a_move_the_old_text_makes_nothing_good(kb: KnowledgeBase) -> None:
    note = by_hand(kb, approved(kb))
    note = kb.move("edit", note, data=write_fields(note, {"topics": ["boats"]})).note
    note = by_hand(kb, note, NEW, OLD)
    found = refusal(kb, "reword", note, note.data.replace(OLD, NEW))
    assert found.message.startswith(f"Commit {tip(kb, 2)} {UNCOVERED}")
    assert found.mend == f"Have it judged anew: kmkit reopen {note.short} --because '…'."
    again = kb.move("reopen", note, SO).note
    note = at(kb, BEN).move("validate", again, APPROVE).note
    assert faults(kb) == []
    assert at(kb, BEN).move("same-meaning", reword(kb, note)).note.state == "validated"


def test_a_change_that_waits_in_the_file_is_recorded_as_a_revision(kb: KnowledgeBase) -> None:
    note = by_hand(kb, approved(kb))
    (kb.root / note.path).write_bytes(note.data.replace(b"results.", b"the results."))
    note = kb.read(note.path)
    mend = refusal(kb, "reword", note).mend
    assert f"(git stash, then git revert {tip(kb)})" in mend
    assert mend.endswith(f"or have it judged anew: kmkit edit {note.short} --as-is --because '…'.")
    assert kb.move("edit", note, SO).note.state == "captured"


def test_a_merge_of_two_rewordings_is_judged_anew(kb: KnowledgeBase) -> None:
    note = approved(kb)
    branch = git(kb, "branch", "--show-current").strip()
    git(kb, "checkout", "-qb", "side")
    reword(kb, note, b"Context and challenge", b"The challenge")
    git(kb, "checkout", "-q", branch)
    reword(kb, kb.read(note.path), b"Lessons", b"All lessons")
    git(kb, "merge", "-q", "--no-edit", "side")
    note = kb.read(note.path)
    assert [rule for rule, _ in faults(kb)] == ["mixed-merge"]
    found = refusal(at(kb, BEN), "same-meaning", note)
    assert found.message.startswith(f"Merge {tip(kb)} {UNCOVERED}")
    assert found.mend.startswith("Have it judged anew: kmkit reopen")
    assert kb.move("reopen", note, SO).note.state == "captured"


def test_a_rewording_goes_on_after_a_merge(kb: KnowledgeBase) -> None:
    note = approved(kb)
    branch = git(kb, "branch", "--show-current").strip()
    git(kb, "checkout", "-qb", "side")
    reword(kb, note)
    git(kb, "checkout", "-q", branch)
    kb.move("edit", kb.read(note.path), data=note.data.replace(b"fuel]", b"fuel, boats]"))
    git(kb, "merge", "-q", "--no-edit", "side")
    note = reword(kb, kb.read(note.path), b"Lessons", b"All lessons")
    assert at(kb, BEN).move("same-meaning", note).note.state == "validated"
    assert faults(kb) == []


def test_without_an_approval_that_stands_nothing_is_confirmed(kb: KnowledgeBase) -> None:
    note = reword(kb, approved(kb))
    rules = kb.root / "policy.toml"
    rules.write_text(
        rules.read_text("utf-8").replace("peer-review = 1", "peer-review = 2"), "utf-8"
    )
    git(kb, "commit", "-qam", "Two reviewers from now on")
    seen = at(kb, BEN)
    assert f"kmkit reopen {note.short}" in refusal(seen, "same-meaning", note).mend


@pytest.mark.parametrize("seed", SEEDS)
def test_kmkit_and_the_audit_agree_on_what_may_be_reworded(kb: KnowledgeBase, seed: int) -> None:
    """Whatever hands, moves and branches did: what one takes the other takes.

    ``KMKIT_REWORDINGS=300 pytest tests/test_kb_rewording.py`` tries three hundred.
    """
    walk = Walk(kb, random.Random(seed))
    for _ in range(14):
        walk.step()


class Walk:
    """A validated note, and somebody who does something with it, again and again."""

    def __init__(self, kb: KnowledgeBase, chance: random.Random) -> None:
        self.kb, self.chance = kb, chance
        self.path = approved(kb).path
        self.branch = git(kb, "branch", "--show-current").strip()
        self.count = 0
        self.done: list[str] = []
        """What happened, for whoever looks at a failure."""

    @property
    def note(self) -> Note:
        (name,) = git(self.kb, "ls-files", "notes").split()
        return self.kb.read(self.path.with_name(name.rpartition("/")[2]))

    def other_words(self) -> bytes:
        """The text with a word more, or with one that stood there before."""
        self.count += 1
        place = self.chance.choice((b"lessons", b"results", b"context and challenge"))
        data = self.note.data
        line = next(one for one in data.split(b"\n") if place + b"." in one)
        more = b"" if self.chance.random() < 0.3 else b"%d: " % self.count
        return data.replace(line, more + b"Text of " + place + b".")

    def step(self) -> None:
        """One thing that happens."""
        acts = [self.reword] * 4 + [self.confirm] * 3 + [self.hand] * 2
        acts += [self.revert] * 2 + [self.packaging, self.rename, self.anew, self.apart]
        act = self.chance.choice(acts)
        act()
        self.done.append(act.__name__)

    def reword(self) -> None:
        self.asked("reword", ANA, self.other_words())

    def confirm(self) -> None:
        self.asked("same-meaning", BEN, None)

    def asked(self, verb: str, who: Person, data: bytes | None) -> None:
        """What kmkit takes, the audit finds no fault with; what it refuses of this, it does."""
        before, refused = self.proof(), ""
        try:
            at(self.kb, who).move(verb, self.note, SO, data=data)
        except KmkitError as error:
            refused = str(error)
        if UNCOVERED in refused:
            assert before == "unproved", (self.done, refused)
        elif not refused:
            assert (before, self.proof()) == ("claimed", "claimed"), self.done

    def proof(self) -> str:
        """How well the note stands, as the audit counts."""
        anchor = git(self.kb, "rev-list", "--max-parents=0", "HEAD").strip()
        (found,) = audit(self.kb.git, "", anchor=anchor, tip=self.kb.git.tip()).standings
        return found.proof

    def hand(self) -> None:
        self.plain(self.other_words())

    def plain(self, data: bytes) -> None:
        (self.kb.root / self.note.path).write_bytes(data)
        git(self.kb, "commit", "-qam", "By hand", ok=(0, 1))
        self.kb.forget()

    def revert(self) -> None:
        """The last commit is taken back, where a hand made it."""
        if "Kmkit-Move" not in git(self.kb, "log", "-1", "--format=%B%P", "--max-parents=1"):
            git(self.kb, "revert", "--no-edit", "HEAD", ok=(0, 1, 128))
            git(self.kb, "revert", "--abort", ok=(0, 128))
        self.kb.forget()

    def packaging(self) -> None:
        data = write_fields(self.note, {"topics": ["fuel", f"topic-{len(self.done)}"]})
        if self.chance.random() < 0.5:
            self.plain(data)
        else:
            self.kb.move("edit", self.note, SO, data=data)

    def rename(self) -> None:
        new = self.note.path.with_name(f"renamed-{len(self.done)}.md")
        git(self.kb, "mv", str(self.note.path), str(new))
        git(self.kb, "commit", "-qm", "Rename")
        self.kb.forget()

    def anew(self) -> None:
        """Judged anew, whatever happened, it stands."""
        self.kb.move("reopen", self.note, SO)
        for who in (DEE, BEN):
            with suppress(KmkitError):
                at(self.kb, who).move("validate", self.note, APPROVE)
                break
        assert (self.note.state, self.proof()) == ("validated", "claimed"), self.done

    def apart(self) -> None:
        """Two branches go on, and are merged where git can do that by itself."""
        git(self.kb, "checkout", "-qb", "side")
        self.kb.forget()
        self.chance.choice((self.hand, self.reword, self.packaging))()
        git(self.kb, "checkout", "-q", self.branch)
        self.kb.forget()
        self.chance.choice((self.hand, self.reword, self.packaging))()
        git(self.kb, "merge", "-q", "--no-edit", "side", ok=(0, 1))
        git(self.kb, "merge", "--abort", ok=(0, 128))
        git(self.kb, "branch", "-qD", "side")
        self.kb.forget()
