"""Branches from before the anchor, and what is put right of what a hand wrote into a note."""

from dataclasses import replace

import pytest

from kmkit.lifecycle.person import Person
from kmkit.note.file import write_fields
from kmkit.trail.audit.report import Report
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS
from tests.forgeries.builder import LINK, Entry, History
from tests.forgeries.conftest import New, audited
from tests.forgeries.corpus import APPROVE, CROWD, WORDS, reply, swap
from tests.forgeries.tricks_older import EVE, FRENCH, by_hand


def rules(report: Report) -> list[str]:
    """The rules of the findings."""
    return [finding.rule for finding in report.findings]


def grown(history: History) -> str:
    """An anchor well after the beginning, and a note that was retired since."""
    history.commit("Elsewhere\n", {"README.md": b"1\n"}, who=CY)
    history.commit("Elsewhere\n", {"README.md": b"2\n"}, who=CY)
    anchor = history.tip()
    history.forge("retire", ROADS, CY)
    return anchor


def test_a_first_parent_from_before_the_anchor_hides_nothing(new: New) -> None:
    history = new(False)
    path = history.path(ROADS)
    anchor = grown(history)
    older = WORDS(history.data(path).replace(b"state: retired", b"state: validated"))
    parents = [history.git.tip(f"{anchor}~{back}") for back in (1, 2)]
    without = {path: older, "policy.toml": None, "kmkit.toml": None}
    old = history.commit("Old\n", without, who=MAL, parents=parents, on="old")
    rest = {name: history.data(name) for name in ("policy.toml", "kmkit.toml")}
    merged = history.commit("Merge\n", rest, who=MAL, parents=[old, history.tip()])
    report = audited(history, anchor)
    found = {(finding.rule, finding.commit) for finding in report.findings}
    assert {("state-without-move", merged), ("changed-after-approval", merged)} <= found
    assert len(report.standings) == 4


@pytest.mark.parametrize("turned", [False, True])
def test_a_branch_from_before_the_anchor_that_touched_no_note_is_merged(
    new: New, turned: bool
) -> None:
    history = new(False)
    anchor = grown(history)
    history.fork("old", f"{anchor}~2")
    history.commit("Far\n", {"far.md": b"x\n"}, who=MAL, on="old")
    tips = [history.tip(), history.tip("old")]
    tree = history.merged_tree("main", "old")
    parents = tips[::-1] if turned else tips
    history.commit("Merge\n", {}, who=MAL, parents=parents, tree=tree)
    report = audited(history, anchor)
    assert report.findings == ()
    assert {one.state for one in report.standings if ROADS in one.note} == {"retired"}


def test_what_was_taken_back_stays_so_beside_other_words(new: New) -> None:
    history = new(False)
    path = history.path(FUEL)
    before = history.data(path)
    forged = swap("level: internal", "level: domestic")(before)
    history.commit("By hand\n", {path: forged}, who=MAL)
    history.fork("side")
    history.commit("Words\n", {path: WORDS(forged)}, who=CY, on="side")
    history.commit("Back\n", {path: before}, who=CY)
    history.merge(CY)
    report = audited(history, history.anchor())
    assert (report.findings, report.mended) == ((), 1)
    assert WORDS(before) == history.data(path)


def test_fields_by_hand_are_put_back_after_the_note_was_judged_anew(new: New) -> None:
    history = new(False)
    by_hand(history)
    history.forge("revise", ROADS, CY)
    history.forge("validate/quorum", ROADS, BEN, APPROVE)
    data = write_fields(history.note(ROADS), {"disseminated": None, "reviewed": None})
    history.commit("As they were\n", {history.path(ROADS): data}, who=CY)
    assert rules(audited(history, history.anchor())) == ["state-without-move"]
    history.forge("revise", ROADS, CY)
    history.forge("validate/quorum", ROADS, BEN, APPROVE)
    assert rules(audited(history, history.anchor())) == []


