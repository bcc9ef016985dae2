"""Every trick of the corpus is caught, under the rule that its own name tells."""

from pathlib import Path

import pytest

from kmkit.kb.laying import lay
from kmkit.trail.audit.anchor import remember, rewritten
from kmkit.trail.audit.audit import audit
from kmkit.trail.audit.findings import RULES
from kmkit.trail.audit.report import Report
from kmkit.trail.git import Git
from tests.conftest import ANA, CY, NOW
from tests.forgeries import (  # noqa: F401 (each fills the corpus)
    tricks_alike,
    tricks_branches,
    tricks_dropped,
    tricks_forgotten,
    tricks_guards,
    tricks_joins,
    tricks_merges,
    tricks_messages,
    tricks_more,
    tricks_moves,
    tricks_older,
    tricks_people,
    tricks_records,
    tricks_records_joined,
    tricks_records_mended,
    tricks_records_more,
    tricks_rules,
    tricks_seams,
    tricks_signed,
    tricks_single,
    tricks_text,
    tricks_undone,
    tricks_united,
)
from tests.forgeries.base import BOATS, MAL
from tests.forgeries.builder import History
from tests.forgeries.conftest import New, audited
from tests.forgeries.corpus import CORPUS, WORDS, Trick, swap
from tests.golden_files import check


@pytest.mark.parametrize("signed", [False, True])
def test_the_base_is_honest(new: New, signed: bool) -> None:
    history = new(signed)
    report = audited(history, history.anchor())
    assert report.findings == ()
    assert {standing.proof for standing in report.standings} == {"proved" if signed else "claimed"}


@pytest.mark.parametrize("trick", CORPUS, ids=[trick.name for trick in CORPUS])
def test_the_trick_is_caught(new: New, trick: Trick, pytestconfig: pytest.Config) -> None:
    history = new(trick.signed)
    anchor = history.anchor()
    forged = trick.build(history)
    report = audited(history, anchor)
    assert (trick.rule, forged) in told(report)
    assert all(finding.message.endswith(".") for finding in report.findings)
    assert {finding.rule for finding in report.findings} <= set(RULES)
    check(pytestconfig, f"forgeries/{trick.name}.txt", in_full(history, report))


@pytest.mark.parametrize("trick", CORPUS[::8], ids=[trick.name for trick in CORPUS[::8]])
def test_the_configuration_of_a_clone_changes_no_verdict(new: New, trick: Trick) -> None:
    history = new(trick.signed)
    anchor = history.anchor()
    trick.build(history)
    before = audited(history, anchor)
    tricks_signed.hostile(history)
    assert audited(history, anchor) == before


@pytest.mark.parametrize("root", [False, True], ids=["forced push", "another root"])
def test_a_history_put_in_place_of_the_one_seen_is_noticed(new: New, root: bool) -> None:
    history = new(False)
    seen = history.tip()
    remember(history.git, seen)
    assert rewritten(history.git, seen) == ""
    later = history.commit("Later\n", {"README.md": b"x\n"}, who=CY)
    assert rewritten(history.git, later) == ""
    parents = [] if root else [history.git.tip("main~3")]
    forced = history.commit("Forced\n", {}, who=MAL, parents=parents, tree="main~2")
    assert rewritten(history.git, forced) == seen


OTHERWISE = ("state_by_hand", "clean_merge_of_approval_and_edit", "orphan_root_merged")


@pytest.mark.parametrize("name", OTHERWISE)
def test_a_bare_clone_tells_the_same(new: New, name: str, tmp_path: Path) -> None:
    trick = next(trick for trick in CORPUS if trick.name == name)
    history = new(trick.signed)
    trick.build(history)
    bare = tmp_path / "bare.git"
    history.run("clone", "-q", "--bare", str(history.root), str(bare))
    report = audit(Git.find_bare(bare), "", anchor=history.anchor(), tip=history.tip())
    assert report.findings == audited(history, history.anchor()).findings != ()


def test_a_branch_from_before_the_anchor_has_no_rules_behind_it(new: New) -> None:
    history = new(False)
    anchor = history.tip()
    history.fork("side", "main~2")
    path = history.path(BOATS)
    change = {path: WORDS(history.data(path, "side"))}
    forged = history.commit("Typo\n", change, who=ANA, on="side")
    history.merge(ANA, {path: history.data(path, "side")}, tree="main")
    assert ("outside-anchor", forged) in told(audited(history, anchor))


def test_what_stood_at_the_anchor_is_older_than_the_proof(new: New) -> None:
    history = new(False)
    report = audited(history, history.tip())
    assert report.findings == ()
    assert {standing.proof for standing in report.standings} == {"before-anchor"}


def test_a_knowledge_base_in_a_folder_of_a_repository(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.run("init", "-q", "-b", "main")
    kb = lay(tmp_path / "kb", name="T", now=NOW, actor=ANA, first_note=False).kb
    anchor = history.tip()
    kb.capture({"title": "Fuel", "summary": "Sign early."}, "## Lessons\n\nSign.\n")
    assert audit(kb.git, "kb/", anchor=anchor, tip=history.tip()).findings == ()
    (path,) = (path for path in kb.git.tracked(history.tip(), "") if "notes/" in path)
    data = swap("state: captured", "state: retired")(history.data(path))
    forged = history.commit("Tidy up\n", {path: data, "notes/x.md": data}, who=CY)
    report = audit(kb.git, "kb/", anchor=anchor, tip=history.tip())
    assert told(report) == {("state-without-move", forged)}


def in_full(history: History, report: Report) -> str:
    """All that was found, and how every note stands; of a commit how many lead to it."""

    def lead_to(commit: str) -> str:
        return history.run("rev-list", "--count", commit) if commit else "-"

    found = [f"{f.rule} {f.note[-4:] or '-'} {lead_to(f.commit)}" for f in report.findings]
    stand = [
        f"{s.note[-4:]} {s.state} {s.proof} {lead_to(s.since)} {' '.join(s.by)} {s.recorded_by}"
        for s in report.standings
    ]
    stand += [
        f"{r.record[-4:]} {r.kind} {r.stage} {r.outcome} {r.proof} {lead_to(r.since)} {r.by}"
        for r in report.records
    ]
    return "\n".join([*found, *(line.rstrip() for line in stand), f"{report.mended} mended", ""])


def told(report: Report) -> set[tuple[str, str]]:
    """What was found, and where."""
    return {(finding.rule, finding.commit) for finding in report.findings}


def test_the_corpus_is_large_and_each_trick_has_a_name() -> None:
    names = [trick.name for trick in CORPUS]
    assert len(names) == len(set(names)) >= 60
    assert {trick.rule for trick in CORPUS} >= set(RULES) - {"history-rewritten"}
