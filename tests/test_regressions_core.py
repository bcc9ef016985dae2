"""Faults of the core that were found by a second reading; one test for each."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from kmkit.errors import Cannot, Refused
from kmkit.index.problems import problems
from kmkit.kb import KnowledgeBase
from kmkit.kb.capturing import attachments, capture_text, draft
from kmkit.kb.history import authors
from kmkit.kb.laying import lay
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.person import Person
from kmkit.note.file import write_body, write_fields
from kmkit.note.frontmatter import split
from kmkit.note.model import Note
from kmkit.reach.digests import digest_of
from kmkit.trail.commit import Change, commit
from kmkit.trail.event import Event
from kmkit.trail.fold import fold
from kmkit.views.digest_render import render
from tests.conftest import (
    ANA,
    APPROVE,
    BEN,
    CY,
    DEE,
    NOW,
    Run,
    at,
    captured,
    disseminated,
    validated,
)
from tests.signing_keys import ssh_key
from tests.test_trail_fold import APPROVAL, CAPTURE, FORMAT, OUT, REVISE, event


def git(kb: KnowledgeBase, *args: str, who: Person = ANA, ok: Sequence[int] = (0,)) -> str:
    """git as a person runs it by hand."""
    author = f"{who.name} <{who.email}>"
    extra = ["--author", author] if args[0] == "commit" else []
    done = subprocess.run(
        ["git", *args, *extra], cwd=kb.root, capture_output=True, text=True, check=False
    )
    assert done.returncode in ok, done.stderr
    return done.stdout


def by_hand(kb: KnowledgeBase, note: Note, old: str, new: str, who: Person = CY) -> Note:
    """The note after somebody changed it and committed that without kmkit."""
    place = kb.root / note.path
    text = place.read_text(encoding="utf-8")
    assert old in text
    place.write_text(text.replace(old, new), encoding="utf-8")
    git(kb, "commit", "-qam", "by hand", who=who)
    return kb.read(note.path)


def advice(kb: KnowledgeBase, verb: str, note: Note, **wishes: str) -> str:
    """What the refusal of a move says."""
    with pytest.raises((Refused, Cannot)) as refusal:
        kb.move(verb, note, Request(because="x", **wishes))  # type: ignore[arg-type]
    return str(refusal.value)


# Branches that were merged


def test_an_edit_merged_from_a_branch_does_not_take_the_note_back(kb: KnowledgeBase) -> None:
    note = captured(kb, topics=["logistics"], review_every="P2Y")
    git(kb, "switch", "-qc", "branch")
    kb.move("edit", note, data=write_fields(note, {"topics": ["fuel"]}))
    git(kb, "switch", "-q", "main")
    at(kb, BEN).move("validate", kb.read(note.path), APPROVE)
    git(kb, "merge", "-q", "branch")
    merged = kb.read(note.path)
    assert (merged.state, merged.fields.topics) == ("validated", ("fuel",))
    assert kb.claim(merged).state == "validated"
    assert kb.move("reassign", merged, Request(owner=CY.email)).note.owner == CY.email


EDIT = event("edit captured -> captured")
END = event("retire captured -> retired")
REJECTION = event("validate captured -> retired", verdict="reject", method="peer-review")


@pytest.mark.parametrize(
    ("before", "ours", "theirs", "state"),
    [
        ([], [APPROVAL, FORMAT, OUT], [EDIT], "disseminated"),
        ([], [APPROVAL, FORMAT], [APPROVAL._replace(commit="theirs")], "formatted"),
        ([], [APPROVAL, FORMAT], [END], "retired"),
        ([], [APPROVAL], [REJECTION], "retired"),
        ([APPROVAL], [FORMAT, OUT], [event("revise validated -> captured")], "captured"),
    ],
)
def test_the_order_of_merged_branches_does_not_matter(
    before: list[Event], ours: list[Event], theirs: list[Event], state: str
) -> None:
    assert fold([CAPTURE, *before, *ours, *theirs]).state == state
    assert fold([CAPTURE, *before, *theirs, *ours]).state == state


def test_a_revision_begun_on_two_branches_holds_the_verdicts_once() -> None:
    walk = [CAPTURE, APPROVAL, FORMAT, OUT, REVISE]
    assert fold([*walk, REVISE._replace(commit="theirs")]) == fold(walk)


def test_who_wrote_the_text_of_a_merge_is_its_author(kb: KnowledgeBase) -> None:
    note = captured(kb)
    git(kb, "switch", "-qc", "branch")
    by_hand(kb, note, "early.", "soon.", CY)
    git(kb, "switch", "-q", "main")
    by_hand(kb, note, "early.", "in time.", DEE)
    git(kb, "merge", "-q", "branch", ok=(1,))
    place = kb.root / note.path
    place.write_bytes(write_body(note, split(note.text)[0].body.replace("early.", "at once.")))
    git(kb, "commit", "-qam", "merge", who=BEN)
    merged = kb.read(note.path)
    wrote = authors(
        kb.git, str(note.path), kb.claim(merged), kb.guidance(merged), kb.committed_policy
    )
    assert wrote.emails == {p.email for p in (ANA, BEN, CY, DEE)}
    with pytest.raises(Refused, match="wrote this substance"):
        at(kb, BEN).move("validate", merged, APPROVE)


def test_a_merge_with_conflicts_is_named_as_what_it_is(kb: KnowledgeBase) -> None:
    note = captured(kb)
    git(kb, "switch", "-qc", "branch")
    by_hand(kb, note, "early.", "soon.")
    git(kb, "switch", "-q", "main")
    by_hand(kb, note, "early.", "late.")
    git(kb, "merge", "-q", "branch", ok=(1,))
    assert "A merge is under way" in advice(kb, "retire", kb.read(note.path))


def test_a_damaged_history_proves_nothing(kb: KnowledgeBase) -> None:
    note = captured(kb)
    note = by_hand(kb, note, "early.", "soon.", BEN)
    tree = git(kb, "rev-parse", "HEAD^:notes").strip()
    (kb.root / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(Cannot, match="whole history"):
        at(kb, CY).move("validate", note, APPROVE)


def test_a_commit_in_another_encoding_is_read_as_it_was_written(kb: KnowledgeBase) -> None:
    note = captured(kb, "Évacuer tôt")
    at(kb, BEN).move("validate", note, replace(APPROVE, because="Vérifié."))
    git(kb, "config", "i18n.commitEncoding", "ISO-8859-1")
    git(kb, "commit", "-q", "--amend", "--no-edit", who=BEN)
    last = kb.events(note)[-1]
    assert (last.subject, last.reason) == ("validate: Évacuer tôt", "Vérifié.")


# Notes that a hand moved, copied or changed; every advice is followed


def test_a_note_moved_by_hand(kb: KnowledgeBase) -> None:
    note = captured(kb)
    git(kb, "mv", str(note.path), "notes/moved.md")
    moved = kb.read(PurePosixPath("notes/moved.md"))
    said = advice(kb, "ask", moved, to=BEN.email)
    assert "git add -A notes && git commit" in said
    assert advice(kb, "edit", moved) == said
    with pytest.raises(Refused, match="moved or put back by hand"):
        kb.adopt(moved.path)
    git(kb, "add", "-A", "notes")
    git(kb, "commit", "-qm", "Move a note")
    assert at(kb, BEN).move("validate", moved, APPROVE).note.state == "validated"


def test_a_copy_of_a_note(kb: KnowledgeBase) -> None:
    note = captured(kb)
    copy = PurePosixPath("notes/copy.md")
    shutil.copy(kb.root / note.path, kb.root / copy)
    assert f"is a copy of {note.path}" in advice(kb, "edit", kb.read(copy))
    with pytest.raises(Refused, match="take the line 'id:' out"):
        kb.adopt(copy)
    (kb.root / copy).write_bytes(write_fields(kb.read(copy), {"id": None}))
    kb.forget()
    assert kb.adopt(copy).note.id != note.id


def test_an_id_that_a_hand_took_out_is_not_replaced_by_another(kb: KnowledgeBase) -> None:
    note = captured(kb)
    (kb.root / note.path).write_bytes(write_fields(note, {"id": None}))
    with pytest.raises(Refused, match=f"id: {note.id}"):
        kb.adopt(note.path)
    changed = kb.read(note.path)
    assert f"put it back as it was: id: {note.id}" in advice(kb, "edit", changed)


@pytest.mark.parametrize("born", [True, False])
def test_something_else_is_staged(tmp_path: Path, born: bool) -> None:
    if born:
        kb = lay(tmp_path / "kb", name="T", now=NOW, actor=ANA, first_note=False).kb
        note = captured(kb)
    else:
        subprocess.run(["git", "init", "-q", str(tmp_path / "kb")], check=True)
        kb = KnowledgeBase(tmp_path / "kb", now=NOW, actor=ANA)
        (kb.root / "kmkit.toml").write_text("", encoding="utf-8")
        policy = "[roles]\ncontributor = ['*']\n"
        (kb.root / "policy.toml").write_text(policy, encoding="utf-8")
        note = kb.read(_new_file(kb, ""))
    place = kb.root / note.path
    for more in (b"\nStaged.\n", b"\nOn disk.\n"):
        place.write_bytes(note.data + more)
        if more == b"\nStaged.\n":
            git(kb, "add", str(note.path))
    note = kb.read(note.path)
    with pytest.raises(Refused, match="Something else is staged") as refusal:
        kb.move("edit", note) if born else kb.adopt(note.path)
    command = refusal.value.mend.removeprefix("Take it back: git ").removesuffix(".")
    git(kb, *command.replace("'", "").split())
    moved = kb.move("edit", note) if born else kb.adopt(note.path)
    assert "On disk." in moved.note.text


def _new_file(kb: KnowledgeBase, id_line: str) -> PurePosixPath:
    path = PurePosixPath("notes/mine.md")
    (kb.root / "notes").mkdir(exist_ok=True)
    text = f"---\n{id_line}title: Mine\n---\n\n## Lessons\n\nx\n"
    (kb.root / path).write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("state: captured", "state: formatted"),
        ("level: internal", "level: domestic"),
        ("owner: ana@example.org", "owner: cy@example.org"),
        ("language: en", f"language: en\nin_force: {{blob: {'0' * 40}, state: maintained}}"),
    ],
)
def test_what_a_hand_committed_counts_for_nothing(kb: KnowledgeBase, old: str, new: str) -> None:
    note = by_hand(kb, captured(kb), old, new)
    said = advice(at(kb, CY), "retire", note)
    name = new.splitlines()[-1].partition(":")[0]
    mend = f"Write '{old}' into the file" if "in_force" not in new else "Take 'in_force' out of"
    assert f"says {name}: " in said
    assert mend in said
    mended = by_hand(kb, note, new, old)
    assert at(kb, BEN).move("validate", mended, APPROVE).note.state == "validated"


def test_what_a_hand_changed_in_two_fields_is_told_in_one_sentence(kb: KnowledgeBase) -> None:
    note = by_hand(kb, captured(kb), "level: internal", "level: domestic")
    note = by_hand(kb, note, "state: captured", "state: formatted")
    mend = "Write 'state: captured' and 'level: internal' into the file and commit that with git,"
    assert mend in advice(at(kb, CY), "retire", note)


def test_a_revision_of_a_text_changed_by_hand_leaves_the_approved_one_in_force(
    kb: KnowledgeBase,
) -> None:
    note = by_hand(kb, disseminated(kb), "Text of lessons.", "Text by hand.")
    revised = kb.move("reopen", note, Request(because="Changed by hand.")).note
    standing = kb.standing(revised)
    assert (standing.state, standing.section("Lessons")) == ("disseminated", "Text of lessons.")
    assert kb.claim(revised).in_force == revised.fields.in_force
    rejection = replace(APPROVE, verdict="reject")
    restored = at(kb, BEN).move("validate", revised, rejection).note
    assert (restored.state, restored.section("Lessons")) == ("disseminated", "Text of lessons.")


def test_same_meaning_is_advised_where_it_is_possible(kb: KnowledgeBase) -> None:
    by_hand(kb, disseminated(kb, "Out already"), "Text of lessons.", "Text by hand.")
    by_hand(kb, validated(kb, "Not yet out"), "early.", "soon.")
    mends = {p.path.split("-")[1]: p.mend for p in problems(kb) if p.rule == "unproved-state"}
    assert "--same-meaning" not in mends["out"]
    assert "--same-meaning" in mends["not"]


def test_nothing_is_in_force_of_a_note_that_is_not_being_revised(kb: KnowledgeBase) -> None:
    note = captured(kb)
    data = write_fields(note, {"state": "retired", "in_force": {"blob": "x", "state": "validated"}})
    (kb.root / note.path).write_bytes(data)
    assert kb.standing(kb.read(note.path)).state == "retired"


def test_a_version_in_force_is_never_an_option_of_git(kb: KnowledgeBase) -> None:
    note = captured(kb)
    data = write_fields(note, {"in_force": {"blob": "--help", "state": "validated"}})
    (kb.root / note.path).write_bytes(data)
    with pytest.raises(Cannot, match="git has no version --help"):
        kb.standing(kb.read(note.path))


# Rules


def test_a_self_reviewed_note_is_not_widened_while_it_is_revised(kb: KnowledgeBase) -> None:
    kind = kb.kinds["meeting-minutes"]
    body = "".join(f"## {name}\n\nText.\n\n" for name in kind.sections)
    fields = {"title": "Minutes", "kind": "meeting-minutes", "summary": "Short."}
    note = kb.capture(fields, body).note
    approval = Request(method="self-review", verdict="approve", because="As it was.")
    note = kb.move("validate", note, approval).note
    note = kb.move("reopen", note, Request(because="One name is wrong.")).note
    said = advice(kb, "release", note, level="domestic")
    assert f"validated by self-review, which is enough at internal only. {'Have'}" in said
    assert said.endswith(f"first: kmkit validate {note.short}.")


def test_a_digest_trusts_no_level_that_a_hand_wrote(kb: KnowledgeBase) -> None:
    note = by_hand(kb, disseminated(kb), "level: internal", "level: international")
    wide = digest_of(kb, to="domestic")
    assert (wide.digest.items, wide.digest.items_left_out) == ((), 0)
    assert [problem.rule for problem in wide.problems] == ["unproved-state"]
    assert [item.id for item in digest_of(kb, to="internal").digest.items] == [note.id]


def test_a_digest_shows_the_approved_text_and_not_what_a_hand_made_of_it(
    kb: KnowledgeBase,
) -> None:
    changed = by_hand(kb, disseminated(kb), "Text of lessons.", "Text by hand.")
    found = digest_of(kb)
    assert [problem.rule for problem in found.problems] == ["unproved-state"]
    letter = render(found.digest, "text")
    assert "Text of lessons." in letter
    assert "Text by hand." not in letter
    blob = git(kb, "rev-parse", f"HEAD:{changed.path}").strip()
    forged = {"state": "captured", "in_force": {"blob": blob, "state": "disseminated"}}
    (kb.root / changed.path).write_bytes(write_fields(changed, forged))
    assert "Text by hand." not in render(digest_of(kb).digest, "text")


def test_an_author_does_not_decide_in_the_committee(kb: KnowledgeBase) -> None:
    note = captured(kb)
    wishes = {"method": "committee", "verdict": "approve", "minutes": "M1"}
    said = advice(kb, "validate", note, decided_by="Al Oyo, Ana Ruiz", **wishes)
    assert "ana ruiz wrote this substance and cannot decide on it" in said


def test_a_source_is_known_by_name_among_other_words(kb: KnowledgeBase) -> None:
    note = captured(kb, sources=["Ben Adu, Ministry of Works"])
    with pytest.raises(Refused, match="gave this knowledge"):
        at(kb, BEN).move("validate", note, APPROVE)
    assert at(kb, CY).move("validate", note, APPROVE).note.state == "validated"


@pytest.mark.parametrize("name", ["../../x", "My Note", "20261121-Ab-abcd", "20261321-a-abcd"])
def test_a_new_note_has_an_id_in_its_shape(kb: KnowledgeBase, name: str) -> None:
    path = _new_file(kb, f"id: '{name}'\n")
    with pytest.raises(Refused, match="Take the line 'id:' out"):
        kb.adopt(path)
    with pytest.raises(Refused, match="Leave the line 'id:' as it was"):
        capture_text(kb, draft(kb, {"title": "T", "id": name}, "x\n"))
    (kb.root / path).write_bytes(write_fields(kb.read(path), {"id": None}))
    assert kb.adopt(path).note.state == "captured"


@pytest.mark.parametrize("name", ["con.txt", "NUL", "lpt1.tar.gz"])
def test_an_attached_file_has_a_name_that_windows_takes(
    kb: KnowledgeBase, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("x", encoding="utf-8")
    [file] = attachments(kb, "note", [tmp_path / name])
    assert file.path.name == f"_{name}"


# Repositories of other kinds


def test_a_note_in_a_submodule_does_not_take_its_place(kb: KnowledgeBase, tmp_path: Path) -> None:
    other = tmp_path / "other"
    subprocess.run(["git", "init", "-q", str(other)], check=True)
    git(at(KnowledgeBase(other, now=NOW)), "commit", "-q", "--allow-empty", "-m", "first")
    shutil.rmtree(kb.root / "notes", ignore_errors=True)
    git(kb, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "notes")
    git(kb, "commit", "-qm", "A submodule")
    before = git(kb, "ls-tree", "HEAD")
    with pytest.raises(Refused, match="notes is a submodule"):
        captured(kb)
    assert git(kb, "ls-tree", "HEAD") == before
    assert "160000" in before
    assert git(kb, "status", "--porcelain") == ""


def test_a_file_where_a_folder_belongs_is_not_removed(kb: KnowledgeBase) -> None:
    (kb.root / "notes").mkdir(exist_ok=True)
    (kb.root / "notes" / "2026").write_text("mine\n", encoding="utf-8")
    git(kb, "add", "notes")
    git(kb, "commit", "-qm", "A file")
    (kb.root / "notes" / "2026").unlink()
    with pytest.raises(Refused, match="a file named 2026 where a folder belongs"):
        captured(kb)
    assert git(kb, "status", "--porcelain") == " D notes/2026\n"


def test_a_whole_walk_with_sha_256(tmp_path: Path) -> None:
    root = tmp_path / "kb"
    subprocess.run(["git", "init", "-q", "--object-format=sha256", str(root)], check=True)
    kb = lay(root, name="T", now=NOW, actor=ANA, first_note=False).kb
    note = kb.move("reopen", disseminated(kb), Request(because="Look again.")).note
    assert len(note.fields.in_force.blob if note.fields.in_force else "") == 64
    assert kb.standing(note).state == "disseminated"
    note = at(kb, BEN).move("validate", note, APPROVE).note
    assert (note.state, kb.claim(note).state) == ("disseminated", "disseminated")
    assert list(problems(kb)) == []
    assert git(kb, "status", "--porcelain") == ""


def test_a_folder_of_another_account(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    note = captured(kb)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    fresh = at(kb)
    assert "git config --global --add safe.directory" in advice(fresh, "retire", note)
    git(kb, "config", "--global", "--add", "safe.directory", kb.root.resolve().as_posix())
    assert fresh.move("retire", note, Request(because="x")).note.state == "retired"


def test_a_signature_that_cannot_be_made(kb: KnowledgeBase) -> None:
    note, tip = captured(kb), kb.git.tip()
    git(kb, "config", "commit.gpgsign", "true")
    git(kb, "config", "gpg.program", str(kb.root / "no-such-program"))
    assert "git config commit.gpgsign false" in advice(kb, "retire", note)
    assert (kb.git.tip(), git(kb, "status", "--porcelain")) == (tip, "")
    git(kb, "config", "commit.gpgsign", "false")
    assert kb.move("retire", note, Request(because="x")).note.state == "retired"


def test_a_file_that_cannot_take_its_place_leaves_no_commit(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, tip = captured(kb), kb.git.tip()

    def held(ready: object) -> None:
        raise PermissionError(13, "Permission denied", str(note.path))

    with monkeypatch.context() as patch:
        patch.setattr("kmkit.trail.commit.put", held)
        with pytest.raises(Cannot, match="cannot be written"):
            at(kb, BEN).move("validate", note, APPROVE)
    assert (kb.git.tip(), git(kb, "status", "--porcelain")) == (tip, "")
    assert at(kb, BEN).move("validate", note, APPROVE).note.state == "validated"


def test_a_folder_in_the_place_of_a_file(kb: KnowledgeBase) -> None:
    tip = kb.git.tip()
    (kb.root / "notes" / "x.md").mkdir(parents=True)
    with pytest.raises(Refused, match=r"notes/x\.md is a folder"):
        commit(kb.git, Change("a file\n", {"notes/x.md": b"x\n"}))
    assert kb.git.tip() == tip


def test_a_note_that_was_committed_broken(kb: KnowledgeBase) -> None:
    note = captured(kb)
    twice = "state: captured\nstate: captured\n"
    broken = by_hand(kb, note, "state: captured\n", twice)
    assert "'state' stands here a second time" in advice(kb, "retire", broken)
    (kb.root / note.path).write_bytes(note.data)
    mended = kb.read(note.path)
    assert "Mend the file and commit that with git" in advice(kb, "edit", mended)
    git(kb, "commit", "-qam", "Mended")
    assert kb.move("retire", mended, Request(because="x")).note.state == "retired"


def test_an_unusual_configuration_of_git(kb: KnowledgeBase) -> None:
    for name, value in (
        ("core.commentChar", "K"),
        ("color.ui", "always"),
        ("diff.renames", "false"),
        ("log.showSignature", "true"),
        ("trailer.separators", "=#"),
    ):
        git(kb, "config", name, value)
    note = captured(kb)
    git(kb, "mv", str(note.path), "notes/moved.md")
    git(kb, "commit", "-qm", "Moved", who=DEE)
    moved = at(kb, BEN).move("validate", kb.resolve(note.id), APPROVE).note
    wrote = authors(
        kb.git, str(moved.path), kb.claim(moved), kb.guidance(moved), kb.committed_policy
    )
    assert wrote.emails == {ANA.email}


def test_a_shallow_clone_captures_no_note_a_second_time(kb: KnowledgeBase, tmp_path: Path) -> None:
    note = disseminated(kb)
    source = kb.root.resolve().as_uri()
    git(kb, "clone", "-q", "--depth=1", source, str(tmp_path / "clone"))
    clone = KnowledgeBase(tmp_path / "clone", now=NOW, actor=ANA)
    with pytest.raises(Cannot, match="git fetch --unshallow"):
        clone.adopt(note.path)
    assert captured(clone, "Something new").state == "captured"
    git(clone, "fetch", "-q", "--unshallow")
    with pytest.raises(Refused, match="captured already"):
        KnowledgeBase(clone.root, now=NOW, actor=ANA).adopt(note.path)


def test_whoever_rejects_a_revision_did_not_write_the_text_that_stands_again(
    kb: KnowledgeBase,
) -> None:
    note = validated(kb)
    body = note.text.replace("Sign contracts early.", "Sign contracts late.").encode()
    revision = kb.move("edit", note, Request(because="New law."), data=body).note
    reject = Request(method="peer-review", verdict="reject", because="No such law.")
    again = at(kb, BEN).move("validate", revision, reject).note
    assert (again.state, again.sections) == ("validated", note.sections)
    reopened = kb.move("reopen", again, Request(because="A second look.")).note
    assert at(kb, BEN).move("validate", reopened, APPROVE).note.state == "validated"


def test_nobody_makes_themselves_the_backup_and_confirms(kb: KnowledgeBase) -> None:
    note = disseminated(kb)
    data = write_fields(note, {"backup": CY.email})
    with pytest.raises(Refused, match="names its backup"):
        at(kb, CY).move("edit", note, Request(), data=data)
    named = kb.move("edit", note, Request(), data=data).note
    confirm = Request(because="Read again, against the log.")
    assert at(kb, CY).move("confirm", named, confirm).note.state == "maintained"


@pytest.mark.parametrize("name", [CY.email, CY.name, f"{CY.name} <{CY.email}>"])
def test_no_source_writes_themselves_out_and_approves(kb: KnowledgeBase, name: str) -> None:
    note = captured(kb, sources=[name, "anonymous"])
    data = write_fields(note, {"sources": ["anonymous"]})
    with pytest.raises(Refused, match="somebody else has to take it out"):
        at(kb, CY).move("edit", note, Request(), data=data)
    with pytest.raises(Refused, match="gave this knowledge"):
        at(kb, CY).move("validate", note, APPROVE)
    assert kb.move("edit", note, Request(), data=data).note.fields.sources == ("anonymous",)


def test_where_signatures_are_required_an_unsigned_move_is_refused(kb: KnowledgeBase) -> None:
    note = captured(kb)
    rules = (kb.root / "policy.toml").read_text(encoding="utf-8")
    assert 'signatures = "optional"' in rules
    rules = rules.replace('signatures = "optional"', 'signatures = "required"')
    key = f'"ana@example.org" = ["{ssh_key("ana").line}"]'
    (kb.root / "policy.toml").write_text(
        rules.replace("[keys]\n", f"[keys]\n{key}\n"), encoding="utf-8"
    )
    git(kb, "commit", "-qam", "Ask for signatures")
    with pytest.raises(Refused, match="git does not sign here"):
        at(kb, BEN).move("validate", note, APPROVE)


def test_a_knowledge_base_named_relatively(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(kb.root.parent)
    relative = KnowledgeBase(Path(kb.root.name), now=NOW, actor=ANA)
    note = captured(relative)
    assert at(relative, BEN).move("validate", note, APPROVE).note.state == "validated"
    assert git(kb, "status", "--porcelain") == ""


def test_format_sweeps_in_no_change_of_a_hand(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb)
    data = note.data.replace(b"Sign contracts early.", b"Sign contracts early, in ink.")
    (kb.root / note.path).write_bytes(data)
    tip = kb.git.tip()
    ran = run(kb.root, "format", note.short, "--topic", "fuel", "--matters-to", "Drivers.", "--yes")
    assert ran.code == 3
    assert "not recorded" in ran.err
    assert kb.git.tip() == tip
    assert (kb.root / note.path).read_bytes() == data


def test_a_mistyped_word_of_a_title_or_method_is_guessed(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb, "Order fuel before the roads close")
    assert f"Did you mean {note.id}?" in run(kb.root, "show", "raods").err
    ran = run(
        kb.root, "validate", note.short, "--approve", "--because", "x", "--method", "peer-reveiw",
        who=BEN,
    )  # fmt: skip
    assert "Did you mean peer-review" in ran.err