def test_a_manager_renews_what_a_manager_gives(new: New) -> None:
    history = new(False)
    edit = write_fields(history.note(ROADS), {"level": "domestic"})
    history.commit("By hand\n", {history.path(ROADS): edit}, who=MAL)
    told = replace(APPROVE, method="committee", decided_by="The board", minutes="item 3")
    history.forge("renew", ROADS, ANA, told)
    assert rules(audited(history, history.anchor())) == []


def test_a_reviewer_renews_what_moves_had_given(new: New) -> None:
    history = new(False)
    before = history.data(history.path(ROADS))
    history.commit("Words\n", {history.path(ROADS): WORDS(before)}, who=MAL)
    history.forge("renew", ROADS, BEN, replace(APPROVE, because="Read."))
    assert rules(audited(history, history.anchor())) == []


def test_what_a_hand_changed_beside_a_rewording_is_judged_anew(new: New) -> None:
    history = new(False)
    path, data = history.path(ROADS), history.data(history.path(ROADS))
    history.fork("side")
    results = swap("Text of results", "Other text of results")
    history.commit("By hand\n", {path: results(data)}, who=MAL, on="side")
    made = history.imitate("reword", ROADS, ANA, data=WORDS(data))
    history.commit(made.message, {path: made.data}, who=ANA)
    history.merge(CY)
    found = rules(audited(history, history.anchor()))
    assert found == ["changed-after-approval", "mixed-merge"]
    history.checkout()
    history.move("reopen", ROADS, ANA)
    history.move("validate", ROADS, BEN, APPROVE)
    report = audited(history, history.anchor())
    assert (rules(report), report.mended) == ([], 2)


def test_a_verdict_on_words_that_another_branch_changed_may_stay(new: New) -> None:
    history = new(False)
    data = history.data(history.path(FUEL))
    history.fork("side")
    history.forge("validate", FUEL, BEN, CROWD, on="side")
    given = history.note(FUEL, "side").fields.verdicts
    history.commit("Words\n", {history.path(FUEL): WORDS(data)}, who=CY)
    history.merge(ANA)
    assert history.note(FUEL).fields.verdicts == given
    assert rules(audited(history, history.anchor())) == []
    history.checkout()
    history.move("validate", FUEL, DEE, APPROVE)
    assert rules(audited(history, history.anchor())) == []


def test_a_rejection_puts_back_what_a_mixed_merge_had_covered(new: New) -> None:
    history = new(False)
    path, data = history.path(FUEL), history.data(history.path(FUEL))
    history.fork("side")
    history.commit("Words\n", {path: WORDS(data)}, who=CY, on="side")
    history.forge("validate/quorum", FUEL, BEN, APPROVE)
    history.merge(ANA)
    assert rules(audited(history, history.anchor())) == ["mixed-merge"]
    history.checkout()
    history.move("reopen", FUEL, ANA)
    history.move("validate", FUEL, DEE, replace(APPROVE, verdict="reject"))
    report = audited(history, history.anchor())
    assert (rules(report), report.mended) == ([], 1)
    assert history.data(path) != WORDS(data)


def test_what_was_renewed_is_revised_like_any_other(new: New) -> None:
    history = new(False)
    edit = write_fields(history.note(ROADS), {"state": "formatted"})
    history.commit("By hand\n", {history.path(ROADS): edit}, who=MAL)
    history.forge("renew", ROADS, BEN, APPROVE)
    assert rules(audited(history, history.anchor())) == []
    history.forge("revise", ROADS, CY)
    history.forge("validate/quorum", ROADS, BEN, APPROVE)
    assert rules(audited(history, history.anchor())) == []


