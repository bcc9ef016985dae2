"""The audit's one pass: what it says of honest histories, of mended ones, and of its edges."""

import gc
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kmkit.errors import Cannot
from kmkit.kb import KnowledgeBase
from kmkit.kb.laying import lay
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.person import Person
from kmkit.note.file import write_body, write_fields
from kmkit.note.frontmatter import split
from kmkit.note.model import Note
from kmkit.trail.audit.anchor import anchor_of, pin, remember, rewritten
from kmkit.trail.audit.audit import audit
from kmkit.trail.audit.findings import RULES
from kmkit.trail.audit.history import commits_since, walk
from kmkit.trail.audit.report import Report
from kmkit.trail.git import Git
from tests.conftest import ANA, APPROVE, BEN, CY, NOW, at, captured, disseminated, validated

CROWD = replace(APPROVE, method="crowd")


def first(kb: KnowledgeBase) -> str:
    """The commit that laid the knowledge base out."""
    return kb.git.text("rev-list", "--max-parents=0", "HEAD")


def audited(kb: KnowledgeBase, **more: object) -> Report:
    """The report from the first commit to the tip."""
    anchor = more.pop("anchor", "") or first(kb)
    given = {"anchor": anchor, "tip": kb.git.tip(), **more}
    return audit(kb.git, "", **given)  # type: ignore[arg-type]


