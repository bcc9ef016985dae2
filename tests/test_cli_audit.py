"""``kmkit audit``: what it says to people, to CI and to scripts, and its exit codes."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.note.model import Note
from tests.conftest import ANA, CY, Run, captured, disseminated


def git(kb: KnowledgeBase, *args: str) -> str:
    """git as Cy calls it."""
    who = ["-c", f"user.name={CY.name}", "-c", f"user.email={CY.email}"]
    done = subprocess.run(
        ["git", "-C", str(kb.root), *who, *args], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def forged(kb: KnowledgeBase) -> tuple[Note, str]:
    """A note whose text Cy changed after it was approved; the note and the commit."""
    note = disseminated(kb)
    place = kb.root / note.path
    place.write_text(note.text.replace("Text of", "Words on"), encoding="utf-8")
    git(kb, "commit", "-q", "-a", "-m", "Typo")
    return note, kb.git.tip()


def test_an_honest_history_is_nothing_to_report(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    ran = run(kb.root, "audit")
    assert (ran.code, ran.out) == (0, "")
    assert "4 commits audited. 1 note: 1 claimed by those whom the commits name" in ran.err
    assert "steward ana@example.org, pinned here" in ran.err
    ran = run(kb.root, "audit", note.short)
    head, row = ran.out.splitlines()
    assert head.split("\t")[:4] == ["note", "state", "proof", "by"]
    assert row.split("\t")[:4] == [note.id, "disseminated", "claimed", "ben@example.org"]


def test_a_finding_that_stands_again_names_both_commits(kb: KnowledgeBase, run: Run) -> None:
    _, commit = forged(kb)
    git(kb, "branch", "side")
    git(kb, "revert", "--no-edit", "HEAD")
    assert run(kb.root, "audit").code == 0
    tips = ("-p", "HEAD", "-p", "side", "side^{tree}")
    merge = git(kb, "commit-tree", "-m", "Merge", *tips)
    git(kb, "reset", "-q", "--hard", merge)
    ran = run(kb.root, "audit", "--since", f"{merge}^")
    assert ran.code == 1
    assert f" Commit {commit[:12]}, which stands again by {merge[:12]}. If the" in ran.out
    [finding] = json.loads(run(kb.root, "audit", "--json").out)["findings"]
    assert (finding["commit"], finding["again"]) == (commit, merge)


def test_a_finding_says_where_what_and_what_to_do(kb: KnowledgeBase, run: Run) -> None:
    note, commit = forged(kb)
    other = captured(kb, "Another lesson")
    ran = run(kb.root, "audit")
    assert ran.code == 1
    assert ran.out == (
        f"{note.path}:1:1: changed-after-approval: The text of {note.path} changed while it was "
        f"disseminated. Commit {commit[:12]}. If the meaning is the same, put the old text back, "
        "make the change with kmkit edit, and have an approver confirm it; otherwise kmkit reopen "
        f"{note.short}, then have it validated.\n"
    )
    assert "More: kmkit audit --explain changed-after-approval" in ran.err
    assert "1 unproved" in ran.err
    assert run(kb.root, "audit", other.short).code == 0
    assert run(kb.root, "audit", "--since", commit).code == 0
    assert run(kb.root, "audit", str(note.path)).code == 1


def test_json_holds_findings_and_standings(kb: KnowledgeBase, run: Run) -> None:
    note, commit = forged(kb)
    ran = run(kb.root, "audit", "--json")
    report = json.loads(ran.out)
    assert ran.code == 1
    assert report["schema"] == "kmkit.audit/1"
    assert report["tip"] == commit
    assert report["anchor"]["steward"] == "ana@example.org"
    assert [finding["rule"] for finding in report["findings"]] == ["changed-after-approval"]
    (standing,) = report["notes"]
    assert (standing["note"], standing["proof"], standing["since"]) == (note.id, "unproved", commit)


def test_ci_formats_explain_the_rule(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    note, _ = forged(kb)
    run(kb.root, "audit", "--format", "sarif", "--output", str(tmp_path / "audit.sarif"))
    (ran,) = json.loads((tmp_path / "audit.sarif").read_text(encoding="utf-8"))["runs"]
    (rule,) = ran["tool"]["driver"]["rules"]
    assert rule["id"] == "changed-after-approval"
    assert "no revision" in rule["fullDescription"]["text"]
    github = run(kb.root, "audit", "--format", "github").out
    assert github.startswith(f"::error file={note.path},line=1,col=1,title=changed-after-approval")


def test_a_rule_is_explained_and_a_typo_is_understood(kb: KnowledgeBase, run: Run) -> None:
    ran = run(kb.root, "audit", "--explain", "own-approval")
    assert (ran.code, ran.out.split("\n")[0]) == (
        0, "own-approval: Somebody approved what they wrote or gave",
    )  # fmt: skip
    ran = run(kb.root, "audit", "--explain", "own-aproval")
    assert ran.code == 2
    assert "own-approval" in ran.err


def test_signatures_can_be_asked_for_in_any_history(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    ran = run(kb.root, "audit", "--require-signatures")
    assert ran.code == 1
    assert "unsigned-move: " in ran.out


def test_a_rewritten_history_is_told_until_it_is_accepted(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    assert run(kb.root, "audit").code == 0
    git(kb, "commit", "-q", "--amend", "--date=2026-11-21T12:00:01Z", "--no-edit")
    ran = run(kb.root, "audit")
    assert ran.code == 1
    assert "history-rewritten" in ran.out
    assert "git log refs/kmkit/seen/heads/main shows it" in ran.out
    assert run(kb.root, "audit", "--accept-rewrite").code == 0
    assert run(kb.root, "audit").code == 0


def test_the_branch_is_named_as_a_shell_takes_it_also_without_files(
    kb: KnowledgeBase, run: Run, tmp_path: Path
) -> None:
    captured(kb)
    git(kb, "branch", "-m", "Bén's;draft")
    bare = tmp_path / "kb.git"
    git(kb, "clone", "-q", "--bare", str(kb.root), str(bare))
    assert run(bare, "audit").code == 0
    git(kb, "commit", "-q", "--amend", "--date=2026-11-21T12:00:01Z", "--no-edit")
    git(kb, "push", "-q", "--force", str(bare), "HEAD")
    (line,) = run(bare, "audit").out.splitlines()
    command = line.partition("the old tip is kept, and ")[2].partition(" shows it")[0]
    shown = subprocess.run(
        f"{command} --format=%s", cwd=bare, shell=True, capture_output=True, text=True, check=True
    )
    assert shown.stdout.splitlines()[0] == "capture: Order fuel early"


def test_a_clone_compares_the_anchor_and_pins_it(
    kb: KnowledgeBase, run: Run, tmp_path: Path
) -> None:
    captured(kb)
    first = git(kb, "rev-list", "--max-parents=0", "HEAD")
    clone = tmp_path / "clone"
    git(kb, "clone", "-q", str(kb.root), str(clone))
    assert "not pinned here" in run(clone, "audit").err
    assert f"Pinned: {first}" in run(clone, "audit", "--anchor", first[:10], "--pin").err
    assert ", pinned here" in run(clone, "audit").err
    assert run(clone, "audit", "--anchor", "nowhere").code == 2
    assert run(clone, "audit", "--since", "nowhere").code == 2


def test_another_anchor_is_a_finding(kb: KnowledgeBase, run: Run) -> None:
    git(kb, "checkout", "-q", "--orphan", "other")
    git(kb, "commit", "-q", "-m", "Begin anew")
    ran = run(kb.root, "audit")
    assert ran.code == 1
    assert "wrong-anchor" in ran.out


def test_a_bare_repository_is_audited(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    note, _ = forged(kb)
    bare = tmp_path / "bare.git"
    git(kb, "clone", "-q", "--bare", str(kb.root), str(bare))
    ran = run(bare, "audit")
    assert ran.code == 1
    assert ran.out.startswith(f"{note.path}:1:1: changed-after-approval")


def test_what_cannot_be_audited_says_why(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    captured(kb)
    git(kb, "clone", "-q", "--depth=1", f"file://{kb.root}", str(tmp_path / "shallow"))
    ran = run(tmp_path / "shallow", "audit")
    assert ran.code == 4
    assert "fetch-depth: 0" in ran.err
    assert run(tmp_path, "audit").code == 4
    empty = tmp_path / "empty"
    subprocess.run(["git", "init", "-q", str(empty)], check=True)
    (empty / "kmkit.toml").touch()
    ran = run(empty, "audit")
    assert ran.code == 4
    assert "Nothing is committed" in ran.err


@pytest.mark.parametrize("packed", [False, True])
def test_a_damaged_history_is_told_in_the_words_of_git(
    kb: KnowledgeBase, run: Run, packed: bool
) -> None:
    captured(kb)
    objects = kb.git.common_dir / "objects"
    name = git(kb, "rev-parse", "HEAD:notes")
    place = objects / name[:2] / name[2:]
    if packed:
        git(kb, "gc", "-q")
        (place,) = objects.glob("pack/*.pack")
    place.chmod(0o600)
    data = place.read_bytes()
    place.write_bytes(data[:12] + bytes(len(data) - 32) + data[-20:])
    ran = run(kb.root, "audit")
    assert (ran.code, ran.out) == (4, "")
    assert re.match(r"git could not read the history: .*(inflate|object).*\.\nRun git f", ran.err)


def test_a_tip_that_cannot_be_read_is_no_empty_history(kb: KnowledgeBase, run: Run) -> None:
    place = kb.git.common_dir / "objects" / kb.git.tip()[:2] / kb.git.tip()[2:]
    place.chmod(0o600)
    place.write_bytes(b"")
    ran = run(kb.root, "audit")
    assert ran.code == 4
    assert re.match(r"git could not read the history: object file .* is empty\.\n", ran.err)


@pytest.mark.parametrize("damage", ["gone", "empty", "other bytes"])
def test_a_damaged_anchor_is_no_wrong_one(kb: KnowledgeBase, run: Run, damage: str) -> None:
    anchor = kb.git.tip()
    captured(kb)
    place = kb.git.common_dir / "objects" / anchor[:2] / anchor[2:]
    place.chmod(0o600)
    if damage == "gone":
        place.unlink()
    else:
        place.write_bytes(b"" if damage == "empty" else b"x" * 40)
    for options in ((), ("--no-cache",), ("--anchor", anchor), ("--json",)):
        ran = run(kb.root, "audit", *options)
        assert (ran.code, ran.out) == (4, "")
        assert ran.err.startswith("git could not read the history: ")
        assert "Run git fsck" in ran.err


@pytest.mark.parametrize("option", ["--since", "--anchor"])
def test_an_empty_revision_is_a_variable_that_is_not_set(
    kb: KnowledgeBase, run: Run, option: str
) -> None:
    captured(kb)
    ran = run(kb.root, "audit", option, "")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"{option} is empty.\nName what you mean, or leave it out.\n"
    assert run(kb.root, "audit", option, "HEAD").code == 0


def test_a_folder_of_another_account_is_not_an_empty_one(
    kb: KnowledgeBase, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    captured(kb)
    assert run(kb.root, "list").code == 0
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    for command in (["audit"], ["audit", "--habits"], ["status"], ["metrics"], ["digest"]):
        ran = run(kb.root, *command)
        assert (ran.code, ran.out) == (4, ""), command
        assert "detected dubious ownership" in ran.err
        assert "git config --global --add safe.directory" in ran.err


def test_notes_that_nothing_proves_are_named_with_the_way(kb: KnowledgeBase, run: Run) -> None:
    start, notes = kb.git.tip(), [captured(kb, f"Lesson {number}") for number in range(4)]
    git(kb, "reset", "-q", "--soft", start)
    git(kb, "commit", "-q", "-m", "All at once")
    ran = run(kb.root, "audit")
    assert (ran.code, ran.out) == (0, "")
    assert "4 unproved. 0 findings." in ran.err
    *named, left = sorted(str(note.path) for note in notes)
    assert f"history: {', '.join(named)} and 1 more. Capture each anew: kmkit capture " in ran.err
    assert run(kb.root, "capture", left).code == 0
    ran = run(kb.root, "audit", "--records")
    assert f"history: {', '.join(named)}. Capture each anew" in ran.err
    for path in named:
        assert run(kb.root, "capture", path).code == 0
    assert "nproved" not in run(kb.root, "audit").err


def test_what_differs_is_not_asked_at_once(kb: KnowledgeBase, run: Run) -> None:
    ran = run(kb.root, "audit", "--json", "--format", "sarif")
    assert (ran.code, ran.out) == (2, "")
    assert "--json and --format sarif exclude each other." in ran.err
    ran = run(kb.root, "audit", "--explain", "")
    assert (ran.code, ran.out) == (2, "")
    assert "own-approval" in ran.err


def test_the_steward_that_is_pinned_has_the_role(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    git(kb, "commit", "-q", "--allow-empty", "-m", "Nothing")
    ran = run(kb.root, "audit", "--anchor", "HEAD", "--pin")
    assert "cy@example.org, who made it, is no steward by the policy.toml" in ran.err
    assert "; ana@example.org is." in ran.err
    assert git(kb, "config", "kmkit.anchorSteward") == "ana@example.org"
    assert "steward ana@example.org, pinned here" in run(kb.root, "audit").err
    ran = run(kb.root, "audit", "--anchor", "HEAD~1", "--pin")
    assert "no steward" not in ran.err
    assert git(kb, "config", "kmkit.anchorSteward") == "ana@example.org"


def test_another_anchor_than_the_pinned_one_is_told(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    first = kb.git.text("rev-list", "--max-parents=0", "HEAD")
    ran = run(kb.root, "audit", "--anchor", "HEAD")
    assert f"by {ANA.email}, and not {first[:12]}, which is pinned here." in ran.err
    assert ", pinned here." in run(kb.root, "audit", "--anchor", first).err
    kb.git.text("config", "--unset", "kmkit.anchor")
    assert ", not pinned here." in run(kb.root, "audit", "--anchor", first).err