def test_a_link_that_a_merge_takes_is_told_once_and_put_back(new: New) -> None:
    history = new(False)
    roads, boats = history.path(ROADS), history.path(BOATS)
    before = history.data(roads)
    history.fork("side")
    history.commit("Link\n", {roads: Entry(LINK, b"../policy.toml")}, who=MAL, on="side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    evil = swap("state: disseminated", "state: maintained")(history.data(boats))
    history.merge(MAL, {boats: evil}, tree="side")
    assert sorted(rules(audited(history, history.anchor()))) == ["mixed-merge", "not-a-file"]
    history.commit("Back\n", {roads: before}, who=CY)
    assert rules(audited(history, history.anchor())) == ["mixed-merge"]


def test_a_link_that_a_merge_puts_there_is_put_back(new: New) -> None:
    history = new(False)
    roads, boats = history.path(ROADS), history.path(BOATS)
    before = history.data(roads)
    history.fork("side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    evil = swap("state: disseminated", "state: maintained")(history.data(boats))
    history.merge(MAL, {roads: Entry(LINK, b"../policy.toml"), boats: evil})
    assert sorted(rules(audited(history, history.anchor()))) == ["mixed-merge", "not-a-file"]
    history.commit("Back\n", {roads: before}, who=CY)
    report = audited(history, history.anchor())
    assert (rules(report), report.mended) == (["mixed-merge"], 1)


def test_packaging_and_words_come_together_whoever_merges(new: New) -> None:
    history = new(False)
    path, data = history.path(FUEL), history.data(history.path(FUEL))
    history.fork("side")
    history.commit("Words\n", {path: WORDS(data)}, who=CY, on="side")
    history.commit("French\n", {path: swap("language: en", "language: fr")(data)}, who=CY)
    history.merge(EVE)
    assert rules(audited(history, history.anchor())) == []


def test_a_confirmation_makes_good_a_review_by_hand(new: New) -> None:
    history = new(False)
    review = "state: disseminated\nreviewed: {on: 2026-11-20, by: cy@example.org, because: ok}"
    data = swap("state: disseminated", review)(history.data(history.path(BOATS)))
    history.commit("By hand\n", {history.path(BOATS): data}, who=MAL)
    for confirmed in (False, True):
        if confirmed:
            history.forge("confirm", BOATS, CY)
        history.forge("revise", BOATS, CY)
        history.forge("validate/quorum", BOATS, BEN, APPROVE)
        left = rules(audited(history, history.anchor()))
        assert left == ([] if confirmed else ["state-without-move"])


def test_a_revision_that_was_taken_up_again_is_no_rejected_one(new: New) -> None:
    history = new(False)
    made = history.imitate("revise", ROADS, CY, data=WORDS(history.data(history.path(ROADS))))
    path, revised = history.path(ROADS), made.data
    history.commit(made.message, {path: revised}, who=CY)
    history.fork("side")
    history.checkout()
    history.move("validate", ROADS, BEN, replace(APPROVE, verdict="reject"))
    again = history.imitate("revise", ROADS, CY, data=WORDS(history.data(path)))
    history.commit(again.message, {path: again.data}, who=CY)
    history.commit("French\n", {path: FRENCH(revised)}, who=CY, on="side")
    standing = history.note(ROADS).fields.in_force
    merged = FRENCH(write_fields(history.note(ROADS), {"in_force": standing}))
    history.merge(CY, {path: merged}, tree="main")
    assert rules(audited(history, history.anchor())) == []


@pytest.mark.parametrize("who", [ANA, DEE], ids=["steward", "manager"])
def test_who_may_do_so_begins_a_removed_note_anew(new: New, who: Person) -> None:
    history = new(False)
    path, data = history.path(FUEL), history.data(history.path(FUEL))
    message = history.run("log", "-1", "--format=%B", "--grep", f"Kmkit-Note: .*{FUEL}")
    manager = 'manager = ["ana@example.org"]'
    history.rules(reply(manager, 'manager = ["dee@example.org"]'), ANA)
    history.forge("validate/return", FUEL, BEN, replace(APPROVE, verdict="return"))
    history.commit("Away\n", {path: None}, who=CY)
    history.commit(message + "\n", {path: data}, who=who)
    assert rules(audited(history, history.anchor())) == []