def git(kb: KnowledgeBase, *args: str, who: Person = CY) -> str:
    """git as a user calls it."""
    name = ["-c", f"user.name={who.name}", "-c", f"user.email={who.email}"]
    done = subprocess.run(
        ["git", "-C", str(kb.root), *name, *args], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def by_hand(kb: KnowledgeBase, note: Note, data: bytes, who: Person = CY) -> str:
    """A plain commit of the note's file."""
    (kb.root / note.path).write_bytes(data)
    git(kb, "commit", "-q", "-a", "-m", "By hand", who=who)
    return kb.git.tip()


def reworded(note: Note) -> bytes:
    """The note with another text."""
    return write_body(note, split(note.text)[0].body.replace("Text of", "Words on"))


def rules(report: Report) -> list[str]:
    """The rules of the findings, in their order."""
    return [finding.rule for finding in report.findings]


# Honest histories


def test_a_walk_is_claimed_by_whoever_approved_it(kb: KnowledgeBase) -> None:
    note = disseminated(kb)
    report = audited(kb)
    (standing,) = report.standings
    assert report.findings == ()
    assert report.checked == 4
    assert (standing.note, standing.state, standing.proof) == (note.id, "disseminated", "claimed")
    assert standing.by == (BEN.email,)
    assert standing.recorded_by == ""


def test_a_decision_recorded_for_others_says_so(kb: KnowledgeBase) -> None:
    ask = Request(
        method="committee", verdict="approve", because="Agreed.", decided_by="The board",
        minutes="2026-11",
    )  # fmt: skip
    kb.move("validate", captured(at(kb, CY)), ask)
    (standing,) = audited(kb).standings
    assert standing.by == ("The board",)
    assert standing.recorded_by == ANA.email


def test_two_branches_of_a_crowd_unite_their_verdicts(kb: KnowledgeBase) -> None:
    note = captured(kb)
    git(kb, "branch", "side")
    at(kb, BEN).move("validate", note, CROWD)
    ours = kb.resolve(note.id)
    git(kb, "checkout", "-q", "side")
    at(kb, CY).move("validate", kb.resolve(note.id), CROWD)
    theirs = kb.resolve(note.id)
    git(kb, "checkout", "-q", "main")
    both = write_fields(ours, {"verdicts": (*ours.fields.verdicts, *theirs.fields.verdicts)})
    subprocess.run(
        ["git", "-C", str(kb.root), "merge", "-q", "side"], capture_output=True, check=False
    )
    (kb.root / note.path).write_bytes(both)
    git(kb, "commit", "-q", "-a", "-m", "Merge")
    report = audited(kb)
    assert report.findings == ()
    assert set(report.standings[0].by) == {BEN.email, CY.email}


def test_a_quorum_that_a_merge_completed_is_settled(kb: KnowledgeBase) -> None:
    place = kb.root / "policy.toml"
    text = place.read_text(encoding="utf-8")
    place.write_text(text.replace("crowd = 3", "crowd = 2"), encoding="utf-8")
    git(kb, "commit", "-q", "-a", "-m", "Two are enough", who=ANA)
    kb = at(kb)
    test_two_branches_of_a_crowd_unite_their_verdicts(kb)
    (path,) = kb.note_paths()
    note = at(kb).move("settle", kb.read(path)).note
    report = audited(kb)
    assert report.findings == ()
    assert (report.standings[0].state, report.standings[0].proof) == ("validated", "claimed")
    assert note.state == "validated"


def test_what_stood_at_the_anchor_is_trusted_and_called_so(kb: KnowledgeBase) -> None:
    note = validated(kb)
    anchor = kb.git.tip()
    kb.move("retire", note, Request(because="Old."))
    report = audited(kb, anchor=anchor)
    assert rules(report) == []
    assert report.checked == 1
    assert report.standings[0].proof == "before-anchor"


def test_packaging_by_hand_is_nobodys_business(kb: KnowledgeBase) -> None:
    note = disseminated(kb)
    by_hand(kb, note, write_fields(note, {"unit": "Transport"}))
    git(kb, "mv", str(note.path), "notes/elsewhere.md")
    git(kb, "commit", "-q", "-m", "Sort")
    report = audited(kb)
    assert report.findings == ()
    assert report.standings[0].path == "notes/elsewhere.md"


def test_guidance_of_a_changed_template_is_no_new_text(kb: KnowledgeBase) -> None:
    fields = {"title": "Fuel", "summary": "Sign.", "kind": "brief", "sources": ["anonymous"]}
    template = (
        "---\nkind: brief\nhelp: short\nvalidate_by: [peer-review]\nmethod: interview\n"
        "required: [Lessons]\n---\n\n## Lessons\n\n<!-- What? -->\n"
    )
    place = kb.root / "templates/notes/brief.md.j2"
    place.parent.mkdir(parents=True)
    place.write_text(template, encoding="utf-8")
    git(kb, "add", "templates")
    git(kb, "commit", "-q", "-m", "A kind", who=ANA)
    kb = at(kb)
    note = kb.capture(fields, "## Lessons\n\nSign. <!-- Why? -->\n").note
    place.write_text(template.replace("What?", "Why?"), encoding="utf-8")
    git(kb, "commit", "-q", "-a", "-m", "Ask better", who=ANA)
    at(kb, BEN).move("validate", note, APPROVE)
    assert audited(kb).findings == ()


# What was found, and made good


def test_a_text_put_back_makes_the_finding_good(kb: KnowledgeBase) -> None:
    note = disseminated(kb)
    forged = by_hand(kb, note, reworded(note))
    report = audited(kb)
    assert [(f.rule, f.commit) for f in report.findings] == [("changed-after-approval", forged)]
    assert report.standings[0].proof == "unproved"
    assert report.standings[0].since == forged
    by_hand(kb, note, note.data)
    report = audited(kb)
    assert report.findings == ()
    assert report.mended == 1
    assert report.standings[0].proof == "claimed"


def test_a_new_round_of_validation_makes_the_finding_good(kb: KnowledgeBase) -> None:
    note = disseminated(kb)
    by_hand(kb, note, reworded(note))
    note = kb.move("reopen", kb.resolve(note.id), Request(because="Changed.", withdraw=True)).note
    assert audited(kb).standings[0].proof == "unproved"
    at(kb, BEN).move("validate", note, APPROVE)
    report = audited(kb)
    assert report.findings == ()
    assert report.standings[0].proof == "claimed"


def test_a_stewards_own_commit_of_the_rules_makes_the_finding_good(kb: KnowledgeBase) -> None:
    place = kb.root / "policy.toml"
    text = place.read_text(encoding="utf-8")
    place.write_text(text.replace('editor = ["', 'editor = ["cy@example.org", "'), encoding="utf-8")
    git(kb, "commit", "-q", "-a", "-m", "Me too")
    assert rules(audited(kb)) == ["rules-by-other"]
    place.write_text(text, encoding="utf-8")
    git(kb, "commit", "-q", "-a", "-m", "No", who=ANA)
    report = audited(kb)
    assert report.findings == ()
    assert report.mended == 1


# Squashes, rebases, and where to look


def test_a_squash_names_the_commit_since_which_nothing_is_proved(kb: KnowledgeBase) -> None:
    git(kb, "checkout", "-q", "-b", "side")
    disseminated(kb)
    git(kb, "checkout", "-q", "main")
    git(kb, "merge", "-q", "--squash", "side")
    git(kb, "commit", "-q", "--no-edit")
    report = audited(kb)
    assert rules(report) == ["squashed"]
    assert report.standings[0].proof == "unproved"
    assert report.standings[0].since == kb.git.tip()


def test_a_rebase_keeps_the_moves(kb: KnowledgeBase) -> None:
    git(kb, "checkout", "-q", "-b", "side")
    disseminated(kb)
    git(kb, "checkout", "-q", "main")
    captured(kb, "Another lesson")
    git(kb, "rebase", "-q", "main", "side")
    report = audited(kb, tip=kb.git.tip("side"))
    assert report.findings == ()
    assert {standing.proof for standing in report.standings} == {"claimed"}


def test_only_what_is_asked_for_is_told(kb: KnowledgeBase) -> None:
    note, other = disseminated(kb), captured(kb, "Another lesson")
    forged = by_hand(kb, note, reworded(note))
    assert rules(audited(kb, since=forged)) == []
    assert rules(audited(kb, since=f"{forged}^")) == ["changed-after-approval"]
    assert rules(audited(kb, notes={other.id})) == []
    assert [standing.note for standing in audited(kb, notes={other.id}).standings] == [other.id]


def test_a_knowledge_base_in_a_folder(tmp_path: Path) -> None:
    top = tmp_path / "repository"
    top.mkdir()
    Git(top).run("init", "-q", "-b", "main")
    kb = lay(top / "kb", name="T", now=NOW, actor=ANA, first_note=False).kb
    note = disseminated(kb)
    git(kb, "commit", "-q", "--allow-empty", "-m", "Nothing")
    report = audit(kb.git, "kb/", anchor=first(kb), tip=kb.git.tip())
    assert report.findings == ()
    assert report.standings[0].path == str(note.path)


def test_memory_is_swept_again_where_it_was_swept_before(kb: KnowledgeBase) -> None:
    captured(kb)
    seen: list[tuple[int, int, bool]] = []

    def progress(done: int, whole: int) -> None:
        seen.append((done, whole, gc.isenabled()))

    try:
        for sweeping in (gc.disable, gc.enable):
            sweeping()
            audited(kb, progress=progress)
            assert gc.isenabled() == (sweeping is gc.enable)
    finally:
        gc.enable()
    assert seen == [(1, 1, False)] * 2


# Its edges


def test_a_shallow_clone_names_the_way_out(kb: KnowledgeBase, tmp_path: Path) -> None:
    captured(kb)
    git(kb, "clone", "-q", "--depth=1", f"file://{kb.root}", str(tmp_path / "shallow"))
    shallow = Git.find(tmp_path / "shallow")
    with pytest.raises(Cannot, match="fetch-depth: 0"):
        audit(shallow, "", anchor=shallow.tip(), tip=shallow.tip())


def test_a_bare_repository_is_named_itself(kb: KnowledgeBase, tmp_path: Path) -> None:
    disseminated(kb)
    git(kb, "clone", "-q", "--bare", str(kb.root), str(tmp_path / "bare.git"))
    bare = Git.find_bare(tmp_path / "bare.git")
    assert audit(bare, "", anchor=first(kb), tip=bare.tip()) == audited(kb)
    with pytest.raises(Cannot, match="part of a repository"):
        Git.find_bare(kb.root / ".git")
    with pytest.raises(Cannot, match="no bare repository"):
        Git.find_bare(tmp_path)


def test_another_history_does_not_lead_back_to_the_anchor(kb: KnowledgeBase) -> None:
    anchor = first(kb)
    git(kb, "checkout", "-q", "--orphan", "other")
    git(kb, "commit", "-q", "-m", "Begin anew")
    report = audited(kb, anchor=anchor)
    assert rules(report) == ["wrong-anchor"]
    assert report.checked == report.judged == 0


def test_the_anchor_is_the_first_policy_unless_one_is_pinned(kb: KnowledgeBase) -> None:
    tip = kb.git.tip()
    captured(kb)
    assert anchor_of(kb.git, "", kb.git.tip()) == (tip, ANA.email, True)
    git(kb, "config", "--unset", "kmkit.anchor")
    assert anchor_of(kb.git, "", kb.git.tip()) == (tip, ANA.email, False)
    later = kb.git.tip()
    pin(kb.git, "", later, CY.email)
    assert anchor_of(kb.git, "", later) == (later, CY.email, True)


def test_a_rewritten_branch_is_noticed_and_a_longer_one_is_not(kb: KnowledgeBase) -> None:
    captured(kb)
    remember(kb.git, kb.git.tip())
    captured(kb, "Another lesson")
    assert rewritten(kb.git, kb.git.tip()) == ""
    seen = kb.git.tip()
    remember(kb.git, seen)
    assert rewritten(kb.git, f"{seen}") == ""
    git(kb, "commit", "-q", "--amend", "-m", "Something else")
    assert rewritten(kb.git, kb.git.tip()) == seen


def test_the_pass_tells_each_commit_once_parents_first(kb: KnowledgeBase) -> None:
    disseminated(kb)
    git(kb, "checkout", "-q", "-b", "side", first(kb))
    captured(kb, "Another lesson")
    git(kb, "merge", "-q", "--no-edit", "main")
    with commits_since(kb.git, first(kb), kb.git.tip()) as range_:
        steps = list(walk(kb.git, range_, ["notes"], lambda path: True))
    assert len(steps) == range_.count == 6
    told: set[str] = {first(kb)}
    for step in steps:
        assert told.issuperset(step.parents)
        told.add(step.sha)
        assert set(step.blobs) == {change.blob for change in step.changes}


def every_text() -> Iterator[str]:
    """What people read of the rules."""
    for rule in RULES.values():
        yield rule.title
        yield rule.explain


def test_every_rule_says_what_to_do() -> None:
    assert all(id == rule.id for id, rule in RULES.items())
    assert all("Mend:" in rule.explain for rule in RULES.values())
    assert all(text.strip() == text and "  " not in text for text in every_text())


def test_what_was_squashed_is_renewed_by_somebody_entitled(kb: KnowledgeBase) -> None:
    git(kb, "checkout", "-q", "-b", "side")
    note = disseminated(kb)
    git(kb, "checkout", "-q", "main")
    git(kb, "merge", "-q", "--squash", "side")
    git(kb, "commit", "-q", "--no-edit")
    renew = Request(method="peer-review", verdict="approve", because="Read again.")
    dee = Person("Dee Lim", "dee@example.org")
    at(kb, dee).move("renew", kb.resolve(note.id), renew)
    report = audited(kb)
    assert report.findings == ()
    assert report.mended == 1
    (standing,) = report.standings
    assert (standing.state, standing.proof, standing.by) == (
        "disseminated",
        "claimed",
        (dee.email,),
    )


# Clones that lie, and clones that are damaged


def test_what_the_clone_says_of_its_history_is_not_asked(kb: KnowledgeBase) -> None:
    note = disseminated(kb)
    forged = by_hand(kb, note, reworded(note))
    captured(at(kb), "Another lesson")
    honest = audited(kb)
    assert [finding.commit for finding in honest.findings] == [forged]
    info = kb.git.git_dir / "info"
    info.mkdir(exist_ok=True)
    (info / "grafts").write_text(f"{kb.git.tip()} {first(kb)}\n", encoding="ascii")
    (kb.root / ".mailmap").write_text(f"<{ANA.email}> <{CY.email}>\n", encoding="ascii")
    for name, value in {
        "log.showSignature": "true", "log.mailmap": "true", "diff.renames": "copies",
        "diff.noprefix": "true", "core.quotePath": "true", "log.diffMerges": "off",
    }.items():  # fmt: skip
        git(kb, "config", name, value)
    git(kb, "replace", forged, f"{forged}^")
    assert audited(kb) == honest


def test_a_commit_graph_that_lies_is_not_asked(kb: KnowledgeBase) -> None:
    note = disseminated(kb)
    forged = by_hand(kb, note, reworded(note))
    captured(at(kb), "Another lesson")
    honest = audited(kb)
    git(kb, "commit-graph", "write", "--reachable")
    place = kb.git.git_dir / "objects/info/commit-graph"
    graph = bytearray(place.read_bytes())
    names, commits = (
        int.from_bytes(graph[graph.index(chunk) + 4 :][:8], "big") for chunk in (b"OIDL", b"CDAT")
    )

    def number(commit: str) -> int:
        return (graph.index(bytes.fromhex(commit), names) - names) // 20

    parent = commits + 36 * number(kb.git.tip()) + 20
    graph[parent : parent + 4] = number(kb.git.tip(f"{forged}^")).to_bytes(4, "big")
    place.chmod(0o600)
    place.write_bytes(graph)
    assert forged not in git(kb, "rev-list", "HEAD").split()
    assert audited(kb) == honest


def test_a_missing_object_ends_the_audit_with_a_way_out(kb: KnowledgeBase) -> None:
    note = disseminated(kb)
    blob = git(kb, "rev-parse", f"HEAD~2:{note.path}")
    place = kb.git.git_dir / "objects" / blob[:2] / blob[2:]
    place.unlink()
    with pytest.raises(Cannot, match="git fsck"):
        audited(kb)


def test_a_missing_commit_ends_the_audit_with_a_way_out(kb: KnowledgeBase) -> None:
    disseminated(kb)
    anchor, commit = first(kb), git(kb, "rev-parse", "HEAD~2")
    (kb.git.git_dir / "objects" / commit[:2] / commit[2:]).unlink()
    with pytest.raises(Cannot, match="git fsck"):
        audited(kb, anchor=anchor)


def test_forty_branches_come_home_one_by_one(kb: KnowledgeBase) -> None:
    note = captured(kb)
    for number in range(40):
        git(kb, "checkout", "-q", "-b", f"side-{number}", "HEAD~1" if number % 3 else "HEAD")
        captured(at(kb), f"Lesson {number}")
        git(kb, "checkout", "-q", "main")
        git(kb, "merge", "-q", "--no-ff", "--no-edit", f"side-{number}")
    at(kb, BEN).move("validate", kb.resolve(note.id), APPROVE)
    report = audited(kb)
    assert report.findings == ()
    assert len(report.standings) == 41


def test_how_much_was_judged_this_time_is_no_part_of_the_verdict() -> None:
    report = Report((), (), 3, "a", "t", judged=3)
    assert replace(report, judged=1) == report
    assert replace(report, mended=1) != report
