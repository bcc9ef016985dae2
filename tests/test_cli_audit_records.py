"""``kmkit audit`` of records: what it says to people, to CI, and to whoever pushes."""

import json
from datetime import timedelta
from pathlib import Path, PurePosixPath

import pytest

from kmkit.kb import KnowledgeBase, applying
from kmkit.note.file import read, write_fields
from tests.conftest import ANA, BEN, DEE, Run, at, disseminated
from tests.test_cli_audit import git
from tests.test_cli_hook import Done


def used(kb: KnowledgeBase) -> PurePosixPath:
    """A use that Ben did."""
    note = disseminated(kb)
    return at(kb, BEN).apply(note, where="Flood", outcome="helped", because="It held.")


def seen(kb: KnowledgeBase, path: PurePosixPath) -> None:
    """Dee saw it a day later."""
    later = at(kb, DEE, kb.now + timedelta(days=1))
    applying.verify(later, path, evidence="Log", changed="Fuel procedure, paragraph 4")


def verified_by_hand(kb: KnowledgeBase, path: PurePosixPath) -> str:
    """Cy writes Dee's name into the file; the commit."""
    place = kb.root / path
    entry = {"on": kb.today + timedelta(days=1), "by": DEE.email, "evidence": "Log"}
    changes = {"status": "verified", "changed": "Procedure, paragraph 4", "verified": entry}
    place.write_bytes(write_fields(read(place.read_bytes(), path), changes))
    git(kb, "add", ".")
    git(kb, "commit", "-q", "-m", "Tidy up")
    return kb.git.tip()


def test_an_honest_use_is_told_beside_its_note(kb: KnowledgeBase, run: Run) -> None:
    path = used(kb)
    seen(kb, path)
    (note,) = kb.notes()
    ran = run(kb.root, "audit")
    assert (ran.code, ran.out) == (0, "")
    assert "1 record: 1 claimed by those whom the commits name. 0 findings." in ran.err
    rows = [line.split("\t") for line in run(kb.root, "audit", note.short).out.splitlines()]
    assert [row[0] for row in rows] == ["note", note.id, "record", path.stem]
    assert rows[3][1:6] == ["application", "verified", "helped", "claimed", DEE.email]
    assert run(kb.root, "audit", "--records").out.splitlines()[1].split("\t") == rows[3]
    (record,) = json.loads(run(kb.root, "audit", "--json").out)["records"]
    assert (record["record"], record["proof"], record["note"]) == (path.stem, "claimed", note.id)
    alone = run(kb.root, "audit", path.stem)
    assert [row.split("\t")[0] for row in alone.out.splitlines()] == ["record", path.stem]


def test_what_is_learned_without_proof_is_named(kb: KnowledgeBase, run: Run) -> None:
    path = used(kb)
    (note,) = kb.notes()
    commit = verified_by_hand(kb, path)
    assert "learned: yes" in run(kb.root, "show", note.short).out
    assert "No problems" in run(kb.root, "check").err
    for _ in range(2):  # the second time it goes by what was kept
        ran = run(kb.root, "audit")
        assert ran.code == 1
        assert f"{path}:1:1: record-by-hand: changed, status, verified of {path}" in ran.out
        assert f"Commit {commit[:12]}." in ran.out
        assert "1 verified without proof" in ran.err
        assert f"Learned without proof: {note.id}, by {path}." in ran.err
    assert f"file={path},line=1" in run(kb.root, "audit", "--format", "github").out
    assert run(kb.root, "audit", "--since", "HEAD").code == 0
    assert run(kb.root, "audit", "--since", "HEAD~1").code == 1
    explained = run(kb.root, "audit", "--explain", "record-by-hand")
    assert explained.out.startswith("record-by-hand: A hand wrote what only commands write")


def test_where_the_rules_ask_for_no_more_it_is_told_and_no_finding(
    kb: KnowledgeBase, run: Run
) -> None:
    (kb.root / "records" / "application").mkdir(parents=True)
    policy = kb.root / "policy.toml"
    text = policy.read_text(encoding="utf-8")
    policy.write_text(text.replace('records = "required"', ""), encoding="utf-8")
    git(kb, "-c", f"user.email={ANA.email}", "commit", "-q", "-a", "-m", "Ask for less")
    note = disseminated(kb)
    path = PurePosixPath("records/application/by-hand.md")
    (kb.root / path).write_text(
        f"---\nnote: {note.id}\nin: Flood\nby: {BEN.email}\non: 2026-11-01\noutcome: helped\n"
        "because: It held.\n---\n",
        encoding="utf-8",
    )
    verified_by_hand(kb, path)
    ran = run(kb.root, "audit")
    assert ran.code == 0
    assert "1 record: 1 verified by hand. 0 findings." in ran.err
    assert f"Learned without proof: {note.id}" in ran.err


def test_a_push_of_a_forged_use_is_refused(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    path = used(kb)
    bare = tmp_path / "bare.git"
    git(kb, "clone", "-q", "--bare", str(kb.root), str(bare))
    assert run(bare, "hook", "install", "pre-receive").code == 0
    git(kb, "remote", "add", "origin", str(bare))
    commit = verified_by_hand(kb, path)
    pushed = Done(kb.root, "push", "origin", "main")
    assert pushed.code == 1
    assert f"main, {commit[:12]}: {path}: record-by-hand" in pushed.err
    git(kb, "reset", "-q", "--hard", "HEAD~1")
    seen(at(kb), path)
    assert Done(kb.root, "push", "origin", "main").code == 0
    assert run(bare, "audit").code == 0


@pytest.mark.parametrize("word", ["nothing-of-the-kind", "records/application/x.md"])
def test_a_word_that_means_nothing_is_refused(kb: KnowledgeBase, run: Run, word: str) -> None:
    used(kb)
    assert run(kb.root, "audit", word).code == 2
